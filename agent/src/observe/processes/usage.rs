//! CPU time between two looks.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use super::table::Table;

/// The CPU times of every process at one moment.
#[derive(Debug)]
pub(crate) struct Sample {
    /// When, on the monotonic clock.
    pub(crate) at: Duration,
    processes: HashMap<u32, Times>,
}

#[derive(Debug, Clone, Copy)]
struct Times {
    started: u64,
    ppid: u32,
    own: u64,
    child: u64,
    /// Bytes read and written, where that is known.
    io: Option<u64>,
}

/// What one process used between two samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Used {
    /// Clock ticks.
    pub(crate) ticks: u64,
    /// Bytes read and written.
    pub(crate) bytes: u64,
}

impl Sample {
    /// The times of this table; `io` tells the bytes that a process moved.
    pub(crate) fn of(table: &Table, at: Duration, mut io: impl FnMut(u32) -> Option<u64>) -> Self {
        let times = table.values().map(|process| {
            let stat = &process.stat;
            let times = Times {
                started: stat.started,
                ppid: stat.ppid,
                own: stat.own_ticks,
                child: stat.child_ticks,
                io: io(stat.pid),
            };
            (stat.pid, times)
        });
        Self { at, processes: times.collect() }
    }

    /// What each process used since `before`; its clock ticks with those of its
    /// descendants that began and ended in between.
    ///
    /// The time of an ended process goes to the one that waited for it, whole: what
    /// the earlier sample saw of it already is taken off, or an old training
    /// job's hours would count again at the moment of its end.
    pub(crate) fn used_since(&self, before: &Self) -> BTreeMap<u32, Used> {
        let seen_before = before.times_of_ended(self);
        let used = self.processes.iter().map(|(pid, now)| {
            let then = before.processes.get(pid).filter(|then| then.started == now.started);
            let (own, child) = then.map_or((0, 0), |then| (then.own, then.child));
            let ended = seen_before.get(pid).copied().unwrap_or(0);
            let ticks = now.own.saturating_sub(own) + now.child.saturating_sub(child).saturating_sub(ended);
            // A process that is new since then moved all of its bytes since then.
            let bytes = now.io.unwrap_or(0).saturating_sub(then.map_or(0, |then| then.io.or(now.io).unwrap_or(0)));
            (*pid, Used { ticks, bytes })
        });
        used.collect()
    }

    /// What this sample saw of processes that ended before `later`, by the nearest
    /// forebear that is still there.
    fn times_of_ended(&self, later: &Self) -> HashMap<u32, u64> {
        let lives = |pid: u32| {
            let (then, now) = (self.processes.get(&pid), later.processes.get(&pid));
            matches!((then, now), (Some(then), Some(now)) if then.started == now.started)
        };
        let mut seen = HashMap::new();
        for (pid, times) in &self.processes {
            if lives(*pid) {
                continue;
            }
            let mut heir = times.ppid;
            // Parents are older than their children, so this ends; the bound is for a damaged table.
            for _ in 0..self.processes.len() {
                match self.processes.get(&heir) {
                    Some(parent) if !lives(heir) => heir = parent.ppid,
                    _ => break,
                }
            }
            *seen.entry(heir).or_insert(0) += times.own + times.child;
        }
        seen
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(processes: &[(u32, u32, u64, u64)]) -> Sample {
        let times = processes.iter().map(|(pid, ppid, own, child)| {
            (*pid, Times { started: u64::from(*pid), ppid: *ppid, own: *own, child: *child, io: None })
        });
        Sample { at: Duration::ZERO, processes: times.collect() }
    }

    #[test]
    fn a_process_counts_what_it_used_since() {
        let (before, now) = (sample(&[(5, 1, 100, 0)]), sample(&[(5, 1, 130, 0), (6, 5, 7, 0)]));
        assert_eq!((now.used_since(&before)[&5].ticks, now.used_since(&before)[&6].ticks), (30, 7));
    }

    #[test]
    fn children_that_began_and_ended_in_between_count_for_their_parent() {
        let (before, now) = (sample(&[(5, 1, 100, 0)]), sample(&[(5, 1, 100, 40)]));
        assert_eq!(now.used_since(&before)[&5].ticks, 40);
    }

    #[test]
    fn the_end_of_an_old_process_is_no_work() {
        // 6 had used 9,000 ticks, its child 7 had used 500; both ended, using 20 more.
        let before = sample(&[(5, 1, 100, 0), (6, 5, 9000, 0), (7, 6, 500, 0)]);
        let now = sample(&[(5, 1, 100, 9520)]);
        assert_eq!(now.used_since(&before)[&5].ticks, 20);
    }

    #[test]
    fn bytes_count_from_when_they_are_known() {
        let (mut before, mut now) = (sample(&[(5, 1, 0, 0), (6, 1, 0, 0)]), sample(&[(5, 1, 0, 0), (6, 1, 0, 0)]));
        before.processes.get_mut(&5).expect("there").io = Some(1000);
        now.processes.get_mut(&5).expect("there").io = Some(5000);
        now.processes.get_mut(&6).expect("there").io = Some(9000);
        assert_eq!(now.used_since(&before)[&5].bytes, 4000);
        assert_eq!(now.used_since(&before)[&6].bytes, 0, "how much of it is new is not known");
    }

    #[test]
    fn a_pid_that_is_used_again_is_another_process() {
        let before = sample(&[(5, 1, 100, 0)]);
        let mut now = sample(&[(5, 1, 3, 0)]);
        now.processes.get_mut(&5).expect("there").started = 99;
        assert_eq!(now.used_since(&before)[&5].ticks, 3);
    }
}
