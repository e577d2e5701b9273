//! What AWS billed for the days of a report.

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use cost_ledger::Folded;
use cost_ledger::report::{SavingsPlans, Window};
use idle_core::{AccountId, Partition, Region};
use jiff::tz::TimeZone;
use jiff::{Timestamp, civil::Date};
use thiserror::Error;

use crate::aws::config;
use crate::cli::Global;
use crate::observe::actuals::{self, BillAsked, Billed};
use crate::render;

/// No bill can be set beside this report.
#[derive(Debug, Error)]
pub(in crate::commands) enum BillError {
    #[error("--actuals: no whole UTC day of the report is over, and AWS bills by the day; hint: --since 7d")]
    NoDay,
    #[error("--actuals: the ledger tells of no account and region of which there could be a bill")]
    Nobody,
}

/// A bill, and the days that it is of.
pub(super) struct Bill {
    pub(super) window: Window,
    billed: Billed,
}

/// The bill of the accounts and regions that the ledger tells of.
///
/// # Errors
/// When there is no whole day in the window, or Cost Explorer does not tell all of it.
pub(super) async fn bill(global: &Global, folded: &Folded, window: Window, now: Timestamp) -> Result<Bill> {
    let days = actuals::whole_days(window.since, window.until, now).ok_or(BillError::NoDay)?;
    let partition =
        folded.scopes().find_map(|scope| Partition::parse(scope.partition).ok()).ok_or(BillError::Nobody)?;
    let accounts: BTreeSet<AccountId> =
        folded.scopes().filter_map(|scope| AccountId::parse(scope.account).ok()).collect();
    let regions: BTreeSet<Region> = folded.scopes().filter_map(|scope| Region::parse(scope.region).ok()).collect();
    let asked =
        BillAsked { partition, accounts: accounts.into_iter().collect(), regions: regions.into_iter().collect(), days };
    eprintln!("{}", actuals::COST);
    let config = config(global.region.first().map(String::as_str)).await;
    let billed = actuals::billed(&config, &asked).await.context("asking Cost Explorer what was billed")?;
    eprintln!("Cost Explorer was asked {}", render::counted(billed.requests as usize, "time", "times"));
    Ok(Bill { window: Window { since: midnight(days.0)?, until: midnight(days.1)? }, billed })
}

impl Bill {
    /// What was billed, by component.
    pub(super) fn rows(&self) -> impl Iterator<Item = (String, i64)> {
        self.billed.rows.iter().map(|row| (row.component.clone(), row.micro_usd))
    }

    /// How far Savings Plans reached, rounded so that nothing is saved that may not be.
    pub(super) fn savings_plans(&self) -> Option<SavingsPlans> {
        let known = self.billed.savings_plans.as_ref().ok()?.as_ref()?;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a percentage, cut to its range")]
        let whole = |percent: f64| percent.clamp(0.0, 100.0).floor() as u8;
        let (coverage_percent, utilization_percent) = (whole(known.coverage_percent), whole(known.utilization_percent));
        Some(SavingsPlans { coverage_percent, utilization_percent })
    }

    /// What is to be known of the bill, each in one sentence.
    pub(super) fn notes(&self) -> Vec<String> {
        let Billed { rows: _, preliminary, savings_plans, requests: _ } = &self.billed;
        let mut notes = Vec::new();
        if let Some(first) = preliminary.first() {
            notes.push(format!("AWS may still add to the bill from {first} on."));
        }
        match savings_plans {
            Ok(Some(plans)) => notes.push(format!(
                "By Cost Explorer, Savings Plans covered {:.1} % of the use, and {:.1} % of the commitment was used.",
                plans.coverage_percent, plans.utilization_percent
            )),
            Ok(None) => notes.push("By Cost Explorer there are no Savings Plans for SageMaker.".to_owned()),
            Err(why) => notes.push(format!("How far Savings Plans reached is not known: {why}.")),
        }
        notes
    }
}

fn midnight(day: Date) -> Result<Timestamp> {
    TimeZone::UTC.to_timestamp(day.at(0, 0, 0, 0)).context("the begin of a day")
}
