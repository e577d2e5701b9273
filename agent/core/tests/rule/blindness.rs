//! Not seeing: it keeps, it is reported, and it may be judged by the machine alone.

use idle_core::{
    Activity, Decision, Item, ItemState, PolicyParts, Reading, Reason, Sight, Snooze, Source, Verdict, WhenBlind,
};

use crate::story::{HOUR, MINUTE, Story, blind, could_not_see, gpu, looked, saw, secs, seen, wall};

#[test]
fn blindness_is_a_reason_of_its_own_once_it_is_long() {
    let mut story = Story::new();
    let short = story.watch(0, 2 * HOUR - MINUTE, &blind());
    assert_eq!((short.reason.code, short.blind_for), (Reason::SourceUnknown, None));
    assert!(short.notes.is_empty(), "{:?}", short.notes);
    let long = story.look(2 * HOUR, &blind());
    assert_eq!((long.verdict, long.decision, long.reason.code), (Verdict::Unknown, Decision::Keep, Reason::Blind));
    assert_eq!(long.blind_for, Some(secs(2 * HOUR)));
    assert!(long.reason.text.contains("connection refused"), "{}", long.reason.text);
    assert!(long.notes.iter().any(|note| note.starts_with("blind:")), "{:?}", long.notes);
}

#[test]
fn one_whole_look_ends_blindness_and_a_partial_one_does_not() {
    let mut story = Story::new();
    story.watch(0, 3 * HOUR, &blind());
    let partial = looked(vec![saw(Source::JupyterKernels, vec![]), could_not_see(Source::Docker)]);
    assert_eq!(story.look(3 * HOUR + MINUTE, &partial).blind_for, Some(secs(3 * HOUR + MINUTE)));
    assert_eq!(story.look(3 * HOUR + 2 * MINUTE, &seen(vec![])).blind_for, None);
    assert_eq!(story.look(3 * HOUR + 3 * MINUTE, &blind()).blind_for, None, "it begins again");
}

#[test]
fn blindness_beside_work_is_noted_and_the_work_is_the_reason() {
    let at_work = Item::new("job:1:1", "train.py", ItemState::Busy);
    let activity = looked(vec![saw(Source::Processes, vec![at_work]), could_not_see(Source::JupyterKernels)]);
    let last = Story::new().watch(0, 3 * HOUR, &activity);
    assert_eq!((last.reason.code, last.blind_for), (Reason::Busy, Some(secs(3 * HOUR))));
}

fn judging_processes(parts: &mut PolicyParts) {
    parts.when_blind = WhenBlind::JudgeProcesses;
}

/// A machine on which nothing happens, with a server that does not answer.
fn silent_server(others: Vec<Reading>) -> Activity {
    looked([vec![could_not_see(Source::JupyterKernels)], others].concat())
}

fn machine_at_rest() -> Vec<Reading> {
    vec![saw(Source::Processes, vec![]), gpu(ItemState::Quiet)]
}

#[test]
fn processes_and_gpu_may_judge_only_after_blind_after_and_for_a_whole_timeout() {
    let mut story = Story::with(judging_processes);
    let before = story.watch(0, 2 * HOUR - MINUTE, &silent_server(machine_at_rest()));
    assert_eq!(before.verdict, Verdict::Unknown);
    let begun = story.look(2 * HOUR, &silent_server(machine_at_rest()));
    assert_eq!((begun.verdict, begun.watched_for), (Verdict::Idle, secs(0)));
    let silent = |_| silent_server(machine_at_rest());
    let (at, stopped) = story.until(Decision::Stop, 2 * HOUR + MINUTE, 5 * HOUR, silent).unwrap();
    assert_eq!((at, stopped.reason.code), (3 * HOUR, Reason::IdleTimeout));
    assert!(stopped.notes.iter().any(|note| note.contains("by processes and GPU alone")), "{:?}", stopped.notes);
    assert_eq!(stopped.blind_for, Some(secs(3 * HOUR)), "that it was blind is not hidden");
}

#[test]
fn without_the_administrators_leave_nothing_is_judged_when_blind() {
    assert_eq!(Story::new().until(Decision::Warn, 0, 40 * HOUR, |_| silent_server(machine_at_rest())), None);
}

#[test]
fn processes_judge_only_when_they_and_the_machine_are_seen() {
    for (case, readings) in [
        ("no processes", vec![gpu(ItemState::Quiet)]),
        ("processes not seen", vec![could_not_see(Source::Processes), gpu(ItemState::Quiet)]),
        ("GPU not seen", vec![saw(Source::Processes, vec![]), could_not_see(Source::Gpu)]),
        ("containers not seen", vec![saw(Source::Processes, vec![]), could_not_see(Source::Docker)]),
        ("terminals not seen", vec![saw(Source::Processes, vec![]), could_not_see(Source::PseudoTerminals)]),
        ("SSH not seen", vec![saw(Source::Processes, vec![]), could_not_see(Source::SshSessions)]),
    ] {
        let mut story = Story::with(judging_processes);
        assert_eq!(story.until(Decision::Warn, 0, 20 * HOUR, |_| silent_server(readings.clone())), None, "{case}");
    }
}

#[test]
fn a_job_keeps_also_when_processes_judge() {
    let job = saw(Source::Processes, vec![Item::new("job:1:1", "train.py", ItemState::Busy)]);
    let mut story = Story::with(judging_processes);
    assert_eq!(story.until(Decision::Warn, 0, 20 * HOUR, |_| silent_server(vec![job.clone()])), None);
}

#[test]
fn a_job_that_ends_while_processes_judge_leaves_a_whole_timeout() {
    let mut story = Story::with(judging_processes);
    let job = saw(Source::Processes, vec![Item::new("job:1:1", "train.py", ItemState::Busy)]);
    story.watch(0, 5 * HOUR, &silent_server(vec![job]));
    let (at, _) =
        story.until(Decision::Stop, 5 * HOUR + MINUTE, 3 * HOUR, |_| silent_server(machine_at_rest())).unwrap();
    assert_eq!(at, 6 * HOUR);
}

#[test]
fn a_snooze_holds_also_when_processes_judge() {
    let snooze = Some(Snooze { until: wall(30 * 3600), reason: String::new() });
    let snoozed = Activity { snooze, ..silent_server(machine_at_rest()) };
    let last = Story::with(judging_processes).watch(0, 10 * HOUR, &snoozed);
    assert_eq!(last.reason.code, Reason::Snoozed);
}

#[test]
fn a_server_that_comes_back_at_work_is_at_work() {
    let mut story = Story::with(judging_processes);
    story.watch(0, 2 * HOUR + 55 * MINUTE, &silent_server(machine_at_rest()));
    let busy = Item::new("k1", "kernel", ItemState::Busy);
    let activity = looked([vec![saw(Source::JupyterKernels, vec![busy])], machine_at_rest()].concat());
    let back = story.look(2 * HOUR + 56 * MINUTE, &activity);
    assert_eq!((back.verdict, back.decision, back.blind_for), (Verdict::Active, Decision::Keep, None));
}

#[test]
fn what_no_machine_has_is_seen_when_processes_judge() {
    let absent = Reading { source: Source::Docker, sight: Sight::Absent("there is no Docker socket".into()) };
    let mut story = Story::with(judging_processes);
    let readings = vec![saw(Source::Processes, vec![]), absent];
    assert!(story.until(Decision::Stop, 0, 4 * HOUR, |_| silent_server(readings.clone())).is_some());
}
