//! The one stop of a run.

use std::fmt;

use jiff::Timestamp;

use super::facts::time;
use super::folded::{Folded, Run, StopRow};
use crate::line::{Grade, Native, StoppedBy};

/// The one stop of a run.
#[derive(Clone, Copy)]
pub struct Stop<'a> {
    pub(super) folded: &'a Folded,
    pub(super) row: &'a StopRow,
}

impl<'a> Stop<'a> {
    /// What was stopped.
    #[must_use]
    pub fn run(self) -> Run<'a> {
        Run { folded: self.folded, at: self.row.run as usize }
    }

    /// When it was verified to be gone; never before its run's end.
    #[must_use]
    pub fn gone_at(self) -> Timestamp {
        time(self.row.gone_at)
    }

    /// Who did it.
    #[must_use]
    pub fn by(self) -> StoppedBy {
        self.row.by
    }

    /// Why, by the code of `idle_core::Reason`.
    #[must_use]
    pub fn reason(self) -> &'a str {
        self.folded.words.word(self.row.reason)
    }

    /// How well it is known to be this stop.
    #[must_use]
    pub fn grade(self) -> Grade {
        self.row.grade
    }

    /// Since when it had been idle.
    #[must_use]
    pub fn idle_since(self) -> Option<Timestamp> {
        self.row.idle_since.map(time)
    }

    /// SageMaker's own idle shutdown, as it was set.
    #[must_use]
    pub fn native(self) -> Native {
        self.row.native.into()
    }
}

impl fmt::Debug for Stop<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} gone at {} by {:?}", self.run(), self.gone_at(), self.by())
    }
}
