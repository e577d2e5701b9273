//! What agents counted and said last before their apps were gone. Asked for what is gone alone.

use std::collections::{BTreeMap, BTreeSet};

use cost_ledger::Resource;
use cost_ledger::advance::{AgentGroup, GoneRun, group};
use idle_core::metric;
use jiff::{SignedDuration, Timestamp};

use super::CallError;
use super::heartbeats::{PERIOD, idle_seconds};
use super::idle_times::{Idleness, idle_times};
use super::metric_data::{QUERIES, Query, all_points, points};
use crate::aws::Session;

/// Heartbeats of what is gone are read from so far before it was seen last: for longer than that
/// it was told to be idle already.
const BEFORE: SignedDuration = SignedDuration::from_hours(3);

/// The furthest back that is read: CloudWatch keeps points of a minute for 15 days.
const MOST_BACK: SignedDuration = SignedDuration::from_hours(14 * 24);

/// How many stops each group counted since the look before, up to `at`. Groups are those in which
/// something is gone, and that of agents that could not learn their instance type.
///
/// # Errors
/// When not all could be read: a part of a count is none.
pub(crate) async fn stop_counts(
    session: &Session,
    gone: &[GoneRun],
    at: Timestamp,
) -> Result<BTreeMap<AgentGroup, u64>, CallError> {
    let mut since: BTreeMap<AgentGroup, i64> = BTreeMap::new();
    for run in gone {
        let (Some([domain, app_type, instance_type]), Some(seen)) = (group(run), run.seen_last) else { continue };
        for instance_type in [instance_type, "unknown".to_owned()] {
            let earliest = since.entry([domain.clone(), app_type.clone(), instance_type]).or_insert(i64::MAX);
            *earliest = seen.as_second().min(*earliest);
        }
    }
    let mut counts = BTreeMap::new();
    // Kinds may have been looked at at different times: each window is asked for by itself.
    for from in since.values().copied().collect::<BTreeSet<i64>>() {
        let groups: Vec<&AgentGroup> =
            since.iter().filter(|(_, since)| **since == from).map(|(group, _)| group).collect();
        for batch in groups.chunks(QUERIES) {
            let queries: Vec<Query<'_>> = batch.iter().map(|group| stopped(group)).collect();
            // To the end of this look's minute and no further: an agent counts before its app is gone, and
            // what is counted later is of the next look.
            let window = [from.max((at - MOST_BACK).as_second()), next_minute(at.as_second())];
            for (group, counted) in batch.iter().zip(points(session, &queries, window, PERIOD).await?) {
                if let Some(why) = counted.gap() {
                    return Err(CallError::unclear("GetMetricData", &why).of("AppStopped"));
                }
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count")]
                counts.insert((*group).clone(), counted.sum.round().max(0.0) as u64);
            }
        }
    }
    Ok(counts)
}

/// The last time of idleness of each app that is gone, by its place in `gone`.
///
/// # Errors
/// When not all could be read.
pub(crate) async fn last_idleness(
    session: &Session,
    gone: &[GoneRun],
    at: Timestamp,
) -> Result<BTreeMap<usize, Idleness>, CallError> {
    let mut heard = BTreeMap::new();
    let asked: Vec<(usize, &GoneRun)> = gone.iter().enumerate().filter(|(_, run)| query(run).is_some()).collect();
    for batch in asked.chunks(QUERIES) {
        let queries: Vec<Query<'_>> = batch.iter().filter_map(|(_, run)| query(run)).collect();
        let seen = batch.iter().filter_map(|(_, run)| run.seen_last).min().unwrap_or(at);
        let from = (seen - BEFORE).max(at - MOST_BACK).as_second();
        let answers = all_points(session, &queries, [from, at.as_second()], PERIOD).await?;
        for ((n, run), points) in batch.iter().zip(answers) {
            if let (None, Some(mut all)) = (points.gap(), points.all) {
                let last = idle_times(&mut all, run.key.began.as_second()).pop();
                heard.extend(last.filter(|time| !time.work_returned).map(|time| (*n, time)));
            }
        }
    }
    Ok(heard)
}

/// The begin of the minute after this second: CloudWatch keeps what is counted by the minute.
fn next_minute(second: i64) -> i64 {
    second - second.rem_euclid(60) + 60
}

fn stopped(group: &AgentGroup) -> Query<'_> {
    let values = group.iter().map(String::as_str);
    let dimensions = metric::APP_STOPPED.dimensions.iter().copied().zip(values).collect();
    Query { namespace: metric::NAMESPACE, name: metric::APP_STOPPED.name, dimensions, stat: "Sum" }
}

/// The idle time of a run; `None` of what hosts no agent.
fn query(run: &GoneRun) -> Option<Query<'_>> {
    match &run.resource {
        Resource::App { domain, owner, app_type, name } => {
            cost_planner::install::Host::of(*app_type)?;
            Some(idle_seconds(domain, owner, *app_type, name, "Minimum"))
        }
        Resource::NotebookInstance(name) => {
            let metric = metric::IDLE_SECONDS_OF_NOTEBOOK_INSTANCE;
            let dimensions = metric.dimensions.iter().map(|dimension| (*dimension, name.as_str())).collect();
            Some(Query { namespace: metric::NAMESPACE, name: metric.name, dimensions, stat: "Minimum" })
        }
        _ => None,
    }
}
