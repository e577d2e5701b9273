//! Properties of a plan over arbitrary fleets, under arbitrary policies.

use std::collections::{BTreeMap, BTreeSet};

use cost_planner::plan::{Allowed, Decision, Past, Plan, Prices, Resource, Row, candidates, plan};
use cost_planner::policy::{EndpointMode, FleetPolicy};
use cost_planner::snapshot::{
    App, AppStatus, Blind, Heartbeat, NotebookInstance, ScopeSeen, Series, Snapshot, TagsSeen,
};
use idle_core::{AccountId, AppOwner, AppType, InstanceType, NotebookInstanceName, UserProfileName};
use proptest::prelude::*;

use crate::fleet::{
    ACCOUNT, OTHER, ago, app, close_up, days, endpoint, notebook_instance, now, scope, series, snapshot, space, tags,
    user_profile, variant,
};

fn heartbeat() -> impl Strategy<Value = Heartbeat> {
    prop_oneof![
        6 => (0_i64..25, 0_u64..30_000).prop_map(|(at, idle_seconds)| Heartbeat::Heard { at: ago(at), idle_seconds }),
        1 => (0_i64..10_000).prop_map(|at| Heartbeat::Heard { at: ago(at), idle_seconds: 0 }),
        1 => Just(Heartbeat::Silent),
        1 => Just(Heartbeat::Unread("denied".into())),
    ]
}

fn seen_tags() -> impl Strategy<Value = TagsSeen> {
    prop_oneof![
        6 => Just(tags(&[])),
        1 => Just(tags(&[("team", "ml")])),
        1 => Just(tags(&[("costctl:protect", "")])),
        1 => Just(TagsSeen::Unread("throttled".to_owned())),
    ]
}

fn listed_app() -> impl Strategy<Value = App> {
    let looks = (any::<bool>(), seen_tags(), prop::option::of(0_i64..400), prop::bool::weighted(0.1));
    let status = prop_oneof![9 => Just(AppStatus::InService), 1 => Just(AppStatus::Pending)];
    let kind = prop::sample::select(vec![AppType::JupyterLab, AppType::CodeEditor, AppType::Canvas]);
    let types = prop::sample::select(vec!["ml.t3.medium", "ml.g5.xlarge", "ml.x9.large"]);
    (heartbeat(), looks, status, kind, types, 0_i64..6000).prop_map(
        |(heartbeat, (is_seen, tags, active, recovers), status, app_type, instance_type, age)| {
            let mut app = app("x", heartbeat);
            (app.status, app.app_type, app.created_at) = (status, app_type, Some(ago(age)));
            app.instance_type = Some(InstanceType::parse(instance_type).unwrap());
            let seen = close_up(&mut app);
            (seen.tags, seen.created_at, seen.recovery_mode) = (tags, Some(ago(age)), recovers);
            seen.last_user_activity_at = active.map(ago);
            app.close_up = app.close_up.filter(|_| is_seen);
            app
        },
    )
}

prop_compose! {
    fn one_scope(account: &'static str)(
        apps in prop::collection::vec(listed_app(), 0..30),
        is_blind in prop::bool::weighted(0.15),
        owners in prop::collection::vec(prop::option::of(prop::sample::select(vec!["alice", "bob"])), 30),
        instances in prop::collection::vec((heartbeat(), seen_tags()), 0..3),
        unused in prop::collection::vec(prop::option::of(0_i64..60), 0..3),
    ) -> ScopeSeen {
        let mut scope = scope(account);
        scope.user_profiles = vec![user_profile("alice"), user_profile("bob")];
        for (at, (app, owner)) in apps.into_iter().zip(owners).enumerate() {
            let name = format!("s-{at:02}");
            let owner_of_app = match (app.app_type, owner) {
                (AppType::Canvas, Some(owner)) => AppOwner::UserProfile(UserProfileName::parse(owner).unwrap()),
                _ => AppOwner::Space(idle_core::SpaceName::parse(&name).unwrap()),
            };
            scope.spaces.push(space(&name, owner));
            // Two apps of one name do not exist at once.
            let name = idle_core::AppName::parse(&name).unwrap();
            scope.apps.push(App { owner: owner_of_app, name, ..app });
        }
        for (at, (heartbeat, tags)) in instances.into_iter().enumerate() {
            let name = NotebookInstanceName::parse(&format!("nb-{at}")).unwrap();
            let tags = Some(Box::new(tags));
            scope.notebook_instances.push(NotebookInstance { name, tags, ..notebook_instance(heartbeat) });
        }
        for (at, last) in unused.into_iter().enumerate() {
            scope.endpoints.push(endpoint(&format!("e-{at}"), vec![variant("one", series(last))]));
        }
        if is_blind {
            scope.blind = vec![Blind { operation: "ListApps".to_owned(), why: "throttled".to_owned() }];
        }
        scope
    }
}

