//! The command line.

mod allowlist;
mod sweep;

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};
use cost_planner::install::{Canary, Host};
use cost_planner::snapshot::Kind;
use idle_core::{AccountId, DomainId};
use jiff::SignedDuration;

use crate::record::Place;
pub(crate) use allowlist::{Allowlist, Apply, Compile, Format as AllowlistFormat};
pub(crate) use sweep::{Acting, ApplyPlan, Deciding, Evidence, Explain, ExplainApp, Explained, Plan, Sweep};

/// Finds what SageMaker bills without need, and stops it safely.
#[derive(Debug, Parser)]
#[command(name = "costctl", version, about, disable_help_subcommand = true)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What every command understands.
#[derive(Debug, Clone, Args)]
pub(crate) struct Global {
    /// The regions to work in; may be given several times [default: as the AWS CLI finds it].
    #[arg(
        long,
        global = true,
        env = "COSTCTL_REGION",
        value_name = "REGION",
        value_delimiter = ',',
        help_heading = "Scope"
    )]
    pub(crate) region: Vec<String>,
    /// Show no progress.
    #[arg(long, global = true, env = "COSTCTL_NO_PROGRESS", help_heading = "Output")]
    pub(crate) no_progress: bool,
    /// Reading calls a second to begin with, for each account and region; halved when AWS throttles.
    #[arg(long, global = true, env = "COSTCTL_READS_PER_SECOND", default_value_t = 5.0, value_parser = rate)]
    pub(crate) reads_per_second: f64,
    /// Changing calls a second to begin with, likewise.
    #[arg(long, global = true, env = "COSTCTL_WRITES_PER_SECOND", default_value_t = 1.0, value_parser = rate)]
    pub(crate) writes_per_second: f64,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Say which account, region and role this is, and whether SageMaker can be read. Changes nothing.
    Doctor,
    /// Give the agent to every app of these domains at its next start. Shows the plan; --execute does it.
    Install(Install),
    /// Detach every lifecycle configuration of ours and delete those that nothing uses.
    Uninstall(Uninstall),
    /// Bring back what stood there before the last install.
    Rollback(Undo),
    /// Say which running apps an agent watches. Changes nothing.
    Coverage(Coverage),
    /// Turn the policy's allowlist of instance types into what AWS enforces and what Studio hides.
    #[command(subcommand)]
    Allowlist(Allowlist),
    /// Say what there is in every account and region, and what could not be seen. Changes nothing.
    Inventory(Inventory),
    /// Find what is idle, say what is to be done about it; --execute does it.
    Sweep(Sweep),
    /// Write a sweep's plan to a file, for `apply`. Changes nothing in AWS.
    Plan(Plan),
    /// Do what a plan file says. Asks first; --yes does not.
    Apply(ApplyPlan),
    /// Say which rules of the policy hold, which won and where they stand. Changes nothing.
    Explain(Explain),
    /// Print an on-start script as `install` would install it. Calls no AWS service.
    LifecycleScript(LifecycleScript),
}

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
          conflicts_with_all = ["snapshot", "accounts", "organization", "scopes", "resources"])]
    pub(crate) from_snapshot: Option<PathBuf>,
    /// Look so far back for the last heartbeat of an agent.
    #[arg(long, env = "COSTCTL_HEARTBEATS_WITHIN", value_name = "DURATION", default_value = "3h", help_heading = "Extent",
          value_parser = heartbeats_within)]
    pub(crate) heartbeats_within: SignedDuration,
    /// Look so far back for invocations of endpoints.
    #[arg(long, env = "COSTCTL_INVOCATIONS_WITHIN", value_name = "DURATION", default_value = "65d",
          help_heading = "Extent", value_parser = invocations_within)]
    pub(crate) invocations_within: SignedDuration,
}

/// Which domains.
#[derive(Debug, Clone, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Domains {
    /// A domain; may be given several times.
    #[arg(long, env = "COSTCTL_DOMAIN", value_name = "DOMAIN-ID", value_parser = DomainId::parse, value_delimiter = ',',
          help_heading = "Scope")]
    pub(crate) domain: Vec<DomainId>,
    /// Every domain of each region.
    #[arg(long, env = "COSTCTL_ALL_DOMAINS", help_heading = "Scope")]
    pub(crate) all_domains: bool,
}

/// Whether to do it.
#[derive(Debug, Clone, Copy, Args)]
#[command(next_help_heading = "Consent")]
pub(crate) struct Go {
    /// Do it; without this flag only the plan is shown.
    #[arg(long)]
    pub(crate) execute: bool,
    /// Do not ask; needed with --execute where there is no terminal.
    #[arg(long, requires = "execute")]
    pub(crate) yes: bool,
    /// Exit with 3 if the plan has changes.
    #[arg(long, conflicts_with = "execute")]
    pub(crate) check: bool,
}

