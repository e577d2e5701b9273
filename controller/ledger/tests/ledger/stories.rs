//! What a few lines come to.

use cost_ledger::Charge;
use cost_ledger::line::{Fact, Grade, IdleEnd, Native, Rate, StoppedBy};

use crate::lines::*;

const VARIANT: &str = "variant/chat/AllTraffic";
const DAY: i64 = 24 * 60;

#[test]
fn an_open_run_lasts_to_the_last_look_and_not_to_now() {
    assert_eq!(runs(&fold(&[look(10), ran(10, LAB, 2, 2), look(20), look(35)])), [(2, 35, true)]);
}

#[test]
fn a_run_that_is_gone_lasts_to_the_last_look_that_saw_it() {
    let lines = [look(10), ran(10, LAB, 2, 2), look(20), look(30), gone(30, LAB, 2), look(40)];
    assert_eq!(runs(&fold(&lines)), [(2, 20, false)]);
}

#[test]
fn a_sweep_saw_the_end_itself_and_an_agents_stop_is_known_by_the_look_after_it() {
    let seen = [look(10), ran(10, LAB, 2, 2), look(20)];
    let with = |stopped| [&seen[..], &[look(30), gone(30, LAB, 2), line(30, Fact::Stopped(stopped))]].concat();
    assert_eq!(runs(&fold(&with(as_stopped(LAB, 2, 24)))), [(2, 24, false)]);
    let mut agents = as_stopped(LAB, 2, 30);
    agents.by = StoppedBy::IdleAgent;
    let folded = fold(&with(agents));
    assert_eq!(runs(&folded), [(2, 20, false)]);
    assert_eq!(folded.stops().map(|stop| minutes(stop.gone_at())).collect::<Vec<_>>(), [30]);
}

#[test]
fn what_nobody_tells_of_on_a_day_was_gone_by_its_first_look() {
    let lines = [look(10), ran(10, LAB, 2, 2), look(700), look(DAY + 5), look(DAY + 60)];
    assert_eq!(runs(&fold(&lines)), [(2, 700, false)]);
    let told = [&lines[..], &[ran(DAY + 60, LAB, 2, DAY + 60)]].concat();
    assert_eq!(runs(&fold(&told)), [(2, DAY + 60, true)], "told later on that day");
    let days_apart = [look(10), ran(10, LAB, 2, 2), look(3 * DAY), ran(3 * DAY, LAB, 2, 3 * DAY)];
    assert_eq!(runs(&fold(&days_apart)), [(2, 3 * DAY, true)], "nobody looked in between");
}

#[test]
fn what_a_later_line_saw_is_not_gone() {
    let lines = [look(10), ran(10, LAB, 2, 2), look(20), gone(20, LAB, 2), look(30), ran(30, LAB, 2, 2)];
    assert_eq!(runs(&fold(&lines)), [(2, 30, true)]);
}

#[test]
fn a_variant_that_comes_back_runs_twice() {
    let lines = [
        look(10),
        ran(10, VARIANT, 2, 10),
        look(20),
        look(30),
        gone(30, VARIANT, 2),
        look(50),
        ran(50, VARIANT, 2, 50),
        look(60),
    ];
    let folded = fold(&lines);
    assert_eq!(runs(&folded), [(10, 20, false), (50, 60, true)]);
    let next = folded.runs().next().and_then(|run| run.next_run()).map(|run| minutes(run.begin()));
    assert_eq!(next, Some(50));
}

#[test]
fn runs_of_one_resource_never_overlap() {
    let lines = [look(10), ran(10, LAB, 2, 2), look(20), ran(20, LAB, 13, 13), look(30)];
    assert_eq!(runs(&fold(&lines)), [(2, 13, false), (13, 30, true)]);
}

#[test]
fn a_change_counts_from_the_look_that_tells_it_and_never_backwards() {
    let mut dearer = as_ran(LAB, 2, 2);
    dearer.rate = Rate::Priced { micro_usd_per_hour: 900_000, list: "aws 2026-11-21".to_owned() };
    // A writer that knew nothing of the first line tells of the time before it, too.
    let lines = [look(10), ran(10, LAB, 2, 2), look(30), line(30, Fact::Ran(dearer)), look(40)];
    let folded = fold(&lines);
    let spans = folded.runs().flat_map(|run| run.spans().collect::<Vec<_>>());
    let spans: Vec<_> = spans.map(|span| (minutes(span.from), minutes(span.to), span.charge())).collect();
    let charge = |micro_usd_per_hour, list| Charge::Priced { micro_usd_per_hour, list };
    assert_eq!(spans, [(2, 10, charge(821_000, "aws 2026-11-20")), (10, 40, charge(900_000, "aws 2026-11-21"))]);
}

