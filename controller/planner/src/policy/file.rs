//! The policy file as it is written.

use serde::Deserialize;

use idle_core::Reason;

use super::at::{At, Lines};
use super::budget::{Per, Usd};
use super::settings::{AppLayer, EndpointLayer, NotebookInstanceLayer, VolumeLayer};
use super::subject::Selectors;
use crate::drift::Desired;

/// The version alone, so that a newer file is not told as full of mistakes.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) struct Version {
    pub(crate) schema_version: Option<At<u32>>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct File {
    /// It was read and judged before all else.
    schema_version: u32,
    pub(crate) apps: AppLayer,
    #[serde(rename = "notebook-instances")]
    pub(crate) notebook_instances: NotebookInstanceLayer,
    pub(crate) endpoints: EndpointLayer,
    pub(crate) volumes: VolumeLayer,
    #[serde(rename = "override")]
    pub(crate) overrides: Vec<At<Override>>,
    pub(crate) exemptions: Exemptions,
    pub(crate) exemption: Vec<At<Exemption>>,
    pub(crate) budget: Vec<At<Budget>>,
    pub(crate) guards: Guards,
    pub(crate) desired: Desired,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Override {
    pub(crate) name: Option<String>,
    #[serde(rename = "for")]
    pub(crate) selectors: Selectors,
    #[serde(default)]
    pub(crate) apps: AppLayer,
    #[serde(default, rename = "notebook-instances")]
    pub(crate) notebook_instances: NotebookInstanceLayer,
    #[serde(default)]
    pub(crate) endpoints: EndpointLayer,
    #[serde(default)]
    pub(crate) volumes: VolumeLayer,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub(crate) struct Exemptions {
    pub(crate) max_days: Option<At<u32>>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Exemption {
    #[serde(rename = "for")]
    pub(crate) selectors: Selectors,
    pub(crate) owner: String,
    pub(crate) reason: String,
    pub(crate) ticket: Option<String>,
    /// A text, or a date or time of TOML's own.
    pub(crate) expires_at: At<toml::Value>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Budget {
    pub(crate) name: Option<String>,
    pub(crate) max_apps: Option<u32>,
    pub(crate) max_percent: Option<At<u32>>,
    pub(crate) max_usd_per_hour: Option<Usd>,
    #[serde(default)]
    pub(crate) per: Per,
    pub(crate) when: Option<At<String>>,
    #[serde(default)]
    pub(crate) reasons: Vec<Reason>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub(crate) struct Guards {
    pub(crate) most_idle_percent: Option<At<u32>>,
    pub(crate) of_at_least: Option<At<u32>>,
    pub(crate) first_run: Option<At<u32>>,
    pub(crate) protecting_tags: Vec<String>,
}

impl File {
    /// Turns every offset into its line.
    pub(crate) fn settle(&mut self, lines: &Lines<'_>) {
        self.apps.settle(lines);
        self.notebook_instances.settle(lines);
        self.endpoints.settle(lines);
        self.volumes.settle(lines);
        self.exemptions.max_days.iter_mut().for_each(|at| at.settle(lines));
        for At { value, .. } in &mut self.overrides {
            value.apps.settle(lines);
            value.notebook_instances.settle(lines);
            value.endpoints.settle(lines);
            value.volumes.settle(lines);
        }
        self.overrides.iter_mut().for_each(|at| at.settle(lines));
        self.exemption.iter_mut().for_each(|at| {
            at.settle(lines);
            at.value.expires_at.settle(lines);
        });
        for at in &mut self.budget {
            at.settle(lines);
            at.value.max_percent.iter_mut().for_each(|at| at.settle(lines));
            at.value.when.iter_mut().for_each(|at| at.settle(lines));
        }
        let Guards { most_idle_percent, of_at_least, first_run, protecting_tags: _ } = &mut self.guards;
        [most_idle_percent, of_at_least, first_run].into_iter().flatten().for_each(|at| at.settle(lines));
    }
}

impl Override {
    /// Its four sections.
    pub(crate) fn layers(&self) -> (&AppLayer, &NotebookInstanceLayer, &EndpointLayer, &VolumeLayer) {
        (&self.apps, &self.notebook_instances, &self.endpoints, &self.volumes)
    }
}

/// The longest exemption where the policy does not say.
pub(crate) const MAX_EXEMPT_DAYS: u32 = 30;
