//! Mends what is ours, by what `install` and `allowlist apply` do: planned, shown, agreed to,
//! written ahead, done, and looked at again.

use std::collections::{BTreeMap, BTreeSet};
use std::io::IsTerminal;

use anyhow::{Context, Result};
use cost_planner::allowlist::plan_hidden;
use cost_planner::drift::{Checked, DomainLook, Finding, OnOff, Rule, Seen, with_idle_shutdown};
use cost_planner::install::{Canary, Desired, Host, Plan, plan};

use super::look::Looked;
use super::{Judge, known};
use crate::act::{self, Consent, Ensured, Settings, consent};
use crate::aws::Session;
use crate::cli::{Drift, DriftOutput, Global};
use crate::commands::payload::{Payload, VERSION};
use crate::commands::{allowlist, apply};
use crate::observe::{CallError, Kind, content};
use crate::record::{BeforeImages, HiddenImages, Store};
use crate::render::{self, ConfigRow, Outcome, Progress, RegionReport, Verb};
use crate::script::hex;

const COMMAND: &str = "drift --fix";

/// What came of mending what is ours; `None` where nothing was done.
///
/// # Errors
/// When the agent cannot be used, or what stands there cannot be read.
pub(super) async fn run(
    global: &Global,
    args: &Drift,
    judge: &Judge,
    looks: &[Looked<'_>],
) -> Result<Option<Vec<Outcome>>> {
    let Some(store) = &judge.artifacts else { return Ok(None) };
    let is_ours = |rule: Rule| {
        let found = looks.iter().filter_map(|look| look.seen.as_ref().ok()).flat_map(|(_, checked)| &checked.findings);
        found.into_iter().any(|finding| finding.fix.owned && finding.rule == rule)
    };
    let needs_agent = is_ours(Rule::LifecycleConfiguration) || is_ours(Rule::LifecycleConfigurationContent);
    let payload = if needs_agent { Some(Payload::of(&args.agent, store)?) } else { None };
    let mut plans = Vec::new();
    for look in looks {
        let Ok((seen, checked)) = &look.seen else { continue };
        plans.push((look.session, of_region(judge, store, payload.as_ref(), look.session, seen, checked).await?));
    }
    if let Some(payload) = &payload
        && !payload.is_stored(store).await?
    {
        let first = plans.iter_mut().find(|(_, plan)| !plan.plan.edits.is_empty());
        first.into_iter().for_each(|(_, plan)| plan.binary = Some(store.url(&payload.binary.key())));
    }
    let Some(consent) = ask(args, &plans)? else { return Ok(None) };
    let mut outcomes = Vec::new();
    if let Some(payload) = &payload {
        payload.binary.store(store).await?;
    }
    let progress = Progress::new(global.no_progress);
    for (session, plan) in &plans {
        match session.to_install(args.fixing.installer_role.as_deref()).await {
            Ok(installer) => {
                outcomes.extend(do_it(&installer, &consent, judge, store, payload.as_ref(), plan, &progress).await);
            }
            Err(error) => outcomes.push(Outcome {
                what: format!("{} {}", session.scope.account, session.scope.region),
                error: Some(format!("nobody may install here: {}", crate::commands::told(&error))),
                already: false,
            }),
        }
    }
    progress.clear();
    Ok(Some(outcomes))
}

/// What is to be done in one account and region.
async fn of_region(
    judge: &Judge,
    store: &Store,
    payload: Option<&Payload>,
    session: &Session,
    seen: &Seen,
    checked: &Checked,
) -> Result<RegionReport> {
    let mut report = RegionReport {
        account: session.scope.account.to_string(),
        region: session.scope.region.to_string(),
        role: session.role.clone(),
        ..RegionReport::default()
    };
    let mut images = HiddenImages::new(store, &session.scope);
    for look in &seen.domains {
        let findings: Vec<Finding> = owned(checked, look).cloned().collect();
        let has = |rules: &[Rule]| findings.iter().any(|finding| rules.contains(&finding.rule));
        let to_plan = look.to_plan();
        let mut of_domain = Plan::default();
        if let Some(payload) = payload
            && has(&[Rule::LifecycleConfiguration, Rule::LifecycleConfigurationContent])
        {
            of_domain = plan(&desired(session, payload), &to_plan);
        }
        of_domain.edits = with_idle_shutdown(of_domain.edits, judge.wish().desired, &to_plan, &findings);
        report.plan.extend(of_domain);
        let is_on = judge.wish().desired.hidden_instance_types == Some(OnOff::On);
        if is_on && has(&[Rule::HiddenInstanceTypes]) {
            let entries = images.of(&look.id).await?;
            let hidden = plan_hidden(&judge.allowlist, &session.scope, &to_plan, known(), entries, false);
            report.hidden_types.get_or_insert_default().extend(hidden);
        }
    }
    if let Some(payload) = payload {
        let gone = seen.domains.iter().flat_map(|look| look.configs(&session.scope));
        report.lifecycle_configs = needed(session, payload, &report.plan, gone.collect()).await?;
    }
    Ok(report)
}

/// What is ours to mend in this domain.
fn owned<'a>(checked: &'a Checked, look: &'a DomainLook) -> impl Iterator<Item = &'a Finding> {
    let is_here = |finding: &&Finding| finding.fix.owned && finding.place.domain.as_ref() == Some(&look.id);
    checked.findings.iter().filter(is_here)
}

/// What an install without any other flag asks for.
fn desired(session: &Session, payload: &Payload) -> Desired {
    let scope = session.scope.clone();
    let arn = |(host, script): (&Host, &crate::script::Rendered)| (*host, script.name(*host).arn(&scope));
    Desired {
        configs: payload.scripts.iter().map(arn).collect::<BTreeMap<_, _>>(),
        replace_built_in: false,
        replace_default: false,
        native_minutes: None,
        replace_native: false,
        canary: Canary::All,
        scope,
    }
}

/// The lifecycle configurations of this version that the edits bring or that stand there already.
async fn needed(
    session: &Session,
    payload: &Payload,
    plan: &Plan,
    named: BTreeSet<String>,
) -> Result<Vec<ConfigRow>, CallError> {
    let brought = plan.brought();
    let mut rows = Vec::new();
    for (host, script) in &payload.scripts {
        let name = script.name(*host);
        let arn = name.arn(&session.scope);
        if !brought.contains(&arn) && !named.contains(&arn) {
            continue;
        }
        let action = match content(session, &name.name()).await {
            Ok(_) => Verb::Keep,
            Err(error) if error.kind == Kind::NotFound => Verb::Create,
            Err(error) => return Err(error),
        };
        rows.push(ConfigRow { name: name.name(), action });
    }
    Ok(rows)
}

/// Shows the plan, and asks for leave where there is something to do. On stdout only where
/// that is not for a document.
///
/// # Errors
/// When stdout cannot be written, or nobody gives leave.
fn ask(args: &Drift, plans: &[(&Session, RegionReport)]) -> Result<Option<Consent>> {
    let changes: usize = plans.iter().map(|(_, plan)| plan.changes()).sum();
    let go = args.fixing.go();
    let is_asked = go.execute && !go.yes && std::io::stdin().is_terminal();
    for (_, plan) in plans {
        let text = format!("{COMMAND}\n{}\n", render::plan(plan));
        if args.output == DriftOutput::Table && args.out.is_none() {
            crate::commands::print(&text)?;
        } else if is_asked || !go.execute {
            eprintln!("{text}");
        }
    }
    if changes == 0 {
        return Ok(None);
    }
    let allowed = consent(go, &format!("{COMMAND}: {changes} changes"));
    let allowed = allowed.map_err(anyhow::Error::msg).context("nothing was mended")?;
    if allowed.is_none() {
        eprintln!("nothing was changed; hint: --execute does it");
    }
    Ok(allowed)
}

async fn do_it(
    installer: &Session,
    consent: &Consent,
    judge: &Judge,
    store: &Store,
    payload: Option<&Payload>,
    plan: &RegionReport,
    progress: &Progress,
) -> Vec<Outcome> {
    let mut outcomes = Vec::new();
    let mut lacking: BTreeSet<String> = BTreeSet::new();
    let scripts = payload.into_iter().flat_map(|payload| &payload.scripts);
    for (host, script) in scripts {
        let name = script.name(*host);
        let text = name.name();
        if !plan.lifecycle_configs.iter().any(|row| row.name == text) {
            continue;
        }
        progress.say(&format!("lifecycle configuration {text}"));
        let done = act::ensure(installer, consent, &name, script, VERSION).await;
        if done.is_err() {
            lacking.insert(name.arn(&installer.scope));
        }
        let already = matches!(done, Ok(Ensured::WasThere));
        let outcome = apply::outcome(format!("lifecycle configuration {text}"), done.map(drop));
        outcomes.push(Outcome { already, ..outcome });
    }
    let has_all = |edit: &&cost_planner::install::Edit| !edit.after.named().any(|arn| lacking.contains(arn));
    let edits: Vec<_> = plan.plan.edits.iter().filter(has_all).cloned().collect();
    let images = BeforeImages::new(store, &installer.scope);
    let mut settings = Settings::new(installer, (images, id(judge, payload)));
    outcomes.extend(apply::edits(&mut settings, consent, &edits, progress).await);
    if let Some(hidden) = &plan.hidden_types {
        let images = HiddenImages::new(store, &installer.scope);
        let mut settings = settings.remembering((images, allowlist::id(&judge.allowlist)));
        outcomes.extend(apply::edits(&mut settings, consent, &hidden.edits, progress).await);
    }
    outcomes
}

/// The same fix, made again, has the same id, as installs have.
fn id(judge: &Judge, payload: Option<&Payload>) -> String {
    let scripts = payload.into_iter().flat_map(|payload| payload.scripts.values());
    let scripts: Vec<&str> = scripts.map(|script| script.sha256.as_str()).collect();
    let all = format!("{COMMAND} {scripts:?} {:?}", judge.wish().desired.idle_shutdown);
    hex(all.as_bytes())[..16].to_owned()
}
