//! Money by day, a bar a day, its groups on top of each other.

use std::collections::BTreeMap;

use askama::Template;
use cost_ledger::report::{DayRow, Money, Window};
use jiff::civil::Date;

use super::scale::{DayLabel, HEIGHT, Scale, Tick, day_labels, days, thousandths};
use crate::render::page::numbers::{at_list, together, usd};
use crate::render::page::spend::of_money;
use crate::render::page::table::{Cell, Table, figures, words};
use crate::render::page::text::{short, shown};

/// So many groups have a pattern of their own; what is left is one more.
const MOST_GROUPS: usize = 7;

/// The chart with the table of its figures.
#[derive(Debug, Template)]
#[template(path = "page/stacked.html")]
pub(in crate::render::page) struct Stacked {
    id: &'static str,
    title: String,
    description: String,
    height: u64,
    ticks: Vec<Tick>,
    labels: Vec<DayLabel>,
    /// The largest first, "others" last.
    legend: Vec<(usize, String, String)>,
    bars: Vec<Bar>,
    table: Table,
}

/// One group's part of one day.
#[derive(Debug)]
struct Bar {
    pattern: usize,
    x: String,
    width: String,
    y: String,
    height: String,
    says: String,
}

/// The chart; `None` where no day has any money.
pub(in crate::render::page) fn stacked(
    id: &'static str,
    title: String,
    window: &Window,
    rows: &[DayRow],
) -> Option<Stacked> {
    let days = days(window);
    let groups = Groups::of(rows);
    let by_day = groups.by_day(rows);
    let of_day = |day: &Date| by_day.get(day).map_or(0, |parts| together(parts.values()).list_micro_usd);
    let largest_day = days.iter().max_by_key(|day| of_day(day)).filter(|day| of_day(day) > 0)?;
    let scale = Scale::of(of_day(largest_day));
    let bars = days.iter().enumerate().flat_map(|(at, day)| {
        let parts = by_day.get(day).into_iter().flatten();
        let mut below = 0_u64;
        let mut bars = Vec::new();
        for (group, money) in parts.filter(|(_, money)| money.list_micro_usd > 0) {
            below = below.saturating_add(money.list_micro_usd);
            bars.push(Bar {
                pattern: groups.pattern(*group),
                x: thousandths(100, 20 * at as u128 + 3, 20 * days.len() as u128),
                width: thousandths(100, 14, 20 * days.len() as u128),
                y: scale.y(below),
                height: scale.height(money.list_micro_usd),
                says: format!("{day} {}: {} USD", groups.name(*group), usd(money.list_micro_usd)),
            });
        }
        bars
    });
    let bars = bars.collect();
    let largest_sum = usd(of_day(largest_day));
    let first = groups.names.first().map_or(String::new(), |(name, _)| format!(" The largest group is {name}."));
    Some(Stacked {
        id,
        description: format!(
            "A bar for each of {} days. The most was {largest_sum} USD on {largest_day}.{first} The table below has \
             the same figures.",
            days.len()
        ),
        title,
        height: HEIGHT,
        ticks: scale.ticks(),
        labels: day_labels(&days),
        legend: groups.legend(),
        bars,
        table: groups.table(id, &days, &by_day),
    })
}

/// The groups that are shown, the most expensive first, and one more of all others.
struct Groups {
    names: Vec<(String, Money)>,
    /// How many others, and what they come to.
    others: Option<(usize, Money)>,
    places: BTreeMap<String, usize>,
}

impl Groups {
    fn of(rows: &[DayRow]) -> Self {
        let mut sums: BTreeMap<&str, Money> = BTreeMap::new();
        for row in rows {
            let known = sums.get(row.group.as_str()).copied();
            sums.insert(&row.group, together(known.iter().chain([&row.money])));
        }
        let mut sums: Vec<(&str, Money)> = sums.into_iter().collect();
        sums.sort_by_key(|(_, money)| std::cmp::Reverse(money.list_micro_usd));
        // A single other one is shown by its name.
        let kept = if sums.len() <= MOST_GROUPS + 1 { sums.len() } else { MOST_GROUPS };
        let (kept, others) = sums.split_at(kept);
        Self {
            names: kept.iter().map(|(name, money)| (short(&shown(name), 40), *money)).collect(),
            others: (!others.is_empty()).then(|| (others.len(), together(others.iter().map(|(_, money)| money)))),
            places: kept.iter().enumerate().map(|(place, (name, _))| ((*name).to_owned(), place)).collect(),
        }
    }

