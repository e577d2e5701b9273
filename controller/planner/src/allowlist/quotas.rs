//! The quotas that make a type impossible, or possible: 0 is a hard no for an account in
//! a region, and a quota that there is not says nothing.

use std::collections::BTreeMap;

use serde::Serialize;

use super::SYSTEM;
use super::rule::{Allowlist, Covered};

/// What a quota of SageMaker limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum QuotaUse {
    /// JupyterLab apps.
    JupyterLab,
    /// Code Editor apps.
    CodeEditor,
    /// KernelGateway apps of Studio Classic.
    KernelGateway,
    /// RStudio's sessions.
    RSession,
    /// Notebook instances.
    NotebookInstance,
    /// Endpoints.
    Endpoint,
    /// Training jobs.
    TrainingJob,
    /// The same on spot capacity.
    SpotTrainingJob,
    /// Instances kept warm between training jobs.
    TrainingWarmPool,
    /// Processing jobs.
    ProcessingJob,
    /// Batch transform jobs.
    TransformJob,
}

/// How a quota should stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum QuotasWanted {
    /// At 0: the type is allowed nowhere in the account.
    Zero,
    /// Above 0: it is allowed somewhere.
    Positive,
}

/// One quota, and how it should stand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct QuotaWish {
    /// Its name in Service Quotas.
    pub quota: String,
    /// What it limits.
    #[serde(rename = "use")]
    pub used_for: QuotaUse,
    /// Of which type.
    pub instance_type: String,
    /// How it should stand.
    pub wanted: QuotasWanted,
}

/// One quota as it stands.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct QuotaRow {
    /// How it should stand.
    #[serde(flatten)]
    pub wish: QuotaWish,
    /// How it stands; null where the region has no such quota.
    pub value: Option<f64>,
    /// What that comes to.
    pub verdict: QuotaVerdict,
}

/// What a quota comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum QuotaVerdict {
    /// As it should be.
    Right,
    /// Above 0 for a type that is allowed nowhere.
    TooHigh,
    /// 0 for a type that is allowed.
    TooLow,
    /// There is no such quota here: neither allowed nor denied.
    Unknown,
}

impl QuotaUse {
    /// What stands before and after the type in the names of these quotas, as AWS writes
    /// them ("Service Quotas", `ListServiceQuotas` of `sagemaker`).
    const NAMES: [(Self, &'static str, &'static str); 11] = [
        (Self::JupyterLab, "Studio JupyterLab Apps running on ", " instances"),
        (Self::CodeEditor, "Studio CodeEditor Apps running on ", " instances"),
        (Self::KernelGateway, "Studio KernelGateway Apps running on ", " instance"),
        (Self::RSession, "RSessionGateway Apps running on ", " instance"),
        (Self::NotebookInstance, "", " for notebook instance usage"),
        (Self::Endpoint, "", " for endpoint usage"),
        (Self::TrainingJob, "", " for training job usage"),
        (Self::SpotTrainingJob, "", " for spot training job usage"),
        (Self::TrainingWarmPool, "", " for training warm pool usage"),
        (Self::ProcessingJob, "", " for processing job usage"),
        (Self::TransformJob, "", " for transform job usage"),
    ];

    /// What the quota of this name limits, and of which type; `None` for any other.
    #[must_use]
    pub fn of_name(name: &str) -> Option<(Self, &str)> {
        Self::NAMES.iter().find_map(|(used_for, before, after)| {
            let instance_type = name.strip_prefix(before)?.strip_suffix(after)?;
            let is_type = instance_type.starts_with("ml.") && !instance_type.contains(' ');
            is_type.then_some((*used_for, instance_type))
        })
    }

    fn name(self, instance_type: &str) -> String {
        let named = Self::NAMES.iter().find(|(used_for, ..)| *used_for == self);
        let (_, before, after) = named.expect("every use has a name");
        format!("{before}{instance_type}{after}")
    }

    /// Whether the allowlist speaks of it.
    fn is_covered(self, allowlist: &Allowlist) -> bool {
        let covered = match self {
            Self::JupyterLab | Self::CodeEditor | Self::KernelGateway | Self::RSession => return true,
            Self::NotebookInstance => Covered::NotebookInstances,
            Self::Endpoint => Covered::EndpointConfigs,
            Self::TrainingJob | Self::SpotTrainingJob | Self::TrainingWarmPool => Covered::TrainingJobs,
            Self::ProcessingJob => Covered::ProcessingJobs,
            Self::TransformJob => Covered::TransformJobs,
        };
        allowlist.also.contains(&covered)
    }
}

/// How each quota of an account should stand. A quota knows neither domains nor user
/// profiles: a type that any rule allows is allowed. Empty where no rule is for the whole
/// account, because then everything is allowed somewhere.
#[must_use]
pub fn quotas(allowlist: &Allowlist, known: &[&str]) -> Vec<QuotaWish> {
    if !allowlist.rules.iter().any(|rule| rule.selector.is_of_whole_accounts()) {
        return Vec::new();
    }
    let uses = QuotaUse::NAMES.iter().map(|(used_for, ..)| *used_for).filter(|used_for| used_for.is_covered(allowlist));
    let types = || known.iter().filter(|name| **name != SYSTEM);
    uses.flat_map(|used_for| types().map(move |name| wish(allowlist, used_for, name))).collect()
}

/// The quotas that there are and those that should be, with what each comes to. `there`
/// has every quota of the region by its name; some are of types that `known` lacks.
#[must_use]
pub fn check_quotas(allowlist: &Allowlist, known: &[&str], there: &BTreeMap<String, f64>) -> Vec<QuotaRow> {
    let mut wishes: BTreeMap<String, QuotaWish> = BTreeMap::new();
    let wanted = quotas(allowlist, known);
    if wanted.is_empty() {
        return Vec::new();
    }
    let read = there.keys().filter_map(|name| QuotaUse::of_name(name));
    let read = read.filter(|(used_for, _)| used_for.is_covered(allowlist));
    let read = read.map(|(used_for, name)| wish(allowlist, used_for, name));
    wishes.extend(wanted.into_iter().chain(read).map(|wish| (wish.quota.clone(), wish)));
    wishes.into_values().map(|wish| row(wish, there)).collect()
}

fn row(wish: QuotaWish, there: &BTreeMap<String, f64>) -> QuotaRow {
    let value = there.get(&wish.quota).copied();
    let verdict = match (value, wish.wanted) {
        (None, _) => QuotaVerdict::Unknown,
        (Some(value), QuotasWanted::Zero) if value > 0.0 => QuotaVerdict::TooHigh,
        (Some(value), QuotasWanted::Positive) if value <= 0.0 => QuotaVerdict::TooLow,
        _ => QuotaVerdict::Right,
    };
    QuotaRow { wish, value, verdict }
}

fn wish(allowlist: &Allowlist, used_for: QuotaUse, instance_type: &str) -> QuotaWish {
    let is_allowed = allowlist.rules.iter().any(|rule| rule.allows(instance_type));
    QuotaWish {
        quota: used_for.name(instance_type),
        used_for,
        instance_type: instance_type.to_owned(),
        wanted: if is_allowed { QuotasWanted::Positive } else { QuotasWanted::Zero },
    }
}
