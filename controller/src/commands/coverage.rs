//! `coverage`: which running apps an agent watches.

use anyhow::Result;
use cost_planner::coverage::{Row, rows, totals};
use idle_core::DomainId;
use jiff::Timestamp;

use crate::aws::Session;
use crate::cli::{Coverage, Global, Output};
use crate::exit::{Exit, Tally};
use crate::observe::{Alive, Running, configs_seen, heartbeats, is_there, running};
use crate::render::{self, CoverageReport, Progress};

pub(super) async fn run(global: &Global, args: &Coverage) -> Result<Exit> {
    let (sessions, unreached) = Session::of_all(global).await?;
    let progress = Progress::new(global.no_progress);
    let (mut all, mut unclear, mut tally) = (Vec::new(), Vec::new(), Tally::default());
    let mut unread: Vec<String> =
        unreached.iter().map(|region| format!("{}: {:#}", region.region, region.error)).collect();
    for session in &sessions {
        match running(session, &args.domains.domain, Alive::InService, &progress).await {
            Ok(Running { mut apps, unclear: odd }) => {
                let now = Timestamp::now();
                heartbeats(session, &mut apps, now).await;
                // A region without any app was seen, too.
                tally.well += usize::from(apps.is_empty() && odd.is_empty() && args.domains.all_domains);
                let configs = configs_seen(session, &apps).await;
                all.extend(rows(&session.scope, &apps, &configs, now));
                unclear.extend(odd);
            }
            Err(error) => unread.push(format!("{}: {error}", session.scope.region)),
        }
    }
    for domain in &args.domains.domain {
        match is_anywhere(&sessions, &all, domain).await {
            Ok(()) => tally.well += usize::from(!all.iter().any(|row| row.app.domain == *domain)),
            Err(why) => unread.push(format!("{domain}: {why}")),
        }
    }
    progress.clear();
    tally.failed += unread.len() + unclear.len() + all.iter().filter(|row| row.unseen).count();
    tally.well += all.iter().filter(|row| !row.unseen).count();
    let report = CoverageReport::new(unread, totals(&all, unclear.len()), all, unclear);
    let text = match args.output {
        Output::Table => render::coverage(&report),
        Output::Json => render::json(&report),
    };
    super::print(&text)?;
    Ok(tally.exit())
}

/// `Err` says why it is not known that one of the regions has this domain.
async fn is_anywhere(sessions: &[Session], rows: &[Row], domain: &DomainId) -> Result<(), String> {
    if rows.iter().any(|row| row.app.domain == *domain) {
        return Ok(());
    }
    let mut why = "there is no such domain; hint: --region".to_owned();
    for session in sessions {
        match is_there(session, domain).await {
            Ok(true) => return Ok(()),
            Ok(false) => {}
            Err(error) => why = error.to_string(),
        }
    }
    Err(why)
}
