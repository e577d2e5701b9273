//! Every step in its turn: what it answers and what it leaves.

use serde_json::{Value, json};

use crate::world::{EXECUTE, FAR, NEAR, OTHER, OWN, World, event, fleet, items, until_plan};

#[test]
fn a_rehearsal_changes_nothing_and_says_what_would_be_done() {
    let world = World::with(&fleet());
    let function = world.function();
    let answer = function.answer(&json!({ "step": "scopes", "run": "r", "input": {} })).unwrap();
    assert_eq!((&answer["run"], &answer["args"], &answer["scopes"]), (&json!("r"), &json!([]), &json!(4)));
    assert_eq!(answer["key"], world.shelf("scopes.json").display().to_string());
    let places: Vec<Value> =
        items(&world, "scopes.json").iter().map(|item| json!([item["account"], item["region"]])).collect();
    assert_eq!(json!(places), json!([[OWN, NEAR], [OWN, FAR], [OTHER, NEAR], [OTHER, FAR]]));
    assert_eq!(world.sandbox.calls_of("AssumeRole").unwrap().len(), 0, "no role is assumed to name them");

    let answer = until_plan(&world, &function, &[]);
    assert_eq!(
        (&answer["actions"], &answer["acts"], &answer["planned"]),
        (&json!(0), &json!(0), &json!(3)),
        "{answer}"
    );
    assert_eq!(world.kept("acts.json"), json!([]));
    let plan = world.kept(&format!("plans/{OTHER}.{FAR}.json"));
    assert_eq!(
        plan["plan"]["actions"][0]["target"]["owner"],
        world.kept("plan.json")["plan"]["actions"][2]["target"]["owner"]
    );
    let refused = function.answer(&event("act", &[], Some(&items(&world, "scopes.json")[0]))).unwrap_err();
    assert_eq!(refused, "nothing is acted on without --execute --yes in args");

    let answer = function.answer(&event("finish", &[], None)).unwrap();
    assert_eq!(answer["exit"], 0, "{answer}");
    assert!(answer["summary"].as_str().unwrap().starts_with("rehearsal: 3 to do, 0 held back"), "{answer}");
    let report = world.kept("report.json");
    assert_eq!((&report["executed"], report["plan"]["actions"].as_array().unwrap().len()), (&json!(false), 3));
    assert_eq!(world.changes(), [""; 0]);
    assert!(!world.path("evidence/leases").exists() && !world.path("evidence/evidence").exists());
}

#[test]
fn what_cannot_be_noted_is_told_at_the_end() {
    let world = World::with(&fleet());
    let ledger = world.path("ledger");
    let today = jiff::Timestamp::now().strftime("%Y-%m-%d").to_string();
    let folder = ledger.join(format!("account={OWN}/region={NEAR}/dt={today}"));
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("20261125T000000Z-0.jsonl"), "{\"schema_version\": 9}\n").unwrap();
    let function = world.function_with(&[("COSTCTL_LEDGER", ledger.to_str().unwrap())]);
    until_plan(&world, &function, &[]);
    let answer = function.answer(&event("finish", &[], None)).unwrap();
    assert_eq!(answer["exit"], 4, "{answer}");
    let summary = answer["summary"].as_str().unwrap();
    assert!(summary.contains(&format!("{OWN} {NEAR}: nothing was noted in the ledger")), "{summary}");
    assert_eq!(folder.read_dir().unwrap().count(), 1, "what cannot be read is not written");
}

