//! All processes of the app at one moment, from `/proc`.

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::PathBuf;
use std::rc::Rc;
use std::time::Duration;

use super::cpu_clock::cpu_clock;
use super::known::Program;
use super::stat::{self, Stat};

/// A Studio app holds a few hundred; beyond this a look would cost more than it is worth.
const MOST_PROCESSES: usize = 10_000;
/// Enough of a command line to tell a kernel by its connection file.
const COMMAND_LINE_CAP: u64 = 4096;

/// One process.
#[derive(Debug, Clone)]
pub(crate) struct Process {
    /// What `/proc/PID/stat` says.
    pub(crate) stat: Rc<Stat>,
    /// The program that it runs.
    pub(crate) program: Rc<Program>,
}

/// All processes by pid.
pub(crate) type Table = BTreeMap<u32, Process>;

/// Reads `/proc`, and of each process only what may have changed: most processes
/// did not run at all since the last look, and are not read again.
#[derive(Debug)]
pub(crate) struct ProcFs {
    root: PathBuf,
    known: HashMap<u32, Known>,
    /// The CPU clock of a process; tests have none.
    clock: fn(u32) -> Option<Duration>,
    buffer: Vec<u8>,
}

/// A process as it was when it last ran.
#[derive(Debug)]
struct Known {
    /// Its CPU clock, read before all else, so that it never hides what came after.
    clock: Option<Duration>,
    process: Process,
    /// What [`ProcFs::io`] found since then.
    io: Option<Option<u64>>,
}

impl ProcFs {
    /// The process file system of this machine.
    pub(crate) fn of_this_machine() -> Self {
        Self { root: PathBuf::from("/proc"), known: HashMap::new(), clock: cpu_clock, buffer: Vec::new() }
    }

    /// Every process that there is now. One that ends while we read is left out.
    ///
    /// # Errors
    /// A sentence fragment that says what could not be read.
    pub(crate) fn read(&mut self) -> Result<Table, String> {
        let mut before = std::mem::take(&mut self.known);
        let entries = std::fs::read_dir(&self.root).map_err(|error| format!("{}: {error}", self.root.display()))?;
        for entry in entries {
            let entry = entry.map_err(|error| format!("{}: {error}", self.root.display()))?;
            let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else { continue };
            if self.known.len() >= MOST_PROCESSES {
                return Err(format!("more than {MOST_PROCESSES} processes"));
            }
            let clock = (self.clock)(pid);
            let known = match before.remove(&pid) {
                Some(known) if clock.is_some() && known.clock == clock => Some(known),
                other => self.process(pid, clock, other.map(|known| known.process))?,
            };
            self.known.extend(known.map(|known| (pid, known)));
        }
        self.read_orphans()?;
        Ok(self.known.iter().map(|(pid, known)| (*pid, known.process.clone())).collect())
    }

    /// The bytes that a process of the last table read and wrote so far, by whatever way:
    /// files, sockets, pipes. `None` where that may not be read, as of another user's.
    pub(crate) fn io(&mut self, pid: u32) -> Option<u64> {
        if let Some(io) = self.known.get(&pid).and_then(|known| known.io) {
            return io;
        }
        self.buffer.clear();
        let file = File::open(self.root.join(format!("{pid}/io")));
        let read = file.and_then(|mut file| file.read_to_end(&mut self.buffer));
        let io = read.ok().and_then(|_| transferred(&self.buffer));
        if let Some(known) = self.known.get_mut(&pid) {
            known.io = Some(io);
        }
        io
    }

    /// A process gets another parent without running itself: when its own one ends.
    fn read_orphans(&mut self) -> Result<(), String> {
        let is_orphan = |known: &Known| {
            let stat = &known.process.stat;
            let parent = self.known.get(&stat.ppid).map(|parent| parent.process.stat.started);
            stat.ppid != 0 && parent.is_none_or(|started| started > stat.started)
        };
        let orphans = self.known.iter().filter(|(_, known)| is_orphan(known)).map(|(pid, _)| *pid);
        for pid in orphans.collect::<Vec<_>>() {
            let before = self.known.remove(&pid);
            let clock = (self.clock)(pid);
            let known = self.process(pid, clock, before.map(|known| known.process))?;
            self.known.extend(known.map(|known| (pid, known)));
        }
        Ok(())
    }

