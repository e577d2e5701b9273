//! What a judgement tells: which source holds the app up, notes, details.

use idle_core::{
    Activity, AppFacts, Decision, Item, ItemState, Judgement, Reading, Reason, Sight, Source, SourceState, Verdict,
};

use crate::story::{MINUTE, Story, could_not_see, kernel, looked, saw, secs, seen, wall};

fn holding(judgement: &Judgement) -> Vec<Source> {
    judgement.sources.iter().filter(|source| source.holds).map(|source| source.name).collect()
}

fn stamped(source: Source, stamp: i64) -> Reading {
    saw(source, vec![Item::new("x", "something", ItemState::Quiet).active_at(wall(stamp))])
}

#[test]
fn what_is_at_work_holds() {
    let starting = Item::new("k2", "kernel r", ItemState::Unsettled("starting".into()));
    let activity = looked(vec![
        saw(Source::JupyterKernels, vec![kernel(ItemState::Busy, 0)]),
        saw(Source::JupyterSessions, vec![starting]),
        stamped(Source::PseudoTerminals, 0),
        could_not_see(Source::Docker),
    ]);
    assert_eq!(holding(&Story::new().look(0, &activity)), [Source::JupyterKernels, Source::JupyterSessions]);
}

#[test]
fn what_cannot_be_seen_holds_when_nothing_is_at_work() {
    let activity = looked(vec![stamped(Source::PseudoTerminals, 0), could_not_see(Source::Docker)]);
    assert_eq!(holding(&Story::new().look(0, &activity)), [Source::Docker]);
}

#[test]
fn the_latest_stamp_holds_while_it_is_recent() {
    let activity = looked(vec![stamped(Source::JupyterTerminals, 900), stamped(Source::ActivityFile, 1000)]);
    let mut story = Story::new();
    let recent = story.watch(1020, 60 * MINUTE, &activity);
    assert_eq!((recent.reason.code, holding(&recent)), (Reason::RecentActivity, vec![Source::ActivityFile]));
    let warned = story.until(Decision::Warn, 61 * MINUTE, 40 * MINUTE, |_| activity.clone()).unwrap().1;
    assert_eq!(holding(&warned), [], "nothing holds it any longer");
}

#[test]
fn a_stamp_does_not_hold_where_something_later_does() {
    let mut story = Story::new();
    let mut busy = looked(vec![stamped(Source::JupyterTerminals, 0)]);
    busy.readings.push(saw(Source::JupyterKernels, vec![kernel(ItemState::Busy, 0)]));
    story.watch(0, 60 * MINUTE, &busy);
    let gone = looked(vec![stamped(Source::JupyterTerminals, 0), saw(Source::JupyterKernels, vec![])]);
    let kept = story.watch(61 * MINUTE, 65 * MINUTE, &gone);
    assert_eq!((kept.decision, kept.reason.code), (Decision::Keep, Reason::RecentActivity));
    assert_eq!(holding(&kept), [], "our own sight of work holds it, and no stamp");
}

#[test]
fn the_notes_of_the_facts_come_first() {
    let facts = AppFacts { notes: vec!["conflict: native".into()], ..AppFacts::default() };
    let future = stamped(Source::ActivityFile, 1_000_000);
    let judgement = Story::new().look(0, &Activity { facts, ..looked(vec![future]) });
    assert_eq!(judgement.notes.len(), 2);
    assert_eq!(judgement.notes[0], "conflict: native");
}

#[test]
fn the_sources_come_in_order_whatever_order_they_were_asked_in() {
    let mut readings: Vec<Reading> = Source::ALL.iter().map(|source| saw(*source, vec![])).collect();
    readings.reverse();
    let names: Vec<Source> = Story::new().look(0, &looked(readings)).sources.iter().map(|s| s.name).collect();
    assert_eq!(names, Source::ALL);
}

#[test]
fn a_long_list_is_cut_and_what_is_at_work_stands_first() {
    let item = |n: u32, state| Item::new(format!("k{n}"), format!("kernel {n}"), state);
    let mut items: Vec<Item> = (0..20).map(|n| item(n, ItemState::Quiet)).collect();
    items.push(item(99, ItemState::Busy));
    let judgement = Story::new().look(0, &seen(items));
    let detail = &judgement.sources[0].detail;
    assert!(detail.starts_with("kernel 99: busy; ") && detail.ends_with("; and 16 more"), "{detail}");
}

#[test]
fn the_report_of_a_gateway_is_a_source_like_any_other() {
    let report =
        |sight| looked(vec![saw(Source::JupyterKernels, vec![]), Reading { source: Source::GatewayReport, sight }]);
    let busy = Item::new("busy:0", "process train.py", ItemState::Busy);
    let rest = Item::new("rest", "the app's processes", ItemState::Quiet).active_at(wall(0));
    let at_work = report(Sight::Seen { items: vec![busy, rest.clone()], run: None });
    assert_eq!(Story::new().watch(0, 600 * MINUTE, &at_work).verdict, Verdict::Active);
    let silent = report(Sight::Unknown("no agent reports from inside the app".into()));
    assert_eq!(Story::new().until(Decision::Warn, 0, 6000, |_| silent.clone()), None);
    let idle = report(Sight::Seen { items: vec![rest], run: None });
    let mut story = Story::new();
    let (at, stopped) = story.until(Decision::Stop, 0, 7200, |_| idle.clone()).unwrap();
    assert_eq!((at, stopped.sources[1].state), (60 * MINUTE, SourceState::Idle));
}

#[test]
fn the_time_to_the_stop_is_told_while_something_leads_there() {
    let mut story = Story::new();
    assert_eq!(story.look(0, &seen(vec![])).stops_in, Some(secs(60 * MINUTE)));
    assert_eq!(story.look(MINUTE, &seen(vec![kernel(ItemState::Busy, 0)])).stops_in, None);
    assert_eq!(story.look(2 * MINUTE, &seen(vec![])).stops_in, Some(secs(59 * MINUTE)));
    let unknown = story.look(3 * MINUTE, &looked(vec![could_not_see(Source::JupyterKernels)]));
    assert_eq!(unknown.stops_in, None);
}
