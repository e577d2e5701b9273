//! A domain's network and its VPC, as SageMaker and EC2 describe them.

use std::collections::BTreeMap;

use idle_core::DomainId;

use crate::install::Scope;

/// How a domain is connected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DomainNetwork {
    /// The domain's account and region.
    pub scope: Scope,
    /// The domain.
    pub domain: DomainId,
    /// Its VPC.
    pub vpc: String,
    /// The subnets of its apps.
    pub subnets: Vec<String>,
    /// `AppNetworkAccessType` is `VpcOnly`.
    pub is_vpc_only: bool,
    /// The security groups of its apps, by the settings that name them; each has all of one list.
    pub groups: Vec<Groups>,
    /// Its volumes are encrypted by a key of the customer.
    pub has_customer_key: bool,
    /// The role of its apps, where they have none of their own.
    pub execution_role: Option<String>,
}

/// The security groups that one part of the settings names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Groups {
    /// Such as `DefaultUserSettings`.
    pub of: &'static str,
    /// Their ids.
    pub ids: Vec<String>,
}

/// What stands in a VPC; of each listing, why it could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VpcSeen {
    /// Every endpoint of this account.
    pub endpoints: Result<Vec<Endpoint>, String>,
    /// Every subnet, by id.
    pub subnets: Result<BTreeMap<String, Subnet>, String>,
    /// Every route table.
    pub route_tables: Result<Vec<RouteTable>, String>,
    /// Every security group, by id.
    pub groups: Result<BTreeMap<String, Group>, String>,
}

impl Default for VpcSeen {
    /// A VPC in which nothing stands.
    fn default() -> Self {
        let (subnets, groups) = (Ok(BTreeMap::new()), Ok(BTreeMap::new()));
        Self { endpoints: Ok(Vec::new()), subnets, route_tables: Ok(Vec::new()), groups }
    }
}

/// A VPC endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// Its id.
    pub id: String,
    /// Such as `com.amazonaws.us-east-1.sts`.
    pub service: String,
    /// What it is.
    pub kind: EndpointKind,
    /// As EC2 names it, such as `available`.
    pub state: String,
    /// The service's own name leads to it from within the VPC.
    pub has_private_dns: bool,
    /// The subnets of an interface.
    pub subnets: Vec<String>,
    /// The route tables of a gateway.
    pub route_tables: Vec<String>,
    /// The security groups of an interface.
    pub groups: Vec<String>,
    /// The text of its policy, where it has one.
    pub policy: Option<String>,
}

/// What an endpoint is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndpointKind {
    /// Network interfaces in subnets.
    Interface,
    /// Entries in route tables.
    Gateway,
    /// Something else, which no service here is reached by.
    Other,
}

/// A subnet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subnet {
    /// Its availability zone.
    pub zone: String,
    /// Its IPv4 addresses, such as `10.0.1.0/24`.
    pub cidr: String,
    /// Whose it is: a VPC can be shared.
    pub owner: String,
}

/// A route table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RouteTable {
    /// Its id.
    pub id: String,
    /// It holds for subnets that are associated with none.
    pub is_main: bool,
    /// The subnets that are associated with it.
    pub subnets: Vec<String>,
    /// Where everything goes that has no route of its own.
    pub default_route: DefaultRoute,
}

/// Where a default route leads, for addresses without one that is public.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DefaultRoute {
    /// There is none that apps could use.
    None,
    /// To this NAT gateway.
    Nat(String),
    /// To this transit gateway, network interface or other thing: nobody knows from here how far.
    Other(String),
}

/// A security group.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Group {
    /// What it lets in on port 443 over TCP.
    pub https_from: Vec<Ingress>,
}

/// Whom a security group lets in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ingress {
    /// These IPv4 addresses.
    Cidr(String),
    /// What has this security group.
    Group(String),
    /// A prefix list, whose addresses were not looked up.
    PrefixList(String),
}
