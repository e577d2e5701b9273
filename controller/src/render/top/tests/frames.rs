//! Golden frames. `INSTA_UPDATE=always` writes them anew.

use cost_planner::policy::FleetPolicy;
use ratatui::style::Color;
use serde_json::{Value, json};

use super::fleet::{ACCOUNT, OTHER, ago, app, empty, fleet, idle, now, scope, seen, snapshot, space, view};
use super::{buffer, frame};
use crate::render::top::View;

const USUAL: (u16, u16) = (80, 24);
const SMALL: (u16, u16) = (60, 20);
const LARGE: (u16, u16) = (200, 50);

fn three() -> Vec<Value> {
    vec![app("forecasting", &idle(20)), app("training", &idle(130)), app("writing", &idle(0))]
}

/// One of each state, of each way of going on, and of each kind.
fn everything() -> Vec<Value> {
    let mut protected = app("kept-for-audit", &idle(400));
    protected["close_up"]["Ok"]["tags"] = json!({ "read": { "costctl:protect": "true" } });
    let mut canvas = app("canvas", &json!("not_asked"));
    (canvas["app_type"], canvas["instance_type"]) = (json!("Canvas"), json!(null));
    let mut pending = app("starting", &json!("not_asked"));
    (pending["status"], pending["created_at"]) = (json!("Pending"), json!(ago(1)));
    let silent = json!({ "heard": { "at": ago(60), "idle_seconds": 5400 } });
    // No news for ten minutes: work may have returned.
    let late = json!({ "heard": { "at": ago(10), "idle_seconds": 9000 } });
    let unread = json!({ "unread": "GetMetricData failed: AccessDenied: not allowed" });
    let mut apps = three();
    apps.extend([protected, canvas, pending, app("silent", &silent), app("late", &late), app("denied", &unread)]);
    apps.push(app("unheard", &json!("silent")));
    let mut one = scope(ACCOUNT, apps);
    // Of nobody, and in a space that was not listed.
    one["spaces"][6]["owner"] = json!(null);
    one["spaces"].as_array_mut().expect("spaces").remove(9);
    let notebook = |name: &str, status: &str, heartbeat: &Value| {
        json!({ "name": name, "status": status, "instance_type": "ml.g4dn.xlarge", "created_at": ago(9999),
            "modified_at": ago(2880), "heartbeat": heartbeat, "tags": { "read": {} } })
    };
    one["notebook_instances"] =
        json!([notebook("classic", "InService", &idle(60)), notebook("off", "Stopped", &idle(0))]);
    let series = |last: Option<i64>| {
        json!({ "read": { "from": ago(93_600), "to": ago(0), "first_at": ago(93_600),
            "last_above_zero_at": last.map(ago), "sum": 7.0 } })
    };
    let variant = |name: &str, invocations: &Value| {
        json!({ "name": name, "is_shadow": false, "instance_type": "ml.m5.xlarge", "instances": 2,
            "desired_instances": 2, "serverless": null, "managed_min_instances": null, "invocations": invocations })
    };
    let endpoint = |name: &str, variants: Value| {
        json!({ "name": name, "status": "InService", "created_at": ago(99_999), "modified_at": ago(99_999),
            "close_up": { "Ok": { "config_name": "c", "config_missing": null, "is_async": false, "variants": variants,
                "inference_components": [], "scalable_targets": { "Ok": [] }, "backlog": null, "tags": { "read": {} } } } })
    };
    one["endpoints"] = json!([
        endpoint("asked", json!([variant("blue", &series(Some(30))), variant("green", &series(Some(30)))])),
        endpoint("dark", json!([variant("all", &json!("absent"))])),
        endpoint("forgotten", json!([variant("all", &series(Some(50_000)))])),
        { "name": "hidden", "status": "InService", "created_at": ago(99_999), "modified_at": ago(99_999),
            "close_up": { "Err": "DescribeEndpoint failed: AccessDenied" } },
    ]);
    vec![one, scope(OTHER, vec![app("theirs", &idle(0))])]
}

/// Two of six not seen, one in part.
fn blind() -> View {
    let mut part = empty(OTHER);
    part["blind"] =
        json!([{ "operation": "ListEndpoints", "why": "ListEndpoints failed: ThrottlingException: Rate exceeded" }]);
    let mut scopes = vec![scope(ACCOUNT, three()), part];
    for region in ["eu-west-1", "eu-central-1"] {
        let mut more = empty(ACCOUNT);
        more["region"] = json!(region);
        scopes.push(more);
    }
    let unreached = json!([
        { "account": OTHER, "region": "eu-west-1", "why": "the region is not enabled in this account" },
        { "account": OTHER, "region": "eu-central-1", "why": "the region is not enabled in this account" },
    ]);
    view(seen(&snapshot(&scopes, &unreached), &FleetPolicy::by_default()))
}

