//! A snapshot as a file: what was seen can be planned from again, without AWS.

use std::fs::File;
use std::io::{BufReader, BufWriter, Seek, Write};
use std::path::{Path, PathBuf};

use cost_planner::snapshot::{SCHEMA_VERSION, Snapshot};
use serde::Deserialize;
use tempfile::NamedTempFile;
use thiserror::Error;

/// A snapshot that could not be written or read.
#[derive(Debug, Error)]
pub(crate) enum SnapshotError {
    #[error("writing --snapshot {path}")]
    Write {
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error("reading --from-snapshot {path}")]
    Read {
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error("--from-snapshot {path} is no whole snapshot: {problem}; hint: take it again with --snapshot")]
    Broken { path: PathBuf, problem: serde_json::Error },
    #[error(
        "--from-snapshot {path} is of version {version}, this costctl reads up to {SCHEMA_VERSION}; hint: a newer costctl"
    )]
    Newer { path: PathBuf, version: u32 },
}

/// A snapshot that is being written.
#[derive(Debug)]
pub(crate) struct Saving {
    path: PathBuf,
    file: NamedTempFile,
}

impl Saving {
    /// Makes sure that a file can be written there, before anything is looked at.
    ///
    /// # Errors
    /// When it cannot.
    pub(crate) fn begin(path: &Path) -> Result<Self, SnapshotError> {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let problem = |source| SnapshotError::Write { path: path.to_owned(), source };
        Ok(Self { path: path.to_owned(), file: NamedTempFile::new_in(folder).map_err(problem)? })
    }

    /// Puts the snapshot there, whole or not at all: whatever stood there stays until it is.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn finish(self, snapshot: &Snapshot) -> Result<(), SnapshotError> {
        let Self { path, mut file } = self;
        let problem = |source| SnapshotError::Write { path: path.clone(), source };
        let mut writer = BufWriter::new(file.as_file_mut());
        serde_json::to_writer(&mut writer, snapshot).map_err(|error| problem(error.into()))?;
        writer.flush().map_err(problem)?;
        drop(writer);
        file.as_file().sync_all().map_err(problem)?;
        file.persist(&path).map_err(|error| problem(error.error))?;
        Ok(())
    }
}

/// The version, which is read before all else: a newer form may not parse.
#[derive(Debug, Deserialize)]
struct Version {
    schema_version: u32,
}

/// The snapshot of this file, in the order that its look-ups need.
///
/// # Errors
/// When it cannot be read, is broken, or newer than we are.
pub(crate) fn read(path: &Path) -> Result<Snapshot, SnapshotError> {
    let problem = |source| SnapshotError::Read { path: path.to_owned(), source };
    let broken = |problem: serde_json::Error| SnapshotError::Broken { path: path.to_owned(), problem };
    let mut file = File::open(path).map_err(problem)?;
    let Version { schema_version: version } = serde_json::from_reader(BufReader::new(&file)).map_err(broken)?;
    if version > SCHEMA_VERSION {
        return Err(SnapshotError::Newer { path: path.to_owned(), version });
    }
    file.rewind().map_err(problem)?;
    let mut snapshot: Snapshot = serde_json::from_reader(BufReader::new(&file)).map_err(broken)?;
    snapshot.scopes.iter_mut().for_each(cost_planner::snapshot::ScopeSeen::sort);
    Ok(snapshot)
}

/// The snapshot of this JSON, in the order that its look-ups need.
///
/// # Errors
/// When it is broken, or newer than we are: in one line.
pub(crate) fn of_json(bytes: &[u8]) -> Result<Snapshot, String> {
    let broken = |problem: serde_json::Error| format!("its snapshot is no whole one: {problem}");
    let Version { schema_version: version } = serde_json::from_slice(bytes).map_err(broken)?;
    if version > SCHEMA_VERSION {
        return Err(format!("its snapshot is of version {version}, this program reads up to {SCHEMA_VERSION}"));
    }
    let mut snapshot: Snapshot = serde_json::from_slice(bytes).map_err(broken)?;
    snapshot.scopes.iter_mut().for_each(cost_planner::snapshot::ScopeSeen::sort);
    Ok(snapshot)
}
