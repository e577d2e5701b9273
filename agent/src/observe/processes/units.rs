//! Which processes belong together: a kernel and all below it, a terminal and
//! all on it, a detached job and all below it.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::table::{Process, Table};

/// What a process belongs to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Unit {
    /// A kernel, by the id in its connection file.
    Kernel(String),
    /// A pseudo terminal, by its number.
    Terminal(u32),
    /// A detached process and its descendants, by the pid of the uppermost.
    Job(u32),
}

/// Whose processes count.
#[derive(Debug, Clone)]
pub(crate) struct Scope {
    /// Only descendants of this process are the app's; 1 for all.
    pub(crate) root: u32,
    /// This agent: it and its descendants are nobody's work.
    pub(crate) agent: u32,
    /// Parts of command lines that the administrator declares to be no work.
    pub(crate) ignored: Vec<String>,
}

/// The pids of each unit. Processes of the platform belong to none.
pub(crate) fn units(table: &Table, scope: &Scope) -> BTreeMap<Unit, Vec<u32>> {
    let mut sorter = Sorter { table, scope, done: HashMap::new() };
    let mut units: BTreeMap<Unit, Vec<u32>> = BTreeMap::new();
    for (pid, process) in table {
        let counts = !process.stat.is_zombie && !sorter.is_nobodys_work(process);
        if let Place::In(unit) = sorter.place_of(*pid)
            && counts
        {
            units.entry(unit).or_default().push(*pid);
        }
    }
    units
}

/// Where a process stands.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Place {
    /// In a unit.
    In(Unit),
    /// In the app, but in no unit: the platform's own. What it starts may be a user's.
    Platform,
    /// Not in the app, or the agent's: nor is what it starts.
    Outside,
}

struct Sorter<'a> {
    table: &'a Table,
    scope: &'a Scope,
    done: HashMap<u32, Place>,
}