#[test]
fn what_is_idle_is_stopped_scope_by_scope_and_told_once() {
    let world = World::with(&fleet());
    world.sandbox.call_of(OWN, NEAR, "sns", "CreateTopic", &json!({ "Name": "sweeps" })).unwrap();
    world.sandbox.forget_calls().unwrap();
    let ledger = world.path("ledger");
    let function = world.function_with(&[
        ("COSTCTL_NOTIFY", "arn:aws:sns:us-east-1:111122223333:sweeps"),
        ("COSTCTL_LEDGER", ledger.to_str().unwrap()),
    ]);
    let answer = until_plan(&world, &function, &EXECUTE);
    assert_eq!((&answer["actions"], &answer["acts"]), (&json!(3), &json!(3)), "{answer}");
    assert_eq!(world.changes(), [""; 0], "planned, not acted");
    for place in [(OWN, NEAR), (OWN, FAR), (OTHER, NEAR), (OTHER, FAR)] {
        let folder = ledger.join(format!("account={}/region={}", place.0, place.1));
        assert_eq!(folder.read_dir().unwrap().count(), 1, "each look was noted: {}", folder.display());
    }
    for scope in items(&world, "acts.json") {
        let answer = function.answer(&event("act", &EXECUTE, Some(&scope))).unwrap();
        assert_eq!(answer, json!({ "acted": "now", "verified": 1, "failed": 0, "refused": 0 }));
    }
    let deleted = ["DeleteApp ours", "DeleteApp theirs", "DeleteApp theirs-far"];
    assert_eq!(world.changes(), deleted);
    let acting = world.sandbox.calls_of("AssumeRole").unwrap();
    let roles: Vec<&str> = acting.iter().filter_map(|call| call["request"]["RoleArn"].as_str()).collect();
    assert!(roles.contains(&"arn:aws:iam::444455556666:role/costctl-actor"), "{roles:?}");

    for _ in 0..2 {
        let answer = function.answer(&event("finish", &EXECUTE, None)).unwrap();
        assert_eq!(answer["exit"], 0, "{answer}");
        assert_eq!((&answer["counts"]["done"], &answer["counts"]["failed"]), (&json!(3), &json!(0)));
    }
    let told: Vec<String> = world.changes().into_iter().filter(|change| change.starts_with("Publish")).collect();
    assert_eq!(told.len(), 1, "{told:?}");
    let report = world.kept("report.json");
    assert_eq!(report["acted"]["rows"][2]["outcome"], "done", "{report}");
    // One run in the evidence of every account and region.
    let runs: Vec<_> = items(&world, "acts.json")
        .iter()
        .map(|item| {
            let (account, region) = (item["account"].as_str().unwrap(), item["region"].as_str().unwrap());
            let folder = world.path(&format!("evidence/evidence/account={account}/region={region}"));
            let day = std::fs::read_dir(folder).unwrap().next().unwrap().unwrap().path();
            let names = std::fs::read_dir(day).unwrap().map(|entry| entry.unwrap().file_name());
            names.filter(|name| name.to_string_lossy().ends_with(".ended.jsonl")).collect::<Vec<_>>()
        })
        .collect();
    assert_eq!((runs.len(), runs[0].len()), (3, 1));
    assert!(runs.iter().all(|run| *run == runs[0]), "{runs:?}");
}

#[test]
fn accounts_that_are_suspended_or_refuse_are_named_at_the_end() {
    let world = World::with(&fleet());
    let accounts = json!([{ "Id": OWN, "Name": "main", "Status": "ACTIVE" }, { "Id": OTHER, "Name": "lab", "Status": "ACTIVE" },
        { "Id": "000000000002", "Name": "old", "Status": "SUSPENDED" }]);
    world.sandbox.organization(&json!({ "Accounts": accounts })).unwrap();
    world
        .sandbox
        .set_faults(&format!("[[fault]]\noperation = \"AssumeRole\"\nkind = \"deny\"\naccount = \"{OTHER}\"\n"))
        .unwrap();
    let env: Vec<_> = world.env().into_iter().filter(|(name, _)| name != "COSTCTL_ACCOUNTS").collect();
    let env: Vec<_> = env.into_iter().chain([("COSTCTL_ORGANIZATION".to_owned(), "true".to_owned())]).collect();
    let function = crate::function::Function::start(&env);
    let answer = until_plan(&world, &function, &EXECUTE);
    assert_eq!((&answer["actions"], &answer["acts"]), (&json!(1), &json!(1)), "{answer}");
    function.answer(&event("act", &EXECUTE, Some(&items(&world, "acts.json")[0]))).unwrap();
    let answer = function.answer(&event("finish", &EXECUTE, None)).unwrap();
    assert_eq!((&answer["exit"], &answer["counts"]["unreached"]), (&json!(4), &json!(3)), "{answer}");
    let summary = answer["summary"].as_str().unwrap();
    for named in [
        "not seen: 000000000002 all regions: the account is SUSPENDED",
        "not seen: 444455556666 us-east-1: AssumeRole",
        "not seen: 444455556666 eu-west-1: AssumeRole",
    ] {
        assert!(summary.contains(named), "{named}: {summary}");
    }
    assert_eq!(world.changes(), ["DeleteApp ours"]);
}
