//! Service Quotas: those that were put there. Which there are differs by region, so
//! that an absent one is no zero.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{refused_as, required};
use crate::error::{Answer, ApiError};
use crate::page::{USUAL, page};
use crate::world::Context;

/// The services that have any, and their names.
const SERVICES: &[(&str, &str)] = &[("sagemaker", "Amazon SageMaker"), ("datazone", "Amazon DataZone")];

/// By code.
pub(crate) type Quotas = BTreeMap<String, Value>;

/// Adds a quota: `{"QuotaCode", "QuotaName", "Value"}`, of SageMaker if there is no `ServiceCode`.
///
/// # Errors
/// A text that says what is missing.
pub(crate) fn add(quotas: &mut Quotas, context: &Context, quota: &Value) -> Result<(), String> {
    let (Some(code), Some(name), Some(value)) =
        (quota["QuotaCode"].as_str(), quota["QuotaName"].as_str(), quota["Value"].as_f64())
    else {
        return Err(format!("a quota has a QuotaCode, a QuotaName and a Value, not {quota}"));
    };
    let service = quota["ServiceCode"].as_str().unwrap_or("sagemaker");
    let known = SERVICES.iter().find(|(known, _)| *known == service);
    let (service, name_of_service) = known.ok_or_else(|| format!("there is no service {service}"))?;
    let body = json!({
        "ServiceCode": service,
        "ServiceName": name_of_service,
        "QuotaArn": context.arn_of("servicequotas", &format!("{service}/{code}")),
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
    let answer = service_of(request).and_then(|service| match operation {
        "ListServiceQuotas" => {
            let all: Vec<&Value> = quotas.values().filter(|quota| quota["ServiceCode"] == service).collect();
            page(request, USUAL, "Quotas", all.len(), |n| all[n].clone())
        }
        "GetServiceQuota" => {
            let quota = quotas.get(required(request, "QuotaCode")?).filter(|quota| quota["ServiceCode"] == service);
            quota.map(|quota| json!({ "Quota": quota })).ok_or_else(not_found)
        }
        other => Err(ApiError::unknown_operation(other)),
    });
    refused_as("IllegalArgumentException", answer)
}

fn service_of(request: &Value) -> Result<&str, ApiError> {
    let service = required(request, "ServiceCode")?;
    if SERVICES.iter().any(|(known, _)| *known == service) { Ok(service) } else { Err(not_found()) }
}

fn not_found() -> ApiError {
    ApiError::new("NoSuchResourceException", "The request failed because the specified service quota does not exist.")
}
