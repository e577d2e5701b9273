use cost_planner::plan::{Count, Listed};

use super::world::{Call, Failing, Look};
use super::*;
use crate::act::sweep::{Again, Clock};
use crate::observe::Kind;
use crate::record::{Lease, known_accounts};

#[test]
fn each_verb_is_called_for_once_seen_to_be_done_and_recorded() {
    block_on(async {
        let counted = |status: &str| {
            let count = Some(Count { desired: 2, current: 2 });
            State::There { status: status.to_owned(), created_at: Some(at(CREATED)), count }
        };
        let actions = vec![
            app("lab"),
            action(Verb::StopNotebookInstance, notebook_instance("old")),
            action(Verb::ScaleVariantToZero, variant("async")),
            action(Verb::ScaleInferenceComponentToZero, component("copies")),
            action(Verb::DeleteEndpoint, Target::Endpoint(endpoint("unused"))),
            app_in("us-east-1", "far"),
        ];
        let world = World::with(&actions);
        world.put(&variant("async"), counted("InService"));
        world.put(&component("copies"), counted("InService"));
        let came = go(&world, "r1", &plan(actions.clone()), limits()).await;
        assert!(came.outcomes.iter().all(|outcome| matches!(outcome, Outcome::Verified(_))), "{came:?}");
        assert!(came.request_ids.iter().all(Option::is_some) && came.trouble.is_empty(), "{came:?}");
        assert!(matches!(&came.outcomes[1], Outcome::Verified(State::There { status, .. }) if status == "Stopped"));
        let mut called = world.called.borrow().clone();
        called.sort();
        let mut expected: Vec<String> = actions.iter().map(|action| action.target.to_string()).collect();
        expected.sort();
        assert_eq!(called, expected);
        let lines = world.lines(&scope("us-east-1")).await;
        assert_eq!(kinds(&lines, "r1"), ["run-started", "requested", "accepted", "verified", "run-ended"]);
        assert!(lines.iter().map(|line| line.fencing_token).eq([0, 1, 1, 1, 1]), "{lines:?}");
        assert!(lines.iter().map(|line| line.sequence).eq(0..5));
        assert_eq!(known_accounts(&world.store).await.expect("listed"), [scope("us-east-1").account].into());
    });
}

#[test]
fn what_changed_since_it_was_planned_is_left_alone() {
    block_on(async {
        let actions = vec![app("anew"), app("busy"), app("gone"), app("unseen"), app("idle")];
        let world = World::with(&actions);
        let anew =
            State::There { status: "InService".to_owned(), created_at: Some(at("2026-11-25T11:59:30Z")), count: None };
        world.put(&actions[0].target, anew);
        world.script_looks(&actions[1], [Look::Refused(Reason::RecentActivity)]);
        world.put(&actions[2].target, State::Gone);
        world.script_looks(&actions[3], [Look::Unseen]);
        let came = go(&world, "r1", &plan(actions.clone()), limits()).await;
        let refusals: Vec<_> = came.outcomes.iter().map(refusal).collect();
        assert_eq!(refusals, [Some(Reason::Changed), Some(Reason::RecentActivity), Some(Reason::Gone), None, None]);
        assert!(matches!(&came.outcomes[3], Outcome::Failed(text) if text.contains("could not be looked at")));
        assert_eq!(*world.called.borrow(), [actions[4].target.to_string()]);
        let lines = world.lines(&scope("eu-west-1")).await;
        let expected = [
            "run-started",
            "refused",
            "refused",
            "refused",
            "failed",
            "requested",
            "accepted",
            "verified",
            "run-ended",
        ];
        assert_eq!(kinds(&lines, "r1"), expected);
    });
}

/// An error of the call says nothing: what stands there does.
#[test]
fn an_unclear_answer_is_judged_by_state() {
    let state = |status: &str, created: &str| State::There {
        status: status.to_owned(),
        created_at: Some(at(created)),
        count: None,
    };
    for kind in [Kind::Invalid, Kind::NotFound, Kind::InUse, Kind::Unreachable] {
        for (becomes, well) in [
            (State::Gone, true),
            (state("Deleted", CREATED), true),
            (state("Failed", CREATED), true),
            (state("InService", "2026-11-25T12:00:00Z"), true),
            (state("InService", CREATED), false),
            (state("Pending", CREATED), false),
        ] {
            block_on(async {
                let actions = vec![app("lab")];
                let world = World::with(&actions);
                world.script(&actions[0], [Call::Refused(kind)]);
                let (target, then) = (actions[0].target.clone(), becomes.clone());
                world.at_first_call(move |world| world.put(&target, then));
                let came = go(&world, "r1", &plan(actions), limits()).await;
                let is_well = matches!(came.outcomes[0], Outcome::Verified(_));
                assert!(is_well == well && (is_well || came.outcomes[0].is_failure()), "{kind:?} {becomes:?} {came:?}");
                assert_eq!(world.called.borrow().len(), 1, "never sent again");
            });
        }
    }
}

