//! Policy documents of IAM.

use std::collections::BTreeMap;

use serde::Serialize;
use thiserror::Error;

/// The most characters of a managed policy (IAM, "Quotas"); white space is not counted.
pub const MOST_CHARACTERS: usize = 6_144;

/// Operator, key, values.
pub(super) type Condition = BTreeMap<&'static str, BTreeMap<String, Vec<String>>>;

/// A policy document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Document {
    version: &'static str,
    statement: Vec<Statement>,
}

/// One of its statements.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Statement {
    /// Its name.
    pub sid: String,
    /// Whether it allows or denies.
    pub effect: Effect,
    /// Whom, in the trust policy of a role.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub principal: BTreeMap<&'static str, Vec<String>>,
    /// What.
    pub action: Vec<String>,
    /// On what; nothing in the trust policy of a role, which is about itself.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub resource: Vec<String>,
    /// Or on all but these.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub not_resource: Vec<String>,
    /// Under which condition.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub condition: Condition,
}

/// What a statement does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Effect {
    /// Allows.
    Allow,
    /// Denies, whatever allows.
    Deny,
}

/// A document that IAM does not take.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "the policy has {characters} characters and IAM takes {MOST_CHARACTERS}; hint: fewer --features, or fewer --domain"
)]
pub struct TooLong {
    /// How long it is, without white space.
    pub characters: usize,
}

impl Document {
    /// The document of these statements.
    pub(super) fn new(statement: Vec<Statement>) -> Self {
        Self { version: "2012-10-17", statement }
    }

    /// Its statements.
    #[must_use]
    pub fn statements(&self) -> &[Statement] {
        &self.statement
    }

    /// How many characters IAM counts.
    #[must_use]
    pub fn characters(&self) -> usize {
        let text = serde_json::to_string(self).expect("plain data");
        text.chars().filter(|c| !c.is_whitespace()).count()
    }

    /// The document, if IAM takes one of its length.
    ///
    /// # Errors
    /// [`TooLong`] when it does not.
    pub fn checked(self) -> Result<Self, TooLong> {
        let characters = self.characters();
        if characters > MOST_CHARACTERS { Err(TooLong { characters }) } else { Ok(self) }
    }
}

impl Statement {
    /// A statement that allows these actions on these resources.
    pub(super) fn allow(sid: &str, action: &[&str], resource: Vec<String>) -> Self {
        Self::new(Effect::Allow, sid, action, resource)
    }

    /// A statement that denies these actions on these resources.
    pub(super) fn deny(sid: &str, action: &[&str], resource: Vec<String>) -> Self {
        Self::new(Effect::Deny, sid, action, resource)
    }

    fn new(effect: Effect, sid: &str, action: &[&str], resource: Vec<String>) -> Self {
        let action = action.iter().map(|action| (*action).to_owned()).collect();
        Self {
            sid: sid.to_owned(),
            effect,
            principal: BTreeMap::new(),
            action,
            resource,
            not_resource: Vec::new(),
            condition: Condition::new(),
        }
    }

    /// The statement on all but these resources.
    pub(super) fn on_all_but(mut self, resources: Vec<String>) -> Self {
        self.not_resource = resources;
        self
    }

    /// The statement under one condition more.
    pub(super) fn when(mut self, operator: &'static str, key: &str, values: &[&str]) -> Self {
        let values = values.iter().map(|value| (*value).to_owned());
        self.condition.entry(operator).or_default().entry(key.to_owned()).or_default().extend(values);
        self
    }
}
