//! What one stop saved.

use cost_ledger::line::{Fact, Grade, Line, Native, Rate, Stopped};
use cost_ledger::report::Held;
use cost_ledger::{CAP, saving};

use crate::lines::*;

/// The run begins at 2, is stopped at 100, and is looked for until 3,000.
fn story(change: impl FnOnce(&mut Stopped), more: &[Line]) -> (i64, i64, Held, Grade, usize) {
    let mut stopped = as_stopped(LAB, 2, 100);
    change(&mut stopped);
    let stop = line(100, Fact::Stopped(stopped));
    let lines = [&[look(90), ran(90, LAB, 2, 2), stop, look(110), gone(110, LAB, 2), look(3_000)], more].concat();
    let folded = fold(&lines);
    let stop = folded.stops().next().expect("a stop");
    let saving = saving(stop, CAP, at(10_000));
    (minutes(saving.from), minutes(saving.to), saving.held, saving.grade, saving.because.len())
}

#[test]
fn the_first_of_restart_cap_and_baseline_ends_it() {
    let restarted = |began| [look(began + 3), ran(began + 3, LAB, began, began)];
    assert_eq!(story(|_| (), &[]), (100, 1540, Held::Cap, Grade::Measured, 0));
    assert_eq!(story(|_| (), &restarted(700)), (100, 700, Held::Restarted, Grade::Measured, 0));
    assert_eq!(story(|_| (), &restarted(2_000)), (100, 1540, Held::Cap, Grade::Measured, 0));
    let native = |stopped: &mut Stopped| stopped.native = Native::Minutes(240);
    assert_eq!(story(native, &[]), (100, 280, Held::Native, Grade::Measured, 0));
    assert_eq!(story(native, &restarted(200)), (100, 200, Held::Restarted, Grade::Measured, 0));
    let sooner = |stopped: &mut Stopped| stopped.native = Native::Minutes(30);
    assert_eq!(story(sooner, &[]), (100, 100, Held::Native, Grade::Measured, 0), "it would have been stopped before");
}

#[test]
fn nothing_is_saved_beyond_what_was_looked_at() {
    let lines = [look(90), ran(90, LAB, 2, 2), line(100, Fact::Stopped(as_stopped(LAB, 2, 100))), look(160)];
    let folded = fold(&lines);
    let open = |now| folded.stops().map(|stop| saving(stop, CAP, at(now))).map(|s| (minutes(s.to), s.held)).next();
    assert_eq!(open(5_000), Some((160, Held::Open)));
    assert_eq!(open(130), Some((130, Held::Open)));
    assert_eq!(open(50), Some((100, Held::Open)));
}

#[test]
fn a_saving_is_known_no_better_than_what_it_is_made_of() {
    let grade = |change: fn(&mut Stopped)| {
        let (.., grade, because) = story(change, &[]);
        (grade, because)
    };
    assert_eq!(grade(|stopped| stopped.grade = Grade::Inferred), (Grade::Inferred, 1));
    assert_eq!(grade(|stopped| stopped.native = Native::Unread), (Grade::Assumed, 1));
    let blind = |stopped: &mut Stopped| (stopped.native, stopped.idle_since) = (Native::Minutes(60), None);
    assert_eq!(story(blind, &[]), (100, 160, Held::Native, Grade::Assumed, 1));
    let mut bundled = as_ran(LAB, 2, 2);
    bundled.rate = Rate::Priced { micro_usd_per_hour: 1, list: "bundled 2026-09-24".to_owned() };
    let lines = [look(90), line(90, Fact::Ran(bundled)), line(100, Fact::Stopped(as_stopped(LAB, 2, 100))), look(160)];
    let folded = fold(&lines);
    let graded: Vec<_> = folded.stops().map(|stop| saving(stop, CAP, at(200)).grade).collect();
    assert_eq!(graded, [Grade::Inferred]);
}

#[test]
fn what_came_back_under_its_name_saved_no_longer_than_it_was_seen_to_be_away() {
    const VARIANT: &str = "variant/chat/AllTraffic";
    let stop = line(100, Fact::Stopped(as_stopped(VARIANT, -100, 100)));
    let lines = [
        look(90),
        ran(90, VARIANT, -100, 90),
        stop,
        look(110),
        look(170),
        look(1_400),
        ran(1_400, VARIANT, -100, 1_400),
    ];
    let folded = fold(&lines);
    let saved: Vec<_> =
        folded.stops().map(|stop| saving(stop, CAP, at(9_000))).map(|s| (minutes(s.to), s.held)).collect();
    assert_eq!(saved, [(170, Held::Restarted)], "nobody knows when in the next twenty hours it was scaled up");
}
