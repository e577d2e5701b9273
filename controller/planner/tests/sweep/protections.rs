//! Everything that protects an app that is due, one change each.

use cost_planner::policy::FleetPolicy;
use cost_planner::snapshot::{App, AppStatus, Blind, ScopeSeen, TagsSeen};
use idle_core::{AppOwner, UserProfileName};

use crate::fleet::{ago, app, close_up, idle, one, only, planned, policy, short, snapshot, tags};

fn due() -> ScopeSeen {
    one(app("s-1", idle(192)))
}

type Change = fn(&mut ScopeSeen);

#[test]
fn each_protection_protects() {
    let table: &[(Change, &str, &str)] = &[
        (
            |s| s.blind = vec![Blind { operation: "ListSpaces".into(), why: "denied".into() }],
            "scan-incomplete",
            "ListSpaces: denied",
        ),
        (|s| s.apps[0].close_up = None, "source-unknown", "not looked at closely"),
        (|s| s.apps[0].close_up = Some(Box::new(Err("denied".into()))), "source-unknown", "denied"),
        (|s| close_up(&mut s.apps[0]).status = AppStatus::Deleting, "not-in-service", "Deleting"),
        (|s| close_up(&mut s.apps[0]).created_at = Some(ago(40)), "changed", "another app"),
        (|s| close_up(&mut s.apps[0]).created_at = None, "changed", "another app"),
        (|s| close_up(&mut s.apps[0]).recovery_mode = true, "recovery-mode", ""),
        (|s| close_up(&mut s.apps[0]).training_plan = Some("tp-1".into()), "prepaid", "tp-1"),
        (|s| s.spaces.clear(), "source-unknown", "space was not seen"),
        (|s| s.user_profiles.clear(), "source-unknown", "user profile was not seen"),
        (|s| s.domains.clear(), "source-unknown", "domain was not seen"),
        (|s| s.spaces[0].in_service = false, "changed-just-now", "space"),
        (|s| s.user_profiles[0].status = "Updating".into(), "changed-just-now", "user profile is Updating"),
        (|s| s.domains[0].status = "Updating".into(), "changed-just-now", "domain is Updating"),
        (|s| s.spaces[0].modified_at = Some(ago(9)), "changed-just-now", "space was changed 9m ago"),
        (|s| s.spaces[0].modified_at = None, "source-unknown", "when its space was changed"),
        (|s| s.user_profiles[0].modified_at = Some(ago(9)), "changed-just-now", "user profile was changed 9m ago"),
        (|s| close_up(&mut s.apps[0]).tags = tags(&[("costctl:protect", "")]), "protected", "the app has the tag"),
        (|s| s.spaces[0].tags = Some(Box::new(tags(&[("costctl:protect", "no")]))), "protected", "its space has"),
        (|s| s.user_profiles[0].tags = Some(Box::new(tags(&[("keep", "x")]))), "protected", "the tag keep"),
        (|s| s.domains[0].tags = Some(Box::new(tags(&[("costctl:protect", "1")]))), "protected", "its domain has"),
        (|s| close_up(&mut s.apps[0]).tags = TagsSeen::Unread("throttled".into()), "tags-unread", "throttled"),
        (|s| s.spaces[0].tags = None, "tags-unread", "its space were not asked for"),
        (|s| s.user_profiles[0].tags = None, "tags-unread", "its user profile were not"),
        (|s| s.domains[0].tags = Some(Box::new(TagsSeen::Unread("denied".into()))), "tags-unread", "denied"),
        (|s| exempt(s, "2026-11-26"), "exempt", "until 2026-11-26"),
        (|s| exempt(s, "2026-11-25T13:00:00+01:00x"), "protected", "is no time"),
        (|s| exempt(s, "for ever"), "protected", "is no time"),
        (|s| close_up(&mut s.apps[0]).last_user_activity_at = Some(ago(119)), "recent-activity", "active 1h 59m ago"),
        (|s| close_up(&mut s.apps[0]).last_health_check_at = None, "recent-activity", "active 3m ago"),
    ];
    let policy = policy("[guards]\nprotecting-tags = [\"keep\"]");
    assert_eq!(only(&policy, due()).0, "act", "unchanged it is due");
    let mut unborn = due();
    unborn.apps[0].created_at = None;
    assert_eq!(only(&policy, unborn).1, "source-unknown", "its heartbeat may be an earlier app's");
    for (at, (change, code, text)) in table.iter().enumerate() {
        let mut scope = due();
        change(&mut scope);
        let (decision, why, told) = only(&policy, scope);
        assert_eq!((decision, why), ("hold back", *code), "row {at}: {told}");
        assert!(told.contains(text), "row {at}: {told}");
    }
}

