//! What reports say, as documents: tables, CSV, JSON and pages are made of these.

mod ask;
mod charges;
mod compare;
mod cut;
mod groups;
mod looks;
mod make_savings;
mod make_spend;
mod notes;
mod rates;
mod running;
mod savings;
mod shared;
mod spend;
mod unpriced;
mod what_if;

pub use ask::Question;
pub use charges::{ChargeRow, charges};
pub use compare::actuals;
pub use make_savings::savings;
pub use make_spend::spend;
pub use rates::{Plans, PriceOf, SavingsPlans};
pub use running::{Now, NowRow};
pub use savings::{Held, SavedRow, SavingsReport, Sum, WhatIf};
pub use shared::{By, DayRow, Money, SeenRow, UnpricedRow, Window};
pub use spend::{ActualRow, Actuals, IdleRow, RunRate, SpendReport, SpendRow, WasteRow};

#[cfg(test)]
mod tests;
