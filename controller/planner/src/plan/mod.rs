//! What is to be done about what was seen, and what is not, each with its reason.

mod action;
mod around;
mod budgets;
mod candidates;
mod describe;
mod document;
mod foreseen;
mod look;
mod make;
mod part_price;
mod price;
mod protect;
mod row;
mod shared;
mod state;
mod still_due;

pub use action::{Action, EndpointRef, Must, Planned, Target, Verb};
pub use candidates::{Candidate, candidates};
pub use document::{Listed, PLAN_SCHEMA_VERSION, PlanDocument, PlanScope};
pub use look::{AppLook, Look};
pub use make::{Allowed, Past, plan};
pub use price::Price;
pub use row::{Decision, Plan, Resource, Row, Told};
pub use state::{Count, Standing, State, is_another, standing};
pub use still_due::still_due;

pub use crate::methods::heard::Heard;
pub use crate::prices::Prices;

pub(crate) use around::{Around, read as read_tags};
pub(crate) use part_price::part_price;
pub(crate) use shared::Shared;
