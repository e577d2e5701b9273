//! An app that is not in service: it failed, hangs, or something happens to it already.

use idle_core::Reason;

use super::{AppCase, Finding, explained};
use crate::policy::span;
use crate::snapshot::AppStatus;

/// Tells of what failed or hangs, keeps the rest; `None` for an app in service. Never acts.
pub(super) fn judge(case: &AppCase<'_>) -> Option<Finding> {
    let limit = case.settings.hanging_after.value.get();
    let is_old = case.age().is_none_or(|age| age >= limit);
    let age = case.age().map_or_else(|| "an unknown time".to_owned(), span);
    let text = match case.app.status {
        AppStatus::InService => return None,
        AppStatus::Deleted => return Some(Finding::Keep(Reason::NotInService)),
        AppStatus::Pending | AppStatus::Deleting if !is_old => return Some(Finding::Keep(Reason::NotInService)),
        AppStatus::Pending => format!("Pending for {age}; the limit is {}", span(limit)),
        AppStatus::Deleting => {
            "Deleting, AWS does not say since when; hint: it hangs if the next sweep sees it, too".to_owned()
        }
        AppStatus::Failed => "Failed: it bills nothing; its failure reason is in DescribeApp".to_owned(),
        AppStatus::Unknown => "in a status that this version does not know".to_owned(),
    };
    Some(Finding::Report(explained(Reason::FailedOrHanging, text)))
}
