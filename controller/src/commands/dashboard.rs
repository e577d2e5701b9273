//! `dashboard`: what sweeps publish, shown in CloudWatch, and alarms over it.

use std::io::IsTerminal;

use anyhow::Result;
use cost_planner::dashboard::{
    Alarm, AlarmsWanted, Bill, Dashboard as Body, Listed, Shown, Wanted, alarms, bill, dashboards,
};
use serde_json::Value;
use thiserror::Error;

use crate::act::{Consent, alarm_pace, consent, put_alarm, put_dashboard};
use crate::aws::Session;
use crate::cli::{Dashboard, DashboardPlan, DashboardPut, DashboardWanted, Global, Go, Output};
use crate::exit::{Exit, Tally};
use crate::observe::{self, AlarmSeen, alarms_seen, dashboard, dashboard_names};
use crate::render::{self, AlarmRow, DashboardReport, DashboardRow, Progress, Standing};

/// What the first widget of every dashboard of ours begins with.
const HEADING: &str = "# SageMaker costs";

/// An alarm cannot tell a topic of another region.
#[derive(Debug, Error)]
#[error("--sns-topic is of {topic}, and the alarms are of {region}; hint: a topic of the same region")]
pub(super) struct TopicError {
    topic: String,
    region: String,
}

/// What is wanted, and what stands there.
struct Planned {
    bodies: Vec<(Body, Option<Value>)>,
    alarms: Vec<(Alarm, Option<AlarmSeen>)>,
    report: DashboardReport,
}

pub(super) async fn run(global: &Global, args: &Dashboard) -> Result<Exit> {
    let (wanted, go) = match args {
        Dashboard::Plan(DashboardPlan { wanted, check }) => (wanted, Go { execute: false, yes: false, check: *check }),
        Dashboard::Put(DashboardPut { wanted, go }) => (wanted, *go),
    };
    let shown = shown(wanted)?;
    let session = session(global).await?;
    let topic = wanted.sns_topic.as_ref();
    if let Some(topic) = topic.filter(|topic| topic.region != session.scope.region.as_str()) {
        let region = session.scope.region.to_string();
        return Err(TopicError { topic: topic.region.clone(), region }.into());
    }
    let progress = Progress::new(global.no_progress);
    let planned = plan(&session, wanted, &shown).await;
    progress.clear();
    let Planned { bodies, alarms, mut report } = planned?;
    show(&report, wanted.output, go)?;
    let changes = report.changes();
    let leave = match changes {
        0 => Ok(None),
        _ => consent(go, &format!("dashboard put: {}", render::counted(changes, "change", "changes"))),
    };
    match leave {
        Ok(Some(consent)) => {
            put(&session, &consent, &bodies, &alarms, &mut report).await;
            report.executed = true;
            tell(&report, wanted.output)?;
            Ok(tally(&report, go).exit())
        }
        Ok(None) => {
            if changes > 0 {
                eprintln!("nothing was changed; hint: dashboard put --execute does it");
            }
            ended(&report, wanted.output, go, 0)
        }
        Err(why) => {
            eprintln!("error: {why}");
            ended(&report, wanted.output, go, 1)
        }
    }
}

/// The end of what changed nothing.
fn ended(report: &DashboardReport, output: Output, go: Go, refused: usize) -> Result<Exit> {
    if output == Output::Json {
        tell(report, output)?;
    }
    let mut tally = tally(report, go);
    tally.refused += refused;
    Ok(tally.exit())
}

/// The caller's own account in the first region: there `sweep --metrics` publishes.
async fn session(global: &Global) -> Result<Session> {
    let first = global.region.iter().take(1).cloned().collect();
    let (mut sessions, unreached) = Session::of_all(&Global { region: first, ..global.clone() }).await?;
    match (sessions.pop(), unreached.into_iter().next()) {
        (Some(session), _) => Ok(session),
        (None, Some(unreached)) => Err(unreached.error),
        (None, None) => Err(crate::aws::RegionError::None.into()),
    }
}

