//! The CPU clock of a process: exact to the nanosecond, and asked without opening a file.

use std::time::Duration;

use nix::time::{ClockId, clock_gettime};

/// The kernel's number of the CPU clock of all threads of a process (Linux,
/// `posix-timers.h`: the complement of the pid, and below it what is counted).
const SCHEDULED: i32 = 2;

/// The CPU time that a process has used; `None` for one that ended, and where the
/// kernel does not tell.
///
/// Whatever a process does – compute, read, write, start or reap a child, become
/// another program, end – it does while it runs. A clock that stands still says
/// that nothing of it changed.
pub(super) fn cpu_clock(pid: u32) -> Option<Duration> {
    let pid = i32::try_from(pid).ok()?;
    let time = clock_gettime(ClockId::from_raw((!pid << 3) | SCHEDULED)).ok()?;
    Some(Duration::new(u64::try_from(time.tv_sec()).ok()?, u32::try_from(time.tv_nsec()).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_moves_with_work_and_ends_with_its_process() {
        let mut cat = std::process::Command::new("cat");
        cat.stdin(std::process::Stdio::piped()).stdout(std::process::Stdio::piped());
        let mut cat = cat.spawn().expect("cat is there");
        let speak = |cat: &mut std::process::Child| {
            std::io::Write::write_all(cat.stdin.as_mut().expect("piped"), b"x").expect("it reads");
            std::io::Read::read_exact(cat.stdout.as_mut().expect("piped"), &mut [0]).expect("it writes");
        };
        speak(&mut cat);
        let before = cpu_clock(cat.id()).expect("it runs");
        speak(&mut cat);
        assert!(cpu_clock(cat.id()).expect("it runs") > before, "one byte read and written");
        cat.kill().and_then(|()| cat.wait()).expect("it ends");
        assert_eq!(cpu_clock(cat.id()), None);
    }
}
