//! What stands there after an act: as much of it as says whether the act is done.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Planned, Verb};

/// A resource, looked at for nothing but whether it is as it should become.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum State {
    /// SageMaker knows none of this name.
    Gone,
    /// There is one.
    There {
        /// Its status, in SageMaker's words.
        status: String,
        /// Its creation time, UTC: another one than before is another resource. That of its
        /// endpoint for a variant; `None` for an inference component, of which plans know none.
        created_at: Option<Timestamp>,
        /// How much of it runs; `None` for what is not counted.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        count: Option<Count>,
    },
}

/// Instances of a variant, or copies of an inference component.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Count {
    /// As many as are wanted.
    pub desired: u32,
    /// As many as there are.
    pub current: u32,
}

/// How far an act has come, judged by state alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It bills no more, or is no longer what was acted on.
    Done,
    /// On its way there.
    Underway,
    /// As if nothing had been asked.
    Unmoved,
}

/// How far the act has come with what stands there now.
#[must_use]
pub fn standing(verb: Verb, planned: &Planned, state: &State) -> Standing {
    let State::There { status, created_at: _, count } = state else { return Standing::Done };
    if is_another(planned, state) {
        return Standing::Done;
    }
    match (verb, status.as_str()) {
        (Verb::DeleteApp, "Deleted" | "Failed") | (Verb::StopNotebookInstance, "Stopped") => Standing::Done,
        (Verb::StopNotebookInstance, "Stopping") | (_, "Deleting") => Standing::Underway,
        (Verb::ScaleVariantToZero | Verb::ScaleInferenceComponentToZero, _) => match count {
            Some(Count { desired: 0, current: 0 }) => Standing::Done,
            Some(Count { desired: 0, .. }) => Standing::Underway,
            // Also while it is updating: that may be somebody else's update.
            _ => Standing::Unmoved,
        },
        _ => Standing::Unmoved,
    }
}

/// Whether this is another resource of the same name: it was gone in between. A creation
/// time that is not told says nothing.
#[must_use]
pub fn is_another(planned: &Planned, state: &State) -> bool {
    match state {
        State::Gone => false,
        // Described and listed times may differ below the second.
        State::There { created_at, .. } => {
            created_at.is_some_and(|at| at.as_second() != planned.created_at.as_second())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn planned() -> Planned {
        Planned {
            status: "InService".to_owned(),
            created_at: "2026-11-01T08:00:00.123Z".parse().expect("a time"),
            modified_at: None,
            space_modified_at: None,
            idle_since: None,
            idle_for_seconds: None,
            heard_at: None,
        }
    }

    fn there(status: &str, created_at: Option<&str>, count: Option<(u32, u32)>) -> State {
        State::There {
            status: status.to_owned(),
            created_at: created_at.map(|at| at.parse().expect("a time")),
            count: count.map(|(desired, current)| Count { desired, current }),
        }
    }

    #[test]
    fn an_act_is_judged_by_what_stands_there() {
        use Standing::{Done, Underway, Unmoved};
        let same = Some("2026-11-01T08:00:00Z");
        let other = Some("2026-11-01T09:00:00Z");
        let rows = [
            (Verb::DeleteApp, State::Gone, Done),
            (Verb::DeleteApp, there("Deleted", same, None), Done),
            (Verb::DeleteApp, there("Failed", same, None), Done),
            (Verb::DeleteApp, there("Deleting", same, None), Underway),
            (Verb::DeleteApp, there("InService", same, None), Unmoved),
            (Verb::DeleteApp, there("Pending", same, None), Unmoved),
            (Verb::DeleteApp, there("InService", other, None), Done),
            (Verb::DeleteApp, there("InService", None, None), Unmoved),
            (Verb::StopNotebookInstance, there("Stopped", same, None), Done),
            (Verb::StopNotebookInstance, there("Stopping", same, None), Underway),
            (Verb::StopNotebookInstance, there("Failed", same, None), Unmoved),
            (Verb::StopNotebookInstance, there("Deleted", same, None), Unmoved),
            (Verb::DeleteEndpoint, State::Gone, Done),
            (Verb::DeleteEndpoint, there("Deleting", same, None), Underway),
            (Verb::DeleteEndpoint, there("InService", same, None), Unmoved),
            (Verb::DeleteEndpoint, there("Failed", same, None), Unmoved),
            (Verb::ScaleVariantToZero, there("InService", same, Some((0, 0))), Done),
            (Verb::ScaleVariantToZero, there("Updating", same, Some((0, 2))), Underway),
            (Verb::ScaleVariantToZero, there("Updating", same, Some((2, 2))), Unmoved),
            (Verb::ScaleVariantToZero, there("InService", same, Some((2, 2))), Unmoved),
            (Verb::ScaleVariantToZero, there("InService", same, None), Unmoved),
            (Verb::ScaleInferenceComponentToZero, there("InService", same, Some((0, 0))), Done),
            (Verb::ScaleInferenceComponentToZero, there("InService", same, Some((1, 0))), Unmoved),
        ];
        for (verb, state, expected) in rows {
            assert_eq!(standing(verb, &planned(), &state), expected, "{verb:?} {state:?}");
        }
    }
}
