//! Why: the closed list of reasons that decisions carry.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! reasons {
    ($($(#[doc = $doc:literal])* $variant:ident = $code:literal;)*) => {
        /// Why an app is kept, warned or stopped. Closed: records, metrics and the
        /// controller's refusals all draw on this list.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Reason { $($(#[doc = $doc])* #[serde(rename = $code)] $variant,)* }

        impl Reason {
            /// Every reason.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The code that records carry.
            #[must_use]
            pub fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }
        }
    };
}

reasons! {
    /// Something is at work now.
    Busy = "busy";
    /// A kernel is starting, restarting, dead or in a state that we do not know, and not yet for long.
    Unsettled = "unsettled";
    /// Nothing is at work, but something was less than the idle timeout ago.
    RecentActivity = "recent-activity";
    /// Nothing is at work, but the app has not been watched for the whole idle timeout.
    NotWatchedLongEnough = "not-watched-long-enough";
    /// At least one source could not be read.
    SourceUnknown = "source-unknown";
    /// At least one source could not be read for longer than blind-after.
    Blind = "blind";
    /// Idle, and the user asked to be left running for a while.
    Snoozed = "snoozed";
    /// Idle, and the stop is near: the user is being warned.
    StopIsNear = "stop-is-near";
    /// A stop is due, but not in office hours.
    OfficeHours = "office-hours";
    /// A stop is due, but would save nothing: a capacity block or training plan is paid for.
    Prepaid = "prepaid";
    /// Idle for the whole timeout, watched for the whole timeout, warned.
    IdleTimeout = "idle-timeout";
    /// As idle-timeout, where something claims to be busy but has shown no sign of life for stuck-after.
    Stuck = "stuck";
    /// The app is as old as the administrator lets an app grow, at work or not.
    MaxAge = "max-age";
    /// An agent was heard in this app and is no longer.
    SilentAgent = "silent-agent";
    /// No agent was ever heard in an app that could host one.
    NoAgent = "no-agent";
    /// No agent can run in apps of this type, and the policy says nothing of their age.
    CannotHost = "cannot-host";
    /// The instance type is not one that the policy allows here.
    InstanceTypeNotAllowed = "instance-type-not-allowed";
    /// The app failed, or hangs in a state that it should have left long ago.
    FailedOrHanging = "failed-or-hanging";
    /// No invocation in the whole window.
    NoInvocations = "no-invocations";
    /// CloudWatch knows no series of what would tell, which is evidence of nothing.
    Unmeasured = "unmeasured";
    /// There were invocations in the window.
    Invoked = "invoked";
    /// A volume that no app has used for long.
    UnusedVolume = "unused-volume";
    /// Idle is not defined here, or the policy is off for it.
    PolicyOff = "policy-off";
    /// Not in service: there is nothing to stop, or something else happens to it already.
    NotInService = "not-in-service";
    /// Too young to be judged.
    TooYoung = "too-young";
    /// Its space, user profile or domain was changed moments ago, or is changing.
    ChangedJustNow = "changed-just-now";
    /// SageMaker recovers the app itself.
    RecoveryMode = "recovery-mode";
    /// An exemption that is in force covers it.
    Exempt = "exempt";
    /// A tag protects it.
    Protected = "protected";
    /// Whether it is protected could not be read, so it is.
    TagsUnread = "tags-unread";
    /// Not all of the account and region could be seen.
    ScanIncomplete = "scan-incomplete";
    /// A budget of the policy is used up.
    BudgetUsedUp = "budget-used-up";
    /// The schedule of a budget or method does not allow it at this hour.
    OutsideSchedule = "outside-schedule";
    /// The first run in an account acts on one thing only.
    FirstRun = "first-run";
    /// So much looks idle at once that the evidence is doubted.
    TooManyIdle = "too-many-idle";
    /// It is no longer what was planned for.
    Changed = "changed";
    /// It is gone already.
    Gone = "gone";
    /// The kill switch is on, or could not be read.
    KillSwitch = "kill-switch";
    /// Another sweep holds the lease of the account and region.
    LeaseHeld = "lease-held";
    /// So much failed that the run came to its end.
    TooManyFailures = "too-many-failures";
    /// Nothing would bring it back when it is needed.
    NoWayBack = "no-way-back";
    /// Its price is not known, and a budget counts money.
    Unpriced = "unpriced";
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// A reason with the sentence that tells it of this one case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explained {
    /// The reason.
    pub code: Reason,
    /// One sentence for a person.
    pub text: String,
}
