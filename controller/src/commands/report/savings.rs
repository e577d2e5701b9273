//! `report savings`: what was saved by stopping what was idle.

use std::io::Write;

use anyhow::Result;
use cost_ledger::report::{self, Plans, Question};
use cost_ledger::{ScopeName, Span};
use jiff::{SignedDuration, Timestamp};

use super::{Reach, pricing, read, window, write};
use crate::cli::{Global, ReportOutput, Savings};
use crate::commands::prices;
use crate::exit::Exit;
use crate::render;

pub(super) async fn run(global: &Global, args: &Savings) -> Result<Exit> {
    let reporting = &args.reporting;
    let window = window(reporting, Timestamp::now())?;
    // A stop before the window saves in it until its cap, and its run was told the day before.
    let two_days = SignedDuration::from_hours(48);
    let before = args.cap.saturating_add(two_days);
    let folded = read(global, reporting, &window, Reach { before, after: two_days }).await?;
    let prices = prices::known(&args.lists)?;
    let plans = pricing::plans(reporting, &folded, &prices)?;
    let rate = |scope: ScopeName<'_>, span: Span<'_>| pricing::under_plan(&prices, scope, span);
    let asked = Question {
        made_at: Timestamp::now(),
        window,
        by: reporting.by.clone(),
        today: None,
        plans: plans.map(|known| Plans { known, rate: &rate }),
    };
    let report = report::savings(&folded, &asked, args.cap, args.what_if);
    write(reporting.out.as_deref(), &mut |out: &mut dyn Write| {
        match reporting.output {
            ReportOutput::Table => writeln!(out, "{}", render::savings(&report))?,
            ReportOutput::Json => writeln!(out, "{}", render::json(&report))?,
            ReportOutput::Html => writeln!(out, "{}", render::page(None, Some(&report)))?,
            ReportOutput::Csv => render::savings_csv(&report, out)?,
        }
        Ok(())
    })?;
    Ok(Exit::Done)
}
