//! Whether the agent decides what the scenario says. Nothing here passes for
//! want of evidence: a keep is watched for longer than the idle timeout, and a
//! stop is seen at SageMaker.

use std::time::{Duration, Instant};

use anyhow::{bail, ensure};
use idle_core::{Decision, DecisionRecord, Reason, Verdict};
use serde_json::Value;

use super::form::Expectation;
use super::play::span;
use super::stage::Stage;
use crate::PATIENCE;

const POLL: Duration = Duration::from_millis(100);
/// Longer than the idle timeout by this: a stop would have come.
const BEYOND: Duration = Duration::from_secs(3);

/// Waits for the decision, and checks all that makes it one.
pub(super) fn meet(stage: &mut Stage, expectation: &Expectation) -> anyhow::Result<()> {
    if stage.agent.is_none() {
        stage.start_agent()?;
    }
    match expectation.decision {
        Decision::Keep => keep(stage, expectation)?,
        Decision::Stop => stop(stage, expectation)?,
        Decision::Warn => bail!("a warning is no end; hint: record.decision = \"warn\""),
    }
    let calls = expectation.calls.unwrap_or(usize::from(expectation.decision == Decision::Stop));
    let asked = calls_of_the_stop(stage, calls)?;
    ensure!(
        asked.iter().all(|call| call["request"] == stage.stop.request),
        "another resource was named than {}: {asked:?}",
        stage.stop.request
    );
    Ok(())
}

/// The calls for the stop, no more than `wanted`. The agent records what it decides
/// before it does it, so the last of them may be on its way.
fn calls_of_the_stop(stage: &Stage, wanted: usize) -> anyhow::Result<Vec<Value>> {
    let end = Instant::now() + PATIENCE;
    loop {
        let asked = stage.sandbox.calls_of(stage.stop.operation)?;
        if asked.len() == wanted {
            return Ok(asked);
        }
        let operation = stage.stop.operation;
        ensure!(
            asked.len() < wanted && Instant::now() < end,
            "{operation} was asked for {} times, not {wanted}",
            asked.len()
        );
        std::thread::sleep(POLL);
    }
}

/// Every record from the first that fits on fits, for longer than the idle timeout.
fn keep(stage: &mut Stage, expectation: &Expectation) -> anyhow::Result<()> {
    let from = stage.agent()?.records().len();
    let first_end = Instant::now() + PATIENCE;
    loop {
        let records = stage.agent()?.records();
        let mut later = records[from..].iter();
        let first = later.find(|record| mismatch(expectation, record).is_none());
        if let Some(first) = first {
            let last = settled(first, later, expectation)?;
            let kept = Duration::try_from(last.at.duration_since(first.at)).unwrap_or_default();
            let wanted = match &expectation.lasts {
                Some(lasts) => span(lasts)?,
                None => Duration::from_secs(last.idle_timeout_seconds) + BEYOND,
            };
            if kept >= wanted {
                stage.seen = records.len();
                return Ok(());
            }
        } else if let Some(stop) = records[from..].iter().find(|record| record.decision == Decision::Stop) {
            bail!("it is stopped: {}", stop.reason.text);
        }
        // Looks may be slow, so the second limit is generous, too.
        let limit = if first.is_some() { first_end + PATIENCE } else { first_end };
        if Instant::now() > limit {
            let why = records[from..].last().and_then(|record| mismatch(expectation, record));
            bail!("it is never kept like that: {}", why.unwrap_or_else(|| "there are too few records".to_owned()));
        }
        std::thread::sleep(POLL);
    }
}

/// The last of the records that follow the first good one.
fn settled<'a>(
    first: &'a DecisionRecord,
    later: impl Iterator<Item = &'a DecisionRecord>,
    expectation: &Expectation,
) -> anyhow::Result<&'a DecisionRecord> {
    let mut last = first;
    for record in later {
        if let Some(why) = mismatch(expectation, record) {
            bail!("at {} no longer: {why}", record.at);
        }
        last = record;
    }
    Ok(last)
}

