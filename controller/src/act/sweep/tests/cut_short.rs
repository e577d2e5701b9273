//! Runs that are killed at any point, and what the next one makes of them.

use proptest::prelude::*;

use super::world::Call;
use super::*;
use crate::record::Found;

/// Runs until `is_reached`, then drops everything at once, as a killed process does.
async fn killed(world: &World, plan: &PlanDocument, is_reached: impl Fn() -> bool) {
    let run = go(world, "r1", plan, limits());
    let reached = async {
        while !is_reached() {
            tokio::task::yield_now().await;
        }
    };
    let run = std::pin::pin!(run);
    let reached = std::pin::pin!(reached);
    let ended = futures_util::future::select(run, reached).await;
    assert!(matches!(ended, futures_util::future::Either::Right(_)), "the run came to its end");
    world.clock.forward(jiff::SignedDuration::from_mins(13));
}

fn found(came: &Came) -> Vec<(&str, Found)> {
    came.reconciled.iter().map(|one| (one.run.as_str(), one.found)).collect()
}

#[test]
fn a_run_killed_between_call_and_outcome_is_settled_once() {
    for (call, becomes, expected) in [
        (Call::Hangs, None, Found::StillThere),
        (Call::DoneAndHangs, None, Found::StillThere),
        (Call::DoneAndHangs, Some(State::Gone), Found::Gone),
        (
            Call::DoneAndHangs,
            Some(State::There {
                status: "InService".to_owned(),
                created_at: Some(at("2026-11-25T12:05:00Z")),
                count: None,
            }),
            Found::GoneAndMadeAnew,
        ),
    ] {
        block_on(async {
            let actions = vec![app("lab")];
            let world = World::with(&actions);
            world.slowness.set(1_000);
            world.script(&actions[0], [call]);
            killed(&world, &plan(actions.clone()), || !world.called.borrow().is_empty()).await;
            if let Some(becomes) = becomes {
                world.put(&actions[0].target, becomes);
            }
            let came = go(&world, "r2", &plan(Vec::new()), limits()).await;
            assert_eq!(found(&came), [("r1", expected)], "{came:?}");
            assert!(came.trouble.is_empty(), "{came:?}");
            let lines = world.lines(&scope("eu-west-1")).await;
            assert_eq!(kinds(&lines, "r1"), ["run-started", "requested", "run-ended"]);
            assert_eq!(kinds(&lines, "r2"), ["run-started", "reconciled", "run-ended"]);
            let of_r2 = lines.iter().filter(|line| line.run == "r2").map(|line| line.fencing_token);
            assert!(of_r2.eq([0, 2, 2]), "the token of the run that settles");
            let came = go(&world, "r3", &plan(Vec::new()), limits()).await;
            assert_eq!(found(&came), [], "once");
            assert_eq!(world.called.borrow().len(), 1, "settling calls for nothing");
        });
    }
}

#[test]
fn a_run_killed_while_it_waits_is_settled_and_what_it_knew_is_not_asked_again() {
    block_on(async {
        let actions = vec![app("quick"), app("waiting")];
        let world = World::with(&actions);
        world.script(&actions[0], [Call::Refused(crate::observe::Kind::Denied)]);
        world.slowness.set(1_000);
        let is_accepted = || {
            let lines = futures_util::future::FutureExt::now_or_never(world.lines(&scope("eu-west-1")));
            lines.is_some_and(|lines| kinds(&lines, "r1").contains(&"accepted"))
        };
        killed(&world, &plan(actions.clone()), is_accepted).await;
        world.put(&actions[1].target, State::Gone);
        world.slowness.set(2);
        let came = go(&world, "r2", &plan(vec![actions[0].clone()]), limits()).await;
        assert_eq!(found(&came), [("r1", Found::Gone)], "what failed has its outcome: {came:?}");
        assert!(matches!(came.outcomes[0], Outcome::Verified(_)), "the plan is done as well: {came:?}");
    });
}

