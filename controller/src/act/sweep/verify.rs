//! What was asked for is seen to be done, or named as stuck.

use std::time::Duration;

use cost_planner::plan::{Action, Standing, State, standing};
use futures_util::future::select;
use jiff::Timestamp;

use super::done::Outcome;
use super::run::{Part, Run};
use crate::observe::{CallError, Kind};

/// Pauses between two looks grow from the one to the other.
const FIRST_PAUSE: Duration = Duration::from_secs(2);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
/// A call whose answer was lost has begun to show by then, if it arrived.
const SHOWS_WITHIN: Duration = Duration::from_secs(60);

/// Looks until it is done, or nobody may wait any more. `doubt` is the error of a call that was perhaps not taken: then
/// what still stands there as before tells that it was not.
pub(super) async fn verify(run: &Run<'_>, part: &Part<'_>, action: &Action, mut doubt: Option<CallError>) -> Outcome {
    let began = run.clock.now();
    let is_over = |within: Duration, now: Timestamp| now.duration_since(began).as_secs_f64() >= within.as_secs_f64();
    let (mut pause, mut last) = (FIRST_PAUSE, Err("it was not looked at".to_owned()));
    loop {
        // Taken before the look: whoever waited for long looks at least once more.
        let now = run.clock.now();
        last = match part.looker.state(&action.target).await {
            Err(error) => last.or(Err(error.to_string())),
            Ok(state) => match (standing(action.verb, &action.planned, &state), &doubt) {
                (Standing::Done, _) => return Outcome::Verified(state),
                (Standing::Unmoved, Some(error)) if error.kind != Kind::Unreachable || is_over(SHOWS_WITHIN, now) => {
                    return Outcome::Failed(format!("{error}; it is {}", told(&state)));
                }
                (Standing::Unmoved, _) => Ok(state),
                (Standing::Underway, _) => {
                    doubt = None;
                    Ok(state)
                }
            },
        };
        if let Some(why) = run.switch.at_once() {
            return stuck(&format!("not seen to be done when {why}"), last);
        }
        if is_over(run.limits.verify_within, now) {
            let within = humantime::format_duration(run.limits.verify_within);
            return stuck(&format!("not done within {within}"), last);
        }
        // One more look, where it is interrupted.
        select(run.clock.sleep(pause), run.switch.turned_on()).await;
        pause = (pause * 3 / 2).min(LONGEST_PAUSE);
    }
}

fn stuck(what: &str, last: Result<State, String>) -> Outcome {
    let seen = match &last {
        Ok(state) => format!("it is {}", told(state)),
        Err(why) => format!("it could not be looked at: {why}"),
    };
    let text = format!("{what}: {seen}");
    Outcome::Stuck { after: last.ok(), text }
}

fn told(state: &State) -> String {
    match state {
        State::Gone => "gone".to_owned(),
        State::There { status, created_at: _, count: None } => status.clone(),
        State::There { status, created_at: _, count: Some(count) } => {
            format!("{status} with {} of {} wanted", count.current, count.desired)
        }
    }
}