fn fleet() -> impl Strategy<Value = Snapshot> {
    (one_scope(ACCOUNT), one_scope(OTHER)).prop_map(|(first, second)| snapshot(vec![first, second]))
}

/// A policy that may be as eager as one can be.
fn fleet_policy() -> impl Strategy<Value = FleetPolicy> {
    let minutes = 15_u64..300;
    let action = prop::sample::select(vec!["report", "stop"]);
    let limit = prop_oneof![Just(String::new()), (0_u32..6).prop_map(|most| format!("max-apps = {most}\n"))];
    let percent = prop::option::of(0_u32..100);
    let per = prop::sample::select(vec!["run", "account", "domain", "user-profile"]);
    let money = prop::option::of(0_u32..8);
    (minutes.clone(), minutes, action, 0_u32..101, limit, percent, per, money).prop_map(
        |(first, tagged, action, most_idle, limit, percent, per, money)| {
            let percent = percent.map_or_else(String::new, |percent| format!("max-percent = {percent}\n"));
            let money = money.map_or_else(String::new, |usd| format!("max-usd-per-hour = {usd}\n"));
            let budget = match format!("{limit}{percent}{money}") {
                none if none.is_empty() => none,
                some => format!("[[budget]]\nper = \"{per}\"\n{some}"),
            };
            crate::fleet::policy(&format!(
                "[apps]\nidle-timeout = \"{first}m\"\nsilent-agent = \"{action}\"\nsilent-after = \"1h\"\n\
                 max-age = \"1h\"\nmin-age = \"0s\"\nallowed-instance-types = \"ml.t3.*\"\nviolation = \"report\"\n\
                 [endpoints]\naction = \"delete\"\nnames = \"*\"\n\
                 [[override]]\nfor = {{ tag = \"team=ml\" }}\napps.idle-timeout = \"{tagged}m\"\n\
                 [guards]\nmost-idle-percent = {most_idle}\n{budget}"
            ))
        },
    )
}

fn made(policy: &FleetPolicy, snapshot: &Snapshot, known: &[&str]) -> Plan {
    let known_accounts = known.iter().map(|id| AccountId::parse(id).unwrap()).collect();
    let allowed = Allowed { endpoints: EndpointMode::Delete };
    plan(policy, snapshot, &Past { known_accounts }, &Prices::bundled(), &allowed, now())
}

fn is_act(row: &Row) -> bool {
    matches!(row.decision, Decision::Act(_))
}

