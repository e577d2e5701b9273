//! The accounts of the caller's organization.

use aws_config::SdkConfig;
use aws_sdk_organizations::types::Account;
use idle_core::AccountId;

use crate::observe::{CallError, Pace, each_page};

const LIST: &str = "ListAccounts";

/// An account of the organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Member {
    pub(super) account: AccountId,
    /// Its state in AWS's words, unless it is active.
    pub(super) not_active: Option<String>,
}

/// Every account, suspended ones included.
///
/// # Errors
/// When not all could be listed.
pub(super) async fn members(pace: &Pace, config: &SdkConfig) -> Result<Vec<Member>, CallError> {
    let client = aws_sdk_organizations::Client::new(config);
    let ask = async |token: Option<String>| {
        // No more than 20 come in a page.
        let call = async || client.list_accounts().max_results(20).set_next_token(token.clone()).send().await;
        pace.read(LIST, call).await
    };
    let mut members = Vec::new();
    let mut unclear = None;
    each_page(
        LIST,
        ask,
        |page| page.next_token().map(str::to_owned),
        |page| {
            for account in page.accounts.unwrap_or_default() {
                match AccountId::parse(account.id().unwrap_or_default()) {
                    Ok(id) => members.push(Member { account: id, not_active: not_active(&account) }),
                    Err(error) => unclear = Some(CallError::unclear(LIST, &error.to_string())),
                }
            }
        },
    )
    .await?;
    unclear.map_or(Ok(members), Err)
}

/// `State` replaces `Status`, which AWS takes back; either may be absent.
fn not_active(account: &Account) -> Option<String> {
    let state = account.state().map(|state| state.as_str());
    let state = state.or(account.status().map(|status| status.as_str())).unwrap_or("of an unknown state");
    (state != "ACTIVE").then(|| state.to_owned())
}
