//! Tags of one resource.

use std::collections::BTreeMap;

use super::CallError;
use super::pages::pages;
use crate::aws::Session;

const LIST: &str = "ListTags";

/// Every tag of this resource.
///
/// # Errors
/// When not all could be read.
pub(crate) async fn tags(session: &Session, arn: &str) -> Result<BTreeMap<String, String>, CallError> {
    let ask = async |token: Option<String>| {
        let call = async || {
            let call = session.sagemaker.list_tags().resource_arn(arn).max_results(100);
            call.set_next_token(token.clone()).send().await
        };
        session.pace.read(LIST, call).await
    };
    let pages = pages(LIST, ask, |page| page.next_token()).await.map_err(|error| error.of(arn))?;
    let mut tags = BTreeMap::new();
    for tag in pages.iter().flat_map(|page| page.tags()) {
        let (Some(key), Some(value)) = (tag.key(), tag.value()) else {
            return Err(CallError::unclear(LIST, "a tag has no key or no value").of(arn));
        };
        tags.insert(key.to_owned(), value.to_owned());
    }
    Ok(tags)
}
