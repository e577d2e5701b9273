//! The services, one module each.

pub(crate) mod auto_scaling;
pub(crate) mod cloudtrail;
pub(crate) mod cloudwatch;
pub(crate) mod cost_explorer;
pub(crate) mod datazone;
pub(crate) mod ec2;
pub(crate) mod iam;
pub(crate) mod organizations;
pub(crate) mod pricing;
pub(crate) mod quotas;
pub(crate) mod sagemaker;
pub(crate) mod sns;
pub(crate) mod ssm;
pub(crate) mod sts;
pub(crate) mod tagging;

use serde_json::Value;

use crate::error::{Answer, ApiError};
use crate::sandbox::Inner;
use crate::world::Context;

/// Where the things of a whole account are kept.
const HOME: &str = "us-east-1";

/// The answer of one operation of the service that the caller's signature names.
///
/// # Errors
/// As that service answers it.
pub(crate) fn answer(inner: &mut Inner, context: &Context, operation: &str, request: &Value) -> Answer {
    let answer = answer_of(inner, context, operation, request);
    inner.trail.note(context, operation, request, &answer);
    answer
}

fn answer_of(inner: &mut Inner, context: &Context, operation: &str, request: &Value) -> Answer {
    let service = context.caller.service.as_str();
    match service {
        "sts" => {
            let account = sts::account_of(&context.caller, operation, request);
            if operation == "AssumeRole" && inner.organization.has_suspended(account) {
                return Err(sts::refused(context, request));
            }
            return inner.sessions.answer(context, operation, request);
        }
        "organizations" => return inner.organization.answer(context, operation, request),
        "iam" => return iam::answer(&inner.roles, context, operation, request),
        "cloudtrail" => return inner.trail.answer(context, operation, request),
        "pricing" => return pricing::answer(&inner.prices, context, operation, request),
        pricing::FILES => return pricing::file(&inner.prices, operation, request),
        _ => {}
    }
    let mut home = context.caller.clone();
    if service == "monitoring" && cloudwatch::is_of_the_account(operation) {
        HOME.clone_into(&mut home.region);
    }
    let region = inner.world.region(&home, context.now);
    match service {
        "sagemaker" => sagemaker::answer(region, context, operation, request),
        "monitoring" => cloudwatch::answer(region, context, operation, request),
        "application-autoscaling" => auto_scaling::answer(&mut region.scalable_targets, context, operation, request),
        "ce" => region.costs.answer(operation, request),
        "datazone" => datazone::answer(&region.datazone, context, operation, request),
        "ec2" => ec2::answer(region, context, operation, request),
        "servicequotas" => quotas::answer(&region.quotas, operation, request),
        "sns" => sns::answer(&mut region.topics, context, operation, request),
        "ssm" => ssm::answer(&mut region.parameters, context, operation, request),
        "tagging" => tagging::answer(region, operation, request),
        _ => Err(ApiError::unknown_operation(operation)),
    }
}

/// A text that must be there, not empty.
fn required<'a>(request: &'a Value, member: &str) -> Result<&'a str, ApiError> {
    let text = request[member].as_str().filter(|text| !text.is_empty());
    text.ok_or_else(|| ApiError::validation(format!("Missing required member {member}")))
}

/// The answer with every refusal of a request's form named as this service names it.
fn refused_as(kind: &str, answer: Answer) -> Answer {
    answer.map_err(|error| match error.kind.as_str() {
        "ValidationException" => ApiError { kind: kind.to_owned(), ..error },
        _ => error,
    })
}
