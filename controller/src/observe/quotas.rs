//! The quotas of an account and region, as they are applied.

use std::collections::BTreeMap;

use super::CallError;
use super::pages::pages;
use crate::aws::Session;

const LIST: &str = "ListServiceQuotas";

/// SageMaker, as Service Quotas names it.
const SAGEMAKER: &str = "sagemaker";
/// DataZone.
const DATAZONE: &str = "datazone";
/// As many as `ListServiceQuotas` gives: a region has some 2,300.
const PAGE: i32 = 100;

/// Every quota of SageMaker by its name. A quota that is not there is not known, and not 0.
///
/// # Errors
/// When not all could be listed, or one has no name or value.
pub(crate) async fn service_quotas(session: &Session) -> Result<BTreeMap<String, f64>, CallError> {
    of_service(session, SAGEMAKER).await
}

/// Every quota of `DataZone`, likewise.
///
/// # Errors
/// As [`service_quotas`].
pub(super) async fn datazone_quotas(session: &Session) -> Result<BTreeMap<String, f64>, CallError> {
    of_service(session, DATAZONE).await
}

async fn of_service(session: &Session, service: &str) -> Result<BTreeMap<String, f64>, CallError> {
    let client = aws_sdk_servicequotas::Client::new(&session.config);
    let ask = async |token: Option<String>| {
        let call = async || {
            let call = client.list_service_quotas().service_code(service).max_results(PAGE);
            call.set_next_token(token.clone()).send().await
        };
        session.pace.read(LIST, call).await
    };
    let pages = pages(LIST, ask, |page| page.next_token()).await?;
    let mut quotas = BTreeMap::new();
    for quota in pages.iter().flat_map(|page| page.quotas()) {
        let (Some(name), Some(value)) = (quota.quota_name(), quota.value()) else {
            return Err(CallError::unclear(LIST, "a quota has no name or no value"));
        };
        quotas.insert(name.to_owned(), value);
    }
    Ok(quotas)
}