fn born(app: &mut App, minutes: i64) {
    app.created_at = Some(ago(minutes));
    close_up(app).created_at = app.created_at;
    // An agent that tells of so little is a test's own.
    app.heartbeat = idle(u64::try_from(minutes).unwrap());
}

fn exempt(scope: &mut ScopeSeen, until: &str) {
    scope.spaces[0].tags = Some(Box::new(tags(&[("costctl:exempt-until", until)])));
}

#[test]
fn what_does_not_protect() {
    let table: &[(Change, &str)] = &[
        (|s| exempt(s, "2026-11-24"), "; the exemption of its space by tag ended 2026-11-24"),
        (|s| exempt(s, "2027-11-24"), "; the exemption of its space until 2027-11-24 by tag is none: over 30 days"),
        (|s| s.spaces[0].modified_at = Some(ago(10)), "the limit is 2h"),
        (|s| close_up(&mut s.apps[0]).last_user_activity_at = Some(ago(120)), "the limit is 2h"),
        (|s| close_up(&mut s.apps[0]).last_user_activity_at = None, "the limit is 2h"),
        // Nobody owns the space, so there is no user profile to ask.
        (|s| s.spaces[0].owner = None, "the limit is 2h"),
    ];
    for (at, (change, text)) in table.iter().enumerate() {
        let mut scope = due();
        change(&mut scope);
        let (decision, _, told) = only(&FleetPolicy::by_default(), scope);
        assert_eq!(decision, "act", "row {at}: {told}");
        assert!(told.ends_with(text), "row {at}: {told}");
    }
}

#[test]
fn the_youngest_idle_timeout_still_leaves_young_apps_alone() {
    let eager = policy("[apps]\nidle-timeout = \"15m\"");
    let mut scope = due();
    born(&mut scope.apps[0], 29);
    assert_eq!(only(&eager, scope.clone()).1, "too-young");
    born(&mut scope.apps[0], 30);
    assert_eq!(only(&eager, scope).0, "act");
}

#[test]
fn an_exemption_of_the_policy_holds_until_it_ends() {
    for (expires, selector, decision, text) in [
        ("2026-12-01", "space = \"s-*\"", "hold back", "by bob: thesis, T-1 (policy, line 2)"),
        ("2026-12-01", "space = \"t-*\"", "act", "the limit is 2h"),
        ("2026-12-01", "user-profile = \"alice\", domain = \"d-1\"", "hold back", "exempt until 2026-12-02T00:00:00Z"),
        ("2026-11-20", "space = \"s-1\"", "act", "; the exemption at line 2 of the policy ended 2026-11-21T00:00:00Z"),
        (
            "2027-06-01",
            "space = \"s-1\"",
            "act",
            "; the exemption at line 2 of the policy is none: it ends in over 30 days",
        ),
    ] {
        let policy = policy(&format!(
            "[[exemption]]\nfor = {{ {selector} }}\nowner = \"bob\"\nreason = \"thesis\"\nticket = \"T-1\"\nexpires-at = {expires}"
        ));
        let (decided, _, told) = only(&policy, due());
        assert_eq!(decided, decision, "{expires} {selector}: {told}");
        assert!(told.contains(text), "{told}");
    }
}

#[test]
fn a_space_and_a_user_profile_of_one_name_are_never_acted_on_by_their_heartbeat() {
    let mut scope = due();
    let owner = AppOwner::UserProfile(UserProfileName::parse("s-1").unwrap());
    scope.apps.push(App { owner, ..app("s-1", idle(192)) });
    let plan = planned(&FleetPolicy::by_default(), &snapshot(vec![scope]));
    for row in &plan.rows {
        let (decision, code, text) = short(row);
        assert_eq!((decision, code), ("report", "source-unknown"));
        assert!(text.contains("cannot be told apart"), "{text}");
    }
}
