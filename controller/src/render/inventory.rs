//! What there is, counted or each by name, and what could not be seen.

use std::collections::BTreeMap;

use cost_planner::snapshot::{
    App, AppStatus, CloseUp, Endpoint, Heartbeat, Kind, NotebookInstance, ScopeSeen, Series, Snapshot, Unreached,
};

use idle_core::UserProfileName;

use super::{counted, table};

/// The counts of each account and region, what runs by instance type, and what was not seen.
pub(crate) fn inventory(snapshot: &Snapshot) -> String {
    let mut parts = vec![table(["ACCOUNT", "REGION", "RESOURCE", "SEEN", "RUNNING"], counts(snapshot))];
    let running = running(snapshot);
    if !running.is_empty() {
        let rows = running.into_iter().map(|([what, on], count)| [what, on, count.to_string()]);
        parts.push(table(["RUNNING", "INSTANCE TYPE", "COUNT"], rows));
    }
    let unseen = unseen(snapshot);
    let sum = format!(
        "{} apps, {} endpoints, {} notebook instances in {}; {} not seen",
        snapshot.scopes.iter().map(|scope| scope.apps.len()).sum::<usize>(),
        snapshot.scopes.iter().map(|scope| scope.endpoints.len()).sum::<usize>(),
        snapshot.scopes.iter().map(|scope| scope.notebook_instances.len()).sum::<usize>(),
        counted(snapshot.scopes.len(), "account and region", "accounts and regions"),
        unseen.len()
    );
    if !unseen.is_empty() {
        parts.push(table(["NOT SEEN", "WHY"], unseen));
    }
    parts.push(sum);
    parts.join("\n\n")
}

fn counts(snapshot: &Snapshot) -> Vec<[String; 5]> {
    let mut rows = Vec::new();
    for scope in &snapshot.scopes {
        let mut row = |what: &str, seen: usize, running: Option<usize>| {
            let running = running.map_or("–".to_owned(), |running| running.to_string());
            let [account, region] = [scope.scope.account.to_string(), scope.scope.region.to_string()];
            rows.push([account, region, what.to_owned(), seen.to_string(), running]);
        };
        if scope.kinds.contains(&Kind::Apps) {
            row("domains", scope.domains.len(), None);
            row("user profiles", scope.user_profiles.len(), None);
            row("spaces", scope.spaces.len(), None);
            row("apps", scope.apps.len(), Some(scope.apps.iter().filter(|app| runs(app)).count()));
            let of_nobody = || scope.apps.iter().filter(|app| scope.user_profile_of(app).is_none());
            if of_nobody().count() > 0 {
                row("apps, unattributed", of_nobody().count(), Some(of_nobody().filter(|app| runs(app)).count()));
            }
            if !scope.unclear.is_empty() {
                row("apps, not understood", scope.unclear.len(), None);
            }
        }
        if scope.kinds.contains(&Kind::Endpoints) {
            let running = scope.endpoints.iter().filter(|endpoint| endpoint.status == "InService").count();
            row("endpoints", scope.endpoints.len(), Some(running));
        }
        if scope.kinds.contains(&Kind::NotebookInstances) {
            let running = scope.notebook_instances.iter().filter(|instance| instance.status == "InService").count();
            row("notebook instances", scope.notebook_instances.len(), Some(running));
        }
    }
    rows
}

fn runs(app: &App) -> bool {
    app.status == AppStatus::InService
}

/// How many run, by what and on what, the most first.
fn running(snapshot: &Snapshot) -> Vec<([String; 2], u64)> {
    let mut counts: BTreeMap<[String; 2], u64> = BTreeMap::new();
    let unknown = || "unknown".to_owned();
    for scope in &snapshot.scopes {
        for app in scope.apps.iter().filter(|app| runs(app)) {
            let on = app.instance_type.as_ref().map_or_else(unknown, ToString::to_string);
            *counts.entry([app.app_type.to_string(), on]).or_default() += 1;
        }
        for instance in scope.notebook_instances.iter().filter(|instance| instance.status == "InService") {
            let on = instance.instance_type.as_ref().map_or_else(unknown, ToString::to_string);
            *counts.entry(["notebook instance".to_owned(), on]).or_default() += 1;
        }
        for variant in scope.endpoints.iter().flat_map(|endpoint| endpoint.close_up.iter()).flat_map(|c| &c.variants) {
            let on = match (&variant.instance_type, &variant.serverless) {
                (_, Some(_)) => "serverless".to_owned(),
                (Some(instance_type), None) => instance_type.to_string(),
                (None, None) => unknown(),
            };
            let what = if variant.is_shadow { "endpoint, shadow variant" } else { "endpoint" };
            *counts.entry([what.to_owned(), on]).or_default() += u64::from(variant.instances);
        }
    }
    let mut counts: Vec<_> = counts.into_iter().filter(|(_, count)| *count > 0).collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    counts
}

/// What could not be seen, and why: accounts, listings, resources.
pub(crate) fn unseen(snapshot: &Snapshot) -> Vec<[String; 2]> {
    let unreached = snapshot.unreached.iter().map(|Unreached { account, region, why }| {
        let place = account.iter().map(ToString::to_string).chain(region.clone()).collect::<Vec<_>>();
        [if place.is_empty() { "the caller's account".to_owned() } else { place.join(" ") }, why.clone()]
    });
    unreached.chain(snapshot.scopes.iter().flat_map(unseen_of)).collect()
}

