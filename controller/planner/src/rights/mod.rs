//! Which calls each role makes, for what and on what, and the policy documents that
//! allow exactly these. One table is the truth: `grants`; documents, the README's table
//! and the tests are made of it or held against it.

mod data_scientist;
mod document;
mod feature;
mod grants;
mod make;
mod on;
mod place;
mod role;
mod trust;

pub use data_scientist::data_scientist;
pub use document::{Document, Effect, MOST_CHARACTERS, Statement, TooLong};
pub use feature::Feature;
pub use grants::{Grant, grants};
pub use make::{Wanted, granted, left_out, policy};
pub use on::On;
pub use place::{Domains, Place};
pub use role::Role;
pub use trust::trust;
