//! `rollback`: what stood there before the last install.

use anyhow::Result;
use cost_planner::install::{NOTEBOOK_CONFIG_NAME as CONFIG_NAME, plan_notebook_rollback, plan_rollback, references};

use super::{apply, region};
use crate::act::{Consent, Settings};
use crate::aws::{Session, config};
use crate::cli::{Global, Undo};
use crate::exit::Exit;
use crate::observe::{Wanted, notebooks, seen};
use crate::record::{BeforeImages, Store, notebook_images};
use crate::render::{Progress, RegionReport};

const COMMAND: &str = "rollback";

pub(super) async fn run(global: &Global, args: &Undo) -> Result<Exit> {
    let store = Store::open(&args.artifacts.place(), &config(global.region.first().map(String::as_str)).await)?;
    store.must_be_there()?;
    let plan = async |session: &Session, progress: &Progress, report: &mut RegionReport| {
        plan_region(session, args, &store, progress, report).await
    };
    region::undo(COMMAND, global, args, plan, do_it).await
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
        let is_asked_for = args.domains.domain.contains(&domain.id);
        let is_known = region::is_whole(std::slice::from_ref(&domain));
        let has_ours = !references(&session.scope, &domain).is_empty();
        if is_asked_for || !is_known || has_ours || !entries.is_empty() {
            report.plan.extend(plan_rollback(&domain, &entries));
        }
    }
    report.plan = region::without_missing(session, std::mem::take(&mut report.plan)).await?;
    if args.domains.all_domains {
        let entries = notebook_images(store, &session.scope).await?;
        report.notebook_instances = Some(plan_notebook_rollback(&notebooks(session).await?, CONFIG_NAME, &entries));
    }
    Ok(())
}

async fn do_it(session: &Session, consent: &Consent, progress: &Progress, report: &mut RegionReport) {
    let mut settings = Settings::new(session, ());
    report.outcomes.extend(apply::edits(&mut settings, consent, &report.plan.edits, progress).await);
    if let Some(plan) = &report.notebook_instances {
        report.outcomes.extend(apply::notebooks(session, consent, plan).await);
    }
}