#[test]
fn a_lost_answer_is_neither_believed_nor_sent_again() {
    block_on(async {
        let actions = vec![app("arrived"), app("lost")];
        let world = World::with(&actions);
        world.script(&actions[0], [Call::DoneBut(Kind::Unreachable)]);
        world.script(&actions[1], [Call::Refused(Kind::Unreachable)]);
        let came = go(&world, "r1", &plan(actions.clone()), limits()).await;
        assert!(matches!(came.outcomes[0], Outcome::Verified(State::Gone)), "{came:?}");
        assert!(matches!(&came.outcomes[1], Outcome::Failed(text) if text.contains("it is InService")), "{came:?}");
        assert_eq!(world.called.borrow().len(), 2);
    });
}

#[test]
fn a_throttled_call_is_sent_again_after_another_look_only() {
    block_on(async {
        let actions = vec![app("again"), app("busy-meanwhile"), app("never")];
        let world = World::with(&actions);
        world.script(&actions[0], [Call::Refused(Kind::Throttled); 2]);
        world.script(&actions[1], [Call::Refused(Kind::Throttled)]);
        world.script(&actions[2], [Call::Refused(Kind::Denied)]);
        let came = {
            let plan = plan(actions.clone());
            let run = go(&world, "r1", &plan, limits());
            let change = async {
                while !world.throttled.borrow().contains(&actions[1].target.to_string()) {
                    tokio::task::yield_now().await;
                }
                world.script_looks(&actions[1], [Look::Refused(Reason::RecentActivity)]);
            };
            futures_util::future::join(run, change).await.0
        };
        let looks =
            |action: &Action| world.looked.borrow().iter().filter(|name| **name == action.target.to_string()).count();
        let calls =
            |action: &Action| world.called.borrow().iter().filter(|name| **name == action.target.to_string()).count();
        assert!(matches!(came.outcomes[0], Outcome::Verified(_)), "{came:?}");
        assert_eq!((looks(&actions[0]), calls(&actions[0])), (3, 3));
        assert_eq!(refusal(&came.outcomes[1]), Some(Reason::RecentActivity), "{came:?}");
        assert_eq!((looks(&actions[1]), calls(&actions[1])), (2, 1));
        assert!(matches!(came.outcomes[2], Outcome::Failed(_)));
        assert_eq!((looks(&actions[2]), calls(&actions[2])), (1, 1));
    });
}

#[test]
fn what_never_goes_is_named_as_stuck() {
    block_on(async {
        let actions = vec![app("ignored"), app("slow"), app("well")];
        let world = World::with(&actions);
        world.script(&actions[0], [Call::Ignored]);
        let before = world.clock.now();
        let came = go(&world, "r1", &plan(actions.clone()), limits()).await;
        let Outcome::Stuck { after: Some(after), text } = &came.outcomes[0] else { panic!("{came:?}") };
        assert_eq!((after, text.as_str()), (&in_service(), "not done within 20m: it is InService"));
        assert!(matches!(came.outcomes[1..], [Outcome::Verified(_), Outcome::Verified(_)]), "the others are");
        assert!(world.clock.now().duration_since(before).as_secs() >= 1_200);
        let lines = world.lines(&scope("eu-west-1")).await;
        assert_eq!(kinds(&lines, "r1").iter().filter(|kind| **kind == "stuck").count(), 1);
        let tokens: Vec<u64> = lines.iter().map(|line| line.fencing_token).collect();
        assert!(tokens.is_sorted(), "{tokens:?}");
    });
}

#[test]
fn what_cannot_be_seen_afterwards_is_stuck_and_says_why() {
    block_on(async {
        let actions = vec![app("lab")];
        let world = World::with(&actions);
        struct Blind<'a>(&'a World, Failing);
        #[async_trait::async_trait(?Send)]
        impl Looker for Blind<'_> {
            async fn look_again(&self, action: &Action) -> Again {
                self.0.look_again(action).await
            }
            async fn state(&self, target: &Target) -> Result<State, crate::observe::CallError> {
                self.1.state(target).await
            }
        }
        let blind = Blind(&world, Failing(Kind::Denied));
        let came = go_with(&world, ("r1", &blind, &world), &plan(actions), limits()).await;
        let Outcome::Stuck { after: None, text } = &came.outcomes[0] else { panic!("{came:?}") };
        assert!(text.contains("could not be looked at"), "{text}");
    });
}

