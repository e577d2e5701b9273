//! Whether one endpoint does for a domain.

use std::collections::BTreeMap;

use super::super::calls::{Call, Caller};
use super::super::policy::{Answer, Request, answer};
use super::super::report::{CallAnswer, Standing};
use super::super::seen::{DomainNetwork, Endpoint, EndpointKind, Groups, Subnet, VpcSeen};
use super::{groups, route};

/// What came of an endpoint.
#[derive(Debug)]
pub(super) struct Judged {
    pub(super) standing: Standing,
    pub(super) why: Vec<String>,
    pub(super) endpoint: String,
    pub(super) calls: Vec<CallAnswer>,
    /// Flags of `modify-vpc-endpoint` that mend it.
    pub(super) mends: Vec<String>,
}

impl Judged {
    fn found(&mut self, standing: Standing, why: String) {
        self.standing = self.standing.max(standing);
        self.why.push(why);
    }

    /// The same, and what mends it.
    fn mended_by(&mut self, standing: Standing, why: String, flag: String) {
        self.found(standing, why);
        self.mends.push(flag);
    }
}

/// This endpoint, for this domain and these calls.
pub(super) fn judged(network: &DomainNetwork, seen: &VpcSeen, endpoint: &Endpoint, calls: &[&Call]) -> Judged {
    let mut judged = Judged {
        standing: Standing::Ready,
        why: Vec::new(),
        endpoint: endpoint.id.clone(),
        calls: Vec::new(),
        mends: Vec::new(),
    };
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
            Some(table) => judged.mended_by(
                Standing::Broken,
                format!("{}, the route table of {subnet}, does not lead to it", table.id),
                format!("--add-route-table-ids {}", table.id),
            ),
            None => judged.found(Standing::Unknown, format!("no route table of {subnet} is shown")),
        }
    }
}

fn by_interfaces(network: &DomainNetwork, seen: &VpcSeen, endpoint: &Endpoint, judged: &mut Judged) {
    if !endpoint.has_private_dns {
        let why = "private DNS is off: the service's name does not lead to it";
        judged.mended_by(Standing::Broken, why.to_owned(), "--private-dns-enabled".to_owned());
    }
    let lists: Vec<&Groups> = network.groups.iter().filter(|of| !of.ids.is_empty()).collect();
    if lists.is_empty() {
        judged.found(Standing::Unknown, "the domain names no security group of its apps".to_owned());
    }
    for (n, of) in lists.iter().enumerate() {
        // What was said of the same groups already is not said again.
        let is_new = !lists[..n].iter().any(|other| other.ids == of.ids);
        let found = if is_new { groups::in_the_way(network, seen, endpoint, of) } else { None };
        if let Some((standing, why)) = found {
            judged.found(standing, why);
        }
    }
    // Subnets that could not be read are told for the whole domain.
    if let Ok(subnets) = &seen.subnets {
        by_zones(network, subnets, endpoint, judged);
    }
}

fn by_zones(network: &DomainNetwork, subnets: &BTreeMap<String, Subnet>, endpoint: &Endpoint, judged: &mut Judged) {
    let zone = |id: &String| subnets.get(id).map(|subnet| subnet.zone.as_str());
    let there: Vec<Option<&str>> = endpoint.subnets.iter().map(zone).collect();
    let mut without: BTreeMap<&str, &str> = BTreeMap::new();
    for id in network.subnets.iter().filter(|id| !there.contains(&zone(id))) {
        if let Some(zone) = zone(id) {
            without.entry(zone).or_insert(id);
        }
    }
    if !without.is_empty() {
        let (zones, of_zones): (Vec<&str>, Vec<&str>) = without.into_iter().unzip();
        judged.mended_by(
            Standing::Weak,
            format!("no interface in {}", zones.join(", ")),
            format!("--add-subnet-ids {}", of_zones.join(" ")),
        );
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
