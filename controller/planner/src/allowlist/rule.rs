//! The rules: who may use which instance types, and which rule holds.

use std::collections::{BTreeMap, BTreeSet};

use idle_core::{AccountId, DomainId, UserProfileName};
use serde::Serialize;

use super::SYSTEM;
use super::glob::Glob;

/// Rules that say where which instance types are allowed. Where none holds,
/// everything is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Allowlist {
    /// Each before those that give way to it: the first that holds decides.
    pub rules: Vec<AllowRule>,
    /// What is covered beside Studio.
    pub also: BTreeSet<Covered>,
}

/// One rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllowRule {
    /// Where it stands, for people.
    pub origin: String,
    /// Whom it is for.
    pub selector: Selector,
    /// What they may use; nothing but `system` where it is empty.
    pub patterns: Vec<Glob>,
}

/// Whom a rule is for: of all that is named one must fit; where nothing is named,
/// everybody.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selector {
    /// Accounts.
    pub accounts: Option<Vec<Glob>>,
    /// Domain ids.
    pub domains: Option<Vec<Glob>>,
    /// User profiles; of any domain where none is named.
    pub user_profiles: Option<Vec<Glob>>,
    /// A tag: of the domain or user profile in Studio, of the principal in a policy document.
    pub tag: Option<TagGlob>,
}

/// A tag's key, and what its value is like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagGlob {
    /// The key.
    pub key: String,
    /// What its value is like.
    pub value: Glob,
}

/// What is covered beside Studio's domains, user profiles, spaces and apps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Covered {
    /// Notebook instances.
    NotebookInstances,
    /// Endpoints, by their configurations.
    EndpointConfigs,
    /// Training and tuning jobs.
    TrainingJobs,
    /// Processing jobs.
    ProcessingJobs,
    /// Batch transform jobs.
    TransformJobs,
}

/// Whoever would use an instance type.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// The account.
    pub account: &'a AccountId,
    /// The domain.
    pub domain: &'a DomainId,
    /// The user profile; `None` for the domain itself and its shared spaces.
    pub user_profile: Option<&'a UserProfileName>,
    /// The tags of the domain, and of the user profile.
    pub tags: &'a [&'a BTreeMap<String, String>],
}

impl Allowlist {
    /// The rule that holds for this subject.
    #[must_use]
    pub fn rule(&self, subject: &Subject<'_>) -> Option<&AllowRule> {
        self.rules.iter().find(|rule| rule.selector.takes(subject))
    }

    /// The same for one account alone: shorter, where there are rules for many.
    #[must_use]
    pub fn of_account(&self, account: &AccountId) -> Self {
        let here = |rule: &&AllowRule| is(rule.selector.accounts.as_ref(), Some(account.as_str()));
        let mut rules: Vec<AllowRule> = self.rules.iter().filter(here).cloned().collect();
        rules.iter_mut().for_each(|rule| rule.selector.accounts = None);
        Self { rules, also: self.also.clone() }
    }

    /// Whether any rule asks for tags.
    #[must_use]
    pub fn has_tags(&self) -> bool {
        self.rules.iter().any(|rule| rule.selector.tag.is_some())
    }
}

impl AllowRule {
    /// Whether this instance type may be used.
    #[must_use]
    pub fn allows(&self, instance_type: &str) -> bool {
        instance_type == SYSTEM || self.patterns.iter().any(|pattern| pattern.takes(instance_type))
    }

    /// Whether every instance type may be used.
    pub(super) fn allows_everything(&self) -> bool {
        self.patterns.iter().any(Glob::is_everything)
    }
}

impl Selector {
    fn takes(&self, subject: &Subject<'_>) -> bool {
        let Self { accounts, domains, user_profiles, tag } = self;
        is(accounts.as_ref(), Some(subject.account.as_str()))
            && is(domains.as_ref(), Some(subject.domain.as_str()))
            && is(user_profiles.as_ref(), subject.user_profile.map(UserProfileName::as_str))
            && tag.as_ref().is_none_or(|tag| subject.tags.iter().any(|tags| tag.is_in(tags)))
    }

    /// Whether it is for whole accounts.
    pub(super) fn is_of_whole_accounts(&self) -> bool {
        let Self { accounts: _, domains, user_profiles, tag } = self;
        domains.is_none() && user_profiles.is_none() && tag.is_none()
    }
}

impl TagGlob {
    fn is_in(&self, tags: &BTreeMap<String, String>) -> bool {
        tags.get(&self.key).is_some_and(|value| self.value.takes(value))
    }
}

fn is(wanted: Option<&Vec<Glob>>, name: Option<&str>) -> bool {
    wanted.is_none_or(|wanted| name.is_some_and(|name| wanted.iter().any(|glob| glob.takes(name))))
}
