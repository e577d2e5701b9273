//! `cargo demo`: the main story, with nothing in it that is not real but the cloud,
//! which is the sandbox.

mod agent;
mod fleet;
mod history;

/// Plays both halves; with `keep`, leaves the sandbox of the second running for a while.
///
/// # Errors
/// When a part does not start or the story takes another turn.
pub(crate) fn run(keep: bool) -> anyhow::Result<()> {
    agent::run()?;
    fleet::run(keep)
}
