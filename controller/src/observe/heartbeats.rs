//! When each app's agent was heard last: one metric an app, read 500 at a time.

use cost_planner::coverage::{ALIVE_WITHIN, AppSeen};
use idle_core::{AppName, AppOwner, AppRef, AppType, DomainId, metric};
use jiff::Timestamp;

use super::CallError;
use super::metric_data::{Extent, PART, Points, QUERIES, Query, points};
use crate::aws::Session;

/// Seconds of one data point: a minute, so that the age is known to a minute.
pub(super) const PERIOD: i32 = 60;

/// Seconds of a century: nothing was idle for longer.
pub(super) const MOST_IDLE: f64 = 3.2e9;

/// Fills in the heartbeat of each app. One that cannot be read is unknown, never none.
pub(crate) async fn heartbeats(session: &Session, apps: &mut [AppSeen], now: Timestamp) {
    for batch in apps.chunks_mut(QUERIES) {
        let names: Vec<AppRef> = batch.iter().map(|seen| seen.app.clone()).collect();
        match ask(session, &names, now).await {
            Ok(heard) => batch.iter_mut().zip(heard).for_each(|(seen, heard)| seen.heartbeat = heard),
            Err(error) => batch.iter_mut().for_each(|seen| seen.heartbeat = Err(error.to_string())),
        }
    }
}

async fn ask(
    session: &Session,
    apps: &[AppRef],
    now: Timestamp,
) -> Result<Vec<Result<Option<Timestamp>, String>>, CallError> {
    let of = |app| {
        let AppRef { domain, owner, app_type, name, .. }: &AppRef = app;
        idle_seconds(domain, owner, *app_type, name, "SampleCount")
    };
    let queries: Vec<Query<'_>> = apps.iter().map(of).collect();
    // Twice as long as a heartbeat counts, so that the age of a late one can be said.
    let window = [now.as_second() - 2 * ALIVE_WITHIN.as_secs(), now.as_second() + 60];
    let answers = points(session, &queries, window, PERIOD).await?;
    Ok(answers.into_iter().map(|answer| heard(&answer, now)).collect())
}

/// A part of the answer shows that there is a heartbeat, but never that there is none.
fn heard(answer: &Points, now: Timestamp) -> Result<Option<Timestamp>, String> {
    let latest = answer.latest.map(|(at, _)| at);
    let is_alive = latest.is_some_and(|at| now.duration_since(at) <= ALIVE_WITHIN);
    match answer.extent() {
        Extent::Whole => Ok(latest),
        Extent::Part if is_alive => Ok(latest),
        Extent::Part => Err(PART.to_owned()),
        Extent::Nothing(why) => Err(why),
    }
}

/// The idle time of one app.
pub(super) fn idle_seconds<'a>(
    domain: &'a DomainId,
    owner: &'a AppOwner,
    app_type: AppType,
    name: &'a AppName,
    stat: &'static str,
) -> Query<'a> {
    let values = [domain.as_str(), owner.name(), app_type.as_str(), name.as_str()];
    let dimensions = metric::IDLE_SECONDS.dimensions.iter().copied().zip(values).collect();
    Query { namespace: metric::NAMESPACE, name: metric::IDLE_SECONDS.name, dimensions, stat }
}
