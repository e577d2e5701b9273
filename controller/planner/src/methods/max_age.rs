//! An app in which no agent can run: all that is known of it is its age.

use idle_core::{AppType, Reason};

use super::{AppCase, Due, Finding, explained};
use crate::plan::{Must, Verb};
use crate::policy::span;

/// Tells of it, and acts on its age where the policy gives a maximum. RStudio's server is
/// never acted on: it serves its whole domain, and no user can start it again.
pub(super) fn judge(case: &AppCase<'_>) -> Option<Finding> {
    let app_type = case.app.app_type;
    let Some(limit) = case.settings.max_age.value.get() else {
        let text = format!("no agent can run in {app_type}, and the policy gives it no maximum age");
        return Some(Finding::Report(explained(Reason::CannotHost, text)));
    };
    let Some(age) = case.age() else {
        return Some(Finding::Report(explained(Reason::SourceUnknown, "its creation time is not known".to_owned())));
    };
    if age < limit {
        return Some(Finding::Keep(Reason::TooYoung));
    }
    let text = format!("{} old; the maximum age of {app_type} is {}", span(age), span(limit));
    if app_type == AppType::RStudioServerPro {
        let text = format!("{text}, but it serves the whole domain and no user can start it again");
        return Some(Finding::HoldBack(explained(Reason::NoWayBack, text)));
    }
    let why = explained(Reason::MaxAge, text);
    Some(Finding::Act(Box::new(Due { verb: Verb::DeleteApp, why, must: Must::default() })))
}
