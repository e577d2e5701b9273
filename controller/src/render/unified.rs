//! Domains and projects of Unified Studio, for people and as JSON.

use cost_planner::drift::{Finding, Place};
use cost_planner::snapshot::Unreached;
use cost_planner::unified::{AppIdle, Project, SageMakerDomain, Tooling, UnifiedDomain, UnifiedSeen, Unseen};
use serde::Serialize;

use super::table::{counted, table, wrapped};

/// The version of the JSON document of `unified-studio`.
const SCHEMA_VERSION: u32 = 1;

/// From so many of a hundred projects on it is said that a domain is near its quota.
const NEAR_PERCENT: u64 = 80;

const NONE: &str = "–";

/// The whole of it.
#[derive(Debug, Serialize)]
pub(crate) struct UnifiedReport {
    schema_version: u32,
    /// One account in one region each.
    pub(crate) scopes: Vec<UnifiedSeen>,
    /// Those of which nothing was seen.
    pub(crate) unreached: Vec<Unreached>,
    /// What is not as the policy says; `None` where nobody asked.
    pub(crate) findings: Option<Vec<Finding>>,
}

impl UnifiedReport {
    pub(crate) fn new(scopes: Vec<UnifiedSeen>, unreached: Vec<Unreached>, findings: Option<Vec<Finding>>) -> Self {
        Self { schema_version: SCHEMA_VERSION, scopes, unreached, findings }
    }
}

/// Domains, projects, findings, and what was not seen.
pub(crate) fn unified_studio(report: &UnifiedReport) -> String {
    let UnifiedReport { schema_version: _, scopes, unreached, findings } = report;
    let mut parts = Vec::new();
    let domains: Vec<_> = scopes.iter().flat_map(|seen| seen.domains.iter().map(|of| domain_row(seen, of))).collect();
    if !domains.is_empty() {
        parts.push(table(["DOMAIN", "NAME", "ACCOUNT", "REGION", "STATUS", "PROJECTS"], domains));
    }
    let projects: Vec<_> = scopes.iter().flat_map(|seen| project_rows(seen, scopes)).collect();
    let (count, running) = sums(scopes);
    if !projects.is_empty() {
        let header = ["PROJECT", "MADE BY", "STANDS IN", "RUNS", "IDLE", "MAX GB"];
        parts.push(table(header, projects));
    }
    for finding in findings.iter().flatten() {
        let Finding { rule, place, setting, expected, found, fix, .. } = finding;
        let lines = [
            format!("{rule}: {}", where_is(place)),
            format!("found: {setting}: {found}"),
            format!("expected: {expected}"),
            format!("fix: {}", fix.how),
        ];
        parts.push(lines.map(|line| wrapped(&line)).join("\n"));
    }
    let unseen = not_seen(scopes, unreached);
    let unseen_count = unseen.len();
    if !unseen.is_empty() {
        parts.push(table(["NOT SEEN", "WHY"], unseen));
    }
    let found =
        findings.as_ref().map_or(String::new(), |found| format!(", {}", counted(found.len(), "finding", "findings")));
    parts.push(wrapped(&format!(
        "{} with {} and {} running in {}{found}; {unseen_count} not seen",
        counted(scopes.iter().map(|seen| seen.domains.len()).sum(), "domain", "domains"),
        counted(count, "project", "projects"),
        counted(usize::try_from(running).unwrap_or(usize::MAX), "app", "apps"),
        counted(scopes.len(), "account and region", "accounts and regions"),
    )));
    parts.join("\n\n")
}

fn sums(scopes: &[UnifiedSeen]) -> (usize, u64) {
    let domains = scopes.iter().flat_map(|seen| seen.domains.iter().filter(|domain| seen.manages(domain)));
    let projects = domains.map(|domain| domain.projects.len()).sum();
    let behind = scopes.iter().flat_map(|seen| &seen.sagemaker_domains);
    (projects, behind.filter_map(|domain| domain.running_apps).sum())
}

fn domain_row(seen: &UnifiedSeen, domain: &UnifiedDomain) -> [String; 6] {
    let account = match domain.managed_by.as_deref() {
        Some(other) if !seen.manages(domain) => format!("{other}, seen from {}", seen.account),
        _ => seen.account.to_string(),
    };
    let region = seen.region.to_string();
    [domain.id.clone(), domain.name.clone(), account, region, domain.status.clone(), projects_of(seen, domain)]
}

fn projects_of(seen: &UnifiedSeen, domain: &UnifiedDomain) -> String {
    let count = domain.projects.len();
    let at_least = if domain.projects_whole { "" } else { "at least " };
    match &seen.project_quota {
        // The quota is that of the account that manages it.
        _ if !seen.manages(domain) => format!("{at_least}{count}"),
        Ok(quota) if *quota > 0 => {
            let percent = (count as u64).saturating_mul(100) / quota;
            let near = if percent >= NEAR_PERCENT { ", near the quota" } else { "" };
            format!("{at_least}{count} of {quota}, {percent} %{near}")
        }
        _ => format!("{at_least}{count}, quota unknown"),
    }
}

