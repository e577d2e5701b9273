//! What something bills by the hour.

use serde::{Deserialize, Serialize};

use crate::prices::{Priced, Unpriced};

/// A price in integer micro-dollars an hour, or why there is none. Never 0 for "not known".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Price {
    /// Millionths of a US dollar an hour; 0 only for what AWS bills nothing for.
    MicroUsdPerHour(u64),
    /// Why it is not known.
    Unpriced(String),
}

impl Price {
    /// The figure, where there is one.
    #[must_use]
    pub fn micro_usd_per_hour(&self) -> Option<u64> {
        match self {
            Self::MicroUsdPerHour(micro_usd) => Some(*micro_usd),
            Self::Unpriced(_) => None,
        }
    }
}

/// A plan says what an action would save, and not which list says so.
impl From<Result<Priced, Unpriced>> for Price {
    fn from(answer: Result<Priced, Unpriced>) -> Self {
        match answer {
            Ok(priced) => Self::MicroUsdPerHour(priced.micro_usd_per_hour),
            Err(Unpriced(why)) => Self::Unpriced(why),
        }
    }
}