/// The app of a row.
fn app_of<'a>(snapshot: &'a Snapshot, row: &Row) -> Option<(&'a ScopeSeen, &'a App)> {
    let scope = &snapshot.scopes[usize::try_from(row.scope).unwrap()];
    match row.resource {
        Resource::App(at) => Some((scope, &scope.apps[usize::try_from(at).unwrap()])),
        _ => None,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_at_work_or_not_known_is_never_acted_on(policy in fleet_policy(), snapshot in fleet()) {
        let plan = made(&policy, &snapshot, &[ACCOUNT, OTHER]);
        for row in plan.rows.iter().filter(|row| is_act(row)) {
            let scope = &snapshot.scopes[usize::try_from(row.scope).unwrap()];
            prop_assert!(scope.blind.is_empty(), "{row:?}");
            let Some((scope, app)) = app_of(&snapshot, row) else { continue };
            let seen = app.close_up.as_deref().unwrap().as_ref().unwrap();
            let is_unread = |tags: Option<&TagsSeen>| !matches!(tags, Some(TagsSeen::Read(_)));
            prop_assert!(!is_unread(Some(&seen.tags)), "{row:?}");
            prop_assert!(!matches!(&seen.tags, TagsSeen::Read(tags) if tags.contains_key("costctl:protect")), "{row:?}");
            prop_assert!(!seen.recovery_mode && app.status == AppStatus::InService, "{row:?}");
            prop_assert!(scope.space_of(app).is_none_or(|space| !is_unread(space.tags.as_deref())));
            if app.app_type == AppType::Canvas {
                continue;
            }
            match &app.heartbeat {
                Heartbeat::Heard { at, idle_seconds } if now().duration_since(*at).as_mins() <= 8 => {
                    // 15 minutes are the least that a policy can say.
                    prop_assert!(*idle_seconds >= 900, "{row:?}");
                    let least = row.must().unwrap().idle_at_least_seconds.unwrap();
                    prop_assert!(*idle_seconds >= least, "{row:?}");
                }
                Heartbeat::Heard { .. } => prop_assert_eq!(row.code.code(), "silent-agent"),
                other => prop_assert!(false, "acted on {other:?}"),
            }
        }
    }

    #[test]
    fn every_resource_has_one_row(policy in fleet_policy(), snapshot in fleet()) {
        let plan = made(&policy, &snapshot, &[]);
        let rows: BTreeSet<(u32, Resource)> = plan.rows.iter().map(|row| (row.scope, row.resource)).collect();
        prop_assert_eq!(rows.len(), plan.rows.len(), "none twice");
        for (index, scope) in (0..).zip(&snapshot.scopes) {
            let count = |len: usize| u32::try_from(len).unwrap();
            prop_assert!((0..count(scope.apps.len())).all(|at| rows.contains(&(index, Resource::App(at)))));
            let instances = 0..count(scope.notebook_instances.len());
            prop_assert!(instances.into_iter().all(|at| rows.contains(&(index, Resource::NotebookInstance(at)))));
            prop_assert!((0..count(scope.endpoints.len())).all(|at| rows.contains(&(index, Resource::Endpoint(at)))));
        }
        for row in &plan.rows {
            prop_assert_eq!(row.told.is_none(), row.decision == Decision::Keep);
            prop_assert_eq!(row.must().is_some(), is_act(row));
            prop_assert!(!row.text().is_empty());
        }
        prop_assert!(plan.refused.is_empty() || !plan.rows.iter().any(is_act));
    }

    #[test]
    fn the_same_goes_in_and_the_same_comes_out(policy in fleet_policy(), snapshot in fleet()) {
        let all = [ACCOUNT, OTHER];
        prop_assert_eq!(made(&policy, &snapshot, &all), made(&policy, &snapshot, &all));
    }

    #[test]
    fn the_order_of_the_listings_changes_no_decision(
        policy in fleet_policy(),
        snapshot in fleet(),
        by in 1_usize..20,
        known in prop::sample::subsequence(vec![ACCOUNT, OTHER], 0..=2),
    ) {
        let mut moved = snapshot.clone();
        for scope in &mut moved.scopes {
            let (apps, instances) = (scope.apps.len().max(1), scope.notebook_instances.len().max(1));
            scope.apps.rotate_left(by % apps);
            scope.apps.reverse();
            scope.notebook_instances.rotate_left(by % instances);
        }
        moved.scopes.reverse();
        let decided = |snapshot: &Snapshot| -> BTreeMap<String, String> {
            let document = made(&policy, snapshot, &known).document(snapshot, "", jiff::SignedDuration::ZERO);
            let acts = document.actions.iter().map(|action| (action.target.arn(), format!("{:?}", action.reason)));
            let not = document.held_back.iter().chain(&document.reported);
            acts.chain(not.map(|listed| (listed.target.arn(), format!("{:?}", listed.reason)))).collect()
        };
        prop_assert_eq!(decided(&snapshot), decided(&moved));
    }

    #[test]
    fn budgets_are_never_exceeded(policy in fleet_policy(), snapshot in fleet()) {
        let plan = made(&policy, &snapshot, &[ACCOUNT]);
        let acts: Vec<&Row> = plan.rows.iter().filter(|row| is_act(row)).collect();
        prop_assert!(acts.iter().filter(|row| row.scope == 1).count() <= 1, "the first run in an account");
        for budget in policy.budgets() {
            let mut spent: BTreeMap<String, (u32, u64)> = BTreeMap::new();
            for row in &acts {
                let app = app_of(&snapshot, row);
                let group = match (format!("{:?}", budget.per).as_str(), app) {
                    ("Run", _) => String::new(),
                    ("Account", _) => row.scope.to_string(),
                    ("Domain", Some((_, app))) => format!("{} {}", row.scope, app.domain),
                    ("UserProfile", Some((scope, app))) => {
                        format!("{} {} {:?}", row.scope, app.domain, scope.user_profile_of(app))
                    }
                    _ => continue,
                };
                let micro_usd = row.price().and_then(|price| price.micro_usd_per_hour());
                prop_assert!(budget.max_micro_usd_per_hour.is_none() || micro_usd.is_some(), "an unpriced action");
                let (actions, sum) = spent.entry(group).or_default();
                (*actions, *sum) = (*actions + 1, *sum + micro_usd.unwrap_or(0));
            }
            for (group, (actions, micro_usd)) in spent {
                prop_assert!(budget.max_actions.is_none_or(|most| actions <= most), "{group} {budget:?}");
                prop_assert!(budget.max_micro_usd_per_hour.is_none_or(|most| micro_usd <= most), "{group} {budget:?}");
                let running = snapshot.scopes.iter().map(|s| s.apps.len() + s.notebook_instances.len() + s.endpoints.len());
                let all = u32::try_from(running.sum::<usize>()).unwrap();
                prop_assert!(budget.max_percent.is_none_or(|percent| actions * 100 <= all * percent), "{group}");
            }
        }
    }

    #[test]
    fn only_candidates_are_acted_on(policy in fleet_policy(), snapshot in fleet()) {
        let found = candidates(&policy, &snapshot, now());
        let found: BTreeSet<(u32, Resource)> = found.into_iter().map(|c| (c.scope, c.resource)).collect();
        for row in made(&policy, &snapshot, &[ACCOUNT, OTHER]).rows.iter().filter(|row| is_act(row)) {
            if !matches!(row.resource, Resource::Endpoint(_)) {
                prop_assert!(found.contains(&(row.scope, row.resource)), "{row:?}");
            }
        }
    }

    #[test]
    fn an_endpoint_is_acted_on_only_by_a_series_that_says_so(
        from in 1_i64..80,
        first in prop::option::of(0_i64..80),
        last in prop::option::of(0_i64..80),
        age in 0_i64..300,
        month_end in any::<bool>(),
    ) {
        let mut endpoint = endpoint("llm", vec![variant("one", Series::Absent)]);
        endpoint.created_at = Some(ago(days(age)));
        endpoint.close_up.as_mut().unwrap().variants[0].invocations = Series::Read {
            from: ago(days(from)),
            to: now(),
            first_at: first.map(|first| ago(days(first))),
            last_above_zero_at: last.map(|last| ago(days(last))),
            sum: if last.is_some() { 1.0 } else { 0.0 },
        };
        let snapshot = snapshot(vec![ScopeSeen { endpoints: vec![endpoint], ..scope(ACCOUNT) }]);
        let text = format!("[endpoints]\naction = \"delete\"\nnames = \"*\"\nmonth-end = {month_end}");
        let plan = made(&crate::fleet::policy(&text), &snapshot, &[ACCOUNT]);
        if is_act(&plan.rows[0]) {
            prop_assert!(age >= 14 && from >= 14 && first.is_some_and(|first| first >= 13));
            prop_assert!(last.is_none_or(|last| last >= 14));
            prop_assert!(!month_end || from >= 65.min(age));
        }
    }
}