/// Where the binary and the before-images are kept.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Artifacts")]
pub(crate) struct Artifacts {
    /// s3://BUCKET/PREFIX, or a folder.
    #[arg(long, env = "COSTCTL_ARTIFACTS", value_name = "URL", value_parser = artifacts)]
    pub(crate) artifacts: String,
    /// The bucket's region [default: the first --region].
    #[arg(long, env = "COSTCTL_ARTIFACTS_REGION", value_name = "REGION")]
    pub(crate) artifacts_region: Option<String>,
    /// Encrypt objects with this KMS key.
    #[arg(long, env = "COSTCTL_KMS_KEY", value_name = "KEY-ARN")]
    pub(crate) kms_key: Option<String>,
}

impl Artifacts {
    /// The store that these flags name.
    pub(crate) fn place(&self) -> Place {
        let Self { artifacts, artifacts_region, kms_key } = self;
        let (url, region, kms_key) = (artifacts.clone(), artifacts_region.clone(), kms_key.clone());
        Place { flag: "--artifacts", url, region, kms_key }
    }
}

/// What is installed.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Agent")]
pub(crate) struct Agent {
    /// The static idle-agent to install [default: idle-agent beside costctl].
    #[arg(long, env = "COSTCTL_BINARY", value_name = "PATH")]
    pub(crate) binary: Option<PathBuf>,
    /// The idle timeout where users say nothing.
    #[arg(long, env = "COSTCTL_IDLE_TIMEOUT", value_name = "DURATION", value_parser = humantime::parse_duration)]
    pub(crate) idle_timeout: Option<Duration>,
    /// The administrator's settings file that each app gets, in TOML.
    #[arg(long, env = "COSTCTL_AGENT_SETTINGS", value_name = "FILE")]
    pub(crate) agent_settings: Option<PathBuf>,
    /// Where apps find the binary in their own file system: baked into the image, or on a shared one.
    #[arg(long, env = "COSTCTL_FILE_IN_APP", value_name = "PATH")]
    pub(crate) file_in_app: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Output {
    Table,
    Json,
}

#[derive(Debug, Args)]
pub(crate) struct Install {
    #[command(flatten)]
    pub(crate) domains: Domains,
    #[command(flatten)]
    pub(crate) agent: Agent,
    #[command(flatten)]
    pub(crate) artifacts: Artifacts,
    /// Only what carries this tag: whole domains, or user profiles.
    #[arg(long, env = "COSTCTL_CANARY", value_name = "tag:KEY=VALUE", help_heading = "Extent")]
    pub(crate) canary: Option<Canary>,
    /// Only so many in a hundred domains; always the same ones, a larger share adds to them.
    #[arg(long, env = "COSTCTL_DOMAINS_PERCENT", value_name = "N", conflicts_with = "canary", help_heading = "Extent",
          value_parser = clap::value_parser!(u8).range(0..=100))]
    pub(crate) domains_percent: Option<u8>,
    /// Replace somebody else's built-in lifecycle configuration; rollback brings it back.
    #[arg(long, env = "COSTCTL_REPLACE_BUILT_IN", help_heading = "Extent")]
    pub(crate) replace_built_in: bool,
    /// Replace somebody else's default lifecycle configuration of Studio Classic; likewise.
    #[arg(long, env = "COSTCTL_REPLACE_DEFAULT", help_heading = "Extent")]
    pub(crate) replace_default: bool,
    /// Attach it to stopped notebook instances that have no lifecycle configuration.
    #[arg(long, env = "COSTCTL_ATTACH_NOTEBOOK_INSTANCES", help_heading = "Extent")]
    pub(crate) attach_notebook_instances: bool,
    /// Also switch on SageMaker's own idle shutdown (60m to 525600m), which knows nothing of work outside of
    /// Jupyter: whichever comes first stops the app.
    #[arg(long, env = "COSTCTL_NATIVE", value_name = "DURATION", value_parser = minutes, help_heading = "Extent")]
    pub(crate) native: Option<i32>,
    /// Replace the time of SageMaker's own idle shutdown where somebody switched it on; rollback brings it back.
    #[arg(long, env = "COSTCTL_REPLACE_NATIVE", help_heading = "Extent")]
    pub(crate) replace_native: bool,
    #[command(flatten)]
    pub(crate) go: Go,
    /// How to write to stdout.
    #[arg(long, env = "COSTCTL_OUTPUT", value_enum, default_value = "table", help_heading = "Output")]
    pub(crate) output: Output,
}

