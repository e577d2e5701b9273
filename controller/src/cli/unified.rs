//! The command line of `unified-studio`.

use std::path::PathBuf;

use clap::Args;
use cost_planner::policy::EndpointMode;

use super::{Deciding, Output, Scopes};

#[derive(Debug, Args)]
pub(crate) struct UnifiedStudio {
    #[command(flatten)]
    pub(crate) scopes: Scopes,
    /// Also say where it is not as [desired.unified-studio] of this policy says: a file, or s3://BUCKET/KEY.
    #[arg(long, env = "COSTCTL_POLICY", value_name = "FILE", help_heading = "Policy")]
    pub(crate) policy: Option<PathBuf>,
    /// The region of the policy's bucket [default: the first --region].
    #[arg(long, env = "COSTCTL_POLICY_REGION", value_name = "REGION", help_heading = "Policy")]
    pub(crate) policy_region: Option<String>,
    /// How to write to stdout.
    #[arg(long, env = "COSTCTL_OUTPUT", value_enum, default_value = "table", help_heading = "Output")]
    pub(crate) output: Output,
}

impl UnifiedStudio {
    /// How it is judged, where it is.
    pub(crate) fn deciding(&self) -> Option<Deciding> {
        let (policy, policy_region) = (Some(self.policy.clone()?), self.policy_region.clone());
        Some(Deciding { policy, policy_region, endpoints: EndpointMode::Report })
    }
}
