//! What comes up between the plan and its acts.

use super::*;

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
