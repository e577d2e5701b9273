//! A notebook instance that its own agent says is idle.

use idle_core::Reason;
use jiff::Timestamp;

use super::heard::{Heard, heard};
use super::{Due, Finding, explained, seconds};
use crate::coverage::ALIVE_WITHIN;
use crate::plan::{Must, Verb};
use crate::policy::{NotebookInstanceSettings, span};
use crate::snapshot::NotebookInstance;

/// A notebook instance and what is asked about it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NotebookInstanceCase<'a> {
    pub(crate) instance: &'a NotebookInstance,
    pub(crate) settings: &'a NotebookInstanceSettings<'a>,
    pub(crate) now: Timestamp,
}

/// What is found of a notebook instance: it is acted on for idle time by a fresh heartbeat alone.
pub(crate) fn notebook_instance(case: &NotebookInstanceCase<'_>) -> Finding {
    let NotebookInstanceCase { instance, settings, now } = case;
    match instance.status.as_str() {
        "InService" => {}
        "Failed" => {
            let text = "Failed: hint: its failure reason is in DescribeNotebookInstance".to_owned();
            return Finding::Report(explained(Reason::FailedOrHanging, text));
        }
        _ => return Finding::Keep(Reason::NotInService),
    }
    let Some(limit) = settings.idle_timeout.value.get() else { return Finding::Keep(Reason::PolicyOff) };
    let started = started_at(instance);
    match heard(&instance.heartbeat, started, *now) {
        Heard::Unread(why) => {
            Finding::Report(explained(Reason::SourceUnknown, format!("its heartbeat is not known: {why}")))
        }
        Heard::Silent if started.is_some_and(|at| now.duration_since(at) < ALIVE_WITHIN) => {
            Finding::Keep(Reason::TooYoung)
        }
        Heard::Silent => {
            Finding::Report(explained(Reason::NoAgent, "no agent was heard in it since it was started".to_owned()))
        }
        Heard::Ended { at } => {
            let text = format!("its agent was heard last {} ago", span(now.duration_since(at)));
            Finding::Report(explained(Reason::SilentAgent, text))
        }
        Heard::Alive { idle, .. } if idle.is_zero() => Finding::Keep(Reason::Busy),
        Heard::Alive { idle, .. } if idle < limit => Finding::Keep(Reason::RecentActivity),
        Heard::Alive { at, idle } => {
            let (idle, ago) = (span(idle), span(now.duration_since(at)));
            let text = format!("idle for {idle} by its agent, heard {ago} ago; the limit is {}", span(limit));
            let must = Must { idle_at_least_seconds: Some(seconds(limit)), ..Must::default() };
            let why = explained(Reason::IdleTimeout, text);
            Finding::Act(Box::new(Due { verb: Verb::StopNotebookInstance, why, must }))
        }
    }
}

/// When it was started last, at the latest: a start moves `LastModifiedTime`.
pub(crate) fn started_at(instance: &NotebookInstance) -> Option<Timestamp> {
    instance.modified_at.max(instance.created_at).filter(|_| instance.modified_at.is_some())
}
