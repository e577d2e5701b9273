//! The settings file.

use std::io::Read;
use std::path::{Path, PathBuf};

use super::layer::Layer;
use super::resolve::SettingsError;

/// No sensible settings file is larger.
const MAX_BYTES: u64 = 64 * 1024;

/// The layer of the settings file and its path: the one that was named, or the
/// user's own if it is there.
///
/// # Errors
/// [`SettingsError::File`] when a named file is missing, or any file is unreadable or not valid.
pub(crate) fn load(named: Option<&Path>) -> Result<Option<(PathBuf, Layer)>, SettingsError> {
    let path = match named {
        Some(path) => path.to_owned(),
        None => match std::env::var_os("HOME") {
            Some(home) => Path::new(&home).join(".config/idle-agent.toml"),
            None => return Ok(None),
        },
    };
    if named.is_none() && !path.exists() {
        return Ok(None);
    }
    let error = |message: String| SettingsError::File { path: path.clone(), message };
    let mut text = String::new();
    std::fs::File::open(&path)
        .and_then(|file| file.take(MAX_BYTES + 1).read_to_string(&mut text))
        .map_err(|e| error(e.to_string()))?;
    if text.len() as u64 > MAX_BYTES {
        return Err(error(format!("larger than {MAX_BYTES} bytes")));
    }
    let layer = toml::from_str(&text).map_err(|e| error(e.to_string().trim_end().to_owned()))?;
    Ok(Some((path, layer)))
}
