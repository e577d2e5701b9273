//! One line of a plan: a resource of the snapshot, what is decided and why.

use idle_core::Explained;
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
    pub why: Explained,
    /// What it bills; `None` for what is kept because it is at work, whose price nobody asks for here.
    pub price: Option<Price>,
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
