//! From facts to runs.

use super::facts::{GoneFact, IdleFact, Key, NONE, RanFact, Scope, StopFact, place};
use super::folded::{Folded, RunRow, ScopeRow, SpanRow, StopRow};
use super::segments::{Known, Segment};
use super::words::Words;
use super::{Config, Ledger, idle};

/// What the lines of a ledger come to.
pub(super) fn folded(ledger: Ledger) -> Folded {
    let Ledger { mut words, mut resources, kinds, configs, config_ids, scopes, lines, passed_over, .. } = ledger;
    drop(config_ids);
    words.close();
    resources.close();
    let mut folded = Folded { words, resources, kinds, configs, lines, passed_over, ..Folded::default() };
    for scope in scopes {
        fold_scope(&mut folded, scope);
    }
    folded
}

fn fold_scope(folded: &mut Folded, scope: Scope) {
    let Scope { partition, account, region, ran, gone, stopped, idle, mut looks } = scope;
    for looks in &mut looks {
        looks.sort_unstable();
        looks.dedup();
        looks.shrink_to_fit();
    }
    let number = u32::try_from(folded.scopes.len()).expect("fewer than four billion accounts and regions");
    folded.scopes.push(ScopeRow { partition, account, region, looks });
    let mut facts = Facts { ran, gone, stopped, idle };
    facts.sort(&folded.configs, &folded.words);
    let mut rest = Rest { gone: &facts.gone, stopped: &facts.stopped, idle: &facts.idle };
    let mut room = Room::default();
    folded.runs.reserve(facts.ran.len() / 2);
    for of_resource in facts.ran.chunk_by(|a, b| a.resource == b.resource) {
        fold_resource(folded, &mut rest, &mut room, number, of_resource);
    }
    // What is told of a run that nobody saw run stands at no run.
    folded.stops_without_run += rest.stopped.len() as u64;
}

struct Facts {
    ran: Vec<RanFact>,
    gone: Vec<GoneFact>,
    stopped: Vec<StopFact>,
    idle: Vec<IdleFact>,
}

impl Facts {
    fn sort(&mut self, configs: &[Config], words: &Words) {
        let key = |fact: &RanFact| (fact.resource, fact.began, fact.at, fact.since);
        // Numbers of configurations depend on the order of reading; what they say does not.
        let content = |a: u32, b: u32| configs[a as usize].order(&configs[b as usize], words);
        self.ran.sort_unstable_by(|a, b| {
            key(a).cmp(&key(b)).then_with(|| match a.config == b.config {
                true => std::cmp::Ordering::Equal,
                false => content(a.config, b.config),
            })
        });
        self.ran.dedup();
        self.gone.sort_unstable();
        self.gone.dedup();
        self.stopped.sort_unstable_by(|a, b| {
            let key =
                |stop: &StopFact| (stop.key, stop.grade, stop.gone_at, stop.by, stop.at, stop.idle_since, stop.native);
            key(a).cmp(&key(b)).then_with(|| words.word(a.reason).cmp(words.word(b.reason)))
        });
        self.stopped.dedup();
        self.idle.sort_unstable();
        self.idle.dedup();
    }
}

/// Facts of runs that were not come to yet.
struct Rest<'a> {
    gone: &'a [GoneFact],
    stopped: &'a [StopFact],
    idle: &'a [IdleFact],
}

/// The next facts of a run, and how many belong to none before it.
fn take<'a, T>(rest: &mut &'a [T], key: Key, of: impl Fn(&T) -> Key) -> (&'a [T], usize) {
    let before = rest.iter().take_while(|fact| of(fact) < key).count();
    let these = rest[before..].iter().take_while(|fact| of(fact) == key).count();
    let taken = &rest[before..before + these];
    *rest = &rest[before + these..];
    (taken, before)
}

/// Room that is used again for each resource.
#[derive(Default)]
struct Room {
    least: Vec<i64>,
    gone: Vec<i64>,
    segments: Vec<Segment>,
    stops: Vec<StopFact>,
    idle: Vec<IdleFact>,
}

