//! Whether one endpoint does for a domain.

use std::collections::BTreeSet;

use super::super::calls::{Call, Caller};
use super::super::policy::{Answer, Request, answer};
use super::super::report::{CallAnswer, Standing};
use super::super::seen::{DomainNetwork, Endpoint, EndpointKind, VpcSeen};
use super::{groups, route};

/// What came of an endpoint.
#[derive(Debug)]
pub(super) struct Judged {
    pub(super) standing: Standing,
    pub(super) why: Vec<String>,
    pub(super) endpoint: String,
    pub(super) calls: Vec<CallAnswer>,
}

impl Judged {
    fn found(&mut self, standing: Standing, why: String) {
        self.standing = self.standing.max(standing);
        self.why.push(why);
    }
}

/// This endpoint, for this domain and these calls.
pub(super) fn judged(network: &DomainNetwork, seen: &VpcSeen, endpoint: &Endpoint, calls: &[&Call]) -> Judged {
    let mut judged =
        Judged { standing: Standing::Ready, why: Vec::new(), endpoint: endpoint.id.clone(), calls: Vec::new() };
    if !endpoint.state.eq_ignore_ascii_case("available") {
        judged.found(Standing::Broken, format!("it is {}", endpoint.state));
    }
    match endpoint.kind {
        EndpointKind::Gateway => by_routes(network, seen, endpoint, &mut judged),
        _ => by_interfaces(network, seen, endpoint, &mut judged),
    }
    by_policy(network, endpoint, calls, &mut judged);
    judged
}

fn by_routes(network: &DomainNetwork, seen: &VpcSeen, endpoint: &Endpoint, judged: &mut Judged) {
    let Ok(_) = &seen.route_tables else {
        return judged.found(Standing::Unknown, "the route tables could not be read".to_owned());
    };
    for subnet in &network.subnets {
        match route::table(subnet, seen) {
            Some(table) if endpoint.route_tables.contains(&table.id) => {}
            Some(table) => {
                judged
                    .found(Standing::Broken, format!("{}, the route table of {subnet}, does not lead to it", table.id));
            }
            None => judged.found(Standing::Unknown, format!("no route table of {subnet} is shown")),
        }
    }
}

fn by_interfaces(network: &DomainNetwork, seen: &VpcSeen, endpoint: &Endpoint, judged: &mut Judged) {
    if !endpoint.has_private_dns {
        let why = "private DNS is off: the service's name does not lead to it";
        judged.found(Standing::Broken, why.to_owned());
    }
    let lists: Vec<_> = network.groups.iter().filter(|of| !of.ids.is_empty()).collect();
    if lists.is_empty() {
        judged.found(Standing::Unknown, "the domain names no security group of its apps".to_owned());
    }
    for of in lists {
        if let Some((standing, why)) = groups::in_the_way(network, seen, endpoint, of) {
            judged.found(standing, why);
        }
    }
    match &seen.subnets {
        // Told for the whole domain.
        Err(_) => {}
        Ok(subnets) => {
            let zones = |ids: &[String]| -> BTreeSet<String> {
                ids.iter().filter_map(|id| Some(subnets.get(id)?.zone.clone())).collect()
            };
            let (wanted, there) = (zones(&network.subnets), zones(&endpoint.subnets));
            let without: Vec<String> = wanted.difference(&there).cloned().collect();
            if !without.is_empty() {
                judged.found(Standing::Weak, format!("no interface in {}", without.join(", ")));
            }
        }
    }
}

fn by_policy(network: &DomainNetwork, endpoint: &Endpoint, calls: &[&Call], judged: &mut Judged) {
    for call in calls {
        let request = Request {
            action: call.action,
            resource: &call.resource,
            account: network.scope.account.as_str(),
            role: network.execution_role.as_deref().filter(|_| call.caller == Caller::Agent),
            vpc: &network.vpc,
            endpoint: &endpoint.id,
            is_gateway: endpoint.kind == EndpointKind::Gateway,
        };
        let said = answer(endpoint.policy.as_deref(), &request);
        judged.calls.push(CallAnswer {
            caller: call.caller,
            action: call.action,
            resource: call.resource.clone(),
            is_optional: call.is_optional,
            answer: said,
        });
    }
    // One reason for many calls is told once.
    let mut told: Vec<(Standing, &str, Vec<&str>)> = Vec::new();
    for CallAnswer { action, is_optional, answer, .. } in &judged.calls {
        let (standing, why) = match (answer, is_optional) {
            (Answer::Allowed, _) => continue,
            (Answer::Denied(why), false) => (Standing::Broken, why),
            (Answer::Unclear(why), false) => (Standing::Unknown, why),
            (Answer::Denied(why) | Answer::Unclear(why), true) => (Standing::Weak, why),
        };
        match told.iter_mut().find(|(other, known, _)| *other == standing && known == why) {
            Some((.., actions)) if !actions.contains(action) => actions.push(action),
            Some(_) => {}
            None => told.push((standing, why, vec![action])),
        }
    }
    let told: Vec<(Standing, String)> =
        told.into_iter().map(|(standing, why, actions)| (standing, format!("{}: {why}", actions.join(", ")))).collect();
    for (standing, why) in told {
        judged.found(standing, why);
    }
}
