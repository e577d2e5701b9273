//! When somebody or something last typed on, or wrote to, the user's pseudo terminals.

use std::collections::BTreeSet;
use std::path::PathBuf;

use idle_core::{Item, ItemState, Sight};
use jiff::Timestamp;

use super::processes::{Unit, Units};

/// The user's terminals, by the files of `/dev/pts`.
///
/// The kernel moves a terminal's access time when a program reads what was typed
/// and its modification time when one writes, to within eight seconds
/// (`tty_update_time` in drivers/tty/tty_io.c). Terminals of SSH sessions, of
/// tmux and of Code Editor show here, of which no Jupyter server knows.
#[derive(Debug)]
pub(crate) struct PseudoTerminals {
    root: PathBuf,
}

impl PseudoTerminals {
    /// The terminals at `root`, mostly `/dev/pts`.
    pub(crate) fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The terminals on which a user's processes stand. The supervisor's own is none of them.
    pub(crate) fn look(&self, units: &Units) -> Sight {
        let items: Vec<Item> = in_use(units).into_iter().filter_map(|pts| self.item(pts)).collect();
        Sight::Seen { items, run: None }
    }

    /// Where the terminals of these numbers are written to.
    pub(crate) fn paths(&self, units: &Units) -> Vec<PathBuf> {
        in_use(units).into_iter().map(|pts| self.root.join(pts.to_string())).collect()
    }

    /// `None` for one that was closed meanwhile.
    fn item(&self, pts: u32) -> Option<Item> {
        let metadata = std::fs::metadata(self.root.join(pts.to_string())).ok()?;
        let times = [metadata.accessed().ok()?, metadata.modified().ok()?];
        let latest = times.into_iter().filter_map(|time| Timestamp::try_from(time).ok()).max()?;
        Some(Item::new(format!("pts:{pts}"), format!("terminal pts/{pts}"), ItemState::Quiet).active_at(latest))
    }
}

fn in_use(units: &Units) -> BTreeSet<u32> {
    let terminal = |unit: &Unit| match unit {
        Unit::Terminal(pts) => Some(*pts),
        Unit::Kernel(_) | Unit::Job(_) => None,
    };
    units.keys().filter_map(terminal).collect()
}
