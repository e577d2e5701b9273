//! The methods by which something comes into question, one file each, and their order.

mod failed_or_hanging;
pub(crate) mod heard;
mod idle_app;
mod idle_endpoint;
mod idle_notebook_instance;
mod instance_type;
mod invocations;
mod max_age;
mod silent_agent;
mod unused_volume;
mod ways_back;

use idle_core::{Explained, Reason};
use jiff::{SignedDuration, Timestamp};

use crate::install::Host;
use crate::plan::{Must, Verb};
use crate::policy::AppSettings;
use crate::snapshot::{App, ScopeSeen};

use heard::{Heard, heard};

pub(crate) use idle_endpoint::{EndpointCase, Part, endpoint, waiting};
pub(crate) use idle_notebook_instance::{NotebookInstanceCase, notebook_instance, started_at};
pub(crate) use invocations::{Asked, Invocations, invocations};
pub(crate) use unused_volume::unused_volume;
pub(crate) use ways_back::{Part as ScaledPart, way_back};

/// What a method says of a resource.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Finding {
    /// It is to be done, unless something protects it.
    Act(Box<Due>),
    /// It would be, but cannot.
    HoldBack(Explained),
    /// It is worth a look.
    Report(Explained),
    /// Nothing is to be done.
    Keep(Reason),
}

/// What is to be done, why, and what must hold then.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Due {
    pub(crate) verb: Verb,
    pub(crate) why: Explained,
    pub(crate) must: Must,
}

/// An app and what is asked about it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AppCase<'a> {
    pub(crate) scope: &'a ScopeSeen,
    pub(crate) app: &'a App,
    pub(crate) settings: &'a AppSettings<'a>,
    /// A space and a user profile have its name: their heartbeats are one.
    pub(crate) is_shared: bool,
    pub(crate) now: Timestamp,
}

/// What is found of an app.
///
/// An app that is not in service is told or kept by that alone. Of one in which an agent can
/// run, its heartbeat is asked first: it is the best evidence and interrupts nobody. Then what
/// it runs on, and last the silence of its agent. Of one in which none can, its age. The first
/// method that would act decides; where none would, the first that has something to tell.
pub(crate) fn app(case: &AppCase<'_>) -> Finding {
    if let Some(finding) = failed_or_hanging::judge(case) {
        return finding;
    }
    if Host::of(case.app.app_type).is_some() {
        strongest([idle_app::judge(case), instance_type::judge(case), silent_agent::judge(case)])
    } else {
        strongest([max_age::judge(case), instance_type::judge(case), None])
    }
}

/// Whether an app is in service and, by its agent or by its agent's silence, idle for longer than
/// its policy lets it, whatever protects it.
pub(crate) fn looks_idle(case: &AppCase<'_>) -> bool {
    idle_app::is_over(case).is_some() || silent_agent::is_over(case)
}

fn strongest(findings: [Option<Finding>; 3]) -> Finding {
    let rank = |finding: &Finding| match finding {
        Finding::Act(_) => 0,
        Finding::HoldBack(_) => 1,
        Finding::Report(_) => 2,
        Finding::Keep(_) => 3,
    };
    // Of several with the same rank `min_by_key` takes the first.
    findings.into_iter().flatten().min_by_key(rank).unwrap_or(Finding::Keep(Reason::PolicyOff))
}

impl AppCase<'_> {
    pub(crate) fn heard(&self) -> Heard {
        if self.is_shared {
            let why = "a space and a user profile have this name: their heartbeats cannot be told apart";
            return Heard::Unread(why.to_owned());
        }
        heard(&self.app.heartbeat, self.app.created_at, self.now)
    }

    pub(crate) fn age(&self) -> Option<SignedDuration> {
        self.app.created_at.map(|created| self.now.duration_since(created))
    }
}

fn explained(code: Reason, text: String) -> Explained {
    Explained { code, text }
}

fn seconds(duration: SignedDuration) -> u64 {
    u64::try_from(duration.as_secs()).unwrap_or(0)
}
