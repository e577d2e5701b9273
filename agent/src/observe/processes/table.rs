//! All processes of the app at one moment, from `/proc`.

use std::collections::{BTreeMap, HashMap};
use std::io::{ErrorKind, Read};
use std::path::PathBuf;
use std::rc::Rc;

use super::stat::{self, Stat};

/// A Studio app holds a few hundred; beyond this a look would cost more than it is worth.
const MOST_PROCESSES: usize = 10_000;
/// Enough of a command line to tell a kernel by its connection file.
const COMMAND_LINE_CAP: u64 = 4096;

/// One process.
#[derive(Debug, Clone)]
pub(crate) struct Process {
    /// What `/proc/PID/stat` says.
    pub(crate) stat: Stat,
    /// Its arguments; empty for a kernel thread.
    pub(crate) args: Rc<[String]>,
}

/// All processes by pid.
pub(crate) type Table = BTreeMap<u32, Process>;

/// A program's name, and the arguments that it was started with.
type Program = (String, Rc<[String]>);

/// Reads `/proc`. Command lines are remembered, because they change only when a
/// process becomes another program.
#[derive(Debug)]
pub(crate) struct ProcFs {
    root: PathBuf,
    /// By pid and start: the name that the process had then, and its arguments.
    command_lines: HashMap<(u32, u64), Program>,
    buffer: Vec<u8>,
}

impl ProcFs {
    /// The process file system at `root`, mostly `/proc`.
    pub(crate) fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into(), command_lines: HashMap::new(), buffer: Vec::new() }
    }

    /// Every process that there is now. One that ends while we read is left out.
    ///
    /// # Errors
    /// A sentence fragment that says what could not be read.
    pub(crate) fn read(&mut self) -> Result<Table, String> {
        let mut table = Table::new();
        let mut known = std::mem::take(&mut self.command_lines);
        let entries = std::fs::read_dir(&self.root).map_err(|error| format!("{}: {error}", self.root.display()))?;
        for entry in entries {
            let entry = entry.map_err(|error| format!("{}: {error}", self.root.display()))?;
            let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else { continue };
            if table.len() >= MOST_PROCESSES {
                return Err(format!("more than {MOST_PROCESSES} processes"));
            }
            let Some(stat) = self.stat(pid)? else { continue };
            let key = (pid, stat.started);
            let args = match known.remove(&key) {
                Some((comm, args)) if comm == stat.comm => args,
                _ => self.command_line(pid),
            };
            self.command_lines.insert(key, (stat.comm.clone(), Rc::clone(&args)));
            table.insert(pid, Process { stat, args });
        }
        Ok(table)
    }

    /// The bytes that a process read and wrote so far, by whatever way: files,
    /// sockets, pipes. `None` where that may not be read, as of another user's.
    pub(crate) fn io(&mut self, pid: u32) -> Option<u64> {
        self.buffer.clear();
        let file = std::fs::File::open(self.root.join(format!("{pid}/io")));
        file.and_then(|mut file| file.read_to_end(&mut self.buffer)).ok()?;
        transferred(&self.buffer)
    }

    /// `None` for a process that ended meanwhile.
    fn stat(&mut self, pid: u32) -> Result<Option<Stat>, String> {
        let path = self.root.join(format!("{pid}/stat"));
        self.buffer.clear();
        match std::fs::File::open(&path).and_then(|mut file| file.read_to_end(&mut self.buffer)) {
            Ok(_) => {}
            Err(error) if has_ended(&error) => return Ok(None),
            Err(error) => return Err(format!("{}: {error}", path.display())),
        }
        match stat::parse(&self.buffer) {
            Some(stat) => Ok(Some(stat)),
            None => Err(format!("{}: not of the form of proc(5)", path.display())),
        }
    }

    /// The arguments; none where they cannot be read, as of a process that ended meanwhile.
    fn command_line(&self, pid: u32) -> Rc<[String]> {
        let mut bytes = Vec::new();
        let file = std::fs::File::open(self.root.join(format!("{pid}/cmdline")));
        if file.and_then(|file| file.take(COMMAND_LINE_CAP).read_to_end(&mut bytes)).is_err() {
            return Rc::new([]);
        }
        arguments(&bytes)
    }
}

/// The arguments of a command line as `/proc` writes it: each ended by a null byte.
pub(crate) fn arguments(bytes: &[u8]) -> Rc<[String]> {
    let trimmed = bytes.strip_suffix(b"\0").unwrap_or(bytes);
    if trimmed.is_empty() {
        return Rc::new([]);
    }
    trimmed.split(|byte| *byte == 0).map(|arg| String::from_utf8_lossy(arg).into_owned()).collect()
}

/// `rchar` and `wchar` of `/proc/PID/io` together.
pub(crate) fn transferred(text: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(text).ok()?;
    let value = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)?.trim().parse::<u64>().ok());
    Some(value("rchar:")?.saturating_add(value("wchar:")?))
}

/// Opening finds nothing, or reading finds the process gone (`ESRCH`).
fn has_ended(error: &std::io::Error) -> bool {
    error.kind() == ErrorKind::NotFound || error.raw_os_error() == Some(rustix::io::Errno::SRCH.raw_os_error())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_and_its_arguments_are_found() {
        let mut procfs = ProcFs::new("/proc");
        for _ in 0..2 {
            let table = procfs.read().expect("readable");
            let this = table.get(&std::process::id()).expect("this process runs");
            let args: Vec<String> = std::env::args().collect();
            assert_eq!(this.args.to_vec(), args);
        }
    }

    #[test]
    fn a_process_that_vanishes_between_two_reads_is_left_out() {
        let dir = tempfile::tempdir().expect("a temporary directory");
        for pid in ["7", "8", "self", "sys"] {
            std::fs::create_dir(dir.path().join(pid)).expect("writable");
        }
        let line = "8 (x) S 1 8 8 0 -1 0 0 0 0 0 5 5 0 0 20 0 1 0 99 0 0";
        std::fs::write(dir.path().join("8/stat"), line).expect("writable");
        let table = ProcFs::new(dir.path()).read().expect("readable");
        assert_eq!(table.keys().copied().collect::<Vec<_>>(), [8]);
    }

    #[test]
    fn what_is_not_of_the_form_is_an_error_that_names_its_place() {
        let dir = tempfile::tempdir().expect("a temporary directory");
        std::fs::create_dir(dir.path().join("7")).expect("writable");
        std::fs::write(dir.path().join("7/stat"), "7 (x) S one").expect("writable");
        let error = ProcFs::new(dir.path()).read().expect_err("damaged");
        assert!(error.contains("7/stat"), "{error}");
    }
}
