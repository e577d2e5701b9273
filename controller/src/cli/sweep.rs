//! The command lines of `sweep`, `plan`, `apply` and `explain`.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand};
use cost_planner::policy::EndpointMode;

use super::{Go, LedgerAt, Look, Output, Scopes};
use crate::act::Topic;
use crate::observe::KillSwitchPlace;
use crate::record::Place;

/// How it is decided.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Policy")]
pub(crate) struct Deciding {
    /// The policy: a file, or s3://BUCKET/KEY [default: costctl.toml where there is one, or else the built-in defaults].
    #[arg(long, env = "COSTCTL_POLICY", value_name = "FILE")]
    pub(crate) policy: Option<PathBuf>,
    /// The region of the policy's bucket [default: the first --region].
    #[arg(long, env = "COSTCTL_POLICY_REGION", value_name = "REGION")]
    pub(crate) policy_region: Option<String>,
    /// How far to go with endpoints that the policy names: report, scale, delete.
    #[arg(long, env = "COSTCTL_ENDPOINTS", value_name = "MODE", default_value = "report", value_parser = endpoint_mode)]
    pub(crate) endpoints: EndpointMode,
}

/// Where it is written down.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Evidence")]
pub(crate) struct Evidence {
    /// s3://BUCKET/PREFIX, or a folder: leases and a line for every action and refusal. Needed to act.
    #[arg(long, env = "COSTCTL_EVIDENCE", value_name = "URL")]
    pub(crate) evidence: Option<String>,
    /// The bucket's region [default: the first --region].
    #[arg(long, env = "COSTCTL_EVIDENCE_REGION", value_name = "REGION")]
    pub(crate) evidence_region: Option<String>,
    /// Encrypt evidence with this KMS key.
    #[arg(long, env = "COSTCTL_EVIDENCE_KMS_KEY", value_name = "KEY-ARN")]
    pub(crate) evidence_kms_key: Option<String>,
}

impl Evidence {
    /// Which store.
    pub(crate) fn place(&self) -> Option<Place> {
        let Self { evidence, evidence_region, evidence_kms_key } = self;
        let url = evidence.clone()?;
        Some(Place { flag: "--evidence", url, region: evidence_region.clone(), kms_key: evidence_kms_key.clone() })
    }
}

/// How it is acted, where it is.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Acting")]
pub(crate) struct Acting {
    /// The role to act with in each account [default: costctl-actor where a role was assumed to look].
    #[arg(long, env = "COSTCTL_ACTOR_ROLE", value_name = "NAME", value_parser = super::role_name)]
    pub(crate) actor_role: Option<String>,
    /// file:PATH, ssm:NAME or s3://BUCKET/KEY: while it is there (a parameter: unless it says off), nothing is done.
    #[arg(long, env = "COSTCTL_KILL_SWITCH", value_name = "PLACE")]
    pub(crate) kill_switch: Option<KillSwitchPlace>,
    /// So many actions of one account and region at once.
    #[arg(long, env = "COSTCTL_PARALLEL", value_name = "N", default_value = "4",
          value_parser = clap::value_parser!(u8).range(1..=64))]
    pub(crate) parallel: u8,
    /// What is not gone after this is named as stuck.
    #[arg(long, env = "COSTCTL_VERIFY_WITHIN", value_name = "DURATION", default_value = "20m",
          value_parser = humantime::parse_duration)]
    pub(crate) verify_within: Duration,
    /// Come to an end after so many failures.
    #[arg(long, env = "COSTCTL_STOP_AFTER_FAILURES", value_name = "N", default_value = "3",
          value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) stop_after_failures: u32,
    /// Tell this SNS topic what was done.
    #[arg(long, env = "COSTCTL_NOTIFY", value_name = "TOPIC-ARN")]
    pub(crate) notify: Option<Topic>,
    // Last, because its heading goes on.
    #[command(flatten)]
    pub(crate) evidence: Evidence,
}

