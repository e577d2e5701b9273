//! From layers to settings that make sense together.

use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use idle_core::{IdlePolicy, PolicyError, PolicyParts, Schedule, WhenBlind, time_zone};
use jiff::tz::TimeZone;
use reqwest::Url;
use thiserror::Error;

use super::layer::{Blind, Layer, Origins, Output};
use super::layers::{Given, Layers, Origin, shown};
use crate::observe::{CpuPolicy, DEFAULT_ACTIVITY_FILE, INTERNAL_METADATA, MachinePolicy, home};

/// All settings, checked.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    /// When to stop.
    pub(crate) policy: IdlePolicy,
    /// What counts as work on this machine.
    pub(crate) machine: MachinePolicy,
    /// How often to look.
    pub(crate) poll_every: Duration,
    /// The server, where it was named.
    pub(crate) server_url: Option<Url>,
    /// The file that tells which app this is.
    pub(crate) metadata_file: PathBuf,
    /// The file that tells of a capacity block.
    pub(crate) internal_metadata_file: PathBuf,
    /// Where agents of Classic apps meet.
    pub(crate) gateway_dir: PathBuf,
    /// What people get to see and do.
    pub(crate) people: People,
    /// Decide and record only.
    pub(crate) rehearse: bool,
    /// Publish metrics.
    pub(crate) metrics: bool,
    /// Where state is kept.
    pub(crate) state_dir: PathBuf,
    /// Where records are appended.
    pub(crate) record_file: Option<PathBuf>,
    /// What stdout gets.
    pub(crate) output: Output,
    /// Where each setting came from.
    pub(crate) origins: Vec<Origin>,
}

