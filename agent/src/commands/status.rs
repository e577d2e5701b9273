//! `status`: what the running agent last decided, and why.

use std::time::Duration;

use idle_core::{DecisionRecord, SourceRecord, SourceState};
use serde_json::json;

use crate::clock;
use crate::exit::Exit;
use crate::record::{State, StateDir};
use crate::settings::{Output, Settings};

use super::table::{print, table};

/// Prints the last decision: a screen for people, or one JSON document.
///
/// # Errors
/// When stdout cannot be written, other than by a closed pipe.
pub(crate) fn run(settings: &Settings) -> anyhow::Result<Exit> {
    let running = StateDir::is_agent_running(&settings.state_dir);
    let Some(state) = State::load(&settings.state_dir) else {
        eprintln!(
            "no agent has left its state in {}{}; hint: idle-agent doctor, or --state-dir",
            settings.state_dir.display(),
            if running { " yet" } else { "" }
        );
        return Ok(Exit::Failed);
    };
    let text = match settings.output {
        Output::Json => json!({ "schema_version": 1, "running": running, "pid": state.pid, "record": state.record,
            "last_attempt": state.last_attempt })
        .to_string(),
        Output::Human => screen(&state, running),
    };
    print(&text)?;
    Ok(if running { Exit::Done } else { Exit::Failed })
}

/// One screen of at most 80 columns.
fn screen(state: &State, running: bool) -> String {
    let State { pid, record, last_attempt, history: _ } = state;
    let DecisionRecord { at, app, reason, sources, .. } = record;
    let agent = if running { format!("running, pid {pid}") } else { "NOT RUNNING".to_owned() };
    let age = span(clock::now().age_of(*at).as_secs());
    let stops = match record.stops_in_seconds {
        Some(0) => "now".to_owned(),
        Some(left) => format!("in {}, if nothing happens", span(left)),
        None => "not in sight".to_owned(),
    };
    let mut lines = vec![
        format!("app       {app}"),
        format!("agent     {agent}; last look {age} ago"),
        format!("verdict   {:?}, decision {:?}", record.verdict, record.decision).to_lowercase(),
        format!("because   {}", reason.text),
        format!("idle for  {} of {}", span(record.idle_for_seconds), span(record.idle_timeout_seconds)),
        format!("stop      {stops}"),
    ];
    lines.extend(last_attempt.iter().map(|words| format!("attempt   {words}")));
    lines.push(String::new());
    lines.push(sources_table(sources));
    lines.join("\n")
}

fn sources_table(sources: &[SourceRecord]) -> String {
    let row = |source: &SourceRecord| {
        let SourceRecord { name, state, last_active, detail } = source;
        let last_active = last_active.map_or_else(|| "-".to_owned(), |at| format!("{at:.0}"));
        [name.as_str().to_owned(), word(*state).to_owned(), last_active, detail.clone()]
    };
    table(["SOURCE", "STATE", "LAST ACTIVE", "DETAIL"], sources.iter().map(row))
}

fn word(state: SourceState) -> &'static str {
    match state {
        SourceState::Active => "active",
        SourceState::Unsettled => "unsettled",
        SourceState::Idle => "idle",
        SourceState::Absent => "absent",
        SourceState::Unknown => "unknown",
    }
}

fn span(seconds: u64) -> String {
    humantime::format_duration(Duration::from_secs(seconds)).to_string()
}