fn shown(wanted: &DashboardWanted) -> Result<Shown> {
    Ok(match &wanted.shown.from_snapshot {
        Some(path) => Shown::Listed(Listed::of(&observe::read(path)?)),
        None => Shown::Search,
    })
}

/// Why it is done this way.
fn why(shown: &Shown, bodies: &[Body]) -> (&'static str, String) {
    match shown {
        Shown::Listed(listed) => {
            let domains = render::counted(listed.domains.len(), "domain", "domains");
            let made = render::counted(bodies.len(), "dashboard", "dashboards");
            let text = format!(
                "each series by its name: {domains} of the snapshot, {made} (500 widgets and 2,500 metrics each at \
                 most); hint: put it again when there are new domains, or --search"
            );
            ("listed", text)
        }
        Shown::Search => {
            let text = "by SEARCH: new domains show by themselves, at most 500 series a graph; hint: \
                        --from-snapshot FILE names every series of a larger fleet";
            ("search", text.to_owned())
        }
    }
}

async fn plan(session: &Session, wanted: &DashboardWanted, shown: &Shown) -> Result<Planned> {
    let DashboardWanted { name, sweep_every, alarms: with_alarms, coverage_below, usd_per_month, sns_topic, .. } =
        wanted;
    let region = session.scope.region.to_string();
    let made =
        dashboards(&Wanted { name: name.clone(), region: region.clone(), period: *sweep_every, shown: shown.clone() });
    let alarms = if *with_alarms {
        alarms(&AlarmsWanted {
            name: name.clone(),
            sweep_every: *sweep_every,
            coverage_below_percent: *coverage_below,
            micro_usd_per_month: usd_per_month.map(|usd| u64::from(usd) * 1_000_000),
            topic: sns_topic.as_ref().map(|topic| topic.arn.clone()),
        })
    } else {
        Vec::new()
    };
    let bill: Bill = bill(shown, &made, &alarms, *sweep_every);
    let (kind, why) = why(shown, &made);
    let mut report = DashboardReport::new(session.scope.account.to_string(), region, kind, why, bill);
    let names = dashboard_names(session, name).await?;
    report.left_over = names.into_iter().filter(|found| is_left_over(found, name, made.len())).collect();
    let mut bodies = Vec::new();
    for body in made {
        let seen = dashboard(session, &body.name).await?;
        report.dashboards.push(dashboard_row(&body, seen.as_ref(), wanted.replace));
        bodies.push((body, seen));
    }
    let names: Vec<String> = alarms.iter().map(|alarm| alarm.name.clone()).collect();
    let mut seen = alarms_seen(session, &names).await?;
    let alarms: Vec<_> = alarms.into_iter().map(|alarm| (seen.remove(&alarm.name), alarm)).collect();
    let alarms: Vec<_> = alarms.into_iter().map(|(seen, alarm)| (alarm, seen)).collect();
    report.alarms = alarms.iter().map(|(alarm, seen)| alarm_row(alarm, seen.as_ref(), wanted.replace)).collect();
    Ok(Planned { bodies, alarms, report })
}

/// A numbered part of ours beyond the last.
fn is_left_over(found: &str, name: &str, parts: usize) -> bool {
    let number = found.strip_prefix(name).and_then(|rest| rest.strip_prefix('-')).and_then(|n| n.parse().ok());
    number.is_some_and(|number: usize| number > parts.max(1))
}

