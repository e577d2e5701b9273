//! The flags of what is looked at: accounts, regions, kinds, and how far back.

use std::path::PathBuf;

use clap::Args;
use cost_planner::snapshot::Kind;
use idle_core::AccountId;
use jiff::SignedDuration;

use super::{LedgerAt, Output, PriceLists};

/// Which accounts, and as whom.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Scope")]
pub(crate) struct Scopes {
    /// The accounts to work in; may be given several times [default: the caller's own].
    #[arg(long, env = "COSTCTL_ACCOUNTS", value_name = "ACCOUNT", value_parser = AccountId::parse, value_delimiter = ',')]
    pub(crate) accounts: Vec<AccountId>,
    /// Every account of the organization. In the caller's own no role is assumed.
    #[arg(long, env = "COSTCTL_ORGANIZATION", conflicts_with = "accounts")]
    pub(crate) organization: bool,
    /// A file of [[scope]] tables: account, regions, role, actor-role, external-id, session-name; TOML, or JSON.
    #[arg(long, env = "COSTCTL_SCOPES", value_name = "FILE", conflicts_with_all = ["accounts", "organization"])]
    pub(crate) scopes: Option<PathBuf>,
    /// The role to look with in each account [default: costctl-reader, and none in the caller's own].
    #[arg(long, env = "COSTCTL_ROLE", value_name = "NAME", value_parser = role_name)]
    pub(crate) role: Option<String>,
    /// The external id that the roles ask for.
    #[arg(long, env = "COSTCTL_EXTERNAL_ID", value_name = "ID")]
    pub(crate) external_id: Option<String>,
    /// The name of our sessions, as the accounts' CloudTrail shows it.
    #[arg(long, env = "COSTCTL_SESSION_NAME", value_name = "NAME", default_value = "costctl", value_parser = session_name)]
    pub(crate) session_name: String,
    /// The source identity of our sessions; the roles must allow sts:SetSourceIdentity.
    #[arg(long, env = "COSTCTL_SOURCE_IDENTITY", value_name = "NAME", value_parser = session_name)]
    pub(crate) source_identity: Option<String>,
    /// So many accounts and regions at once.
    #[arg(long, env = "COSTCTL_CONCURRENCY", value_name = "N", default_value = "16", value_parser = concurrency)]
    pub(crate) concurrency: usize,
}

/// What is looked at, and how far back.
#[derive(Debug, Clone, Args)]
pub(crate) struct Look {
    #[command(flatten)]
    pub(crate) scopes: Scopes,
    /// Only these kinds: apps, endpoints, notebook-instances [default: all].
    #[arg(long, env = "COSTCTL_RESOURCES", value_name = "KIND", value_delimiter = ',', value_parser = kind,
          help_heading = "Scope")]
    pub(crate) resources: Vec<Kind>,
    /// Keep what was seen in this file.
    #[arg(long, env = "COSTCTL_SNAPSHOT", value_name = "FILE", help_heading = "Snapshot")]
    pub(crate) snapshot: Option<PathBuf>,
    /// Take what was seen from this file. Calls no AWS service.
    #[arg(long, env = "COSTCTL_FROM_SNAPSHOT", value_name = "FILE", help_heading = "Snapshot",
          conflicts_with_all = ["snapshot", "accounts", "organization", "scopes", "resources", "tag_keys",
                                "vpc_endpoints", "unified_studio"])]
    pub(crate) from_snapshot: Option<PathBuf>,
    /// Look so far back for the last heartbeat of an agent.
    #[arg(long, env = "COSTCTL_HEARTBEATS_WITHIN", value_name = "DURATION", default_value = "3h", help_heading = "Extent",
          value_parser = heartbeats_within)]
    pub(crate) heartbeats_within: SignedDuration,
    /// Look so far back for invocations of endpoints.
    #[arg(long, env = "COSTCTL_INVOCATIONS_WITHIN", value_name = "DURATION", default_value = "65d",
          help_heading = "Extent", value_parser = invocations_within)]
    pub(crate) invocations_within: SignedDuration,
    // Last, because its heading goes on.
    #[command(flatten)]
    pub(crate) lists: PriceLists,
    /// Note the tags of these keys, at most 10, by which costs are attributed.
    #[arg(long, env = "COSTCTL_TAG_KEYS", value_name = "KEY", value_delimiter = ',', value_parser = tag_key,
          help_heading = "Money")]
    pub(crate) tag_keys: Vec<String>,
    /// Note the interface VPC endpoints of the domains' VPCs. A call for each domain.
    #[arg(long, env = "COSTCTL_VPC_ENDPOINTS", help_heading = "Money")]
    pub(crate) vpc_endpoints: bool,
    /// Name people and projects of Unified Studio by DataZone. A call for each domain, and some for each of DataZone's.
    #[arg(long, env = "COSTCTL_UNIFIED_STUDIO", help_heading = "Attribution")]
    pub(crate) unified_studio: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Inventory {
    #[command(flatten)]
    pub(crate) look: Look,
    #[command(flatten)]
    pub(crate) ledger: LedgerAt,
    /// List each resource.
    #[arg(long, env = "COSTCTL_ALL", help_heading = "Output")]
    pub(crate) all: bool,
    /// How to write to stdout.
    #[arg(long, env = "COSTCTL_OUTPUT", value_enum, default_value = "table", help_heading = "Output")]
    pub(crate) output: Output,
}

