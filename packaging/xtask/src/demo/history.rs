//! A month of the demo's company, made up: what its ledger would hold had `costctl sweep`
//! looked every hour. For its first third nobody stopped anything; then every app got an
//! agent, and sweeps began.

use std::path::Path;

use anyhow::Context;
use cost_ledger::line::{Fact, Grade, Idle, IdleEnd, Kind, Line, Look, Native, Ran, Rate, RunKey, Stopped, StoppedBy};
use cost_ledger::{Resource, line};
use cost_planner::prices::{Priced, Prices, Unpriced};
use idle_core::{AccountId, AppName, AppOwner, AppType, DomainId, InstanceType, Partition, Region, SpaceName};
use jiff::{SignedDuration, Timestamp};

const DAYS: i64 = 30;
/// The apps that run now were begun two days ago: the history ends before.
const UNTIL_HOURS: i64 = 49;
/// On this day of the month the agent was installed.
const INSTALLED: i64 = 10;
const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// Who works where and on what, how many of them, and how many hours a day.
const TEAMS: [(&str, &str, &str, i64, i64); 6] = [
    ("d-research0001", "alice-lab", "ml.g5.xlarge", 3, 5),
    ("d-research0001", "carol-train", "ml.g5.12xlarge", 2, 9),
    ("d-research0001", "judy-lunch", "ml.t3.medium", 4, 7),
    ("d-finance0001", "dave-report", "ml.m5.xlarge", 9, 6),
    ("d-vision00001", "erin-label", "ml.g4dn.xlarge", 7, 4),
    ("d-vision00001", "frank-demo", "ml.g5.2xlarge", 1, 2),
];

/// One run of one app, to be told look by look.
struct Run {
    ran: Ran,
    ends: Timestamp,
    stop: Option<Stopped>,
    idle: Vec<Idle>,
}

/// Writes it below this folder; returns how many runs it tells of.
///
/// # Errors
/// When a file cannot be written.
pub(super) fn write(folder: &Path, account: &str, region: &str, now: Timestamp) -> anyhow::Result<usize> {
    let (account, region) = (AccountId::parse(account)?, Region::parse(region)?);
    let until = now - SignedDuration::from_hours(UNTIL_HOURS);
    let midnight = Timestamp::from_second(until.as_second() - until.as_second().rem_euclid(86_400))?;
    let from = midnight - SignedDuration::from_hours(24 * (DAYS - 1));
    let runs = runs(&region, from, until)?;
    let mut last = from - HOUR;
    for at in std::iter::successors(Some(from), |at| Some(*at + HOUR)).take_while(|at| *at <= until) {
        let is_first_of_day = day(at) != day(last);
        let facts = look(&runs, last, at, is_first_of_day);
        let lines = facts.into_iter().map(|fact| Line {
            schema_version: line::SCHEMA_VERSION,
            partition: Partition::parse("aws").expect("a partition"),
            account: account.clone(),
            region: region.clone(),
            at,
            fact,
        });
        let folder = folder.join(format!("account={account}/region={region}/dt={}", day(at)));
        std::fs::create_dir_all(&folder)?;
        let text: Result<Vec<String>, _> = lines.map(|line| serde_json::to_string(&line)).collect();
        let name = format!("{}-demo.jsonl", at.strftime("%Y%m%dT%H%M%SZ"));
        std::fs::write(folder.join(name), text?.join("\n") + "\n").context("writing the demo's ledger")?;
        last = at;
    }
    Ok(runs.len())
}

fn day(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d").to_string()
}

/// What a look after `last` tells.
fn look(runs: &[Run], last: Timestamp, at: Timestamp, is_first_of_day: bool) -> Vec<Fact> {
    let mut facts = vec![Fact::Look(Look { kinds: vec![Kind::App] })];
    for Run { ran, ends, stop, idle } in runs {
        let began = ran.key.began;
        if began <= at && *ends > at && (began > last || is_first_of_day) {
            facts.push(Fact::Ran(ran.clone()));
        }
        if began <= last && (last < *ends && *ends <= at) {
            facts.push(Fact::Gone(ran.key.clone()));
            facts.extend(idle.iter().cloned().map(Fact::Idle));
            facts.extend(stop.clone().map(|stop| Fact::Stopped(Stopped { gone_at: at, ..stop })));
        }
    }
    facts
}

