//! From a domain's network and what stands in its VPC to what is missing.

mod endpoint;
mod groups;
mod route;

use std::collections::BTreeSet;

use super::calls::{Buckets, Call, Caller, calls};
use super::needs::{Need, needs};
use super::report::{CallAnswer, DomainReport, Network, ServiceRow, Standing};
use super::seen::{DomainNetwork, Endpoint, EndpointKind, VpcSeen};
use crate::prices::{Priced, Unpriced};

use endpoint::{Judged, judged};

/// AWS counts a month as so many hours.
const HOURS_A_MONTH: u64 = 730;

/// What this domain needs and has, for these callers, of whom the agent always is one.
/// `price` is that of an interface endpoint in one availability zone.
#[must_use]
pub fn judge(
    network: &DomainNetwork,
    seen: &VpcSeen,
    callers: &[Caller],
    buckets: &Buckets,
    price: &Result<Priced, Unpriced>,
) -> DomainReport {
    let mut report = DomainReport {
        domain: network.domain.clone(),
        account: network.scope.account.to_string(),
        region: network.scope.region.to_string(),
        vpc: network.vpc.clone(),
        network: Network::PublicInternetOnly,
        services: Vec::new(),
        unseen: Vec::new(),
        notes: Vec::new(),
    };
    if !network.is_vpc_only {
        return report;
    }
    let listings = [
        seen.endpoints.as_ref().err(),
        seen.subnets.as_ref().err(),
        seen.route_tables.as_ref().err(),
        seen.groups.as_ref().err(),
    ];
    report.unseen.extend(listings.into_iter().flatten().cloned());
    report.network = route::network(network, seen);
    let shared = sharer(network, seen);
    if let Some(owner) = &shared {
        report.unseen.push(format!(
            "{} is shared by account {owner}: its endpoints are that account's and not shown to this one",
            network.vpc
        ));
    }
    if callers.contains(&Caller::Controller) {
        report.notes.extend(notes(network));
    }
    let Ok(endpoints) = &seen.endpoints else { return report };
    let calls = calls(network, callers, buckets);
    for need in needs(network, callers) {
        let calls: Vec<&Call> = calls.iter().filter(|call| call.service == need.service).collect();
        let is_it = |endpoint: &&Endpoint| {
            endpoint.kind != EndpointKind::Other && need.is(&endpoint.service, network.scope.region.as_str())
        };
        let candidates = endpoints.iter().filter(is_it).map(|endpoint| judged(network, seen, endpoint, &calls));
        // Of several that would do, the one that does best.
        let best = candidates.min_by_key(|judged| judged.standing);
        report.services.push(match best {
            Some(judged) => row(network, need, judged),
            None => missing(network, seen, need, &report.network, shared.is_some(), price),
        });
    }
    report.services.sort_by_key(|row| !row.is_needed);
    report
}

/// Whose subnets these are, if they are not the account's own.
fn sharer(network: &DomainNetwork, seen: &VpcSeen) -> Option<String> {
    let subnets = seen.subnets.as_ref().ok()?;
    let owners = network.subnets.iter().filter_map(|id| Some(&subnets.get(id)?.owner));
    owners.into_iter().find(|owner| owner.as_str() != network.scope.account.as_str()).cloned()
}

/// What of the controller no endpoint leads to.
fn notes(network: &DomainNetwork) -> Vec<String> {
    let region = network.scope.region.as_str();
    let mut notes = vec![
        "Organizations and Cost Explorer are asked in one region for all: --organization and report spend --actuals \
         want a way out of the VPC; --scopes FILE and sweeps do without"
            .to_owned(),
    ];
    if !super::needs::PRICING_REGIONS.contains(&region) {
        notes.push(format!(
            "the Price List API has no endpoint in {region}: refresh prices elsewhere and bring the folder (--prices), or \
             go by the table that comes along; everything but prices refresh works"
        ));
    }
    notes
}

fn row(network: &DomainNetwork, need: Need, judged: Judged) -> ServiceRow {
    let Judged { standing, why, endpoint, calls, mends } = judged;
    let region = &network.scope.region;
    let command =
        || format!("aws ec2 modify-vpc-endpoint --region {region} --vpc-endpoint-id {endpoint} {}", mends.join(" "));
    let remedy = (!mends.is_empty()).then(command);
    ServiceRow { standing, why, endpoint: Some(endpoint), calls, remedy, ..empty(network, need) }
}

fn empty(network: &DomainNetwork, need: Need) -> ServiceRow {
    ServiceRow {
        name: need.service,
        service: need.name(network),
        is_needed: need.level == super::needs::Level::Needed,
        for_what: need.for_what,
        standing: Standing::Missing,
        why: Vec::new(),
        endpoint: None,
        calls: Vec::<CallAnswer>::new(),
        zones: 0,
        micro_usd_per_month: None,
        unpriced: None,
        remedy: None,
    }
}

fn missing(
    network: &DomainNetwork,
    seen: &VpcSeen,
    need: Need,
    way: &Network,
    is_shared: bool,
    price: &Result<Priced, Unpriced>,
) -> ServiceRow {
    let mut row = empty(network, need);
    (row.standing, row.why) = match way {
        _ if is_shared => (Standing::Unknown, vec!["another account's endpoints are not shown".to_owned()]),
        Network::Nat(id) => (Standing::GoesOut, vec![format!("none; goes out by {id}")]),
        Network::Other(id) => (Standing::Unknown, vec![format!("none; nobody knows how far {id} leads")]),
        _ => (Standing::Missing, Vec::new()),
    };
    let gateway = need.service == "s3";
    let subnets = of_each_zone(network, seen);
    row.zones = if gateway { 0 } else { u32::try_from(subnets.len()).unwrap_or(u32::MAX) };
    match price {
        _ if gateway => row.micro_usd_per_month = Some(0),
        Ok(price) => {
            let an_hour = price.micro_usd_per_hour.saturating_mul(u64::from(row.zones));
            row.micro_usd_per_month = Some(an_hour.saturating_mul(HOURS_A_MONTH));
        }
        Err(why) => row.unpriced = Some(why.to_string()),
    }
    row.remedy = Some(remedy(network, seen, &row.service, gateway, &subnets));
    row
}

/// A subnet of each of the domain's availability zones: an endpoint takes no more of one.
fn of_each_zone(network: &DomainNetwork, seen: &VpcSeen) -> Vec<String> {
    let Ok(subnets) = &seen.subnets else { return network.subnets.clone() };
    let mut zones = BTreeSet::new();
    let is_first = |id: &&String| subnets.get(*id).is_none_or(|subnet| zones.insert(&subnet.zone));
    network.subnets.iter().filter(is_first).cloned().collect()
}

fn remedy(network: &DomainNetwork, seen: &VpcSeen, service: &str, gateway: bool, subnets: &[String]) -> String {
    let DomainNetwork { scope, vpc, .. } = network;
    let command = format!(
        "aws ec2 create-vpc-endpoint --region {} --vpc-id {vpc} --service-name {service} --vpc-endpoint-type",
        scope.region
    );
    if gateway {
        let tables: BTreeSet<&str> = route::tables(network, seen).into_iter().map(|table| table.id.as_str()).collect();
        let tables = if tables.is_empty() { vec!["ROUTE-TABLE-ID"] } else { tables.into_iter().collect() };
        return format!("{command} Gateway --route-table-ids {}", tables.join(" "));
    }
    let subnets = subnets.join(" ");
    format!("{command} Interface --subnet-ids {subnets} --security-group-ids SECURITY-GROUP-ID --private-dns-enabled")
}
