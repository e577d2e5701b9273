//! The idle rule of SageMaker Studio apps: what was seen goes in, a judgement
//! comes out.
//!
//! This crate is pure. It reads no clock, file, socket or environment: `now`,
//! the policy and the activity are arguments, so that every decision can be
//! replayed from its record. What idle means is told in `agent/SEMANTICS.md`.

mod activity;
mod app;
mod evidence;
mod history;
mod ids;
mod instants;
mod judge;
pub mod metric;
mod policy;
mod reason;
mod record;
mod stamp;
mod watch;

pub use activity::{Activity, Item, ItemState, Reading, Sight, Snooze, Source};
pub use app::{AppArnError, AppOwner, AppRef, AppType};
pub use history::{History, ItemHistory, Stamped, Work};
pub use ids::{AccountId, AppName, DomainId, IdError, Partition, Region, SpaceName, UserProfileName};
pub use instants::Instants;
pub use judge::{Decision, Judgement, Verdict, judge};
pub use policy::{IdlePolicy, PolicyError};
pub use reason::{Explained, Reason};
pub use record::{DecisionRecord, RecordError, SCHEMA_VERSION, SourceRecord, SourceState};
pub use stamp::{StampError, parse_stamp};
