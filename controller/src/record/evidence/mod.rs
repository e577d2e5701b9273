//! What a sweep leaves behind: JSON lines in objects that only ever come into being.
//!
//! `evidence/account=…/region=…/dt=YYYY-MM-DD/RUN/PART.jsonl`, which Athena reads as a
//! partitioned table, and beside each run's folder `RUN.ended.jsonl` with its last line.
//! What is about to be done is written before it is: a run that was cut short in between
//! is settled by the next one.

mod accounts;
mod journal;
mod kept;
mod line;
mod open_runs;
mod stopped;
#[cfg(test)]
mod tests;

use cost_planner::install::Scope;
use jiff::civil::Date;

pub(crate) use accounts::{known_accounts, remember_account};
pub(crate) use journal::Journal;
pub(crate) use kept::{keep_document, keep_plan, keep_policy, policy_key};
pub(crate) use line::{Event, Found, Line, Subject};
pub(crate) use open_runs::{OpenRun, Unsettled, lines as lines_of, open_runs};
pub(crate) use stopped::stopped;

/// The folder of an account and region.
fn region_folder(Scope { partition: _, account, region }: &Scope) -> String {
    format!("evidence/account={account}/region={region}")
}

fn day_folder(scope: &Scope, day: Date) -> String {
    format!("{}/dt={day}", region_folder(scope))
}

fn ended_key(day: &str, run: &str) -> String {
    format!("{day}/{}", ended_name(run))
}

fn ended_name(run: &str) -> String {
    format!("{run}.ended.jsonl")
}
