//! One layer of settings: the same shape for flags, environment and files.

use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

use clap::parser::ValueSource;
use clap::{ArgMatches, Args, ValueEnum};
use idle_core::WhenBlind;
use serde::Deserialize;

/// What one source of settings says; what it leaves open is `None`. Durations,
/// schedules and the like stay text here, so that an error can name their place.
#[derive(Debug, Clone, Default, Args, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(crate) struct Layer {
    /// Stop the app after it has been idle for this long [default: 60m].
    #[arg(long, env = "IDLE_AGENT_IDLE_TIMEOUT", global = true, value_name = "DURATION", help_heading = "Policy")]
    pub(crate) idle_timeout: Option<String>,
    /// The idle timeout of an app that has a GPU [default: as --idle-timeout].
    #[arg(long, env = "IDLE_AGENT_IDLE_TIMEOUT_GPU", global = true, value_name = "DURATION", help_heading = "Policy")]
    pub(crate) idle_timeout_gpu: Option<String>,
    /// Hours with a shorter idle timeout, such as "daily 20:00-07:00 Europe/Berlin"; several with ";".
    #[arg(long, env = "IDLE_AGENT_QUIET_HOURS", global = true, value_name = "HOURS", help_heading = "Policy")]
    pub(crate) quiet_hours: Option<String>,
    /// The idle timeout in quiet hours [default: a quarter of --idle-timeout].
    #[arg(
        long,
        env = "IDLE_AGENT_IDLE_TIMEOUT_QUIET",
        global = true,
        value_name = "DURATION",
        help_heading = "Policy"
    )]
    pub(crate) idle_timeout_quiet: Option<String>,
    /// Hours in which nothing is stopped, such as "Mon-Fri 08:00-18:00 Europe/Berlin".
    #[arg(long, env = "IDLE_AGENT_OFFICE_HOURS", global = true, value_name = "HOURS", help_heading = "Policy")]
    pub(crate) office_hours: Option<String>,
    /// Warn this long before the stop [default: 10m, or a quarter of a short idle timeout].
    #[arg(long, env = "IDLE_AGENT_WARN_BEFORE", global = true, value_name = "DURATION", help_heading = "Policy")]
    pub(crate) warn_before: Option<String>,
    /// What claims to be busy without a sign of life for this long is stuck [default: 12h].
    #[arg(long, env = "IDLE_AGENT_STUCK_AFTER", global = true, value_name = "DURATION", help_heading = "Policy")]
    pub(crate) stuck_after: Option<String>,
    /// Stop the app at this age, at work or not [default: never].
    #[arg(long, env = "IDLE_AGENT_MAX_AGE", global = true, value_name = "DURATION", help_heading = "Policy")]
    pub(crate) max_age: Option<String>,
    /// Report when something could not be seen for this long [default: 2h].
    #[arg(long, env = "IDLE_AGENT_BLIND_AFTER", global = true, value_name = "DURATION", help_heading = "Policy")]
    pub(crate) blind_after: Option<String>,
    /// When blind for longer: keep the app, or let processes and GPU prove that it is idle [default: keep].
    #[arg(
        long,
        env = "IDLE_AGENT_WHEN_BLIND",
        global = true,
        value_enum,
        value_name = "WHAT",
        help_heading = "Policy"
    )]
    pub(crate) when_blind: Option<Blind>,
    /// The longest snooze that a user may ask for [default: 8h].
    #[arg(long, env = "IDLE_AGENT_SNOOZE_MAX", global = true, value_name = "DURATION", help_heading = "Policy")]
    pub(crate) snooze_max: Option<String>,
    /// How often a user may snooze one app [default: 10].
    #[arg(long, env = "IDLE_AGENT_SNOOZES_MAX", global = true, value_name = "N", help_heading = "Policy")]
    pub(crate) snoozes_max: Option<u32>,
    /// Decide and record, but hold nothing that could stop the app.
    #[arg(long, env = "IDLE_AGENT_REHEARSE", global = true, num_args = 0..=1, default_missing_value = "true",
          value_name = "BOOL", require_equals = true, help_heading = "Policy")]
    pub(crate) rehearse: Option<bool>,
    /// Look this often [default: 30s, or an eighth of a short idle timeout].
    #[arg(long, env = "IDLE_AGENT_POLL_EVERY", global = true, value_name = "DURATION", help_heading = "Observation")]
    pub(crate) poll_every: Option<String>,
    /// The Jupyter or Code Editor server, base URL included [default: by app type, on this machine].
    #[arg(
        long,
        env = "IDLE_AGENT_SERVER_URL",
        alias = "jupyter-url",
        global = true,
        value_name = "URL",
        help_heading = "Observation"
    )]
    #[serde(alias = "jupyter-url")]
    pub(crate) server_url: Option<String>,
    /// Processes that use this share of one core are at work [default: 2%].
    #[arg(long, env = "IDLE_AGENT_CPU_AT_WORK", global = true, value_name = "PERCENT", help_heading = "Observation")]
    pub(crate) cpu_at_work: Option<String>,
    /// Processes that read and write this many bytes a second are at work [default: 64KiB].
    #[arg(long, env = "IDLE_AGENT_IO_AT_WORK", global = true, value_name = "BYTES", help_heading = "Observation")]
    pub(crate) io_at_work: Option<String>,
    /// A GPU with this utilisation is at work [default: 1%].
    #[arg(long, env = "IDLE_AGENT_GPU_AT_WORK", global = true, value_name = "PERCENT", help_heading = "Observation")]
    pub(crate) gpu_at_work: Option<String>,
    /// Processes whose command line holds one of these, divided by commas, are no work.
    #[arg(
        long,
        env = "IDLE_AGENT_IGNORE_PROCESSES",
        global = true,
        value_name = "TEXTS",
        help_heading = "Observation"
    )]
    pub(crate) ignore_processes: Option<String>,
    /// Only descendants of this process are the app's [default: 1, all that are visible].
    #[arg(long, env = "IDLE_AGENT_PROCESS_ROOT", global = true, value_name = "PID", help_heading = "Observation")]
    pub(crate) process_root: Option<u32>,
    /// The file in which Studio's tools stamp activity [default: /tmp/.sagemaker-last-active-timestamp].
    #[arg(long, env = "IDLE_AGENT_ACTIVITY_FILE", global = true, value_name = "FILE", help_heading = "Observation")]
    pub(crate) activity_file: Option<String>,
    /// The file that tells which app this is [default: $RESOURCE_METADATA_FILE, or
    /// /opt/ml/metadata/resource-metadata.json].
    #[arg(long, env = "IDLE_AGENT_METADATA_FILE", global = true, value_name = "FILE", help_heading = "Observation")]
    pub(crate) metadata_file: Option<String>,
    /// The file that tells of a capacity block [default: /opt/.sagemakerinternal/internal-metadata.json].
    #[arg(
        long,
        env = "IDLE_AGENT_INTERNAL_METADATA_FILE",
        global = true,
        value_name = "FILE",
        help_heading = "Observation"
    )]
    pub(crate) internal_metadata_file: Option<String>,
    /// Where agents of Classic apps meet, on their common volume [default: ~/.idle-agent/gateways].
    #[arg(long, env = "IDLE_AGENT_GATEWAY_DIR", global = true, value_name = "DIR", help_heading = "Observation")]
    pub(crate) gateway_dir: Option<String>,
    /// Run this with sh before the stop, such as a backup; its failure does not block.
    #[arg(long, env = "IDLE_AGENT_PRE_STOP", global = true, value_name = "COMMAND", help_heading = "People")]
    pub(crate) pre_stop: Option<String>,
    /// How long that may take [default: 60s].
    #[arg(long, env = "IDLE_AGENT_PRE_STOP_LIMIT", global = true, value_name = "DURATION", help_heading = "People")]
    pub(crate) pre_stop_limit: Option<String>,
    /// The time zone in which people are told of times [default: UTC].
    #[arg(long, env = "IDLE_AGENT_TIME_ZONE", global = true, value_name = "ZONE", help_heading = "People")]
    pub(crate) time_zone: Option<String>,
    /// Keep SageMaker's own idle shutdown from stopping work that it does not see, by its activity file.
    #[arg(long, env = "IDLE_AGENT_REFRESH_NATIVE", global = true, num_args = 0..=1, default_missing_value = "true",
          value_name = "BOOL", require_equals = true, help_heading = "People")]
    pub(crate) refresh_native: Option<bool>,
    /// For at most this long without a pause [default: 24h].
    #[arg(
        long,
        env = "IDLE_AGENT_REFRESH_NATIVE_MAX",
        global = true,
        value_name = "DURATION",
        help_heading = "People"
    )]
    pub(crate) refresh_native_max: Option<String>,
    /// Publish CloudWatch metrics [default: true].
    #[arg(long, env = "IDLE_AGENT_METRICS", global = true, num_args = 0..=1, default_missing_value = "true",
          value_name = "BOOL", require_equals = true, help_heading = "Records")]
    pub(crate) metrics: Option<bool>,
    /// Where state is kept [default: /tmp/idle-agent-UID].
    #[arg(long, env = "IDLE_AGENT_STATE_DIR", global = true, value_name = "DIR", help_heading = "Records")]
    pub(crate) state_dir: Option<String>,
    /// Append each decision record to this file as well (4 MiB, then rotated once).
    #[arg(long, env = "IDLE_AGENT_RECORD_FILE", global = true, value_name = "FILE", help_heading = "Records")]
    pub(crate) record_file: Option<String>,
    /// What stdout gets [default: human].
    #[arg(long, env = "IDLE_AGENT_OUTPUT", global = true, value_enum, help_heading = "Records")]
    pub(crate) output: Option<Output>,
    /// Settings in TOML: the long flags as keys [default: ~/.config/idle-agent.toml, if it is there].
    #[arg(long, env = "IDLE_AGENT_CONFIG_FILE", global = true, value_name = "FILE", help_heading = "Records")]
    #[serde(skip)]
    pub(crate) config_file: Option<String>,
    /// The administrator's settings in TOML: [defaults], [enforce], [bounds]
    /// [default: /etc/idle-agent/admin.toml, if it is there].
    #[arg(long, env = "IDLE_AGENT_ADMIN_FILE", global = true, value_name = "FILE", help_heading = "Records")]
    #[serde(skip)]
    pub(crate) admin_file: Option<String>,
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

impl fmt::Display for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if *self == Self::Json { "json" } else { "human" })
    }
}

/// What may be judged when blind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Blind {
    /// Keep the app.
    Keep,
    /// Let processes and GPU alone prove that it is idle.
    JudgeProcesses,
}

impl fmt::Display for Blind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if *self == Self::Keep { "keep" } else { "judge-processes" })
    }
}

impl From<Blind> for WhenBlind {
    fn from(blind: Blind) -> Self {
        match blind {
            Blind::Keep => Self::Keep,
            Blind::JudgeProcesses => Self::JudgeProcesses,
        }
    }
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
