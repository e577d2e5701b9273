//! The ledger from outside: lines in, runs and savings out.

mod forms;
mod lines;
mod savings;
mod stories;
