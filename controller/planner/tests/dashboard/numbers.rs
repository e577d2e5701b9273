//! What a sweep publishes of what it saw, and that it publishes nothing of what it did not.

use std::collections::BTreeMap;

use cost_planner::dashboard::{Datum, Saved, ScopeActs, Swept, metric, metrics};
use cost_planner::plan::Prices;
use cost_planner::snapshot::{App, Blind, Heartbeat, Kind, ScopeSeen, Snapshot, Unreached};
use idle_core::{AppType, DomainId, InstanceType};

use crate::fleet::{
    self, ACCOUNT, OTHER as OTHER_ACCOUNT, ago, app, endpoint, idle, notebook_instance, now, policy, scope, series,
    snapshot, variant,
};

const POLICY: &str = "[apps]\nallowed-instance-types = [\"ml.t3.*\"]\n";

fn told(snapshot: &Snapshot, acts: Option<&[ScopeActs]>, saved: Option<Saved>) -> Vec<Datum> {
    let (policy, prices) = (policy(POLICY), Prices::bundled());
    metrics(&Swept { policy: &policy, snapshot, prices: &prices, at: now(), acts, saved })
}

/// Each value by its name and dimensions.
fn values(data: &[Datum]) -> BTreeMap<String, f64> {
    let key = |datum: &Datum| {
        assert_eq!(datum.metric.dimensions.len(), datum.values.len(), "{datum:?}");
        assert!(metric::ALL.contains(&datum.metric), "{datum:?} is in no list");
        format!("{} {}", datum.metric.name, datum.values.join(" ")).trim_end().to_owned()
    };
    let values: BTreeMap<String, f64> = data.iter().map(|datum| (key(datum), datum.value)).collect();
    assert_eq!(values.len(), data.len(), "one value each");
    values
}

fn of_type(app: App, instance_type: &str) -> App {
    App { instance_type: Some(InstanceType::parse(instance_type).unwrap()), ..app }
}

/// A fleet with one of everything.
fn mixed() -> ScopeSeen {
    let mut scope = scope(ACCOUNT);
    for name in ["busy", "idle", "pausing", "silent", "canvas", "no-price"] {
        scope.spaces.push(fleet::space(name, Some("alice")));
    }
    let canvas = App { app_type: AppType::Canvas, heartbeat: Heartbeat::NotAsked, ..app("canvas", idle(0)) };
    scope.apps = vec![
        of_type(app("busy", idle(0)), "ml.t3.medium"),
        app("idle", idle(90)),
        app("pausing", idle(9)),
        app("silent", Heartbeat::Silent),
        canvas,
        of_type(app("no-price", idle(0)), "ml.t3.unheard-of"),
    ];
    scope.notebook_instances.push(notebook_instance(idle(0)));
    scope.endpoints.push(endpoint("chat", vec![variant("all", series(None))]));
    scope.sort();
    scope
}

#[test]
fn a_fleet_is_told_in_numbers_that_can_be_checked_by_hand() {
    let acts = [ScopeActs { scope: mixed().scope, done: 3, failed: 1 }];
    let saved = Saved { seconds: 5_400, list_micro_usd: Some(2_112_000) };
    let values = values(&told(&snapshot(vec![mixed()]), Some(&acts), Some(saved)));
    // Bundled figures of us-east-1, in which there is none for the endpoint's instances.
    let (small, gpu, notebook) = (0.05, 1.41, 1.41);
    let near = |key: &str, expected: f64| {
        let value = values.get(key).unwrap_or_else(|| panic!("no {key} in {values:#?}"));
        assert!((value - expected).abs() < 1e-9, "{key}: {value}, not {expected}");
    };
    for (name, expected) in [("AppsRunning", 6.0), ("AppsIdle", 1.0), ("AppsCovered", 4.0), ("Violations", 4.0)] {
        near(&format!("{name} d-1"), expected);
        near(name, expected);
    }
    near("AppsUncovered", 1.0);
    near("RunRate d-1", small + 3.0 * gpu);
    near("UnpricedRunning d-1", 2.0);
    near("RunRate", small + 3.0 * gpu + notebook);
    near("UnpricedRunning", 3.0);
    near("RunRate ml.g5.xlarge", 3.0 * gpu + notebook);
    near("RunRate ml.t3.medium", small);
    assert!(!values.contains_key("RunRate ml.m5.xlarge"), "without a price it is not free");
    near("RunRate other", 0.0);
    for (name, expected) in [("SweepCompleted", 1.0), ("SweepUnseen", 0.0)] {
        near(&format!("{name} 111122223333 us-east-1"), expected);
        near(name, expected);
    }
    near("SweepActions 111122223333 us-east-1", 3.0);
    near("SweepFailed 111122223333 us-east-1", 1.0);
    near("IdleTimeSaved", 5_400.0);
    near("UsdSaved", 2.112);
}

