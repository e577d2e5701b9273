//! Which accounts and regions are wanted, and as whom: flags, or a file of scopes.

use std::path::{Path, PathBuf};

use idle_core::{AccountId, Partition, Region};
use serde::Deserialize;
use thiserror::Error;

use super::role::{self, Role};
use crate::cli::{Scopes, session_name};

/// The role that looks in other accounts, if nobody names one.
const READER: &str = "costctl-reader";

/// Accounts at once in a file: more than any organization has.
const MOST: usize = 100_000;

/// A file of scopes that is not usable.
#[derive(Debug, Error)]
pub(crate) enum WantedError {
    #[error("reading --scopes {path}")]
    Read {
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error("--scopes {path} is not usable: {problem}; hint: [[scope]] with account, regions, role, external-id")]
    Form { path: PathBuf, problem: String },
}

/// One account and what is wanted of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wanted {
    /// `None` is the caller's own, reached without a role.
    pub(super) account: Option<AccountId>,
    /// Empty for those of the flags.
    pub(super) regions: Vec<Region>,
    /// As whom; `None` where nobody said.
    pub(super) role: Option<String>,
    pub(super) actor_role: Option<String>,
    pub(super) external_id: Option<String>,
    pub(super) session_name: Option<String>,
}

impl Wanted {
    /// What the flags say of one account.
    pub(super) fn of_flags(account: Option<AccountId>, scopes: &Scopes) -> Self {
        let role = scopes.role.clone();
        Self { account, regions: Vec::new(), role, actor_role: None, external_id: None, session_name: None }
    }

    /// The role to look with and the role to act with. In the caller's own account
    /// none is assumed that nobody named.
    pub(super) fn roles(&self, own: &AccountId, partition: &Partition, flags: &Scopes) -> [Option<Role>; 2] {
        let Some(account) = &self.account else { return [None, None] };
        let default = (account != own).then_some(READER);
        let role = |name: &str| Role {
            arn: role::arn(partition, account, name),
            external_id: self.external_id.clone().or(flags.external_id.clone()),
            session_name: self.session_name.clone().unwrap_or_else(|| flags.session_name.clone()),
            source_identity: flags.source_identity.clone(),
        };
        [self.role.as_deref().or(default).map(role), self.actor_role.as_deref().map(role)]
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    scope: Vec<Entry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Entry {
    account: Option<AccountId>,
    #[serde(default)]
    regions: Vec<Region>,
    role: Option<String>,
    actor_role: Option<String>,
    external_id: Option<String>,
    session_name: Option<String>,
}

/// The accounts of a file: TOML, or JSON of the same members where its name says so.
///
/// # Errors
/// When it cannot be read, is of another form or names nothing.
pub(super) fn of_file(path: &Path, flags: &Scopes) -> Result<Vec<Wanted>, WantedError> {
    let text = std::fs::read_to_string(path).map_err(|source| WantedError::Read { path: path.to_owned(), source })?;
    let problem = |problem: String| WantedError::Form { path: path.to_owned(), problem };
    let is_json = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
    let File { scope } = if is_json {
        serde_json::from_str(&text).map_err(|error| problem(error.to_string()))?
    } else {
        toml::from_str(&text).map_err(|error| problem(error.to_string().trim().to_owned()))?
    };
    if !(1..=MOST).contains(&scope.len()) {
        return Err(problem(format!("it names {} scopes", scope.len())));
    }
    let mut wanted = Vec::new();
    for (n, entry) in scope.into_iter().enumerate() {
        let Entry { account, regions, role, actor_role, external_id, session_name: session } = entry;
        let names = role.iter().chain(&actor_role);
        let bad = names.map(|name| crate::cli::role_name(name)).chain(session.iter().map(|name| session_name(name)));
        if let Some(why) = bad.filter_map(Result::err).next() {
            return Err(problem(format!("scope {}: {why}", n + 1)));
        }
        if account.is_none() && role.is_some() {
            return Err(problem(format!("scope {}: a role needs its account", n + 1)));
        }
        // A role of the flags is not one that the file names for the caller's own account.
        let role = role.or_else(|| account.as_ref().and(flags.role.clone()));
        wanted.push(Wanted { account, regions, role, actor_role, external_id, session_name: session });
    }
    Ok(wanted)
}
