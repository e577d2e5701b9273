//! One line of `/proc/PID/stat` (proc(5)).

/// What the agent reads of one process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stat {
    /// The process id.
    pub(crate) pid: u32,
    /// The first 15 bytes of the program's name.
    pub(crate) comm: String,
    /// Whether it has ended and waits to be reaped.
    pub(crate) is_zombie: bool,
    /// The parent; 0 for one that was put into the container from outside.
    pub(crate) ppid: u32,
    /// The session.
    pub(crate) session: u32,
    /// The number of its pseudo terminal, `N` of `/dev/pts/N`.
    pub(crate) pts: Option<u32>,
    /// Its own CPU time, user and system, of all its threads, in clock ticks.
    pub(crate) own_ticks: u64,
    /// The CPU time of its descendants that ended and were waited for, in clock ticks.
    pub(crate) child_ticks: u64,
    /// When it started, in clock ticks since boot: with the pid, its identity.
    pub(crate) started: u64,
    /// Where its arguments begin in memory: another place after each `exec`, as
    /// stacks are placed at random. 0 for another user's process.
    pub(crate) args_at: u64,
}

/// Unix98 pseudo terminals have these major numbers (Linux, devices.txt).
const PTS_MAJORS: std::ops::RangeInclusive<u32> = 136..=143;

/// The process that a line tells of; `None` for a line of another form.
pub(crate) fn parse(line: &[u8]) -> Option<Stat> {
    // The name stands in parentheses and may hold any byte, parentheses and blanks included.
    let open = line.iter().position(|byte| *byte == b'(')?;
    let close = line.iter().rposition(|byte| *byte == b')')?;
    let pid = number(line.get(..open)?.trim_ascii())?;
    let comm = String::from_utf8_lossy(line.get(open + 1..close)?).into_owned();
    let mut fields = line.get(close + 1..)?.split(u8::is_ascii_whitespace).filter(|field| !field.is_empty());
    // Counted from field 3 of proc(5): state, ppid, pgrp, session, tty_nr.
    let state = fields.next()?;
    let ppid = number(fields.next()?)?;
    let session = number(fields.nth(1)?)?;
    let tty = text(fields.next()?)?.parse::<i64>().ok()?;
    // utime, stime, cutime and cstime are fields 14 to 17; starttime is 22.
    let mut times = fields.skip(6);
    let mut ticks = || -> Option<u64> {
        // The children's times are signed; a negative one would be the kernel's mistake.
        Some(u64::try_from(text(times.next()?)?.parse::<i64>().ok()?).unwrap_or(0))
    };
    let own_ticks = ticks()?.saturating_add(ticks()?);
    let child_ticks = ticks()?.saturating_add(ticks()?);
    let threads: u64 = number(times.nth(2)?)?;
    let started = number(times.nth(1)?)?;
    // arg_start is field 48, since Linux 3.5.
    let args_at = times.nth(25).and_then(number).unwrap_or(0);
    let pts = pts_number(u32::try_from(tty & 0xffff_ffff).ok()?);
    Some(Stat {
        pid,
        comm,
        // The state is that of the first thread, which may end before the others.
        is_zombie: matches!(state, b"Z" | b"X") && threads < 2,
        ppid,
        session,
        pts,
        own_ticks,
        child_ticks,
        started,
        args_at,
    })
}

/// The kernel's encoding of a device: minor bits 0-7 and 20-31, major bits 8-19.
fn pts_number(tty: u32) -> Option<u32> {
    let (major, minor) = ((tty >> 8) & 0xfff, (tty & 0xff) | ((tty >> 12) & 0xf_ff00));
    PTS_MAJORS.contains(&major).then(|| (major - PTS_MAJORS.start()) * 256 + minor)
}

fn number<T: std::str::FromStr>(field: &[u8]) -> Option<T> {
    text(field)?.parse().ok()
}

fn text(field: &[u8]) -> Option<&str> {
    std::str::from_utf8(field).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_with_a_name_of_any_bytes_is_read() {
        let line = b"812 (py) (x y) S 1 800 800 34819 812 4194304 900 0 0 0 150 50 7 3 20 0 4 0 123456 0 0 0";
        let stat = parse(line).expect("valid");
        assert_eq!(stat.comm, "py) (x y");
        assert_eq!((stat.pid, stat.ppid, stat.session, stat.pts), (812, 1, 800, Some(3)));
        assert_eq!((stat.own_ticks, stat.child_ticks, stat.started), (200, 10, 123_456));
    }

    #[test]
    fn this_very_process_is_read() {
        let line = std::fs::read("/proc/self/stat").expect("readable");
        let stat = parse(&line).expect("valid");
        assert_eq!(stat.pid, std::process::id());
        assert!(!stat.is_zombie && stat.started > 0 && stat.args_at > 0);
    }

    #[test]
    fn a_process_whose_first_thread_ended_lives_as_long_as_the_others() {
        let line = |threads| format!("8 (x) Z 1 8 8 0 -1 0 0 0 0 0 5 5 0 0 20 0 {threads} 0 99 0 0");
        assert!(parse(line(0).as_bytes()).expect("valid").is_zombie);
        assert!(parse(line(1).as_bytes()).expect("valid").is_zombie);
        assert!(!parse(line(3).as_bytes()).expect("valid").is_zombie);
    }

    #[test]
    fn a_pseudo_terminal_keeps_its_number_beyond_255() {
        assert_eq!(pts_number(0), None);
        assert_eq!(pts_number(1025), None, "a virtual console");
        assert_eq!(pts_number(136 << 8), Some(0));
        assert_eq!(pts_number((136 << 8) | 0x2c | (1 << 20)), Some(300));
        assert_eq!(pts_number(137 << 8), Some(256));
    }

    #[test]
    fn what_is_no_line_is_nothing() {
        for line in ["", "1", "1 (a", "x (a) S 1 1 1 0", "1 (a) S 1 1 1 0 1 1 1 1 1 1 x 1 1 1 1 1 1 1 1"] {
            assert_eq!(parse(line.as_bytes()), None, "{line}");
        }
    }
}
