//! Stamps that prove nothing: our own, and those that no person makes.

use idle_core::{Activity, Decision, Echo, Item, ItemState, Reason, Source};

use crate::story::{HOUR, MINUTE, Story, looked, saw, secs, wall};

fn terminal(stamp: i64) -> Activity {
    let item = Item::new("pts:1", "terminal pts/1", ItemState::Quiet).active_at(wall(stamp));
    looked(vec![saw(Source::PseudoTerminals, vec![item])])
}

/// The same, where a line of ours may show in these seconds.
fn told(stamp: i64, from: i64, to: i64) -> Activity {
    let echo = Echo { source: Source::PseudoTerminals, from: wall(from), to: wall(to) };
    Activity { echoes: vec![echo], ..terminal(stamp) }
}

#[test]
fn our_own_line_on_a_terminal_moves_nothing() {
    let mut story = Story::new();
    assert_eq!(story.watch(0, 50 * MINUTE, &terminal(0)).decision, Decision::Warn);
    let told = told(3001, 2999, 3003);
    let after = story.watch(51 * MINUTE, 59 * MINUTE, &told);
    assert_eq!((after.decision, after.idle_for), (Decision::Warn, secs(59 * MINUTE)));
    assert_eq!(story.look(60 * MINUTE, &told).decision, Decision::Stop);
}

#[test]
fn somebody_elses_later_stamp_counts() {
    let mut story = Story::new();
    story.watch(0, 50 * MINUTE, &terminal(0));
    story.look(51 * MINUTE, &told(3001, 2999, 3003));
    let typed = story.look(52 * MINUTE, &told(3100, 2999, 3003));
    assert_eq!((typed.decision, typed.reason.code), (Decision::Keep, Reason::RecentActivity));
    assert_eq!(typed.idle_for, secs(52 * MINUTE - 3100));
}

#[test]
fn an_echo_covers_its_own_source_only() {
    let mut story = Story::new();
    story.watch(0, 50 * MINUTE, &terminal(0));
    let mut elsewhere = told(3001, 2999, 3003);
    elsewhere.echoes[0].source = Source::JupyterTerminals;
    assert_eq!(story.look(51 * MINUTE, &elsewhere).decision, Decision::Keep);
}

#[test]
fn what_was_typed_before_our_line_is_not_forgotten() {
    let mut story = Story::new();
    story.watch(0, 18 * MINUTE, &terminal(0));
    story.look(20 * MINUTE, &terminal(1100));
    let told = story.look(21 * MINUTE, &told(1250, 1249, 1253));
    assert_eq!(told.idle_for, secs(21 * MINUTE - 1100));
}

fn stamped(source: Source, stamp: i64) -> Activity {
    let item = Item::new("stamp", "last activity", ItemState::Quiet).active_at(wall(stamp));
    looked(vec![saw(source, vec![item])])
}

fn is_tampering(notes: &[String]) -> bool {
    notes.iter().any(|note| note.starts_with("tampering"))
}

#[test]
fn a_future_stamp_in_the_activity_file_is_tampering_and_counts_once() {
    let mut story = Story::new();
    let future = stamped(Source::ActivityFile, 1_000_000);
    let first = story.look(0, &future);
    assert!(is_tampering(&first.notes), "{:?}", first.notes);
    assert_eq!(first.idle_for, secs(0));
    let (at, last) = story.until(Decision::Stop, MINUTE, 2 * HOUR, |_| future.clone()).unwrap();
    assert_eq!(at, 60 * MINUTE);
    assert!(is_tampering(&last.notes), "it is said for as long as it stands");
}

#[test]
fn two_clocks_that_differ_by_a_minute_are_no_tampering() {
    assert!(!is_tampering(&Story::new().look(0, &stamped(Source::ActivityFile, 60)).notes));
    assert!(is_tampering(&Story::new().look(0, &stamped(Source::ActivityFile, 61)).notes));
    let kernels = stamped(Source::JupyterKernels, 1_000_000);
    assert!(!is_tampering(&Story::new().look(0, &kernels).notes), "nobody writes a kernel's stamp");
}

#[test]
fn a_stamp_that_never_rests_is_tampering_after_a_day_and_still_counts() {
    for source in [Source::ActivityFile, Source::CodeEditor] {
        let mut story = Story::new();
        let at_once = |at: u64| stamped(source, i64::try_from(at).unwrap());
        for at in (0..24 * HOUR).step_by(60) {
            let judgement = story.look(at, &at_once(at));
            assert!(!is_tampering(&judgement.notes), "{source:?} at {at}");
        }
        let day = story.look(24 * HOUR, &at_once(24 * HOUR));
        assert!(is_tampering(&day.notes), "{source:?}");
        assert_eq!((day.decision, day.reason.code), (Decision::Keep, Reason::RecentActivity));
    }
}

#[test]
fn a_pause_of_half_an_hour_is_a_person() {
    let mut story = Story::new();
    let last_stamp = |at: u64| {
        // Nothing between the 12th hour and 31 minutes after it.
        let pause = 12 * HOUR..12 * HOUR + 31 * MINUTE;
        if pause.contains(&at) { pause.start } else { at }
    };
    for at in (0..=30 * HOUR).step_by(60) {
        let activity = stamped(Source::ActivityFile, i64::try_from(last_stamp(at)).unwrap());
        assert!(!is_tampering(&story.look(at, &activity).notes), "{at}");
    }
}

#[test]
fn moving_once_in_half_an_hour_is_no_pause() {
    let mut story = Story::new();
    let mut last = None;
    for at in (0..=25 * HOUR).step_by(60) {
        let stamp = at / (30 * MINUTE) * (30 * MINUTE);
        last = Some(story.look(at, &stamped(Source::ActivityFile, i64::try_from(stamp).unwrap())));
    }
    assert!(is_tampering(&last.unwrap().notes));
}
