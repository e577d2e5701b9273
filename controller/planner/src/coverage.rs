//! Which running apps an agent watches.

use idle_core::AppRef;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use crate::install::{ConfigName, Host, Scope};

/// A heartbeat older than this is none: three of the agent's five-minute steps.
pub const ALIVE_WITHIN: SignedDuration = SignedDuration::from_mins(15);

/// A running app as it was seen.
#[derive(Debug, Clone)]
pub struct AppSeen {
    /// Which.
    pub app: AppRef,
    /// The lifecycle configurations that it started with; or why that is not known.
    pub configs: Result<Vec<String>, String>,
    /// When its agent was heard last; or why that is not known.
    pub heartbeat: Result<Option<Timestamp>, String>,
}

/// What is known of one app.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Row {
    /// Which app.
    pub app: AppRef,
    /// What it comes to.
    pub state: State,
    /// The lifecycle configuration of ours that it started with.
    pub config: Option<String>,
    /// Seconds since its agent was heard.
    pub heartbeat_age_seconds: Option<i64>,
    /// Why it is not covered.
    pub reason: Option<String>,
}

/// What it comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Its agent is heard.
    Covered,
    /// It is not.
    Uncovered,
    /// It cannot be said.
    Unknown,
    /// No agent can run in it.
    CannotHost,
}

/// The row of one app.
#[must_use]
pub fn row(scope: &Scope, seen: &AppSeen, now: Timestamp) -> Row {
    let AppSeen { app, configs, heartbeat } = seen;
    let ours = configs.iter().flatten().find(|arn| ConfigName::of_arn(arn, scope).is_some());
    let config = ours.and_then(|arn| ConfigName::of_arn(arn, scope)).map(|name| name.name());
    let age = heartbeat.as_ref().ok().copied().flatten().map(|at| now.duration_since(at));
    let (state, reason) = judge(app, config.as_deref(), configs, heartbeat, age, now);
    Row { app: app.clone(), state, config, heartbeat_age_seconds: age.map(|age| age.as_secs()), reason }
}

fn judge(
    app: &AppRef,
    config: Option<&str>,
    configs: &Result<Vec<String>, String>,
    heartbeat: &Result<Option<Timestamp>, String>,
    age: Option<SignedDuration>,
    now: Timestamp,
) -> (State, Option<String>) {
    if Host::of(app.app_type).is_none() {
        return (State::CannotHost, Some(format!("{} runs no lifecycle configuration", app.app_type)));
    }
    let because = |state, reason: &str| (state, Some(reason.to_owned()));
    if age.is_some_and(|age| age <= ALIVE_WITHIN) {
        return (State::Covered, config.is_none().then(|| "not started by our lifecycle configuration".to_owned()));
    }
    match (configs, config, heartbeat) {
        (_, _, Err(error)) => because(State::Unknown, &format!("heartbeat not known: {error}")),
        (Err(error), _, _) => because(State::Unknown, &format!("lifecycle configuration not known: {error}")),
        (Ok(_), None, Ok(_)) => because(State::Uncovered, "started without ours; hint: it comes with the next start"),
        (Ok(_), Some(_), Ok(_)) if is_young(app, now) => because(State::Unknown, "just started, not heard yet"),
        (Ok(_), Some(_), Ok(_)) => {
            because(State::Uncovered, "started with ours, but not heard; hint: cloudwatch:PutMetricData, agent's log")
        }
    }
}

fn is_young(app: &AppRef, now: Timestamp) -> bool {
    app.created_at.is_some_and(|created| now.duration_since(created) < ALIVE_WITHIN)
}

/// The whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Totals {
    /// Apps whose agent is heard.
    pub covered: usize,
    /// Apps whose agent is not.
    pub uncovered: usize,
    /// Apps of which it cannot be said.
    pub unknown: usize,
    /// Apps in which no agent can run.
    pub cannot_host: usize,
    /// Covered ones of a hundred that could be, rounded down: unknown is not
    /// covered. `None` where there is none.
    pub percent: Option<usize>,
}

/// The sum of these rows.
#[must_use]
pub fn totals(rows: &[Row]) -> Totals {
    let count = |state| rows.iter().filter(|row| row.state == state).count();
    let [covered, uncovered, unknown] = [State::Covered, State::Uncovered, State::Unknown].map(count);
    let percent = (covered * 100).checked_div(covered + uncovered + unknown);
    Totals { covered, uncovered, unknown, cannot_host: count(State::CannotHost), percent }
}
