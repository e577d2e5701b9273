//! An app in which an agent was heard and is no longer, or never was.

use idle_core::Reason;
use jiff::Timestamp;

use super::heard::Heard;
use super::idle_app::bills_nothing;
use super::{AppCase, Due, Finding, explained, seconds};
use crate::coverage::ALIVE_WITHIN;
use crate::install::Host;
use crate::plan::{Must, Verb};
use crate::policy::{AppAction, span};
use crate::snapshot::AppStatus;

/// Tells of the silence. Where the policy says `stop`, acts on it where the agent was heard
/// in this app's life and is silent for long; never on an app that never had one, whose
/// silence says nothing.
pub(super) fn judge(case: &AppCase<'_>) -> Option<Finding> {
    match case.heard() {
        Heard::Unread(_) | Heard::Alive { .. } => None,
        Heard::Ended { at } => Some(ended(case, at)),
        Heard::Silent if case.age().is_some_and(|age| age < ALIVE_WITHIN) => Some(Finding::Keep(Reason::TooYoung)),
        Heard::Silent => Some(Finding::Report(explained(Reason::NoAgent, never(case)))),
    }
}

fn ended(case: &AppCase<'_>, at: Timestamp) -> Finding {
    let silent = case.now.duration_since(at);
    let limit = case.settings.silent_after.value.get();
    let text = format!("its agent was heard last {} ago", span(silent));
    // A stop of what bills nothing saves nothing, and could end somebody's work.
    if *case.settings.silent_agent.value != AppAction::Stop || silent < limit || bills_nothing(case) {
        return Finding::Report(explained(Reason::SilentAgent, text));
    }
    let must = Must {
        silent_at_least_seconds: Some(seconds(limit)),
        no_user_activity_within_seconds: Some(seconds(limit)),
        ..Must::default()
    };
    let why = explained(Reason::SilentAgent, format!("{text}; the limit is {}", span(limit)));
    Finding::Act(Box::new(Due { verb: Verb::DeleteApp, why, must }))
}

/// Whether its agent has been silent for so long that the policy has it stopped.
pub(super) fn is_over(case: &AppCase<'_>) -> bool {
    let can_be_heard = Host::of(case.app.app_type).is_some() && case.app.status == AppStatus::InService;
    let silent = match case.heard() {
        Heard::Ended { at } if can_be_heard => case.now.duration_since(at),
        _ => return false,
    };
    *case.settings.silent_agent.value == AppAction::Stop && silent >= case.settings.silent_after.value.get()
}

/// What is said where nothing was heard: how much was listened to decides what it means.
fn never(case: &AppCase<'_>) -> String {
    match (case.scope.heartbeats_since, case.app.created_at) {
        (Some(since), Some(created)) if since <= created => "no agent was ever heard in it".to_owned(),
        (Some(since), _) => {
            let window = span(case.now.duration_since(since));
            format!("no agent was heard in it in the last {window}; what was before is not known")
        }
        (None, _) => "no agent was heard in it; for how long was listened is not known".to_owned(),
    }
}
