//! `coverage`: which running apps an agent watches.

use anyhow::Result;
use cost_planner::coverage::{Row, rows, totals};
use cost_planner::install::Scope;
use idle_core::{AccountId, DomainId, Region};
use jiff::Timestamp;
use serde::Serialize;

use super::planning::store;
use super::sealing;
use crate::aws::Session;
use crate::cli::{Coverage, Global, Output};
use crate::exit::{Exit, Tally};
use crate::observe::{Alive, Running, configs_seen, heartbeats, is_there, running};
use crate::record::{Store, keep_document};
use crate::render::{self, CoverageReport, Progress};

pub(super) async fn run(global: &Global, args: &Coverage) -> Result<Exit> {
    let store = store(global, &args.evidence).await?;
    let (sessions, unreached) = Session::of_all(global).await?;
    let progress = Progress::new(global.no_progress);
    let (mut all, mut unclear, mut tally, mut kept) = (Vec::new(), Vec::new(), Tally::default(), Vec::new());
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
                let seen = rows(&session.scope, &apps, &configs, now);
                kept.push((
                    session,
                    now,
                    CoverageReport::new(Vec::new(), totals(&seen, odd.len()), seen.clone(), odd.clone()),
                ));
                all.extend(seen);
                unclear.extend(odd);
            }
            Err(error) => {
                let why = format!("{}: {error}", session.scope.region);
                let none = CoverageReport::new(vec![why.clone()], totals(&[], 0), Vec::new(), Vec::new());
                kept.push((session, Timestamp::now(), none));
                unread.push(why);
            }
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
    if let Some(store) = store {
        let trouble = keep(&store, &kept).await;
        trouble.iter().for_each(|trouble| eprintln!("error: {trouble}"));
        tally.failed += trouble.len();
    }
    Ok(tally.exit())
}

/// What was seen in one account and region, as it is kept.
#[derive(Serialize)]
struct Kept<'a> {
    at: Timestamp,
    account: &'a AccountId,
    region: &'a Region,
    #[serde(flatten)]
    report: &'a CoverageReport,
}

/// Keeps a document of each account and region, and seals them. Returns what is wrong, each in one line.
async fn keep(store: &Store, documents: &[(&Session, Timestamp, CoverageReport)]) -> Vec<String> {
    let mut trouble = Vec::new();
    for (session, at, report) in documents {
        let Scope { partition: _, account, region } = &session.scope;
        let bytes = render::json(&Kept { at: *at, account, region, report }).into_bytes();
        let kept = keep_document(store, "coverage", &session.scope, *at, bytes).await;
        let told =
            |error| format!("{account} {region}: coverage is not kept: {}", super::told(&anyhow::Error::from(error)));
        trouble.extend(kept.err().map(told));
    }
    trouble.extend(sealing::own(store, None).await);
    trouble
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
