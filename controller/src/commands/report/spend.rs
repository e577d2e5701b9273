//! `report spend`: what was spent, by whom, and what runs now.

use std::io::Write;

use anyhow::Result;
use cost_ledger::report::{self, By, Now, Plans, Question};
use cost_ledger::{ScopeName, Span};
use cost_planner::prices::Prices;
use jiff::{SignedDuration, Timestamp};

use super::bill::{Bill, bill};
use super::now::now;
use super::{Reach, pricing, read, window, write};
use crate::cli::{Global, ReportOutput, Spend};
use crate::commands::{inventory, prices};
use crate::exit::{Exit, Tally};
use crate::render;

/// Two days, because a day may have passed without a look.
const REACH: Reach = Reach { before: SignedDuration::from_hours(48), after: SignedDuration::from_hours(24) };

pub(super) async fn run(global: &Global, args: &Spend) -> Result<Exit> {
    let reporting = &args.reporting;
    let window = window(reporting, Timestamp::now())?;
    let folded = read(global, reporting, &window, REACH).await?;
    let prices = prices::known(&args.look.lists)?;
    let bill = match args.actuals {
        true => Some(bill(global, &folded, window, Timestamp::now()).await?),
        false => None,
    };
    let of_bill = bill.as_ref().and_then(Bill::savings_plans).filter(|_| pricing::has_rates(&folded, &prices));
    let plans = pricing::plans(reporting, &folded, &prices)?.or(of_bill);
    let now = look(global, args, &prices).await?;
    let rate = |scope: ScopeName<'_>, span: Span<'_>| pricing::under_plan(&prices, scope, span);
    let today = |scope: ScopeName<'_>, span: Span<'_>| pricing::today(&prices, scope, span);
    let asked = Question {
        made_at: Timestamp::now(),
        window,
        by: reporting.by.clone(),
        today: args.price_now.then_some(&today as _),
        plans: plans.map(|known| Plans { known, rate: &rate }),
    };
    let actuals = bill.as_ref().map(|bill| {
        let of_days = Question { window: bill.window, by: asked.by.clone(), ..asked };
        report::actuals(&folded, &of_days, bill.rows())
    });
    let mut report = report::spend(&folded, &asked, now.as_ref(), actuals);
    report.notes.extend(bill.iter().flat_map(Bill::notes));
    write(reporting.out.as_deref(), &mut |out: &mut dyn Write| {
        match reporting.output {
            ReportOutput::Table => writeln!(out, "{}", render::spend(&report))?,
            ReportOutput::Json => writeln!(out, "{}", render::json(&report))?,
            ReportOutput::Html => writeln!(out, "{}", render::page(Some(&report), None))?,
            ReportOutput::Csv => {
                let mut rows = render::focus(out)?;
                report::charges(&folded, &asked, |row| rows.write(&row))?;
                rows.finish()?;
            }
        }
        Ok(())
    })?;
    let failed = now.map_or(0, |now| now.unseen.len());
    Ok(Tally { well: 1, failed, ..Tally::default() }.exit())
}

/// What runs now; `None` where nobody is to look.
async fn look(global: &Global, args: &Spend, prices: &Prices) -> Result<Option<Now>> {
    if args.no_look {
        return Ok(None);
    }
    let mut asked = args.look.clone();
    // What is grouped by must be looked for: an owner that nobody asked for is not nobody.
    if let By::Tag(key) = &args.reporting.by
        && asked.from_snapshot.is_none()
        && !asked.tag_keys.contains(key)
    {
        asked.tag_keys.push(key.clone());
    }
    let windows = (args.look.heartbeats_within, args.look.invocations_within);
    let looked = inventory::look_since(global, &asked, windows, None).await?;
    if let Some(saving) = looked.saving {
        saving.finish(&looked.snapshot)?;
    }
    Ok(Some(now(&looked.snapshot, prices)))
}
