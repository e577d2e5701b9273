//! The command line of `doctor`.

use clap::Args;
use idle_core::DomainId;

use super::{Output, PriceLists};

#[derive(Debug, Args)]
pub(crate) struct Doctor {
    /// A domain to look at; may be given several times [default: with --vpc every domain].
    #[arg(long, env = "COSTCTL_DOMAIN", value_name = "DOMAIN-ID", value_parser = DomainId::parse, value_delimiter = ',',
          help_heading = "Scope")]
    pub(crate) domain: Vec<DomainId>,
    /// Look at every domain of each region.
    #[arg(long, env = "COSTCTL_ALL_DOMAINS", conflicts_with = "domain", help_heading = "Scope")]
    pub(crate) all_domains: bool,
    /// Say which VPC endpoints the domains need, which are missing or do not do, what they bill, and whether their
    /// policies let agent and costctl call.
    #[arg(long, env = "COSTCTL_VPC", help_heading = "VPC")]
    pub(crate) vpc: bool,
    /// Costctl runs in the domains' VPCs, too: also what it needs there.
    #[arg(long, env = "COSTCTL_CONTROLLER_IN_VPC", help_heading = "VPC")]
    pub(crate) controller_in_vpc: bool,
    /// Where apps fetch the agent; with it the policy of the S3 endpoint is asked about this place alone.
    #[arg(long, env = "COSTCTL_ARTIFACTS", value_name = "URL", help_heading = "VPC")]
    pub(crate) artifacts: Option<String>,
    /// Where evidence is kept; with --controller-in-vpc the policy is asked about it.
    #[arg(long, env = "COSTCTL_EVIDENCE", value_name = "URL", help_heading = "VPC")]
    pub(crate) evidence: Option<String>,
    /// Where the ledger is kept; likewise.
    #[arg(long, env = "COSTCTL_LEDGER", value_name = "URL", help_heading = "VPC")]
    pub(crate) ledger: Option<String>,
    #[command(flatten)]
    pub(crate) lists: PriceLists,
    /// How to write to stdout.
    #[arg(long, env = "COSTCTL_OUTPUT", value_enum, default_value = "table", help_heading = "Output")]
    pub(crate) output: Output,
}
