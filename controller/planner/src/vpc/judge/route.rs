//! Where the routes of a domain's subnets lead.

use super::super::report::Network;
use super::super::seen::{DefaultRoute, DomainNetwork, RouteTable, VpcSeen};

/// How the domain's apps reach AWS: by the worst way out of all of its subnets.
pub(super) fn network(network: &DomainNetwork, seen: &VpcSeen) -> Network {
    if seen.route_tables.is_err() {
        return Network::Unknown;
    }
    let routes: Vec<&DefaultRoute> = tables(network, seen).into_iter().map(|table| &table.default_route).collect();
    // A subnet without any route table that is known has no way out that is known.
    let all_known = network.subnets.iter().all(|subnet| table(subnet, seen).is_some());
    if !all_known || routes.is_empty() || routes.contains(&&DefaultRoute::None) {
        return Network::Endpoints;
    }
    let other = routes.iter().find_map(|route| match route {
        DefaultRoute::Other(id) => Some(Network::Other(id.clone())),
        _ => None,
    });
    let nat = routes.iter().find_map(|route| match route {
        DefaultRoute::Nat(id) => Some(Network::Nat(id.clone())),
        _ => None,
    });
    other.or(nat).unwrap_or(Network::Endpoints)
}

/// The route table of each of the domain's subnets, as far as it is known.
pub(super) fn tables<'a>(network: &DomainNetwork, seen: &'a VpcSeen) -> Vec<&'a RouteTable> {
    network.subnets.iter().filter_map(|subnet| table(subnet, seen)).collect()
}

/// The route table of this subnet: its own, or else the VPC's.
pub(super) fn table<'a>(subnet: &str, seen: &'a VpcSeen) -> Option<&'a RouteTable> {
    let tables = seen.route_tables.as_ref().ok()?;
    let own = tables.iter().find(|table| table.subnets.iter().any(|other| other == subnet));
    own.or_else(|| tables.iter().find(|table| table.is_main))
}
