//! Domains of DataZone, with their project profiles, blueprints and users.

use std::collections::BTreeMap;

use cost_planner::unified::{ProjectProfile, UnifiedDomain};
use serde_json::{Value, json};

use super::datazone::{Ask, DataZone, LIST_DOMAINS, is_domain_id, is_id};
use super::parts::{blueprint_configuration, list, profile, text, user};
use super::projects;
use super::trouble::Trouble;
use crate::observe::{CallError, Kind, Watcher};

/// Its blueprint makes the SageMaker domain of a project.
const TOOLING: &str = "Tooling";

/// Any other status, one that is not known here, too, has what is judged.
const BEING_MADE_OR_DELETED: [&str; 4] = ["CREATING", "CREATION_FAILED", "DELETING", "DELETED"];

const LIST_BLUEPRINTS: &str = "ListEnvironmentBlueprints";
const LIST_CONFIGURATIONS: &str = "ListEnvironmentBlueprintConfigurations";
const LIST_PROFILES: &str = "ListProjectProfiles";
const GET_PROFILE: &str = "GetProjectProfile";
const SEARCH_USERS: &str = "SearchUserProfiles";

/// Every domain that has Unified Studio, looked at as closely as we may.
pub(super) async fn all(datazone: &DataZone<'_>, trouble: &mut Trouble, progress: &dyn Watcher) -> Vec<UnifiedDomain> {
    let listed = match datazone.list(&Ask { operation: LIST_DOMAINS, path: &[], query: &[] }).await {
        Ok(listed) => listed,
        Err(error) => {
            trouble.add("domains of DataZone", &error);
            return Vec::new();
        }
    };
    let mut domains = Vec::new();
    // The first version of DataZone has no Unified Studio.
    for summary in listed.iter().filter(|domain| domain["domainVersion"] != "V1") {
        let Some(id) = text(&summary["id"]).filter(|id| is_domain_id(id)) else {
            trouble.add("domains of DataZone", &"one has no usable id");
            continue;
        };
        progress.say(&format!("{id}: Unified Studio"));
        domains.push(one(datazone, &id, summary, trouble, progress).await);
    }
    domains
}

async fn one(
    datazone: &DataZone<'_>,
    id: &str,
    summary: &Value,
    trouble: &mut Trouble,
    progress: &dyn Watcher,
) -> UnifiedDomain {
    let mut domain = UnifiedDomain {
        id: id.to_owned(),
        name: text(&summary["name"]).unwrap_or_default(),
        status: text(&summary["status"]).unwrap_or_else(|| "unknown".to_owned()),
        managed_by: text(&summary["managedAccountId"]),
        ..UnifiedDomain::default()
    };
    // One that is being made or deleted answers for nothing.
    if BEING_MADE_OR_DELETED.contains(&domain.status.as_str()) {
        return domain;
    }
    match blueprints(datazone, id).await {
        Ok(listed) => take_blueprints(&mut domain, &listed),
        Err(error) => trouble.add(of(id, LIST_BLUEPRINTS), &error),
    }
    let path = [id, "environment-blueprint-configurations"];
    match datazone.list(&Ask { operation: LIST_CONFIGURATIONS, path: &path, query: &[] }).await {
        Ok(listed) => domain.configurations = listed.iter().map(blueprint_configuration).collect(),
        Err(error) => trouble.add(of(id, LIST_CONFIGURATIONS), &error),
    }
    domain.profiles = profiles(datazone, id, trouble).await;
    domain.users = users(datazone, id, trouble).await;
    projects::look(datazone, &mut domain, trouble, progress).await;
    domain
}

/// What could not be asked of a domain.
pub(super) fn of(domain: &str, operation: &str) -> String {
    format!("{domain} {operation}")
}

/// Those of AWS and those of the company: nothing says which are listed where neither is asked for.
async fn blueprints(datazone: &DataZone<'_>, domain: &str) -> Result<Vec<Value>, CallError> {
    let path = [domain, "environment-blueprints"];
    let mut all = Vec::new();
    for managed in ["true", "false"] {
        let ask = Ask { operation: LIST_BLUEPRINTS, path: &path, query: &[("managed", managed)] };
        all.extend(datazone.list(&ask).await?);
    }
    Ok(all)
}

fn take_blueprints(domain: &mut UnifiedDomain, listed: &[Value]) {
    for blueprint in listed {
        let (Some(id), Some(name)) = (text(&blueprint["id"]), text(&blueprint["name"])) else { continue };
        let is_tooling = blueprint["blueprintCategory"] == "TOOLING" || name == TOOLING;
        if is_tooling && !domain.tooling_blueprints.contains(&id) {
            domain.tooling_blueprints.push(id.clone());
        }
        domain.blueprints.insert(id, name);
    }
    let is_whole = |one: &Value| text(&one["id"]).is_some() && text(&one["name"]).is_some();
    domain.blueprints_whole = listed.iter().all(is_whole);
}

async fn profiles(datazone: &DataZone<'_>, domain: &str, trouble: &mut Trouble) -> Vec<ProjectProfile> {
    let path = [domain, "project-profiles"];
    let listed = match datazone.list(&Ask { operation: LIST_PROFILES, path: &path, query: &[] }).await {
        Ok(listed) => listed,
        Err(error) => {
            trouble.add(of(domain, LIST_PROFILES), &error);
            return Vec::new();
        }
    };
    let mut profiles = Vec::new();
    for summary in listed {
        let Some(id) = text(&summary["id"]).filter(|id| is_id(id)) else {
            trouble.add(of(domain, LIST_PROFILES), &"one has no usable id");
            continue;
        };
        let path = [domain, "project-profiles", &id];
        match datazone.get(&Ask { operation: GET_PROFILE, path: &path, query: &[] }).await {
            Ok(answer) if answer["id"] == *id => profiles.push(profile(&answer)),
            Ok(_) => trouble.add(of(domain, GET_PROFILE), &format!("the answer for {id} is of another")),
            // Deleted since it was listed.
            Err(error) if error.kind == Kind::NotFound => {}
            Err(error) => trouble.add(of(domain, GET_PROFILE), &error),
        }
    }
    profiles
}

/// The names of everybody who may use the domain.
pub(super) async fn users(datazone: &DataZone<'_>, domain: &str, trouble: &mut Trouble) -> BTreeMap<String, String> {
    let mut users = BTreeMap::new();
    for kind in ["DATAZONE_SSO_USER", "DATAZONE_IAM_USER"] {
        let ask = Ask { operation: SEARCH_USERS, path: &[domain, "search-user-profiles"], query: &[] };
        match datazone.search(&ask, &json!({ "userType": kind })).await {
            Ok(listed) => users.extend(list(&Value::Array(listed)).filter_map(user)),
            Err(error) => trouble.add(of(domain, SEARCH_USERS), &error),
        }
    }
    users
}
