//! `check`: one look, no action.

use idle_core::{Decision, DecisionRecord, History, Verdict, judge};

use crate::clock;
use crate::exit::Exit;
use crate::metadata;
use crate::observe::Observer;
use crate::record::{Sink, State, StateDir};
use crate::settings::Settings;
use crate::snooze;

/// Looks once and prints the record. The history is the running agent's; without
/// one the app was never watched, so the answer can be idle but never stop.
///
/// # Errors
/// When the app cannot be told or watched at all.
pub(crate) async fn run(settings: &Settings) -> anyhow::Result<Exit> {
    let app = metadata::load(&settings.metadata_file)?;
    let observer = Observer::new(&app, settings.jupyter_url.as_ref())?;
    let history = history_of_running_agent(settings);
    let snooze = snooze::in_force(&settings.state_dir, clock::now().wall, settings.snooze_max);
    let activity = observer.look(snooze).await;
    let now = clock::now();
    let judgement = judge(&settings.policy, &history, &activity, now);
    let record = DecisionRecord::new(&app, &settings.policy, &judgement, now, true);
    Sink::new(settings.output, None).put(&record);
    Ok(match (record.verdict, record.decision) {
        (Verdict::Unknown, _) => Exit::Unknown,
        (_, Decision::Stop) => Exit::WouldStop,
        _ => Exit::Done,
    })
}

fn history_of_running_agent(settings: &Settings) -> History {
    if !StateDir::is_agent_running(&settings.state_dir) {
        tracing::info!("no agent is running on {}: judged without a history", settings.state_dir.display());
        return History::default();
    }
    State::load(&settings.state_dir).map(|state| state.history).unwrap_or_else(|| {
        tracing::warn!("the running agent's state cannot be read: judged without a history");
        History::default()
    })
}
