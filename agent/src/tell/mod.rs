//! What the agent tells the people in the app, and hears from them. Nothing
//! here changes anything in AWS.

mod hook;
mod native;
mod notice;
mod receipt;
mod terminals;

pub(crate) use hook::run as run_hook;
pub(crate) use native::Native;
pub(crate) use notice::Notice;
pub(crate) use receipt::Receipt;
#[cfg(test)]
pub(crate) use receipt::parse as parse_receipt;
pub(crate) use terminals::tell as tell_terminals;
