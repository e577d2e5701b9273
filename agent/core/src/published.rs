//! What of a decision record the metric `IdleSeconds` says.

use crate::judge::{Decision, Verdict};
use crate::reason::Reason;
use crate::record::DecisionRecord;

impl DecisionRecord {
    /// For how long the app has been idle with nothing that holds it up; 0 otherwise.
    ///
    /// Others act on this one number, so it must not be read against the agent's own
    /// reasons: it is 0 at work, where not everything was seen, snoozed, and where no
    /// stop is allowed now. A stop that was denied changes nothing, nor does a
    /// rehearsal: the app is idle all the same, and somebody else may stop it.
    #[must_use]
    pub fn published_idle_seconds(&self) -> u64 {
        let is_free = self.verdict == Verdict::Idle
            && self.held_back.is_none()
            && leads_to_a_stop(self.reason.code, self.decision);
        if is_free { self.idle_for_seconds } else { 0 }
    }
}

/// Whether a decision for this reason is one on the way to a stop.
fn leads_to_a_stop(reason: Reason, decision: Decision) -> bool {
    match reason {
        Reason::RecentActivity | Reason::NotWatchedLongEnough | Reason::StopIsNear => true,
        // An app that is kept although its stop was due is one that a second look did not find.
        Reason::IdleTimeout | Reason::Stuck | Reason::MaxAge => decision == Decision::Stop,
        Reason::Busy
        | Reason::Unsettled
        | Reason::SourceUnknown
        | Reason::Blind
        | Reason::Snoozed
        | Reason::OfficeHours
        | Reason::Prepaid => false,
        // No agent decides for these.
        Reason::SilentAgent
        | Reason::NoAgent
        | Reason::CannotHost
        | Reason::InstanceTypeNotAllowed
        | Reason::FailedOrHanging
        | Reason::NoInvocations
        | Reason::Unmeasured
        | Reason::Invoked
        | Reason::UnusedVolume
        | Reason::PolicyOff
        | Reason::NotInService
        | Reason::TooYoung
        | Reason::ChangedJustNow
        | Reason::RecoveryMode
        | Reason::Exempt
        | Reason::Protected
        | Reason::TagsUnread
        | Reason::ScanIncomplete
        | Reason::BudgetUsedUp
        | Reason::OutsideSchedule
        | Reason::FirstRun
        | Reason::TooManyIdle
        | Reason::Changed
        | Reason::Gone
        | Reason::KillSwitch
        | Reason::LeaseHeld
        | Reason::TooManyFailures
        | Reason::NoWayBack
        | Reason::Unpriced => false,
    }
}
