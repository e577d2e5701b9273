//! The user's processes: whose CPU time says that something is at work.

mod cpu_clock;
mod known;
mod stat;
mod table;
mod units;
mod usage;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use idle_core::{Item, ItemState, Sight};
use rustix::param::clock_ticks_per_second;

pub(crate) use stat::parse as parse_stat;
pub(crate) use table::{ProcFs, Process, Table};
#[cfg(test)]
pub(crate) use table::{arguments, transferred};
pub(crate) use units::{Scope, Unit};

use usage::{Sample, Used};

/// What counts as work.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CpuPolicy {
    /// The share of one core, averaged over the window, from which on a unit is at work.
    pub(crate) at_work: f64,
    /// Bytes read and written a second from which on a unit is at work: a download
    /// of one megabyte a second takes less CPU time than a server at rest.
    pub(crate) io_at_work: f64,
    /// The shortest time between two samples that are compared: over less, one tick is a lot.
    pub(crate) window: Duration,
}

/// Terminals and jobs at rest that are spelled out in one look; kernels always are.
const MOST_AT_REST: usize = 32;
/// Command lines in records are for people.
const LABEL_CHARS: usize = 60;

/// The pids of each unit.
pub(crate) type Units = BTreeMap<Unit, Vec<u32>>;

/// CPU time by kernel, terminal and job, from look to look.
#[derive(Debug)]
pub(crate) struct CpuUse {
    scope: Scope,
    policy: CpuPolicy,
    /// Oldest first; as many as reach back over one window.
    samples: VecDeque<Sample>,
}

impl CpuUse {
    /// Nothing has been sampled yet: the first look sees nothing.
    pub(crate) fn new(scope: Scope, policy: CpuPolicy) -> Self {
        Self { scope, policy, samples: VecDeque::new() }
    }

    /// What the processes of this table, read at `at`, were doing since an earlier look.
    pub(crate) fn look(&mut self, procfs: &mut ProcFs, table: &Table, units: &Units, at: Duration) -> Sight {
        let users: BTreeSet<u32> = units.values().flatten().copied().collect();
        let sample = Sample::of(table, at, |pid| users.contains(&pid).then(|| procfs.io(pid)).flatten());
        while self.samples.get(1).is_some_and(|second| at.saturating_sub(second.at) >= self.policy.window) {
            self.samples.pop_front();
        }
        let before = self.samples.front().filter(|before| at.saturating_sub(before.at) >= self.policy.window);
        let sight = match before {
            Some(before) => self.weigh(table, units, &sample, before),
            None => Sight::Unknown("measuring: CPU time is known from the second look on".to_owned()),
        };
        self.samples.push_back(sample);
        sight
    }

    /// The units of this table.
    pub(crate) fn units(&self, table: &Table) -> Units {
        units::units(table, &self.scope)
    }

    fn weigh(&self, table: &Table, units: &Units, now: &Sample, before: &Sample) -> Sight {
        let used = now.used_since(before);
        let seconds = now.at.saturating_sub(before.at).as_secs_f64();
        let mut items = Vec::new();
        let mut at_rest = 0;
        for (unit, pids) in units {
            let used_by = |pid: &u32| used.get(pid).copied().unwrap_or_default();
            let load = Load::of(pids.iter().map(used_by), seconds);
            let top = pids.iter().max_by_key(|pid| (used_by(pid).ticks, used_by(pid).bytes));
            let top = top.and_then(|pid| table.get(pid));
            let busy = load.cores >= self.policy.at_work || load.bytes_per_second >= self.policy.io_at_work;
            if !busy && !matches!(unit, Unit::Kernel(_)) {
                at_rest += 1;
                if at_rest > MOST_AT_REST {
                    continue;
                }
            }
            let state = if busy { ItemState::Busy } else { ItemState::Quiet };
            items.push(Item::new(id_of(unit, table), label_of(unit, top, &load), state));
        }
        Sight::Seen { items, run: None }
    }
}

/// What a unit used a second.
struct Load {
    cores: f64,
    bytes_per_second: f64,
}

impl Load {
    #[expect(clippy::cast_precision_loss, reason = "what is used between two looks is far below 2^52")]
    fn of(used: impl Iterator<Item = Used>, seconds: f64) -> Self {
        let total = used.fold(Used::default(), |a, b| Used {
            ticks: a.ticks.saturating_add(b.ticks),
            bytes: a.bytes.saturating_add(b.bytes),
        });
        Self {
            cores: total.ticks as f64 / clock_ticks_per_second() as f64 / seconds,
            bytes_per_second: total.bytes as f64 / seconds,
        }
    }
}

/// The id of the item in which a kernel's processes show.
pub(crate) fn kernel_item_id(kernel: &str) -> String {
    format!("kernel:{kernel}")
}

fn id_of(unit: &Unit, table: &Table) -> String {
    match unit {
        Unit::Kernel(id) => kernel_item_id(id),
        Unit::Terminal(pts) => format!("pts:{pts}"),
        Unit::Job(pid) => format!("job:{pid}:{}", table.get(pid).map_or(0, |process| process.stat.started)),
    }
}

fn label_of(unit: &Unit, top: Option<&Process>, load: &Load) -> String {
    let what = match unit {
        Unit::Kernel(id) => format!("in kernel {}", id.get(..8).unwrap_or(id)),
        Unit::Terminal(pts) => format!("on pts/{pts}"),
        Unit::Job(_) => "detached".to_owned(),
    };
    let top = top.map_or_else(String::new, |process| format!("{} (pid {}) ", line_of(process), process.stat.pid));
    let (percent, kib) = (load.cores * 100.0, load.bytes_per_second / 1024.0);
    format!("process {top}{what}, {percent:.1} % of a core, {kib:.0} KiB/s")
}

/// A command line as people know it: program without its folder, then arguments.
fn line_of(process: &Process) -> String {
    let Some((program, arguments)) = process.program.args.split_first() else { return process.stat.comm.clone() };
    let program = program.rsplit('/').next().unwrap_or(program);
    let words = std::iter::once(program).chain(arguments.iter().map(String::as_str));
    let line = words.collect::<Vec<_>>().join(" ");
    let mut clean: String = line.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if clean.chars().count() > LABEL_CHARS {
        clean = clean.chars().take(LABEL_CHARS - 1).collect::<String>() + "…";
    }
    clean
}
