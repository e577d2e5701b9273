//! Scenarios in TOML: a world, what happens in it, and what the agent decides.
//!
//! `form` is what a file may say, `stage` the world that it makes, `play` what
//! happens there, `expect` the decision that is awaited.

mod expect;
mod form;
mod play;
mod stage;
mod words;

use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};
use idle_core::DecisionRecord;
use studio_parts::workspace::workspace_root;

use form::Scenario;
use stage::Stage;

/// What is shown of a failed scenario's log.
const LAST_LINES: usize = 30;
const LAST_RECORDS: usize = 4;

/// The files of all scenarios, in order.
///
/// # Errors
/// When their folder cannot be read.
pub fn files() -> anyhow::Result<Vec<PathBuf>> {
    let folder = workspace_root().join("tests/it/scenarios");
    let entries = std::fs::read_dir(&folder).with_context(|| format!("reading {}", folder.display()))?;
    let mut files: Vec<PathBuf> = entries.map(|entry| Ok(entry?.path())).collect::<std::io::Result<_>>()?;
    files.retain(|file| file.extension().is_some_and(|extension| extension == "toml"));
    files.sort();
    Ok(files)
}

/// Plays one file's scenario to its end.
///
/// # Errors
/// A page that says what was expected, what happened, and what the agent said.
pub fn play(file: &Path) -> anyhow::Result<()> {
    let text = std::fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))?;
    let scenario: Scenario = toml::from_str(&text).with_context(|| format!("reading {}", file.display()))?;
    let about = format!("{}\n({})", scenario.title, scenario.why);
    let mut stage =
        Stage::set(&scenario.world, &scenario.agent.args).with_context(|| format!("{about}\nsetting up"))?;
    for (n, step) in (1..).zip(&scenario.steps) {
        let place = || format!("step {n}, {step:?}");
        stage.play(step).map_err(|error| anyhow!("{about}\n{}: {error:#}\n{}", place(), stage.report()))?;
    }
    let expected = &scenario.expect;
    expect::meet(&mut stage, expected).map_err(|error| anyhow!("{about}\n{expected:?}: {error:#}\n{}", stage.report()))
}

impl Stage {
    /// What the agent said last, and what runs in the container.
    fn report(&self) -> String {
        let Some(agent) = &self.agent else { return "the agent was not started".to_owned() };
        let records = agent.records();
        let records: Vec<String> = records[records.len().saturating_sub(LAST_RECORDS)..].iter().map(told).collect();
        let log = agent.process.stderr_so_far();
        let processes = self.container.pids().unwrap_or_default();
        let processes: Vec<String> = processes.into_iter().map(|(pid, line)| format!("{pid} {line}")).collect();
        let (records, log, processes) = (records.join("\n"), last(&log, LAST_LINES), processes.join("\n"));
        format!("the agent's last records:\n{records}\nits log:\n{log}\nprocesses:\n{processes}")
    }
}

/// A record in a few lines, its sources included.
fn told(record: &DecisionRecord) -> String {
    let DecisionRecord { at, verdict, decision, reason, idle_for_seconds, watched_for_seconds, notes, sources, .. } =
        record;
    let sources: Vec<String> = sources
        .iter()
        .map(|source| format!("\n    {:?} {}: {}", source.state, source.name.as_str(), source.detail).to_lowercase())
        .collect();
    format!(
        "  {at} {verdict:?}, {decision:?}, {}: {}; idle {idle_for_seconds} s, watched {watched_for_seconds} s; \
         notes {notes:?}{}",
        reason.code,
        reason.text,
        sources.concat()
    )
}

fn last(text: &str, most: usize) -> String {
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(most)..].join("\n")
}
