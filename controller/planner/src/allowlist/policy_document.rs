//! The allowlist as a policy document: an SCP, or a managed policy of IAM.

use std::collections::BTreeMap;
use std::fmt;

use idle_core::Partition;
use serde::Serialize;
use thiserror::Error;

use super::SYSTEM;
use super::glob::Glob;
use super::region::{By, Literal, Term};
use super::rule::{AllowRule, Allowlist, Covered};

/// More statements than fit into any document: rules that cut each other up come to an end here.
const MOST_STATEMENTS: usize = 100;

/// What sets the instance type of an app in a space. Only these carry the space's owner.
const OF_SPACES: [&str; 3] = ["sagemaker:CreateApp", "sagemaker:CreateSpace", "sagemaker:UpdateSpace"];
/// And what sets the default of a domain or user profile that there is already.
const OF_DOMAINS: [&str; 3] = ["sagemaker:UpdateDomain", "sagemaker:CreateUserProfile", "sagemaker:UpdateUserProfile"];

/// What the document is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PolicyFormat {
    /// A service control policy of AWS Organizations.
    Scp,
    /// A customer managed policy of IAM.
    Iam,
}

impl PolicyFormat {
    /// The most characters that AWS takes (Organizations and IAM, "Quotas"). Without
    /// white space, which IAM does not count and we do not write.
    #[must_use]
    pub fn limit(self) -> usize {
        match self {
            Self::Scp => 5_120,
            Self::Iam => 6_144,
        }
    }
}

impl fmt::Display for PolicyFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Scp => "SCP",
            Self::Iam => "managed policy",
        })
    }
}

/// A policy document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct PolicyDocument {
    version: &'static str,
    statement: Vec<Statement>,
}

/// One statement: a deny.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Statement {
    sid: String,
    effect: &'static str,
    action: Vec<&'static str>,
    #[serde(flatten)]
    resources: Resources,
    /// Operator, key, values.
    condition: BTreeMap<&'static str, BTreeMap<String, Vec<String>>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
enum Resources {
    #[serde(rename = "Resource")]
    These(Vec<String>),
    #[serde(rename = "NotResource")]
    AllBut(Vec<String>),
}

/// An allowlist of which no document can be made.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CompileError {
    /// There is nothing to deny.
    #[error("every instance type is allowed everywhere, so there is nothing to deny; hint: allowed-instance-types")]
    NothingDenied,
    /// AWS does not take so long a document.
    #[error(
        "the {format} has {characters} characters and AWS takes {}; hint: shorter patterns (ml.g5.* for all sizes), \
         or a policy for each account (--account)", format.limit()
    )]
    TooLong {
        /// What it is for.
        format: PolicyFormat,
        /// How long it is.
        characters: usize,
    },
    /// A rule selects by what a resource's name in a policy cannot say.
    #[error("{origin} selects {pattern:?}; hint: in domain ids * stands at the end alone")]
    Domain {
        /// Where the rule stands.
        origin: String,
        /// What it selects.
        pattern: String,
    },
    /// Two rules that no statement can keep apart.
    #[error(
        "{origin} and {other} overlap, and no statement can take the one out of the other; hint: whole names without *"
    )]
    Tangled {
        /// Where the one stands.
        origin: String,
        /// Where the other stands, which comes before it.
        other: String,
    },
    /// The rules cut each other up into more than any document can say.
    #[error(
        "the rules come to more than {MOST_STATEMENTS} statements; hint: rules that name one thing each, or a policy \
         for each account (--account)"
    )]
    TooManyStatements,
}

/// The document that denies every instance type that the rules do not allow. It
/// denies only what creates or changes something, never what deletes or stops it, and
/// says nothing of requests that name no instance type: those take the default, which
/// was checked when it was set.
///
/// A domain is told by the resource, an account and a tag by the principal, a user
/// profile by the owner of the space: apps of Studio Classic have no space and follow
/// their domain's rule, as do the default settings of a user profile.
///
/// # Errors
/// [`CompileError`] when there is nothing to deny, or more than one document can say.
pub fn compile(
    allowlist: &Allowlist,
    format: PolicyFormat,
    partition: &Partition,
) -> Result<PolicyDocument, CompileError> {
    let rules = &allowlist.rules;
    let mut statement = Vec::new();
    for (n, rule) in rules.iter().enumerate() {
        resources_can_say(rule)?;
        if rule.allows_everything() {
            continue;
        }
        for term in where_it_holds(rule, &rules[..n])? {
            let sid = format!("AllowedInstanceTypes{}", statement.len());
            statement.push(deny(sid, &term, rule, allowlist, partition));
        }
        if statement.len() > MOST_STATEMENTS {
            return Err(CompileError::TooManyStatements);
        }
    }
    if statement.is_empty() {
        return Err(CompileError::NothingDenied);
    }
    let document = PolicyDocument { version: "2012-10-17", statement };
    let characters = document.text().chars().count();
    if characters > format.limit() {
        return Err(CompileError::TooLong { format, characters });
    }
    Ok(document)
}

