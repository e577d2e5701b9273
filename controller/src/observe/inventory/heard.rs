//! What was heard of each agent: the latest value of its one metric.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use cost_planner::install::Host;
use cost_planner::snapshot::{App, AppStatus, Heartbeat, IdleTime, NotebookInstance};
use idle_core::{AppOwner, metric};
use jiff::{SignedDuration, Timestamp};

use crate::aws::Session;
use crate::observe::heartbeats::{MOST_IDLE, PERIOD, idle_seconds};
use crate::observe::idle_times::idle_times;
use crate::observe::metric_data::{Points, QUERIES, Query, all_points, points};
use crate::observe::{CallError, Watcher};

/// CloudWatch takes points of up to two hours ahead: an agent whose clock is fast must
/// not look like one that was heard a while ago.
const AHEAD: SignedDuration = SignedDuration::from_mins(125);

/// Clocks may differ by so much.
const SKEW: SignedDuration = SignedDuration::from_mins(1);

/// Fills in the heartbeat of each app in service that can host an agent. Returns their times of
/// idleness, where those are wanted: all points are kept for it, of one call at a time.
pub(super) async fn of_apps(
    session: &Session,
    apps: &mut [App],
    within: SignedDuration,
    with_idle_times: bool,
    progress: &dyn Watcher,
) -> Vec<IdleTime> {
    let mut idle = Vec::new();
    let asked: Vec<u32> = (0..).zip(&*apps).filter(|(_, app)| can_be_heard(app)).map(|(n, _)| n).collect();
    let shared = shared(apps, &asked);
    let now = Timestamp::now();
    for (n, batch) in asked.chunks(QUERIES).enumerate() {
        progress.say(&format!("{}: heartbeats of {} of {}", session.scope.region, n * QUERIES, asked.len()));
        let queries: Vec<Query<'_>> = batch.iter().map(|n| query(&apps[*n as usize])).collect();
        let heard = match with_idle_times {
            true => all_points(session, &queries, window(within, now), PERIOD).await,
            false => points(session, &queries, window(within, now), PERIOD).await,
        };
        for (n, points) in batch.iter().zip(spread(heard, batch.len())) {
            let app = &mut apps[*n as usize];
            app.heartbeat = match points {
                _ if shared.contains(n) => Heartbeat::Unread(SHARED.into()),
                Ok(mut points) => {
                    idle.extend(idle_of(&mut points, *n, app.created_at));
                    heartbeat(&points, app.created_at, now)
                }
                Err(why) => Heartbeat::Unread(why),
            };
        }
    }
    idle
}

/// The times of idleness of one app. A part of its heartbeats shows none that is whole.
fn idle_of(points: &mut Points, app: u32, began: Option<Timestamp>) -> Vec<IdleTime> {
    let (None, Some(began), Some(mut all)) = (points.gap(), began, points.all.take()) else { return Vec::new() };
    let time = |seconds| Timestamp::from_second(seconds).ok();
    let times = idle_times(&mut all, began.as_second()).into_iter();
    let told = times.filter_map(|idleness| {
        // A second of the begin is lost: no app was idle before it was there.
        let since = time(idleness.since)?.max(began);
        Some(IdleTime { app, since, until: time(idleness.until)?, work_returned: idleness.work_returned })
    });
    told.collect()
}

/// Fills in the heartbeat of each notebook instance in service. `LastModifiedTime`
/// moves when one is started: what was heard before was another run.
pub(super) async fn of_notebook_instances(
    session: &Session,
    instances: &mut [NotebookInstance],
    within: SignedDuration,
) {
    let mut asked: Vec<&mut NotebookInstance> =
        instances.iter_mut().filter(|instance| instance.status == "InService").collect();
    let now = Timestamp::now();
    for batch in asked.chunks_mut(QUERIES) {
        let name = metric::IDLE_SECONDS_OF_NOTEBOOK_INSTANCE.name;
        let query = |instance: &&mut NotebookInstance| instance.name.clone();
        let names: Vec<_> = batch.iter().map(query).collect();
        let queries: Vec<Query<'_>> = names
            .iter()
            .map(|of| {
                let dimensions = metric::IDLE_SECONDS_OF_NOTEBOOK_INSTANCE.dimensions.iter().copied();
                let dimensions = dimensions.map(|dimension| (dimension, of.as_str())).collect();
                Query { namespace: metric::NAMESPACE, name, dimensions, stat: LEAST }
            })
            .collect();
        let heard = read(session, &queries, within, now).await;
        for (instance, points) in batch.iter_mut().zip(spread(heard, names.len())) {
            instance.heartbeat = match points {
                Ok(points) => heartbeat(&points, instance.modified_at.max(instance.created_at), now),
                Err(why) => Heartbeat::Unread(why),
            };
        }
    }
}

/// Of two values within a minute the one that speaks for the shorter idleness.
const LEAST: &str = "Minimum";

const SHARED: &str = "a space and a user profile have this name: their heartbeats cannot be told apart";

fn can_be_heard(app: &App) -> bool {
    app.status == AppStatus::InService && Host::of(app.app_type).is_some()
}

fn query(app: &App) -> Query<'_> {
    idle_seconds(&app.domain, &app.owner, app.app_type, &app.name, LEAST)
}

