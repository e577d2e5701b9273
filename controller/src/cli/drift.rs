//! The command line of `drift`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use cost_planner::policy::EndpointMode;
use idle_core::DomainId;

use super::install::artifacts;
use super::look::role_name;
use super::{Agent, Artifacts, Deciding, Evidence, Go, Scopes};

#[derive(Debug, Args)]
pub(crate) struct Drift {
    #[command(flatten)]
    pub(crate) scopes: Scopes,
    /// Only these domains; may be given several times [default: every domain of each region].
    #[arg(long, env = "COSTCTL_DOMAIN", value_name = "DOMAIN-ID", value_parser = DomainId::parse, value_delimiter = ',',
          help_heading = "Scope")]
    pub(crate) domain: Vec<DomainId>,
    /// The policy with [desired]: a file, or s3://BUCKET/KEY [default: costctl.toml where there is one].
    #[arg(long, env = "COSTCTL_POLICY", value_name = "FILE", help_heading = "Policy")]
    pub(crate) policy: Option<PathBuf>,
    /// The region of the policy's bucket [default: the first --region].
    #[arg(long, env = "COSTCTL_POLICY_REGION", value_name = "REGION", help_heading = "Policy")]
    pub(crate) policy_region: Option<String>,
    /// Say who changed it, by CloudTrail: two questions a second, a hundred at most.
    #[arg(long, env = "COSTCTL_WHO", help_heading = "Extent")]
    pub(crate) who: bool,
    #[command(flatten)]
    pub(crate) fixing: Fixing,
    // Their headings go on.
    #[command(flatten)]
    pub(crate) agent: Agent,
    #[command(flatten)]
    pub(crate) evidence: Evidence,
    /// Publish how much was found in the caller's own account and the first region, for `dashboard`.
    #[arg(long, env = "COSTCTL_METRICS", help_heading = "Output")]
    pub(crate) metrics: bool,
    /// How to write it.
    #[arg(long, env = "COSTCTL_OUTPUT", value_enum, default_value = "table", help_heading = "Output")]
    pub(crate) output: DriftOutput,
    /// Write it to this file instead of to stdout.
    #[arg(long, env = "COSTCTL_OUT", value_name = "FILE", help_heading = "Output")]
    pub(crate) out: Option<PathBuf>,
}

/// How what is ours is mended.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Fix")]
pub(crate) struct Fixing {
    /// Plan to mend what is ours: lifecycle configurations, hidden instance types, idle shutdown that an install wrote.
    #[arg(long, env = "COSTCTL_FIX", requires = "artifacts")]
    pub(crate) fix: bool,
    /// Do it; without this flag only the plan is shown.
    #[arg(long, requires = "fix")]
    pub(crate) execute: bool,
    /// Do not ask; needed with --execute where there is no terminal.
    #[arg(long, requires = "execute")]
    pub(crate) yes: bool,
    /// The role to mend with in each account [default: costctl-installer where a role was assumed to look].
    #[arg(long, env = "COSTCTL_INSTALLER_ROLE", value_name = "NAME", value_parser = role_name)]
    pub(crate) installer_role: Option<String>,
    /// Where the binary and the before-images are kept: s3://BUCKET/PREFIX, or a folder.
    #[arg(long, env = "COSTCTL_ARTIFACTS", value_name = "URL", value_parser = artifacts)]
    pub(crate) artifacts: Option<String>,
    /// The bucket's region [default: the first --region].
    #[arg(long, env = "COSTCTL_ARTIFACTS_REGION", value_name = "REGION")]
    pub(crate) artifacts_region: Option<String>,
    /// Encrypt objects with this KMS key.
    #[arg(long, env = "COSTCTL_KMS_KEY", value_name = "KEY-ARN")]
    pub(crate) kms_key: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum DriftOutput {
    Table,
    Json,
    Sarif,
}

impl Drift {
    /// Where the policy stands.
    pub(crate) fn deciding(&self) -> Deciding {
        Deciding {
            policy: self.policy.clone(),
            policy_region: self.policy_region.clone(),
            endpoints: EndpointMode::Report,
        }
    }
}

impl Fixing {
    /// Where artifacts are kept.
    pub(crate) fn artifacts(&self) -> Option<Artifacts> {
        let Self { artifacts, artifacts_region, kms_key, .. } = self.clone();
        Some(Artifacts { artifacts: artifacts?, artifacts_region, kms_key })
    }

    /// Whether to do it.
    pub(crate) fn go(&self) -> Go {
        Go { execute: self.execute, yes: self.yes, check: false }
    }
}
