//! `costctl report` over a recorded month: what it comes to is counted a second time by a
//! script that shares no code with it, and how it looks is compared with golden files.
//! `INSTA_UPDATE=always` writes them anew.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

#[path = "report/bill.rs"]
mod bill;
#[path = "report/errors.rs"]
mod errors;
#[path = "report/golden.rs"]
mod golden;
#[path = "report/month.rs"]
mod month;
#[path = "report/totals.rs"]
mod totals;