/// What people get to see and do.
#[derive(Debug, Clone)]
pub(crate) struct People {
    /// The longest snooze.
    pub(crate) snooze_max: Duration,
    /// How many snoozes one app gets.
    pub(crate) snoozes_max: u32,
    /// What runs before the stop.
    pub(crate) pre_stop: Option<String>,
    /// How long that may take.
    pub(crate) pre_stop_limit: Duration,
    /// The zone in which people are told of times, with its name.
    pub(crate) time_zone: (String, TimeZone),
    /// For how long native idle shutdown is held off while something is at work.
    pub(crate) refresh_native: Option<Duration>,
    /// The home directory, where there is one.
    pub(crate) home: Option<PathBuf>,
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
const DEFAULT_SNOOZES: u32 = 10;
const DEFAULT_PRE_STOP_LIMIT: Duration = Duration::from_secs(60);
/// A hook that runs for longer delays every stop.
const LONGEST_PRE_STOP_LIMIT: Duration = Duration::from_secs(3600);
const DEFAULT_REFRESH_MAX: Duration = Duration::from_secs(24 * 3600);
const DEFAULT_METADATA_FILE: &str = "/opt/ml/metadata/resource-metadata.json";
/// Reasons stand in SEMANTICS, "Thresholds".
const DEFAULT_CPU_AT_WORK: f64 = 2.0;
const DEFAULT_IO_AT_WORK: f64 = 64.0 * 1024.0;
const DEFAULT_GPU_AT_WORK: f64 = 1.0;
/// Polls more often than this only burn the CPU that is being watched.
const SHORTEST_POLL: Duration = Duration::from_millis(100);
/// CPU time is compared over at most this long, and over most of a poll.
const LONGEST_CPU_WINDOW: Duration = Duration::from_secs(30);

/// The settings that the layers make together.
///
/// # Errors
/// [`SettingsError`] with the place, the key, the value and a hint.
pub(crate) fn resolve(flags: &Layer, origins: &Origins) -> Result<Settings, SettingsError> {
    let layers = Layers::load(flags, origins)?;
    let policy = policy(&layers)?;
    let poll_every = poll_every(&layers, &policy)?;
    let machine = machine(&layers, poll_every)?;
    let people = people(&layers)?;
    let path = |key, of: fn(&Layer) -> &Option<String>, default: Option<PathBuf>| {
        layers.plain(key, of, default.map(|path| path.display().to_string())).map(PathBuf::from)
    };
    let metadata = std::env::var_os("RESOURCE_METADATA_FILE").map_or(DEFAULT_METADATA_FILE.into(), PathBuf::from);
    let gateways = home().unwrap_or_else(std::env::temp_dir).join(".idle-agent/gateways");
    Ok(Settings {
        policy,
        machine,
        poll_every,
        server_url: server_url(&layers)?,
        metadata_file: path("metadata-file", |l| &l.metadata_file, Some(metadata)).unwrap_or_default(),
        internal_metadata_file: path(
            "internal-metadata-file",
            |l| &l.internal_metadata_file,
            Some(INTERNAL_METADATA.into()),
        )
        .unwrap_or_default(),
        gateway_dir: path("gateway-dir", |l| &l.gateway_dir, Some(gateways)).unwrap_or_default(),
        people,
        rehearse: layers.plain("rehearse", |l| &l.rehearse, false).unwrap_or(false),
        metrics: layers.plain("metrics", |l| &l.metrics, true).unwrap_or(true),
        state_dir: path("state-dir", |l| &l.state_dir, Some(default_state_dir())).unwrap_or_default(),
        record_file: path("record-file", |l| &l.record_file, None),
        output: layers.plain("output", |l| &l.output, Output::default()).unwrap_or_default(),
        origins: layers.into_origins(),
    })
}

fn policy(layers: &Layers) -> Result<IdlePolicy, SettingsError> {
    let bounds = TimeoutBounds {
        min: layers.bound("idle-timeout-min", |b| &b.idle_timeout_min)?,
        max: layers.bound("idle-timeout-max", |b| &b.idle_timeout_max)?,
    };
    let timeout = layers.duration("idle-timeout", |l| &l.idle_timeout, DEFAULT_TIMEOUT)?;
    let idle_timeout = bounds.hold(layers, timeout.as_ref()).unwrap_or(DEFAULT_TIMEOUT);
    let gpu = layers.duration("idle-timeout-gpu", |l| &l.idle_timeout_gpu, None)?;
    let hours = |key, of: fn(&Layer) -> &Option<String>| {
        let parse = |text: &String| text.parse::<Schedule>().map_err(|error| error.to_string());
        layers.get(key, of, parse, None, Schedule::to_string)
    };
    let quiet_hours = hours("quiet-hours", |l| &l.quiet_hours)?;
    let quiet = layers.duration("idle-timeout-quiet", |l| &l.idle_timeout_quiet, idle_timeout / 4)?;
    let quiet_timeout = bounds.hold(layers, quiet.as_ref()).unwrap_or(idle_timeout).min(idle_timeout);
    let idle_timeout_gpu = bounds.hold(layers, gpu.as_ref());
    let quiet_hours = quiet_hours.map(|given| (given.value, quiet_timeout));
    let shortest = [Some(idle_timeout), idle_timeout_gpu, quiet_hours.as_ref().map(|(_, timeout)| *timeout)];
    let shortest = shortest.into_iter().flatten().min().unwrap_or(idle_timeout);
    let warning = layers.duration("warn-before", |l| &l.warn_before, DEFAULT_WARNING.min(shortest / 4))?;
    let defaults = PolicyParts::new(idle_timeout, Duration::ZERO);
    let stuck = layers.duration("stuck-after", |l| &l.stuck_after, defaults.stuck_after)?;
    let max_age = layers.duration("max-age", |l| &l.max_age, None)?;
    let blind = layers.duration("blind-after", |l| &l.blind_after, defaults.blind_after)?;
    let parts = PolicyParts {
        idle_timeout_gpu,
        quiet_hours,
        office_hours: hours("office-hours", |l| &l.office_hours)?.map(|given| given.value),
        warn_before: warning.as_ref().map_or(Duration::ZERO, |given| given.value),
        stuck_after: stuck.as_ref().map_or(defaults.stuck_after, |given| given.value),
        max_age: max_age.as_ref().map(|given| given.value),
        blind_after: blind.map_or(defaults.blind_after, |given| given.value),
        when_blind: layers.plain("when-blind", |l| &l.when_blind, Blind::Keep).map_or(WhenBlind::Keep, Blind::into),
        ..defaults
    };
    IdlePolicy::build(parts).map_err(|error| {
        let blamed = match error {
            PolicyError::WarnBefore => warning.filter(|given| given.place != "default").or(timeout),
            PolicyError::StuckAfter => stuck,
            PolicyError::MaxAge => max_age,
            PolicyError::ZeroTimeout | PolicyError::LongTimeout => [timeout, gpu, quiet]
                .into_iter()
                .flatten()
                .find(|given| given.value.is_zero() || error == PolicyError::LongTimeout),
        };
        blame(blamed, "idle-timeout", error.to_string())
    })
}

/// The administrator's limits to every idle timeout.
struct TimeoutBounds {
    min: Option<Given<Duration>>,
    max: Option<Given<Duration>>,
}

impl TimeoutBounds {
    fn hold(&self, layers: &Layers, given: Option<&Given<Duration>>) -> Option<Duration> {
        let given = given?;
        let mut value = given.value;
        if let Some(min) = self.min.as_ref().filter(|min| value < min.value) {
            value = min.value;
            layers.note_held(given.key, shown(&value), "idle-timeout-min of the administrator's file");
        }
        if let Some(max) = self.max.as_ref().filter(|max| value > max.value) {
            value = max.value;
            layers.note_held(given.key, shown(&value), "idle-timeout-max of the administrator's file");
        }
        Some(value)
    }
}

fn machine(layers: &Layers, poll_every: Duration) -> Result<MachinePolicy, SettingsError> {
    let percent = |key, of: fn(&Layer) -> &Option<String>, default: f64| {
        let given = layers.get(key, of, |text| parse_percent(text), default, |value| format!("{value}%"))?;
        Ok(given.map_or(default, |given| given.value))
    };
    let ignored = layers.plain("ignore-processes", |l| &l.ignore_processes, None).unwrap_or_default();
    let activity_file = layers.plain("activity-file", |l| &l.activity_file, DEFAULT_ACTIVITY_FILE.to_owned());
    let bytes = |text: &String| parse_bytes(text);
    let io = layers.get("io-at-work", |l| &l.io_at_work, bytes, DEFAULT_IO_AT_WORK, |b| format!("{b} bytes/s"))?;
    Ok(MachinePolicy {
        cpu: CpuPolicy {
            io_at_work: io.map_or(DEFAULT_IO_AT_WORK, |given| given.value),
            at_work: percent("cpu-at-work", |l| &l.cpu_at_work, DEFAULT_CPU_AT_WORK)? / 100.0,
            // Two looks are a poll apart, give or take a tenth.
            window: poll_every.mul_f64(0.8).min(LONGEST_CPU_WINDOW),
        },
        gpu_at_work: percent("gpu-at-work", |l| &l.gpu_at_work, DEFAULT_GPU_AT_WORK)?,
        process_root: layers.plain("process-root", |l| &l.process_root, 1).unwrap_or(1),
        ignored_processes: ignored.split(',').map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned).collect(),
        activity_file: activity_file.unwrap_or_default().into(),
    })
}