pub(super) fn kind(text: &str) -> Result<Kind, String> {
    match text {
        "apps" => Ok(Kind::Apps),
        "endpoints" => Ok(Kind::Endpoints),
        "notebook-instances" => Ok(Kind::NotebookInstances),
        _ => Err("one of apps, endpoints, notebook-instances".to_owned()),
    }
}

fn tag_key(text: &str) -> Result<String, String> {
    let is_key = (1..=128).contains(&text.chars().count());
    if is_key { Ok(text.to_owned()) } else { Err("a tag key of 1 to 128 characters".to_owned()) }
}

/// CloudWatch keeps points of a minute for 15 days.
fn heartbeats_within(text: &str) -> Result<SignedDuration, String> {
    within(text, SignedDuration::from_mins(15), SignedDuration::from_hours(14 * 24), "15m to 14d")
}

/// CloudWatch keeps points of an hour for 455 days.
fn invocations_within(text: &str) -> Result<SignedDuration, String> {
    within(text, SignedDuration::from_hours(1), SignedDuration::from_hours(455 * 24), "1h to 455d")
}

fn within(text: &str, least: SignedDuration, most: SignedDuration, rule: &str) -> Result<SignedDuration, String> {
    let duration = humantime::parse_duration(text).map_err(|error| error.to_string())?;
    let duration = SignedDuration::try_from(duration).ok().filter(|duration| (least..=most).contains(duration));
    duration.ok_or_else(|| rule.to_owned())
}

/// A role's name, with its path where it has one.
pub(crate) fn role_name(text: &str) -> Result<String, String> {
    let in_name = |c: char| c.is_ascii_alphanumeric() || "_+=,.@-/".contains(c);
    let is_name = (1..=576).contains(&text.len()) && text.chars().all(in_name) && !text.ends_with('/');
    if is_name { Ok(text.to_owned()) } else { Err(format!("{text:?} is no name of a role; hint: not its ARN")) }
}

/// A session name or source identity, by the rule of STS.
pub(crate) fn session_name(text: &str) -> Result<String, String> {
    let in_name = |c: char| c.is_ascii_alphanumeric() || "_+=,.@-".contains(c);
    let is_name = (2..=64).contains(&text.len()) && text.chars().all(in_name);
    if is_name { Ok(text.to_owned()) } else { Err(format!("{text:?} is not 2 to 64 letters, digits or _+=,.@-")) }
}

fn concurrency(text: &str) -> Result<usize, String> {
    let number = text.parse().ok().filter(|number| (1..=256).contains(number));
    number.ok_or_else(|| "1 to 256".to_owned())
}
