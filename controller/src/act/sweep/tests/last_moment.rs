//! What comes up between the plan and its acts.

use super::*;
use crate::act::sweep::{Clock, Interruptible};
use crate::record::Lease;

#[test]
fn a_plan_that_expired_while_somebody_was_asked_is_not_acted_on() {
    block_on(async {
        let actions = [app("lab")];
        let world = World::with(&actions);
        world.clock.forward(jiff::SignedDuration::from_hours(1));
        let came = go(&world, "r1", &plan(actions.to_vec()), limits()).await;
        assert_eq!(refusal(&came.outcomes[0]), Some(Reason::Changed), "{came:?}");
        assert!(matches!(&came.outcomes[0], Outcome::Refused(why) if why.text.contains("expired")), "{came:?}");
        assert!(world.called.borrow().is_empty());
        let lines = world.lines(&scope("eu-west-1")).await;
        assert_eq!(kinds(&lines, "r1"), ["run-started", "refused", "run-ended"]);
    });
}

#[test]
fn an_interrupted_run_begins_nothing_more_and_comes_to_its_end() {
    block_on(async {
        let actions = apps(9);
        let world = World::with(&actions);
        world.slowness.set(1_000);
        let (signal, signalled) = tokio::sync::watch::channel(false);
        world.at_first_call(move |_| {
            signal.send_replace(true);
        });
        let switch = Interruptible { switch: &world, signalled };
        let plan = plan(actions);
        let came = go_unless(&world, ("r1", &world, &world), &plan, limits(), &switch).await;
        let (begun, left) = came.outcomes.split_at(1);
        let told = |text: &str| text == "not seen to be done when the run was interrupted: it is Deleting";
        assert!(matches!(&begun[0], Outcome::Stuck { text, .. } if told(text)), "{came:?}");
        assert!(left.iter().all(|outcome| refusal(outcome) == Some(Reason::KillSwitch)), "{came:?}");
        assert_eq!(world.called.borrow().len(), 1);
        let lines = world.lines(&scope("eu-west-1")).await;
        assert_eq!(kinds(&lines, "r1").last(), Some(&"run-ended"));
        // The lease is free again at once.
        let (now, scope) = (world.clock.now(), scope("eu-west-1"));
        assert!(Lease::take(&world.store, &scope, ("r2", "somebody"), now).await.is_ok());
    });
}
