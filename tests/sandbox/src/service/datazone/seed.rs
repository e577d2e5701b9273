//! Domains as tests put them there.

use serde_json::{Map, Value, json};

use super::kinds::OF_DOMAIN;
use super::{Domain, Domains};
use crate::world::Context;

/// Puts a domain there, with lists as the kinds name them: `{"id": "dzd-…", "name", "projects":
/// [{"id", "name"}]}`. Members that the model requires and nobody gives are made up; `null`
/// leaves one out, as AWS never does. What stood under the same id is replaced.
///
/// # Errors
/// A text that says what is wrong.
pub(crate) fn add(domains: &mut Domains, context: &Context, given: &Value) -> Result<(), String> {
    let mut members = given.as_object().ok_or("a domain is not an object")?.clone();
    let id = members.get("id").and_then(Value::as_str).filter(|id| !id.is_empty());
    let id = id.ok_or_else(|| format!("a domain has no id: {given}"))?.to_owned();
    let mut domain = Domain::default();
    for kind in OF_DOMAIN {
        let elements = match members.remove(kind.list) {
            None => continue,
            Some(Value::Array(elements)) => elements,
            Some(_) => return Err(format!("{} of {id} is not a list", kind.list)),
        };
        let whole = |mut element: Value| {
            let members = element.as_object_mut().ok_or_else(|| format!("{} of {id}: no object", kind.list))?;
            for (member, value) in kind.defaults {
                members.entry(*member).or_insert_with(|| json!(value));
            }
            members.entry("domainId").or_insert_with(|| json!(id));
            let at = written(context.now);
            members.entry("createdAt").or_insert_with(|| json!(at));
            if kind.list == "environmentBlueprints" {
                members.entry("managed").or_insert(json!(true));
                let template = json!({ "cloudFormation": { "templateUrl": "https://example.com/template" } });
                members.entry("provisioningProperties").or_insert(template);
                members.remove("domainId");
            }
            if kind.list == "userProfiles" {
                members.remove("createdAt");
            }
            Ok::<_, String>(without_nulls(members))
        };
        let elements = elements.into_iter().map(whole).collect::<Result<_, _>>()?;
        domain.lists.insert(kind.list, elements);
    }
    let account = &context.caller.account;
    for (member, value) in [
        ("name", json!(id)),
        ("arn", json!(context.arn_of("datazone", &format!("domain/{id}")))),
        ("managedAccountId", json!(account)),
        ("status", json!("AVAILABLE")),
        ("createdAt", json!(context.now)),
        ("domainVersion", json!("V2")),
        ("domainExecutionRole", json!(format!("arn:aws:iam::{account}:role/AmazonSageMakerDomainExecution"))),
    ] {
        members.entry(member).or_insert(value);
    }
    domain.body = without_nulls(&members);
    domains.insert(id, domain);
    Ok(())
}

fn without_nulls(members: &Map<String, Value>) -> Value {
    let kept = members.iter().filter(|(_, value)| !value.is_null());
    Value::Object(kept.map(|(member, value)| (member.clone(), value.clone())).collect())
}

/// A time as the model writes most of them.
#[expect(clippy::cast_possible_truncation, reason = "seconds since the epoch are far from the bounds")]
fn written(seconds: f64) -> String {
    jiff::Timestamp::from_second(seconds as i64).unwrap_or(jiff::Timestamp::UNIX_EPOCH).to_string()
}