fn people(layers: &Layers) -> Result<People, SettingsError> {
    let snooze = layers.duration("snooze-max", |l| &l.snooze_max, DEFAULT_SNOOZE_MAX)?;
    let mut snooze_max = snooze.map_or(DEFAULT_SNOOZE_MAX, |given| given.value);
    if let Some(bound) = layers.bound("snooze-max", |b| &b.snooze_max)?.filter(|bound| snooze_max > bound.value) {
        snooze_max = bound.value;
        layers.note_held("snooze-max", shown(&snooze_max), &bound.place);
    }
    let mut snoozes_max = layers.plain("snoozes-max", |l| &l.snoozes_max, DEFAULT_SNOOZES).unwrap_or(DEFAULT_SNOOZES);
    if let Some(bound) = layers.bound_of_snoozes().filter(|bound| snoozes_max > *bound) {
        snoozes_max = bound;
        layers.note_held("snoozes-max", bound.to_string(), "the administrator's file");
    }
    let limit = layers.duration("pre-stop-limit", |l| &l.pre_stop_limit, DEFAULT_PRE_STOP_LIMIT)?;
    if limit.as_ref().is_some_and(|given| given.value > LONGEST_PRE_STOP_LIMIT) {
        return Err(blame(limit, "pre-stop-limit", "longer than an hour".to_owned()));
    }
    let named = |name: &String| match time_zone(name) {
        Ok(zone) => Ok((name.clone(), zone)),
        Err(error) => Err(error.to_string()),
    };
    let utc = ("UTC".to_owned(), TimeZone::UTC);
    let zone = layers.get("time-zone", |l| &l.time_zone, named, utc.clone(), |(name, _)| name.clone())?;
    let refresh = layers.plain("refresh-native", |l| &l.refresh_native, false).unwrap_or(false);
    let refresh_max = layers.duration("refresh-native-max", |l| &l.refresh_native_max, DEFAULT_REFRESH_MAX)?;
    Ok(People {
        snooze_max,
        snoozes_max,
        pre_stop: layers.plain("pre-stop", |l| &l.pre_stop, None),
        pre_stop_limit: limit.map_or(DEFAULT_PRE_STOP_LIMIT, |given| given.value),
        time_zone: zone.map_or(utc, |given| given.value),
        refresh_native: refresh_max.map(|given| given.value).filter(|_| refresh),
        home: home(),
    })
}