impl PolicyDocument {
    /// The document as AWS takes it, without white space.
    #[must_use]
    pub fn text(&self) -> String {
        serde_json::to_string(self).expect("plain data")
    }
}

/// `*` also stands for a slash in a resource: at the end of a domain id it reaches over
/// that domain's own resources, elsewhere over names that people choose.
fn resources_can_say(rule: &AllowRule) -> Result<(), CompileError> {
    match rule.selector.domains.iter().flatten().find(|domain| !domain.is_prefix()) {
        None => Ok(()),
        Some(pattern) => {
            Err(CompileError::Domain { origin: rule.origin.clone(), pattern: pattern.as_str().to_owned() })
        }
    }
}

/// What is left of a rule's requests when those of the rules before it are taken out.
fn where_it_holds(rule: &AllowRule, before: &[AllowRule]) -> Result<Vec<Term>, CompileError> {
    let mut terms = vec![Term { is: Literal::all(&rule.selector), not: Vec::new() }];
    for other in before {
        let literals = Literal::all(&other.selector);
        let tangled = |_| CompileError::Tangled { origin: rule.origin.clone(), other: other.origin.clone() };
        let mut left = Vec::new();
        for term in terms {
            left.extend(term.without(&literals).map_err(tangled)?);
        }
        terms = left;
        if terms.len() > MOST_STATEMENTS {
            return Err(CompileError::TooManyStatements);
        }
    }
    Ok(terms)
}

fn deny(sid: String, term: &Term, rule: &AllowRule, allowlist: &Allowlist, partition: &Partition) -> Statement {
    let mut condition: BTreeMap<&'static str, BTreeMap<String, Vec<String>>> = BTreeMap::new();
    let mut put = |operator, key: String, values: &mut dyn Iterator<Item = String>| {
        condition.entry(operator).or_default().entry(key).or_default().extend(values);
    };
    let patterns = rule.patterns.iter().map(Glob::as_str).filter(|pattern| *pattern != SYSTEM);
    let mut allowed = patterns.chain([SYSTEM]).map(str::to_owned);
    put("ForAnyValue:StringNotLike", "sagemaker:InstanceTypes".to_owned(), &mut allowed);
    for (literals, like, arn_like) in [(&term.is, "StringLike", "ArnLike"), (&term.not, "StringNotLike", "ArnNotLike")]
    {
        for Literal { by, any } in literals {
            let mut names = any.iter().map(ToString::to_string);
            let mut arns = any.iter().map(|owner| format!("arn:{partition}:sagemaker:*:*:user-profile/{owner}"));
            match by {
                By::Account => put(like, "aws:PrincipalAccount".to_owned(), &mut names),
                By::Tag(key) => put(like, format!("aws:PrincipalTag/{key}"), &mut names),
                By::Owner => put(arn_like, "sagemaker:OwnerUserProfileArn".to_owned(), &mut arns),
                // Told by the resource.
                By::Domain => {}
            }
        }
    }
    let resources = resources(term, partition);
    Statement { sid, effect: "Deny", action: actions(term, allowlist), resources, condition }
}

/// What can be told of the requests of this term.
fn actions(term: &Term, allowlist: &Allowlist) -> Vec<&'static str> {
    let mut actions = OF_SPACES.to_vec();
    if term.is.iter().any(|literal| literal.by == By::Owner) {
        return actions;
    }
    actions.extend(OF_DOMAINS);
    if term.is.iter().any(|literal| literal.by == By::Domain) {
        return actions;
    }
    actions.push("sagemaker:CreateDomain");
    for covered in &allowlist.also {
        actions.extend(match covered {
            Covered::NotebookInstances => &["sagemaker:CreateNotebookInstance", "sagemaker:UpdateNotebookInstance"][..],
            Covered::EndpointConfigs => &["sagemaker:CreateEndpointConfig"],
            Covered::TrainingJobs => &["sagemaker:CreateTrainingJob", "sagemaker:CreateHyperParameterTuningJob"],
            Covered::ProcessingJobs => &["sagemaker:CreateProcessingJob"],
            Covered::TransformJobs => &["sagemaker:CreateTransformJob"],
        });
    }
    actions
}

fn resources(term: &Term, partition: &Partition) -> Resources {
    let of = |literals: &[Literal]| -> Vec<String> {
        let domains = literals.iter().filter(|literal| literal.by == By::Domain).flat_map(|literal| &literal.any);
        // Each kind in full: the name of a space can be like the id of another domain.
        let kinds = ["app/{}/*", "space/{}/*", "user-profile/{}/*", "domain/{}"];
        let arn = |kind: &str, domain: &Glob| {
            format!("arn:{partition}:sagemaker:*:*:{}", kind.replace("{}", domain.as_str()))
        };
        domains.flat_map(|domain| kinds.map(|kind| arn(kind, domain))).collect()
    };
    match (of(&term.is), of(&term.not)) {
        // Where the domain is one of some, all others are out already.
        (these, _) if !these.is_empty() => Resources::These(these),
        (_, but) if but.is_empty() => Resources::These(vec!["*".to_owned()]),
        (_, but) => Resources::AllBut(but),
    }
}
