//! Where decision records go: stdout, and a file of bounded size.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use idle_core::{Decision, DecisionRecord, Verdict};

use crate::settings::Output;

/// Two files of this size hold about a week of records at two a minute.
const ROTATE_AT: u64 = 4 * 1024 * 1024;

/// Where decision records go.
#[derive(Debug)]
pub(crate) struct Sink {
    output: Output,
    file: Option<PathBuf>,
    /// A file that cannot be written is reported once, not at every look.
    complained: bool,
    /// A reader of stdout that went away is not a failure of the watch.
    stdout_gone: bool,
}

impl Sink {
    /// The sink of this output and record file.
    pub(crate) fn new(output: Output, file: Option<&Path>) -> Self {
        Self { output, file: file.map(Path::to_owned), complained: false, stdout_gone: false }
    }

    /// Writes one record. A failure is logged and never stops the watch.
    pub(crate) fn put(&mut self, record: &DecisionRecord) {
        let line = match serde_json::to_string(record) {
            Ok(line) => line,
            Err(error) => return tracing::error!("the decision record could not be written: {error}"),
        };
        if !self.stdout_gone {
            let text = if self.output == Output::Json { &line } else { &sentence(record) };
            self.stdout_gone = writeln!(std::io::stdout(), "{text}").is_err();
        }
        if let Some(path) = &self.file {
            match append(path, &line) {
                Ok(()) => self.complained = false,
                Err(error) if !self.complained => {
                    tracing::warn!("record file {} cannot be written: {error}", path.display());
                    self.complained = true;
                }
                Err(_) => {}
            }
        }
    }
}

/// One line for a person.
pub(super) fn sentence(record: &DecisionRecord) -> String {
    let DecisionRecord { at, verdict, decision, reason, rehearsal, .. } = record;
    let verdict = match verdict {
        Verdict::Active => "active",
        Verdict::Idle => "idle",
        Verdict::Unknown => "unknown",
    };
    let decision = match decision {
        Decision::Keep => "keep",
        Decision::Warn => "WARN",
        Decision::Stop if *rehearsal => "STOP (rehearsal)",
        Decision::Stop => "STOP",
    };
    format!("{at:.0}  {verdict:7}  {decision:4}  {}", reason.text)
}

fn append(path: &Path, line: &str) -> std::io::Result<()> {
    let mut file = open(path)?;
    if file.metadata()?.len() + line.len() as u64 > ROTATE_AT {
        let mut old = path.as_os_str().to_owned();
        old.push(".1");
        std::fs::rename(path, old)?;
        file = open(path)?;
    }
    // One write, so that two writers' lines do not mix.
    file.write_all(format!("{line}\n").as_bytes())
}

fn open(path: &Path) -> std::io::Result<File> {
    OpenOptions::new().create(true).append(true).open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_record_file_is_rotated_and_bounded() {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let path = dir.path().join("records.jsonl");
        let line = "x".repeat(100_000);
        for _ in 0..150 {
            append(&path, &line).expect("writable");
        }
        let size = |p: &Path| std::fs::metadata(p).expect("there").len();
        assert!(size(&path) <= ROTATE_AT);
        assert!(size(&dir.path().join("records.jsonl.1")) <= ROTATE_AT);
        assert_eq!(std::fs::read_dir(dir.path()).expect("there").count(), 2);
    }
}
