//! One line of a plan: a resource of the snapshot, what is decided and why.

use std::borrow::Cow;

use idle_core::{Explained, Reason};
use jiff::Timestamp;

use super::Price;
use super::action::{Must, Verb};

/// A plan over a snapshot, by index: it holds what a hundred thousand apps need, once.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// When it was made, UTC.
    pub made_at: Timestamp,
    /// One for each resource that was seen, in the snapshot's order.
    pub rows: Vec<Row>,
    /// Guards that refused the whole run: then no row is an action.
    pub refused: Vec<Explained>,
}

/// One line.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// The index of the scope in the snapshot.
    pub scope: u32,
    /// Which of the scope's resources.
    pub resource: Resource,
    /// What is decided.
    pub decision: Decision,
    /// Why.
    pub why: Why,
    /// What it bills; `None` for what is kept, whose price nobody asks for here.
    pub price: Option<Box<Price>>,
}

/// Why: with a sentence of its own, or by the reason alone, which is all that a hundred
/// thousand kept apps have room for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// A sentence about this one.
    Told(Box<Explained>),
    /// The sentence is the same for all with this reason.
    Plain(Reason),
}

impl Why {
    /// The reason.
    #[must_use]
    pub fn code(&self) -> Reason {
        match self {
            Self::Told(explained) => explained.code,
            Self::Plain(code) => *code,
        }
    }

    /// The sentence.
    #[must_use]
    pub fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Told(explained) => Cow::Borrowed(&explained.text),
            Self::Plain(code) => Cow::Borrowed(plain(*code)),
        }
    }

    /// Both.
    #[must_use]
    pub fn explained(&self) -> Explained {
        Explained { code: self.code(), text: self.text().into_owned() }
    }
}

impl From<Explained> for Why {
    fn from(explained: Explained) -> Self {
        Self::Told(Box::new(explained))
    }
}

/// What is said of everything that is kept for the same reason.
fn plain(code: Reason) -> &'static str {
    match code {
        Reason::Busy => "at work, or held up, by its agent",
        Reason::RecentActivity => "idle by its agent, and not yet for as long as the policy lets it",
        Reason::PolicyOff => "the policy does not ask for anything here, or it bills nothing",
        Reason::NotInService => "not in service: nothing is there to stop",
        Reason::TooYoung => "too young to be judged",
        Reason::Invoked => "it was invoked",
        other => other.code(),
    }
}

/// A resource of a scope, by its index in the listing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Resource {
    /// In `apps`.
    App(u32),
    /// In `notebook_instances`.
    NotebookInstance(u32),
    /// In `endpoints`: the whole endpoint.
    Endpoint(u32),
    /// In `endpoints`, and a variant of it.
    Variant(u32, u32),
    /// In `endpoints`, and an inference component of it.
    InferenceComponent(u32, u32),
    /// In `spaces`: the space's volume. Only ever reported.
    Volume(u32),
}

/// What is decided about one resource.
#[derive(Debug, Clone, PartialEq)]
pub enum Decision {
    /// It is to be done, if all that it must be still holds then.
    Act(Verb, Box<Must>),
    /// It would be to be done, but for a guard, an exemption or something that is not known.
    HoldBack,
    /// It is worth a look and nothing is done about it.
    Report,
    /// It is at work, was just now, or bills nothing.
    Keep,
}
