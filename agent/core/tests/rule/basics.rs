//! Work, stamps, watching and warning: what every app goes through.

use std::time::Duration;

use idle_core::{Activity, Decision, IdlePolicy, ItemState, Reading, Reason, Sight, Snooze, Source, Verdict};

use crate::story::{MINUTE, Story, blind, kernel, secs, seen, seen_in_run, wall};

#[test]
fn an_app_that_was_never_opened_is_warned_and_stopped() {
    let mut story = Story::new();
    assert_eq!(story.watch(0, 49 * MINUTE, &seen(vec![])).decision, Decision::Keep);
    let warned = story.look(50 * MINUTE, &seen(vec![]));
    assert_eq!((warned.decision, warned.reason.code), (Decision::Warn, Reason::StopIsNear));
    assert_eq!(story.watch(51 * MINUTE, 59 * MINUTE, &seen(vec![])).decision, Decision::Warn);
    let stopped = story.look(60 * MINUTE, &seen(vec![]));
    assert_eq!((stopped.decision, stopped.reason.code), (Decision::Stop, Reason::IdleTimeout));
}

#[test]
fn a_busy_kernel_keeps_the_app_however_old_its_stamp_is() {
    let busy = seen(vec![kernel(ItemState::Busy, -1_000_000)]);
    let last = Story::new().watch(0, 600 * MINUTE, &busy);
    assert_eq!((last.verdict, last.decision, last.reason.code), (Verdict::Active, Decision::Keep, Reason::Busy));
    assert_eq!(last.idle_for, Duration::ZERO);
}

#[test]
fn after_busy_the_clock_starts_at_our_last_sight_of_it_even_if_the_stamp_did_not_move() {
    let mut story = Story::new();
    story.watch(0, 120 * MINUTE, &seen(vec![kernel(ItemState::Busy, 0)]));
    let idle = seen(vec![kernel(ItemState::Quiet, 0)]);
    assert_eq!(story.watch(121 * MINUTE, 179 * MINUTE, &idle).decision, Decision::Warn);
    assert_eq!(story.look(180 * MINUTE, &idle).decision, Decision::Stop);
}

#[test]
fn a_stamp_counts_also_when_its_kernel_is_gone() {
    let mut story = Story::new();
    story.watch(0, 39 * MINUTE, &seen(vec![kernel(ItemState::Quiet, 0)]));
    story.look(40 * MINUTE, &seen(vec![kernel(ItemState::Quiet, 40 * 60 - 5)]));
    let gone = story.watch(41 * MINUTE, 60 * MINUTE, &seen(vec![]));
    assert_eq!((gone.decision, gone.reason.code), (Decision::Keep, Reason::RecentActivity));
}

#[test]
fn an_unsettled_kernel_is_neither_idle_at_once_nor_active_for_ever() {
    for state in ["starting", "restarting", "dead", "unknown", "a-word-of-tomorrow"] {
        let mut story = Story::new();
        let activity = seen(vec![kernel(ItemState::Unsettled(state.into()), 0)]);
        assert_eq!(story.look(0, &activity).reason.code, Reason::Unsettled, "{state}");
        assert_eq!(story.watch(60, 4 * MINUTE, &activity).verdict, Verdict::Active, "{state}");
        assert_eq!(story.look(5 * MINUTE, &activity).verdict, Verdict::Idle, "{state}");
        assert_eq!(story.watch(6 * MINUTE, 64 * MINUTE, &activity).decision, Decision::Stop, "{state}");
    }
}

#[test]
fn changing_from_one_unsettled_state_to_another_gains_no_time() {
    let mut story = Story::new();
    for minute in 0..64 {
        let state = if minute % 2 == 0 { "starting" } else { "restarting" };
        story.look(minute * MINUTE, &seen(vec![kernel(ItemState::Unsettled(state.into()), 0)]));
    }
    let last = story.look(64 * MINUTE, &seen(vec![kernel(ItemState::Unsettled("dead".into()), 0)]));
    assert_eq!(last.decision, Decision::Stop);
}

#[test]
fn unknown_is_not_idle() {
    let last = Story::new().watch(0, 1000 * MINUTE, &blind());
    assert_eq!((last.verdict, last.decision), (Verdict::Unknown, Decision::Keep));
    assert_eq!(last.reason.code, Reason::Blind, "longer than blind-after");
    let none = Story::new().watch(0, 1000 * MINUTE, &Activity::default());
    assert_eq!((none.verdict, none.decision), (Verdict::Unknown, Decision::Keep));
}

#[test]
fn a_flaky_server_does_not_keep_its_app_for_ever() {
    let mut story = Story::new();
    for minute in 0..60 {
        let activity = if minute % 2 == 1 { blind() } else { seen(vec![]) };
        assert_ne!(story.look(minute * MINUTE, &activity).decision, Decision::Stop);
    }
    assert_eq!(story.look(60 * MINUTE, &seen(vec![])).decision, Decision::Stop);
}

#[test]
fn a_long_gap_starts_the_watch_again() {
    let mut story = Story::new();
    story.watch(0, 55 * MINUTE, &seen(vec![]));
    story.watch(56 * MINUTE, 61 * MINUTE, &blind());
    let back = story.look(62 * MINUTE, &seen(vec![]));
    assert_eq!((back.decision, back.reason.code), (Decision::Keep, Reason::NotWatchedLongEnough));
    assert_eq!(back.watched_for, Duration::ZERO);
    assert_eq!(story.watch(63 * MINUTE, 121 * MINUTE, &seen(vec![])).decision, Decision::Warn);
    assert_eq!(story.look(122 * MINUTE, &seen(vec![])).decision, Decision::Stop);
}

