//! Spend: what each stretch of each run comes to.

use std::collections::BTreeMap;

use super::cut::Cut;
use super::groups::{Groups, day_rows};
use super::notes::{self, Told};
use super::rates::Rates;
use super::unpriced::Reasons;
use super::{Actuals, By, DayRow, IdleRow, Money, Now, Question, RunRate, SpendReport, SpendRow, WasteRow, looks};
use crate::fold::{Charge, Episode, Folded, Run};

/// So many user profiles are told for their idle time.
const MOST_WASTEFUL: usize = 50;

/// The version of the document.
const SCHEMA_VERSION: u32 = 1;

/// What was spent in the window, and what runs now where that was looked at.
#[must_use]
pub fn spend(folded: &Folded, asked: &Question<'_>, now: Option<&Now>, actuals: Option<Actuals>) -> SpendReport {
    let mut groups = Groups::new(&asked.by);
    let mut sums = Sums::new(Cut::new(&asked.window), Rates::new(asked.today, asked.plans));
    for run in folded.runs() {
        sums.add(run, &mut groups);
    }
    let (rate, rates) = now.map(|now| now.rates(&mut groups)).unzip();
    let (top_idle, idle_endpoints): (Vec<IdleRow>, Vec<IdleRow>) = now.map(Now::idle).unwrap_or_default();
    let (seen, mut sentences) = looks::seen(folded, &asked.window);
    let told = Told { folded, lists: &sums.rates.lists, knows_plans: asked.plans.is_some(), now };
    sentences.extend(notes::of_spend(&told, sums.rates.priced_today));
    let nothing = sums.rates.nothing();
    let mut total = nothing;
    sums.groups.iter().for_each(|group| total.plus(&group.money));
    let (days, waste) = (sums.days(&groups), sums.waste());
    SpendReport {
        schema_version: SCHEMA_VERSION,
        made_at: asked.made_at,
        window: asked.window,
        by: asked.by.clone(),
        now: rate,
        rows: rows(&groups, &sums.groups, rates.as_deref(), nothing),
        total,
        waste,
        days,
        top_idle,
        idle_endpoints,
        unpriced: sums.reasons.rows(),
        lists: sums.rates.lists.into_iter().collect(),
        seen,
        actuals,
        notes: sentences,
    }
}

/// What one group comes to.
struct Group {
    money: Money,
    idle: Money,
    /// By the day's place in the window; days on which nothing ran have none.
    days: BTreeMap<usize, Money>,
    resources: u64,
    /// Runs of one resource follow each other: the one that was counted last.
    counted: Option<usize>,
}

struct Sums<'a, 'q> {
    cut: Cut,
    rates: Rates<'q>,
    groups: Vec<Group>,
    reasons: Reasons<'a>,
    /// The first run of the resource at hand.
    resource: usize,
    owners: Groups<'static>,
    /// By owner's number.
    waste: Vec<Money>,
}

impl<'a, 'q> Sums<'a, 'q> {
    fn new(cut: Cut, rates: Rates<'q>) -> Self {
        Self {
            cut,
            rates,
            groups: Vec::new(),
            reasons: Reasons::default(),
            resource: 0,
            owners: Groups::new(&By::UserProfile),
            waste: Vec::new(),
        }
    }

    fn add(&mut self, run: Run<'a>, groups: &mut Groups<'_>) {
        let idle: Vec<Episode> = run.idle().collect();
        let scope = run.scope();
        for span in run.spans() {
            let mut group = None;
            for piece in self.cut.pieces(span.from, span.to) {
                // Most spans of a long ledger are outside of the window: they need no name.
                let group = *group.get_or_insert_with(|| groups.of(run, span));
                let rate = self.rates.of(scope, span);
                let seconds = piece.seconds();
                match (rate.list, span.charge()) {
                    (None, _) => self.reasons.add(run, span, seconds),
                    (Some(_), Charge::Unpriced(_)) => self.rates.priced_today += seconds,
                    (Some(_), Charge::Priced { .. }) => {}
                }
                let nothing = self.rates.nothing();
                let idle = idle.iter().map(|Episode { since, until, .. }| piece.within(*since, *until));
                let idle: Vec<u64> = idle.filter(|seconds| *seconds > 0).collect();
                let group = self.group(group);
                group.money.add(rate.list, rate.net, seconds);
                group.days.entry(piece.day).or_insert(nothing).add(rate.list, rate.net, seconds);
                idle.iter().for_each(|seconds| group.idle.add(rate.list, rate.net, *seconds));
                if !idle.is_empty() {
                    let owner = self.owners.of(run, span);
                    if self.waste.len() <= owner {
                        self.waste.resize(owner + 1, nothing);
                    }
                    idle.iter().for_each(|seconds| self.waste[owner].add(rate.list, rate.net, *seconds));
                }
            }
        }
        if run.next_run().is_none() {
            self.resource = run.number() + 1;
        }
    }

    fn group(&mut self, number: usize) -> &mut Group {
        let nothing = self.rates.nothing();
        while self.groups.len() <= number {
            let days = BTreeMap::new();
            self.groups.push(Group { money: nothing, idle: nothing, days, resources: 0, counted: None });
        }
        let group = &mut self.groups[number];
        if group.counted != Some(self.resource) {
            group.counted = Some(self.resource);
            group.resources += 1;
        }
        group
    }

    /// Whose apps were idle, and what that came to.
    fn waste(&self) -> Vec<WasteRow> {
        let rows = self.owners.names.iter().zip(&self.waste);
        let mut rows: Vec<WasteRow> =
            rows.map(|(name, idle)| WasteRow { user_profile: name.clone(), idle: *idle }).collect();
        let cost = |row: &WasteRow| (row.idle.list_micro_usd, row.idle.seconds);
        rows.sort_by(|a, b| cost(b).cmp(&cost(a)).then_with(|| a.user_profile.cmp(&b.user_profile)));
        rows.truncate(MOST_WASTEFUL);
        rows
    }

    /// Days on which something ran.
    fn days(&self, groups: &Groups<'_>) -> Vec<DayRow> {
        day_rows(&self.cut, groups, self.groups.iter().map(|group| &group.days))
    }
}

/// The most expensive first; what runs now and did not in the window comes last.
fn rows(groups: &Groups<'_>, sums: &[Group], rates: Option<&[RunRate]>, nothing: Money) -> Vec<SpendRow> {
    let row = |(number, name): (usize, &String)| {
        let now = rates.and_then(|rates| rates.get(number)).cloned();
        let (money, idle, resources) = match sums.get(number) {
            Some(group) => (group.money, group.idle, group.resources),
            None => (nothing, nothing, 0),
        };
        SpendRow { group: name.clone(), now, money, idle, resources }
    };
    let mut rows: Vec<SpendRow> = groups.names.iter().enumerate().map(row).collect();
    rows.retain(|row| row.resources > 0 || row.now.as_ref().is_some_and(|now| now.running > 0));
    rows.sort_by(|a, b| {
        let cost = |row: &SpendRow| (row.money.list_micro_usd, row.money.seconds);
        cost(b).cmp(&cost(a)).then_with(|| a.group.cmp(&b.group))
    });
    rows
}
