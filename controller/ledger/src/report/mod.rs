//! What reports say, as documents: tables, CSV, JSON and pages are made of these.

mod savings;
mod shared;
mod spend;

pub use savings::{Held, SavedRow, SavingsReport, Sum, WhatIf};
pub use shared::{By, DayRow, Money, SeenRow, UnpricedRow, Window};
pub use spend::{ActualRow, Actuals, IdleRow, RunRate, SpendReport, SpendRow};
