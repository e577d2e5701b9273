//! One layer of settings: the same shape for flags, environment and file.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

use clap::parser::ValueSource;
use clap::{ArgMatches, Args, ValueEnum};
use serde::Deserialize;

/// What one source of settings says; what it leaves open is `None`.
#[derive(Debug, Clone, Default, Args, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(crate) struct Layer {
    /// Stop the app after it has been idle for this long [default: 60m].
    #[arg(long, env = "IDLE_AGENT_IDLE_TIMEOUT", global = true, value_name = "DURATION", help_heading = "Policy")]
    pub(crate) idle_timeout: Option<String>,
    /// Warn this long before the stop [default: 10m, or a quarter of a short idle timeout].
    #[arg(long, env = "IDLE_AGENT_WARN_BEFORE", global = true, value_name = "DURATION", help_heading = "Policy")]
    pub(crate) warn_before: Option<String>,
    /// The longest snooze that a user may ask for [default: 8h].
    #[arg(long, env = "IDLE_AGENT_SNOOZE_MAX", global = true, value_name = "DURATION", help_heading = "Policy")]
    pub(crate) snooze_max: Option<String>,
    /// Decide and record, but hold nothing that could stop the app.
    #[arg(long, env = "IDLE_AGENT_REHEARSE", global = true, num_args = 0..=1, default_missing_value = "true",
          value_name = "BOOL", require_equals = true, help_heading = "Policy")]
    pub(crate) rehearse: Option<bool>,
    /// Look this often [default: 30s, or an eighth of a short idle timeout].
    #[arg(long, env = "IDLE_AGENT_POLL_EVERY", global = true, value_name = "DURATION", help_heading = "Observation")]
    pub(crate) poll_every: Option<String>,
    /// The Jupyter server, base URL included [default: by app type, on port 8888].
    #[arg(long, env = "IDLE_AGENT_JUPYTER_URL", global = true, value_name = "URL", help_heading = "Observation")]
    pub(crate) jupyter_url: Option<String>,
    /// The file that tells which app this is [default: $RESOURCE_METADATA_FILE, or
    /// /opt/ml/metadata/resource-metadata.json].
    #[arg(long, env = "IDLE_AGENT_METADATA_FILE", global = true, value_name = "FILE", help_heading = "Observation")]
    pub(crate) metadata_file: Option<PathBuf>,
    /// Where state is kept [default: /tmp/idle-agent-UID].
    #[arg(long, env = "IDLE_AGENT_STATE_DIR", global = true, value_name = "DIR", help_heading = "Records")]
    pub(crate) state_dir: Option<PathBuf>,
    /// Append each decision record to this file as well (4 MiB, then rotated once).
    #[arg(long, env = "IDLE_AGENT_RECORD_FILE", global = true, value_name = "FILE", help_heading = "Records")]
    pub(crate) record_file: Option<PathBuf>,
    /// What stdout gets [default: human].
    #[arg(long, env = "IDLE_AGENT_OUTPUT", global = true, value_enum, help_heading = "Records")]
    pub(crate) output: Option<Output>,
    /// Settings in TOML: the long flags as keys [default: ~/.config/idle-agent.toml, if it is there].
    #[arg(long, env = "IDLE_AGENT_CONFIG_FILE", global = true, value_name = "FILE", help_heading = "Records")]
    #[serde(skip)]
    pub(crate) config_file: Option<PathBuf>,
}

/// What stdout gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Output {
    /// Sentences and tables.
    #[default]
    Human,
    /// One JSON document a line.
    Json,
}

/// Which settings came from the environment; the others of the layer are flags.
#[derive(Debug, Clone, Default)]
pub(crate) struct Origins(BTreeSet<String>);

impl Origins {
    /// The settings of these matches that came from the environment.
    pub(crate) fn of(matches: &ArgMatches) -> Self {
        let deepest = matches.subcommand().map_or(matches, |(_, inner)| inner);
        let ids = deepest.ids().map(|id| id.as_str().to_owned());
        Self(ids.filter(|id| deepest.value_source(id) == Some(ValueSource::EnvVariable)).collect())
    }

    /// How a person would name the place of this setting.
    pub(crate) fn place(&self, key: &str) -> String {
        if self.0.contains(&key.replace('-', "_")) {
            format!("environment variable IDLE_AGENT_{}", key.replace('-', "_").to_uppercase())
        } else {
            format!("flag --{key}")
        }
    }
}

/// A duration as people write it: `60m`, `1h 30m`, `90s`.
///
/// # Errors
/// One sentence with an example.
pub(crate) fn parse_duration(text: &str) -> Result<Duration, String> {
    humantime::parse_duration(text)
        .map_err(|error| format!("{error}; hint: a number with a unit, such as 90s, 60m or 1h30m"))
}
