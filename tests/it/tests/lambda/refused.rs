//! Events and flags that are not understood: one sentence, and nothing is done.

use serde_json::json;

use crate::function::Function;
use crate::world::{World, event, fleet};

#[test]
fn what_cannot_be_done_is_said_in_one_sentence() {
    let world = World::with(&fleet());
    let function = world.function();
    for (event, said) in [
        (json!({ "step": "sweep", "run": "r" }), "unknown variant `sweep`"),
        (json!({ "step": "scopes", "run": "a/b" }), "cannot be the name of a run"),
        (event("scopes", &["--exceute"], None), "unexpected argument '--exceute' found"),
        (event("scopes", &["--execute"], None), "hint: --execute --yes"),
        (event("look", &[], None), "the event names no scope"),
        (event("plan", &[], None), "wanted.json is not there"),
        (event("finish", &[], None), "plan.json is not there"),
    ] {
        let failed = function.answer(&event).unwrap_err();
        assert!(failed.contains(said) && !failed.contains('\n'), "{failed}");
    }
    let calls = world.sandbox.calls().unwrap();
    assert!(calls.iter().all(|call| call["operation"] == "GetCallerIdentity"), "{calls:?}");

    let env = world.env().into_iter().filter(|(name, _)| name != "COSTCTL_EVIDENCE").collect::<Vec<_>>();
    let failed = Function::start(&env).answer(&event("scopes", &[], None)).unwrap_err();
    assert!(failed.contains("there is no evidence store"), "{failed}");
}
