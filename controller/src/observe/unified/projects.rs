//! The projects of a domain, with the Tooling environments that make SageMaker domains.

use std::collections::BTreeMap;

use cost_planner::unified::{Project, Tooling, UnifiedDomain};
use serde_json::Value;

use super::datazone::{Ask, DataZone, is_id};
use super::domain::of;
use super::parts::{text, tooling};
use super::trouble::Trouble;
use crate::observe::{CallError, Kind, Watcher};

const LIST_PROJECTS: &str = "ListProjects";
const GET_PROJECT: &str = "GetProject";
const LIST_ENVIRONMENTS: &str = "ListEnvironments";
const GET_ENVIRONMENT: &str = "GetEnvironment";

/// Puts them into the domain.
pub(super) async fn look(
    datazone: &DataZone<'_>,
    domain: &mut UnifiedDomain,
    trouble: &mut Trouble,
    progress: &dyn Watcher,
) {
    let id = domain.id.clone();
    let listed = match list(datazone, &id).await {
        Ok(listed) => listed,
        Err(error) => return trouble.add(of(&id, LIST_PROJECTS), &error),
    };
    domain.projects_whole = true;
    let count = listed.len();
    for (n, summary) in listed.iter().enumerate() {
        progress.say(&format!("{id}: project {} of {count}", n + 1));
        let Some(project) = text(&summary["id"]).filter(|id| is_id(id)) else {
            domain.projects_whole = false;
            trouble.add(of(&id, LIST_PROJECTS), &"one has no usable id");
            continue;
        };
        let mut project = Project {
            id: project,
            name: text(&summary["name"]).unwrap_or_default(),
            status: text(&summary["projectStatus"]),
            created_by: text(&summary["createdBy"]),
            ..Project::default()
        };
        project.profile = profile_of(datazone, &id, &project.id, trouble).await;
        for blueprint in domain.tooling_blueprints.iter().filter(|blueprint| is_id(blueprint)) {
            project.tooling.extend(environments(datazone, &id, &project.id, blueprint, trouble).await);
        }
        domain.projects.push(project);
    }
}

/// The summaries of all projects.
///
/// # Errors
/// When not all could be listed.
pub(super) async fn list(datazone: &DataZone<'_>, domain: &str) -> Result<Vec<Value>, CallError> {
    datazone.list(&Ask { operation: LIST_PROJECTS, path: &[domain, "projects"], query: &[] }).await
}

/// The names of projects, by id.
///
/// # Errors
/// As [`list`].
pub(super) async fn names(datazone: &DataZone<'_>, domain: &str) -> Result<BTreeMap<String, String>, CallError> {
    let named = |summary: &Value| Some((text(&summary["id"])?, text(&summary["name"])?));
    Ok(list(datazone, domain).await?.iter().filter_map(named).collect())
}

async fn profile_of(datazone: &DataZone<'_>, domain: &str, project: &str, trouble: &mut Trouble) -> Option<String> {
    let ask = Ask { operation: GET_PROJECT, path: &[domain, "projects", project], query: &[] };
    match datazone.get(&ask).await {
        Ok(answer) if answer["id"] == project => text(&answer["projectProfileId"]),
        Ok(_) => {
            trouble.add(of(domain, GET_PROJECT), &format!("the answer for {project} is of another"));
            None
        }
        Err(error) if error.kind == Kind::NotFound => None,
        Err(error) => {
            trouble.add(of(domain, GET_PROJECT), &error);
            None
        }
    }
}

async fn environments(
    datazone: &DataZone<'_>,
    domain: &str,
    project: &str,
    blueprint: &str,
    trouble: &mut Trouble,
) -> Vec<Tooling> {
    let query = [("projectIdentifier", project), ("environmentBlueprintIdentifier", blueprint)];
    let ask = Ask { operation: LIST_ENVIRONMENTS, path: &[domain, "environments"], query: &query };
    let listed = match datazone.list(&ask).await {
        Ok(listed) => listed,
        Err(error) => {
            trouble.add(of(domain, LIST_ENVIRONMENTS), &error);
            return Vec::new();
        }
    };
    let mut found = Vec::new();
    for summary in &listed {
        let Some(id) = text(&summary["id"]).filter(|id| is_id(id)) else {
            trouble.add(of(domain, LIST_ENVIRONMENTS), &"one has no usable id");
            continue;
        };
        let ask = Ask { operation: GET_ENVIRONMENT, path: &[domain, "environments", &id], query: &[] };
        match datazone.get(&ask).await {
            Ok(answer) if answer["id"] == *id && answer["projectId"] == project => found.push(tooling(&answer)),
            Ok(_) => trouble.add(of(domain, GET_ENVIRONMENT), &format!("the answer for {id} is of another")),
            // Deleted since it was listed.
            Err(error) if error.kind == Kind::NotFound => {}
            // It stands, and nothing more is known of it.
            Err(error) => {
                trouble.add(of(domain, GET_ENVIRONMENT), &error);
                found.push(Tooling { parameters: BTreeMap::new(), ..tooling(summary) });
            }
        }
    }
    found
}
