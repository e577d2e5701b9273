//! What is looked at and how: order, filter, the chosen row, what is being waited for.

use std::cmp::Reverse;

use jiff::{SignedDuration, Timestamp};

use super::fleet::Fleet;
use super::row::{Owner, Row};

/// The view of a fleet, from one frame to the next.
#[derive(Debug)]
pub(crate) struct View {
    pub(super) ground: Ground,
    pub(super) fleet: Option<Fleet>,
    /// The rows that are shown, in their order, by index.
    pub(super) order: Vec<usize>,
    pub(super) sort: Sort,
    pub(super) filter: String,
    /// The filter is being typed.
    pub(super) is_typing: bool,
    /// The chosen row and the first one on the screen, as places in `order`.
    pub(super) chosen: usize,
    pub(super) first: usize,
    /// So many rows are on the screen.
    pub(super) page: usize,
    pub(super) over: Over,
    pub(super) is_paused: bool,
    /// How far the look has come that is under way.
    pub(super) looking: Option<String>,
    /// Why the last look failed.
    pub(super) failed: Option<String>,
    pub(super) next_look_at: Option<Timestamp>,
    /// Calls of the last look, and of all.
    pub(super) calls: (u64, u64),
}

/// What does not change while the view is open.
#[derive(Debug, Clone)]
pub(crate) struct Ground {
    /// Which policy decides, in words.
    pub(crate) policy: String,
    /// A look begins so long after the one before it.
    pub(crate) every: SignedDuration,
    /// Whether colours are wanted; everything is said in words all the same.
    pub(crate) colour: bool,
}

/// What comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    Idle,
    Rate,
    Owner,
    Next,
}

/// What is shown over the rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Over {
    Nothing,
    Help,
    Unseen,
}

impl View {
    /// One of which nothing was seen yet.
    pub(crate) fn new(ground: Ground) -> Self {
        Self {
            ground,
            fleet: None,
            order: Vec::new(),
            sort: Sort::Idle,
            filter: String::new(),
            is_typing: false,
            chosen: 0,
            first: 0,
            page: 1,
            over: Over::Nothing,
            is_paused: false,
            looking: None,
            failed: None,
            next_look_at: None,
            calls: (0, 0),
        }
    }

    /// A look is under way, and how far it has come.
    pub(crate) fn looking(&mut self, words: String) {
        self.looking = Some(words);
    }

    /// What a look came to, after so many calls: what it did not see is kept from the one before,
    /// and where it failed all of that.
    pub(crate) fn seen(&mut self, looked: Result<Fleet, String>, calls: u64, now: Timestamp) {
        let chosen = self.chosen_row().map(|row| (row.account.clone(), row.name.clone(), row.created_at));
        self.looking = None;
        self.calls = (calls, self.calls.1 + calls);
        let earlier = self.fleet.take();
        (self.fleet, self.failed) = match (looked, earlier) {
            (Ok(fleet), Some(earlier)) => (Some(fleet.after(earlier)), None),
            (Ok(fleet), None) => (Some(fleet), None),
            (Err(why), mut earlier) => {
                if let Some(earlier) = &mut earlier {
                    earlier.make_stale();
                }
                (earlier, Some(why))
            }
        };
        self.arrange(now);
        // Whoever has gone to a row stays with it; who has not stays at the top.
        let Some((account, name, created_at)) = chosen.filter(|_| self.chosen > 0) else { return };
        let is_chosen = |row: &Row| row.name == name && row.account == account && row.created_at == created_at;
        let at = self.order.iter().position(|at| self.row(*at).is_some_and(is_chosen));
        self.chosen = at.unwrap_or(self.chosen).min(self.order.len().saturating_sub(1));
    }

    /// When the next look begins; `None` while there is none to come.
    pub(crate) fn next_look(&mut self, at: Option<Timestamp>) {
        self.next_look_at = at;
    }

    /// Whether looks wait until they are asked for.
    pub(crate) fn is_paused(&self) -> bool {
        self.is_paused
    }

    pub(super) fn row(&self, at: usize) -> Option<&Row> {
        self.fleet.as_ref()?.rows.get(at)
    }

    pub(super) fn chosen_row(&self) -> Option<&Row> {
        self.row(*self.order.get(self.chosen)?)
    }

    /// Filters and sorts anew.
    pub(super) fn arrange(&mut self, now: Timestamp) {
        let filter = self.filter.to_lowercase();
        let words: Vec<&str> = filter.split_whitespace().collect();
        let rows: &[Row] = self.fleet.as_ref().map_or(&[], |fleet| &fleet.rows);
        let shown = |at: &usize| words.is_empty() || rows[*at].has(&words, now);
        let mut order: Vec<usize> = (0..rows.len()).filter(shown).collect();
        order.sort_by(|a, b| self.sort.compare(&rows[*a], &rows[*b]));
        self.chosen = self.chosen.min(order.len().saturating_sub(1));
        self.order = order;
    }
}

impl Sort {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Rate => "USD/h",
            Self::Owner => "owner",
            Self::Next => "next",
        }
    }

    pub(super) fn following(self) -> Self {
        match self {
            Self::Idle => Self::Rate,
            Self::Rate => Self::Owner,
            Self::Owner => Self::Next,
            Self::Next => Self::Idle,
        }
    }

    /// What is not known comes after all that is; of equals, by name.
    fn compare(self, a: &Row, b: &Row) -> std::cmp::Ordering {
        let by = match self {
            Self::Idle => {
                let key = |row: &Row| (row.is_stale, Reverse(row.idle));
                key(a).cmp(&key(b))
            }
            Self::Rate => {
                let key = |row: &Row| Reverse(row.price.micro_usd_per_hour());
                key(a).cmp(&key(b))
            }
            Self::Owner => {
                let is_somebody = |row: &Row| matches!(row.owner, Owner::UserProfile(_));
                (!is_somebody(a)).cmp(&!is_somebody(b)).then_with(|| a.owner.words().cmp(b.owner.words()))
            }
            Self::Next => (a.is_stale, a.next.rank()).cmp(&(b.is_stale, b.next.rank())),
        };
        by.then_with(|| a.key().cmp(&b.key()))
    }
}
