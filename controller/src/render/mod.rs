//! What people and scripts get to read: tables of at most 80 columns, and JSON.

mod allowlist;
mod coverage;
mod dashboard;
mod doctor;
mod drift;
mod evidence;
mod explain;
mod figures;
mod focus;
mod inventory;
mod page;
mod policy;
mod prices;
mod progress;
mod report;
mod sarif;
mod savings;
mod spend;
mod sweep;
mod table;
pub(crate) mod top;
mod unified;

pub(crate) use allowlist::{HiddenRule, QuotasReport, hidden_types, quota_wishes, quotas};
pub(crate) use coverage::{CoverageReport, coverage};
pub(crate) use dashboard::{AlarmRow, DashboardReport, DashboardRow, Standing, dashboards};
pub(crate) use doctor::{Check, DoctorReport, VpcReport, doctor};
pub(crate) use drift::{DriftRegion, DriftReport, drift};
pub(crate) use evidence::{
    ActionRow, ActionsCsv, EvidenceHead, EvidenceSelection, EvidenceUnsealed, VERIFY_SCHEMA_VERSION, VerifyReport,
    WrongRow,
};
pub(crate) use evidence::{kept, verified};
pub(crate) use explain::{ExplainReport, RuleRow, explain};
pub(crate) use focus::charges as focus;
pub(crate) use inventory::{inventory, resources, unseen};
pub(crate) use page::page;
pub(crate) use policy::rights;
pub(crate) use prices::{Fetched, PriceRow, PricesReport, UnpricedRow, fetched, prices};
pub(crate) use progress::Progress;
pub(crate) use report::{ConfigRow, Outcome, RegionReport, Report, Verb, outcomes, plan};
pub(crate) use sarif::sarif;
pub(crate) use savings::{savings, stops as savings_csv};
pub(crate) use spend::spend;
pub(crate) use sweep::{Acted, ActedRow, SweepReport, acted, plan_document, target};
pub(crate) use table::{counted, json, print, print_json, printable, table, table_of_figures, wrapped};
pub(crate) use unified::{UnifiedReport, unified_studio};
