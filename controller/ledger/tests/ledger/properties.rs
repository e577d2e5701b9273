//! What holds of every ledger, whoever wrote it and in whatever order it is read.

use cost_ledger::line::Kind;
use cost_ledger::{CAP, Folded, Run, saving};
use proptest::prelude::*;

use crate::lines::{at, minutes};
use crate::world::{ENDPOINT_BEGAN, End, Life, World, Written, resource, worlds};

const VARIANT: &str = "variant/chat/AllTraffic";

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn a_ledger_says_what_was_seen(world in worlds()) {
        let written = world.play();
        let folded = world.fold(&written, false);
        prop_assert_eq!(told(&folded), told(&world.fold(&written, true)), "order and repetition change nothing");
        no_second_twice(&folded)?;
        nothing_beyond_what_was_seen(&world, &written, &folded)?;
        nothing_seen_is_lost(&world, &written, &folded)?;
        savings_are_counted_once(&world, &folded)?;
    }
}

/// All of it, in an order of its own.
fn told(folded: &Folded) -> Vec<String> {
    let of = |run: Run<'_>| {
        let (spans, idle): (Vec<_>, Vec<_>) = (run.spans().collect(), run.idle().collect());
        let stop = run.stop().map(|stop| (stop.gone_at(), stop.by(), stop.grade()));
        format!("{run:?} {} {spans:?} {idle:?} {stop:?}", run.is_open())
    };
    let mut told: Vec<String> = folded.runs().map(of).collect();
    told.sort();
    told
}

fn no_second_twice(folded: &Folded) -> Result<(), TestCaseError> {
    let mut runs: Vec<Run<'_>> = folded.runs().collect();
    runs.sort_by_key(|run| (run.resource_text(), run.begin(), run.end()));
    for pair in runs.windows(2).filter(|pair| pair[0].resource_text() == pair[1].resource_text()) {
        prop_assert!(pair[0].end() <= pair[1].begin(), "{:?} and {:?}", pair[0], pair[1]);
    }
    for run in runs {
        let spans: Vec<_> = run.spans().collect();
        prop_assert_eq!((spans[0].from, spans[spans.len() - 1].to), (run.begin(), run.end()));
        prop_assert!(spans.windows(2).all(|pair| pair[0].to == pair[1].from));
        prop_assert!(run.begin() <= run.end());
    }
    Ok(())
}

fn lives<'a>(world: &'a World, run: Run<'_>) -> &'a [Life] {
    let text = run.resource_text();
    let app = (0..world.apps.len()).find(|n| resource(*n) == text);
    app.map_or(&world.variant, |n| &world.apps[n])
}

/// An app's run lies within its true one. Nothing lasts over a look that knew of it and did not see it.
fn nothing_beyond_what_was_seen(world: &World, written: &[Written], folded: &Folded) -> Result<(), TestCaseError> {
    for run in folded.runs() {
        let (begin, end, began) = (minutes(run.begin()), minutes(run.end()), minutes(run.began()));
        let lives = lives(world, run);
        for Written { sight, knew, .. } in written.iter().filter(|written| begin < written.sight.at) {
            let knew = knew.iter().any(|(of, since)| of == run.resource_text() && *since == began);
            let is_blind = sight.is_blind && run.kind() == Some(Kind::App);
            let was_there = lives.iter().any(|life| life.is_there(sight.at));
            let is_over = !is_blind && knew && !was_there;
            let is_exact = end == sight.at && lives.iter().any(|life| life.to == end);
            prop_assert!(!is_over || end < sight.at || is_exact, "{run:?} lasts over the look at {}", sight.at);
        }
        if run.kind() == Some(Kind::App) {
            let life = lives.iter().find(|life| life.from == began).expect("a run that was");
            prop_assert!(life.from <= begin, "{run:?} begins before it began");
            // Whoever looks first on a day tells of all that is there, whatever it knew.
            let day = |minutes: i64| minutes.div_euclid(24 * 60);
            let looks: Vec<i64> = written.iter().filter(|w| !w.sight.is_blind).map(|w| w.sight.at).collect();
            for (n, look) in looks.iter().enumerate().filter(|(_, look)| **look >= life.to) {
                let is_first = day(*look) > day(life.to) && (n == 0 || day(looks[n - 1]) < day(*look));
                prop_assert!(!is_first || end < *look, "{run:?} lasts beyond {} over a first look", life.to);
            }
        } else {
            prop_assert_eq!(began, ENDPOINT_BEGAN);
        }
    }
    Ok(())
}

/// Whatever was there at a look that was written is in a run that holds that look.
fn nothing_seen_is_lost(world: &World, written: &[Written], folded: &Folded) -> Result<(), TestCaseError> {
    for Written { sight, .. } in written {
        let mut there: Vec<(String, i64)> = Vec::new();
        // A listing that came to no end is no look at its kind.
        for (n, lives) in world.apps.iter().enumerate().filter(|_| !sight.is_blind) {
            there.extend(lives.iter().find(|life| life.is_there(sight.at)).map(|life| (resource(n), life.from)));
        }
        // A variant comes back under its key: whoever does not know that it was gone has nothing to tell.
        let mut earlier = written.iter().filter(|earlier| earlier.sight.at <= sight.at);
        let is_alone = earlier.all(|earlier| earlier.sight.at == sight.at || sight.is_after(&earlier.sight));
        let has_instances = is_alone && world.variant.iter().any(|life| life.is_there(sight.at));
        there.extend(has_instances.then(|| (VARIANT.to_owned(), ENDPOINT_BEGAN)));
        for (resource, began) in there {
            let holds = |run: Run<'_>| {
                run.resource_text() == resource
                    && minutes(run.began()) == began
                    && (minutes(run.begin())..=minutes(run.end())).contains(&sight.at)
            };
            prop_assert!(folded.runs().any(holds), "{resource} of {began} was seen at {}", sight.at);
        }
    }
    Ok(())
}

/// One saving of a run that was truly stopped, within the time in which it was gone.
fn savings_are_counted_once(world: &World, folded: &Folded) -> Result<(), TestCaseError> {
    let mut counted = std::collections::BTreeSet::new();
    for stop in folded.stops() {
        let run = stop.run();
        let saved = saving(stop, CAP, at(1_000_000));
        let lives = lives(world, run);
        let life = lives.iter().position(|life| life.from == minutes(run.began())).expect("a run that was");
        prop_assert!(counted.insert((run.resource_text(), run.began())), "{stop:?} counts twice");
        prop_assert!(stop.gone_at() >= run.end() && minutes(saved.from) >= lives[life].to, "{stop:?}");
        prop_assert!(saved.to.duration_since(saved.from) <= CAP, "{stop:?}");
        let next_seen =
            folded.runs().filter(|next| next.resource_text() == run.resource_text() && next.begin() > run.begin());
        let next = next_seen.map(Run::begin).min();
        prop_assert!(next.is_none_or(|next| saved.to <= next.max(saved.from)), "{stop:?} saves while it runs again");
        let is_sweeps = stop.by() == cost_ledger::line::StoppedBy::Costctl;
        prop_assert_eq!(is_sweeps, lives[life].end == End::Sweep, "{:?}", stop);
    }
    Ok(())
}
