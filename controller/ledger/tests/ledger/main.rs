//! The ledger from outside: lines in, runs and savings out.

mod advance;
mod athena;
mod forms;
mod lines;
mod properties;
mod savings;
mod stories;
mod world;
