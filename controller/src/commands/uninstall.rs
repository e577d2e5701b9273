//! `uninstall`: out of all settings, and our lifecycle configurations deleted
//! where nothing uses them; what still does is named.

use std::collections::BTreeSet;

use anyhow::Result;
use cost_planner::install::{
    ConfigName, NOTEBOOK_CONFIG_NAME as CONFIG_NAME, Refusal, Why, last_before, plan_notebook_removal, plan_uninstall,
    references,
};

use super::{apply, region};
use crate::act::{self, Consent, Settings};
use crate::aws::{Session, config};
use crate::cli::{Global, Uninstall};
use crate::exit::Exit;
use crate::observe::{Alive, CallError, ListedConfig, Wanted, configs, notebooks, running, seen, spaces, tags};
use crate::record::{BeforeImages, Store, notebook_images};
use crate::render::{ConfigRow, Outcome, Progress, RegionReport, Verb};

const COMMAND: &str = "uninstall";

/// So many users of a lifecycle configuration are named.
const MOST_NAMED: usize = 10;

/// ARNs of lifecycle configurations, each with one who uses it.
type Users = BTreeSet<(String, String)>;

pub(super) async fn run(global: &Global, args: &Uninstall) -> Result<Exit> {
    let store = Store::open(&args.undo.artifacts.place(), &config(global.region.first().map(String::as_str)).await)?;
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
    report.plan = region::without_missing(session, std::mem::take(&mut report.plan)).await?;
    let known = |id: &&idle_core::DomainId| !all.iter().any(|domain| domain.id == **id);
    for id in args.undo.domains.domain.iter().filter(known) {
        let error = "there is no such domain in this region".to_owned();
        report.plan.refusals.push(Refusal { what: id.to_string(), why: Why::Unseen { error } });
    }
    let listed = configs(session).await?;
    let mut users = live_users(session, &listed, progress).await?;
    for domain in &all {
        let edits = &report.plan.edits;
        let left = references(&session.scope, domain);
        let left: Vec<_> = left.into_iter().filter(|(_, place)| !edits.iter().any(|e| e.place == *place)).collect();
        if !left.is_empty() {
            let back = last_before(&domain.id, &images.of(&domain.id).await?);
            users.extend(back.into_iter().map(|arn| (arn, format!("a rollback of {}", domain.id))));
        }
        users.extend(left.into_iter().map(|(arn, place)| (arn, place.to_string())));
    }
    let whole = region::is_whole(&all);
    for config in listed {
        match may_go(session, &config, &users, whole).await {
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

/// The apps and spaces that use a lifecycle configuration. One that cannot be read
/// may use any.
async fn live_users(session: &Session, listed: &[ListedConfig], progress: &Progress) -> Result<Users, CallError> {
    let any = || listed.iter().map(|config| config.arn.clone()).collect::<Vec<String>>();
    let mut users = Users::new();
    for app in running(session, &[], Alive::NotGone, progress).await?.whole()? {
        let name = format!("app {}", app.app);
        let arns = app.configs.unwrap_or_else(|_| any());
        users.extend(arns.into_iter().map(|arn| (arn, name.clone())));
    }
    for space in spaces(session, progress).await? {
        let name = format!("space {}/{}", space.domain, space.name);
        let (arns, name) = match space.configs {
            Ok(arns) => (arns, name),
            Err(error) => (any(), format!("{name}, perhaps: {error}")),
        };
        users.extend(arns.into_iter().map(|arn| (arn, name.clone())));
    }
    Ok(users)
}

/// `Err` where somebody uses this one.
fn unused(users: &Users, arn: &str) -> Result<(), Why> {
    let mut by: Vec<String> = users.iter().filter(|(used, _)| used == arn).map(|(_, by)| by.clone()).collect();
    if by.is_empty() {
        return Ok(());
    }
    let more = by.len().saturating_sub(MOST_NAMED);
    by.truncate(MOST_NAMED);
    by.extend((more > 0).then(|| format!("{more} more")));
    Err(Why::InUse { by })
}

async fn may_go(session: &Session, config: &ListedConfig, users: &Users, whole: bool) -> Result<(), Why> {
    if !whole {
        return Err(Why::Unseen { error: "another domain of the region could not be read, and may use it".to_owned() });
    }
    unused(users, &config.arn)?;
    match tags(session, &config.arn).await {
        Ok(tags) if tags.get("costctl:managed").is_some_and(|value| value == "idle-agent") => Ok(()),
        Ok(_) => Err(Why::NotManaged { detail: "it has not".to_owned() }),
        Err(error) => Err(Why::NotManaged { detail: error.to_string() }),
    }
}

async fn do_it(session: &Session, consent: &Consent, progress: &Progress, report: &mut RegionReport) {
    let mut settings = Settings::new(session, ());
    let outcomes = apply::edits(&mut settings, consent, &report.plan.edits, progress).await;
    let all_out = outcomes.iter().all(|outcome| outcome.error.is_none());
    report.outcomes.extend(outcomes);
    report.outcomes.extend(delete(session, consent, &report.lifecycle_configs, all_out, progress).await);
    if let Some(plan) = &report.notebook_instances {
        let outcomes = apply::notebooks(session, consent, plan).await;
        report.outcomes.extend(outcomes);
    }
}

/// Deletes what the plan says, and what nobody came to use since.
async fn delete(
    session: &Session,
    consent: &Consent,
    rows: &[ConfigRow],
    all_out: bool,
    progress: &Progress,
) -> Vec<Outcome> {
    let names = rows.iter().filter(|row| row.action == Verb::Delete).filter_map(|row| ConfigName::parse(&row.name));
    let configs: Vec<ListedConfig> = names.map(|name| ListedConfig { arn: name.arn(&session.scope), name }).collect();
    if configs.is_empty() {
        return Vec::new();
    }
    let users = if all_out { Some(live_users(session, &configs, progress).await) } else { None };
    let mut outcomes = Vec::new();
    for config in configs {
        let name = config.name.name();
        let what = format!("lifecycle configuration {name}");
        progress.say(&what);
        let left = match &users {
            // What failed above may still use it.
            None => Some("an earlier change failed; hint: run again".to_owned()),
            Some(Err(error)) => Some(format!("nobody knows who uses it: {error}")),
            Some(Ok(users)) => unused(users, &config.arn).err().map(|why| why.to_string()),
        };
        outcomes.push(match left {
            Some(why) => Outcome { what, error: Some(format!("left, because {why}")), already: false },
            None => apply::outcome(what, act::delete(session, consent, &name).await),
        });
    }
    outcomes
}