#[test]
fn a_short_timeout_allows_only_half_of_it_as_a_gap() {
    let mut story = Story::new();
    story.policy = IdlePolicy::new(secs(60), Duration::ZERO).unwrap();
    story.look(0, &seen(vec![]));
    assert_eq!(story.look(31, &seen(vec![])).watched_for, Duration::ZERO);
    assert_eq!(story.look(61, &seen(vec![])).watched_for, secs(30));
}

#[test]
fn a_server_restarted_in_between_starts_the_watch_again() {
    let mut story = Story::new();
    story.watch(0, 58 * MINUTE, &seen(vec![]));
    story.look(59 * MINUTE, &blind());
    let restarted = story.look(60 * MINUTE, &seen_in_run(vec![], "run-2"));
    assert_eq!((restarted.decision, restarted.watched_for), (Decision::Keep, Duration::ZERO));
}

#[test]
fn a_step_of_the_wall_clock_starts_the_watch_again() {
    for step in [-3 * 3600, 3 * 3600] {
        let mut story = Story::new();
        story.watch(0, 58 * MINUTE, &seen(vec![kernel(ItemState::Quiet, 0)]));
        story.wall_step = step;
        let stepped = story.look(59 * MINUTE, &seen(vec![kernel(ItemState::Quiet, 0)]));
        assert_eq!((stepped.decision, stepped.watched_for), (Decision::Keep, Duration::ZERO), "{step}");
        let later = story.watch(60 * MINUTE, 118 * MINUTE, &seen(vec![kernel(ItemState::Quiet, 0)]));
        assert_eq!(later.decision, Decision::Warn, "{step}");
    }
}

#[test]
fn many_small_steps_are_one_large_one() {
    let mut story = Story::new();
    for minute in 0..=58 {
        story.wall_step += 1;
        story.look(minute * MINUTE, &seen(vec![]));
    }
    assert_eq!(story.look(60 * MINUTE, &seen(vec![])).decision, Decision::Keep);
}

#[test]
fn a_stamp_in_the_future_counts_as_now_once_and_is_noted() {
    let mut story = Story::new();
    let future = seen(vec![kernel(ItemState::Quiet, 365 * 24 * 3600)]);
    let first = story.look(0, &future);
    assert_eq!(first.idle_for, Duration::ZERO);
    assert!(first.sources[0].detail.contains("in the future"), "{}", first.sources[0].detail);
    assert_eq!(first.sources[0].last_active, Some(wall(0)));
    assert_eq!(story.watch(60, 60 * MINUTE, &future).decision, Decision::Stop);
}

#[test]
fn work_that_begins_during_the_warning_cancels_it() {
    let mut story = Story::new();
    story.watch(0, 55 * MINUTE, &seen(vec![]));
    assert_eq!(story.look(56 * MINUTE, &seen(vec![kernel(ItemState::Busy, 0)])).decision, Decision::Keep);
    assert_eq!(story.watch(57 * MINUTE, 105 * MINUTE, &seen(vec![])).decision, Decision::Keep);
    assert_eq!(story.look(106 * MINUTE, &seen(vec![])).decision, Decision::Warn);
}

#[test]
fn a_snooze_keeps_and_its_end_brings_a_whole_warning() {
    let mut story = Story::new();
    let snooze = Some(Snooze { until: wall(90 * 60), reason: "demo at noon".into() });
    let snoozed = Activity { snooze, ..seen(vec![]) };
    let kept = story.watch(0, 89 * MINUTE, &snoozed);
    assert_eq!((kept.verdict, kept.decision, kept.reason.code), (Verdict::Idle, Decision::Keep, Reason::Snoozed));
    assert_eq!(story.watch(90 * MINUTE, 99 * MINUTE, &snoozed).decision, Decision::Warn);
    assert_eq!(story.look(100 * MINUTE, &snoozed).decision, Decision::Stop);
}

#[test]
fn work_seen_beside_a_blind_source_is_work() {
    let mut activity = seen(vec![kernel(ItemState::Busy, 0)]);
    activity.readings.push(Reading { source: Source::JupyterTerminals, sight: Sight::Unknown("HTTP 500".into()) });
    let judgement = Story::new().look(0, &activity);
    assert_eq!((judgement.verdict, judgement.reason.code), (Verdict::Active, Reason::Busy));
}

#[test]
fn what_is_absent_is_seen() {
    let mut activity = seen(vec![]);
    activity.readings.push(Reading { source: Source::JupyterTerminals, sight: Sight::Absent("disabled".into()) });
    assert_eq!(Story::new().watch(0, 60 * MINUTE, &activity).decision, Decision::Stop);
}

#[test]
fn an_id_that_is_listed_twice_gains_no_time() {
    let mut story = Story::new();
    let twice = seen(vec![kernel(ItemState::Unsettled("starting".into()), 0), kernel(ItemState::Quiet, 0)]);
    assert_eq!(story.watch(0, 4 * MINUTE, &twice).verdict, Verdict::Active);
    assert_eq!(story.watch(5 * MINUTE, 64 * MINUTE, &twice).decision, Decision::Stop);
}
