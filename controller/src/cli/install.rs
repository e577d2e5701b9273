//! The command lines of `install` and its way back, `coverage` and `lifecycle-script`.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use cost_planner::install::{Canary, Host};

use super::{Domains, Evidence, Go, Output};
use crate::record::Place;
use crate::script::Script;

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
    // It is kept there, too. Last, because its heading goes on.
    #[command(flatten)]
    pub(crate) evidence: Evidence,
}

#[derive(Debug, Args)]
pub(crate) struct LifecycleScript {
    /// For which app type.
    #[arg(long, value_name = "TYPE", value_parser = script)]
    pub(crate) app_type: Script,
    #[command(flatten)]
    pub(crate) agent: Agent,
    #[command(flatten)]
    pub(crate) artifacts: Artifacts,
}

fn script(text: &str) -> Result<Script, String> {
    if text.eq_ignore_ascii_case("notebook-instance") {
        return Ok(Script::NotebookInstance);
    }
    let host = Host::ALL.into_iter().find(|h| h.slug() == text || h.app_type().as_str().eq_ignore_ascii_case(text));
    host.map(Script::Studio)
        .ok_or_else(|| "one of JupyterLab, CodeEditor, JupyterServer, KernelGateway, notebook-instance".to_owned())
}

/// A folder that begins with `s3:` is a bucket that lost a slash.
pub(super) fn artifacts(text: &str) -> Result<String, String> {
    let is_s3 = text.get(..3).is_some_and(|scheme| scheme.eq_ignore_ascii_case("s3:"));
    let bucket = text.strip_prefix("s3://").filter(|rest| !rest.is_empty() && !rest.starts_with('/'));
    if is_s3 && bucket.is_none() { Err("hint: s3://BUCKET/PREFIX".to_owned()) } else { Ok(text.to_owned()) }
}

fn minutes(text: &str) -> Result<i32, String> {
    let seconds = humantime::parse_duration(text).map_err(|error| error.to_string())?.as_secs();
    let minutes = i32::try_from(seconds / 60).ok().filter(|m| (60..=525_600).contains(m) && seconds % 60 == 0);
    minutes.ok_or_else(|| "SageMaker takes whole minutes from 60m to 525600m".to_owned())
}
