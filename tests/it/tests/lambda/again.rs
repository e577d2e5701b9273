//! Steps that are run again, cut short or left out: no harm comes of it, and all of it is named.

use std::fs;
use std::process::Command;
use std::time::Duration;

use serde_json::json;
use studio_parts::binaries::binary;

use crate::world::{EXECUTE, FAR, NEAR, OTHER, OWN, World, event, fleet, idle, items, until_plan};

#[test]
fn a_step_that_is_run_again_finds_what_it_did() {
    let world = World::with(&fleet());
    let function = world.function();
    let first = until_plan(&world, &function, &EXECUTE);
    let before = (world.kept("scopes.json"), world.kept("plan.json"), world.kept("acts.json"));
    // What stands there by now is not what was planned on.
    let new = studio_parts::fleet::Fleet { apps: vec![idle(OWN, FAR, "new", 1)], ..Default::default() };
    new.seed(&world.sandbox).unwrap();
    let lists = || world.sandbox.calls_of("ListApps").unwrap().len();
    let looked = lists();
    assert_eq!(until_plan(&world, &function, &EXECUTE), first);
    assert_eq!(lists(), looked, "nobody looked a second time");
    assert_eq!((world.kept("scopes.json"), world.kept("plan.json"), world.kept("acts.json")), before);

    let act = event("act", &EXECUTE, Some(&items(&world, "acts.json")[0]));
    assert_eq!(function.answer(&act).unwrap()["acted"], "now");
    let calls = world.sandbox.calls().unwrap().len();
    assert_eq!(function.answer(&act).unwrap(), json!({ "acted": "before" }));
    assert_eq!(world.sandbox.calls().unwrap().len(), calls, "nobody was asked for anything");
    assert_eq!(world.changes(), ["DeleteApp ours"]);
}

#[test]
fn an_act_that_was_begun_and_not_ended_is_not_begun_again_and_is_named() {
    let world = World::with(&fleet());
    let function = world.function();
    until_plan(&world, &function, &EXECUTE);
    let acts = items(&world, "acts.json");
    world.write(&format!("evidence/sweeps/r/begun/{OWN}.{NEAR}.json"), "{}");
    let answer = function.answer(&event("act", &EXECUTE, Some(&acts[0]))).unwrap();
    assert_eq!(answer, json!({ "acted": "begun before" }));
    assert_eq!(world.changes(), [""; 0]);
    function.answer(&event("act", &EXECUTE, Some(&acts[1]))).unwrap();
    // The third one is never called.
    let answer = function.answer(&event("finish", &EXECUTE, None)).unwrap();
    assert_eq!((&answer["exit"], &answer["counts"]["failed"]), (&json!(4), &json!(2)), "{answer}");
    let summary = answer["summary"].as_str().unwrap();
    for place in [format!("{OWN} {NEAR}"), format!("{OTHER} {FAR}")] {
        assert!(summary.contains(&format!("{place}: its act came to no end")), "{summary}");
    }
    assert!(!summary.contains(&format!("{OTHER} {NEAR}: its act")), "{summary}");
    assert_eq!(world.changes(), ["DeleteApp theirs"]);
}

#[test]
fn a_look_that_left_nothing_makes_its_scope_unseen() {
    let world = World::with(&fleet());
    let function = world.function();
    function.answer(&event("scopes", &[], None)).unwrap();
    let scopes = items(&world, "scopes.json");
    function.answer(&event("look", &[], Some(&scopes[0]))).unwrap();
    world.write(&format!("evidence/sweeps/r/snapshots/{OTHER}.{NEAR}.json"), "{\"schema_version\": 1, ");
    // What was seen of one account is never taken for another.
    fs::copy(
        world.shelf(&format!("snapshots/{OWN}.{NEAR}.json")),
        world.shelf(&format!("snapshots/{OTHER}.{FAR}.json")),
    )
    .unwrap();
    assert_eq!(function.answer(&event("plan", &[], None)).unwrap()["planned"], 1);
    let answer = function.answer(&event("finish", &[], None)).unwrap();
    assert_eq!((&answer["exit"], &answer["counts"]["unreached"]), (&json!(4), &json!(3)), "{answer}");
    let summary = answer["summary"].as_str().unwrap();
    for named in [
        format!("not seen: {OWN} {FAR}: its look failed"),
        format!("not seen: {OTHER} {NEAR}: its snapshot is no whole one"),
        format!("not seen: {OTHER} {FAR}: its snapshot is one of another account or region"),
    ] {
        assert!(summary.contains(&named), "{named}: {summary}");
    }
}

#[test]
fn what_time_is_not_enough_for_is_not_begun() {
    let world = World::with(&fleet());
    let mut function = world.function();
    until_plan(&world, &function, &EXECUTE);
    function.time = Duration::from_secs(15);
    let answer = function.answer(&event("act", &EXECUTE, Some(&items(&world, "acts.json")[0]))).unwrap();
    assert_eq!(answer, json!({ "acted": "now", "verified": 0, "failed": 0, "refused": 1 }));
    let outcome = world.kept(&format!("outcomes/{OWN}.{NEAR}.json"));
    let text = outcome["done"][0]["outcome"]["refused"]["text"].as_str().unwrap();
    assert!(text.contains("the next sweep goes on"), "{outcome}");
    assert_eq!(world.changes(), [""; 0]);
}

#[test]
fn a_plan_that_is_too_old_or_was_changed_is_not_acted_on() {
    let world = World::with(&fleet());
    let function = world.function();
    until_plan(&world, &function, &EXECUTE);
    let acts = items(&world, "acts.json");
    let [expired, changed] = [format!("plans/{OWN}.{NEAR}.json"), format!("plans/{OTHER}.{FAR}.json")];
    // A plan of the same program that has no time left.
    let mut costctl = Command::new(binary("costctl").unwrap());
    costctl.env_clear().envs(world.env()).args(["plan", "--valid-for", "1ms", "--accounts", OWN, "--region", NEAR]);
    let planned = costctl.arg("--out").arg(world.shelf(&expired)).output().unwrap();
    assert_eq!(planned.status.code(), Some(0), "{}", String::from_utf8_lossy(&planned.stderr));
    let answer = function.answer(&event("act", &EXECUTE, Some(&acts[0]))).unwrap();
    assert_eq!((&answer["verified"], &answer["failed"]), (&json!(0), &json!(1)), "{answer}");

    let text = fs::read_to_string(world.shelf(&changed)).unwrap();
    fs::write(world.shelf(&changed), text.replace("theirs-far", "theirs-busy-1")).unwrap();
    let failed = function.answer(&event("act", &EXECUTE, Some(&acts[2]))).unwrap_err();
    assert!(failed.contains("was changed since it was written") && !failed.contains('\n'), "{failed}");
    function.wait_for_log(&failed);
    assert_eq!(world.changes(), [""; 0]);
    let answer = function.answer(&event("finish", &EXECUTE, None)).unwrap();
    assert_eq!(answer["exit"], 1, "{answer}");
    assert!(answer["summary"].as_str().unwrap().contains("the plan expired at"), "{answer}");
}
