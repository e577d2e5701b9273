//! Each action of the runs in an archive, and what came of it.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::BufWriter;

use anyhow::{Context, Result};
use cost_planner::plan::State;

use crate::record::{Event, Found, Line, Subject};
use crate::render::{ActionRow, ActionsCsv};

/// The rows so far, and what the runs name.
pub(super) struct Summary {
    csv: ActionsCsv<BufWriter<File>>,
    /// Digests of the plans and policies that runs name in their first lines.
    pub(super) plans: BTreeSet<String>,
    pub(super) policies: BTreeSet<String>,
    run: Run,
    pub(super) rows: u64,
    pub(super) runs: u64,
}

/// The run whose lines are being read.
#[derive(Debug, Default)]
struct Run {
    /// The folder of its lines.
    folder: String,
    first: ActionRow,
    /// What was asked for and has no outcome yet, in the order of asking.
    open: Vec<ActionRow>,
}

impl Summary {
    pub(super) fn new() -> Result<Self> {
        let spool = tempfile::tempfile().context("making a file for the summary")?;
        let csv = ActionsCsv::new(BufWriter::new(spool))?;
        Ok(Self { csv, plans: BTreeSet::new(), policies: BTreeSet::new(), run: Run::default(), rows: 0, runs: 0 })
    }

    /// Takes in the lines of the object of this key; objects come in the order of their keys.
    pub(super) fn add(&mut self, key: &str, lines: Vec<Line>) -> Result<()> {
        // A run's last line stands beside its folder, and is about no action.
        let Some((folder, _)) = key.rsplit_once('/').filter(|_| !key.ends_with(".ended.jsonl")) else { return Ok(()) };
        if folder != self.run.folder {
            self.end_run()?;
            self.runs += 1;
            let of = |name: &str| {
                let found = folder.split('/').find_map(|part| part.strip_prefix(name)?.strip_prefix('='));
                found.unwrap_or_default().to_owned()
            };
            let first = ActionRow { account: of("account"), region: of("region"), ..ActionRow::default() };
            self.run = Run { folder: folder.to_owned(), first, open: Vec::new() };
        }
        lines.into_iter().try_for_each(|line| self.line(line))
    }

    fn line(&mut self, line: Line) -> Result<()> {
        let at = line.at.to_string();
        match line.event {
            Event::RunStarted { plan_digest, policy_sha256, who, version: _, actions: _ } => {
                self.plans.insert(plan_digest.clone());
                self.policies.insert(policy_sha256.clone());
                let first = &mut self.run.first;
                (first.run, first.who, first.plan, first.policy) = (line.run, who, plan_digest, policy_sha256);
                Ok(())
            }
            Event::Requested { action, evidence, before } => {
                let mut row = self.row(&action);
                row.requested_at = at;
                row.idle_since = evidence.idle_since.map(|since| since.to_string()).unwrap_or_default();
                row.before = standing(&before);
                self.run.open.push(row);
                Ok(())
            }
            Event::Accepted { action, request_id } => {
                if let Some(row) = self.run.open.iter_mut().find(|row| row.is_of(action.key.as_deref())) {
                    row.request_id = request_id.unwrap_or_default();
                }
                Ok(())
            }
            Event::Verified { action, after } => self.ended(&action, at, "done", String::new(), standing(&after)),
            Event::Stuck { action, after, text } => {
                let after = after.as_ref().map(standing).unwrap_or_default();
                self.ended(&action, at, "stuck", text, after)
            }
            Event::Failed { action, text } => self.ended(&action, at, "failed", text, String::new()),
            Event::Refused { action, refusal } => {
                let text = format!("{}: {}", refusal.code, refusal.text);
                self.ended(&action, at, "refused", text, String::new())
            }
            Event::Reconciled { action, of_run, found, after } => {
                let found = match found {
                    Found::Gone => "done",
                    Found::StillThere => "not done",
                    Found::GoneAndMadeAnew => "done, and made anew",
                };
                let text = format!("asked for by run {of_run}, which was cut short");
                self.ended(&action, at, found, text, standing(&after))
            }
            Event::RunEnded { .. } => Ok(()),
        }
    }

    /// What this run says of an action, without an outcome.
    fn row(&self, action: &Subject) -> ActionRow {
        let Subject { key, verb, target, reason, owner, instance_type, price: _ } = action;
        ActionRow {
            key: key.clone().unwrap_or_default(),
            verb: verb.map(|verb| verb.to_string()).unwrap_or_default(),
            target: target.to_string(),
            owner: owner.clone().unwrap_or_default(),
            instance_type: instance_type.as_ref().map(ToString::to_string).unwrap_or_default(),
            reason: reason.code.to_string(),
            why: reason.text.clone(),
            ..self.run.first.clone()
        }
    }

    fn ended(&mut self, action: &Subject, at: String, outcome: &str, text: String, after: String) -> Result<()> {
        let asked = self.run.open.iter().position(|row| row.is_of(action.key.as_deref()));
        let row = match asked {
            Some(n) => self.run.open.remove(n),
            None => self.row(action),
        };
        self.write(&ActionRow { ended_at: at, outcome: outcome.to_owned(), text, after, ..row })
    }

    fn end_run(&mut self) -> Result<()> {
        for row in std::mem::take(&mut self.run.open) {
            let outcome = "not known".to_owned();
            let text = "the run was cut short after it asked for it; a later run tells what became of it".to_owned();
            self.write(&ActionRow { outcome, text, ..row })?;
        }
        Ok(())
    }

    fn write(&mut self, row: &ActionRow) -> Result<()> {
        self.rows += 1;
        Ok(self.csv.write(row)?)
    }

    /// The file of all rows, and how many there are.
    pub(super) fn finish(mut self) -> Result<(File, u64)> {
        self.end_run()?;
        let file = self.csv.finish()?.into_inner().map_err(|error| error.into_error())?;
        Ok((file, self.rows))
    }
}

fn standing(state: &State) -> String {
    match state {
        State::Gone => "gone".to_owned(),
        State::There { status, count: None, .. } => status.clone(),
        State::There { status, count: Some(count), .. } => format!("{status}, {} running", count.current),
    }
}
