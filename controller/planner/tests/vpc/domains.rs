//! What a domain's VPC comes to, where that is easier said than seeded.

use std::collections::BTreeMap;

use cost_planner::install::Scope;
use cost_planner::prices::{Priced, Unpriced};
use cost_planner::vpc::{
    Buckets, Caller, DefaultRoute, DomainNetwork, DomainReport, Endpoint, EndpointKind, Group, Groups, Ingress,
    Network, RouteTable, Standing, Subnet, VpcSeen, judge,
};
use idle_core::{AccountId, DomainId, Partition, Region};

fn network(region: &str) -> DomainNetwork {
    DomainNetwork {
        scope: Scope {
            partition: Partition::parse("aws").unwrap(),
            account: AccountId::parse("111122223333").unwrap(),
            region: Region::parse(region).unwrap(),
        },
        domain: DomainId::parse("d-1").unwrap(),
        vpc: "vpc-1".to_owned(),
        subnets: vec!["subnet-1".to_owned()],
        is_vpc_only: true,
        groups: vec![Groups { of: "DefaultUserSettings", ids: vec!["sg-apps".to_owned()] }],
        has_customer_key: false,
        execution_role: None,
    }
}

fn endpoint(service: &str) -> Endpoint {
    Endpoint {
        id: format!("vpce-{service}"),
        service: service.to_owned(),
        kind: EndpointKind::Interface,
        state: "Available".to_owned(),
        has_private_dns: true,
        subnets: vec!["subnet-1".to_owned()],
        route_tables: Vec::new(),
        groups: vec!["sg-endpoints".to_owned()],
        policy: None,
    }
}

/// A subnet whose addresses the endpoints let in.
fn seen(endpoints: Vec<Endpoint>) -> VpcSeen {
    let subnet = Subnet { zone: "a".to_owned(), cidr: "10.0.1.0/24".to_owned(), owner: "111122223333".to_owned() };
    let group = Group { https_from: vec![Ingress::Cidr("10.0.0.0/16".to_owned())] };
    let table =
        RouteTable { id: "rtb-1".to_owned(), is_main: true, subnets: Vec::new(), default_route: DefaultRoute::None };
    VpcSeen {
        endpoints: Ok(endpoints),
        subnets: Ok(BTreeMap::from([("subnet-1".to_owned(), subnet)])),
        route_tables: Ok(vec![table]),
        groups: Ok(BTreeMap::from([("sg-endpoints".to_owned(), group)])),
    }
}

fn judged(network: &DomainNetwork, seen: &VpcSeen, callers: &[Caller]) -> DomainReport {
    let price = Ok(Priced { micro_usd_per_hour: 10_000, list: "aws vpc 2026-11-20".to_owned() });
    judge(network, seen, callers, &Buckets::default(), &price)
}

fn standing(report: &DomainReport, name: &str) -> Option<Standing> {
    report.services.iter().find(|row| row.name == name).map(|row| row.standing)
}

#[test]
fn an_endpoint_is_known_by_the_end_of_its_name() {
    let names = [
        "cn.com.amazonaws.cn-north-1.sts",
        "aws.sagemaker.cn-north-1.studio",
        "com.amazonaws.cn-north-1.sagemaker.api-fips",
    ];
    let seen = seen(names.map(endpoint).into());
    let report = judged(&network("cn-north-1"), &seen, &[Caller::Agent]);
    assert_eq!(standing(&report, "sts"), Some(Standing::Ready), "{report:#?}");
    assert_eq!(standing(&report, "studio"), Some(Standing::Ready));
    assert_eq!(standing(&report, "sagemaker.api"), Some(Standing::Missing));
    // Of another region is another one.
    let elsewhere = judged(&network("eu-west-1"), &seen, &[Caller::Agent]);
    assert_eq!(standing(&elsewhere, "sts"), Some(Standing::Missing));
}

