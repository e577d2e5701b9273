//! From layers to settings that make sense together.

use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use idle_core::{IdlePolicy, PolicyError};
use reqwest::Url;
use thiserror::Error;

use super::file;
use super::layer::{Layer, Origins, Output, parse_duration};

/// All settings, checked.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    /// Idle timeout and warning.
    pub(crate) policy: IdlePolicy,
    /// How often to look.
    pub(crate) poll_every: Duration,
    /// The Jupyter server, where it was named.
    pub(crate) jupyter_url: Option<Url>,
    /// The file that tells which app this is.
    pub(crate) metadata_file: PathBuf,
    /// Decide and record only.
    pub(crate) rehearse: bool,
    /// Where state is kept.
    pub(crate) state_dir: PathBuf,
    /// Where records are appended.
    pub(crate) record_file: Option<PathBuf>,
    /// What stdout gets.
    pub(crate) output: Output,
    /// The longest snooze.
    pub(crate) snooze_max: Duration,
}

/// A setting that is not usable.
#[derive(Debug, Error)]
pub(crate) enum SettingsError {
    /// The file could not be read or is not valid.
    #[error("settings file {}: {message}", path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        message: String,
    },
    /// One value is not valid.
    #[error("{place}: {key} = {value:?}: {message}")]
    Value {
        /// The flag, variable or file that it came from.
        place: String,
        /// Which setting.
        key: &'static str,
        /// What it said.
        value: String,
        /// What is wrong with it.
        message: String,
    },
}

const DEFAULT_TIMEOUT: Duration = Duration::from_secs(3600);
const DEFAULT_WARNING: Duration = Duration::from_secs(600);
const DEFAULT_POLL: Duration = Duration::from_secs(30);
const DEFAULT_SNOOZE_MAX: Duration = Duration::from_secs(8 * 3600);
const DEFAULT_METADATA_FILE: &str = "/opt/ml/metadata/resource-metadata.json";
/// Polls more often than this only burn the CPU that is being watched.
const SHORTEST_POLL: Duration = Duration::from_millis(100);

/// The settings that the layers make together.
///
/// # Errors
/// [`SettingsError`] with the place, the key, the value and a hint.
pub(crate) fn resolve(flags: &Layer, origins: &Origins) -> Result<Settings, SettingsError> {
    let file = file::load(flags.config_file.as_deref())?;
    let layers = Layers { flags, origins, file };
    let timeout = layers.duration("idle-timeout", |l| &l.idle_timeout)?;
    let warning = layers.duration("warn-before", |l| &l.warn_before)?;
    let poll = layers.duration("poll-every", |l| &l.poll_every)?;
    let snooze = layers.duration("snooze-max", |l| &l.snooze_max)?;

    let idle_timeout = timeout.as_ref().map_or(DEFAULT_TIMEOUT, |given| given.value);
    let warn_before = warning.as_ref().map_or(DEFAULT_WARNING.min(idle_timeout / 4), |given| given.value);
    let policy = IdlePolicy::new(idle_timeout, warn_before).map_err(|error| {
        let blamed = if error == PolicyError::WarnBefore { warning.or(timeout) } else { timeout };
        blame(blamed, "idle-timeout", error.to_string())
    })?;
    let poll_every = match poll {
        None => DEFAULT_POLL.min(idle_timeout / 8).max(SHORTEST_POLL),
        Some(given) => check_poll(given, &policy)?,
    };
    Ok(Settings {
        policy,
        poll_every,
        jupyter_url: layers.jupyter_url()?,
        metadata_file: layers
            .pick(|l| l.metadata_file.clone())
            .or_else(|| std::env::var_os("RESOURCE_METADATA_FILE").map(PathBuf::from))
            .unwrap_or_else(|| DEFAULT_METADATA_FILE.into()),
        rehearse: layers.pick(|l| l.rehearse).unwrap_or(false),
        state_dir: layers.pick(|l| l.state_dir.clone()).unwrap_or_else(default_state_dir),
        record_file: layers.pick(|l| l.record_file.clone()),
        output: layers.pick(|l| l.output).unwrap_or_default(),
        snooze_max: snooze.map_or(DEFAULT_SNOOZE_MAX, |given| given.value),
    })
}

/// `/tmp` is gone when the app is: state never outlives the app that it is about.
fn default_state_dir() -> PathBuf {
    format!("/tmp/idle-agent-{}", rustix::process::getuid().as_raw()).into()
}

/// A poll must fit twice into the longest gap, or every pause between two looks
/// would start the watch again and the app would never be stopped.
fn check_poll(given: Given, policy: &IdlePolicy) -> Result<Duration, SettingsError> {
    let most = policy.longest_gap() / 2;
    let message = if given.value < SHORTEST_POLL {
        "shorter than 100ms".to_owned()
    } else if given.value > most {
        format!(
            "too long for an idle timeout of {}; hint: at most {}, half of the longest gap that still counts as watched",
            humantime::format_duration(policy.idle_timeout()),
            humantime::format_duration(most)
        )
    } else {
        return Ok(given.value);
    };
    Err(blame(Some(given), "poll-every", message))
}

fn blame(given: Option<Given>, key: &'static str, message: String) -> SettingsError {
    match given {
        Some(Given { key, place, text, .. }) => SettingsError::Value { place, key, value: text, message },
        None => SettingsError::Value { place: "default".to_owned(), key, value: String::new(), message },
    }
}

/// A duration that somebody gave, with where it stood.
struct Given {
    key: &'static str,
    place: String,
    text: String,
    value: Duration,
}

struct Layers<'a> {
    flags: &'a Layer,
    origins: &'a Origins,
    file: Option<(PathBuf, Layer)>,
}

impl Layers<'_> {
    fn pick<T>(&self, of: impl Fn(&Layer) -> Option<T>) -> Option<T> {
        of(self.flags).or_else(|| self.file.as_ref().and_then(|(_, layer)| of(layer)))
    }

    /// The text of a setting with its place.
    fn text(&self, key: &'static str, of: impl Fn(&Layer) -> &Option<String>) -> Option<(String, String)> {
        if let Some(text) = of(self.flags) {
            return Some((self.origins.place(key), text.clone()));
        }
        let (path, layer) = self.file.as_ref()?;
        of(layer).clone().map(|text| (format!("settings file {}", path.display()), text))
    }

    fn duration(
        &self,
        key: &'static str,
        of: impl Fn(&Layer) -> &Option<String>,
    ) -> Result<Option<Given>, SettingsError> {
        let Some((place, text)) = self.text(key, of) else { return Ok(None) };
        match parse_duration(&text) {
            Ok(value) => Ok(Some(Given { key, place, text, value })),
            Err(message) => Err(SettingsError::Value { place, key, value: text, message }),
        }
    }

    fn jupyter_url(&self) -> Result<Option<Url>, SettingsError> {
        let Some((place, text)) = self.text("jupyter-url", |l| &l.jupyter_url) else { return Ok(None) };
        parse_loopback_url(&text).map(Some).map_err(|message| SettingsError::Value {
            place,
            key: "jupyter-url",
            value: text,
            message,
        })
    }
}

/// The agent watches its own app and nothing else: only loopback is accepted.
fn parse_loopback_url(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|error| error.to_string())?;
    if url.scheme() != "http" {
        return Err("only http is spoken; hint: http://127.0.0.1:8888/jupyterlab/default".to_owned());
    }
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    let is_loopback = host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
    if is_loopback { Ok(url) } else { Err(format!("{host:?} is not this machine; hint: http://127.0.0.1:8888/…")) }
}
