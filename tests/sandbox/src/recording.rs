//! What the product's programs call, for the test that holds their rights against it.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use anyhow::Context;

use crate::auth::Program;

/// Names of signatures that are not those of IAM's actions.
const OTHERWISE: &[(&str, &str)] = &[("monitoring", "cloudwatch"), ("tagging", "tag")];

/// The calls noted by this process, in a file of its own.
#[derive(Debug, Default)]
pub(crate) struct Recording {
    file: Option<File>,
    noted: BTreeSet<String>,
}

impl Recording {
    /// A recording in this folder, or none.
    ///
    /// # Errors
    /// When no file can be made there.
    pub(crate) fn new(folder: Option<&Path>) -> anyhow::Result<Self> {
        let Some(folder) = folder else { return Ok(Self::default()) };
        let path = folder.join(format!("{}.txt", std::process::id()));
        fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
        // An earlier process may have had the same id: what it noted holds as well.
        let file = File::options().create(true).append(true).open(&path);
        let file = file.with_context(|| format!("opening {}", path.display()))?;
        Ok(Self { file: Some(file), noted: BTreeSet::new() })
    }

    /// Notes a call as `PROGRAM ROLE ACTION`, written at once: a sandbox may be killed.
    pub(crate) fn note(&mut self, program: Program, role: Option<&str>, service: &str, operation: &str) {
        let Some(file) = &mut self.file else { return };
        let program = match program {
            Program::IdleAgent => "idle-agent",
            Program::Costctl => "costctl",
        };
        let service = OTHERWISE.iter().find(|(name, _)| *name == service).map_or(service, |(_, action)| action);
        let line = format!("{program} {} {service}:{operation}\n", role.unwrap_or("-"));
        if self.noted.insert(line.clone()) {
            // A call that is not noted is one that the test misses.
            let _ = file.write_all(line.as_bytes());
        }
    }
}
