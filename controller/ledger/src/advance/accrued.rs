//! What stops saved between two looks, for a counter that goes on.

use cost_planner::install::Scope;
use jiff::{SignedDuration, Timestamp};

use super::Known;
use crate::fold::Charge;
use crate::saving::saving;

/// What was newly saved.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Accrued {
    /// For so long, all stops together.
    pub seconds: u64,
    /// At list prices, of the seconds that have one; `None` where none has.
    pub list_micro_usd: Option<u64>,
}

impl Known {
    /// Whether it is of this account and region.
    #[must_use]
    pub fn is_of(&self, Scope { partition: _, account, region }: &Scope) -> bool {
        self.scopes().any(|scope| scope.account == account.as_str() && scope.region == region.as_str())
    }

    /// What stops saved from one time to another, both within the two days that are known: a stop
    /// of the day before yesterday that nobody took back has come to its cap by then.
    #[must_use]
    pub fn accrued(&self, from: Timestamp, to: Timestamp, cap: SignedDuration) -> Accrued {
        let mut sum = Accrued::default();
        for stop in self.all_stops() {
            let saving = saving(stop, cap, to);
            let seconds = saving.to.min(to).duration_since(saving.from.max(from)).as_secs();
            let Some(seconds) = u64::try_from(seconds).ok().filter(|seconds| *seconds > 0) else { continue };
            sum.seconds += seconds;
            if let Charge::Priced { micro_usd_per_hour, .. } = saving.charge {
                let micro_usd = u128::from(micro_usd_per_hour) * u128::from(seconds) / 3_600;
                *sum.list_micro_usd.get_or_insert(0) += u64::try_from(micro_usd).unwrap_or(u64::MAX);
            }
        }
        sum
    }
}