    /// A process as it is now; `None` for one that ended meanwhile.
    fn process(&mut self, pid: u32, clock: Option<Duration>, before: Option<Process>) -> Result<Option<Known>, String> {
        let Some(stat) = self.stat(pid)? else { return Ok(None) };
        let program = match before {
            Some(Process { stat: then, program }) if is_same_program(&then, &stat) => program,
            _ => Rc::new(Program::of(self.command_line(pid))),
        };
        Ok(Some(Known { clock, process: Process { stat: Rc::new(stat), program }, io: None }))
    }

    /// `None` for a process that ended meanwhile.
    fn stat(&mut self, pid: u32) -> Result<Option<Stat>, String> {
        let path = self.root.join(format!("{pid}/stat"));
        self.buffer.clear();
        match File::open(&path).and_then(|mut file| file.read_to_end(&mut self.buffer)) {
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
    fn command_line(&self, pid: u32) -> Vec<String> {
        let mut bytes = Vec::new();
        let file = File::open(self.root.join(format!("{pid}/cmdline")));
        if file.and_then(|file| file.take(COMMAND_LINE_CAP).read_to_end(&mut bytes)).is_err() {
            return Vec::new();
        }
        arguments(&bytes)
    }
}

/// Whether a process still runs the program that it ran then. An SSH server's
/// processes write what they do over their arguments, so one of them may say
/// something else each time.
fn is_same_program(then: &Stat, now: &Stat) -> bool {
    let is_same = then.started == now.started && then.comm == now.comm && then.args_at == now.args_at;
    is_same && !now.comm.starts_with("sshd")
}

/// The arguments of a command line as `/proc` writes it: each ended by a null byte.
pub(crate) fn arguments(bytes: &[u8]) -> Vec<String> {
    let trimmed = bytes.strip_suffix(b"\0").unwrap_or(bytes);
    if trimmed.is_empty() {
        return Vec::new();
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

    /// A process file system that a test wrote, in which nothing has a clock.
    fn written_in(dir: &tempfile::TempDir) -> ProcFs {
        ProcFs { root: dir.path().to_owned(), clock: |_| None, ..ProcFs::of_this_machine() }
    }

    /// A clock that stands still.
    fn written_and_at_rest_in(dir: &tempfile::TempDir) -> ProcFs {
        ProcFs { clock: |_| Some(Duration::from_secs(1)), ..written_in(dir) }
    }

    fn write(dir: &tempfile::TempDir, pid: u32, ppid: u32, started: u32) {
        let of_it = dir.path().join(pid.to_string());
        std::fs::create_dir_all(&of_it).expect("writable");
        let line = format!("{pid} (x) S {ppid} {pid} {pid} 0 -1 0 0 0 0 0 5 5 0 0 20 0 1 0 {started} 0 0");
        std::fs::write(of_it.join("stat"), line).expect("writable");
    }

    #[test]
    fn a_process_that_did_not_run_is_not_read_again_unless_its_parent_ended() {
        let dir = tempfile::tempdir().expect("a temporary directory");
        write(&dir, 1, 0, 1);
        write(&dir, 7, 1, 5);
        write(&dir, 8, 7, 6);
        std::fs::write(dir.path().join("8/io"), "rchar: 5\nwchar: 6\n").expect("writable");
        let mut procfs = written_and_at_rest_in(&dir);
        assert_eq!(procfs.read().expect("readable")[&8].stat.ppid, 7);
        assert_eq!(procfs.io(8), Some(11));
        // Nothing of it is looked at while its clock stands still …
        std::fs::write(dir.path().join("8/stat"), "damaged").expect("writable");
        std::fs::remove_file(dir.path().join("8/io")).expect("there");
        assert_eq!(procfs.read().expect("readable")[&8].stat.ppid, 7);
        assert_eq!(procfs.io(8), Some(11));
        // … until its parent ends, or its parent's pid is another process's.
        std::fs::remove_dir_all(dir.path().join("7")).expect("there");
        assert!(procfs.read().expect_err("read again").contains("8/stat"));
        write(&dir, 8, 1, 6);
        assert_eq!(procfs.read().expect("readable")[&8].stat.ppid, 1);
        write(&dir, 9, 8, 9);
        assert_eq!(procfs.read().expect("readable")[&9].stat.ppid, 8);
        procfs.known.remove(&8);
        write(&dir, 8, 1, 50);
        write(&dir, 9, 1, 9);
        assert_eq!(procfs.read().expect("readable")[&9].stat.ppid, 1, "the new 8 is younger than its child");
    }

    #[test]
    fn this_process_and_its_arguments_are_found() {
        let mut procfs = ProcFs::of_this_machine();
        for _ in 0..2 {
            let table = procfs.read().expect("readable");
            let this = table.get(&std::process::id()).expect("this process runs");
            let args: Vec<String> = std::env::args().collect();
            assert_eq!(this.program.args, args);
        }
    }

    #[test]
    fn a_process_that_becomes_another_program_of_the_same_name_is_asked_again() {
        let script = "read line; exec sh -c 'read line; :' after";
        let mut child = std::process::Command::new("sh");
        child.args(["-c", script, "before"]).stdin(std::process::Stdio::piped());
        let mut child = child.spawn().expect("sh is there");
        let (pid, mut procfs) = (child.id(), ProcFs::of_this_machine());
        let mut last_word = || {
            let table = procfs.read().expect("readable");
            table.get(&pid).and_then(|process| process.program.args.last().cloned())
        };
        let mut seen = vec![last_word()];
        std::io::Write::write_all(child.stdin.as_mut().expect("piped"), b"go\n").expect("it reads");
        let end = std::time::Instant::now() + Duration::from_secs(20);
        while seen.last() != Some(&Some("after".to_owned())) && std::time::Instant::now() < end {
            seen.push(last_word());
        }
        child.kill().and_then(|()| child.wait()).expect("it ends");
        assert_eq!(seen.last(), Some(&Some("after".to_owned())), "{seen:?}");
    }

    #[test]
    fn thousands_of_processes_are_read_and_too_many_are_said() {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let add = |pids: std::ops::Range<u32>| pids.for_each(|pid| write(&dir, pid, 1, 9));
        let mut procfs = written_in(&dir);
        add(1..5001);
        for _ in 0..2 {
            assert_eq!(procfs.read().expect("readable").len(), 5000);
        }
        add(5001..10_002);
        let error = procfs.read().expect_err("too many");
        assert!(error.contains("10000"), "{error}");
    }

    #[test]
    fn a_process_that_vanishes_between_two_reads_is_left_out() {
        let dir = tempfile::tempdir().expect("a temporary directory");
        for pid in ["7", "8", "self", "sys"] {
            std::fs::create_dir(dir.path().join(pid)).expect("writable");
        }
        write(&dir, 8, 1, 99);
        let table = written_in(&dir).read().expect("readable");
        assert_eq!(table.keys().copied().collect::<Vec<_>>(), [8]);
    }

    #[test]
    fn what_is_not_of_the_form_is_an_error_that_names_its_place() {
        let dir = tempfile::tempdir().expect("a temporary directory");
        std::fs::create_dir(dir.path().join("7")).expect("writable");
        std::fs::write(dir.path().join("7/stat"), "7 (x) S one").expect("writable");
        let error = written_in(&dir).read().expect_err("damaged");
        assert!(error.contains("7/stat"), "{error}");
    }
}
