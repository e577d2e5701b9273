//! Savings: what each stop comes to within the window.

use std::collections::BTreeMap;

use jiff::SignedDuration;

use super::cut::Cut;
use super::groups::{Groups, day_rows};
use super::notes::{self, Told};
use super::rates::Rates;
use super::unpriced::Reasons;
use super::{DayRow, Money, Question, SavedRow, SavingsReport, Sum, looks, what_if};
use crate::fold::{Folded, Stop};
use crate::line::{Grade, StoppedBy};
use crate::saving::{Saving, saving};

/// The version of the document.
const SCHEMA_VERSION: u32 = 1;

/// What was saved in the window by stops of which none counts for longer than `cap`, and what
/// another idle timeout would have saved.
#[must_use]
pub fn savings(
    folded: &Folded,
    asked: &Question<'_>,
    cap: SignedDuration,
    timeout: Option<SignedDuration>,
) -> SavingsReport {
    let mut groups = Groups::new(&asked.by);
    let mut sums = Sums::new(Cut::new(&asked.window), Rates::new(asked.today, asked.plans));
    for stop in folded.stops() {
        let saving = saving(stop, cap, asked.window.until);
        let is_in = saving.from < asked.window.until
            && (saving.to > asked.window.since || (saving.to == saving.from && saving.to == asked.window.since));
        if is_in {
            sums.add(stop, saving, &mut groups);
        }
    }
    let what_if = timeout.map(|timeout| what_if::supposed(folded, timeout, sums.cut, &mut sums.rates));
    let (seen, mut sentences) = looks::seen(folded, &asked.window);
    let told = Told { folded, lists: &sums.rates.lists, knows_plans: asked.plans.is_some(), now: None };
    sentences.extend(notes::of_savings(&told));
    let days = sums.days(&groups);
    let mut by_group: Vec<(String, Sum)> =
        groups.names.into_iter().zip(sums.groups.iter().map(|group| group.sum)).collect();
    by_group.sort_by(|(a, one), (b, other)| most(&other.money, &one.money).then_with(|| a.cmp(b)));
    sums.stops.sort_by(|a, b| most(&b.money, &a.money).then_with(|| (a.from, &a.resource).cmp(&(b.from, &b.resource))));
    SavingsReport {
        schema_version: SCHEMA_VERSION,
        made_at: asked.made_at,
        window: asked.window,
        by: asked.by.clone(),
        cap_seconds: u64::try_from(cap.as_secs()).unwrap_or_default(),
        total: sums.total,
        groups: by_group,
        by_whom: sums.by_whom,
        by_reason: sums.by_reason,
        by_grade: sums.by_grade,
        days,
        stops: sums.stops,
        unpriced: sums.reasons.rows(),
        lists: sums.rates.lists.into_iter().collect(),
        seen,
        what_if,
        notes: sentences,
    }
}

fn most(a: &Money, b: &Money) -> std::cmp::Ordering {
    (a.list_micro_usd, a.seconds).cmp(&(b.list_micro_usd, b.seconds))
}

struct Group {
    sum: Sum,
    /// By the day's place in the window; days on which nothing was saved have none.
    days: BTreeMap<usize, Money>,
}

struct Sums<'a, 'q> {
    cut: Cut,
    rates: Rates<'q>,
    total: Sum,
    groups: Vec<Group>,
    by_whom: BTreeMap<String, Sum>,
    by_reason: BTreeMap<String, Sum>,
    by_grade: BTreeMap<String, Sum>,
    stops: Vec<SavedRow>,
    reasons: Reasons<'a>,
}

impl<'a, 'q> Sums<'a, 'q> {
    fn new(cut: Cut, rates: Rates<'q>) -> Self {
        Self {
            cut,
            total: Sum { stops: 0, money: rates.nothing() },
            rates,
            groups: Vec::new(),
            by_whom: BTreeMap::new(),
            by_reason: BTreeMap::new(),
            by_grade: BTreeMap::new(),
            stops: Vec::new(),
            reasons: Reasons::default(),
        }
    }

    fn add(&mut self, stop: Stop<'a>, saving: Saving<'a>, groups: &mut Groups<'_>) {
        let (run, nothing) = (stop.run(), self.rates.nothing());
        let span = run.last_span();
        let rate = self.rates.of(run.scope(), span);
        let group = groups.of(run, span);
        while self.groups.len() <= group {
            let sum = Sum { stops: 0, money: nothing };
            self.groups.push(Group { sum, days: BTreeMap::new() });
        }
        let mut money = nothing;
        for piece in self.cut.pieces(saving.from, saving.to) {
            money.add(rate.list, rate.net_saved, piece.seconds());
            self.groups[group].days.entry(piece.day).or_insert(nothing).add(rate.list, rate.net_saved, piece.seconds());
        }
        if money.unpriced_seconds > 0 {
            self.reasons.add(run, span, money.unpriced_seconds);
        }
        let row = row(stop, saving, money);
        let in_map = |map: &mut BTreeMap<String, Sum>, name: &str| {
            count(map.entry(name.to_owned()).or_insert(Sum { stops: 0, money: nothing }), &money);
        };
        in_map(&mut self.by_whom, of_whom(row.by));
        in_map(&mut self.by_reason, &row.reason);
        in_map(&mut self.by_grade, of_grade(row.grade));
        count(&mut self.total, &money);
        count(&mut self.groups[group].sum, &money);
        self.stops.push(row);
    }

    /// Days on which something was saved.
    fn days(&self, groups: &Groups<'_>) -> Vec<DayRow> {
        day_rows(&self.cut, groups, self.groups.iter().map(|group| &group.days))
    }
}

fn count(sum: &mut Sum, money: &Money) {
    sum.stops += 1;
    sum.money.plus(money);
}

fn row(stop: Stop<'_>, saving: Saving<'_>, money: Money) -> SavedRow {
    let run = stop.run();
    let (scope, span) = (run.scope(), run.last_span());
    SavedRow {
        resource: run.resource_text().to_owned(),
        account: scope.account.to_owned(),
        region: scope.region.to_owned(),
        owner: span.owner().map(str::to_owned),
        instance_type: span.instance_type().map(str::to_owned),
        by: stop.by(),
        reason: stop.reason().to_owned(),
        from: saving.from,
        to: saving.to,
        held: saving.held,
        money,
        grade: saving.grade,
        because: saving.because.into_iter().map(str::to_owned).collect(),
    }
}

fn of_whom(by: StoppedBy) -> &'static str {
    match by {
        StoppedBy::IdleAgent => "idle-agent",
        StoppedBy::Costctl => "costctl",
    }
}

fn of_grade(grade: Grade) -> &'static str {
    match grade {
        Grade::Measured => "measured",
        Grade::Inferred => "inferred",
        Grade::Assumed => "assumed",
    }
}
