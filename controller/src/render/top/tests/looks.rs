//! One look after another: what the last does not see is not forgotten, and not taken for known.

use cost_planner::policy::FleetPolicy;
use jiff::SignedDuration;
use serde_json::json;

use super::fleet::{ACCOUNT, OTHER, app, fleet, idle, now, scope, seen, snapshot, view};
use super::frame;
use crate::render::top::View;

fn names(view: &View) -> Vec<(&str, bool)> {
    let rows = view.order.iter().filter_map(|at| view.row(*at));
    rows.map(|row| (row.name.split('/').nth(1).unwrap_or_default(), row.is_stale)).collect()
}

#[test]
fn what_was_listed_to_its_end_and_is_not_there_is_gone() {
    let mut view = view(fleet(&[scope(ACCOUNT, vec![app("a", &idle(9)), app("b", &idle(5))])]));
    view.seen(Ok(fleet(&[scope(ACCOUNT, vec![app("b", &idle(6))])])), 3, now());
    assert_eq!(names(&view), [("b", false)]);
}

#[test]
fn what_a_blind_listing_does_not_show_is_stale_until_it_is_seen_again() {
    let both = [scope(ACCOUNT, vec![app("a", &idle(9)), app("b", &idle(5))]), scope(OTHER, vec![app("c", &idle(1))])];
    let mut view = view(fleet(&both));
    let mut blind = scope(ACCOUNT, vec![app("b", &idle(6))]);
    blind["blind"] = json!([{ "operation": "ListApps", "why": "ListApps failed: ThrottlingException" }]);
    let unreached = json!([{ "account": OTHER, "region": null, "why": "AccessDenied" }]);
    let partly = seen(&snapshot(&[blind], &unreached), &FleetPolicy::by_default());
    view.seen(Ok(partly), 3, now());
    assert_eq!(names(&view), [("b", false), ("a", true), ("c", true)]);
    insta::assert_snapshot!("stale", frame(&mut view, (80, 24)));
    let sums = view.fleet.as_ref().map(super::super::fleet::Fleet::sums).expect("a fleet");
    assert_eq!((sums.running, sums.idle, sums.stale, sums.micro_usd_per_hour), (1, 1, 2, 736_400));
    view.seen(Ok(fleet(&both)), 3, now());
    assert_eq!(names(&view), [("a", false), ("b", false), ("c", false)]);
}

#[test]
fn another_listing_that_is_blind_keeps_no_app_that_is_gone() {
    let mut view = view(fleet(&[scope(ACCOUNT, vec![app("a", &idle(9))])]));
    let mut blind = scope(ACCOUNT, Vec::new());
    blind["blind"] = json!([{ "operation": "ListEndpoints", "why": "denied" }]);
    view.seen(Ok(fleet(&[blind])), 3, now());
    assert!(names(&view).is_empty());
}

#[test]
fn an_app_that_was_made_anew_is_another() {
    let mut view = view(fleet(&[scope(ACCOUNT, vec![app("a", &idle(9))])]));
    let mut again = scope(ACCOUNT, vec![app("a", &idle(0))]);
    again["apps"][0]["created_at"] = json!(super::fleet::ago(20));
    again["blind"] = json!([{ "operation": "ListApps", "why": "it ended early" }]);
    view.seen(Ok(fleet(&[again])), 3, now());
    assert_eq!(names(&view), [("a", false), ("a", true)], "that the old one is gone was not seen");
}

#[test]
fn a_look_that_failed_makes_all_of_it_stale() {
    let mut view = view(fleet(&[scope(ACCOUNT, vec![app("a", &idle(200)), app("b", &idle(5))])]));
    let later = now() + SignedDuration::from_secs(60);
    view.seen(Err("finding out where earlier runs acted: GetObject failed: AccessDenied".to_owned()), 1, later);
    assert_eq!(names(&view), [("a", true), ("b", true)]);
    insta::assert_snapshot!("failed", frame(&mut view, (80, 24)));
    view.seen(Ok(fleet(&[scope(ACCOUNT, vec![app("a", &idle(200))])])), 3, later);
    assert_eq!(names(&view), [("a", false)]);
    assert!(!frame(&mut view, (80, 24)).contains("FAILED"));
}