#[test]
fn of_several_endpoints_the_best_one_counts() {
    let name = "com.amazonaws.eu-west-1.sts";
    let broken = Endpoint { has_private_dns: false, ..endpoint(name) };
    let report = judged(&network("eu-west-1"), &seen(vec![broken, endpoint(name)]), &[Caller::Agent]);
    assert_eq!(standing(&report, "sts"), Some(Standing::Ready));
    // What answers nothing here is no endpoint at all.
    let other = Endpoint { kind: EndpointKind::Other, ..endpoint(name) };
    let report = judged(&network("eu-west-1"), &seen(vec![other]), &[Caller::Agent]);
    assert_eq!(standing(&report, "sts"), Some(Standing::Missing));
}

#[test]
fn a_key_of_the_customer_needs_its_service_and_the_controller_more_of_them() {
    let mut network = network("eu-west-1");
    let is_needed = |network: &DomainNetwork, name: &str| {
        let report = judged(network, &seen(Vec::new()), &[Caller::Agent]);
        report.services.iter().any(|row| row.name == name && row.is_needed)
    };
    assert!(!is_needed(&network, "kms"));
    network.has_customer_key = true;
    assert!(is_needed(&network, "kms"));
    let both = judged(&network, &seen(Vec::new()), &[Caller::Agent, Caller::Controller]);
    assert_eq!(standing(&both, "tagging"), Some(Standing::Missing));
    // Prices have an endpoint in four regions; elsewhere it is said what does without.
    assert_eq!(standing(&both, "pricing.api"), None);
    assert!(both.notes.iter().any(|note| note.contains("no endpoint in eu-west-1")), "{:?}", both.notes);
    network.scope.region = Region::parse("eu-central-1").unwrap();
    let both = judged(&network, &seen(Vec::new()), &[Caller::Agent, Caller::Controller]);
    assert_eq!(standing(&both, "pricing.api"), Some(Standing::Missing));
}

#[test]
fn what_could_not_be_read_is_never_well() {
    let why = || "DescribeSomething failed".to_owned();
    let whole = || seen(vec![endpoint("com.amazonaws.eu-west-1.sts")]);
    let network = network("eu-west-1");
    let groups = judged(&network, &VpcSeen { groups: Err(why()), ..whole() }, &[Caller::Agent]);
    assert_eq!((standing(&groups, "sts"), groups.unseen.len()), (Some(Standing::Unknown), 1));
    // By addresses nobody knows who is let in, unless everybody is.
    let subnets = judged(&network, &VpcSeen { subnets: Err(why()), ..whole() }, &[Caller::Agent]);
    assert_eq!(standing(&subnets, "sts"), Some(Standing::Unknown), "{subnets:#?}");
    let routes = judged(&network, &VpcSeen { route_tables: Err(why()), ..whole() }, &[Caller::Agent]);
    assert_eq!((&routes.network, routes.unknown()), (&Network::Unknown, 1));
    let endpoints = judged(&network, &VpcSeen { endpoints: Err(why()), ..whole() }, &[Caller::Agent]);
    assert_eq!((endpoints.services.len(), endpoints.unknown(), endpoints.lacking()), (0, 1, 0));
    let nameless = DomainNetwork { groups: Vec::new(), ..network };
    let report = judged(&nameless, &whole(), &[Caller::Agent]);
    assert_eq!(standing(&report, "sts"), Some(Standing::Unknown));
}

#[test]
fn what_is_missing_is_priced_by_zone_and_a_gateway_is_free() {
    let network = network("eu-west-1");
    let report = judged(&network, &seen(Vec::new()), &[Caller::Agent]);
    let row = |name: &str| report.services.iter().find(|row| row.name == name).unwrap();
    assert_eq!((row("sts").zones, row("sts").micro_usd_per_month), (1, Some(7_300_000)));
    assert_eq!(row("s3").micro_usd_per_month, Some(0));
    assert!(row("s3").remedy.as_ref().unwrap().ends_with("Gateway --route-table-ids rtb-1"));
    let none = Err(Unpriced("no list".to_owned()));
    let unpriced = judge(&network, &seen(Vec::new()), &[Caller::Agent], &Buckets::default(), &none);
    let row = unpriced.services.iter().find(|row| row.name == "sts").unwrap();
    assert_eq!((row.micro_usd_per_month, row.unpriced.as_deref()), (None, Some("no list")));
}
