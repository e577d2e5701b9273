//! `explain`: which rules hold for one app, where they stand, and what they come to now.

use anyhow::{Result, bail};
use cost_planner::plan::{Candidate, Decision, Resource, Row};
use cost_planner::policy::Subject;
use cost_planner::snapshot::{App, ScopeSeen, Snapshot, TagsSeen};

use super::planning::{Planned, planned_with};
use crate::cli::{Explain, ExplainApp, Explained, Global, Output};
use crate::exit::Exit;
use crate::render::{self, ExplainReport, RuleRow};

pub(super) async fn run(global: &Global, args: &Explain) -> Result<Exit> {
    match &args.what {
        Explained::App(app) => explain_app(global, app).await,
    }
}

async fn explain_app(global: &Global, args: &ExplainApp) -> Result<Exit> {
    let of_name = |snapshot: &Snapshot| found(snapshot, &args.app);
    let planned = planned_with(global, &args.look, &args.deciding, &args.evidence, None, of_name).await?;
    let Planned { policy, snapshot, plan, .. } = &planned;
    let apps = found(snapshot, &args.app);
    let unseen = render::unseen(snapshot);
    match unseen.first() {
        None if apps.is_empty() => bail!("there is no app {}; hint: costctl inventory --all", args.app),
        Some([place, why]) if apps.is_empty() => {
            bail!("there is no app {} in what was seen, which is not all: {place}: {why}", args.app)
        }
        _ => {}
    }
    let mut reports = Vec::new();
    for Candidate { scope: index, resource } in apps {
        let (scope, app) = app_at(snapshot, index, resource);
        let tags = tags(scope, app);
        let subject = Subject::app(scope, app, tags.as_deref());
        let rules = policy.rules.explain(&subject).into_iter().map(|set| RuleRow {
            setting: set.setting.to_owned(),
            value: set.value.to_string(),
            rule: set.origin.to_string(),
        });
        let row = plan.rows.iter().find(|row| row.scope == index && row.resource == resource);
        reports.push(ExplainReport {
            app: app.app_ref(&scope.scope).arn(),
            owner: scope.user_profile_of(app).map(ToString::to_string),
            rules: rules.collect(),
            now: row.map_or_else(|| "nothing is decided".to_owned(), decided),
        });
    }
    match args.output {
        Output::Table => reports.iter().try_for_each(|report| super::print(&render::explain(report)))?,
        Output::Json => super::print(&render::json(&reports))?,
    }
    Ok(if unseen.is_empty() { Exit::Done } else { Exit::Partly })
}

/// The apps of this name, in every scope.
fn found(snapshot: &Snapshot, name: &str) -> Vec<Candidate> {
    let scopes = (0..).zip(&snapshot.scopes);
    let apps = scopes.flat_map(|(index, scope)| {
        let apps = (0..).zip(&scope.apps).filter(|(_, app)| app.app_ref(&scope.scope).to_string() == name);
        apps.map(move |(at, _)| Candidate { scope: index, resource: Resource::App(at) })
    });
    apps.collect()
}

fn app_at(snapshot: &Snapshot, index: u32, resource: Resource) -> (&ScopeSeen, &App) {
    let at = |index: u32| usize::try_from(index).unwrap_or(usize::MAX);
    let scope = &snapshot.scopes[at(index)];
    let Resource::App(app) = resource else { unreachable!("only apps were looked for") };
    (scope, &scope.apps[at(app)])
}

/// The tags that the policy can select by, where all of them could be read.
fn tags<'a>(scope: &'a ScopeSeen, app: &'a App) -> Option<Vec<&'a std::collections::BTreeMap<String, String>>> {
    let close_up = app.close_up.as_deref().and_then(|close_up| close_up.as_ref().ok())?;
    let profile = scope.user_profile_of(app).and_then(|name| scope.user_profile(&app.domain, name));
    let around = [
        scope.space_of(app).and_then(|space| space.tags.as_deref()),
        profile.and_then(|profile| profile.tags.as_deref()),
        scope.domain(&app.domain).and_then(|domain| domain.tags.as_deref()),
    ];
    let all = std::iter::once(&close_up.tags).chain(around.into_iter().flatten());
    all.map(|tags| match tags {
        TagsSeen::Read(tags) => Some(tags),
        TagsSeen::Unread(_) => None,
    })
    .collect()
}

fn decided(row: &Row) -> String {
    let what = match &row.decision {
        Decision::Act(verb) => format!("to do: {verb}"),
        Decision::HoldBack => "held back".to_owned(),
        Decision::Report => "worth a look, left alone".to_owned(),
        Decision::Keep => "kept".to_owned(),
    };
    format!("{what}; {}: {}", row.code, row.text())
}
