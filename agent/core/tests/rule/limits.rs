//! What bounds or shifts a stop besides idleness: age, hours, GPUs, prepaid capacity.

use std::time::Duration;

use idle_core::{Activity, AppFacts, Decision, Item, ItemState, Reason, Schedule, Snooze, Source, Verdict};

use crate::story::{HOUR, MINUTE, Story, blind, could_not_see, gpu, kernel, looked, saw, secs, seen, started, wall};

fn hours(text: &str) -> Schedule {
    text.parse().unwrap()
}

fn busy() -> Activity {
    seen(vec![kernel(ItemState::Busy, 0)])
}

fn eight_hours_old_at_most() -> Story {
    Story::with(|parts| parts.max_age = Some(secs(8 * HOUR)))
}

#[test]
fn max_age_stops_at_work_after_a_whole_warning_and_not_before() {
    let mut story = eight_hours_old_at_most();
    let (warned, first) = story.until(Decision::Warn, 0, 20 * HOUR, |_| started(0, busy())).unwrap();
    assert_eq!((warned, first.stops_in), (8 * HOUR - 10 * MINUTE, Some(secs(10 * MINUTE))));
    assert_eq!((first.verdict, first.reason.code), (Verdict::Active, Reason::StopIsNear));
    let (stopped, last) = story.until(Decision::Stop, warned + MINUTE, HOUR, |_| started(0, busy())).unwrap();
    assert_eq!((stopped, last.reason.code), (8 * HOUR, Reason::MaxAge));
    assert_eq!((last.verdict, last.idle_for), (Verdict::Active, Duration::ZERO));
}

#[test]
fn an_app_that_is_too_old_already_is_warned_for_the_whole_time() {
    let old = started(-100_000, busy());
    let mut story = eight_hours_old_at_most();
    assert_eq!(story.watch(0, 9 * MINUTE, &old).decision, Decision::Warn);
    assert_eq!(story.look(10 * MINUTE, &old).decision, Decision::Stop);
}

#[test]
fn max_age_holds_also_for_the_blind_and_the_snoozed() {
    let snooze = Some(Snooze { until: wall(40 * 3600), reason: String::new() });
    for activity in [blind(), Activity { snooze, ..busy() }] {
        let activity = started(0, activity);
        let (at, stopped) =
            eight_hours_old_at_most().until(Decision::Stop, 0, 20 * HOUR, |_| activity.clone()).unwrap();
        assert_eq!((at, stopped.reason.code), (8 * HOUR, Reason::MaxAge));
    }
}

#[test]
fn an_app_of_unknown_or_future_start_has_no_age() {
    assert_eq!(eight_hours_old_at_most().until(Decision::Warn, 0, 30 * HOUR, |_| busy()), None);
    let tomorrow = started(365 * 24 * 3600, busy());
    assert_eq!(eight_hours_old_at_most().until(Decision::Warn, 0, 30 * HOUR, |_| tomorrow.clone()), None);
}

#[test]
fn the_record_of_an_app_at_work_tells_when_its_age_ends_it() {
    let judgement = eight_hours_old_at_most().look(HOUR, &started(0, busy()));
    assert_eq!((judgement.decision, judgement.stops_in), (Decision::Keep, Some(secs(7 * HOUR))));
    assert_eq!(Story::new().look(HOUR, &started(0, busy())).stops_in, None);
}

/// The story begins on a Monday at 14:13:20 UTC; office hours end at 18:00.
const OFFICE_HOURS_END: u64 = 3 * HOUR + 46 * MINUTE + 40;

