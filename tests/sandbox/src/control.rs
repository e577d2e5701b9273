//! The tests' own routes: what no AWS client can do, see or force.
//!
//! `GET /_sandbox/calls` is the log of calls, `DELETE` clears it, and
//! `GET /_sandbox/call-counts` counts them by operation. Everything else is a
//! change, sent to `/_sandbox/<its name>` as JSON; see [`apply`]. All take `Account`
//! and `Region`, by default those of the sandbox.

pub(crate) mod credentials;
mod datazone;
mod fleet;
mod force;
mod metrics;
mod network;
mod organization;
mod prices;
mod seed;
pub(crate) mod when;

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::Cli;
use crate::auth::Caller;
use crate::clock::epoch_seconds;
use crate::sandbox::{Inner, Sandbox};
use crate::service;
use crate::world::Context;

/// Room for a fleet of bodies in one request.
pub(crate) const MOST_BODY: usize = 64 << 20;

/// Why a change is refused. A slip that were ignored would make its test pass for nothing.
#[derive(Debug)]
pub(crate) struct Refusal {
    status: StatusCode,
    pub(crate) message: String,
}

impl Refusal {
    fn new(message: impl Into<String>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, message: message.into() }
    }

    fn not_found(message: impl Into<String>) -> Self {
        Self { status: StatusCode::NOT_FOUND, message: message.into() }
    }
}

/// What a change answers.
pub(crate) type Changed = Result<Value, Refusal>;

/// The answer of the change of this name:
///
/// | Name | Method | What it does |
/// |---|---|---|
/// | `app`, `domain`, `resource` | PATCH | forces members of what stands: [`force`] |
/// | `health-check` | POST | moves an app's times as AWS's health check does |
/// | `seed` | POST | puts resources there as they are given, or a whole fleet: [`seed`] |
/// | `metrics` | POST | data of any namespace and age: [`metrics`] |
/// | `prices` | POST | replaces all price lists: [`prices`] |
/// | `organization`, `quotas`, `costs` | POST | accounts, quotas and bills: [`organization`] |
/// | `network` | POST | subnets, route tables, security groups, VPC endpoints: [`network`] |
/// | `roles`, `trail` | POST | roles with attached policies, and how late events show: [`organization`] |
/// | `datazone` | POST | domains of DataZone and what is in them: [`datazone`] |
/// | `call` | POST | an operation of somebody else, which the log does not show |
/// | `when` | POST | another of these changes, made when a call comes: [`when`] |
///
/// # Errors
/// HTTP 400 for a request of another form, 404 for what is not there.
pub(crate) fn apply(inner: &mut Inner, cli: &Cli, name: &str, request: &Value) -> Changed {
    match name {
        "app" => force::app(inner, &context(inner, cli, request), request),
        "domain" => force::domain(inner, &context(inner, cli, request), request),
        "resource" => force::resource(inner, &context(inner, cli, request), request),
        "health-check" => force::health_check(inner, &context(inner, cli, request), request),
        "seed" => seed::seed(inner, &context(inner, cli, request), request),
        "metrics" => metrics::put(inner, &context(inner, cli, request), request),
        "organization" => organization::organization(inner, &context(inner, cli, request), request),
        "quotas" => organization::quotas(inner, &context(inner, cli, request), request),
        "prices" => prices::prices(inner, request),
        "roles" => organization::roles(inner, &context(inner, cli, request), request),
        "trail" => organization::trail(inner, request),
        "costs" => organization::costs(inner, &context(inner, cli, request), request),
        "network" => network::network(inner, &context(inner, cli, request), request),
        "datazone" => datazone::put(inner, &context(inner, cli, request), request),
        "call" => call(inner, context(inner, cli, request), request),
        "when" => when::schedule(inner, request),
        other => Err(Refusal::not_found(format!("there is no change {other}"))),
    }
}

/// Whether there is a change of this name.
fn is_change(name: &str) -> bool {
    [
        "app",
        "domain",
        "resource",
        "health-check",
        "seed",
        "metrics",
        "organization",
        "quotas",
        "prices",
        "costs",
        "network",
        "roles",
        "trail",
        "datazone",
        "call",
    ]
    .contains(&name)
}

/// One change.
pub(crate) async fn change(State(sandbox): State<Arc<Sandbox>>, Path(name): Path<String>, body: Bytes) -> Response {
    let Ok(request) = serde_json::from_slice::<Value>(&body) else {
        return (StatusCode::BAD_REQUEST, "the body is not JSON").into_response();
    };
    match apply(&mut sandbox.lock(), &sandbox.cli, &name, &request) {
        Ok(answer) => Json(answer).into_response(),
        Err(Refusal { status, message }) => (status, message).into_response(),
    }
}

/// Every call, oldest first; a header says how many older ones were dropped.
pub(crate) async fn calls(State(sandbox): State<Arc<Sandbox>>) -> Response {
    let inner = sandbox.lock();
    let headers = [
        (header::CONTENT_TYPE, "application/json".to_owned()),
        (HeaderName::from_static("x-sandbox-calls-dropped"), inner.calls.dropped().to_string()),
    ];
    (headers, json!(inner.calls.all()).to_string()).into_response()
}

/// Forgets every call.
pub(crate) async fn clear_calls(State(sandbox): State<Arc<Sandbox>>) {
    sandbox.lock().calls.clear();
}

/// How many calls of each operation came since the log was cleared, also those that it dropped.
pub(crate) async fn call_counts(State(sandbox): State<Arc<Sandbox>>) -> Json<Value> {
    Json(json!(sandbox.lock().calls.counts()))
}

/// An operation of SageMaker, or of another `Service`: `{"Operation", "Request"}`.
fn call(inner: &mut Inner, mut context: Context, request: &Value) -> Changed {
    let operation = request["Operation"].as_str().ok_or_else(|| Refusal::new("there is no Operation"))?;
    if let Some(service) = request["Service"].as_str() {
        service.clone_into(&mut context.caller.service);
    }
    service::answer(inner, &context, operation, &request["Request"])
        .map_err(|error| Refusal::new(format!("{operation}: {}: {}", error.kind, error.message)))
}

/// Whose resources a request means.
fn context(inner: &Inner, cli: &Cli, request: &Value) -> Context {
    let text = |member: &str, default: &str| request[member].as_str().unwrap_or(default).to_owned();
    let caller = Caller {
        access_key: String::new(),
        account: text("Account", &cli.account),
        region: text("Region", "us-east-1"),
        service: "sagemaker".to_owned(),
        program: None,
    };
    inner.context(cli, &caller, epoch_seconds())
}

/// The list that a member is, or none where it is absent.
fn elements<'a>(request: &'a Value, member: &str) -> Result<&'a [Value], Refusal> {
    match &request[member] {
        Value::Null => Ok(&[]),
        Value::Array(elements) => Ok(elements),
        _ => Err(Refusal::new(format!("{member} is not a list"))),
    }
}