#[derive(Debug, Args)]
pub(crate) struct Undo {
    #[command(flatten)]
    pub(crate) domains: Domains,
    #[command(flatten)]
    pub(crate) artifacts: Artifacts,
    #[command(flatten)]
    pub(crate) go: Go,
    /// How to write to stdout.
    #[arg(long, env = "COSTCTL_OUTPUT", value_enum, default_value = "table", help_heading = "Output")]
    pub(crate) output: Output,
}

#[derive(Debug, Args)]
pub(crate) struct Uninstall {
    #[command(flatten)]
    pub(crate) undo: Undo,
    /// Take ours out also where no before-image says what it replaced: nothing comes back there.
    #[arg(long, env = "COSTCTL_WITHOUT_BEFORE_IMAGES", help_heading = "Extent")]
    pub(crate) without_before_images: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Coverage {
    #[command(flatten)]
    pub(crate) domains: Domains,
    /// How to write to stdout.
    #[arg(long, env = "COSTCTL_OUTPUT", value_enum, default_value = "table", help_heading = "Output")]
    pub(crate) output: Output,
}

#[derive(Debug, Args)]
pub(crate) struct Inventory {
    #[command(flatten)]
    pub(crate) look: Look,
    /// List each resource.
    #[arg(long, env = "COSTCTL_ALL", help_heading = "Output")]
    pub(crate) all: bool,
    /// How to write to stdout.
    #[arg(long, env = "COSTCTL_OUTPUT", value_enum, default_value = "table", help_heading = "Output")]
    pub(crate) output: Output,
}

#[derive(Debug, Args)]
pub(crate) struct LifecycleScript {
    /// For which app type.
    #[arg(long, value_name = "TYPE", value_parser = script)]
    pub(crate) app_type: crate::script::Script,
    #[command(flatten)]
    pub(crate) agent: Agent,
    #[command(flatten)]
    pub(crate) artifacts: Artifacts,
}

fn script(text: &str) -> Result<crate::script::Script, String> {
    use crate::script::Script;
    if text.eq_ignore_ascii_case("notebook-instance") {
        return Ok(Script::NotebookInstance);
    }
    let host = Host::ALL.into_iter().find(|h| h.slug() == text || h.app_type().as_str().eq_ignore_ascii_case(text));
    host.map(Script::Studio)
        .ok_or_else(|| "one of JupyterLab, CodeEditor, JupyterServer, KernelGateway, notebook-instance".to_owned())
}

/// A folder that begins with `s3:` is a bucket that lost a slash.
fn artifacts(text: &str) -> Result<String, String> {
    let is_s3 = text.get(..3).is_some_and(|scheme| scheme.eq_ignore_ascii_case("s3:"));
    let bucket = text.strip_prefix("s3://").filter(|rest| !rest.is_empty() && !rest.starts_with('/'));
    if is_s3 && bucket.is_none() { Err("hint: s3://BUCKET/PREFIX".to_owned()) } else { Ok(text.to_owned()) }
}

fn kind(text: &str) -> Result<Kind, String> {
    match text {
        "apps" => Ok(Kind::Apps),
        "endpoints" => Ok(Kind::Endpoints),
        "notebook-instances" => Ok(Kind::NotebookInstances),
        _ => Err("one of apps, endpoints, notebook-instances".to_owned()),
    }
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

fn rate(text: &str) -> Result<f64, String> {
    let rate: f64 = text.parse().map_err(|_| "not a number".to_owned())?;
    if (0.01..=10_000.0).contains(&rate) { Ok(rate) } else { Err("0.01 to 10000".to_owned()) }
}

fn minutes(text: &str) -> Result<i32, String> {
    let seconds = humantime::parse_duration(text).map_err(|error| error.to_string())?.as_secs();
    let minutes = i32::try_from(seconds / 60).ok().filter(|m| (60..=525_600).contains(m) && seconds % 60 == 0);
    minutes.ok_or_else(|| "SageMaker takes whole minutes from 60m to 525600m".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_snapshot_is_planned_from_as_it_is() {
        let parsed = |words: &str| Cli::try_parse_from(words.split(' ')).map(drop);
        assert!(parsed("costctl sweep --from-snapshot seen.json").is_ok());
        for flag in ["--resources endpoints", "--accounts 111122223333", "--snapshot other.json"] {
            assert!(parsed(&format!("costctl sweep --from-snapshot seen.json {flag}")).is_err(), "{flag}");
        }
    }
}
