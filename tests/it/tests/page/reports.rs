//! Reports as they come from a ledger of a month, made up the same way each time.

use cost_ledger::line::{Grade, StoppedBy};
use cost_ledger::report::{
    ActualRow, Actuals, By, DayRow, Held, IdleRow, Money, RunRate, SavedRow, SavingsReport, SeenRow, SpendReport,
    SpendRow, Sum, UnpricedRow, WasteRow, WhatIf, Window,
};
use jiff::{SignedDuration, Timestamp};

/// Names that somebody may have chosen to break a page.
pub(crate) const HOSTILE: [&str; 6] = [
    "<script>document.title='broken'</script>",
    "\"><img src=x onerror=\"document.title='broken'\">",
    "'-alert(1)-' & co </style></svg></title>",
    "invoice\u{202e}gnp.exe",
    "{{ 7 * 7 }} ${7*7} javascript:alert(1)",
    "a-very-long-name-that-never-ends-a-very-long-name-that-never-ends-a-very-long-name-that-never-ends-a-very-long-\
     name-that-never-ends-a-very-long-name-that-never-ends",
];

const DOMAINS: [&str; 3] = ["d-research0001", "d-finance00001", "d-marketing001"];
const OWNERS: [&str; 8] = ["alice", "bob", "carol", "dave", "erin", "frank", "grace", "heidi"];
const TYPES: [&str; 4] = ["ml.g5.xlarge", "ml.t3.medium", "ml.m5.4xlarge", "ml.p4d.24xlarge"];

/// What a page is made of.
pub(crate) struct Reports {
    pub(crate) spend: SpendReport,
    pub(crate) savings: SavingsReport,
}

/// Numbers that look like chance and are the same each time.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }
}

/// Three domains in thirty days, and so many stops; with `hostile` further groups and names.
pub(crate) fn month(stops: u64, hostile: bool) -> Reports {
    let mut numbers = Numbers(7);
    let window = Window { since: at(0), until: at(30 * 24) };
    let mut groups: Vec<&str> = DOMAINS.to_vec();
    groups.extend(if hostile { &HOSTILE[..] } else { &[] });
    let days = days(&groups, &mut numbers);
    let rows: Vec<SpendRow> = groups.iter().map(|group| row(group, &days)).collect();
    let total = sum(rows.iter().map(|row| row.money));
    let names = |number: u64| if hostile { HOSTILE[number as usize % 6] } else { OWNERS[number as usize % 8] };
    let idle = (0..12).map(|number| idle(number, names(number), &mut numbers)).collect();
    let endpoints = (0..4).map(|number| endpoint(number, &mut numbers)).collect();
    let saved: Vec<SavedRow> = (0..stops).map(|number| stop(number, names(number), &mut numbers)).collect();
    let spend = SpendReport {
        schema_version: 1,
        made_at: window.until,
        window,
        by: By::Domain,
        now: Some(RunRate { as_of: at(30 * 24 - 1), running: 41, micro_usd_per_hour: 18_426_400, unpriced: 3 }),
        rows,
        total,
        waste: (0..6).map(|number| waste(number, names(number), &mut numbers)).collect(),
        days,
        top_idle: idle,
        idle_endpoints: endpoints,
        unpriced: vec![UnpricedRow {
            why: "no list has ml.p6-b300.48xlarge of Studio:JupyterLab in eu-west-1".to_owned(),
            resources: 3,
            seconds: 430_200,
        }],
        lists: vec!["aws 2026-11-20".to_owned(), "bundled 2026-09-24".to_owned()],
        seen: seen(),
        actuals: Some(actuals(&total, window)),
        notes: vec!["What ran between two looks and was gone by the second is not in the report.".to_owned()],
    };
    Reports { savings: savings(saved, window, &groups), spend }
}

/// Reports of a ledger that has nothing yet.
pub(crate) fn nothing() -> Reports {
    let Reports { mut spend, mut savings } = month(0, false);
    spend.now = None;
    spend.actuals = None;
    (spend.rows, spend.days, spend.top_idle, spend.idle_endpoints) = (vec![], vec![], vec![], vec![]);
    (spend.total, spend.unpriced, spend.lists, spend.seen) = (Money::default(), vec![], vec![], vec![]);
    spend.notes = vec![];
    savings.days = vec![];
    (savings.by_whom, savings.by_reason, savings.by_grade) = Default::default();
    (savings.groups, savings.unpriced, savings.lists, savings.seen) = (vec![], vec![], vec![], vec![]);
    (savings.total, savings.what_if, savings.notes) = (Sum::default(), None, vec![]);
    Reports { spend, savings }
}

