//! The state directory: small JSON files, replaced whole.

use std::fs::{File, TryLockError};
use std::io::{Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;
use thiserror::Error;

const LOCK_FILE: &str = "agent.lock";
const LOCK_ATTEMPTS: u32 = 5;
const LOCK_PAUSE: Duration = Duration::from_millis(50);
/// Ten thousand kernels fit; anything larger was not written by us.
const MAX_BYTES: u64 = 4 * 1024 * 1024;

/// The state directory of one app's agent.
#[derive(Debug)]
pub(crate) struct StateDir {
    path: PathBuf,
}

/// The state directory could not be used.
#[derive(Debug, Error)]
#[error("state directory {}: {doing}", path.display())]
pub(crate) struct StateError {
    path: PathBuf,
    doing: &'static str,
    source: std::io::Error,
}

impl StateDir {
    /// The directory at `path`, made if it is missing, readable by its owner only.
    ///
    /// # Errors
    /// When it cannot be made, or belongs to somebody else.
    pub(crate) fn open(path: &Path) -> Result<Self, StateError> {
        let dir = Self { path: path.to_owned() };
        let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(path);
        made.map_err(|e| dir.error("cannot be made", e))?;
        let owner = std::fs::metadata(path).map_err(|e| dir.error("cannot be read", e))?.uid();
        let user = rustix::process::getuid().as_raw();
        if owner != user && user != 0 {
            let theirs = std::io::Error::other(format!("it belongs to uid {owner}"));
            return Err(dir.error("cannot be trusted", theirs));
        }
        Ok(dir)
    }

    /// The lock that a running agent holds; `None` while another one holds it.
    ///
    /// # Errors
    /// When the lock file cannot be made.
    pub(crate) fn lock(&self) -> Result<Option<File>, StateError> {
        let file = File::create(self.path.join(LOCK_FILE)).map_err(|e| self.error("cannot be locked", e))?;
        for _ in 0..LOCK_ATTEMPTS {
            match file.try_lock() {
                Ok(()) => return Ok(Some(file)),
                // `status` and `check` hold it for a moment to see whether an agent runs.
                Err(TryLockError::WouldBlock) => std::thread::sleep(LOCK_PAUSE),
                Err(TryLockError::Error(e)) => return Err(self.error("cannot be locked", e)),
            }
        }
        Ok(None)
    }

    /// Whether an agent is running on the directory at `path`.
    pub(crate) fn is_agent_running(path: &Path) -> bool {
        File::open(path.join(LOCK_FILE))
            .is_ok_and(|file| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)))
    }

    /// Replaces a file whole, so that a reader never sees half of it.
    ///
    /// # Errors
    /// When it cannot be written; the old file then stands.
    pub(crate) fn write(&self, name: &str, content: &impl Serialize) -> Result<(), StateError> {
        let error = |e| self.error("cannot be written", e);
        let mut file = tempfile::NamedTempFile::new_in(&self.path).map_err(error)?;
        let text = serde_json::to_vec(content).map_err(|e| error(e.into()))?;
        file.write_all(&text).map_err(error)?;
        file.persist(self.path.join(name)).map_err(|e| error(e.error))?;
        Ok(())
    }

    /// Removes a file; returns whether it was there.
    ///
    /// # Errors
    /// When it is there and cannot be removed.
    pub(crate) fn remove(&self, name: &str) -> Result<bool, StateError> {
        match std::fs::remove_file(self.path.join(name)) {
            Ok(()) => Ok(true),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(false),
            Err(e) => Err(self.error("cannot be written", e)),
        }
    }

    /// The content of a file; `None` where it is missing, empty or damaged.
    pub(crate) fn read<T: DeserializeOwned>(path: &Path, name: &str) -> Option<T> {
        let mut text = String::new();
        File::open(path.join(name)).ok()?.take(MAX_BYTES).read_to_string(&mut text).ok()?;
        serde_json::from_str(&text).ok()
    }

    fn error(&self, doing: &'static str, source: std::io::Error) -> StateError {
        StateError { path: self.path.clone(), doing, source }
    }
}