fn dashboard_row(body: &Body, seen: Option<&Value>, replace: bool) -> DashboardRow {
    let Body { name, body, widgets, metrics } = body;
    let [now, then] = [Some(body), seen].map(|body| {
        let widgets = body.and_then(|body| body["widgets"].as_array());
        widgets.map(Vec::as_slice).unwrap_or_default()
    });
    let differing = now.iter().filter(|widget| !then.contains(widget)).count();
    let gone = then.iter().filter(|widget| !now.contains(widget)).count();
    let is_ours = then
        .first()
        .is_some_and(|widget| widget["properties"]["markdown"].as_str().is_some_and(|text| text.starts_with(HEADING)));
    let standing = match seen {
        None => Standing::New,
        Some(seen) if seen == body => Standing::Unchanged,
        Some(_) if is_ours || replace => Standing::Changed,
        Some(_) => Standing::NotOurs,
    };
    DashboardRow {
        name: name.clone(),
        standing,
        widgets_that_differ: if standing == Standing::New { *widgets } else { differing.max(gone) },
        widgets: *widgets,
        metrics: *metrics,
        body: body.clone(),
        error: None,
    }
}

fn alarm_row(alarm: &Alarm, seen: Option<&AlarmSeen>, replace: bool) -> AlarmRow {
    let standing = match seen {
        None => Standing::New,
        Some(seen) if seen.alarm.as_ref() == Some(alarm) => Standing::Unchanged,
        Some(seen) if seen.is_ours || replace => Standing::Changed,
        Some(_) => Standing::NotOurs,
    };
    let differs = match (standing, seen.and_then(|seen| seen.alarm.as_ref())) {
        (Standing::Changed, Some(seen)) => members_that_differ(alarm, seen),
        (Standing::Changed, None) => vec!["more than we set".to_owned()],
        _ => Vec::new(),
    };
    AlarmRow { standing, differs, alarm: alarm.clone(), error: None }
}

fn members_that_differ(one: &Alarm, other: &Alarm) -> Vec<String> {
    let [one, other] = [one, other].map(|alarm| serde_json::to_value(alarm).unwrap_or_default());
    let members = one.as_object().into_iter().flatten();
    members.filter(|(name, value)| other[name.as_str()] != **value).map(|(name, _)| name.clone()).collect()
}

async fn put(
    session: &Session,
    consent: &Consent,
    bodies: &[(Body, Option<Value>)],
    alarms: &[(Alarm, Option<AlarmSeen>)],
    report: &mut DashboardReport,
) {
    let is_due = |standing| matches!(standing, Standing::New | Standing::Changed);
    for ((body, seen), row) in bodies.iter().zip(&mut report.dashboards).filter(|(_, row)| is_due(row.standing)) {
        let done = put_dashboard(session, consent, body, seen.as_ref()).await;
        row.error = done.err().map(|error| error.to_string());
    }
    let pace = alarm_pace();
    for ((alarm, seen), row) in alarms.iter().zip(&mut report.alarms).filter(|(_, row)| is_due(row.standing)) {
        let done = put_alarm(session, consent, &pace, alarm, seen.as_ref()).await;
        row.error = done.err().map(|error| error.to_string());
    }
}

/// Shows the plan to whoever decides: on stdout where that is not for a document of what came of it.
fn show(report: &DashboardReport, output: Output, go: Go) -> Result<()> {
    match output {
        Output::Table => super::print(&render::dashboards(report)),
        Output::Json if go.execute && !go.yes && std::io::stdin().is_terminal() => {
            eprintln!("{}", render::dashboards(report));
            Ok(())
        }
        Output::Json => Ok(()),
    }
}

fn tell(report: &DashboardReport, output: Output) -> Result<()> {
    match output {
        Output::Table => super::print(&format!("\n{}", render::dashboards(report))),
        Output::Json => super::print(&render::json(report)),
    }
}

fn tally(report: &DashboardReport, go: Go) -> Tally {
    let mut tally = Tally::default();
    for (standing, has_failed) in report.standings() {
        match standing {
            _ if has_failed => tally.failed += 1,
            Standing::NotOurs => tally.refused += 1,
            Standing::New | Standing::Changed if !report.executed => tally.pending += usize::from(go.check),
            _ => tally.well += 1,
        }
    }
    tally
}
