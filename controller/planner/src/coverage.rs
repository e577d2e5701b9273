//! Which running apps an agent watches.

use std::collections::BTreeMap;

use idle_core::{AppRef, AppType, DomainId};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

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

/// What is known of our lifecycle configurations in one account and region.
#[derive(Debug, Clone, Default)]
pub struct ConfigsSeen {
    /// The version that each was installed as, by ARN.
    pub versions: BTreeMap<String, String>,
    /// The ARNs that the settings of each domain name.
    pub attached: BTreeMap<DomainId, Vec<String>>,
}

/// A running app that is not understood: its names break SageMaker's rules, or its
/// app type is newer than we are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppUnclear {
    /// Its names as they were listed.
    pub app: String,
    /// What is not understood.
    pub why: String,
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
    /// The version that this was installed as, where its tags could be read.
    pub version: Option<String>,
    /// Whether it is what the settings of the domain name now; `None` where they
    /// name none of ours for this app type, or could not be read.
    pub current: Option<bool>,
    /// Seconds since its agent was heard.
    pub heartbeat_age_seconds: Option<i64>,
    /// Why it is not covered; of a covered one, what is odd about it.
    pub reason: Option<String>,
    /// Whether something of it could not be seen.
    pub unseen: bool,
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

/// A row for each app.
#[must_use]
pub fn rows(scope: &Scope, seen: &[AppSeen], configs: &ConfigsSeen, now: Timestamp) -> Vec<Row> {
    let mut owners: BTreeMap<_, usize> = BTreeMap::new();
    seen.iter().for_each(|seen| *owners.entry(dimensions(&seen.app)).or_default() += 1);
    let is_shared = |app| owners.get(&dimensions(app)).is_some_and(|count| *count > 1);
    seen.iter().map(|seen| row(scope, seen, configs, is_shared(&seen.app), now)).collect()
}

/// What the metric tells apps apart by: it has one name for spaces and user profiles.
fn dimensions(app: &AppRef) -> (&str, &str, AppType, &str) {
    (app.domain.as_str(), app.owner.name(), app.app_type, app.name.as_str())
}

fn row(scope: &Scope, seen: &AppSeen, known: &ConfigsSeen, is_shared: bool, now: Timestamp) -> Row {
    let AppSeen { app, configs, heartbeat } = seen;
    let ours = configs.iter().flatten().find_map(|arn| ConfigName::of_arn(arn, scope));
    let version = ours.as_ref().and_then(|name| known.versions.get(&name.arn(scope))).cloned();
    let current = ours.as_ref().and_then(|name| is_current(scope, known, &app.domain, name));
    let config = ours.map(|name| name.name());
    let heard = heard(app, heartbeat, is_shared);
    let age = heard.as_ref().ok().copied().flatten().map(|at| now.duration_since(at));
    let Judged { state, reason, unseen } = judge(app, config.as_deref(), configs, heard, now);
    let app = app.clone();
    Row { app, state, config, version, current, heartbeat_age_seconds: age.map(|age| age.as_secs()), reason, unseen }
}

fn is_current(scope: &Scope, known: &ConfigsSeen, domain: &DomainId, started: &ConfigName) -> Option<bool> {
    let attached = known.attached.get(domain)?.iter().filter_map(|arn| ConfigName::of_arn(arn, scope));
    let mut of_host = attached.filter(|name| name.host == started.host).peekable();
    of_host.peek()?;
    Some(of_host.any(|name| name == *started))
}

/// Why a heartbeat is not known, and whether that is because something could not be seen.
struct Blank {
    reason: String,
    unseen: bool,
}

/// When the agent of this very app was heard last. What was heard before the app was
/// created was its predecessor's: SageMaker reuses names.
fn heard(
    app: &AppRef,
    heartbeat: &Result<Option<Timestamp>, String>,
    is_shared: bool,
) -> Result<Option<Timestamp>, Blank> {
    let blank = |unseen, reason: &str| Err(Blank { reason: reason.to_owned(), unseen });
    match (heartbeat, app.created_at) {
        (Err(error), _) => blank(true, &format!("heartbeat not known: {error}")),
        (Ok(_), _) if is_shared => {
            blank(false, "a space and a user profile have this name: their heartbeats cannot be told apart")
        }
        (Ok(None), _) => Ok(None),
        (Ok(Some(_)), None) => blank(true, "no creation time: the heartbeat may be an earlier app's"),
        (Ok(Some(at)), Some(created)) => Ok((at.as_second() >= minute(created)).then_some(*at)),
    }
}

/// The minute of a time, in seconds: CloudWatch's data points have no finer one.
fn minute(at: Timestamp) -> i64 {
    at.as_second() - at.as_second().rem_euclid(60)
}

struct Judged {
    state: State,
    reason: Option<String>,
    unseen: bool,
}

