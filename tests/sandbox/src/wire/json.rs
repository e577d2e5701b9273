//! The JSON protocols: the target header names service and operation.

use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::{answer, body, query_mode, scoped};
use crate::auth::Caller;
use crate::error::{Answer, ApiError};
use crate::sandbox::Sandbox;

/// What the targets of a service begin with, and which version of the protocol it speaks.
struct Protocol {
    target: &'static str,
    service: &'static str,
    content_type: &'static str,
    /// What the types of its errors begin with.
    namespace: &'static str,
}

const JSON_1_1: &str = "application/x-amz-json-1.1";

/// The others of the JSON protocols, of which only their names differ.
const fn plain(target: &'static str, service: &'static str) -> Protocol {
    Protocol { target, service, content_type: JSON_1_1, namespace: "" }
}

const PROTOCOLS: &[Protocol] = &[
    plain("SageMaker.", "sagemaker"),
    // boto3's choice among CloudWatch's three protocols.
    Protocol {
        target: "GraniteServiceVersion20100801.",
        service: "monitoring",
        content_type: "application/x-amz-json-1.0",
        namespace: "com.amazonaws.cloudwatch#",
    },
    plain("AnyScaleFrontendService.", "application-autoscaling"),
    plain("AWSOrganizationsV20161128.", "organizations"),
    plain("AmazonSSM.", "ssm"),
    plain("ServiceQuotasV20190624.", "servicequotas"),
    plain("AWSPriceListService.", "pricing"),
    plain("ResourceGroupsTaggingAPI_20170126.", "tagging"),
    plain("AWSInsightsIndexService.", "ce"),
    plain("com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.", "cloudtrail"),
];

/// The response to a request that names this target.
pub(super) async fn call(
    sandbox: &Sandbox,
    caller: Result<Caller, ApiError>,
    target: &str,
    headers: &HeaderMap,
    body: &[u8],
) -> Response {
    let known = PROTOCOLS.iter().find(|protocol| target.starts_with(protocol.target));
    let protocol = known.unwrap_or(&PROTOCOLS[0]);
    let operation = target.strip_prefix(protocol.target).unwrap_or(target);
    let request = |caller: &Caller| {
        if known.is_none() {
            return Err(ApiError::unknown_operation(target));
        }
        scoped(caller, protocol.service)?;
        request(operation, headers, body)
    };
    let answer = answer(sandbox, caller, operation, request).await;
    response(protocol, headers, answer)
}

fn request(operation: &str, headers: &HeaderMap, body: &[u8]) -> Result<Value, ApiError> {
    let body = body::unpacked(operation, headers, body)?;
    if body.is_empty() {
        return Ok(json!({}));
    }
    match serde_json::from_slice(&body) {
        Ok(request @ Value::Object(_)) => Ok(request),
        Ok(_) => Err(body::broken("Start of structure or map found where not expected.")),
        Err(error) => Err(body::broken(format!("the body is not JSON: {error}"))),
    }
}

fn response(protocol: &Protocol, headers: &HeaderMap, answer: Answer) -> Response {
    let mut response = match answer {
        Ok(body) => body.to_string().into_response(),
        Err(error) => {
            let kind = format!("{}{}", protocol.namespace, error.kind);
            let body = json!({ "__type": kind, "message": error.message }).to_string();
            let mut response = (error.status, body).into_response();
            if let Ok(kind) = HeaderValue::from_str(&error.kind) {
                response.headers_mut().insert("x-amzn-errortype", kind);
            }
            query_mode::name(&mut response, headers, &error);
            response
        }
    };
    response.headers_mut().insert("content-type", HeaderValue::from_static(protocol.content_type));
    response
}
