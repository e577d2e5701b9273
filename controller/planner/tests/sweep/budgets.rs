//! Guards and budgets over a whole run.

use cost_planner::plan::{Allowed, Past, Plan, Prices, plan};
use cost_planner::policy::FleetPolicy;
use cost_planner::snapshot::{Heartbeat, Snapshot};
use idle_core::InstanceType;

use crate::fleet::{
    ACCOUNT, OTHER, acts, ago, close_up, idle, many, notebook_instance, now, planned, policy, short, snapshot,
    user_profile,
};

/// So many idle apps of so many.
fn fleet(idle_apps: usize, of: usize) -> Snapshot {
    snapshot(vec![many(ACCOUNT, (0..of).map(|at| idle(if at < idle_apps { 192 } else { 0 })))])
}

/// How many rows have this decision and code.
fn count(plan: &Plan, decision: &str, code: &str) -> usize {
    plan.rows.iter().map(short).filter(|(decided, why, _)| (*decided, *why) == (decision, code)).count()
}

#[test]
fn when_more_than_half_look_idle_at_once_nothing_is_done() {
    for (idle_apps, of, is_refused) in [(5, 10, false), (6, 10, true), (9, 9, false), (10, 10, true), (10, 20, false)] {
        let plan = planned(&FleetPolicy::by_default(), &fleet(idle_apps, of));
        assert_eq!(!plan.refused.is_empty(), is_refused, "{idle_apps} of {of}");
        assert_eq!(acts(&plan), if is_refused { 0 } else { idle_apps });
        assert_eq!(count(&plan, "hold back", "too-many-idle"), if is_refused { idle_apps } else { 0 });
    }
    let lenient = policy("[guards]\nmost-idle-percent = 100");
    assert_eq!(acts(&planned(&lenient, &fleet(10, 10))), 10);
    // Whatever protects them: it is the evidence that is doubted.
    let mut all = fleet(10, 10);
    all.scopes[0].domains[0].status = "Updating".to_owned();
    assert_eq!(planned(&FleetPolicy::by_default(), &all).refused.len(), 1);
}

#[test]
fn when_more_than_half_fell_silent_at_once_nothing_is_done() {
    let stop = policy("[apps]\nsilent-agent = \"stop\"\nsilent-after = \"1h\"");
    let silent = |silent: usize, idle_apps: usize, of: usize| {
        let heartbeat = |at: usize| match at {
            at if at < silent => Heartbeat::Heard { at: ago(70), idle_seconds: 0 },
            at if at < silent + idle_apps => idle(192),
            _ => idle(0),
        };
        let mut scope = many(ACCOUNT, (0..of).map(heartbeat));
        scope.apps.iter_mut().for_each(|app| close_up(app).last_user_activity_at = None);
        snapshot(vec![scope])
    };
    // As when somebody takes the right to publish from every agent.
    for (fell_silent, idle_apps, is_refused) in [(10, 0, true), (6, 0, true), (5, 0, false), (3, 3, true)] {
        let plan = planned(&stop, &silent(fell_silent, idle_apps, 10));
        assert_eq!(!plan.refused.is_empty(), is_refused, "{fell_silent} and {idle_apps}");
        assert_eq!(acts(&plan), if is_refused { 0 } else { fell_silent + idle_apps });
    }
    // Silence that is only told puts nothing else in doubt.
    assert_eq!(acts(&planned(&FleetPolicy::by_default(), &silent(8, 2, 10))), 2);
}

#[test]
fn the_first_run_in_an_account_does_one_thing() {
    let known = crate::fleet::past().known_accounts.into_iter().filter(|account| account.as_str() == ACCOUNT);
    let past = Past { known_accounts: known.collect() };
    let snapshot = snapshot(vec![
        many(ACCOUNT, (0..20).map(|at| idle(if at < 4 { 192 } else { 0 }))),
        many(OTHER, (0..20).map(|at| idle(if at < 4 { 192 } else { 0 }))),
    ]);
    for (text, expected) in [("", 4 + 1), ("[guards]\nfirst-run = 3", 4 + 3), ("[guards]\nfirst-run = 0", 4)] {
        let plan = plan(&policy(text), &snapshot, &past, &Prices::bundled(), &Allowed::default(), now());
        assert_eq!(acts(&plan), expected, "{text}");
        assert_eq!(count(&plan, "hold back", "first-run"), 8 - expected);
    }
}

#[test]
fn the_most_restrictive_budget_wins() {
    for (text, expected) in [
        ("[[budget]]\nmax-apps = 3", 3),
        ("[[budget]]\nmax-apps = 0", 0),
        ("[[budget]]\nmax-apps = 3\n[[budget]]\nmax-percent = 10", 2),
        ("[[budget]]\nmax-percent = 4", 0),
        ("[[budget]]\nmax-percent = 100", 8),
        ("[[budget]]\nmax-apps = 1\nper = \"domain\"", 1),
        ("[[budget]]\nmax-apps = 1\nper = \"user-profile\"", 1),
        ("[[budget]]\nmax-apps = 2\nper = \"account\"\n[[budget]]\nmax-apps = 5", 2),
        ("[[budget]]\nmax-usd-per-hour = 3", 2),
        ("[[budget]]\nmax-usd-per-hour = 1.40", 0),
        ("[[budget]]\nmax-apps = 1\nreasons = [\"max-age\"]", 8),
        ("[[budget]]\nmax-apps = 1\nreasons = [\"idle-timeout\"]", 1),
        // It is Wednesday, noon in UTC, 13:00 in Berlin.
        ("[[budget]]\nmax-apps = 1\nwhen = \"Mon-Fri 08:00-18:00 Europe/Berlin\"", 1),
        ("[[budget]]\nmax-apps = 1\nwhen = \"Mon-Fri 08:00-13:00 Europe/Berlin\"", 8),
        ("[[budget]]\nmax-apps = 1\nwhen = \"Sat,Sun 00:00-24:00\"", 8),
    ] {
        assert_eq!(acts(&planned(&policy(text), &fleet(8, 20))), expected, "{text}");
    }
    let closed = planned(&policy("[[budget]]\nmax-apps = 0\nwhen = \"daily 08:00-18:00\""), &fleet(8, 20));
    assert_eq!(count(&closed, "hold back", "outside-schedule"), 8);
}