/// The heartbeat of one app as it is now.
pub(crate) async fn of_app(session: &Session, app: &App, within: SignedDuration) -> Heartbeat {
    let now = Timestamp::now();
    match read(session, &[query(app)], within, now).await.as_deref() {
        Ok([points]) => heartbeat(points, app.created_at, now),
        Ok(_) => Heartbeat::Unread("CloudWatch left it out".into()),
        Err(error) => Heartbeat::Unread(error.to_string().into()),
    }
}

/// Fills in the heartbeat of one notebook instance as it is now.
pub(crate) async fn of_notebook_instance(session: &Session, instance: &mut NotebookInstance, within: SignedDuration) {
    of_notebook_instances(session, std::slice::from_mut(instance), within).await;
}

async fn read(
    session: &Session,
    queries: &[Query<'_>],
    within: SignedDuration,
    now: Timestamp,
) -> Result<Vec<Points>, CallError> {
    points(session, queries, window(within, now), PERIOD).await
}

fn window(within: SignedDuration, now: Timestamp) -> [i64; 2] {
    [now.as_second() - within.as_secs(), now.as_second() + AHEAD.as_secs()]
}

/// An answer for each of so many, all of one text where there is none.
fn spread(read: Result<Vec<Points>, CallError>, of: usize) -> Vec<Result<Points, Arc<str>>> {
    match read {
        Ok(points) => points.into_iter().map(Ok).collect(),
        Err(error) => {
            let why: Arc<str> = error.to_string().into();
            vec![Err(why); of]
        }
    }
}

/// What the points say of what began at this time.
fn heartbeat(points: &Points, began: Option<Timestamp>, now: Timestamp) -> Heartbeat {
    let unread = |why: &str| Heartbeat::Unread(why.into());
    if let Some(why) = points.gap() {
        return unread(&why);
    }
    let Some((at, value)) = points.latest else { return Heartbeat::Silent };
    if at > now + SKEW {
        return unread("its latest heartbeat lies in the future");
    }
    let Some(began) = began else {
        return unread("no creation time: the heartbeat may be an earlier app's");
    };
    // CloudWatch's points have no finer time than a minute.
    if at.as_second() < began.as_second() - began.as_second().rem_euclid(60) {
        return Heartbeat::Silent;
    }
    if !(0.0..=MOST_IDLE).contains(&value) {
        return unread("its latest heartbeat is no number of seconds");
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked just above, and less of it")]
    Heartbeat::Heard { at, idle_seconds: least_idle(points, at, value) as u64 }
}

/// For how long it has been idle at `at` by every word of the last minutes, not by the last one
/// alone: whoever may publish metrics can say that somebody else's app is idle, but cannot take
/// back that its own agent said it is at work.
#[expect(clippy::cast_precision_loss, reason = "some minutes")]
fn least_idle(points: &Points, at: Timestamp, value: f64) -> f64 {
    let by_each = points.recent.iter().map(|(told, idle)| idle + at.duration_since(*told).as_secs() as f64);
    by_each.fold(value, f64::min).max(0.0)
}

/// Those of `asked` whose metric is another one's, too: it has one name for spaces and user profiles.
fn shared(apps: &[App], asked: &[u32]) -> BTreeSet<u32> {
    let key = |n: u32| {
        let App { domain, owner, app_type, name, .. } = &apps[n as usize];
        (domain.as_str(), owner.name(), *app_type, name.as_str())
    };
    let in_space = |n: &u32| matches!(apps[*n as usize].owner, AppOwner::Space(_));
    let profiles = asked.iter().copied().filter(|n| !in_space(n));
    let profiles: BTreeMap<_, u32> = profiles.map(|n| (key(n), n)).collect();
    let spaces = asked.iter().copied().filter(in_space);
    spaces.filter_map(|n| Some([n, *profiles.get(&key(n))?])).flatten().collect()
}

#[cfg(test)]
mod tests {
    use aws_sdk_cloudwatch::primitives::DateTime;
    use aws_sdk_cloudwatch::types::{MetricDataResult, StatusCode};

    use super::*;

    /// What points of so many minutes ago and seconds of idleness come to.
    fn heard(told: &[(i64, f64)]) -> Heartbeat {
        let now = Timestamp::from_second(1_800_000_000).expect("a time");
        let ats = told.iter().map(|(minutes, _)| DateTime::from_secs(now.as_second() - minutes * 60));
        let result = MetricDataResult::builder().set_timestamps(Some(ats.collect()));
        let result = result.set_values(Some(told.iter().map(|(_, idle)| *idle).collect()));
        let mut points = Points::default();
        points.add(&result.status_code(StatusCode::Complete).build());
        heartbeat(&points, Some(now - SignedDuration::from_hours(24)), now)
    }

    fn idle(told: &[(i64, f64)]) -> u64 {
        match heard(told) {
            Heartbeat::Heard { idle_seconds, .. } => idle_seconds,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_word_of_idleness_does_not_take_back_that_there_was_work_minutes_before() {
        assert_eq!(idle(&[(1, 9_000.0)]), 9_000, "nothing else was heard");
        assert_eq!(idle(&[(1, 9_000.0), (4, 0.0)]), 180, "idle for as long as since the work at most");
        assert_eq!(idle(&[(4, 0.0), (1, 9_000.0)]), 180, "in any order");
        assert_eq!(idle(&[(1, 9_000.0), (6, 8_700.0)]), 9_000, "both agree");
        assert_eq!(idle(&[(1, 9_000.0), (10, 0.0)]), 9_000, "what was heard before that is over");
        assert_eq!(idle(&[(1, 9_000.0), (3, -5.0)]), 115, "nonsense speaks for work");
    }
}
