//! The first step: which accounts and regions there are to look at.

use anyhow::Result;
use cost_planner::snapshot::Unreached;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::flags::Flags;
use super::shelf::{SCOPES, Shelf, WANTED};
use crate::aws::{self, Item};

/// All that is wanted of a run.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Wanted {
    schema_version: u32,
    /// The flags of the run.
    args: Vec<String>,
    pub(super) scopes: Vec<Item>,
    /// Accounts that nobody can reach: suspended ones.
    pub(super) unreached: Vec<Unreached>,
}

const SCHEMA_VERSION: u32 = 1;

pub(super) async fn scopes(flags: &Flags, shelf: &Shelf, args: &[String]) -> Result<Value> {
    // What is there decides: a second try could find another organization.
    let wanted = match shelf.get(WANTED).await? {
        Some(wanted) => wanted,
        None => {
            let (scopes, unreached) = aws::items(&flags.global, &flags.sweep.look.scopes).await?;
            let wanted = Wanted { schema_version: SCHEMA_VERSION, args: args.to_vec(), scopes, unreached };
            if shelf.make(WANTED, &wanted).await? { wanted } else { shelf.must_have(WANTED).await? }
        }
    };
    shelf.make(SCOPES, &wanted.scopes).await?;
    eprintln!("{} accounts and regions", wanted.scopes.len());
    let mut answer = json!(shelf.lies(SCOPES));
    (answer["run"], answer["args"], answer["scopes"]) = (json!(shelf.run), json!(args), json!(wanted.scopes.len()));
    Ok(answer)
}