#[test]
fn of_several_stops_one_counts() {
    let mut inferred = as_stopped(LAB, 2, 22);
    (inferred.grade, inferred.by) = (Grade::Inferred, StoppedBy::IdleAgent);
    let stops = [inferred, as_stopped(LAB, 2, 24), as_stopped(LAB, 2, 26)];
    let stops = stops.map(|stopped| line(30, Fact::Stopped(stopped)));
    let lines = [&[look(10), ran(10, LAB, 2, 2), look(20), look(30)], &stops[..]].concat();
    let folded = fold(&lines);
    let counted: Vec<_> = folded.stops().map(|stop| (minutes(stop.gone_at()), stop.by())).collect();
    assert_eq!(counted, [(24, StoppedBy::Costctl)]);
}

#[test]
fn a_stop_that_is_told_again_is_as_it_was_told_first() {
    let told = |minutes, native| {
        let mut stopped = as_stopped(LAB, 2, 24);
        stopped.native = native;
        line(minutes, Fact::Stopped(stopped))
    };
    // The evidence is read for longer than the ledger: by then the settings may be others, or gone.
    for (first, again) in
        [(Native::Off, Native::Unread), (Native::Off, Native::Minutes(10)), (Native::Unread, Native::Minutes(10))]
    {
        let lines = [look(10), ran(10, LAB, 2, 2), told(30, first), told(2_900, again), look(2_900)];
        let folded = fold(&lines);
        let natives: Vec<_> = folded.stops().map(|stop| stop.native()).collect();
        assert_eq!(natives, [first], "and then {again:?}");
    }
}

#[test]
fn a_stop_of_what_still_runs_or_was_never_seen_is_counted_aside() {
    let stop = |resource| line(20, Fact::Stopped(as_stopped(resource, 2, 15)));
    let lines = [look(10), ran(10, LAB, 2, 2), stop(LAB), stop(VARIANT), look(30), ran(30, LAB, 2, 2)];
    let folded = fold(&lines);
    assert_eq!(folded.stops().len(), 0);
    assert_eq!((folded.stops_contradicted(), folded.stops_without_run()), (1, 1));
}

#[test]
fn idleness_that_is_told_again_is_one_time_and_work_ends_it() {
    let lines = [
        look(10),
        ran(10, LAB, 2, 2),
        idle(100, 2, 20, 95, IdleEnd::NotYet),
        idle(200, 2, 21, 130, IdleEnd::Work),
        idle(200, 2, 131, 198, IdleEnd::NotYet),
        look(200),
    ];
    let folded = fold(&lines);
    let run = folded.runs().next().expect("a run");
    let times: Vec<_> = run.idle().map(|idle| (minutes(idle.since), minutes(idle.until), idle.ended)).collect();
    assert_eq!(times, [(20, 130, IdleEnd::Work), (131, 198, IdleEnd::NotYet)]);
}

#[test]
fn views_tell_what_the_lines_told() {
    let folded = fold(&[look(10), ran(10, LAB, 2, 2), look(20)]);
    let run = folded.runs().next().expect("a run");
    let span = run.last_span();
    assert_eq!(run.resource().map(|resource| resource.to_string()).as_deref(), Ok(LAB));
    assert_eq!((run.scope().account, run.scope().region), ("111122223333", "eu-west-1"));
    assert_eq!((span.owner(), span.instance_type(), span.units()), (Some("ana"), Some("ml.g4dn.xlarge"), 1));
    assert_eq!((span.tags().get("Team"), span.tags().get("team")), (Some("vision"), None));
    assert_eq!((minutes(run.began()), minutes(run.told_at()), span.seconds()), (2, 10, 18 * 60));
    assert_eq!(folded.looks().map(|looks| looks.times().len()).collect::<Vec<_>>(), [2, 2]);
    assert_eq!((folded.lines(), folded.passed_over()), (3, 0));
}
