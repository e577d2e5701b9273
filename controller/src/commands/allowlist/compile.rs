//! `allowlist compile`: documents for others to put in force.

use anyhow::Result;
use cost_planner::allowlist::{Allowlist, PolicyFormat, QuotaVerdict, check_quotas, compile, hidden, quotas};

use super::super::{print, told};
use super::{RulesError, known, rules};
use crate::aws::{Session, Unreached};
use crate::cli::{AllowlistFormat as Format, Compile, Global, Output};
use crate::exit::{Exit, Tally};
use crate::observe::service_quotas;
use crate::render::{self, HiddenRule, QuotasReport};

pub(super) async fn run(global: &Global, args: &Compile) -> Result<Exit> {
    let mut rules = rules(&args.policy.policy, args.also.iter().map(|also| (*also).into()).collect())?;
    if let Some(account) = &args.account {
        rules = rules.of_account(account);
    }
    match args.format {
        Format::Scp => document(&rules, PolicyFormat::Scp, args),
        Format::Iam => document(&rules, PolicyFormat::Iam, args),
        Format::HiddenTypes => hidden_types(&rules, args.output),
        Format::Quotas if args.check => check(global, &rules, args.output).await,
        Format::Quotas => wishes(&rules, args.output),
    }
}

/// Organizations counts white space and IAM does not: the one is written without.
fn document(rules: &Allowlist, format: PolicyFormat, args: &Compile) -> Result<Exit> {
    let document = compile(rules, format, &args.partition).map_err(RulesError::Compile)?;
    print(&match format {
        PolicyFormat::Scp => document.text(),
        PolicyFormat::Iam => render::json(&document),
    })?;
    Ok(Exit::Done)
}

fn hidden_types(rules: &Allowlist, output: Output) -> Result<Exit> {
    let row = |rule: &cost_planner::allowlist::AllowRule| HiddenRule {
        rule: rule.origin.clone(),
        allowed: rule.patterns.iter().map(ToString::to_string).collect(),
        hidden: hidden(rule, known()),
    };
    let rows: Vec<HiddenRule> = rules.rules.iter().map(row).collect();
    print(&render::hidden_types(output == Output::Json, &rows))?;
    Ok(Exit::Done)
}

fn wishes(rules: &Allowlist, output: Output) -> Result<Exit> {
    let wishes = quotas(rules, known());
    say_if_empty(wishes.is_empty());
    print(&render::quota_wishes(output == Output::Json, &wishes))?;
    Ok(Exit::Done)
}

async fn check(global: &Global, rules: &Allowlist, output: Output) -> Result<Exit> {
    let (sessions, unreached) = Session::of_all(global).await?;
    let mut reports = Vec::new();
    for session in &sessions {
        let rules = rules.of_account(&session.scope.account);
        let there = service_quotas(session).await;
        reports.push(QuotasReport {
            account: session.scope.account.to_string(),
            region: session.scope.region.to_string(),
            error: there.as_ref().err().map(ToString::to_string),
            quotas: there.map(|there| check_quotas(&rules, known(), &there)).unwrap_or_default(),
        });
    }
    let unreached = unreached.into_iter().map(|Unreached { region, error }| QuotasReport {
        region,
        error: Some(told(&error)),
        ..QuotasReport::default()
    });
    reports.extend(unreached);
    let is_empty = |report: &QuotasReport| report.error.is_none() && report.quotas.is_empty();
    say_if_empty(reports.iter().any(is_empty));
    print(&render::quotas(output == Output::Json, &reports))?;
    Ok(tally(&reports).exit())
}

fn tally(reports: &[QuotasReport]) -> Tally {
    let mut tally = Tally::default();
    for report in reports {
        tally.failed += usize::from(report.error.is_some());
        tally.well += usize::from(report.error.is_none());
        let is_wrong = |verdict| matches!(verdict, QuotaVerdict::TooHigh | QuotaVerdict::TooLow);
        tally.pending += report.quotas.iter().filter(|row| is_wrong(row.verdict)).count();
    }
    tally
}

fn say_if_empty(is_empty: bool) {
    if is_empty {
        eprintln!(
            "no rule is for a whole account, so every type is allowed somewhere in it and no quota should be 0; \
             hint: [apps] allowed-instance-types"
        );
    }
}
