//! VPCs, which nobody makes here by calls: `POST /_sandbox/network`.

use serde_json::{Map, Value, json};

use super::{Changed, Refusal, elements};
use crate::sandbox::Inner;
use crate::service::ec2;
use crate::world::Context;

const LISTS: [&str; 4] = ["VpcEndpoints", "Subnets", "RouteTables", "SecurityGroups"];

/// Adds or replaces what stands in VPCs, as in `{"Subnets": [{"subnetId", "vpcId", …}]}`, its
/// members named as EC2's XML names them. Answers how many of each there were.
pub(super) fn network(inner: &mut Inner, context: &Context, request: &Value) -> Changed {
    let members = request.as_object().ok_or_else(|| Refusal::new("the body is not an object"))?;
    let known = |member: &str| ["Account", "Region"].contains(&member) || LISTS.contains(&member);
    if let Some(unknown) = members.keys().find(|member| !known(member)) {
        return Err(Refusal::new(format!("there is no list {unknown}")));
    }
    let region = inner.world.region(&context.caller, context.now);
    let mut added = Map::new();
    for list in LISTS {
        let bodies = elements(request, list)?;
        for (n, body) in bodies.iter().enumerate() {
            ec2::put(region, context, list, body)
                .map_err(|error| Refusal::new(format!("{list}[{n}]: {}", error.message)))?;
        }
        if !bodies.is_empty() {
            added.insert(list.to_owned(), json!(bodies.len()));
        }
    }
    Ok(Value::Object(added))
}
