//! An app that runs on an instance type that the policy does not allow here.

use idle_core::Reason;

use super::{AppCase, Due, Finding, explained};
use crate::plan::{Must, Verb};
use crate::policy::{AppAction, span};

/// Tells of it, and acts on it after the grace where the policy says `stop`, at work or not.
pub(super) fn judge(case: &AppCase<'_>) -> Option<Finding> {
    let AppCase { app, settings, .. } = case;
    let instance_type = app.instance_type.as_ref()?;
    let allowed = settings.allowed_instance_types.value;
    if allowed.allow(instance_type) {
        return None;
    }
    let text = format!("{instance_type} is not allowed here; allowed are {allowed}");
    let grace = settings.violation_grace.value.get();
    let is_due = *settings.violation.value == AppAction::Stop && case.age().is_some_and(|age| age >= grace);
    if !is_due {
        return Some(Finding::Report(explained(Reason::InstanceTypeNotAllowed, text)));
    }
    let text = format!("{text}; it is older than the grace of {}", span(grace));
    let why = explained(Reason::InstanceTypeNotAllowed, text);
    Some(Finding::Act(Box::new(Due { verb: Verb::DeleteApp, why, must: Must::default() })))
}
