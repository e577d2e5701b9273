//! One line of a plan: a resource of the snapshot, what is decided and why.

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

/// One line. Small, because there are a hundred thousand of them, nearly all kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// The index of the scope in the snapshot.
    pub scope: u32,
    /// Which of the scope's resources.
    pub resource: Resource,
    /// What is decided.
    pub decision: Decision,
    /// Why.
    pub code: Reason,
    /// What is to be said of this one alone; `None` for what is kept.
    pub told: Option<Box<Told>>,
}

/// What is said of one resource that is not simply kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    /// Why, in one sentence.
    pub text: String,
    /// What it bills.
    pub price: Price,
    /// What must hold at the moment of the act; `None` where nothing is done.
    pub must: Option<Must>,
}

impl Row {
    /// Why, in one sentence: its own, or the one that is the same for all that is kept for this reason.
    #[must_use]
    pub fn text(&self) -> &str {
        self.told.as_ref().map_or_else(|| plain(self.code), |told| &told.text)
    }

    /// The reason with its sentence.
    #[must_use]
    pub fn why(&self) -> Explained {
        Explained { code: self.code, text: self.text().to_owned() }
    }

    /// What it bills; `None` for what is kept, whose price nobody asks for here.
    #[must_use]
    pub fn price(&self) -> Option<&Price> {
        self.told.as_ref().map(|told| &told.price)
    }

    /// What must hold at the moment of the act; `None` where nothing is done.
    #[must_use]
    pub fn must(&self) -> Option<&Must> {
        self.told.as_ref()?.must.as_ref()
    }

    /// Lets nothing be done, for this reason.
    pub(super) fn hold_back(&mut self, why: Explained) {
        let Explained { code, text } = why;
        (self.decision, self.code) = (Decision::HoldBack, code);
        if let Some(told) = &mut self.told {
            (told.text, told.must) = (text, None);
        }
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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// It is to be done, if all that it must be still holds then.
    Act(Verb),
    /// It would be to be done, but for a guard, an exemption or something that is not known.
    HoldBack,
    /// It is worth a look and nothing is done about it.
    Report,
    /// It is at work, was just now, or bills nothing.
    Keep,
}
