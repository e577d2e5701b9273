//! Spaces, whose own settings may name a lifecycle configuration.

use idle_core::{DomainId, IdError, SpaceName};
use serde_json::Value;

use super::pages::pages;
use super::raw::Raw;
use super::{CallError, Kind, Watcher};
use crate::aws::Session;

const LIST: &str = "ListSpaces";

/// A space and what its settings name.
#[derive(Debug, Clone)]
pub(crate) struct SpaceSeen {
    pub(crate) domain: DomainId,
    pub(crate) name: SpaceName,
    /// Every lifecycle configuration's ARN; or why its settings could not be read.
    pub(crate) configs: Result<Vec<String>, String>,
}

/// Every space of the region.
///
/// # Errors
/// When not all could be listed.
pub(crate) async fn spaces(session: &Session, progress: &dyn Watcher) -> Result<Vec<SpaceSeen>, CallError> {
    let listed = list(session).await?;
    let mut seen = Vec::new();
    for (n, (domain, name)) in listed.iter().enumerate() {
        progress.say(&format!("{}: space {} of {}", session.scope.region, n + 1, listed.len()));
        let configs = match configs(session, domain, name).await {
            // Deleted since it was listed.
            Err(error) if error.kind == Kind::NotFound => continue,
            configs => configs.map_err(|error| error.to_string()),
        };
        seen.push(SpaceSeen { domain: domain.clone(), name: name.clone(), configs });
    }
    Ok(seen)
}

pub(super) async fn list(session: &Session) -> Result<Vec<(DomainId, SpaceName)>, CallError> {
    let ask = async |token: Option<String>| {
        let call = async || session.sagemaker.list_spaces().max_results(100).set_next_token(token.clone()).send().await;
        session.pace.read(LIST, call).await
    };
    let pages = pages(LIST, ask, |page| page.next_token()).await?;
    let unclear = |error: IdError| CallError::unclear(LIST, &error.to_string());
    let spaces = pages.iter().flat_map(|page| page.spaces()).map(|space| {
        let domain = DomainId::parse(space.domain_id().unwrap_or("")).map_err(unclear)?;
        Ok((domain, SpaceName::parse(space.space_name().unwrap_or("")).map_err(unclear)?))
    });
    spaces.collect()
}

async fn configs(session: &Session, domain: &DomainId, name: &SpaceName) -> Result<Vec<String>, CallError> {
    let body = describe_space(session, domain, name).await?;
    let mut found = Vec::new();
    arns(&body["SpaceSettings"], &mut found);
    Ok(found)
}

/// The answer that describes a space, as it was written.
pub(super) async fn describe_space(session: &Session, domain: &DomainId, name: &SpaceName) -> Result<Value, CallError> {
    let raw = Raw::default();
    session
        .pace
        .read("DescribeSpace", async || {
            let call = session.sagemaker.describe_space().domain_id(domain.as_str()).space_name(name.as_str());
            call.customize().interceptor(raw.clone()).send().await
        })
        .await
        .map_err(|error| error.of(format!("{domain}/{name}")))?;
    Ok(raw.body())
}

/// Wherever they stand: `DefaultResourceSpec` and `LifecycleConfigArns` of each app
/// type, and in members that no SDK knows yet.
fn arns(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) if text.contains(":studio-lifecycle-config/") => found.push(text.clone()),
        Value::Array(elements) => elements.iter().for_each(|element| arns(element, found)),
        Value::Object(members) => members.values().for_each(|member| arns(member, found)),
        _ => {}
    }
}
