//! From the table of rights to policy documents.

use std::collections::BTreeSet;

use super::document::{Condition, Document, Effect, Statement};
use super::feature::Feature;
use super::grants::{Grant, grants};
use super::place::Place;
use super::role::Role;

/// What no role of the product ever does: it would destroy stored data, or what endpoints are made of.
const NEVER: [&str; 5] = [
    "sagemaker:DeleteDomain",
    "sagemaker:DeleteEndpointConfig",
    "sagemaker:DeleteModel",
    "sagemaker:DeleteSpace",
    "sagemaker:DeleteUserProfile",
];

/// Which of a role's rights are wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// Those that it has where nobody says: not those that have to be asked for.
    Usual,
    /// Those of these features, and of what they cannot do without.
    These(Vec<Feature>),
}

impl Wanted {
    fn features(&self) -> Vec<Feature> {
        match self {
            Self::Usual => {
                let is_usual = |feature: &&Feature| !ASKED_FOR.contains(feature);
                Feature::ALL.iter().filter(is_usual).copied().collect()
            }
            Self::These(features) => Feature::with_needs(features),
        }
    }
}

/// What nobody gets without having asked.
const ASKED_FOR: [Feature; 4] =
    [Feature::SharedSpaces, Feature::NotebookInstances, Feature::ScaleEndpoints, Feature::DeleteEndpoints];

/// The document of a role: a statement for each group of resources, and for the roles
/// that change something a deny of what they never do.
#[must_use]
pub fn policy(role: Role, wanted: &Wanted, place: &Place) -> Document {
    let mut statements: Vec<Statement> = Vec::new();
    for Grant { on, actions, .. } in granted(role, wanted, place) {
        add(&mut statements, on.group(), actions, on.resources(place), on.condition(place));
    }
    if matches!(role, Role::Actor | Role::Installer) && !statements.is_empty() {
        statements.push(Statement::deny("Never", &NEVER, vec!["*".to_owned()]));
    }
    Document::new(statements)
}

/// The rights that the document of a role is made of.
#[must_use]
pub fn granted(role: Role, wanted: &Wanted, place: &Place) -> Vec<Grant> {
    let features = wanted.features();
    let grants = grants(role).iter().filter(|grant| features.contains(&grant.feature));
    grants.filter(|grant| !grant.on.resources(place).is_empty()).copied().collect()
}

/// The flags that name what some of the wanted rights are on, where the place does not:
/// those rights are left out of the document.
#[must_use]
pub fn left_out(role: Role, wanted: &Wanted, place: &Place) -> BTreeSet<&'static str> {
    let features = wanted.features();
    let grants = grants(role).iter().filter(|grant| features.contains(&grant.feature));
    grants.filter(|grant| grant.on.resources(place).is_empty()).filter_map(|grant| grant.on.flag()).collect()
}

/// Puts a right into the statement of its group. Conditions of a group are of one key: its values are joined.
fn add(statements: &mut Vec<Statement>, group: &str, actions: &[&str], resources: Vec<String>, condition: Condition) {
    let position = statements.iter().position(|statement| statement.sid == group);
    let mut statement = match position {
        Some(position) => statements.remove(position),
        None => Statement::allow(group, &[], Vec::new()),
    };
    debug_assert_eq!(statement.effect, Effect::Allow);
    statement.action = joined(statement.action, actions.iter().map(|action| (*action).to_owned()));
    statement.resource = joined(statement.resource, resources);
    for (operator, keys) in condition {
        for (key, values) in keys {
            let slot = statement.condition.entry(operator).or_default().entry(key).or_default();
            *slot = joined(std::mem::take(slot), values);
        }
    }
    statements.insert(position.unwrap_or(statements.len()), statement);
}

fn joined(old: Vec<String>, new: impl IntoIterator<Item = String>) -> Vec<String> {
    old.into_iter().chain(new).collect::<BTreeSet<_>>().into_iter().collect()
}
