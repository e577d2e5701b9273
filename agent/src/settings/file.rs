//! The settings files: the user's and the administrator's.

use std::io::Read;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::layer::Layer;
use super::resolve::SettingsError;

/// No sensible settings file is larger.
const MAX_BYTES: u64 = 64 * 1024;
const ADMIN_FILE: &str = "/etc/idle-agent/admin.toml";

/// The administrator's file.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(crate) struct Admin {
    /// Settings that hold where nobody else says anything.
    pub(crate) defaults: Layer,
    /// Settings that hold whatever anybody else says.
    pub(crate) enforce: Layer,
    /// Limits to what users may set.
    pub(crate) bounds: Bounds,
}

/// The administrator's limits.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(crate) struct Bounds {
    /// The shortest idle timeout.
    pub(crate) idle_timeout_min: Option<String>,
    /// The longest idle timeout.
    pub(crate) idle_timeout_max: Option<String>,
    /// The longest snooze.
    pub(crate) snooze_max: Option<String>,
    /// The most snoozes.
    pub(crate) snoozes_max: Option<u32>,
}

/// The user's file: the one that was named, or the user's own if it is there.
///
/// # Errors
/// [`SettingsError::File`] when a named file is missing, or any file is unreadable or not valid.
pub(crate) fn load(named: Option<&str>) -> Result<Option<(PathBuf, Layer)>, SettingsError> {
    let own = std::env::var_os("HOME").map(|home| Path::new(&home).join(".config/idle-agent.toml"));
    read(named, own)
}

/// The administrator's file: the one that was named, or the usual one if it is there.
///
/// # Errors
/// As [`load`].
pub(crate) fn load_admin(named: Option<&str>) -> Result<Option<(PathBuf, Admin)>, SettingsError> {
    read(named, Some(ADMIN_FILE.into()))
}

fn read<T: DeserializeOwned>(
    named: Option<&str>,
    usual: Option<PathBuf>,
) -> Result<Option<(PathBuf, T)>, SettingsError> {
    let path = match (named, usual) {
        (Some(named), _) => PathBuf::from(named),
        (None, Some(usual)) if usual.exists() => usual,
        (None, _) => return Ok(None),
    };
    let error = |message: String| SettingsError::File { path: path.clone(), message };
    let mut text = String::new();
    std::fs::File::open(&path)
        .and_then(|file| file.take(MAX_BYTES + 1).read_to_string(&mut text))
        .map_err(|e| error(e.to_string()))?;
    if text.len() as u64 > MAX_BYTES {
        return Err(error(format!("larger than {MAX_BYTES} bytes")));
    }
    let content = toml::from_str(&text).map_err(|e| error(e.to_string().trim_end().to_owned()))?;
    Ok(Some((path, content)))
}

/// Reads a text as either file, for the tests that feed it anything.
#[cfg(test)]
pub(crate) fn parse_files(text: &str) {
    let _ = toml::from_str::<Layer>(text);
    let _ = toml::from_str::<Admin>(text);
}