#[test]
fn nothing_is_called_for_where_nothing_can_be_looked_at() {
    block_on(async {
        let actions = apps(9);
        let world = World::with(&actions);
        let failing = Failing(Kind::Unreachable);
        let came = go_with(&world, ("r1", &failing, &world), &plan(actions), limits()).await;
        let failed = came.outcomes.iter().filter(|outcome| outcome.is_failure()).count();
        assert_eq!(failed, 4, "one batch, then the limit of three is passed: {came:?}");
        assert!(came.outcomes[4..].iter().all(|outcome| refusal(outcome) == Some(Reason::TooManyFailures)));
        assert!(world.called.borrow().is_empty());
    });
}

#[test]
fn the_kill_switch_is_read_at_the_start_and_before_each_batch() {
    block_on(async {
        for (on_after, done) in [(0, 0), (1, 0), (2, 4), (3, 8), (9, 10)] {
            let actions = apps(10);
            let world = World::with(&actions);
            world.on_after.set(Some(on_after));
            let came = go(&world, "r1", &plan(actions), limits()).await;
            let (well, left) = came.outcomes.split_at(done);
            assert!(well.iter().all(|outcome| matches!(outcome, Outcome::Verified(_))), "{on_after}: {came:?}");
            assert!(left.iter().all(|outcome| refusal(outcome) == Some(Reason::KillSwitch)), "{on_after}: {came:?}");
            assert_eq!(world.called.borrow().len(), done);
            let lines = world.lines(&scope("eu-west-1")).await;
            assert_eq!(kinds(&lines, "r1").iter().filter(|kind| **kind == "refused").count(), 10 - done);
        }
    });
}

#[test]
fn a_second_sweep_is_refused_by_name_and_changes_nothing() {
    block_on(async {
        let actions = apps(2);
        let world = World::with(&actions);
        let now = world.clock.now();
        let lease = Lease::take(&world.store, &scope("eu-west-1"), ("r0", "arn:of:another"), now).await.expect("free");
        let came = go(&world, "r1", &plan(actions.clone()), limits()).await;
        for outcome in &came.outcomes {
            let Outcome::Refused(Explained { code: Reason::LeaseHeld, text }) = outcome else { panic!("{came:?}") };
            assert!(text.contains("arn:of:another") && text.contains("2026-11-25T12:10:00Z"), "{text}");
        }
        assert!(world.called.borrow().is_empty());
        lease.release().await.expect("written");
        let came = go(&world, "r2", &plan(actions), limits()).await;
        assert!(came.outcomes.iter().all(|outcome| matches!(outcome, Outcome::Verified(_))), "{came:?}");
    });
}

#[test]
fn of_two_sweeps_at_once_one_acts() {
    block_on(async {
        let plan = plan(apps(5));
        let world = World::with(&plan.actions);
        let both = futures_util::future::join(go(&world, "r1", &plan, limits()), go(&world, "r2", &plan, limits()));
        let (one, other) = both.await;
        let acted = |came: &Came| came.outcomes.iter().all(|outcome| matches!(outcome, Outcome::Verified(_)));
        let refused = |came: &Came| came.outcomes.iter().all(|outcome| refusal(outcome) == Some(Reason::LeaseHeld));
        assert!(acted(&one) && refused(&other) || acted(&other) && refused(&one), "{one:?} {other:?}");
        assert_eq!(world.called.borrow().len(), 5);
    });
}

#[test]
fn whoever_loses_the_lease_midway_stops_at_once() {
    block_on(async {
        let actions = apps(10);
        let world = World::with(&actions);
        // While the first call is on its way, the machine sleeps and another run goes on.
        world.at_first_call(|world| {
            world.clock.forward(jiff::SignedDuration::from_mins(15));
            let (now, scope) = (world.clock.now(), scope("eu-west-1"));
            let taken = Lease::take(&world.store, &scope, ("r0", "arn:of:another"), now);
            let other = futures_util::future::FutureExt::now_or_never(taken).expect("in memory").expect("it is over");
            assert_eq!(other.token(), 2);
        });
        let came = go(&world, "r1", &plan(actions), limits()).await;
        assert_eq!(world.called.borrow().len(), 1, "not even the rest of the batch");
        assert!(matches!(came.outcomes[0], Outcome::Verified(_)), "what was begun is seen to its end: {came:?}");
        assert!(came.outcomes[1..].iter().all(|outcome| refusal(outcome) == Some(Reason::LeaseHeld)), "{came:?}");
        assert!(matches!(&came.outcomes[9], Outcome::Refused(why) if why.text.contains("arn:of:another")), "{came:?}");
        let lines = world.lines(&scope("eu-west-1")).await;
        assert!(lines.iter().all(|line| line.fencing_token < 2), "all under the old token");
    });
}

