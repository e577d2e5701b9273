//! Service Quotas: those that were put there. Which there are differs by region, so
//! that an absent one is no zero.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{refused_as, required};
use crate::error::{Answer, ApiError};
use crate::page::{USUAL, page};
use crate::world::Context;

/// By code.
pub(crate) type Quotas = BTreeMap<String, Value>;

/// Adds a quota of SageMaker: `{"QuotaCode", "QuotaName", "Value"}`.
///
/// # Errors
/// A text that says what is missing.
pub(crate) fn add(quotas: &mut Quotas, context: &Context, quota: &Value) -> Result<(), String> {
    let (Some(code), Some(name), Some(value)) =
        (quota["QuotaCode"].as_str(), quota["QuotaName"].as_str(), quota["Value"].as_f64())
    else {
        return Err(format!("a quota has a QuotaCode, a QuotaName and a Value, not {quota}"));
    };
    let body = json!({
        "ServiceCode": "sagemaker",
        "ServiceName": "Amazon SageMaker",
        "QuotaArn": context.arn_of("servicequotas", &format!("sagemaker/{code}")),
        "QuotaCode": code,
        "QuotaName": name,
        "Value": value,
        "Unit": "None",
        "Adjustable": true,
        "GlobalQuota": false,
    });
    quotas.insert(code.to_owned(), body);
    Ok(())
}

/// The answer of one operation.
///
/// # Errors
/// As Service Quotas answers it; `UnknownOperationException` for what is not built.
pub(crate) fn answer(quotas: &Quotas, operation: &str, request: &Value) -> Answer {
    let answer = of_sagemaker(request).and_then(|()| match operation {
        "ListServiceQuotas" => {
            let all: Vec<&Value> = quotas.values().collect();
            page(request, USUAL, "Quotas", all.len(), |n| all[n].clone())
        }
        "GetServiceQuota" => {
            let quota = quotas.get(required(request, "QuotaCode")?);
            quota.map(|quota| json!({ "Quota": quota })).ok_or_else(not_found)
        }
        other => Err(ApiError::unknown_operation(other)),
    });
    refused_as("IllegalArgumentException", answer)
}

fn of_sagemaker(request: &Value) -> Result<(), ApiError> {
    if required(request, "ServiceCode")? == "sagemaker" { Ok(()) } else { Err(not_found()) }
}

fn not_found() -> ApiError {
    ApiError::new("NoSuchResourceException", "The request failed because the specified service quota does not exist.")
}
