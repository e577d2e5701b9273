//! Subnets, route tables and security groups, which only the tests' own route makes.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::listing::Listing;
use crate::error::{Answer, ApiError};
use crate::page::Sizes;
use crate::world::{Context, Region};

/// What stands in VPCs, by id.
#[derive(Debug, Default)]
pub(crate) struct Network {
    subnets: BTreeMap<String, Value>,
    route_tables: BTreeMap<String, Value>,
    groups: BTreeMap<String, Value>,
}

const SUBNETS: Listing = Listing {
    set: "subnetSet",
    ids: "SubnetId",
    not_found: ("InvalidSubnetID.NotFound", |id| format!("The subnet ID '{id}' does not exist")),
    sizes: Sizes { least: 5, most: 1000, default: 1000 },
    filters: &[("vpc-id", "vpcId"), ("subnet-id", "subnetId"), ("availability-zone", "availabilityZone")],
};

const ROUTE_TABLES: Listing = Listing {
    set: "routeTableSet",
    ids: "RouteTableId",
    not_found: ("InvalidRouteTableID.NotFound", |id| format!("The routeTable ID '{id}' does not exist")),
    sizes: Sizes { least: 5, most: 100, default: 100 },
    filters: &[
        ("vpc-id", "vpcId"),
        ("route-table-id", "routeTableId"),
        ("association.subnet-id", "associationSet.subnetId"),
        ("association.main", "associationSet.main"),
    ],
};

const GROUPS: Listing = Listing {
    set: "securityGroupInfo",
    ids: "GroupId",
    not_found: ("InvalidGroup.NotFound", |id| format!("The security group '{id}' does not exist")),
    sizes: Sizes { least: 5, most: 1000, default: 1000 },
    filters: &[("vpc-id", "vpcId"), ("group-id", "groupId"), ("group-name", "groupName")],
};

/// `DescribeSubnets`, `DescribeRouteTables`, `DescribeSecurityGroups`.
pub(super) fn describe(network: &Network, operation: &str, request: &Value) -> Answer {
    let Network { subnets, route_tables, groups } = network;
    match operation {
        "DescribeSubnets" => SUBNETS.page(subnets, request),
        "DescribeRouteTables" => ROUTE_TABLES.page(route_tables, request),
        _ => GROUPS.page(groups, request),
    }
}

/// Puts one of `VpcEndpoints`, `Subnets`, `RouteTables` or `SecurityGroups` in its place,
/// its members named as EC2's XML names them.
///
/// # Errors
/// `ValidationException` for one without an id or a VPC.
pub(crate) fn put(region: &mut Region, context: &Context, list: &str, body: &Value) -> Result<(), ApiError> {
    let id_member = match list {
        "VpcEndpoints" => "vpcEndpointId",
        "Subnets" => "subnetId",
        "RouteTables" => "routeTableId",
        _ => "groupId",
    };
    let text = |member: &str| {
        let text = body[member].as_str().filter(|text| !text.is_empty());
        text.map(str::to_owned).ok_or_else(|| ApiError::validation(format!("there is no {member}")))
    };
    let id = text(id_member)?;
    text("vpcId")?;
    let mut body = body.clone();
    let defaults = match list {
        "VpcEndpoints" => json!({ "state": "available", "vpcEndpointType": "Interface", "privateDnsEnabled": true }),
        "Subnets" => json!({ "state": "available" }),
        "RouteTables" => json!({ "routeSet": [], "associationSet": [] }),
        _ => json!({ "groupName": id, "groupDescription": id, "ipPermissions": [] }),
    };
    for (member, default) in defaults.as_object().into_iter().flatten() {
        if body[member.as_str()].is_null() {
            body[member.as_str()] = default.clone();
        }
    }
    if body["ownerId"].is_null() {
        body["ownerId"] = json!(context.caller.account);
    }
    let place = match list {
        "VpcEndpoints" => &mut region.vpc_endpoints,
        "Subnets" => &mut region.network.subnets,
        "RouteTables" => &mut region.network.route_tables,
        _ => &mut region.network.groups,
    };
    place.insert(id, body);
    Ok(())
}