/// All runs of one resource: none lasts into the next.
fn fold_resource(folded: &mut Folded, rest: &mut Rest<'_>, room: &mut Room, scope: u32, ran: &[RanFact]) {
    room.segments.clear();
    room.stops.clear();
    room.idle.clear();
    let mut base = 0;
    for of_run in ran.chunk_by(|a, b| a.began == b.began) {
        let key = of_run[0].key();
        let (gone, _) = take(&mut rest.gone, key, |fact| fact.key);
        room.gone.clear();
        room.gone.extend(gone.iter().map(|fact| fact.at));
        let (stops, before) = take(&mut rest.stopped, key, |fact| fact.key);
        folded.stops_without_run += before as u64;
        let (idle, _) = take(&mut rest.idle, key, |fact| fact.key);
        let kind = folded.kinds[key.resource as usize];
        let looks: &[i64] = kind.map_or(&[], |kind| &folded.scopes[scope as usize].looks[place(kind)]);
        let first = room.segments.len();
        let known = Known { ran: of_run, gone: &room.gone, stops, looks };
        known.segments(&mut room.least, &mut room.segments);
        room.segments[first..].iter_mut().for_each(|segment| {
            segment.facts = segment.facts.start + base..segment.facts.end + base;
        });
        base += of_run.len();
        room.stops.extend_from_slice(stops);
        idle::merged(idle, &mut room.idle);
    }
    room.segments.sort_by_key(|segment| (segment.begin, segment.began));
    for n in 0..room.segments.len() {
        if let Some(next) = room.segments.get(n + 1).map(|next| next.begin) {
            let segment = &mut room.segments[n];
            segment.is_open = false;
            segment.end = segment.end.min(next);
        }
    }
    for n in 0..room.segments.len() {
        push(folded, room, scope, ran, n);
    }
}

/// Puts down one run with its spans, its one stop and its times of idleness.
fn push(folded: &mut Folded, room: &Room, scope: u32, ran: &[RanFact], n: usize) {
    let segment = &room.segments[n];
    // Whether a time of a run that is told under several segments belongs to this one.
    let of_key = |other: &&Segment| other.began == segment.began;
    let next_of_key = room.segments[n + 1..].iter().find(of_key).map_or(i64::MAX, |next| next.begin);
    let is_first = !room.segments[..n].iter().any(|other| other.began == segment.began);
    let is_in = |time: i64| time < next_of_key && (is_first || time >= segment.begin);

    let facts = &ran[segment.facts.clone()];
    let spans = u32::try_from(folded.spans.len()).expect("fewer than four billion spans");
    push_spans(&mut folded.spans, segment, facts);
    let episodes = u32::try_from(folded.idle.len()).expect("fewer than four billion times of idleness");
    let of_run = room.idle.iter().filter(|fact| fact.key.began == segment.began && is_in(fact.since));
    folded.idle.extend(of_run);
    let mut stops = room.stops.iter().filter(|stop| stop.key.began == segment.began && is_in(stop.gone_at));
    let run = u32::try_from(folded.runs.len()).expect("fewer than four billion runs");
    let stop = match stops.next() {
        // Something that still runs was not stopped, whatever was told.
        Some(_) if segment.is_open => {
            folded.stops_contradicted += 1;
            NONE
        }
        Some(stop) => {
            let StopFact { key: _, grade, gone_at, by, at: _, idle_since, native, reason } = *stop;
            // It was seen after it was told to be gone: savings never begin before the run ends.
            let gone_at = gone_at.max(segment.end);
            folded.stops.push(StopRow { run, grade, gone_at, by, idle_since, native, reason });
            u32::try_from(folded.stops.len() - 1).expect("fewer than four billion stops")
        }
        None => NONE,
    };
    folded.runs.push(RunRow {
        scope,
        resource: facts[0].resource,
        began: segment.began,
        end: segment.end,
        told: facts.last().map_or(segment.begin, |fact| fact.at),
        spans,
        idle: episodes,
        stop,
        is_open: segment.is_open,
    });
}

/// What was told at one look is not told otherwise by a later one: each fact speaks for the time
/// after the look before it.
fn push_spans(spans: &mut Vec<SpanRow>, segment: &Segment, facts: &[RanFact]) {
    let first = spans.len();
    let mut told = segment.begin;
    for fact in facts {
        let from = if spans.len() == first { segment.begin } else { fact.since.max(told) };
        told = fact.at.max(told);
        match spans[first..].last_mut() {
            Some(last) if last.config == fact.config => {}
            Some(last) if last.from == from => last.config = fact.config,
            _ => spans.push(SpanRow { from, config: fact.config }),
        }
    }
}
