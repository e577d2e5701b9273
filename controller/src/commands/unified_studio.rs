//! `unified-studio`: domains and projects of DataZone, and the SageMaker domains behind them.

use anyhow::{Context, Result};
use cost_planner::drift::{Finding, Level};
use cost_planner::unified::{SageMakerDomain, UnifiedSeen, findings, unjudged};
use futures_util::StreamExt;

use super::planning;
use crate::aws::{self, Opened};
use crate::cli::{Global, Output, UnifiedStudio};
use crate::exit::{Exit, Tally};
use crate::observe::unified;
use crate::render::{self, Progress, UnifiedReport};

pub(super) async fn run(global: &Global, args: &UnifiedStudio) -> Result<Exit> {
    let policy = match args.deciding() {
        Some(deciding) => Some(planning::policy(global, &deciding).await?),
        None => None,
    };
    let Opened { sessions, unreached } = aws::open(global, &args.scopes).await?;
    let progress = Progress::new(global.no_progress);
    let mut looks = futures_util::stream::iter(sessions.iter().enumerate())
        .map(async |(n, session)| {
            let mut seen = unified::look(session, &progress).await;
            unified::count(session, &mut seen).await;
            (n, seen)
        })
        .buffer_unordered(args.scopes.concurrency);
    let mut seen = Vec::with_capacity(sessions.len());
    while let Some(one) = looks.next().await {
        seen.push(one);
    }
    drop(looks);
    progress.clear();
    seen.sort_unstable_by_key(|(n, _)| *n);
    let mut scopes: Vec<UnifiedSeen> = seen.into_iter().map(|(_, seen)| seen).collect();
    // A project's environments may stand in other accounts than its domain.
    let behind: Vec<SageMakerDomain> = scopes.iter().flat_map(|seen| seen.sagemaker_domains.clone()).collect();
    let mut found: Option<Vec<Finding>> = None;
    for seen in &mut scopes {
        seen.join(&behind);
        if let Some(policy) = &policy {
            let desired = policy.rules.desired();
            found.get_or_insert_default().extend(findings(desired, seen));
            let unjudged = unjudged(desired, seen);
            seen.unseen.extend(unjudged);
        }
    }
    let report = UnifiedReport::new(scopes, unreached, found);
    match args.output {
        Output::Json => render::print_json(&report).context("writing to stdout")?,
        Output::Table => super::print(&render::unified_studio(&report))?,
    }
    Ok(tally(&report).exit())
}

/// A scope of which something was seen went well, and all that was not seen did not.
fn tally(report: &UnifiedReport) -> Tally {
    let is_seen =
        |seen: &&UnifiedSeen| seen.unseen.is_empty() || !seen.domains.is_empty() || !seen.sagemaker_domains.is_empty();
    let failed = report.scopes.iter().map(|seen| seen.unseen.len()).sum::<usize>() + report.unreached.len();
    // As for drift, a warning is none yet.
    let pending = report.findings.iter().flatten().filter(|finding| finding.level == Level::Error).count();
    Tally { well: report.scopes.iter().filter(is_seen).count(), failed, refused: 0, pending }
}
