//! `status`: what the running agent last decided, and why.

use std::time::Duration;

use idle_core::{DecisionRecord, SourceRecord, SourceState};
use jiff::Timestamp;
use serde_json::json;

use crate::clock;
use crate::exit::Exit;
use crate::record::{State, StateDir, Watched};
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
        Output::Json => {
            let row = |w: &Watched| json!({ "record": w.record, "last_attempt": w.last_attempt });
            let watched: Vec<_> = state.watched.iter().map(row).collect();
            json!({ "schema_version": 2, "running": running, "pid": state.pid, "watched": watched,
                "snoozes": state.granted.count(), "last_stop": state.last_stop })
            .to_string()
        }
        Output::Human => screens(&state, running, settings.people.snoozes_max),
    };
    print(&text)?;
    Ok(if running { Exit::Done } else { Exit::Failed })
}

/// One screen of at most 80 columns for each app that is watched: mostly one.
fn screens(state: &State, running: bool, snoozes_max: u32) -> String {
    let agent = if running { format!("running, pid {}", state.pid) } else { "NOT RUNNING".to_owned() };
    if state.watched.is_empty() {
        return format!("agent     {agent}; nothing to judge yet");
    }
    let snoozes = format!("{} of {snoozes_max}", state.granted.count());
    let screen = |watched: &Watched| screen(watched, &agent, &snoozes, state.last_stop.as_deref());
    state.watched.iter().map(screen).collect::<Vec<_>>().join("\n\n")
}

fn screen(watched: &Watched, agent: &str, snoozes: &str, last_stop: Option<&str>) -> String {
    let Watched { record, last_attempt, history: _ } = watched;
    let DecisionRecord { at, resource, reason, sources, notes, .. } = record;
    let age = span(clock::now().age_of(*at).as_secs());
    let stops = match record.stops_in_seconds {
        Some(0) => "now".to_owned(),
        Some(left) => format!("in {}, if nothing happens", span(left)),
        None => "not in sight".to_owned(),
    };
    let kind = if resource.app().is_some() { "app" } else { "instance" };
    let rehearsal = if record.rehearsal { " (a rehearsal: nothing is stopped)" } else { "" };
    let mut lines = vec![
        line(kind, &resource.to_string()),
        line("agent", &format!("{agent}; last look {age} ago{rehearsal}")),
        line("verdict", &format!("{:?}, decision {:?}", record.verdict, record.decision).to_lowercase()),
        line("because", &reason.text),
        line("idle for", &format!("{} of {}", span(record.idle_for_seconds), span(record.idle_timeout_seconds))),
        line("stop", &stops),
        line("snoozes", snoozes),
    ];
    lines.extend(last_attempt.iter().map(|words| line("attempt", words)));
    lines.extend(last_stop.iter().map(|words| line("last time", words)));
    lines.extend(notes.iter().map(|note| line("note", note)));
    lines.push(String::new());
    lines.push(sources_table(sources, *at));
    lines.join("\n")
}

/// A name and what is said of it, folded at 80 columns.
fn line(name: &str, text: &str) -> String {
    const NAME: usize = 10;
    const WIDTH: usize = 80 - NAME;
    let mut folded = vec![String::new()];
    for word in text.split_whitespace() {
        let last = folded.last_mut().expect("there is always a line");
        if !last.is_empty() && last.chars().count() + 1 + word.chars().count() > WIDTH {
            folded.push(word.to_owned());
        } else {
            last.push_str(if last.is_empty() { "" } else { " " });
            last.push_str(word);
        }
    }
    format!("{name:NAME$}{}", folded.join(&format!("\n{:NAME$}", "")))
}

/// Each source, what it said and how old that is; the arrow marks what holds the app up.
fn sources_table(sources: &[SourceRecord], at: Timestamp) -> String {
    let row = |source: &SourceRecord| {
        let SourceRecord { name, state, last_active, detail, holds } = source;
        let age = last_active.map(|active| at.duration_since(active).as_secs());
        let age = age.and_then(|age| u64::try_from(age).ok()).map_or_else(|| "-".to_owned(), span);
        let mark = if *holds { "->" } else { "" };
        [mark.to_owned(), name.as_str().to_owned(), word(*state).to_owned(), age, detail.clone()]
    };
    table(["", "SOURCE", "STATE", "AGE", "DETAIL"], sources.iter().map(row))
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