fn at(hours: i64) -> Timestamp {
    let begin: Timestamp = "2026-10-26T00:00:00Z".parse().expect("a time");
    begin + SignedDuration::from_hours(hours)
}

fn money(seconds: u64, micro_usd_per_hour: u64) -> Money {
    let list = seconds * micro_usd_per_hour / 3_600;
    Money { seconds, list_micro_usd: list, net_micro_usd: Some(list * 7 / 10), unpriced_seconds: 0 }
}

fn sum(moneys: impl Iterator<Item = Money>) -> Money {
    moneys.fold(Money { net_micro_usd: Some(0), ..Money::default() }, |sum, money| Money {
        seconds: sum.seconds + money.seconds,
        list_micro_usd: sum.list_micro_usd + money.list_micro_usd,
        net_micro_usd: sum.net_micro_usd.zip(money.net_micro_usd).map(|(a, b)| a + b),
        unpriced_seconds: sum.unpriced_seconds + money.unpriced_seconds,
    })
}

fn days(groups: &[&str], numbers: &mut Numbers) -> Vec<DayRow> {
    let mut days = Vec::new();
    for day in 0..30_u64 {
        for (number, group) in (1..).zip(groups) {
            // Weekends are quiet: the first day is a Monday.
            let busy = if day % 7 < 5 { 6 } else { 2 };
            let seconds = 3_600 * (busy + numbers.below(10)) * 6 / number;
            let mut money = money(seconds, 1_408_000);
            if number == 2 && day == 12 {
                money.unpriced_seconds = 3_600;
                money.seconds += 3_600;
            }
            days.push(DayRow {
                day: jiff::tz::TimeZone::UTC.to_datetime(at(24 * day as i64)).date(),
                group: (*group).to_owned(),
                money,
            });
        }
    }
    days
}

fn row(group: &str, days: &[DayRow]) -> SpendRow {
    let total = sum(days.iter().filter(|row| row.group == group).map(|row| row.money));
    let now = RunRate { as_of: at(719), running: 12, micro_usd_per_hour: 6_142_100, unpriced: 1 };
    let idle = Money {
        seconds: total.seconds / 4,
        list_micro_usd: total.list_micro_usd / 4,
        net_micro_usd: total.net_micro_usd.map(|net| net / 4),
        unpriced_seconds: 0,
    };
    SpendRow { group: group.to_owned(), now: Some(now), money: total, idle, resources: 14 }
}

fn idle(number: u64, owner: &str, numbers: &mut Numbers) -> IdleRow {
    let idle_seconds = 900 + numbers.below(400_000);
    let rate = (number != 3).then_some(1_408_000);
    IdleRow {
        resource: format!("app/{}/space/{owner}-lab-{number}/JupyterLab/default", DOMAINS[number as usize % 3]),
        account: "111122223333".to_owned(),
        region: "eu-west-1".to_owned(),
        owner: (number != 5).then(|| owner.to_owned()),
        instance_type: Some(TYPES[number as usize % 4].to_owned()),
        idle_seconds,
        micro_usd_per_hour: rate,
        wasted_micro_usd: rate.map(|rate| rate * idle_seconds / 3_600),
    }
}

fn waste(number: u64, owner: &str, numbers: &mut Numbers) -> WasteRow {
    let seconds = 7_200 + numbers.below(400_000);
    let unpriced_seconds = if number == 2 { seconds } else { 0 };
    let list_micro_usd = (seconds - unpriced_seconds) * 391;
    let idle = Money { seconds, list_micro_usd, net_micro_usd: None, unpriced_seconds };
    WasteRow { user_profile: owner.to_owned(), idle }
}

fn endpoint(number: u64, numbers: &mut Numbers) -> IdleRow {
    let rate = 204_800 + numbers.below(4_000_000);
    IdleRow {
        resource: format!("variant/churn-model-{number}/AllTraffic"),
        account: "444455556666".to_owned(),
        region: "us-east-1".to_owned(),
        owner: None,
        instance_type: Some("ml.m5.xlarge".to_owned()),
        idle_seconds: 86_400 * (number + 8),
        micro_usd_per_hour: Some(rate),
        wasted_micro_usd: Some(rate * 24 * (number + 8)),
    }
}

