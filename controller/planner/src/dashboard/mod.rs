//! What CloudWatch shows of a fleet: metrics of each sweep, dashboards and alarms over
//! them, and what those bill themselves.

mod alarms;
mod bill;
mod body;
mod count;
mod data;
mod drift;
mod graph;
pub mod metric;
mod overview;
mod series;

pub use alarms::{Alarm, AlarmsWanted, Comparison, Measure, Missing, alarms};
pub use bill::{Bill, BillLine, PRICES_FROM, bill};
pub use body::{Dashboard, MOST_METRICS, MOST_OF_WIDGET, MOST_WIDGETS, Wanted, dashboards};
pub use data::{Datum, MOST_TYPES, OTHER, Saved, ScopeActs, Swept, metrics};
pub use drift::drift_metrics;
pub use series::{Listed, Shown};