#[test]
fn a_budget_of_each_user_profile_is_counted_for_each() {
    let mut snapshot = fleet(8, 20);
    let scope = &mut snapshot.scopes[0];
    scope.user_profiles.push(user_profile("bob"));
    for (at, owner) in [(0, Some("bob")), (1, Some("bob")), (2, None), (3, None)] {
        scope.spaces[at].owner = owner.map(|name| idle_core::UserProfileName::parse(name).unwrap());
    }
    let plan = planned(&policy("[[budget]]\nmax-apps = 1\nper = \"user-profile\""), &snapshot);
    assert_eq!(acts(&plan), 3, "alice, bob, and those of nobody together");
}

#[test]
fn with_a_budget_of_money_what_has_no_price_is_refused() {
    let mut snapshot = fleet(3, 20);
    snapshot.scopes[0].apps[1].instance_type = Some(InstanceType::parse("ml.x9.large").unwrap());
    let plan = planned(&policy("[[budget]]\nmax-usd-per-hour = 100"), &snapshot);
    assert_eq!((acts(&plan), count(&plan, "hold back", "unpriced")), (2, 1));
    assert_eq!(acts(&planned(&policy("[[budget]]\nmax-apps = 100"), &snapshot)), 3);
}

#[test]
fn what_saves_most_is_done_first_and_then_what_has_been_idle_for_longest() {
    let mut snapshot = fleet(4, 20);
    let scope = &mut snapshot.scopes[0];
    scope.apps[0].instance_type = Some(InstanceType::parse("ml.x9.large").unwrap());
    scope.apps[1].instance_type = Some(InstanceType::parse("ml.t3.medium").unwrap());
    scope.apps[3].heartbeat = idle(500);
    let order = |most: usize| -> Vec<usize> {
        let plan = planned(&policy(&format!("[[budget]]\nmax-apps = {most}")), &snapshot);
        (0..4).filter(|at| short(&plan.rows[*at]).0 == "act").collect()
    };
    assert_eq!((order(1), order(2), order(3), order(4)), (vec![3], vec![2, 3], vec![1, 2, 3], vec![0, 1, 2, 3]));
}

#[test]
fn notebook_instances_count_in_the_run_and_the_account_and_in_no_domain() {
    let mut snapshot = fleet(1, 20);
    snapshot.scopes[0].notebook_instances.push(notebook_instance(idle(192)));
    assert_eq!(acts(&planned(&policy("[[budget]]\nmax-apps = 1"), &snapshot)), 1);
    assert_eq!(acts(&planned(&policy("[[budget]]\nmax-apps = 1\nper = \"domain\""), &snapshot)), 2);
    assert_eq!(acts(&planned(&policy("[[budget]]\nmax-apps = 0\nper = \"domain\""), &snapshot)), 1);
}

#[test]
fn of_things_that_are_alike_the_same_one_is_done_in_whatever_order_they_are_listed() {
    let most_one = policy("[[budget]]\nmax-apps = 1");
    let chosen = |snapshot: &Snapshot| -> String {
        let document = planned(&most_one, snapshot).document(snapshot, "", jiff::SignedDuration::ZERO);
        document.actions[0].target.arn()
    };
    let mut snapshot = fleet(6, 20);
    let first = chosen(&snapshot);
    for by in 1..20 {
        snapshot.scopes[0].apps.rotate_left(by);
        assert_eq!(chosen(&snapshot), first, "rotated by {by}");
    }
}

#[test]
fn a_plan_is_good_while_the_same_budgets_hold() {
    let at = |text: &str| -> jiff::Timestamp { text.parse().unwrap() };
    let day = at("2026-11-26T12:00:00Z");
    for (hours, until) in [
        ("Mon-Fri 08:00-18:00", "2026-11-25T18:00:00Z"),
        ("Mon-Fri 08:00-13:30 Europe/Berlin", "2026-11-25T12:30:00Z"),
        ("daily 18:00-20:00", "2026-11-25T18:00:00Z"),
        ("Sat,Sun 00:00-24:00", "2026-11-26T12:00:00Z"),
    ] {
        let policy = policy(&format!("[[budget]]\nmax-apps = 0\nwhen = \"{hours}\""));
        assert_eq!(policy.budgets_hold_until(now(), day), at(until), "{hours}");
    }
    let always = policy("[[budget]]\nmax-apps = 3");
    assert_eq!(always.budgets_hold_until(now(), day), day);
    let far = at("2099-01-01T00:00:00Z");
    assert_eq!(policy("[[budget]]\nmax-apps = 0\nwhen = \"daily 00:00-24:00\"").budgets_hold_until(now(), far), far);
}
