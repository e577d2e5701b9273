//! One row of the view: what runs, whose it is, what is heard of it and what comes next.

use cost_planner::plan::{Price, Verb};
use cost_planner::snapshot::Kind;
use idle_core::{AccountId, Reason, Region};
use jiff::Timestamp;

use super::text::span;

/// What runs and bills, or bills nothing and runs all the same.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Row {
    pub(super) account: AccountId,
    pub(super) region: Region,
    pub(super) kind: Kind,
    /// As `sweep` names it.
    pub(super) name: String,
    /// The same where there is little room.
    pub(super) short: String,
    pub(super) owner: Owner,
    pub(super) on: String,
    pub(super) price: Price,
    pub(super) state: State,
    /// For how many seconds it is known to have been idle when it was looked at; `None` is not known.
    pub(super) idle: Option<u64>,
    pub(super) next: Next,
    /// Why that comes next, in one sentence.
    pub(super) why: String,
    pub(super) created_at: Option<Timestamp>,
    pub(super) seen_at: Timestamp,
    /// The last look did not show whether it is still there.
    pub(super) is_stale: bool,
}

/// Whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Owner {
    UserProfile(String),
    Unattributed,
    /// What would say it could not be seen.
    NotKnown,
    /// Nothing says whose such a thing is.
    None,
}

/// What is heard of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    AtWork,
    Idle,
    /// Its agent was heard and is no longer.
    Silent {
        since: Timestamp,
    },
    /// No agent was ever heard in it.
    Unheard,
    /// What would say it could not be read, or is not to be believed.
    Unread,
    /// No agent can run in it.
    CannotSay,
    Invoked,
    NotInvoked,
    /// CloudWatch knows no series that would say it.
    Unmeasured,
    Starting,
    Stopping,
    Changing,
}

/// What comes next by the policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    Due(Verb),
    DueAt(Timestamp),
    HeldBack(Reason),
    LeftAlone(Reason),
    Kept(Reason),
    NotKnown,
}

impl Row {
    /// The same resource in every look; one that was made anew is another.
    pub(super) fn key(&self) -> (&AccountId, &Region, &str, Option<Timestamp>) {
        (&self.account, &self.region, &self.name, self.created_at)
    }

    pub(super) fn is_idle(&self) -> bool {
        matches!(self.state, State::Idle | State::NotInvoked) && !self.is_stale
    }

    pub(super) fn is_due(&self) -> bool {
        matches!(self.next, Next::Due(_)) && !self.is_stale
    }

    /// What the view says of it in the column of states.
    pub(super) fn state_words(&self, now: Timestamp) -> String {
        match self.is_stale {
            true => format!("stale {}", span(now.duration_since(self.seen_at).as_secs())),
            false => self.state.words().to_owned(),
        }
    }

    pub(super) fn idle_words(&self) -> String {
        match (self.state, self.idle) {
            (State::AtWork | State::CannotSay, _) => "–".to_owned(),
            (_, Some(seconds)) => span(i64::try_from(seconds).unwrap_or(i64::MAX)),
            (_, None) => "?".to_owned(),
        }
    }

    pub(super) fn next_words(&self, now: Timestamp) -> String {
        if self.is_stale { Next::NotKnown.words(now) } else { self.next.words(now) }
    }

    /// Whether it has all of these words anywhere, in small letters.
    pub(super) fn has(&self, words: &[&str], now: Timestamp) -> bool {
        let text = format!(
            "{} {} {} {} {} {} {}",
            self.account,
            self.region,
            self.name,
            self.owner.words(),
            self.on,
            self.state_words(now),
            self.next_words(now)
        );
        let text = text.to_lowercase();
        words.iter().all(|word| text.contains(word))
    }
}

impl Owner {
    pub(super) fn words(&self) -> &str {
        match self {
            Self::UserProfile(name) => name,
            Self::Unattributed => "unattributed",
            Self::NotKnown => "?",
            Self::None => "–",
        }
    }
}

impl State {
    /// At most ten columns wide.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::AtWork => "at work",
            Self::Idle => "idle",
            Self::Silent { .. } => "silent",
            Self::Unheard => "unheard",
            Self::Unread => "unread",
            Self::CannotSay => "–",
            Self::Invoked => "invoked",
            Self::NotInvoked => "uncalled",
            Self::Unmeasured => "unmeasured",
            Self::Starting => "starting",
            Self::Stopping => "stopping",
            Self::Changing => "changing",
        }
    }

    /// What the words mean, for the row that is chosen.
    pub(super) fn sentence(self, now: Timestamp) -> String {
        let text = match self {
            Self::AtWork => "at work, or held up, by its agent",
            Self::Idle => "idle by its agent",
            Self::Silent { since } => {
                return format!("its agent was heard last {} ago", span(now.duration_since(since).as_secs()));
            }
            Self::Unheard => "no agent was heard in it",
            Self::Unread => "what it does is not known",
            Self::CannotSay => "no agent can run in it",
            Self::Invoked => "it was invoked",
            Self::NotInvoked => "nobody has invoked it",
            Self::Unmeasured => "CloudWatch knows no series of its invocations",
            Self::Starting => "it starts",
            Self::Stopping => "it stops",
            Self::Changing => "it changes",
        };
        text.to_owned()
    }
}

impl Next {
    fn words(self, now: Timestamp) -> String {
        match self {
            Self::Due(Verb::DeleteApp | Verb::StopNotebookInstance) => "stop due now".to_owned(),
            Self::Due(Verb::ScaleVariantToZero | Verb::ScaleInferenceComponentToZero) => "scaling due now".to_owned(),
            Self::Due(Verb::DeleteEndpoint) => "deletion due now".to_owned(),
            // What work has returned since is seen with the next look.
            Self::DueAt(at) if at <= now => "stop due soon".to_owned(),
            Self::DueAt(at) => format!("stop due in {}", span(at.duration_since(now).as_secs())),
            Self::HeldBack(why) => format!("held: {}", words(why)),
            Self::LeftAlone(why) => format!("left: {}", words(why)),
            Self::Kept(why) => format!("kept: {}", words(why)),
            Self::NotKnown => "not known".to_owned(),
        }
    }

    /// What comes sooner is less.
    pub(super) fn rank(self) -> (u8, Option<Timestamp>) {
        match self {
            Self::Due(_) => (0, None),
            Self::DueAt(at) => (1, Some(at)),
            Self::HeldBack(_) => (2, None),
            Self::LeftAlone(_) => (3, None),
            Self::NotKnown => (4, None),
            Self::Kept(_) => (5, None),
        }
    }
}

fn words(reason: Reason) -> String {
    match reason {
        Reason::Busy => "at work".to_owned(),
        Reason::NoInvocations => "not invoked".to_owned(),
        other => other.code().replace('-', " "),
    }
}
