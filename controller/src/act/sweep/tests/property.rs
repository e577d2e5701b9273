//! Whatever AWS answers: no resource is called for twice in a run but after throttling, and
//! every action has exactly one outcome, which its last line tells.

use proptest::prelude::*;

use super::world::{Call, Look};
use super::*;
use crate::observe::Kind;

fn kind() -> impl Strategy<Value = Kind> {
    prop_oneof![
        Just(Kind::Throttled),
        Just(Kind::Denied),
        Just(Kind::NotFound),
        Just(Kind::InUse),
        Just(Kind::Invalid),
        Just(Kind::Unreachable),
        Just(Kind::Expired),
    ]
}

fn call() -> impl Strategy<Value = Call> {
    prop_oneof![kind().prop_map(Call::Refused), kind().prop_map(Call::DoneBut), Just(Call::Ignored)]
}

fn look() -> impl Strategy<Value = Option<Look>> {
    prop_oneof![
        4 => Just(None),
        1 => Just(Some(Look::Refused(Reason::Changed))),
        1 => Just(Some(Look::Unseen)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn never_twice_and_always_told(
        scripts in prop::collection::vec((look(), prop::collection::vec(call(), 0..3)), 1..12),
        parallel in 1_usize..6,
        stop_after_failures in 1_usize..12,
        on_after in prop::option::of(0_usize..8),
    ) {
        block_on(async {
            let actions = apps(scripts.len());
            let world = World::with(&actions);
            for (action, (look, calls)) in actions.iter().zip(scripts) {
                world.script_looks(action, look);
                // A throttled call has no effect.
                let calls = calls.into_iter().map(|call| match call {
                    Call::DoneBut(Kind::Throttled) => Call::Refused(Kind::Throttled),
                    call => call,
                });
                world.script(action, calls);
            }
            world.on_after.set(on_after);
            let limits = Limits { parallel, stop_after_failures, ..limits() };
            let came = go(&world, "r1", &plan(actions.clone()), limits).await;
            prop_assert_eq!(came.outcomes.len(), actions.len());
            let lines = world.lines(&scope("eu-west-1")).await;
            for (action, outcome) in actions.iter().zip(&came.outcomes) {
                let name = action.target.to_string();
                let count = |of: &[String]| of.iter().filter(|one| **one == name).count();
                let calls = count(&world.called.borrow());
                let throttled = count(&world.throttled.borrow());
                prop_assert!(calls <= throttled + 1, "{} calls, {} throttled", calls, throttled);
                prop_assert!(calls <= count(&world.looked.borrow()), "each call after a look of its own");
                let told: Vec<&Event> = lines
                    .iter()
                    .filter(|line| line.event == outcome.event(action))
                    .map(|line| &line.event)
                    .collect();
                prop_assert_eq!(told.len(), 1, "{:?}", outcome);
            }
            let ended = kinds(&lines, "r1");
            prop_assert_eq!((ended[0], ended[ended.len() - 1]), ("run-started", "run-ended"));
            Ok(())
        })?;
    }
}