    /// What each day comes to, by the place of the group.
    fn by_day(&self, rows: &[DayRow]) -> BTreeMap<Date, BTreeMap<usize, Money>> {
        let mut by_day: BTreeMap<Date, BTreeMap<usize, Money>> = BTreeMap::new();
        for DayRow { day, group, money } in rows {
            let place = self.places.get(group).copied().unwrap_or(self.names.len());
            let parts = by_day.entry(*day).or_default();
            let known = parts.get(&place).copied();
            parts.insert(place, together(known.iter().chain([money])));
        }
        by_day
    }

    /// The last pattern is that of what is put together.
    fn pattern(&self, place: usize) -> usize {
        place.min(MOST_GROUPS)
    }

    fn name(&self, place: usize) -> String {
        match (self.names.get(place), &self.others) {
            (Some((name, _)), _) => name.clone(),
            (None, Some((count, _))) => format!("{count} others"),
            (None, None) => "others".to_owned(),
        }
    }

    fn all(&self) -> impl Iterator<Item = (usize, Money)> {
        let sums = self.names.iter().map(|(_, money)| *money).chain(self.others.map(|(_, money)| money));
        sums.enumerate()
    }

    fn legend(&self) -> Vec<(usize, String, String)> {
        self.all().map(|(place, money)| (self.pattern(place), self.name(place), at_list(&money))).collect()
    }

    fn table(&self, id: &'static str, days: &[Date], by_day: &BTreeMap<Date, BTreeMap<usize, Money>>) -> Table {
        let none = BTreeMap::new();
        let rows = days.iter().map(|day| {
            let parts = by_day.get(day).unwrap_or(&none);
            let cells = self.all().map(|(place, _)| {
                let money = parts.get(&place).copied().unwrap_or_default();
                of_money(&money)
            });
            std::iter::once(Cell::text(&day.to_string())).chain(cells).collect()
        });
        let groups = self.all().map(|(place, _)| figures(self.name(place)));
        Table {
            id: format!("{id}-table"),
            caption: "USD at list prices, by UTC day".to_owned(),
            columns: std::iter::once(words("Day")).chain(groups).collect(),
            sorted: Some((0, "ascending")),
            rows: rows.collect(),
            empty: "No day has any money.",
            folded: true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(day: i8, group: &str, dollars: u64) -> DayRow {
        let money = Money { seconds: 3_600, list_micro_usd: dollars * 1_000_000, ..Money::default() };
        DayRow { day: jiff::civil::date(2026, 11, day), group: group.to_owned(), money }
    }

    fn chart(rows: &[DayRow]) -> Option<Stacked> {
        let window = Window {
            since: "2026-11-01T00:00:00Z".parse().expect("a time"),
            until: "2026-11-04T00:00:00Z".parse().expect("a time"),
        };
        stacked("spend-days", "Spend".to_owned(), &window, rows)
    }

    #[test]
    fn eight_groups_are_shown_and_of_nine_the_two_smallest_are_one() {
        let rows: Vec<DayRow> = (1..=9).map(|n| row(1, &format!("d-{n}"), n)).collect();
        let names = |chart: Stacked| chart.legend.into_iter().map(|(_, name, _)| name).collect::<Vec<_>>();
        assert_eq!(names(chart(&rows[..8]).expect("money")).last().map(String::as_str), Some("d-1"));
        let nine = chart(&rows).expect("money");
        assert_eq!(nine.legend.last(), Some(&(7, "2 others".to_owned(), "3.00".to_owned())));
        assert_eq!(nine.bars.len(), 8);
    }

    #[test]
    fn bars_stand_on_each_other_and_hold_the_days_sum() {
        let chart = chart(&[row(2, "a", 6), row(2, "b", 4), row(3, "a", 1)]).expect("money");
        let places: Vec<_> = chart.bars.iter().map(|bar| (bar.y.as_str(), bar.height.as_str())).collect();
        assert_eq!(places, [("96.000", "144.000"), ("0.000", "96.000"), ("216.000", "24.000")]);
        assert!(chart.description.contains("10.00 USD on 2026-11-02"), "{}", chart.description);
        assert!(stacked("x", String::new(), &chart_window(), &[row(2, "a", 0)]).is_none());
    }

    fn chart_window() -> Window {
        Window { since: jiff::Timestamp::UNIX_EPOCH, until: jiff::Timestamp::UNIX_EPOCH }
    }
}
