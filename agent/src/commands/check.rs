//! `check`: one look, no action.

use idle_core::{Activity, Decision, DecisionRecord, Echo, ResourceRef, Verdict, judge};

use crate::clock;
use crate::exit::Exit;
use crate::metadata;
use crate::observe::{Facts, Gateways, Look, Observer};
use crate::record::{Sink, State, StateDir};
use crate::settings::Settings;

/// Looks and prints the record. The history is the running agent's; without
/// one the app was never watched, so the answer can be idle but never stop.
///
/// CPU time is known only between two looks, so this takes as long as the
/// window over which it is measured.
///
/// # Errors
/// When the app cannot be told or watched at all.
pub(crate) async fn run(settings: &Settings) -> anyhow::Result<Exit> {
    let resource = metadata::load(&settings.metadata_file)?;
    let policy = settings.machine.in_a_hurry();
    let mut observer = Observer::new(&resource, settings.server_url.as_ref(), &policy)?;
    observer.look(clock::now()).await;
    tokio::time::sleep(policy.cpu.window).await;
    let look = observer.look(clock::now()).await;
    let mut worst = Exit::Done;
    for record in records(settings, &resource, &look) {
        Sink::new(settings.output, None).put(&record);
        worst = match (record.verdict, record.decision) {
            (Verdict::Unknown, _) => Exit::Unknown,
            (_, Decision::Stop) if worst == Exit::Done => Exit::WouldStop,
            _ => worst,
        };
    }
    Ok(worst)
}

fn records(settings: &Settings, resource: &ResourceRef, look: &Look) -> Vec<DecisionRecord> {
    let state = state_of_running_agent(settings);
    let mut granted = state.as_ref().map(|state| state.granted.clone()).unwrap_or_default();
    let now = clock::now();
    let snooze = granted.in_force(&settings.state_dir, &settings.people, now.wall);
    let facts = Facts::new(&settings.internal_metadata_file, settings.machine.process_root).look(None, now);
    let echoes: Vec<Echo> = Vec::new();
    let subjects = match resource.app().filter(|app| app.app_type == idle_core::AppType::JupyterServer) {
        Some(server) => Gateways::new(server, &settings.gateway_dir, settings.policy.longest_gap())
            .split(look, now)
            .into_iter()
            .map(|(app, readings)| (ResourceRef::App(app), readings))
            .collect(),
        None => vec![(resource.clone(), look.readings())],
    };
    let record = |(resource, readings)| {
        let history = state.clone().and_then(|state| state.history_of(&resource)).unwrap_or_default();
        let activity = Activity { readings, snooze: snooze.clone(), facts: facts.clone(), echoes: echoes.clone() };
        let judgement = judge(&settings.policy, &history, &activity, now);
        DecisionRecord::new(&resource, &judgement, now, true)
    };
    subjects.into_iter().map(record).collect()
}

fn state_of_running_agent(settings: &Settings) -> Option<State> {
    if !StateDir::is_agent_running(&settings.state_dir) {
        tracing::info!("no agent is running on {}: judged without a history", settings.state_dir.display());
        return None;
    }
    let state = State::load(&settings.state_dir);
    if state.is_none() {
        tracing::warn!("the running agent's state cannot be read: judged without a history");
    }
    state
}