/// `/tmp` is gone when the app is: state never outlives the app that it is about.
fn default_state_dir() -> PathBuf {
    Path::new("/tmp").join(format!("idle-agent-{}", rustix::process::getuid().as_raw()))
}

/// A poll must fit twice into the longest gap, or every pause between two looks
/// would start the watch again and the app would never be stopped.
fn poll_every(layers: &Layers, policy: &IdlePolicy) -> Result<Duration, SettingsError> {
    let most = policy.longest_gap() / 2;
    let default = DEFAULT_POLL.min(most / 2).max(SHORTEST_POLL);
    let Some(given) = layers.duration("poll-every", |l| &l.poll_every, default)? else { return Ok(default) };
    let message = if given.value < SHORTEST_POLL {
        "shorter than 100ms".to_owned()
    } else if given.value > most && given.place != "default" {
        format!(
            "too long for an idle timeout of {}; hint: at most {}, half of the longest gap that still counts as watched",
            humantime::format_duration(policy.longest_gap() * 2),
            humantime::format_duration(most)
        )
    } else {
        return Ok(given.value);
    };
    Err(blame(Some(given), "poll-every", message))
}

fn server_url(layers: &Layers) -> Result<Option<Url>, SettingsError> {
    let parse = |text: &String| parse_loopback_url(text);
    Ok(layers.get("server-url", |l| &l.server_url, parse, None, Url::to_string)?.map(|given| given.value))
}

fn blame<T>(given: Option<Given<T>>, key: &'static str, message: String) -> SettingsError {
    match given {
        Some(Given { key, place, text, .. }) => SettingsError::Value { place, key, value: text, message },
        None => SettingsError::Value { place: "default".to_owned(), key, value: String::new(), message },
    }
}

/// A share in percent, with or without its sign.
fn parse_percent(text: &str) -> Result<f64, String> {
    let number = text.trim().trim_end_matches('%').trim().parse::<f64>().ok();
    number
        .filter(|percent| (0.1..=10_000.0).contains(percent))
        .ok_or_else(|| "not a percentage from 0.1 on; hint: 5%".to_owned())
}

/// A number of bytes, with `KiB` or `MiB` if wished.
fn parse_bytes(text: &str) -> Result<f64, String> {
    let text = text.trim();
    let (number, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()));
    let factor = match unit.trim() {
        "" => 1.0,
        "KiB" => 1024.0,
        "MiB" => 1024.0 * 1024.0,
        _ => return Err("not a number of bytes; hint: 64KiB".to_owned()),
    };
    let number = number.parse::<f64>().ok().filter(|number| *number >= 1.0);
    number.map(|number| number * factor).ok_or_else(|| "not a number of bytes; hint: 64KiB".to_owned())
}

/// The agent watches its own app and nothing else: only loopback is accepted.
fn parse_loopback_url(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|error| error.to_string())?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err("only http and https are spoken; hint: http://127.0.0.1:8888/jupyterlab/default".to_owned());
    }
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    let is_loopback = host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
    if is_loopback { Ok(url) } else { Err(format!("{host:?} is not this machine; hint: http://127.0.0.1:8888/…")) }
}
