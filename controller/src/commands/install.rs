//! `install`: the agent for every app of these domains, from its next start on.

use std::collections::BTreeSet;

use anyhow::Result;
use cost_planner::install::{
    Canary, Desired, Host, NOTEBOOK_CONFIG_NAME as CONFIG_NAME, NotebookEntry, NotebookWish, Plan, plan, plan_notebooks,
};

use super::payload::{Payload, VERSION};
use super::{apply, region};
use crate::act::{self, Consent, Ensured, Settings};
use crate::aws::{Session, config};
use crate::cli::{Global, Install};
use crate::exit::Exit;
use crate::observe::{CallError, Kind, Wanted, content, notebooks, seen};
use crate::record::{BeforeImages, Store, notebook_images, write_notebook_image};
use crate::render::{ConfigRow, Outcome, Progress, RegionReport, Verb};
use crate::script::hex;

const COMMAND: &str = "install";

pub(super) async fn run(global: &Global, args: &Install) -> Result<Exit> {
    let store = Store::open(&args.artifacts.place(), &config(global.region.first().map(String::as_str)).await)?;
    let payload = Payload::of(&args.agent, &store)?;
    let (sessions, unreached) = Session::of_all(global).await?;
    let progress = Progress::new(global.no_progress);
    let mut reports = Vec::new();
    for session in &sessions {
        let plan =
            async |report: &mut RegionReport| plan_region(session, args, &payload, &store, &progress, report).await;
        reports.push(region::look(session, plan).await);
    }
    let needs = |report: &&mut RegionReport| !report.plan.edits.is_empty() || report.plan.unchanged > 0;
    if !payload.is_stored(&store).await? {
        let first = reports.iter_mut().find(needs);
        first.into_iter().for_each(|report| report.binary = Some(store.url(&payload.binary.key())));
    }
    reports.extend(region::unreached_reports(unreached));
    progress.clear();
    let (consent, mut reports) = match region::ask(COMMAND, args.go, args.output, reports)? {
        Ok(allowed) => allowed,
        Err(exit) => return Ok(exit),
    };
    payload.binary.store(&store).await?;
    for report in reports.iter_mut().filter(|report| report.binary.is_some()) {
        report.outcomes.push(Outcome { what: "binary".to_owned(), error: None, already: false });
    }
    let install = id(args, &payload);
    let progress = Progress::new(global.no_progress);
    for (session, report) in sessions.iter().zip(&mut reports) {
        do_it(session, &consent, &payload, &store, &install, report, &progress).await;
    }
    progress.clear();
    region::tell(COMMAND, args.output, reports)
}

/// The same install, run again, has the same id: the installs of before-images are told apart by it.
fn id(args: &Install, payload: &Payload) -> String {
    let scripts: Vec<&str> = payload.scripts.values().map(|script| script.sha256.as_str()).collect();
    let Install { native, replace_built_in, replace_default, replace_native, .. } = args;
    let all = format!("{scripts:?} {native:?} {replace_built_in} {replace_default} {replace_native}");
    hex(all.as_bytes())[..16].to_owned()
}

async fn plan_region(
    session: &Session,
    args: &Install,
    payload: &Payload,
    store: &Store,
    progress: &Progress,
    report: &mut RegionReport,
) -> Result<()> {
    let desired = desired(session, args, payload);
    let tags = matches!(desired.canary, Canary::Tag { .. });
    let wanted = Wanted { domains: &args.domains.domain, tags };
    for domain in seen(session, &wanted, progress).await? {
        report.plan.extend(plan(&desired, &domain));
    }
    report.lifecycle_configs = needed(session, payload, &report.plan).await?;
    // Notebook instances belong to no domain, and one content is for all of them.
    if args.domains.all_domains && desired.canary == Canary::All {
        let seen = notebooks(session).await?;
        let entries = notebook_images(store, &session.scope).await?;
        let wish = NotebookWish {
            name: CONFIG_NAME,
            content: &payload.notebook.base64,
            attach: args.attach_notebook_instances,
            replace: args.replace_built_in,
        };
        report.notebook_instances = Some(plan_notebooks(&seen, wish, &entries));
    }
    Ok(())
}

fn desired(session: &Session, args: &Install, payload: &Payload) -> Desired {
    let scope = session.scope.clone();
    let arn = |(host, script): (&Host, &crate::script::Rendered)| (*host, script.name(*host).arn(&scope));
    let canary = match (args.domains_percent, &args.canary) {
        (Some(percent), _) => Canary::DomainsPercent(percent),
        (None, Some(canary)) => canary.clone(),
        (None, None) => Canary::All,
    };
    Desired {
        configs: payload.scripts.iter().map(arn).collect(),
        replace_built_in: args.replace_built_in,
        replace_default: args.replace_default,
        native_minutes: args.native,
        replace_native: args.replace_native,
        canary,
        scope,
    }
}

/// The lifecycle configurations that the edits name, and whether they are there.
async fn needed(session: &Session, payload: &Payload, plan: &Plan) -> Result<Vec<ConfigRow>, CallError> {
    let hosts: BTreeSet<Host> = plan.edits.iter().map(|edit| edit.place.host).collect();
    let mut rows = Vec::new();
    for host in hosts {
        let name = payload.scripts[&host].name(host).name();
        let action = match content(session, &name).await {
            Ok(_) => Verb::Keep,
            Err(error) if error.kind == Kind::NotFound => Verb::Create,
            Err(error) => return Err(error),
        };
        rows.push(ConfigRow { name, action });
    }
    Ok(rows)
}

async fn do_it(
    session: &Session,
    consent: &Consent,
    payload: &Payload,
    store: &Store,
    install: &str,
    report: &mut RegionReport,
    progress: &Progress,
) {
    let mut lacking: BTreeSet<Host> = BTreeSet::new();
    for (host, script) in &payload.scripts {
        let name = script.name(*host);
        let text = name.name();
        if !report.lifecycle_configs.iter().any(|row| row.name == text) {
            continue;
        }
        progress.say(&format!("lifecycle configuration {text}"));
        let done = act::ensure(session, consent, &name, script, VERSION).await;
        if done.is_err() {
            lacking.insert(*host);
        }
        let already = matches!(done, Ok(Ensured::WasThere));
        let outcome = apply::outcome(format!("lifecycle configuration {text}"), done.map(drop));
        report.outcomes.push(Outcome { already, ..outcome });
    }
    let edits: Vec<_> = report.plan.edits.iter().filter(|edit| !lacking.contains(&edit.place.host)).cloned().collect();
    let images = BeforeImages::new(store, &session.scope);
    let mut settings = Settings::new(session, (images, install.to_owned()));
    report.outcomes.extend(apply::edits(&mut settings, consent, &edits, progress).await);
    let Some(plan) = report.notebook_instances.clone() else { return };
    if plan.create || plan.update || !plan.attach.is_empty() {
        let entry = NotebookEntry {
            install: install.to_owned(),
            at: jiff::Timestamp::now().to_string(),
            before: plan.before.clone(),
            after: plan.content.clone(),
            attach: plan.attach.clone(),
        };
        if let Err(error) = write_notebook_image(store, &session.scope, entry).await {
            report.outcomes.push(apply::outcome("notebook instances".to_owned(), Err(error)));
            return;
        }
    }
    report.outcomes.extend(apply::notebooks(session, consent, &plan).await);
}
