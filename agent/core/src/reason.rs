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
