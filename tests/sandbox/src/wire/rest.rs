//! REST with JSON: method and path name the operation, path and query hold its members.
//! DataZone speaks it.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, Method};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use super::{answer, body, scoped, with_request_id};
use crate::auth::{self, Caller};
use crate::error::{Answer, ApiError};
use crate::sandbox::Sandbox;

const SERVICE: &str = "datazone";

/// A method and a path below `/v2`, where a name in braces is a member; and the operation.
const ROUTES: &[(&str, &[&str], &str)] = &[
    ("GET", &["domains"], "ListDomains"),
    ("GET", &["domains", "{identifier}"], "GetDomain"),
    ("GET", &["domains", "{domainIdentifier}", "projects"], "ListProjects"),
    ("GET", &["domains", "{domainIdentifier}", "projects", "{identifier}"], "GetProject"),
    ("GET", &["domains", "{domainIdentifier}", "environments"], "ListEnvironments"),
    ("GET", &["domains", "{domainIdentifier}", "environments", "{identifier}"], "GetEnvironment"),
    ("GET", &["domains", "{domainIdentifier}", "project-profiles"], "ListProjectProfiles"),
    ("GET", &["domains", "{domainIdentifier}", "project-profiles", "{identifier}"], "GetProjectProfile"),
    ("GET", &["domains", "{domainIdentifier}", "environment-blueprints"], "ListEnvironmentBlueprints"),
    ("GET", &["domains", "{domainIdentifier}", "environment-blueprints", "{identifier}"], "GetEnvironmentBlueprint"),
    (
        "GET",
        &["domains", "{domainIdentifier}", "environment-blueprint-configurations"],
        "ListEnvironmentBlueprintConfigurations",
    ),
    (
        "GET",
        &["domains", "{domainIdentifier}", "environment-blueprint-configurations", "{environmentBlueprintIdentifier}"],
        "GetEnvironmentBlueprintConfiguration",
    ),
    ("POST", &["domains", "{domainIdentifier}", "search-user-profiles"], "SearchUserProfiles"),
    ("GET", &["domains", "{domainIdentifier}", "user-profiles", "{userIdentifier}"], "GetUserProfile"),
];

/// The response to a request of this protocol.
pub(super) async fn aws(
    State(sandbox): State<Arc<Sandbox>>,
    method: Method,
    Path(path): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    bytes: Bytes,
) -> Response {
    let request_id = sandbox.request_id();
    let caller = auth::caller(&headers, &sandbox.cli.account);
    let route = route(method.as_str(), &path);
    let operation =
        route.as_ref().map_or_else(|| format!("{method} /v2/{path}"), |(operation, _)| (*operation).to_owned());
    let request = |caller: &Caller| {
        let (_, members) = route.ok_or_else(|| ApiError::unknown_operation(&operation))?;
        scoped(caller, SERVICE)?;
        request(members, query.as_deref().unwrap_or_default(), &operation, &headers, &bytes)
    };
    let answer = answer(&sandbox, caller, &operation, request).await;
    with_request_id(response(answer), &request_id)
}

/// The operation of a path, and the members that stand in it.
fn route(method: &str, path: &str) -> Option<(&'static str, Map<String, Value>)> {
    let parts: Vec<&str> = path.split('/').collect();
    ROUTES.iter().find_map(|(of, pattern, operation)| {
        if *of != method || pattern.len() != parts.len() {
            return None;
        }
        let mut members = Map::new();
        for (pattern, part) in pattern.iter().zip(&parts) {
            match pattern.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
                Some(name) if !part.is_empty() => drop(members.insert(name.to_owned(), json!(part))),
                None if pattern == part => {}
                _ => return None,
            }
        }
        Some((*operation, members))
    })
}

fn request(
    mut members: Map<String, Value>,
    query: &str,
    operation: &str,
    headers: &HeaderMap,
    bytes: &[u8],
) -> Result<Value, ApiError> {
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        members.insert(decoded(name), json!(decoded(value)));
    }
    let body = body::unpacked(operation, headers, bytes)?;
    if !body.is_empty() {
        match serde_json::from_slice(&body) {
            Ok(Value::Object(body)) => members.extend(body),
            Ok(_) => return Err(body::broken("the body is no object")),
            Err(error) => return Err(body::broken(format!("the body is not JSON: {error}"))),
        }
    }
    Ok(Value::Object(members))
}

/// A part of a query without its percent signs; what is no UTF-8 becomes question marks.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let hex = tail.get(..2).and_then(|two| std::str::from_utf8(two).ok());
        match hex.filter(|_| *first == b'%').and_then(|two| u8::from_str_radix(two, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            None => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn response(answer: Answer) -> Response {
    let mut response = match answer {
        Ok(body) => body.to_string().into_response(),
        Err(error) => {
            let mut response = (error.status, json!({ "message": error.message }).to_string()).into_response();
            if let Ok(kind) = HeaderValue::from_str(&error.kind) {
                response.headers_mut().insert("x-amzn-errortype", kind);
            }
            response
        }
    };
    response.headers_mut().insert("content-type", HeaderValue::from_static("application/json"));
    response
}