fn judge(
    app: &AppRef,
    config: Option<&str>,
    configs: &Result<Vec<String>, String>,
    heard: Result<Option<Timestamp>, Blank>,
    now: Timestamp,
) -> Judged {
    let because = |state, unseen, reason: &str| Judged { state, reason: Some(reason.to_owned()), unseen };
    if Host::of(app.app_type).is_none() {
        return because(State::CannotHost, false, &format!("{} runs no lifecycle configuration", app.app_type));
    }
    let at = match heard {
        Ok(at) => at,
        Err(Blank { reason, unseen }) => return because(State::Unknown, unseen, &reason),
    };
    let is_alive = at.is_some_and(|at| now.duration_since(at) <= ALIVE_WITHIN);
    let state = if is_alive { State::Covered } else { State::Unknown };
    match (configs, config) {
        (Err(error), _) => because(state, true, &format!("lifecycle configuration not known: {error}")),
        (Ok(_), None) if is_alive => because(State::Covered, false, "not started by our lifecycle configuration"),
        (Ok(_), Some(_)) if is_alive => Judged { state, reason: None, unseen: false },
        (Ok(_), None) => because(State::Uncovered, false, "started without ours; hint: it comes with the next start"),
        (Ok(_), Some(_)) if is_young(app, now) => because(State::Unknown, false, "just started, not heard yet"),
        (Ok(_), Some(_)) => {
            let hint = "started with ours, but not heard; hint: cloudwatch:PutMetricData, agent's log";
            because(State::Uncovered, false, hint)
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

/// The sum of these rows, and of so many apps that are not understood.
#[must_use]
pub fn totals(rows: &[Row], unclear: usize) -> Totals {
    let count = |state| rows.iter().filter(|row| row.state == state).count();
    let [covered, uncovered, unknown] = [State::Covered, State::Uncovered, State::Unknown].map(count);
    let unknown = unknown + unclear;
    let percent = (covered * 100).checked_div(covered + uncovered + unknown);
    Totals { covered, uncovered, unknown, cannot_host: count(State::CannotHost), percent }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARN: &str = "arn:aws:sagemaker:eu-west-1:111122223333:app/d-1/one/JupyterServer/default";

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a time")
    }

    fn seen(in_space: bool, heartbeat: Result<Option<Timestamp>, String>) -> AppSeen {
        let mut app = AppRef::from_arn(ARN, in_space).expect("an app");
        app.created_at = Some(at("2026-11-01T12:00:40Z"));
        AppSeen { app, configs: Ok(Vec::new()), heartbeat }
    }

    fn judged(seen: &[AppSeen]) -> Vec<Row> {
        let AppRef { partition, region, account, .. } = seen[0].app.clone();
        rows(&Scope { partition, account, region }, seen, &ConfigsSeen::default(), at("2026-11-01T12:10:00Z"))
    }

    #[test]
    fn a_heartbeat_counts_from_the_minute_in_which_its_app_was_created() {
        for (heard, state, age) in [
            ("2026-11-01T12:05:00Z", State::Covered, Some(300)),
            ("2026-11-01T12:00:00Z", State::Covered, Some(600)),
            ("2026-11-01T11:59:59Z", State::Uncovered, None),
        ] {
            let row = &judged(&[seen(true, Ok(Some(at(heard))))])[0];
            assert_eq!((row.state, row.heartbeat_age_seconds), (state, age), "{heard}");
        }
        let mut unborn = seen(true, Ok(Some(at("2026-11-01T12:05:00Z"))));
        unborn.app.created_at = None;
        assert_eq!(judged(&[unborn])[0].state, State::Unknown, "it may be anybody's");
    }

    #[test]
    fn a_space_and_a_user_profile_of_one_name_are_both_unknown() {
        let heard = Ok(Some(at("2026-11-01T12:05:00Z")));
        let both = judged(&[seen(true, heard.clone()), seen(false, heard)]);
        for row in both {
            assert_eq!((row.state, row.unseen), (State::Unknown, false));
            assert!(row.reason.is_some_and(|why| why.contains("a space and a user profile have this name")));
        }
    }

    #[test]
    fn what_could_not_be_seen_is_never_told_as_a_fact() {
        let denied = || Err("denied".to_owned());
        let alive = Ok(Some(at("2026-11-01T12:05:00Z")));
        for (heartbeat, state) in [(alive, State::Covered), (Ok(None), State::Unknown), (denied(), State::Unknown)] {
            let row = &judged(&[AppSeen { configs: Err("denied".to_owned()), ..seen(true, heartbeat) }])[0];
            assert_eq!((row.state, row.unseen), (state, true));
            assert!(row.reason.as_ref().is_some_and(|why| why.contains("not known: denied")), "{row:?}");
        }
    }
}
