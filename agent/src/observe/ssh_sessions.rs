//! Established SSH sessions: somebody's editor or shell on this machine.

use idle_core::{Claim, Item, ItemState, Sight};
use jiff::Timestamp;
use std::collections::BTreeMap;

use super::processes::{Process, Table};

/// The sessions that an SSH server serves, with when each last carried something.
///
/// A session claims to be at work for as long as it is open, as the clients of
/// other platforms do; without traffic that claim ends at stuck-after. Traffic
/// shows as CPU time of the process that serves the session.
#[derive(Debug, Default)]
pub(crate) struct SshSessions {
    /// CPU time and the time of its last change, by pid and start.
    seen: BTreeMap<(u32, u64), (u64, Timestamp)>,
}

impl SshSessions {
    /// The sessions in this table.
    pub(crate) fn look(&mut self, table: &Table, now: Timestamp) -> Sight {
        let mut seen = BTreeMap::new();
        let mut items = Vec::new();
        for process in table.values() {
            let Some(user) = session_user(process) else { continue };
            let key = (process.stat.pid, process.stat.started);
            let ticks = process.stat.own_ticks;
            let moved_at = match self.seen.get(&key) {
                Some((before, at)) if *before == ticks => *at,
                _ => now,
            };
            seen.insert(key, (ticks, moved_at));
            let id = format!("{}:{}", key.0, key.1);
            let label = format!("SSH session of {user} (pid {})", key.0);
            items.push(Item::new(id, label, ItemState::Busy).active_at(moved_at).claimed(Claim::default()));
        }
        self.seen = seen;
        Sight::Seen { items, run: None }
    }
}

/// The user of a session by the title that OpenSSH gives to its processes:
/// `sshd: user@pts/0`, `sshd-session: user@notty`. Listeners and monitors have none.
fn session_user(process: &Process) -> Option<String> {
    let title = process.program.args.first()?;
    let rest = title.strip_prefix("sshd: ").or_else(|| title.strip_prefix("sshd-session: "))?;
    let (user, _terminal) = rest.split_once('@')?;
    let is_name = !user.is_empty() && user.chars().all(|c| c.is_alphanumeric() || "-_.".contains(c));
    is_name.then(|| user.chars().take(40).collect())
}
