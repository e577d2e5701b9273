//! `drift`: where what stands in AWS is not what the policy's `[desired]` asks for.

mod fix;
mod look;
mod remember;
mod unified;

use anyhow::Result;
use aws_config::SdkConfig;
use cost_planner::allowlist::{Allowlist, AllowlistError};
use cost_planner::dashboard::drift_metrics;
use cost_planner::drift::{Level, Rule, Seen, Wish};
use cost_planner::snapshot::Unreached;
use futures_util::StreamExt;
use jiff::Timestamp;
use thiserror::Error;

use super::allowlist::known;
use super::planning::{Policy, policy};
use super::report::write as write_out;
use super::sealing;
use crate::act;
use crate::aws::{self, Opened, Session, config};
use crate::cli::{Drift, DriftOutput, Global};
use crate::exit::{Exit, Tally};
use crate::record::{self, Place, Store, StoreError};
use crate::render::{self, DriftRegion, DriftReport, Progress};
use look::Looked;

/// A policy by which nothing can be judged.
#[derive(Debug, Error)]
pub(super) enum DesiredError {
    #[error("the policy asks for nothing; hint: [desired], as the example policy shows it")]
    Nothing,
    #[error("the policy's allowlist")]
    Allowlist(#[from] AllowlistError),
}

/// What every account and region is judged by.
struct Judge {
    policy: Policy,
    allowlist: Allowlist,
    at: Timestamp,
    /// The run, by which its documents are named.
    run: String,
    /// The history.
    evidence: Option<Store>,
    artifacts: Option<Store>,
    /// What is looked for.
    rules: Vec<Rule>,
}

impl Judge {
    fn wish(&self) -> Wish<'_> {
        Wish { desired: self.policy.rules.desired(), allowlist: &self.allowlist, known: known() }
    }
}

pub(super) async fn run(global: &Global, args: &Drift) -> Result<Exit> {
    let policy = policy(global, &args.deciding()).await?;
    let mut rules = policy.rules.desired().rules();
    if !args.domain.is_empty() {
        rules.retain(|rule| !unified::is_of_unified_studio(*rule));
    }
    if rules.is_empty() {
        return Err(DesiredError::Nothing.into());
    }
    let base = config(global.region.first().map(String::as_str)).await;
    let judge = Judge {
        allowlist: Allowlist::of(&policy.rules, Default::default()).map_err(DesiredError::Allowlist)?,
        at: Timestamp::now(),
        run: act::run_id(Timestamp::now(), fastrand::u32(..)),
        evidence: open(args.evidence.place(), &base)?,
        artifacts: open(args.fixing.artifacts().map(|artifacts| artifacts.place()), &base)?,
        policy,
        rules,
    };
    let Opened { sessions, unreached } = aws::open(global, &args.scopes).await?;
    let mut looks = all(global, args, &judge, &sessions).await;
    let mut fixed = None;
    if args.fixing.fix {
        fixed = fix::run(global, args, &judge, &looks).await?;
        if fixed.is_some() {
            looks = all(global, args, &judge, &sessions).await;
        }
    }
    let mut regions = remember::all(global, args, &judge, looks).await;
    regions.extend(unreached.into_iter().map(not_reached));
    let unsealed = seal(&judge).await;
    let mut report = DriftReport::new(judge.at, &judge.policy.sha256, judge.rules.clone(), regions);
    report.fixed = fixed;
    if args.metrics {
        let data = drift_metrics(&report.rules, report.findings(), report.unseen(), judge.at);
        if let Err(error) = record::metrics::publish(&base, &data).await {
            eprintln!("metrics: {error}");
        }
    }
    tell(args, &report)?;
    let mut tally = tally(&report);
    if let Some(why) = unsealed {
        eprintln!("{why}");
        tally.failed += 1;
    }
    Ok(tally.exit())
}

/// Keeps the policy and seals it with what this run wrote down; returns what is wrong, in one line.
async fn seal(judge: &Judge) -> Option<String> {
    let store = judge.evidence.as_ref()?;
    if let Err(error) = record::keep_policy(store, &judge.policy.text).await {
        return Some(super::told(&error.into()));
    }
    sealing::own(store, Some(&judge.run)).await
}

fn open(place: Option<Place>, base: &SdkConfig) -> Result<Option<Store>, StoreError> {
    place.map(|place| Store::open(&place, base)).transpose()
}

/// Every account and region, side by side, in the order of the sessions.
async fn all<'a>(global: &Global, args: &Drift, judge: &Judge, sessions: &'a [Session]) -> Vec<Looked<'a>> {
    let progress = Progress::new(global.no_progress);
    let looks = futures_util::stream::iter(sessions)
        .map(async |session| look::look(args, judge, session, &progress).await)
        .buffered(args.scopes.concurrency);
    let mut looks: Vec<Looked<'a>> = looks.collect().await;
    progress.clear();
    unified::judge(judge.policy.rules.desired(), &mut looks);
    looks
}

fn not_reached(Unreached { account, region, why }: Unreached) -> DriftRegion {
    DriftRegion {
        account: account.map(|account| account.to_string()).unwrap_or_default(),
        region: region.unwrap_or_default(),
        error: Some(format!("not reached: {why}")),
        ..DriftRegion::default()
    }
}

fn tell(args: &Drift, report: &DriftReport) -> Result<()> {
    write_out(args.out.as_deref(), &mut |to| {
        let text = match args.output {
            DriftOutput::Table => render::drift(report),
            DriftOutput::Json => render::json(report),
            DriftOutput::Sarif => render::json(&render::sarif(report)),
        };
        Ok(writeln!(to, "{text}")?)
    })
}

/// What was not seen outweighs what was found: it may hide more. A warning is no drift yet.
fn tally(report: &DriftReport) -> Tally {
    let failed = report.fixed.iter().flatten().filter(|outcome| outcome.error.is_some()).count();
    let forgotten = report.regions.iter().filter(|region| region.history_unread.is_some()).count();
    Tally {
        well: report.regions.iter().filter(|region| region.error.is_none()).count(),
        failed: report.unseen() + failed + forgotten,
        refused: 0,
        pending: report.findings().filter(|finding| finding.level == Level::Error).count(),
    }
}
