//! `report`: what was spent, what runs now, and what was saved, of the ledger's observations.

mod bill;
mod now;
mod out;
mod pricing;
mod read;
mod savings;
mod spend;

use anyhow::Result;
use cost_ledger::report::Window;
use jiff::Timestamp;
use thiserror::Error;

use crate::cli::{Global, Report, Reporting};
use crate::exit::Exit;

pub(super) use bill::BillError;
pub(super) use out::write;
pub(super) use read::{Reach, read};

pub(super) async fn run(global: &Global, args: &Report) -> Result<Exit> {
    match args {
        Report::Spend(args) => spend::run(global, args).await,
        Report::Savings(args) => savings::run(global, args).await,
        Report::Page(args) => super::report_page::run(args),
    }
}

/// A time that no report can be about.
#[derive(Debug, Error)]
pub(super) enum WindowError {
    #[error("--since {since} is not before --until {until}; hint: --since 7d")]
    Backwards { since: Timestamp, until: Timestamp },
    #[error("--since {since} is not in the past; hint: --since 7d")]
    Future { since: Timestamp },
}

/// The time that is asked for, as of `now`.
///
/// # Errors
/// When it is none, or has not begun.
fn window(args: &Reporting, now: Timestamp) -> Result<Window, WindowError> {
    let (since, until) = (args.since.at(now), args.until.map_or(now, |until| until.at(now)));
    if since >= until {
        return Err(WindowError::Backwards { since, until });
    }
    if since >= now {
        return Err(WindowError::Future { since });
    }
    // What has not been looked at yet is neither spent nor saved.
    Ok(Window { since, until: until.min(now) })
}
