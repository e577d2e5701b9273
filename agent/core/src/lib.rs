//! The idle rule of SageMaker Studio apps: what was seen goes in, a judgement
//! comes out.
//!
//! This crate is pure. It reads no clock, file, socket or environment: `now`,
//! the policy and the activity are arguments, so that every decision can be
//! replayed from its record. What idle means is told in `agent/SEMANTICS.md`.

mod activity;
mod app;
mod decide;
mod evidence;
mod history;
mod ids;
mod instants;
mod judge;
mod memory;
pub mod metric;
mod policy;
mod published;
mod reason;
mod record;
mod resource;
mod schedule;
mod stamp;
mod suspicion;
mod watch;
mod words;

pub use activity::{Activity, AppFacts, Claim, Echo, Item, ItemState, Reading, Sight, Snooze, Source};
pub use app::{AppArnError, AppOwner, AppRef, AppType};
pub use history::{History, ItemHistory, Stamped, Work};
pub use ids::{
    AccountId, AppName, DomainId, EndpointName, IdError, InferenceComponentName, InstanceType, NotebookInstanceName,
    Partition, Region, SpaceName, UserProfileName, VariantName,
};
pub use instants::Instants;
pub use judge::{Decision, Judgement, Verdict, judge};
pub use policy::{IdlePolicy, PolicyError, PolicyParts, WhenBlind};
pub use reason::{Explained, Reason};
pub use record::{DecisionRecord, PreStopRecord, RecordError, SCHEMA_VERSION, SourceRecord, SourceState};
pub use resource::{NotebookInstanceRef, ResourceRef};
pub use schedule::{Schedule, ScheduleError, time_zone};
pub use stamp::{StampError, parse_stamp};