#[test]
fn office_hours_hold_a_stop_and_their_end_brings_a_whole_warning() {
    let mut story = Story::with(|parts| parts.office_hours = Some(hours("Mon-Fri 08:00-18:00 UTC")));
    let held = story.watch(0, OFFICE_HOURS_END - 40, &seen(vec![]));
    assert_eq!((held.verdict, held.decision, held.reason.code), (Verdict::Idle, Decision::Keep, Reason::OfficeHours));
    assert_eq!((held.stops_in, held.held_back), (None, Some(Reason::OfficeHours)));
    let begin = OFFICE_HOURS_END + 20;
    let first = story.look(begin, &seen(vec![]));
    assert_eq!((first.decision, first.stops_in), (Decision::Warn, Some(secs(10 * MINUTE))));
    assert_eq!(first.held_back, None);
    assert_eq!(story.watch(begin + MINUTE, begin + 9 * MINUTE, &seen(vec![])).decision, Decision::Warn);
    assert_eq!(story.look(begin + 10 * MINUTE, &seen(vec![])).decision, Decision::Stop);
}

#[test]
fn office_hours_hold_max_age_as_well() {
    let mut story = Story::with(|parts| {
        parts.max_age = Some(secs(2 * HOUR));
        parts.office_hours = Some(hours("Mon-Fri 08:00-18:00 UTC"));
    });
    let (at, _) = story.until(Decision::Stop, 0, 10 * HOUR, |_| started(0, busy())).unwrap();
    assert!((OFFICE_HOURS_END + 10 * MINUTE..OFFICE_HOURS_END + 12 * MINUTE).contains(&at), "{at}");
}

#[test]
fn an_app_at_work_in_office_hours_is_kept_for_its_work() {
    let mut story = Story::with(|parts| parts.office_hours = Some(hours("daily 00:00-24:00 UTC")));
    assert_eq!(story.watch(0, 2 * HOUR, &busy()).reason.code, Reason::Busy);
    assert_eq!(Story::new().look(0, &seen(vec![])).reason.code, Reason::NotWatchedLongEnough);
}

#[test]
fn quiet_hours_shorten_the_timeout_and_only_then() {
    // From 18:00 on, a quarter of an hour.
    let quiet = Some((hours("daily 18:00-07:00 UTC"), secs(15 * MINUTE)));
    let mut story = Story::with(|parts| parts.quiet_hours.clone_from(&quiet));
    assert_eq!(story.look(0, &seen(vec![])).idle_timeout, secs(60 * MINUTE));
    let mut story = Story::with(|parts| parts.quiet_hours = quiet);
    let begin = OFFICE_HOURS_END + 20;
    assert_eq!(story.look(begin, &seen(vec![])).idle_timeout, secs(15 * MINUTE));
    let (at, _) = story.until(Decision::Stop, begin + MINUTE, HOUR, |_| seen(vec![])).unwrap();
    assert_eq!(at, begin + 15 * MINUTE);
}

#[test]
fn the_beginning_of_quiet_hours_stops_nobody_without_a_warning() {
    let mut story = Story::with(|parts| {
        parts.quiet_hours = Some((hours("daily 18:00-07:00 UTC"), secs(15 * MINUTE)));
    });
    // Idle for 45 minutes when the hours begin: at once due, and never warned.
    let idle_since = OFFICE_HOURS_END + 20 - 45 * MINUTE;
    assert_eq!(story.watch(idle_since, OFFICE_HOURS_END - 40, &seen(vec![])).decision, Decision::Keep);
    let first = story.look(OFFICE_HOURS_END + 20, &seen(vec![]));
    assert_eq!((first.decision, first.stops_in), (Decision::Warn, Some(secs(10 * MINUTE))));
}

#[test]
fn the_gpu_timeout_counts_only_where_a_gpu_was_seen() {
    let timeout_with = |readings| {
        let mut story = Story::with(|parts| parts.idle_timeout_gpu = Some(secs(20 * MINUTE)));
        story.look(0, &looked(readings)).idle_timeout
    };
    assert_eq!(timeout_with(vec![gpu(ItemState::Quiet)]), secs(20 * MINUTE));
    assert_eq!(timeout_with(vec![saw(Source::Gpu, vec![])]), secs(60 * MINUTE));
    assert_eq!(timeout_with(vec![could_not_see(Source::Gpu)]), secs(60 * MINUTE));
    assert_eq!(timeout_with(vec![]), secs(60 * MINUTE));
}

