//! Exit codes: documented constants, the same in every release.

use std::process::ExitCode;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// Done; for `check`: the app would be kept.
    Done = 0,
    /// Failed.
    Failed = 1,
    /// A flag, environment variable or file is not usable.
    Usage = 2,
    /// Refused by a guard, such as a second agent in one app.
    Refused = 5,
    /// `check`: the running agent would stop the app now.
    WouldStop = 10,
    /// `check`: something could not be seen.
    Unknown = 11,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}
