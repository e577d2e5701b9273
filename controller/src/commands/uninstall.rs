//! `uninstall`: out of all settings, and our lifecycle configurations deleted
//! where nothing uses them; what still does is named.

use std::collections::BTreeMap;

use anyhow::Result;
use cost_planner::install::{Refusal, Why, plan_notebook_removal, plan_uninstall, references};

use super::{apply, region};
use crate::act::{self, Consent, Settings};
use crate::aws::{Session, config};
use crate::cli::{Global, Uninstall};
use crate::exit::Exit;
use crate::observe::{CONFIG_NAME, ListedConfig, Wanted, configs, notebooks, running, seen, tags};
use crate::record::{BeforeImages, Store, notebook_images};
use crate::render::{ConfigRow, Outcome, Progress, RegionReport, Verb};

const COMMAND: &str = "uninstall";

/// So many users of a lifecycle configuration are named.
const MOST_NAMED: usize = 10;

pub(super) async fn run(global: &Global, args: &Uninstall) -> Result<Exit> {
    let store = Store::open(&args.undo.artifacts, &config(global.region.first().map(String::as_str)).await)?;
    if !args.without_before_images {
        store.must_be_there()?;
    }
    let plan = async |session: &Session, progress: &Progress, report: &mut RegionReport| {
        plan_region(session, args, &store, progress, report).await
    };
    region::undo(COMMAND, global, &args.undo, plan, do_it).await
}

async fn plan_region(
    session: &Session,
    args: &Uninstall,
    store: &Store,
    progress: &Progress,
    report: &mut RegionReport,
) -> Result<()> {
    // All domains: one that is not to be changed may use what is to be deleted.
    let all = seen(session, &Wanted { domains: &[], tags: false }, progress).await?;
    let mut images = BeforeImages::new(store, &session.scope);
    for domain in
        all.iter().filter(|domain| args.undo.domains.all_domains || args.undo.domains.domain.contains(&domain.id))
    {
        let entries = images.of(&domain.id).await?;
        report.plan.extend(plan_uninstall(&session.scope, domain, &entries, args.without_before_images));
    }
    let known = |id: &&idle_core::DomainId| !all.iter().any(|domain| domain.id == **id);
    for id in args.undo.domains.domain.iter().filter(known) {
        let error = "there is no such domain in this region".to_owned();
        report.plan.refusals.push(Refusal { what: id.to_string(), why: Why::Unseen { error } });
    }
    let listed = configs(session).await?;
    let mut users: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (arn, place) in all.iter().flat_map(|domain| references(&session.scope, domain)) {
        let is_removed = report.plan.edits.iter().any(|edit| edit.place == place);
        if !is_removed {
            users.entry(arn).or_default().push(place.to_string());
        }
    }
    for app in running(session, &[], progress).await? {
        // An app whose lifecycle configuration is not known may use any.
        let arns = app.configs.unwrap_or_else(|_| listed.iter().map(|config| config.arn.clone()).collect());
        for arn in arns {
            users.entry(arn).or_default().push(format!("app {}", app.app));
        }
    }
    let whole = region::is_whole(&all);
    for config in listed {
        let used_by = users.remove(&config.arn).unwrap_or_default();
        match may_go(session, &config, used_by, whole).await {
            Ok(()) => {
                report.lifecycle_configs.push(ConfigRow { name: config.name.name(), action: Verb::Delete });
            }
            Err(why) => report.plan.refusals.push(Refusal { what: config.name.name(), why }),
        }
    }
    if args.undo.domains.all_domains {
        let entries = notebook_images(store, &session.scope).await?;
        report.notebook_instances = Some(plan_notebook_removal(&notebooks(session).await?, CONFIG_NAME, &entries));
    }
    Ok(())
}

async fn may_go(session: &Session, config: &ListedConfig, mut by: Vec<String>, whole: bool) -> Result<(), Why> {
    if !whole {
        return Err(Why::Unseen { error: "another domain of the region could not be read, and may use it".to_owned() });
    }
    if !by.is_empty() {
        let more = by.len().saturating_sub(MOST_NAMED);
        by.truncate(MOST_NAMED);
        by.extend((more > 0).then(|| format!("{more} more")));
        return Err(Why::InUse { by });
    }
    match tags(session, &config.arn).await {
        Ok(tags) if tags.get("costctl:managed").is_some_and(|value| value == "idle-agent") => Ok(()),
        Ok(_) => Err(Why::NotManaged { detail: "it has not".to_owned() }),
        Err(error) => Err(Why::NotManaged { detail: error.to_string() }),
    }
}

async fn do_it(session: &Session, consent: &Consent, progress: &Progress, report: &mut RegionReport) {
    let mut settings = Settings::new(session, None);
    let outcomes = apply::edits(&mut settings, consent, &report.plan.edits, progress).await;
    let all_out = outcomes.iter().all(|outcome| outcome.error.is_none());
    report.outcomes.extend(outcomes);
    for row in report.lifecycle_configs.iter().filter(|row| row.action == Verb::Delete) {
        let what = format!("lifecycle configuration {}", row.name);
        progress.say(&what);
        // What failed above may still use it.
        if !all_out {
            let error = Some("left, because an earlier change failed; hint: run again".to_owned());
            report.outcomes.push(Outcome { what, error, already: false });
            continue;
        }
        let done = act::delete(session, consent, &row.name).await;
        report.outcomes.push(apply::outcome(what, done));
    }
    if let Some(plan) = &report.notebook_instances {
        let outcomes = apply::notebooks(session, consent, plan).await;
        report.outcomes.extend(outcomes);
    }
}