fn stop(number: u64, owner: &str, numbers: &mut Numbers) -> SavedRow {
    let from = at(numbers.below(29 * 24) as i64);
    let held = [Held::Restarted, Held::Cap, Held::Native, Held::Restarted][number as usize % 4];
    let held = if number.is_multiple_of(9) { Held::Open } else { held };
    let grade = [Grade::Measured, Grade::Measured, Grade::Inferred, Grade::Assumed][number as usize % 4];
    let seconds = 3_600 + numbers.below(80_000);
    let unpriced = number % 17 == 16;
    let because = match grade {
        Grade::Measured => vec![],
        Grade::Inferred => vec!["fewer stops were counted than apps were gone".to_owned()],
        Grade::Assumed => vec!["SageMaker's own idle timeout could not be read".to_owned()],
    };
    SavedRow {
        resource: format!("app/{}/space/{owner}-lab-{number}/JupyterLab/default", DOMAINS[number as usize % 3]),
        account: "111122223333".to_owned(),
        region: "eu-west-1".to_owned(),
        owner: (number % 11 != 10).then(|| owner.to_owned()),
        instance_type: Some(TYPES[number as usize % 4].to_owned()),
        by: if number.is_multiple_of(3) { StoppedBy::Costctl } else { StoppedBy::IdleAgent },
        reason: "idle-timeout".to_owned(),
        from,
        to: from + SignedDuration::from_secs(seconds as i64),
        held,
        money: if unpriced {
            Money { seconds, unpriced_seconds: seconds, net_micro_usd: None, list_micro_usd: 0 }
        } else {
            money(seconds, 1_408_000)
        },
        grade,
        because,
    }
}

fn savings(mut stops: Vec<SavedRow>, window: Window, groups: &[&str]) -> SavingsReport {
    stops.sort_by_key(|stop| std::cmp::Reverse(stop.money.list_micro_usd));
    let of = |wanted: &dyn Fn(&SavedRow) -> bool| {
        let rows: Vec<Money> = stops.iter().filter(|row| wanted(row)).map(|row| row.money).collect();
        let priced = rows.iter().map(|money| Money { net_micro_usd: money.net_micro_usd.or(Some(0)), ..*money });
        Sum { stops: rows.len() as u64, money: sum(priced) }
    };
    let total = of(&|_| true);
    let days = stops.iter().map(|stop| DayRow {
        day: jiff::tz::TimeZone::UTC.to_datetime(stop.from).date(),
        group: stop.resource.split('/').nth(1).unwrap_or_default().to_owned(),
        money: Money { net_micro_usd: stop.money.net_micro_usd.or(Some(0)), ..stop.money },
    });
    SavingsReport {
        schema_version: 1,
        made_at: window.until,
        window,
        by: By::Domain,
        cap_seconds: 86_400,
        total,
        groups: groups.iter().map(|group| ((*group).to_owned(), of(&|row| row.resource.contains(group)))).collect(),
        by_whom: [
            ("costctl".to_owned(), of(&|row| row.by == StoppedBy::Costctl)),
            ("idle-agent".to_owned(), of(&|row| row.by == StoppedBy::IdleAgent)),
        ]
        .into(),
        by_reason: [("idle-timeout".to_owned(), total)].into(),
        by_grade: [
            ("measured".to_owned(), of(&|row| row.grade == Grade::Measured)),
            ("inferred".to_owned(), of(&|row| row.grade == Grade::Inferred)),
            ("assumed".to_owned(), of(&|row| row.grade == Grade::Assumed)),
        ]
        .into(),
        days: days.collect(),
        unpriced: vec![],
        lists: vec!["aws 2026-11-20".to_owned()],
        seen: seen(),
        what_if: Some(WhatIf {
            idle_timeout_seconds: 2_700,
            stops: 318,
            interrupted: 21,
            saved: Money { unpriced_seconds: 7_200, ..money(1_204_000, 1_408_000) },
            runs_heard: 402,
            runs_unheard: 37,
        }),
        notes: vec!["Net prices are those of the Savings Plans of 2026-11-25.".to_owned()],
        stops,
    }
}

fn seen() -> Vec<SeenRow> {
    let row = |account: &str, region: &str, looks, gap| SeenRow {
        account: account.to_owned(),
        region: region.to_owned(),
        looks,
        first: Some(at(1)),
        last: Some(at(719)),
        longest_gap_seconds: gap,
    };
    vec![row("111122223333", "eu-west-1", 2_878, 2_700), row("444455556666", "us-east-1", 1_204, 187_200)]
}

fn actuals(total: &Money, window: Window) -> Actuals {
    let estimated = total.list_micro_usd as i64;
    let row = |component: &str, billed_micro_usd, estimated_micro_usd| ActualRow {
        component: component.to_owned(),
        billed_micro_usd,
        estimated_micro_usd,
    };
    Actuals {
        window,
        rows: vec![row("Studio:JupyterLab", estimated - 12_340_000, Some(estimated)), row("Train", 88_120_000, None)],
        billed_micro_usd: estimated - 12_340_000 + 88_120_000,
        estimated_micro_usd: estimated,
    }
}