#[test]
fn what_was_not_seen_has_no_value() {
    let whole = fleet::many(OTHER_ACCOUNT, [idle(60)]);
    let has = |scopes: Vec<ScopeSeen>, unreached: Vec<Unreached>, key: &str| {
        let seen = Snapshot { unreached, ..snapshot(scopes) };
        values(&told(&seen, None, None)).contains_key(key)
    };
    let second = || {
        let (mut scope, id) = (mixed(), DomainId::parse("d-2").unwrap());
        scope.domains[0].id = id.clone();
        scope.apps.iter_mut().for_each(|app| app.domain = id.clone());
        scope
    };
    let blind = |operation: &str| {
        let mut scope = second();
        scope.blind.push(Blind { operation: operation.to_owned(), why: "denied".to_owned() });
        vec![whole.clone(), scope]
    };
    for key in ["AppsRunning d-1", "AppsRunning d-2", "AppsRunning", "RunRate d-2", "SweepCompleted"] {
        assert!(has(blind("ListEndpoints"), vec![], key), "{key}");
    }
    for key in ["RunRate", "RunRate other", "SweepCompleted 111122223333 us-east-1"] {
        assert!(!has(blind("ListEndpoints"), vec![], key), "{key}");
        assert!(has(vec![whole.clone(), second()], vec![], key), "{key}");
    }
    for key in ["AppsRunning d-2", "RunRate d-2", "AppsCovered d-2", "AppsRunning", "AppsUncovered", "RunRate"] {
        assert!(!has(blind("ListApps"), vec![], key), "{key}");
    }
    assert!(has(blind("ListApps"), vec![], "AppsRunning d-1"));
    let unreached = || vec![Unreached { account: None, region: None, why: "suspended".to_owned() }];
    assert!(!has(vec![whole.clone()], unreached(), "RunRate"));
    assert!(has(vec![whole.clone()], unreached(), "RunRate d-1"));
    // Nothing was asked for but notebook instances.
    let mut part = scope(ACCOUNT);
    part.kinds = vec![Kind::NotebookInstances];
    assert!(!has(vec![part], vec![], "AppsRunning d-1"));
    assert!(!has(vec![whole.clone()], vec![], "UsdSaved"), "no ledger told of it");
    assert!(!has(vec![whole], vec![], "SweepActions 444455556666 us-east-1"), "a rehearsal did nothing");
}

#[test]
fn heartbeats_that_cannot_be_read_leave_coverage_open() {
    let mut scope = mixed();
    scope.apps[0].heartbeat = Heartbeat::Unread("throttled".into());
    let values = values(&told(&snapshot(vec![scope]), None, None));
    for name in ["AppsIdle", "AppsCovered"] {
        assert!(!values.contains_key(name) && !values.contains_key(&format!("{name} d-1")), "{values:#?}");
    }
    assert!(!values.contains_key("AppsUncovered") && values.contains_key("AppsRunning d-1"));
}

#[test]
fn a_late_heartbeat_covers_and_an_old_one_does_not() {
    let with = |heartbeat: Heartbeat| {
        let mut scope = scope(ACCOUNT);
        scope.spaces.push(fleet::space("one", Some("alice")));
        scope.apps.push(app("one", heartbeat));
        let values = values(&told(&snapshot(vec![scope]), None, None));
        (values["AppsCovered"], values["AppsIdle"], values["AppsUncovered"])
    };
    let heard = |minutes: i64, idle: u64| Heartbeat::Heard { at: ago(minutes), idle_seconds: idle * 60 };
    assert_eq!(with(heard(4, 60)), (1.0, 1.0, 0.0));
    assert_eq!(with(heard(12, 60)), (1.0, 0.0, 0.0), "work may have returned since");
    assert_eq!(with(heard(20, 60)), (0.0, 0.0, 1.0));
}
