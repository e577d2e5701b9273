//! EC2: VPC endpoints.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::error::{Answer, ApiError};
use crate::page::{Sizes, page};
use crate::world::{Context, Region};

/// More than a thousand are answered as a thousand, which is also what is not asked for.
const SIZES: Sizes = Sizes { least: 1, most: 1000, default: 1000 };

/// By id.
pub(crate) type VpcEndpoints = BTreeMap<String, Value>;

/// What can be filtered by, and where it stands.
const FILTERS: &[(&str, &str)] = &[
    ("vpc-id", "vpcId"),
    ("vpc-endpoint-type", "vpcEndpointType"),
    ("vpc-endpoint-id", "vpcEndpointId"),
    ("vpc-endpoint-state", "state"),
    ("service-name", "serviceName"),
];

/// The answer of one operation. Lists of the request have numbered names.
///
/// # Errors
/// As EC2 answers it; `InvalidAction` for what is not built.
pub(crate) fn answer(region: &mut Region, context: &Context, operation: &str, request: &Value) -> Answer {
    match operation {
        "CreateVpcEndpoint" => create(region, context, request),
        "DescribeVpcEndpoints" => describe(region, request),
        "DeleteVpcEndpoints" => Ok(delete(region, request)),
        other => Err(ApiError::new("InvalidAction", format!("The action {other} is not valid for this web service."))),
    }
}

/// `CreateVpcEndpoint`, available at once.
fn create(region: &mut Region, context: &Context, request: &Value) -> Answer {
    let (vpc, service) = (text(request, "VpcId")?, text(request, "ServiceName")?);
    let kind = request["VpcEndpointType"].as_str().unwrap_or("Gateway");
    let subnets = numbered(request, "SubnetId");
    if kind == "Interface" && subnets.is_empty() {
        return Err(ApiError::new("MissingParameter", "The request must contain the parameter SubnetIds"));
    }
    let id = format!("vpce-{:017x}", region.next_number());
    let created = jiff::Timestamp::from_second(whole(context.now)).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    let body = json!({
        "vpcEndpointId": id,
        "vpcEndpointType": kind,
        "vpcId": vpc,
        "serviceName": service,
        "state": "available",
        "routeTableIdSet": numbered(request, "RouteTableId"),
        "subnetIdSet": subnets,
        "requesterManaged": false,
        "creationTimestamp": format!("{created:.3}"),
        "ownerId": context.caller.account,
    });
    region.vpc_endpoints.insert(id, body.clone());
    Ok(json!({ "vpcEndpoint": body }))
}

/// `DescribeVpcEndpoints`.
fn describe(region: &Region, request: &Value) -> Answer {
    let ids = numbered(request, "VpcEndpointId");
    if let Some(unknown) = ids.iter().find(|id| !region.vpc_endpoints.contains_key(*id)) {
        return Err(ApiError::new(
            "InvalidVpcEndpointId.NotFound",
            format!("The Vpc Endpoint Id '{unknown}' does not exist"),
        ));
    }
    let mut filters = Vec::new();
    for n in (1..).take_while(|n| request[format!("Filter.{n}.Name")].is_string()) {
        let name = request[format!("Filter.{n}.Name")].as_str().unwrap_or_default();
        let known = FILTERS.iter().find(|(known, _)| *known == name);
        let (_, member) = known.ok_or_else(|| invalid(format!("The filter '{name}' is invalid")))?;
        let values = numbered(request, &format!("Filter.{n}.Value"));
        if values.len() > 200 {
            return Err(invalid("The maximum number of filter values specified on a single call is 200"));
        }
        filters.push((*member, values));
    }
    let is_wanted = |endpoint: &&Value| {
        let id = endpoint["vpcEndpointId"].as_str().unwrap_or_default();
        (ids.is_empty() || ids.iter().any(|wanted| wanted == id))
            && filters.iter().all(|(member, values)| values.iter().any(|value| endpoint[*member] == value.as_str()))
    };
    let found: Vec<&Value> = region.vpc_endpoints.values().filter(is_wanted).collect();
    let mut paged = json!({ "NextToken": request["NextToken"] });
    if let Some(size) = request["MaxResults"].as_str() {
        let size = size.parse::<u64>().map_err(|_| invalid(format!("Value ({size}) for MaxResults is invalid.")))?;
        paged["MaxResults"] = json!(size.min(SIZES.most));
    }
    let page = page(&paged, SIZES, "vpcEndpointSet", found.len(), |n| found[n].clone());
    let mut answer = page.map_err(|error| invalid(error.message))?;
    if let Some(next) = answer.as_object_mut().and_then(|answer| answer.remove("NextToken")) {
        answer["nextToken"] = next;
    }
    Ok(answer)
}

/// `DeleteVpcEndpoints`, gone at once.
fn delete(region: &mut Region, request: &Value) -> Value {
    let unknown = |id: &String| region.vpc_endpoints.remove(id).is_none();
    let unknown: Vec<String> = numbered(request, "VpcEndpointId").into_iter().filter(unknown).collect();
    let told = unknown.into_iter().map(|id| {
        let error = json!({ "code": "InvalidVpcEndpoint.NotFound", "message": format!("{id} does not exist") });
        json!({ "resourceId": id, "error": error })
    });
    json!({ "unsuccessful": told.collect::<Vec<_>>() })
}

/// The elements of a list, which come as `name.1` and so on.
fn numbered(request: &Value, name: &str) -> Vec<String> {
    (1..).map_while(|n| request[format!("{name}.{n}")].as_str().map(str::to_owned)).collect()
}

fn text<'a>(request: &'a Value, member: &str) -> Result<&'a str, ApiError> {
    let missing = || ApiError::new("MissingParameter", format!("The request must contain the parameter {member}"));
    request[member].as_str().ok_or_else(missing)
}

fn invalid(message: impl Into<String>) -> ApiError {
    ApiError::new("InvalidParameterValue", message)
}

#[expect(clippy::cast_possible_truncation, reason = "seconds since the epoch are far from the bounds")]
fn whole(seconds: f64) -> i64 {
    seconds as i64
}