/// A row for each Tooling environment, for each project without any, and for each SageMaker
/// domain here whose project was listed nowhere. What several accounts see is told of the one
/// that manages it.
fn project_rows(seen: &UnifiedSeen, all: &[UnifiedSeen]) -> Vec<[String; 6]> {
    let mut rows = Vec::new();
    let is_elsewhere = |domain: &UnifiedDomain| {
        let of_it = |other: &UnifiedSeen| other.domains.iter().any(|one| one.id == domain.id && other.manages(one));
        !seen.manages(domain) && all.iter().any(of_it)
    };
    for domain in seen.domains.iter().filter(|domain| !is_elsewhere(domain)) {
        for project in &domain.projects {
            if project.tooling.is_empty() {
                let behind = seen.sagemaker_domains.iter().find(|of| is_of(of, domain, project));
                rows.push(row(domain, project, None, behind));
            }
            let of = |tooling| row(domain, project, Some(tooling), tooling.sagemaker.as_deref());
            rows.extend(project.tooling.iter().map(of));
        }
    }
    let is_listed = |sagemaker: &&SageMakerDomain| {
        let mut domains = all.iter().flat_map(|seen| &seen.domains);
        domains.any(|domain| domain.projects.iter().any(|project| is_of(sagemaker, domain, project)))
    };
    rows.extend(seen.sagemaker_domains.iter().filter(|of| !is_listed(of)).map(|of| {
        let project = format!("{} (not listed)", of.project.project);
        let [place, runs, idle, storage] = of_sagemaker(of);
        [project, NONE.to_owned(), place, runs, idle, storage]
    }));
    rows
}

fn is_of(sagemaker: &SageMakerDomain, domain: &UnifiedDomain, project: &Project) -> bool {
    sagemaker.project.domain == domain.id && sagemaker.project.project == project.id
}

fn row(
    domain: &UnifiedDomain,
    project: &Project,
    tooling: Option<&Tooling>,
    sagemaker: Option<&SageMakerDomain>,
) -> [String; 6] {
    let name = match project.status.as_deref() {
        None | Some("ACTIVE") => format!("{} ({})", project.name, project.id),
        Some(status) => format!("{} ({}), {status}", project.name, project.id),
    };
    let by = project.created_by.as_deref().map_or(NONE, |id| domain.user(id)).to_owned();
    let [place, runs, idle, storage] = match (sagemaker, tooling) {
        (Some(sagemaker), _) => of_sagemaker(sagemaker),
        (None, Some(tooling)) => {
            let place = [tooling.account.as_deref(), tooling.region.as_deref()].into_iter().flatten();
            let place = format!("not seen in {}", place.collect::<Vec<_>>().join(" "));
            let given = |name: &str| tooling.parameters.get(name).cloned();
            let idle = match (given("lifecycleManagement").as_deref(), given("idleTimeoutInMinutes")) {
                (Some("ENABLED"), Some(minutes)) => format!("{minutes}m"),
                (Some("ENABLED"), None) => "on".to_owned(),
                (Some("DISABLED"), _) => "off".to_owned(),
                _ => NONE.to_owned(),
            };
            let storage = given("maxEbsVolumeSize").unwrap_or_else(|| NONE.to_owned());
            [place, NONE.to_owned(), idle, storage]
        }
        (None, None) => [NONE; 4].map(str::to_owned),
    };
    [name, by, place, runs, idle, storage]
}

fn of_sagemaker(domain: &SageMakerDomain) -> [String; 4] {
    let place = format!("{} {} {}", domain.id, domain.account, domain.region);
    let runs = match (domain.running_apps, domain.spaces) {
        (Some(apps), Some(spaces)) => {
            let many = |count, one, many| counted(usize::try_from(count).unwrap_or(usize::MAX), one, many);
            format!("{} in {}", many(apps, "app", "apps"), many(spaces, "space", "spaces"))
        }
        _ => NONE.to_owned(),
    };
    let mut idle: Vec<(String, String)> = domain.idle.iter().map(|of| (of.app_type.clone(), idle_of(of))).collect();
    // Both alike are told once.
    let is_one = idle.iter().all(|(_, said)| *said == idle[0].1);
    let idle = match is_one {
        true => idle.pop().map_or(NONE.to_owned(), |(_, said)| said),
        false => idle.iter().map(|(app_type, said)| format!("{app_type} {said}")).collect::<Vec<_>>().join(", "),
    };
    [place, runs, idle, domain.max_storage_gib.map_or(NONE.to_owned(), |gib| gib.to_string())]
}

fn idle_of(AppIdle { app_type: _, management, minutes }: &AppIdle) -> String {
    match (management.as_deref(), minutes) {
        (Some("ENABLED"), Some(minutes)) => format!("{minutes}m"),
        (Some("ENABLED"), None) => "on".to_owned(),
        (Some("DISABLED"), _) => "off".to_owned(),
        (Some(other), _) => other.to_owned(),
        (None, _) => "not set".to_owned(),
    }
}

fn where_is(place: &Place) -> String {
    let Place { account, region, domain, unified_studio, .. } = place;
    let domain = domain.as_ref().map(ToString::to_string);
    let parts = [unified_studio.clone(), domain].into_iter().flatten().chain([account.to_string(), region.to_string()]);
    parts.collect::<Vec<_>>().join(", ")
}

fn not_seen(scopes: &[UnifiedSeen], unreached: &[Unreached]) -> Vec<[String; 2]> {
    let seen = scopes.iter().flat_map(|seen| {
        let told =
            move |Unseen { what, why }: &Unseen| [format!("{} {}: {what}", seen.account, seen.region), why.clone()];
        seen.unseen.iter().map(told)
    });
    let unreached = unreached.iter().map(|Unreached { account, region, why }| {
        let account = account.as_ref().map_or("the caller's account".to_owned(), ToString::to_string);
        [format!("{account} {}", region.as_deref().unwrap_or("all regions")), why.clone()]
    });
    seen.chain(unreached).collect()
}
