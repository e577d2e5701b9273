//! Tags of one resource.

use std::collections::BTreeMap;

use crate::aws::Session;
use crate::observe::CallError;

/// Every tag of this resource.
///
/// # Errors
/// When not all could be read.
pub(crate) async fn tags(session: &Session, arn: &str) -> Result<BTreeMap<String, String>, CallError> {
    let mut tags = BTreeMap::new();
    let mut token: Option<String> = None;
    loop {
        let page = session
            .pace
            .read("ListTags", async || {
                let call = session.sagemaker.list_tags().resource_arn(arn).max_results(100);
                call.set_next_token(token.clone()).send().await
            })
            .await
            .map_err(|error| error.of(arn))?;
        let pairs = page.tags().iter().filter_map(|tag| Some((tag.key()?.to_owned(), tag.value()?.to_owned())));
        tags.extend(pairs);
        token = page.next_token().filter(|next| Some(*next) != token.as_deref()).map(str::to_owned);
        if token.is_none() {
            return Ok(tags);
        }
    }
}
