//! `allowlist apply` and its way back: the instance types that Studio hides.

use anyhow::Result;
use cost_planner::allowlist::{Allowlist, plan_hidden, plan_hidden_rollback};

use super::super::{apply, region};
use super::{known, rules};
use crate::act::{Consent, Settings};
use crate::aws::{Session, config};
use crate::cli::{Apply, Global, Undo};
use crate::exit::Exit;
use crate::observe::{Wanted, seen};
use crate::record::{HiddenImages, Store};
use crate::render::{Progress, RegionReport};
use crate::script::hex;

const APPLY: &str = "allowlist apply";
const ROLLBACK: &str = "allowlist rollback";

pub(super) async fn apply(global: &Global, args: &Apply) -> Result<Exit> {
    let rules = rules(&args.policy.policy, Default::default())?;
    let store = Store::open(&args.artifacts.place(), &config(global.region.first().map(String::as_str)).await)?;
    let plan = async |session: &Session, progress: &Progress, report: &mut RegionReport| {
        plan_region(session, args, &rules, &store, progress, report).await
    };
    let run = id(&rules);
    let act = async |session: &Session, consent: &Consent, progress: &Progress, report: &mut RegionReport| {
        let images = HiddenImages::new(&store, &session.scope);
        let mut settings = Settings::new(session, (images, run.clone()));
        let edits = report.hidden_types.as_ref().map(|plan| plan.edits.clone()).unwrap_or_default();
        report.outcomes.extend(apply::edits(&mut settings, consent, &edits, progress).await);
    };
    region::run(APPLY, global, args.go, args.output, plan, act).await
}

pub(super) async fn rollback(global: &Global, args: &Undo) -> Result<Exit> {
    let store = Store::open(&args.artifacts.place(), &config(global.region.first().map(String::as_str)).await)?;
    store.must_be_there()?;
    let plan = async |session: &Session, progress: &Progress, report: &mut RegionReport| {
        plan_back(session, args, &store, progress, report).await
    };
    let act = async |session: &Session, consent: &Consent, progress: &Progress, report: &mut RegionReport| {
        let mut settings = Settings::new(session, ());
        let edits = report.hidden_types.as_ref().map(|plan| plan.edits.clone()).unwrap_or_default();
        report.outcomes.extend(apply::edits(&mut settings, consent, &edits, progress).await);
    };
    region::run(ROLLBACK, global, args.go, args.output, plan, act).await
}

/// The same rules, applied again with the same list of types, are the same run.
pub(in crate::commands) fn id(rules: &Allowlist) -> String {
    hex(format!("{rules:?} {:?}", known()).as_bytes())[..16].to_owned()
}

async fn plan_region(
    session: &Session,
    args: &Apply,
    rules: &Allowlist,
    store: &Store,
    progress: &Progress,
    report: &mut RegionReport,
) -> Result<()> {
    let wanted = Wanted { domains: &args.domains.domain, tags: rules.has_tags() };
    let mut images = HiddenImages::new(store, &session.scope);
    let plan = report.hidden_types.get_or_insert_default();
    for domain in seen(session, &wanted, progress).await? {
        let entries = images.of(&domain.id).await?;
        plan.extend(plan_hidden(rules, &session.scope, &domain, known(), entries, args.replace_hidden_types));
    }
    Ok(())
}

async fn plan_back(
    session: &Session,
    args: &Undo,
    store: &Store,
    progress: &Progress,
    report: &mut RegionReport,
) -> Result<()> {
    let wanted = Wanted { domains: &args.domains.domain, tags: false };
    let mut images = HiddenImages::new(store, &session.scope);
    let plan = report.hidden_types.get_or_insert_default();
    for domain in seen(session, &wanted, progress).await? {
        let entries = images.of(&domain.id).await?;
        // A region has domains of which nothing was ever written.
        let is_known = region::is_whole(std::slice::from_ref(&domain));
        if args.domains.domain.contains(&domain.id) || !is_known || !entries.is_empty() {
            plan.extend(plan_hidden_rollback(&domain, entries));
        }
    }
    Ok(())
}