#[derive(Debug, Args)]
pub(crate) struct Sweep {
    #[command(flatten)]
    pub(crate) look: Look,
    #[command(flatten)]
    pub(crate) ledger: LedgerAt,
    #[command(flatten)]
    pub(crate) deciding: Deciding,
    #[command(flatten)]
    pub(crate) acting: Acting,
    /// Publish metrics of it in the caller's own account and the first region, for `dashboard`.
    #[arg(long, env = "COSTCTL_METRICS", help_heading = "Output")]
    pub(crate) metrics: bool,
    #[command(flatten)]
    pub(crate) go: Go,
    /// Show every row.
    #[arg(long, env = "COSTCTL_ALL", help_heading = "Output")]
    pub(crate) all: bool,
    /// How to write to stdout.
    #[arg(long, env = "COSTCTL_OUTPUT", value_enum, default_value = "table", help_heading = "Output")]
    pub(crate) output: Output,
}

#[derive(Debug, Args)]
pub(crate) struct Plan {
    #[command(flatten)]
    pub(crate) look: Look,
    #[command(flatten)]
    pub(crate) deciding: Deciding,
    #[command(flatten)]
    pub(crate) evidence: Evidence,
    /// Write the plan to this file, for `apply`.
    #[arg(long, env = "COSTCTL_OUT", value_name = "FILE", help_heading = "Plan")]
    pub(crate) out: PathBuf,
    /// After this it is not applied.
    #[arg(long, env = "COSTCTL_VALID_FOR", value_name = "DURATION", default_value = "1h", help_heading = "Plan",
          value_parser = humantime::parse_duration)]
    pub(crate) valid_for: Duration,
    /// Show every row.
    #[arg(long, env = "COSTCTL_ALL", help_heading = "Output")]
    pub(crate) all: bool,
    /// How to write to stdout.
    #[arg(long, env = "COSTCTL_OUTPUT", value_enum, default_value = "table", help_heading = "Output")]
    pub(crate) output: Output,
}

#[derive(Debug, Args)]
pub(crate) struct ApplyPlan {
    /// A plan that `plan --out` wrote. What it says is done; its accounts and regions are taken from it.
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) scopes: Scopes,
    #[command(flatten)]
    pub(crate) acting: Acting,
    /// Do not ask; needed where there is no terminal.
    #[arg(long, help_heading = "Consent")]
    pub(crate) yes: bool,
    /// How to write to stdout.
    #[arg(long, env = "COSTCTL_OUTPUT", value_enum, default_value = "table", help_heading = "Output")]
    pub(crate) output: Output,
}

#[derive(Debug, Args)]
pub(crate) struct Explain {
    #[command(subcommand)]
    pub(crate) what: Explained,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Explained {
    /// The rules for one app, which of them won and where they stand, and what they come to now.
    App(ExplainApp),
}

#[derive(Debug, Args)]
pub(crate) struct ExplainApp {
    /// DOMAIN-ID/SPACE-OR-USER-PROFILE/APP-TYPE/APP-NAME, as `sweep` shows it.
    #[arg(value_name = "APP")]
    pub(crate) app: String,
    #[command(flatten)]
    pub(crate) look: Look,
    #[command(flatten)]
    pub(crate) deciding: Deciding,
    #[command(flatten)]
    pub(crate) evidence: Evidence,
    /// How to write to stdout.
    #[arg(long, env = "COSTCTL_OUTPUT", value_enum, default_value = "table", help_heading = "Output")]
    pub(crate) output: Output,
}

fn endpoint_mode(text: &str) -> Result<EndpointMode, String> {
    let modes = [EndpointMode::Report, EndpointMode::Scale, EndpointMode::Delete];
    let mode = modes.into_iter().find(|mode| mode.to_string() == text);
    mode.ok_or_else(|| "one of report, scale, delete".to_owned())
}
