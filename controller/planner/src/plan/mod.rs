//! What is to be done about what was seen, and what is not, each with its reason.

mod action;
mod document;
mod price;
mod row;
mod state;

pub use action::{Action, EndpointRef, Must, Planned, Target, Verb};
pub use document::{Listed, PlanDocument, PlanScope};
pub use price::Price;
pub use row::{Decision, Plan, Resource, Row};
pub use state::{Count, Standing, State, is_another, standing};
