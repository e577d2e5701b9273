//! What the state machine says to a step. Unknown words are errors: a misspelt one must
//! not be taken for none.

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use serde_json::Value;

use crate::aws::Item;

/// Names of executions that may stand in a key of S3 as they are.
const MOST_RUN: usize = 80;

/// A step of the state machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Step {
    Scopes,
    Look,
    Plan,
    Act,
    Finish,
}

/// One event.
#[derive(Debug)]
pub(super) struct Event {
    pub(super) step: Step,
    /// The name of the execution.
    pub(super) run: String,
    /// Flags of `costctl sweep`.
    pub(super) args: Vec<String>,
    /// The account and region of a step that is for one.
    pub(super) scope: Option<Item>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    step: Step,
    run: String,
    #[serde(default)]
    args: Vec<String>,
    scope: Option<Item>,
    /// The input of the execution, of which the first step takes the flags.
    input: Option<Input>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Input {
    #[serde(default)]
    args: Vec<String>,
}

impl Event {
    /// The event that this says.
    ///
    /// # Errors
    /// One sentence about what is not understood.
    pub(super) fn parse(payload: Value) -> Result<Self> {
        let form = serde_json::from_value(payload).context(
            "the event is not understood; hint: {\"step\", \"run\", \"args\", \"scope\", \"input\": {\"args\"}}",
        );
        let Form { step, run, mut args, scope, input } = form?;
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        let begins_well = run.starts_with(|c: char| c.is_ascii_alphanumeric());
        ensure!(
            begins_well && run.len() <= MOST_RUN && run.chars().all(is_plain),
            "{run:?} cannot be the name of a run; hint: letters, digits, -, _ and ., at most {MOST_RUN}"
        );
        args.extend(input.into_iter().flat_map(|input| input.args));
        Ok(Self { step, run, args, scope })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_flags_come_from_the_event_or_from_the_input_of_the_execution() {
        let event = Event::parse(json!({ "step": "scopes", "run": "r-1", "input": { "args": ["--execute"] } }));
        let event = event.expect("understood");
        assert_eq!((event.step, event.args), (Step::Scopes, vec!["--execute".to_owned()]));
        let scope = json!({ "account": "111122223333", "region": "us-east-1", "reader": null, "actor": null });
        let event = json!({ "step": "look", "run": "r-1", "args": ["--endpoints", "scale"], "scope": scope });
        let event = Event::parse(event).expect("understood");
        assert_eq!((event.args.len(), event.scope.expect("a scope").region.as_str()), (2, "us-east-1"));
    }

    #[test]
    fn what_is_not_understood_is_said() {
        for (event, said) in [
            (json!({ "step": "scope", "run": "r" }), "unknown variant `scope`"),
            (json!({ "step": "plan", "run": "r", "arg": [] }), "unknown field `arg`"),
            (json!({ "step": "scopes", "run": "r", "input": { "argz": [] } }), "unknown field `argz`"),
            (json!({ "step": "plan", "run": "../r" }), "cannot be the name of a run"),
            (json!({ "step": "plan", "run": "" }), "cannot be the name of a run"),
            (json!({ "step": "plan", "run": "r".repeat(81) }), "cannot be the name of a run"),
        ] {
            let error = Event::parse(event).expect_err("refused");
            assert!(format!("{error:#}").contains(said), "{error:#}");
        }
    }
}