fn ten_thousand() -> View {
    let apps = (0..10_000).map(|n| app(&format!("space-{n:05}"), &idle(n % 300)));
    view(fleet(&[scope(ACCOUNT, apps.collect())]))
}

#[test]
fn before_the_first_look() {
    let ground = view(fleet(&[])).ground;
    let mut view = View::new(ground);
    view.looking("0 of 2".to_owned());
    insta::assert_snapshot!(frame(&mut view, USUAL));
    view.seen(Err("finding out where earlier runs acted: AccessDenied".to_owned()), 1, now());
    insta::assert_snapshot!("the_first_look_failed", frame(&mut view, USUAL));
}

#[test]
fn nothing_runs() {
    for (name, size) in [("usual", USUAL), ("small", SMALL), ("large", LARGE)] {
        insta::assert_snapshot!(format!("nothing_runs_{name}"), frame(&mut view(fleet(&[empty(ACCOUNT)])), size));
    }
}

#[test]
fn three_apps() {
    for (name, size) in [("usual", USUAL), ("small", SMALL), ("large", LARGE)] {
        insta::assert_snapshot!(
            format!("three_apps_{name}"),
            frame(&mut view(fleet(&[scope(ACCOUNT, three())])), size)
        );
    }
}

#[test]
fn every_state() {
    for (name, size) in [("usual", USUAL), ("large", LARGE)] {
        insta::assert_snapshot!(format!("every_state_{name}"), frame(&mut view(fleet(&everything())), size));
    }
}

#[test]
fn ten_thousand_apps() {
    let mut view = ten_thousand();
    for (name, size) in [("usual", USUAL), ("small", SMALL), ("large", LARGE)] {
        insta::assert_snapshot!(format!("ten_thousand_apps_{name}"), frame(&mut view, size));
    }
}

#[test]
fn what_is_not_seen_is_said_loudly() {
    for (name, size) in [("usual", USUAL), ("small", SMALL), ("large", LARGE)] {
        insta::assert_snapshot!(format!("not_seen_{name}"), frame(&mut blind(), size));
    }
}

#[test]
fn long_and_wide_names_keep_their_columns() {
    let long = "data-science-team-forecasting-and-planning-shared-lab-0000001";
    let mut scope = scope(ACCOUNT, vec![app(long, &idle(200)), app("b", &idle(0))]);
    scope["spaces"][0] = space(long, Some("somebody-with-a-name-that-is-rather-long"));
    scope["user_profiles"] = json!([
        super::fleet::user_profile("ada"),
        super::fleet::user_profile("somebody-with-a-name-that-is-rather-long"),
    ]);
    let exempt = "schema_version = 1\n[[exemption]]\nfor = { space = \"data-*\" }\nowner = \"基盤チーム\"\n\
                  reason = \"四半期の締めに使うため\"\nexpires-at = 2026-12-01T00:00:00Z\n";
    let policy = FleetPolicy::parse(exempt, "costctl.toml").expect("a policy");
    let mut view = view(seen(&snapshot(&[scope], &json!([])), &policy));
    for (name, size) in [("usual", USUAL), ("large", LARGE)] {
        insta::assert_snapshot!(format!("long_and_wide_{name}"), frame(&mut view, size));
    }
}

#[test]
fn every_size_is_drawn() {
    let mut view = blind();
    for size in [(1, 1), (1, 50), (200, 1), (79, 24), (80, 23), (80, 24), (81, 25), (109, 30), (110, 30), (140, 30)] {
        let text = frame(&mut view, size);
        assert!(text.lines().all(|line| super::super::text::width(line) <= usize::from(size.0)), "{size:?}\n{text}");
        assert!(size.0 < 20 || size.1 < 4 || text.contains("NOT SEEN"), "{size:?}\n{text}");
    }
}

#[test]
fn without_colours_the_frame_is_the_same_text() {
    let colours = |view: &mut View| -> usize {
        let buffer = buffer(view, USUAL);
        buffer.content.iter().filter(|cell| cell.fg != Color::Reset || cell.bg != Color::Reset).count()
    };
    let mut plain = blind();
    plain.ground.colour = false;
    assert!(colours(&mut blind()) > 0);
    assert_eq!(colours(&mut plain), 0);
    assert_eq!(frame(&mut plain, USUAL), frame(&mut blind(), USUAL));
}