fn unseen_of(scope: &ScopeSeen) -> Vec<[String; 2]> {
    let place = format!("{} {}", scope.scope.account, scope.scope.region);
    let mut rows = Vec::new();
    rows.extend(scope.blind.iter().map(|blind| [format!("{place} {}", blind.operation), blind.why.clone()]));
    rows.extend(
        scope.unclear.iter().map(|app| [format!("{place} {}", app.app), format!("not understood: {}", app.why)]),
    );
    let heartbeats = scope.apps.iter().map(|app| &app.heartbeat);
    let heartbeats = heartbeats.chain(scope.notebook_instances.iter().map(|instance| &instance.heartbeat));
    // One reason for all of a region is told once.
    let mut unread: BTreeMap<&str, usize> = BTreeMap::new();
    for heartbeat in heartbeats {
        if let Heartbeat::Unread(why) = heartbeat {
            *unread.entry(why).or_default() += 1;
        }
    }
    rows.extend(unread.into_iter().map(|(why, count)| [format!("{place}: {count} heartbeats"), why.to_owned()]));
    for endpoint in &scope.endpoints {
        let whys = unseen_of_endpoint(endpoint);
        rows.extend(whys.into_iter().map(|why| [format!("{place} endpoint/{}", endpoint.name), why]));
    }
    if let Some(extras) = &scope.extras {
        rows.extend(extras.gaps().map(|(what, why)| [format!("{place}: {what}"), why.to_owned()]));
    }
    rows
}

fn unseen_of_endpoint(endpoint: &Endpoint) -> Vec<String> {
    let CloseUp { variants, inference_components, scalable_targets, backlog, .. } = match &endpoint.close_up {
        Ok(close_up) => close_up,
        Err(why) => return vec![why.clone()],
    };
    let mut whys: Vec<String> = scalable_targets.as_ref().err().into_iter().cloned().collect();
    let invocations = variants.iter().map(|variant| &variant.invocations);
    let invocations = invocations.chain(inference_components.iter().map(|component| &component.invocations));
    for series in invocations.chain(backlog) {
        if let Series::Unread(why) = series
            && !whys.iter().any(|known| **known == **why)
        {
            whys.push(why.to_string());
        }
    }
    whys
}

/// Each resource that bills, a table for each account and region that has any.
pub(crate) fn resources(snapshot: &Snapshot) -> String {
    let mut parts = Vec::new();
    for scope in &snapshot.scopes {
        let mut rows = Vec::new();
        for app in &scope.apps {
            let profile = scope.user_profile_of(app).map(UserProfileName::as_str);
            let owner = match scope.unified_owner_of_app(app) {
                Some(unified_studio) => unified_studio.said(profile),
                None => profile.unwrap_or("unattributed").to_owned(),
            };
            let note = format!("{owner}; {}", heard(&app.heartbeat));
            let name = format!("{}/{}/{}/{}", app.domain, app.owner.name(), app.app_type, app.name);
            rows.push([name, format!("{:?}", app.status), on(app.instance_type.as_ref()), note]);
        }
        for endpoint in &scope.endpoints {
            let [types, note] = of_endpoint(endpoint);
            rows.push([format!("endpoint/{}", endpoint.name), endpoint.status.clone(), types, note]);
        }
        for NotebookInstance { name, status, instance_type, heartbeat, .. } in &scope.notebook_instances {
            let name = format!("notebook-instance/{name}");
            rows.push([name, status.clone(), on(instance_type.as_ref()), heard(heartbeat)]);
        }
        if !rows.is_empty() {
            let table = table(["RESOURCE", "STATUS", "TYPE", "NOTE"], rows);
            parts.push(format!("{} {}\n{table}", scope.scope.account, scope.scope.region));
        }
    }
    parts.join("\n\n")
}

fn on(instance_type: Option<&idle_core::InstanceType>) -> String {
    instance_type.map_or("unknown".to_owned(), ToString::to_string)
}

fn heard(heartbeat: &Heartbeat) -> String {
    match heartbeat {
        Heartbeat::NotAsked => "–".to_owned(),
        Heartbeat::Unread(_) => "heartbeat not known".to_owned(),
        Heartbeat::Silent => "not heard".to_owned(),
        Heartbeat::Heard { idle_seconds: 0, .. } => "at work, or held up".to_owned(),
        Heartbeat::Heard { idle_seconds, .. } => format!("idle for {}m", idle_seconds / 60),
    }
}

fn of_endpoint(endpoint: &Endpoint) -> [String; 2] {
    let close_up = match &endpoint.close_up {
        Ok(close_up) => close_up,
        Err(_) => return ["unknown".to_owned(), "not described".to_owned()],
    };
    let types = close_up.variants.iter().map(|variant| match &variant.serverless {
        Some(_) => "serverless".to_owned(),
        None => format!("{} × {}", variant.instances, on(variant.instance_type.as_ref())),
    });
    let sum = close_up.variants.iter().map(|variant| match &variant.invocations {
        Series::Read { sum, .. } => Some(*sum),
        _ => None,
    });
    let sum: Option<f64> = sum.collect::<Option<Vec<f64>>>().map(|sums| sums.into_iter().sum());
    let invoked = sum.map_or("invocations not known".to_owned(), |sum| format!("{sum} invocations"));
    let notes = [close_up.is_async.then(|| "asynchronous".to_owned()), Some(invoked), close_up.config_missing.clone()];
    [types.collect::<Vec<_>>().join(", "), notes.into_iter().flatten().collect::<Vec<_>>().join("; ")]
}