fn stop(stage: &mut Stage, expectation: &Expectation) -> anyhow::Result<()> {
    let end = Instant::now() + PATIENCE;
    let (n, records) = loop {
        let records = stage.agent()?.records();
        let stop = records.iter().skip(stage.seen).position(|record| record.decision == Decision::Stop);
        if let Some(n) = stop {
            break (stage.seen + n, records);
        }
        if Instant::now() > end {
            bail!("it is not stopped: {}", records.last().map_or("there is no record", |r| r.reason.text.as_str()));
        }
        std::thread::sleep(POLL);
    };
    stage.seen = n + 1;
    let stop = &records[n];
    if let Some(why) = mismatch(expectation, stop) {
        bail!("it is stopped, but {why}");
    }
    announced_and_due(&records[..n], stop)?;
    if expectation.calls.is_none() {
        stage.agent()?.wait_for_log("SageMaker is ")?;
        // Looks go on while SageMaker stops the app: none may ask again.
        let more = n + 3;
        while stage.agent()?.records().len() < more {
            ensure!(Instant::now() < end + PATIENCE, "no record came after the stop");
            std::thread::sleep(POLL);
        }
    }
    Ok(())
}

/// What holds for every stop, whatever its scenario: it was announced, and where
/// it is for idleness, nothing was seen at work for the idle timeout.
fn announced_and_due(before: &[DecisionRecord], stop: &DecisionRecord) -> anyhow::Result<()> {
    // A stop that is not over yet is decided anew at each look.
    let earlier = before.iter().rev().find(|record| record.decision != Decision::Stop);
    let announced = earlier.is_some_and(|record| record.decision == Decision::Warn);
    ensure!(announced, "it is stopped without a warning before");
    if !matches!(stop.reason.code, Reason::IdleTimeout | Reason::Stuck) {
        return Ok(());
    }
    let timeout = stop.idle_timeout_seconds;
    ensure!(stop.idle_for_seconds >= timeout, "it is stopped after {} s of {timeout} s", stop.idle_for_seconds);
    ensure!(stop.watched_for_seconds >= timeout, "it was watched for {} s of {timeout} s", stop.watched_for_seconds);
    let work = before.iter().rev().find(|record| record.verdict == Verdict::Active);
    let since = work.map_or(i64::MAX, |record| stop.at.duration_since(record.at).as_secs());
    ensure!(u64::try_from(since).unwrap_or(0) >= timeout, "it is stopped {since} s after work was seen");
    Ok(())
}

/// Why a record is not what is expected, if it is not.
fn mismatch(expectation: &Expectation, record: &DecisionRecord) -> Option<String> {
    let Expectation {
        decision,
        reason,
        verdict,
        holds,
        text,
        note,
        sources,
        pre_stop,
        idle_timeout,
        lasts: _,
        calls: _,
    } = expectation;
    let said = &record.reason;
    if record.decision != *decision || !reason.hold(said.code) {
        return Some(format!("it is {:?} for {} ({})", record.decision, said.code, said.text));
    }
    if verdict.is_some_and(|wanted| wanted != record.verdict) {
        return Some(format!("the verdict is {:?}", record.verdict));
    }
    if let Some(part) = text.as_ref().filter(|part| !said.text.contains(*part)) {
        return Some(format!("{part:?} is not in the reason: {}", said.text));
    }
    if let Some(part) = note.as_ref().filter(|part| !record.notes.iter().any(|note| note.contains(*part))) {
        return Some(format!("{part:?} is not in the notes: {:?}", record.notes));
    }
    if let Some(part) = pre_stop {
        let detail = record.pre_stop.as_ref().map(|hook| hook.detail.as_str());
        if detail.is_none_or(|detail| !detail.contains(part.as_str())) {
            return Some(format!("the pre-stop hook is {detail:?}"));
        }
    }
    if idle_timeout.is_some_and(|wanted| wanted != record.idle_timeout_seconds) {
        return Some(format!("the idle timeout is {} s", record.idle_timeout_seconds));
    }
    if let Some(source) = holds
        && !record.sources.iter().any(|known| known.name == *source && known.holds)
    {
        return Some(format!("{} does not hold it", source.as_str()));
    }
    sources.iter().find_map(|(source, state)| {
        let known = record.sources.iter().find(|known| known.name == *source);
        let said = known.map(|known| format!("{:?}: {}", known.state, known.detail));
        (known.map(|known| known.state) != Some(*state)).then(|| format!("{} is {said:?}", source.as_str()))
    })
}
