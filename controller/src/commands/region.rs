//! What the changing commands have in common for each region.

use std::collections::BTreeSet;
use std::io::IsTerminal;

use anyhow::Result;
use cost_planner::install::{DomainSeen, Plan};

use crate::act::{Consent, consent};
use crate::aws::{Session, Unreached};
use crate::cli::{Global, Go, Output, Undo};
use crate::exit::{Exit, Tally};
use crate::observe::{CallError, Kind, content};
use crate::render::{self, Progress, RegionReport, Report};

/// A way back in every region: `plan` fills in a report, `act` does what it says.
///
/// # Errors
/// When nothing can be asked, or stdout cannot be written.
pub(super) async fn undo(
    command: &'static str,
    global: &Global,
    args: &Undo,
    plan: impl AsyncFn(&Session, &Progress, &mut RegionReport) -> Result<()>,
    act: impl AsyncFn(&Session, &Consent, &Progress, &mut RegionReport),
) -> Result<Exit> {
    run(command, global, args.go, args.output, plan, act).await
}

/// A changing command in every region: `plan` fills in a report, `act` does what it says.
///
/// # Errors
/// When nothing can be asked, or stdout cannot be written.
pub(super) async fn run(
    command: &'static str,
    global: &Global,
    go: Go,
    output: Output,
    plan: impl AsyncFn(&Session, &Progress, &mut RegionReport) -> Result<()>,
    act: impl AsyncFn(&Session, &Consent, &Progress, &mut RegionReport),
) -> Result<Exit> {
    let (sessions, unreached) = Session::of_all(global).await?;
    let progress = Progress::new(global.no_progress);
    let mut reports = Vec::new();
    for session in &sessions {
        reports.push(look(session, async |report| plan(session, &progress, report).await).await);
    }
    reports.extend(unreached_reports(unreached));
    progress.clear();
    let (consent, mut reports) = match ask(command, go, output, reports)? {
        Ok(allowed) => allowed,
        Err(exit) => return Ok(exit),
    };
    let progress = Progress::new(global.no_progress);
    for (session, report) in sessions.iter().zip(&mut reports) {
        act(session, &consent, &progress, report).await;
    }
    progress.clear();
    tell(command, output, reports)
}

/// The report of this region with its plan; with none of it where not all of it
/// could be looked at, because a part of a plan is not what anybody agreed to.
pub(super) async fn look(session: &Session, plan: impl AsyncFnOnce(&mut RegionReport) -> Result<()>) -> RegionReport {
    let mut planned = report(session);
    match plan(&mut planned).await {
        Ok(()) => planned,
        Err(error) => RegionReport { error: Some(super::told(&error)), ..report(session) },
    }
}

/// The report of this region, still without a plan.
fn report(session: &Session) -> RegionReport {
    RegionReport {
        account: session.scope.account.to_string(),
        region: session.scope.region.to_string(),
        role: session.role.clone(),
        ..RegionReport::default()
    }
}

/// The plan with nothing in place of lifecycle configurations that it would bring
/// back and that are no longer there.
///
/// # Errors
/// When one could not be looked for.
pub(super) async fn without_missing(session: &Session, plan: Plan) -> Result<Plan, CallError> {
    let mut gone = BTreeSet::new();
    for arn in plan.brought() {
        let name = arn.rsplit('/').next().unwrap_or_default();
        match content(session, name).await {
            Ok((found, _)) if found == arn => {}
            Err(error) if error.kind != Kind::NotFound => return Err(error),
            _ => drop(gone.insert(arn)),
        }
    }
    Ok(plan.without(&gone))
}

/// The reports of regions in which nobody answers who we are.
pub(super) fn unreached_reports(regions: Vec<Unreached>) -> impl Iterator<Item = RegionReport> {
    regions.into_iter().map(|Unreached { region, error }| RegionReport {
        region,
        error: Some(format!("{error:#}")),
        ..RegionReport::default()
    })
}

/// Whether a whole scan was seen.
pub(super) fn is_whole(seen: &[DomainSeen]) -> bool {
    seen.iter().all(|domain| domain.domain.is_ok() && domain.user_profiles.is_ok())
}

/// Shows the plans; asks for leave where there is something to do. `Err` with the
/// exit code where it ends here.
///
/// # Errors
/// When stdout cannot be written.
pub(super) fn ask(
    command: &'static str,
    go: Go,
    output: Output,
    reports: Vec<RegionReport>,
) -> Result<Result<(Consent, Vec<RegionReport>), Exit>> {
    if output == Output::Table {
        for report in &reports {
            super::print(&render::plan(report))?;
        }
    }
    // Whoever is asked sees what for: stdout is for the document of what came of it.
    if output == Output::Json && go.execute && !go.yes && std::io::stdin().is_terminal() {
        reports.iter().for_each(|report| eprintln!("{}", render::plan(report)));
    }
    let changes: usize = reports.iter().map(RegionReport::changes).sum();
    let allowed = if changes == 0 { Ok(None) } else { consent(go, &format!("{command}: {changes} changes")) };
    let refused = match allowed {
        Ok(Some(consent)) => return Ok(Ok((consent, reports))),
        Ok(None) => false,
        Err(why) => {
            eprintln!("error: {why}");
            true
        }
    };
    let mut tally = tally(&reports);
    tally.refused += usize::from(refused);
    tally.pending = if go.check { changes } else { 0 };
    if changes > 0 && !refused {
        eprintln!("nothing was changed; hint: --execute does it");
    }
    if output == Output::Json {
        super::print(&render::json(&Report::new(command, false, reports)))?;
    }
    Ok(Err(tally.exit()))
}

/// Shows what came of it.
///
/// # Errors
/// When stdout cannot be written.
pub(super) fn tell(command: &'static str, output: Output, reports: Vec<RegionReport>) -> Result<Exit> {
    let tally = tally(&reports);
    match output {
        Output::Table => reports.iter().try_for_each(|report| super::print(&render::outcomes(report)))?,
        Output::Json => super::print(&render::json(&Report::new(command, true, reports)))?,
    }
    Ok(tally.exit())
}

fn tally(reports: &[RegionReport]) -> Tally {
    let mut tally = Tally::default();
    for report in reports {
        let notebooks = report.notebook_instances.iter().flat_map(|plan| &plan.refusals);
        let hidden = report.hidden_types.iter().flat_map(|plan| &plan.refusals);
        for refusal in report.plan.refusals.iter().chain(notebooks).chain(hidden) {
            match refusal.why {
                cost_planner::install::Why::Unseen { .. } => tally.failed += 1,
                _ => tally.refused += 1,
            }
        }
        tally.failed += usize::from(report.error.is_some());
        tally.failed += report.outcomes.iter().filter(|outcome| outcome.error.is_some()).count();
        tally.well += report.outcomes.iter().filter(|outcome| outcome.error.is_none()).count();
        tally.well += report.plan.unchanged + report.hidden_types.as_ref().map_or(0, |plan| plan.unchanged);
    }
    tally
}
