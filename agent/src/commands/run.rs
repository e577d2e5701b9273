//! `run`: watch the app.

use crate::exit::Exit;
use crate::metadata;
use crate::record::StateDir;
use crate::settings::Settings;
use crate::watch::{Signals, Watcher};

/// Watches the app until it is told to end. A stop of the app ends this
/// process from outside, together with the app.
///
/// # Errors
/// When the app cannot be told or watched at all; never later than the first look.
pub(crate) async fn run(settings: &Settings) -> anyhow::Result<Exit> {
    let resource = metadata::load(&settings.metadata_file)?;
    let dir = StateDir::open(&settings.state_dir).inspect_err(|e| tracing::warn!("{e:#}: running without state")).ok();
    let lock = match dir.as_ref().map(StateDir::lock) {
        Some(Ok(None)) => {
            tracing::error!("another agent watches this app (state directory {})", settings.state_dir.display());
            return Ok(Exit::Refused);
        }
        Some(Ok(Some(lock))) => Some(lock),
        Some(Err(error)) => {
            tracing::warn!("{error:#}: running without a lock");
            None
        }
        None => None,
    };
    tracing::info!(
        "watching {resource}: idle timeout {}, a look every {}{}",
        humantime::format_duration(settings.policy.idle_timeout()),
        humantime::format_duration(settings.poll_every),
        if settings.rehearse { ", rehearsal: nothing will be stopped" } else { "" }
    );
    let mut watcher = Watcher::new(settings, resource, dir)?;
    watcher.watch(&mut Signals::new()?).await;
    drop(lock);
    Ok(Exit::Done)
}
