//! Since when and by whom, and the history that it is known from.

use anyhow::Error;
use cost_planner::drift::Checked;

use super::Judge;
use super::look::Looked;
use crate::aws::Session;
use crate::cli::{Drift, Global};
use crate::observe::tell_who;
use crate::record::{DriftDocument, StoreError, drift_since, read_drift, write_drift};
use crate::render::{DriftRegion, Progress};

/// The regions of the report, with what is known of each finding beside what was found.
pub(super) async fn all(global: &Global, args: &Drift, judge: &Judge, looks: Vec<Looked<'_>>) -> Vec<DriftRegion> {
    let progress = Progress::new(global.no_progress);
    let mut regions = Vec::new();
    for Looked { session, unified: _, seen } in looks {
        let region = region(session);
        regions.push(match seen {
            Err(error) => DriftRegion { error: Some(error), ..region },
            Ok((_, checked)) => of_region(args, judge, session, checked, region, &progress).await,
        });
    }
    progress.clear();
    regions
}

fn region(session: &Session) -> DriftRegion {
    DriftRegion {
        account: session.scope.account.to_string(),
        region: session.scope.region.to_string(),
        role: session.role.clone(),
        ..DriftRegion::default()
    }
}

async fn of_region(
    args: &Drift,
    judge: &Judge,
    session: &Session,
    checked: Checked,
    mut region: DriftRegion,
    progress: &Progress,
) -> DriftRegion {
    let Checked { findings, unseen, domains } = checked;
    (region.findings, region.unseen, region.domains) = (findings, unseen, domains);
    if args.who {
        region.who_unread = tell_who(session, &mut region.findings, progress).await;
    }
    let kept = history(judge, session, &mut region).await;
    region.history_unread = kept.err().map(|error| format!("{:#}", Error::from(error)));
    region
}

/// Notes since when, and writes down what was found.
///
/// # Errors
/// When the history could not be read or written.
async fn history(judge: &Judge, session: &Session, region: &mut DriftRegion) -> Result<(), StoreError> {
    let Some(store) = &judge.evidence else { return Ok(()) };
    let history = read_drift(store, &session.scope).await?;
    drift_since(&mut region.findings, &history, judge.at);
    let document = DriftDocument {
        rules: judge.rules.clone(),
        domains: region.domains.clone(),
        findings: region.findings.clone(),
        unseen: region.unseen.clone(),
        ..DriftDocument::new(&session.scope, &judge.run, judge.at, &judge.policy.sha256)
    };
    write_drift(store, &session.scope, &document).await
}
