//! `rollback`: what stood there before the last install.

use anyhow::Result;
use cost_planner::install::{plan_notebook_rollback, plan_rollback};

use super::{apply, region};
use crate::act::Settings;
use crate::aws::{Session, config};
use crate::cli::{Global, Undo};
use crate::exit::Exit;
use crate::observe::{CONFIG_NAME, Wanted, notebooks, seen};
use crate::record::{BeforeImages, Store, notebook_images};
use crate::render::{Progress, RegionReport};

const COMMAND: &str = "rollback";

pub(super) async fn run(global: &Global, args: &Undo) -> Result<Exit> {
    let store = Store::open(&args.artifacts, &config(global.region.first().map(String::as_str)).await)?;
    let sessions = Session::of_all(global).await?;
    let progress = Progress::new(global.no_progress);
    let mut reports = Vec::new();
    for session in &sessions {
        let mut report = region::report(session);
        if let Err(error) = plan_region(session, args, &store, &progress, &mut report).await {
            report.error = Some(format!("{error:#}"));
        }
        reports.push(report);
    }
    progress.clear();
    let (consent, mut reports) = match region::ask(COMMAND, args.go, args.output, reports)? {
        Ok(allowed) => allowed,
        Err(exit) => return Ok(exit),
    };
    let progress = Progress::new(global.no_progress);
    for (session, report) in sessions.iter().zip(&mut reports) {
        let mut settings = Settings::new(session, None);
        report.outcomes.extend(apply::edits(&mut settings, &consent, &report.plan.edits, &progress).await);
        if let Some(plan) = &report.notebook_instances {
            report.outcomes.extend(apply::notebooks(session, &consent, plan).await);
        }
    }
    progress.clear();
    region::tell(COMMAND, args.output, reports)
}

async fn plan_region(
    session: &Session,
    args: &Undo,
    store: &Store,
    progress: &Progress,
    report: &mut RegionReport,
) -> Result<()> {
    let mut images = BeforeImages::new(store, &session.scope);
    let wanted = Wanted { domains: &args.domains.domain, tags: false };
    for domain in seen(session, &wanted, progress).await? {
        let entries = images.of(&domain.id).await?;
        // A region has domains that nothing was ever installed in.
        if !entries.is_empty() || args.domains.domain.contains(&domain.id) {
            report.plan.extend(plan_rollback(&domain, &entries));
        }
    }
    if args.domains.all_domains {
        let entries = notebook_images(store, &session.scope).await?;
        report.notebook_instances = Some(plan_notebook_rollback(&notebooks(session).await?, CONFIG_NAME, &entries));
    }
    Ok(())
}
