//! Accounts and regions as items that are shared out: each is reached later, by somebody else.

use anyhow::Result;
use cost_planner::snapshot::Unreached;
use idle_core::{AccountId, Region};
use serde::{Deserialize, Serialize};

use super::open::{Opened, Task, all_tasks, caller};
use super::role::Role;
use super::{config, pace};
use crate::cli::{Global, Scopes};

/// One account in one region, and as whom it is reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Item {
    pub(crate) account: AccountId,
    pub(crate) region: Region,
    /// The role that looks; `None` is the caller.
    #[serde(default)]
    reader: Option<Role>,
    /// The role that acts, where a file of scopes names one.
    #[serde(default)]
    actor: Option<Role>,
}

/// Each account and region that these flags name, none twice, and the accounts that cannot
/// be reached at all. No role is assumed.
///
/// # Errors
/// When there is no region, the scopes are not usable, or it is not known who the
/// caller is or which accounts the organization has.
pub(crate) async fn items(global: &Global, scopes: &Scopes) -> Result<(Vec<Item>, Vec<Unreached>)> {
    let (tasks, opened) = all_tasks(global, scopes).await?;
    let mut items = Vec::new();
    for Task { base, account, regions, reader, actor } in tasks {
        let account = match account {
            Some(account) => account,
            None => caller(&base, &pace(global), &regions, &[]).await?.identity.account,
        };
        items.extend(regions.into_iter().map(|region| Item {
            account: account.clone(),
            region,
            reader: reader.clone(),
            actor: actor.clone(),
        }));
    }
    Ok((items, opened.unreached))
}

/// The session of an item, or why there is none. Says on stderr who we are.
pub(crate) async fn open_item(global: &Global, item: &Item) -> Opened {
    let Item { account, region, reader, actor } = item.clone();
    // Of the region in which we run: another one may be disabled for us.
    let base = config(None).await;
    let task = Task { base, account: Some(account), regions: vec![region.clone()], reader, actor };
    let mut opened = task.run(global).await;
    for unreached in &mut opened.unreached {
        unreached.region.get_or_insert_with(|| region.to_string());
    }
    opened.introduce();
    opened
}
