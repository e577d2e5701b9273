//! An app that its own agent says is idle.

use idle_core::Reason;
use jiff::SignedDuration;
use jiff::Timestamp;

use super::heard::Heard;
use super::{AppCase, Due, Finding, explained, seconds};
use crate::plan::{Must, Verb};
use crate::policy::span;
use crate::snapshot::AppStatus;

/// Acts on idle time by a heartbeat that is fresh; `None` where the agent is not heard.
pub(super) fn judge(case: &AppCase<'_>) -> Option<Finding> {
    let Some(limit) = case.settings.idle_timeout.value.get() else {
        return Some(Finding::Keep(Reason::PolicyOff));
    };
    match case.heard() {
        Heard::Silent | Heard::Ended { .. } => None,
        Heard::Unread(why) => {
            Some(Finding::Report(explained(Reason::SourceUnknown, format!("its heartbeat is not known: {why}"))))
        }
        Heard::Alive { idle, .. } if idle.is_zero() => Some(Finding::Keep(Reason::Busy)),
        Heard::Alive { idle, .. } if idle < limit => Some(Finding::Keep(Reason::RecentActivity)),
        Heard::Alive { .. } if bills_nothing(case) => Some(Finding::Keep(Reason::PolicyOff)),
        Heard::Alive { at, idle } => Some(Finding::Act(Box::new(due(case, limit, at, idle)))),
    }
}

/// For how long it has been idle, where that is longer than the policy lets it.
pub(super) fn is_over(case: &AppCase<'_>) -> Option<SignedDuration> {
    let limit = case.settings.idle_timeout.value.get().filter(|_| case.app.status == AppStatus::InService)?;
    match case.heard() {
        Heard::Alive { idle, .. } if idle >= limit => Some(idle),
        _ => None,
    }
}

/// Studio Classic's server on `system`: its stop would save nothing.
pub(super) fn bills_nothing(case: &AppCase<'_>) -> bool {
    case.app.instance_type.as_ref().is_some_and(|instance_type| instance_type.as_str() == "system")
}

fn due(case: &AppCase<'_>, limit: SignedDuration, at: Timestamp, idle: SignedDuration) -> Due {
    let ago = case.now.duration_since(at);
    let text = format!("idle for {} by its agent, heard {} ago; the limit is {}", span(idle), span(ago), span(limit));
    Due {
        verb: Verb::DeleteApp,
        why: explained(Reason::IdleTimeout, text),
        must: Must {
            idle_at_least_seconds: Some(seconds(limit)),
            no_user_activity_within_seconds: Some(seconds(limit)),
            ..Must::default()
        },
    }
}