#[test]
fn a_run_killed_before_it_wrote_ahead_leaves_nothing_to_settle() {
    block_on(async {
        let actions = apps(3);
        let world = World::with(&actions);
        killed(&world, &plan(actions.clone()), || !world.looked.borrow().is_empty()).await;
        let came = go(&world, "r2", &plan(actions), limits()).await;
        assert!(found(&came).len() <= 3 && came.trouble.is_empty(), "{came:?}");
        assert!(came.outcomes.iter().all(|outcome| matches!(outcome, Outcome::Verified(_))), "{came:?}");
    });
}

#[test]
fn a_run_that_cannot_be_settled_is_told_and_keeps_nobody_from_acting() {
    block_on(async {
        let actions = vec![app("lab")];
        let world = World::with(&actions);
        let broken = "evidence/account=111122223333/region=eu-west-1/dt=2026-11-24/r0/000000.jsonl";
        world.store.create(broken, b"{\"schema_version\":9}\n".to_vec()).await.expect("written");
        let came = go(&world, "r1", &plan(actions), limits()).await;
        assert!(matches!(came.outcomes[0], Outcome::Verified(_)), "{came:?}");
        let [trouble] = &came.trouble[..] else { panic!("{came:?}") };
        assert!(trouble.contains("run r0 was cut short") && trouble.contains("newer than this program"), "{trouble}");
    });
}

/// What a run asked for and said no outcome of.
fn unsettled(lines: &[Line], run: &str) -> std::collections::BTreeSet<String> {
    let mut open = std::collections::BTreeSet::new();
    for line in lines.iter().filter(|line| line.run == run) {
        match &line.event {
            Event::Requested { action, .. } => drop(open.insert(action.target.to_string())),
            Event::Verified { action, .. } | Event::Failed { action, .. } | Event::Refused { action, .. } => {
                open.remove(&action.target.to_string());
            }
            _ => {}
        }
    }
    open
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    /// Wherever a run is killed, the next one settles exactly what was left open, does the
    /// rest, and the one after that finds nothing.
    #[test]
    fn a_run_killed_anywhere_leaves_nothing_unsettled(steps in 0_usize..600, parallel in 1_usize..5) {
        block_on(async {
            let actions = apps(9);
            let world = World::with(&actions);
            let (plan, nothing) = (plan(actions.clone()), plan(Vec::new()));
            let limits = Limits { parallel, ..limits() };
            {
                let run = std::pin::pin!(go(&world, "r1", &plan, limits));
                let killed = async {
                    for _ in 0..steps {
                        tokio::task::yield_now().await;
                    }
                };
                futures_util::future::select(run, std::pin::pin!(killed)).await;
            }
            let lines = world.lines(&scope("eu-west-1")).await;
            let left = if kinds(&lines, "r1").contains(&"run-ended") { Default::default() } else { unsettled(&lines, "r1") };
            let called = world.called.borrow().len();
            prop_assert!(called <= actions.len());
            world.clock.forward(jiff::SignedDuration::from_mins(13));
            let came = go(&world, "r2", &plan, limits).await;
            let settled = came.reconciled.iter().map(|one| one.action.target.to_string()).collect();
            prop_assert_eq!(left, settled);
            prop_assert!(came.trouble.is_empty(), "{:?}", came);
            for outcome in &came.outcomes {
                let is_gone = matches!(refusal(outcome), Some(Reason::Gone | Reason::NotInService));
                prop_assert!(is_gone || matches!(outcome, Outcome::Verified(_)), "{:?}", outcome);
            }
            let mut all = world.called.borrow().clone();
            all.sort();
            all.dedup();
            prop_assert_eq!(all.len(), world.called.borrow().len(), "nothing that was taken is called for again");
            prop_assert_eq!(go(&world, "r3", &nothing, limits).await.reconciled.len(), 0);
            Ok(())
        })?;
    }
}
