//! Files that anybody may get, as from S3: price lists.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::with_request_id;
use crate::auth::Caller;
use crate::sandbox::Sandbox;
use crate::service::pricing::FILES;

/// `/offers/…` or `/savingsPlan/…` with offer and version, and a region or none.
pub(super) async fn prices(State(sandbox): State<Arc<Sandbox>>, Path(parts): Path<Vec<String>>) -> Response {
    let request_id = sandbox.request_id();
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    let (of, offer, version, region) = match parts[..] {
        [of, offer, version] => (of, offer, version, ""),
        [of, offer, version, region] => (of, offer, version, region),
        _ => ("", "", "", ""),
    };
    let operation = if of == "savingsPlan" { "GetSavingsPlanFile" } else { "GetOfferFile" };
    let caller = Caller {
        access_key: String::new(),
        account: sandbox.cli.account.clone(),
        region: "us-east-1".to_owned(),
        service: FILES.to_owned(),
        program: None,
    };
    let request = json!({ "Offer": offer, "Version": version, "Region": region });
    let response = match sandbox.answer(&caller, operation, &request).await {
        Ok(file) => ([(CONTENT_TYPE, "application/json")], file.to_string()).into_response(),
        Err(error) => {
            let body = format!("<Error><Code>{}</Code><Message>{}</Message></Error>", error.kind, error.message);
            (error.status, [(CONTENT_TYPE, "application/xml")], body).into_response()
        }
    };
    with_request_id(response, &request_id)
}