fn runs(region: &Region, from: Timestamp, until: Timestamp) -> anyhow::Result<Vec<Run>> {
    let mut runs = Vec::new();
    for (team, (domain, space, on, people, hours)) in (0_i64..).zip(TEAMS) {
        for person in 1..=people {
            let name = SpaceName::parse(&format!("{space}-{person}"))?;
            let resource = Resource::App {
                domain: DomainId::parse(domain)?,
                owner: AppOwner::Space(name),
                app_type: AppType::JupyterLab,
                name: AppName::parse("default")?,
            };
            let owner = space.split('-').next().unwrap_or(space);
            let rate = rate(region, &InstanceType::parse(on)?);
            let mut free_at = from;
            for day in 0..DAYS {
                let noise = (day * 37 + team * 17 + person * 11) % 60;
                let began = from + SignedDuration::from_mins(day * 24 * 60 + 8 * 60 + noise);
                // Nobody comes on two days of seven, nor while the app still runs.
                if (day + 3) % 7 >= 5 || began < free_at {
                    continue;
                }
                let idle_since = began + SignedDuration::from_mins(hours * 60 + noise);
                let (ends, stop) = ending(day, noise, began, idle_since);
                if ends >= until {
                    continue;
                }
                free_at = ends;
                let key = RunKey { resource: resource.to_string(), began };
                let stop = stop.map(|by| Stopped {
                    key: key.clone(),
                    gone_at: ends,
                    by,
                    reason: "idle-timeout".to_owned(),
                    grade: Grade::Measured,
                    idle_since: Some(idle_since),
                    native: Native::Off,
                });
                let idle = if day >= INSTALLED { idle(&key, noise, began, idle_since, ends) } else { Vec::new() };
                let ran = Ran {
                    key,
                    since: began,
                    owner: Some(owner.to_owned()),
                    instance_type: Some(on.to_owned()),
                    component: "Studio:JupyterLab".to_owned(),
                    units: 1,
                    rate: rate.clone(),
                    tags: [("Team".to_owned(), domain[2..].trim_end_matches(|c: char| c.is_ascii_digit()).to_owned())]
                        .into(),
                };
                runs.push(Run { ran, ends, stop, idle });
            }
        }
    }
    Ok(runs)
}

/// When a run ends and by whom: before the agent came, some weekend or other.
fn ending(day: i64, noise: i64, began: Timestamp, idle_since: Timestamp) -> (Timestamp, Option<StoppedBy>) {
    if day < INSTALLED {
        let days = if noise % 3 == 0 { 3 } else { 1 };
        return (began + SignedDuration::from_mins(days * 24 * 60 - 90), None);
    }
    match noise % 5 {
        0 => (idle_since + SignedDuration::from_mins(10), None),
        1 => (idle_since + SignedDuration::from_mins(130), Some(StoppedBy::Costctl)),
        _ => (idle_since + SignedDuration::from_mins(65), Some(StoppedBy::IdleAgent)),
    }
}

/// What the agent heard: a long lunch of some, and the evening of all.
fn idle(key: &RunKey, noise: i64, began: Timestamp, idle_since: Timestamp, ends: Timestamp) -> Vec<Idle> {
    let evening = Idle { key: key.clone(), since: idle_since, until: ends, ended: IdleEnd::Gone };
    let noon = began + SignedDuration::from_mins(90);
    let lunch = Idle {
        key: key.clone(),
        since: noon,
        until: noon + SignedDuration::from_mins(25 + noise % 30),
        ended: IdleEnd::Work,
    };
    if noise % 4 == 0 && lunch.until < idle_since { vec![lunch, evening] } else { vec![evening] }
}

fn rate(region: &Region, on: &InstanceType) -> Rate {
    match Prices::bundled().app(region, AppType::JupyterLab, Some(on)) {
        Ok(Priced { micro_usd_per_hour, list }) => Rate::Priced { micro_usd_per_hour, list },
        Err(Unpriced(unpriced)) => Rate::Unpriced { unpriced },
    }
}
