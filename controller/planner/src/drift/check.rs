//! Every rule that the policy asks for, over one account and region.

use idle_core::DomainId;
use serde::{Deserialize, Serialize};

use super::desired::Desired;
use super::finding::{Finding, Place, Rule};
use super::rules;
use super::seen::{DomainLook, Seen};
use super::view::View;
use crate::allowlist::Allowlist;

/// What should be.
#[derive(Debug, Clone, Copy)]
pub struct Wish<'a> {
    /// The policy's `[desired]`.
    pub desired: &'a Desired,
    /// The policy's rules for instance types.
    pub allowlist: &'a Allowlist,
    /// Every instance type that SageMaker knows.
    pub known: &'a [&'a str],
}

/// What came of it. What could not be seen is neither drift nor none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Checked {
    /// What is not as it should be.
    pub findings: Vec<Finding>,
    /// What could not be seen.
    pub unseen: Vec<Unseen>,
    /// The domains that were looked for.
    pub domains: Vec<DomainId>,
}

/// What could not be seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unseen {
    /// By which rule it would have been judged; `None` for all of them.
    pub rule: Option<Rule>,
    /// Of what.
    pub place: Place,
    /// Why.
    pub why: String,
}

/// What is not as it should be, and what could not be seen, in the order of their places.
#[must_use]
pub fn check(wish: &Wish<'_>, seen: &Seen) -> Checked {
    let mut checked = Checked::default();
    for domain in &seen.domains {
        checked.domains.push(domain.id.clone());
        of_domain(wish, seen, domain, &mut checked);
    }
    checked.sort();
    checked
}

fn of_domain(wish: &Wish<'_>, seen: &Seen, look: &DomainLook, checked: &mut Checked) {
    let Some(view) = View::of(wish, seen, look, &mut checked.unseen) else { return };
    let Desired {
        agent,
        idle_shutdown,
        hidden_instance_types,
        network,
        kms_key,
        tags,
        execution_role,
        notebook_sharing,
        max_storage_gib,
        tag_propagation,
        source_identity,
        // Its rules look at other things.
        unified_studio: _,
    } = wish.desired;
    if let Some(agent) = agent {
        rules::lifecycle::check(&view, *agent, checked);
        rules::content::check(&view, checked);
    }
    if let Some(idle) = idle_shutdown {
        rules::idle::check(&view, idle, checked);
    }
    if let Some(hidden) = hidden_instance_types {
        rules::hidden::check(&view, *hidden, checked);
    }
    if let Some(network) = network {
        rules::network::check(&view, *network, checked);
    }
    if let Some(key) = kms_key {
        rules::kms::check(&view, key, checked);
    }
    if !tags.is_empty() {
        rules::tags::check(&view, tags, checked);
    }
    if let Some(denied) = execution_role {
        rules::roles::check(&view, denied, checked);
    }
    if let Some(sharing) = notebook_sharing {
        rules::sharing::check(&view, *sharing, checked);
    }
    if let Some(most) = max_storage_gib {
        rules::storage::check(&view, *most, checked);
    }
    if let Some(propagation) = tag_propagation {
        rules::tag_propagation::check(&view, *propagation, checked);
    }
    if let Some(identity) = source_identity {
        rules::source_identity::check(&view, *identity, checked);
    }
}

impl Checked {
    /// Takes in another part.
    pub fn extend(&mut self, other: Self) {
        let Self { findings, unseen, domains } = other;
        self.findings.extend(findings);
        self.unseen.extend(unseen);
        self.domains.extend(domains);
        self.sort();
    }

    fn sort(&mut self) {
        self.findings.sort_by(|a, b| (&a.place, a.rule, &a.setting).cmp(&(&b.place, b.rule, &b.setting)));
        self.unseen.sort_by(|a, b| (&a.place, a.rule).cmp(&(&b.place, b.rule)));
    }
}

impl Desired {
    /// The rules that it asks for.
    #[must_use]
    pub fn rules(&self) -> Vec<Rule> {
        let Self {
            agent,
            idle_shutdown,
            hidden_instance_types,
            network,
            kms_key,
            tags,
            execution_role,
            notebook_sharing,
            max_storage_gib,
            tag_propagation,
            source_identity,
            unified_studio,
        } = self;
        let unified = unified_studio.clone().unwrap_or_default();
        let is_asked = |rule: &Rule| match rule {
            Rule::LifecycleConfiguration | Rule::LifecycleConfigurationContent => agent.is_some(),
            Rule::IdleShutdown => idle_shutdown.is_some(),
            Rule::HiddenInstanceTypes => hidden_instance_types.is_some(),
            Rule::NetworkMode => network.is_some(),
            Rule::KmsKey => kms_key.is_some(),
            Rule::Tags => !tags.is_empty(),
            Rule::ExecutionRole => execution_role.is_some(),
            Rule::NotebookSharing => notebook_sharing.is_some(),
            Rule::Storage => max_storage_gib.is_some(),
            Rule::TagPropagation => tag_propagation.is_some(),
            Rule::SourceIdentity => source_identity.is_some(),
            Rule::ProjectQuota => unified.projects_warn_percent.is_some(),
            Rule::ToolingIdleShutdown => unified.idle_timeout.is_some() || unified.editable.is_some(),
            Rule::ToolingStorage => unified.max_storage_gib.is_some(),
            Rule::Blueprints => !unified.allowed_blueprints.is_empty(),
        };
        Rule::ALL.into_iter().filter(is_asked).collect()
    }
}