#[test]
fn a_long_sweep_keeps_its_lease() {
    block_on(async {
        let actions = apps(30);
        let world = World::with(&actions);
        world.slowness.set(20);
        let one_by_one = Limits { parallel: 1, ..limits() };
        let came = go(&world, "r1", &plan(actions), one_by_one).await;
        assert!(came.outcomes.iter().all(|outcome| matches!(outcome, Outcome::Verified(_))), "{came:?}");
        assert!(came.trouble.is_empty(), "{came:?}");
        let now = world.clock.now();
        assert!(now > at("2026-11-25T12:10:00Z"), "longer than a lease: {now}");
        let next = Lease::take(&world.store, &scope("eu-west-1"), ("r2", "next"), now).await.expect("given back");
        assert!(next.token() > 2, "renewed in between: {}", next.token());
    });
}

#[test]
fn a_run_ends_after_so_many_failures_everywhere() {
    block_on(async {
        let mut actions = apps(20);
        actions.push(app_in("us-east-1", "far"));
        let world = World::with(&actions);
        actions.iter().take(20).for_each(|action| world.script(action, [Call::Refused(Kind::Denied)]));
        let few = Limits { parallel: 1, scopes: 1, stop_after_failures: 3, ..limits() };
        let came = go(&world, "r1", &plan(actions), few).await;
        assert_eq!(world.called.borrow().len(), 3);
        assert_eq!(came.outcomes.iter().filter(|outcome| outcome.is_failure()).count(), 3);
        assert!(came.outcomes[3..].iter().all(|outcome| refusal(outcome) == Some(Reason::TooManyFailures)), "{came:?}");
    });
}

#[test]
fn one_failure_too_many_ends_also_the_batch_it_stands_in() {
    block_on(async {
        let actions = apps(4);
        let world = World::with(&actions);
        actions.iter().for_each(|action| world.script(action, [Call::Refused(Kind::Denied)]));
        let one = Limits { stop_after_failures: 1, ..limits() };
        let came = go(&world, "r1", &plan(actions), one).await;
        assert_eq!(world.called.borrow().len(), 1, "{came:?}");
    });
}

#[test]
fn nothing_is_done_that_could_not_be_written_ahead() {
    block_on(async {
        let actions = apps(6);
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("evidence"), "in the way").expect("written");
        let world = World::new(crate::record::Store::in_folder(folder.path()));
        actions.iter().for_each(|action| world.put(&action.target, in_service()));
        let came = go(&world, "r1", &plan(actions), limits()).await;
        assert!(world.called.borrow().is_empty());
        assert!(came.outcomes.iter().all(Outcome::is_failure), "{came:?}");
        assert!(!came.trouble.is_empty());
    });
}

#[test]
fn what_a_plan_held_back_is_recorded_too() {
    block_on(async {
        let refused = app("exempt");
        let mut plan = plan(vec![app("lab")]);
        plan.held_back.push(Listed {
            target: refused.target,
            reason: Explained { code: Reason::Exempt, text: "until Friday".to_owned() },
            owner: None,
            unified_studio: None,
            instance_type: None,
            idle_for_seconds: None,
            price: Price::Unpriced("not asked".to_owned()),
        });
        let world = World::with(&plan.actions);
        go(&world, "r1", &plan, limits()).await;
        let lines = world.lines(&scope("eu-west-1")).await;
        let Event::Refused { action, refusal } = &lines[1].event else { panic!("{lines:?}") };
        assert_eq!((action.key.as_ref(), action.verb, refusal.code), (None, None, Reason::Exempt));
        assert!(matches!(lines.last().map(|line| &line.event), Some(Event::RunEnded { verified: 1, refused: 1, .. })));
        assert!(world.lines(&scope("us-east-1")).await.is_empty(), "where nothing is planned, nothing is written");
    });
}

#[test]
fn a_refused_plan_and_a_region_without_anybody_come_to_nothing() {
    block_on(async {
        let actions = vec![app("lab"), app_in("eu-north-1", "unreached"), app("lab")];
        let world = World::with(&actions);
        let mut refused = plan(actions);
        refused.refused.push(Explained { code: Reason::TooManyIdle, text: "nearly all look idle".to_owned() });
        let came = go(&world, "r1", &refused, limits()).await;
        assert_eq!(refusal(&came.outcomes[0]), Some(Reason::TooManyIdle));
        assert!(matches!(&came.outcomes[1], Outcome::Failed(text) if text.contains("nobody could be reached")));
        assert_eq!(refusal(&came.outcomes[2]), Some(Reason::Changed), "it stands there twice");
        assert!(world.called.borrow().is_empty());
    });
}