impl Sorter<'_> {
    /// Iterative, because a chain of processes may be thousands long.
    fn place_of(&mut self, pid: u32) -> Place {
        let mut chain = Vec::new();
        let mut met = HashSet::new();
        let mut at = pid;
        let mut place = loop {
            if let Some(place) = self.done.get(&at) {
                break place.clone();
            }
            let Some(process) = self.table.get(&at).filter(|_| met.insert(at)) else {
                // Above the uppermost: outside, unless everything is the app's.
                break if self.scope.root == 1 { Place::Platform } else { Place::Outside };
            };
            chain.push(at);
            if at == self.scope.root {
                break Place::Platform;
            }
            at = process.stat.ppid;
        };
        for pid in chain.into_iter().rev() {
            place = self.place_below(&place, pid);
            self.done.insert(pid, place.clone());
        }
        place
    }

    fn place_below(&self, parent: &Place, pid: u32) -> Place {
        let Some(process) = self.table.get(&pid) else { return parent.clone() };
        if pid == self.scope.root {
            return Place::Platform;
        }
        if *parent == Place::Outside || self.is_agents(process) {
            return Place::Outside;
        }
        if let Some(id) = &process.program.kernel {
            return Place::In(Unit::Kernel(id.clone()));
        }
        if let Place::In(Unit::Kernel(_)) = parent {
            return parent.clone();
        }
        if let Some(pts) = self.users_pts(process) {
            return Place::In(Unit::Terminal(pts));
        }
        match parent {
            Place::In(unit) => Place::In(unit.clone()),
            _ if process.program.is_infrastructure => Place::Platform,
            _ => Place::In(Unit::Job(pid)),
        }
    }

    /// The agent, another agent, and what they started.
    fn is_agents(&self, process: &Process) -> bool {
        process.stat.pid == self.scope.agent || process.stat.comm == "idle-agent"
    }

    /// The terminal of a process, unless it is the supervisor's own: a container
    /// that was started with a terminal holds it for ever.
    fn users_pts(&self, process: &Process) -> Option<u32> {
        let supervisor = self.table.get(&self.scope.root).map(|root| root.stat.session);
        process.stat.pts.filter(|_| Some(process.stat.session) != supervisor)
    }

    /// The platform's processes are nobody's work also where they stand in a unit:
    /// a language server that an editor in a terminal started.
    fn is_nobodys_work(&self, process: &Process) -> bool {
        process.program.is_infrastructure || self.is_ignored(process)
    }

    fn is_ignored(&self, process: &Process) -> bool {
        if self.scope.ignored.is_empty() {
            return false;
        }
        let line = process.program.args.join(" ");
        self.scope.ignored.iter().any(|part| line.contains(part.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::super::known::Program;
    use super::super::stat::Stat;
    use super::*;

    /// pid, parent, session, terminal, command line.
    type Row<'a> = (u32, u32, u32, Option<u32>, &'a str);

    fn table(rows: &[Row]) -> Table {
        let process = |(pid, ppid, session, pts, line): &Row| {
            let args: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
            let comm = args.first().map_or("", |arg| arg.rsplit('/').next().unwrap_or(arg)).chars().take(15).collect();
            let stat = Stat {
                pid: *pid,
                comm,
                is_zombie: false,
                ppid: *ppid,
                session: *session,
                pts: *pts,
                own_ticks: 0,
                child_ticks: 0,
                started: 0,
                args_at: 0,
            };
            (*pid, Process { stat: stat.into(), program: Program::of(args).into() })
        };
        rows.iter().map(process).collect()
    }

    fn sorted(rows: &[Row]) -> BTreeMap<Unit, Vec<u32>> {
        units(&table(rows), &Scope { root: 1, agent: 90, ignored: vec!["raylet".into()] })
    }

    #[test]
    fn an_app_is_sorted_into_kernels_terminals_and_jobs() {
        let units = sorted(&[
            (1, 0, 1, Some(0), "supervisord -n"),
            (2, 1, 1, Some(0), "python /opt/conda/bin/jupyter-lab"),
            (3, 2, 3, None, "python -m ipykernel_launcher -f kernel-a.json"),
            (4, 3, 3, None, "python worker.py"),
            (5, 3, 5, Some(7), "sh -c nvidia-smi"),
            (6, 2, 6, Some(1), "bash"),
            (7, 6, 6, Some(1), "python train.py"),
            (8, 6, 8, None, "setsid python detached.py"),
            (9, 1, 6, None, "nohup python orphan.py"),
            (10, 9, 6, None, "python child.py"),
            (11, 2, 1, Some(0), "python /opt/conda/bin/pylsp"),
            (12, 2, 2, None, "git fetch"),
            (13, 0, 13, Some(2), "bash"),
            (14, 6, 6, Some(1), "raylet --head"),
            (90, 1, 90, None, "/usr/local/bin/agent-under-test run"),
            (91, 90, 90, None, "sh -c backup"),
            (92, 1, 92, None, "idle-agent run --supervise"),
        ]);
        let expected = BTreeMap::from([
            (Unit::Kernel("a".into()), vec![3, 4, 5]),
            (Unit::Terminal(1), vec![6, 7, 8]),
            (Unit::Terminal(2), vec![13]),
            (Unit::Job(9), vec![9, 10]),
            (Unit::Job(12), vec![12]),
        ]);
        assert_eq!(units, expected);
    }

    #[test]
    fn below_another_root_only_its_descendants_count() {
        let rows = [
            (1, 0, 1, None, "init"),
            (20, 1, 1, None, "jupyter-lab"),
            (21, 20, 21, Some(1), "bash"),
            (30, 1, 30, None, "python elsewhere.py"),
        ];
        let units = units(&table(&rows), &Scope { root: 20, agent: 90, ignored: vec![] });
        assert_eq!(units, BTreeMap::from([(Unit::Terminal(1), vec![21])]));
    }

    #[test]
    fn a_loop_in_a_damaged_table_ends() {
        let units = sorted(&[(5, 6, 5, None, "a"), (6, 5, 5, None, "b")]);
        assert_eq!(units.values().map(Vec::len).sum::<usize>(), 2);
    }
}
