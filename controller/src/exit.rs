//! Exit codes: documented constants, the same in every release.

use std::process::ExitCode;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Exit {
    /// Done, or a plan shown.
    Done = 0,
    /// Failed: nothing that was asked for could be done.
    Failed = 1,
    /// A flag, environment variable or file is not usable.
    Usage = 2,
    /// `--check`: something would be changed.
    Pending = 3,
    /// Some of it failed or could not be seen; the rest is done.
    Partly = 4,
    /// Something was refused by a guard; the rest is done.
    Refused = 5,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// What a command comes to: failures outweigh refusals, and those what is pending.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Tally {
    /// What went well, or was well already.
    pub(crate) well: usize,
    /// What failed or could not be seen.
    pub(crate) failed: usize,
    /// What a guard refused.
    pub(crate) refused: usize,
    /// What `--check` found to be changed.
    pub(crate) pending: usize,
}

impl Tally {
    pub(crate) fn exit(self) -> Exit {
        let Self { well, failed, refused, pending } = self;
        match (failed, refused, pending) {
            (0, 0, 0) => Exit::Done,
            (0, 0, _) => Exit::Pending,
            (0, ..) => Exit::Refused,
            _ if well > 0 => Exit::Partly,
            _ => Exit::Failed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_decides() {
        for (well, failed, refused, pending, exit) in [
            (0, 0, 0, 0, Exit::Done),
            (9, 0, 0, 0, Exit::Done),
            (9, 0, 0, 1, Exit::Pending),
            (9, 0, 1, 1, Exit::Refused),
            (0, 1, 1, 1, Exit::Failed),
            (1, 1, 1, 1, Exit::Partly),
        ] {
            assert_eq!(Tally { well, failed, refused, pending }.exit(), exit);
        }
    }
}
