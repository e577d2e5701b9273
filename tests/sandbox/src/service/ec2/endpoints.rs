//! VPC endpoints.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::listing::{Listing, invalid, numbered};
use crate::error::{Answer, ApiError};
use crate::page::Sizes;
use crate::world::{Context, Region};

/// By id.
pub(crate) type VpcEndpoints = BTreeMap<String, Value>;

const LISTING: Listing = Listing {
    set: "vpcEndpointSet",
    ids: "VpcEndpointId",
    not_found: ("InvalidVpcEndpointId.NotFound", |id| format!("The Vpc Endpoint Id '{id}' does not exist")),
    // More than a thousand are answered as a thousand, which is also what is not asked for.
    sizes: Sizes { least: 1, most: 1000, default: 1000 },
    filters: &[
        ("vpc-id", "vpcId"),
        ("vpc-endpoint-type", "vpcEndpointType"),
        ("vpc-endpoint-id", "vpcEndpointId"),
        ("vpc-endpoint-state", "state"),
        ("service-name", "serviceName"),
    ],
};

/// What an endpoint lets through that was made without a policy.
const FULL_ACCESS: &str = "{\n  \"Statement\": [\n    {\n      \"Action\": \"*\", \n      \"Effect\": \"Allow\", \n      \
    \"Principal\": \"*\", \n      \"Resource\": \"*\"\n    }\n  ]\n}";

/// `CreateVpcEndpoint`, available at once.
pub(super) fn create(region: &mut Region, context: &Context, request: &Value) -> Answer {
    let (vpc, service) = (text(request, "VpcId")?, text(request, "ServiceName")?);
    let kind = request["VpcEndpointType"].as_str().unwrap_or("Gateway");
    let subnets = numbered(request, "SubnetId");
    if kind == "Interface" && subnets.is_empty() {
        return Err(ApiError::new("MissingParameter", "The request must contain the parameter SubnetIds"));
    }
    let policy = request["PolicyDocument"].as_str().unwrap_or(FULL_ACCESS);
    if serde_json::from_str::<Value>(policy).is_err() {
        return Err(ApiError::new("InvalidPolicyDocument", "The Policy contains invalid Json"));
    }
    // Only what has interfaces has names and security groups of its own.
    let dns = match request["PrivateDnsEnabled"].as_str() {
        None => kind == "Interface",
        Some("true") => true,
        Some("false") => false,
        Some(other) => return Err(invalid(format!("Value ({other}) for PrivateDnsEnabled is invalid."))),
    };
    let groups = numbered(request, "SecurityGroupId").into_iter();
    let groups: Vec<Value> = groups.map(|id| json!({ "groupId": id, "groupName": id })).collect();
    let id = format!("vpce-{:017x}", region.next_number());
    let created = jiff::Timestamp::from_second(whole(context.now)).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    let body = json!({
        "vpcEndpointId": id,
        "vpcEndpointType": kind,
        "vpcId": vpc,
        "serviceName": service,
        "state": "available",
        "policyDocument": policy,
        "routeTableIdSet": numbered(request, "RouteTableId"),
        "subnetIdSet": subnets,
        "groupSet": groups,
        "privateDnsEnabled": dns,
        "requesterManaged": false,
        "creationTimestamp": format!("{created:.3}"),
        "ownerId": context.caller.account,
    });
    region.vpc_endpoints.insert(id, body.clone());
    Ok(json!({ "vpcEndpoint": body }))
}

/// `DescribeVpcEndpoints`.
pub(super) fn describe(region: &Region, request: &Value) -> Answer {
    LISTING.page(&region.vpc_endpoints, request)
}

/// `DeleteVpcEndpoints`, gone at once.
pub(super) fn delete(region: &mut Region, request: &Value) -> Value {
    let unknown = |id: &String| region.vpc_endpoints.remove(id).is_none();
    let unknown: Vec<String> = numbered(request, "VpcEndpointId").into_iter().filter(unknown).collect();
    let told = unknown.into_iter().map(|id| {
        let error = json!({ "code": "InvalidVpcEndpoint.NotFound", "message": format!("{id} does not exist") });
        json!({ "resourceId": id, "error": error })
    });
    json!({ "unsuccessful": told.collect::<Vec<_>>() })
}

fn text<'a>(request: &'a Value, member: &str) -> Result<&'a str, ApiError> {
    let missing = || ApiError::new("MissingParameter", format!("The request must contain the parameter {member}"));
    request[member].as_str().ok_or_else(missing)
}

#[expect(clippy::cast_possible_truncation, reason = "seconds since the epoch are far from the bounds")]
fn whole(seconds: f64) -> i64 {
    seconds as i64
}
