//! EC2: VPC endpoints, and the subnets, route tables and security groups around them.

mod endpoints;
mod listing;
mod network;

use serde_json::Value;

use crate::error::{Answer, ApiError};
use crate::world::{Context, Region};

pub(crate) use endpoints::VpcEndpoints;
pub(crate) use network::{Network, put};

/// The answer of one operation. Lists of the request have numbered names.
///
/// # Errors
/// As EC2 answers it; `InvalidAction` for what is not built.
pub(crate) fn answer(region: &mut Region, context: &Context, operation: &str, request: &Value) -> Answer {
    match operation {
        "CreateVpcEndpoint" => endpoints::create(region, context, request),
        "DescribeVpcEndpoints" => endpoints::describe(region, request),
        "DeleteVpcEndpoints" => Ok(endpoints::delete(region, request)),
        "DescribeSubnets" | "DescribeRouteTables" | "DescribeSecurityGroups" => {
            network::describe(&region.network, operation, request)
        }
        other => Err(ApiError::new("InvalidAction", format!("The action {other} is not valid for this web service."))),
    }
}
