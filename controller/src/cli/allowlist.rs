//! The command line of `allowlist`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use cost_planner::allowlist::Covered;
use idle_core::{AccountId, Partition};

use super::{Artifacts, Domains, Go, Output, Undo};

#[derive(Debug, Subcommand)]
pub(crate) enum Allowlist {
    /// Print what AWS needs to enforce the allowlist, or what it should hide or refuse. Changes nothing.
    Compile(Compile),
    /// Write the instance types that Studio hides. Shows the plan; --execute does it.
    Apply(Apply),
    /// Bring back what was hidden before the last `allowlist apply`.
    Rollback(Undo),
}

/// The policy.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Policy")]
pub(crate) struct PolicyFile {
    /// The policy file, costctl.toml.
    #[arg(long, env = "COSTCTL_POLICY", value_name = "FILE")]
    pub(crate) policy: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Compile {
    #[command(flatten)]
    pub(crate) policy: PolicyFile,
    /// What to print.
    #[arg(long, env = "COSTCTL_ALLOWLIST_FORMAT", value_enum, help_heading = "Extent")]
    pub(crate) format: Format,
    /// The rules for this account alone.
    #[arg(long, env = "COSTCTL_ALLOWLIST_ACCOUNT", value_name = "ACCOUNT", value_parser = AccountId::parse,
          help_heading = "Extent")]
    pub(crate) account: Option<AccountId>,
    /// Cover more than Studio in policy documents and quotas.
    #[arg(long, env = "COSTCTL_ALSO", value_name = "WHAT", value_enum, value_delimiter = ',', help_heading = "Extent")]
    pub(crate) also: Vec<Also>,
    /// The partition that ARNs name.
    #[arg(long, env = "COSTCTL_PARTITION", value_name = "PARTITION", value_parser = Partition::parse,
          default_value = "aws", help_heading = "Extent")]
    pub(crate) partition: Partition,
    /// With --format quotas: read the quotas of each region, and exit with 3 if one is not as it should be.
    #[arg(long, help_heading = "Extent")]
    pub(crate) check: bool,
    /// How to write hidden types and quotas to stdout; policy documents are JSON.
    #[arg(long, env = "COSTCTL_OUTPUT", value_enum, default_value = "table", help_heading = "Output")]
    pub(crate) output: Output,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// A service control policy.
    Scp,
    /// A managed policy of IAM.
    Iam,
    /// The types that Studio should hide.
    HiddenTypes,
    /// The service quotas that should be 0, and those that should not.
    Quotas,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Also {
    NotebookInstances,
    EndpointConfigs,
    TrainingJobs,
    ProcessingJobs,
    TransformJobs,
}

impl From<Also> for Covered {
    fn from(also: Also) -> Self {
        match also {
            Also::NotebookInstances => Self::NotebookInstances,
            Also::EndpointConfigs => Self::EndpointConfigs,
            Also::TrainingJobs => Self::TrainingJobs,
            Also::ProcessingJobs => Self::ProcessingJobs,
            Also::TransformJobs => Self::TransformJobs,
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct Apply {
    #[command(flatten)]
    pub(crate) policy: PolicyFile,
    #[command(flatten)]
    pub(crate) domains: Domains,
    #[command(flatten)]
    pub(crate) artifacts: Artifacts,
    /// Show again what somebody else hides, where the policy allows it; rollback hides it again.
    #[arg(long, env = "COSTCTL_REPLACE_HIDDEN_TYPES", help_heading = "Extent")]
    pub(crate) replace_hidden_types: bool,
    #[command(flatten)]
    pub(crate) go: Go,
    /// How to write to stdout.
    #[arg(long, env = "COSTCTL_OUTPUT", value_enum, default_value = "table", help_heading = "Output")]
    pub(crate) output: Output,
}
