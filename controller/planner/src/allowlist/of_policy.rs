//! The allowlist that a policy holds.

use std::collections::BTreeSet;

use thiserror::Error;

use super::glob::{Glob, GlobError};
use super::rule::{AllowRule, Allowlist, Covered, Selector, TagGlob};
use crate::policy::{FleetPolicy, Patterns, Selectors};

/// An override that neither IAM nor Studio can tell.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AllowlistError {
    /// It selects by what no request says.
    #[error(
        "{origin}: allowed-instance-types for {what}, which no request and no setting of Studio's tells; hint: take \
         them out of it, or select by account, domain, user-profile or tag"
    )]
    Selector {
        /// Where it stands.
        origin: String,
        /// What it selects by.
        what: &'static str,
    },
    /// A name that means something else to IAM.
    #[error("{origin}")]
    Name {
        /// Where it stands.
        origin: String,
        /// Which name.
        #[source]
        source: GlobError,
    },
}

impl Allowlist {
    /// The rules of a policy, the most specific first. Where it says nothing of instance
    /// types there is no rule: the default, which allows everything, is none.
    ///
    /// # Errors
    /// [`AllowlistError`] for a rule that would mean something else outside of costctl.
    pub fn of(policy: &FleetPolicy, also: BTreeSet<Covered>) -> Result<Self, AllowlistError> {
        let mut rules = Vec::new();
        for (origin, selectors, patterns) in policy.allowed_instance_types() {
            if origin.line.is_some() {
                let origin = origin.to_string();
                let selector = selector(&origin, selectors)?;
                rules.push(AllowRule { patterns: globs(&origin, patterns)?, selector, origin });
            }
        }
        Ok(Self { rules, also })
    }
}

fn selector(origin: &str, selectors: &Selectors) -> Result<Selector, AllowlistError> {
    let Selectors { account, domain, user_profile, space, notebook_instance, endpoint, tag, app_type, instance_family } =
        selectors;
    for (is_given, what) in [
        (space.is_some(), "spaces"),
        (notebook_instance.is_some(), "notebook instances"),
        (endpoint.is_some(), "endpoints"),
        (app_type.is_some(), "app types"),
        (instance_family.is_some(), "instance families"),
    ] {
        if is_given {
            return Err(AllowlistError::Selector { origin: origin.to_owned(), what });
        }
    }
    let list = |patterns: &Option<Patterns>| patterns.as_ref().map(|patterns| globs(origin, patterns)).transpose();
    let tag = tag.as_ref().map(|tag| {
        // A key is one name, whatever it holds.
        let key = glob(origin, &tag.key)?.as_str().to_owned();
        Ok(TagGlob { key, value: glob(origin, tag.value.as_str())? })
    });
    Ok(Selector {
        accounts: list(account)?,
        domains: list(domain)?,
        user_profiles: list(user_profile)?,
        tag: tag.transpose()?,
    })
}

fn globs(origin: &str, patterns: &Patterns) -> Result<Vec<Glob>, AllowlistError> {
    patterns.iter().map(|pattern| glob(origin, pattern.as_str())).collect()
}

fn glob(origin: &str, text: &str) -> Result<Glob, AllowlistError> {
    Glob::parse(text).map_err(|source| AllowlistError::Name { origin: origin.to_owned(), source })
}
