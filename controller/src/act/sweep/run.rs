//! What all of a run shares.

use std::cell::Cell;
use std::time::Duration;

use cost_planner::install::Scope;
use cost_planner::plan::PlanDocument;
use idle_core::{Explained, Reason};
use jiff::Timestamp;

use super::{Actuator, Clock, Looker, Switch};
use crate::act::Consent;
use crate::observe::{Pace, Watcher};
use crate::record::Store;

/// How much at once and how long.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Actions of one account and region that are begun together: the kill switch is read before them.
    pub(crate) parallel: usize,
    /// Accounts and regions at work at the same time.
    pub(crate) scopes: usize,
    /// How long something may take until it is named as stuck: SageMaker may take twenty minutes.
    pub(crate) verify_within: Duration,
    /// So many failures end the run.
    pub(crate) stop_after_failures: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { parallel: 4, scopes: 16, verify_within: Duration::from_secs(20 * 60), stop_after_failures: 3 }
    }
}

/// One run over all its accounts and regions.
pub(crate) struct Run<'a> {
    /// Its id: [`run_id`].
    pub(crate) id: &'a str,
    pub(crate) plan: &'a PlanDocument,
    /// SHA-256 of the plan.
    pub(crate) plan_digest: &'a str,
    pub(crate) limits: Limits,
    pub(crate) consent: &'a Consent,
    pub(crate) switch: &'a dyn Switch,
    pub(crate) clock: &'a dyn Clock,
    /// Where evidence and leases are kept.
    pub(crate) store: &'a Store,
    pub(crate) watcher: &'a dyn Watcher,
    /// So much failed until now; 0 to begin with.
    pub(crate) failures: Cell<usize>,
}

/// One account and region of a run.
pub(crate) struct Part<'a> {
    pub(crate) scope: &'a Scope,
    /// The ARN that acts.
    pub(crate) role: &'a str,
    pub(crate) looker: &'a dyn Looker,
    pub(crate) actuator: &'a dyn Actuator,
    pub(crate) pace: &'a Pace,
}

impl Run<'_> {
    pub(super) fn failed(&self) {
        self.failures.set(self.failures.get() + 1);
    }

    /// Why the run has come to its end, if it has.
    pub(super) fn too_many_failures(&self) -> Option<Explained> {
        let most = self.limits.stop_after_failures;
        (self.failures.get() >= most).then(|| Explained {
            code: Reason::TooManyFailures,
            text: format!("the run ended after {} failures; the limit is {most}", self.failures.get()),
        })
    }

    /// Why the kill switch forbids to go on, if it does.
    pub(super) async fn killed(&self) -> Option<Explained> {
        self.switch.on().await.map(|text| Explained { code: Reason::KillSwitch, text })
    }
}

/// The id of a run that begins now: runs sort by it, and no two have the same.
pub(crate) fn run_id(now: Timestamp, random: u32) -> String {
    format!("{}-{random:08x}", now.strftime("%Y%m%dT%H%M%SZ"))
}
