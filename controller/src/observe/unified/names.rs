//! Whose the SageMaker domains of projects are, in names that people know. Nothing is
//! stopped, kept or protected by any of it.

use std::collections::BTreeMap;

use cost_planner::snapshot::{Domain, ProjectNamed, UnifiedNames};
use idle_core::Region;

use super::datazone::{DataZone, is_domain_id};
use super::domain::{of, users};
use super::trouble::Trouble;
use super::{projects, sagemaker};
use crate::aws::Session;
use crate::observe::Kind;

/// Projects and people behind these domains.
pub(crate) async fn names(session: &Session, domains: &[Domain]) -> UnifiedNames {
    let (mut names, mut trouble) = (UnifiedNames::default(), Trouble::default());
    for domain in domains {
        match sagemaker::of(session, &domain.id).await {
            Ok(Some(found)) => {
                names.projects.insert(domain.id.clone(), ProjectNamed { project: found.project, name: None });
            }
            Ok(None) => {}
            Err(error) if error.kind == Kind::NotFound => {}
            Err(error) => trouble.add("domains of Unified Studio", &error),
        }
    }
    let own = session.scope.region.as_str();
    let asked = names.projects.values().map(|named| {
        let region = named.project.region.clone().unwrap_or_else(|| own.to_owned());
        (named.project.domain.clone(), region)
    });
    let asked: BTreeMap<String, String> = asked.collect();
    for (domain, region) in &asked {
        // Both come from the description of a domain, and the region becomes part of a host's name.
        if !is_domain_id(domain) || Region::parse(region).is_err() {
            trouble.add(domain, &format!("no usable id of a domain of DataZone in {region}"));
            continue;
        }
        let datazone = match DataZone::of(session, region) {
            Ok(datazone) => datazone,
            Err(error) => {
                trouble.add(domain, &error);
                continue;
            }
        };
        match projects::names(&datazone, domain).await {
            Ok(known) => {
                for named in names.projects.values_mut().filter(|named| named.project.domain == *domain) {
                    named.name = known.get(&named.project.project).cloned();
                }
            }
            Err(error) => trouble.add(of(domain, "ListProjects"), &error),
        }
        names.users.extend(users(&datazone, domain, &mut trouble).await);
    }
    names.unseen = trouble.told();
    names
}