#[test]
fn an_idle_app_with_a_gpu_is_stopped_after_the_gpu_timeout() {
    let mut story = Story::with(|parts| parts.idle_timeout_gpu = Some(secs(20 * MINUTE)));
    let idle = || looked(vec![gpu(ItemState::Quiet)]);
    let (at, _) = story.until(Decision::Stop, 0, 2 * HOUR, |_| idle()).unwrap();
    assert_eq!(at, 20 * MINUTE);
}

#[test]
fn a_gpu_at_work_keeps() {
    let at_work = looked(vec![gpu(ItemState::Busy)]);
    assert_eq!(Story::new().until(Decision::Warn, 0, 20 * HOUR, |_| at_work.clone()), None);
}

#[test]
fn prepaid_capacity_is_never_stopped_and_never_warned() {
    let prepaid = |activity: Activity| {
        let facts = AppFacts { prepaid: Some("capacity block until tomorrow".into()), ..activity.facts };
        Activity { facts, ..activity }
    };
    let idle = prepaid(seen(vec![]));
    let last = Story::new().watch(0, 10 * HOUR, &idle);
    assert_eq!((last.decision, last.reason.code), (Decision::Keep, Reason::Prepaid));
    assert!(last.reason.text.contains("capacity block until tomorrow"), "{}", last.reason.text);
    let old = prepaid(started(-1_000_000, busy()));
    assert_eq!(eight_hours_old_at_most().until(Decision::Warn, 0, 10 * HOUR, |_| old.clone()), None);
}

#[test]
fn what_holds_back_every_stop_is_told_long_before_one_is_due() {
    let mut story = Story::with(|parts| parts.office_hours = Some(hours("daily 00:00-24:00 UTC")));
    let young = story.watch(0, 10 * MINUTE, &seen(vec![]));
    assert_eq!((young.reason.code, young.held_back), (Reason::NotWatchedLongEnough, Some(Reason::OfficeHours)));
    let facts = AppFacts { prepaid: Some("capacity block".into()), ..AppFacts::default() };
    let prepaid = story.look(11 * MINUTE, &Activity { facts, ..seen(vec![]) });
    assert_eq!((prepaid.decision, prepaid.held_back), (Decision::Keep, Some(Reason::Prepaid)));
    assert_eq!(Story::new().look(0, &seen(vec![])).held_back, None);
}

#[test]
fn the_end_of_a_capacity_block_brings_a_whole_warning() {
    let mut story = Story::new();
    let facts = AppFacts { prepaid: Some("capacity block".into()), ..AppFacts::default() };
    story.watch(0, 5 * HOUR, &Activity { facts, ..seen(vec![]) });
    let first = story.look(5 * HOUR + MINUTE, &seen(vec![]));
    assert_eq!((first.decision, first.stops_in), (Decision::Warn, Some(secs(10 * MINUTE))));
}

#[test]
fn a_policy_of_no_warning_stops_at_once_when_it_is_time() {
    let mut story = Story::with(|parts| parts.warn_before = Duration::ZERO);
    let kept = story.watch(0, 59 * MINUTE, &seen(vec![]));
    assert_eq!(kept.decision, Decision::Keep);
    assert_eq!(story.look(60 * MINUTE, &seen(vec![])).decision, Decision::Stop);
}

#[test]
fn items_of_every_source_keep_when_they_are_at_work() {
    for source in Source::ALL {
        let item = Item::new("x", "something", ItemState::Busy);
        let judgement = Story::new().look(0, &looked(vec![saw(*source, vec![item])]));
        assert_eq!((judgement.verdict, judgement.reason.code), (Verdict::Active, Reason::Busy), "{source:?}");
    }
}
