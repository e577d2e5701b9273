//! Reports over a handful of lines, by hand.

use jiff::{SignedDuration, Timestamp};

use super::*;
use crate::fold::{Folded, Ledger, ScopeName, Span};

const HEAD: &str =
    r#""schema_version":1,"partition":"aws","account":"111122223333","region":"us-east-1","at":"2026-11-02T"#;
const LAB: &str = r#""resource":"app/d-1/space/lab/JupyterLab/default","began":"2026-11-02T08:00:00Z""#;

fn at(text: &str) -> Timestamp {
    format!("2026-11-02T{text}:00Z").parse().expect("a time")
}

/// A lab from 8 to 12, idle from 10:00, stopped by a sweep at 12; a volume without a price; looks until 18.
fn folded() -> Folded {
    let mut lines = String::new();
    for look in ["08:30", "12:30", "18:00"] {
        lines += &format!("{{{HEAD}{look}:00Z\",\"line\":\"look\",\"kinds\":[\"app\",\"volume\"]}}\n");
    }
    let ran =
        r#""component":"Studio:JupyterLab","units":1,"instance_type":"ml.m5.xlarge","owner":"ada","tags":{"Team":"x"}"#;
    let rate = r#""rate":{"micro_usd_per_hour":200001,"list":"aws 2026-10-15"}"#;
    lines += &format!("{{{HEAD}08:30:00Z\",\"line\":\"ran\",{LAB},\"since\":\"2026-11-02T08:00:00Z\",{ran},{rate}}}\n");
    let volume = r#""resource":"volume/d-1/lab","began":"1970-01-01T00:00:00Z","since":"2026-11-02T08:30:00Z","component":"Studio:VolumeUsage.gp3","units":5,"rate":{"unpriced":"no list"}"#;
    lines += &format!("{{{HEAD}08:30:00Z\",\"line\":\"ran\",{volume}}}\n");
    let idle = r#""since":"2026-11-02T10:00:00Z","until":"2026-11-02T12:00:00Z","ended":"gone""#;
    lines += &format!("{{{HEAD}12:30:00Z\",\"line\":\"idle\",{LAB},{idle}}}\n");
    lines += &format!("{{{HEAD}12:30:00Z\",\"line\":\"gone\",{LAB}}}\n");
    let stop =
        r#""gone_at":"2026-11-02T12:00:00Z","by":"costctl","reason":"idle-timeout","grade":"measured","native":"off""#;
    lines += &format!("{{{HEAD}12:30:00Z\",\"line\":\"stopped\",{LAB},{stop}}}\n");
    let mut ledger = Ledger::default();
    ledger.read(lines.as_bytes(), "lines").expect("lines");
    ledger.finish()
}

fn question<'a>(by: &str, today: Option<&'a PriceOf<'a>>, plans: Option<Plans<'a>>) -> Question<'a> {
    let window = Window { since: at("00:00"), until: at("20:00") };
    Question { made_at: at("20:00"), window, by: by.parse().expect("a group"), today, plans }
}

#[test]
fn each_stretch_is_told_under_each_name() {
    let folded = folded();
    for (by, lab, volume) in [
        ("account", "111122223333", "111122223333"),
        ("region", "us-east-1", "us-east-1"),
        ("domain", "d-1", "d-1"),
        ("space", "d-1/lab", "d-1/lab"),
        ("endpoint", "no endpoint", "no endpoint"),
        ("user-profile", "ada", "unattributed"),
        ("instance-type", "ml.m5.xlarge", "no instance type"),
        ("component", "Studio:JupyterLab", "Studio:VolumeUsage.gp3"),
        ("tag:Team", "x", "unattributed"),
    ] {
        let report = spend(&folded, &question(by, None, None), None, None);
        let row = |group: &str| report.rows.iter().find(|row| row.group == group).expect("a row");
        // The lab ran for four hours; the volume was seen from 8:30 to 18:00.
        assert_eq!(report.total.list_micro_usd, 800_004, "{by}");
        assert_eq!((report.total.seconds, report.total.unpriced_seconds), (48_600, 34_200), "{by}");
        assert_eq!(row(lab).idle.seconds, 7200, "{by}");
        assert_eq!(report.rows.len(), if lab == volume { 1 } else { 2 }, "{by}");
        assert_eq!(row(volume).resources, if lab == volume { 2 } else { 1 }, "{by}");
        assert_eq!(report.total.net_micro_usd, None, "nothing is known of Savings Plans");
    }
}

#[test]
fn what_had_no_price_has_todays_only_where_that_is_asked_for() {
    let folded = folded();
    let today = |_: ScopeName<'_>, span: Span<'_>| Some((u64::from(span.units()) * 100, "aws 2026-11-01".to_owned()));
    let report = spend(&folded, &question("component", Some(&today), None), None, None);
    assert_eq!((report.total.unpriced_seconds, report.total.list_micro_usd), (0, 800_004 + 4750));
    assert_eq!(report.lists, ["aws 2026-10-15", "aws 2026-11-01"]);
    assert!(report.notes.iter().any(|note| note.starts_with("10 hours that had no price")), "{:?}", report.notes);
    assert!(report.unpriced.is_empty());
}

#[test]
fn a_net_figure_is_the_covered_part_by_the_plan_and_the_rest_by_the_list() {
    let folded = folded();
    let rate = |_: ScopeName<'_>, span: Span<'_>| {
        (span.component() == "Studio:JupyterLab").then(|| (100_000, "plan 2026-10-15".to_owned()))
    };
    let plans = |coverage_percent, utilization_percent| {
        let known = SavingsPlans { coverage_percent, utilization_percent };
        Some(Plans { known, rate: &rate })
    };
    let cap = SignedDuration::from_hours(4);
    for (coverage, utilization, spent, saved) in [
        (0, 100, 800_004, 800_004),
        (100, 100, 400_000, 400_000),
        // A quarter of 100000 and three of 200001 are 175000.75, rounded down.
        (25, 100, 700_000, 700_000),
        // An idle hour of a commitment that is not used up saves nothing.
        (25, 90, 700_000, 600_000),
        (100, 90, 400_000, 0),
    ] {
        let asked = question("domain", None, plans(coverage, utilization));
        assert_eq!(spend(&folded, &asked, None, None).total.net_micro_usd, Some(spent), "{coverage} {utilization}");
        let total = savings(&folded, &asked, cap, None).total;
        assert_eq!((total.stops, total.money.list_micro_usd), (1, 800_004));
        assert_eq!(total.money.net_micro_usd, Some(saved), "{coverage} {utilization}");
    }
}

#[test]
fn another_timeout_stops_what_was_idle_for_longer() {
    let folded = folded();
    let with = |minutes| {
        let timeout = SignedDuration::from_mins(minutes);
        savings(&folded, &question("domain", None, None), SignedDuration::from_hours(24), Some(timeout)).what_if
    };
    let what_if = with(30).expect("it was asked for");
    assert_eq!((what_if.stops, what_if.interrupted, what_if.saved.seconds), (1, 0, 5400));
    assert_eq!(what_if.saved.list_micro_usd, 300_001);
    assert_eq!((what_if.runs_heard, what_if.runs_unheard), (1, 0));
    assert_eq!(with(120).map(|what_if| what_if.stops), Some(0), "exactly as long is not longer");
}

#[test]
fn rows_of_an_export_come_to_the_report() {
    let folded = folded();
    let asked = question("domain", None, None);
    let (mut sum, mut idle) = (Money::default(), Money::default());
    let each = |row: ChargeRow<'_>| {
        sum.plus(&row.money);
        idle.plus(&row.idle);
        assert_eq!(row.unpriced().is_some(), row.micro_usd_per_hour.is_none());
        assert_eq!(row.list().is_some(), row.micro_usd_per_hour.is_some());
        Ok::<(), ()>(())
    };
    charges(&folded, &asked, each).expect("no row fails");
    let report = spend(&folded, &asked, None, None);
    assert_eq!(sum, report.total);
    assert_eq!(idle.list_micro_usd, report.rows[0].idle.list_micro_usd);
}

#[test]
fn a_row_of_an_export_names_todays_list_where_its_price_is_from_there() {
    let folded = folded();
    let today = |_: ScopeName<'_>, _: Span<'_>| Some((100, "aws 2026-11-01".to_owned()));
    let mut lists = Vec::new();
    let each = |row: ChargeRow<'_>| {
        lists.push((row.span.component().to_owned(), row.list().map(str::to_owned)));
        Ok::<(), ()>(())
    };
    charges(&folded, &question("domain", Some(&today), None), each).expect("no row fails");
    lists.sort();
    let list = |component: &str, list: &str| (component.to_owned(), Some(list.to_owned()));
    let expected = [list("Studio:JupyterLab", "aws 2026-10-15"), list("Studio:VolumeUsage.gp3", "aws 2026-11-01")];
    assert_eq!(lists, expected);
}

#[test]
fn what_runs_now_is_a_row_even_where_it_did_not_run_in_the_window() {
    let folded = folded();
    let ran = |resource: &str, rate: &str| {
        let text = format!(
            "{{\"resource\":\"{resource}\",\"began\":\"2026-11-02T19:00:00Z\",\"since\":\"2026-11-02T19:00:00Z\",\
             \"component\":\"Studio:JupyterLab\",\"units\":1,\"rate\":{rate}}}"
        );
        serde_json::from_str(&text).expect("a run")
    };
    let row = |resource: &str, rate: &str, idle_seconds| NowRow {
        account: idle_core::AccountId::parse("111122223333").expect("an account"),
        region: idle_core::Region::parse("us-east-1").expect("a region"),
        ran: ran(resource, rate),
        idle_seconds,
    };
    let priced = r#"{"micro_usd_per_hour":500000,"list":"aws 2026-10-15"}"#;
    let running = vec![
        row("app/d-1/space/lab/JupyterLab/default", priced, Some(7200)),
        row("app/d-2/space/lab/JupyterLab/default", r#"{"unpriced":"no list"}"#, None),
        row("variant/chat/AllTraffic", priced, Some(90_000)),
    ];
    let now = Now { as_of: at("19:30"), running, unseen: vec!["an account: denied".to_owned()] };
    let report = spend(&folded, &question("domain", None, None), Some(&now), None);
    let total = report.now.expect("somebody looked");
    assert_eq!((total.running, total.micro_usd_per_hour, total.unpriced), (3, 1_000_000, 1));
    let rows: Vec<_> = report.rows.iter().map(|row| (&*row.group, row.now.as_ref().map(|now| now.running))).collect();
    assert_eq!(rows, [("d-1", Some(1)), ("d-2", Some(1)), ("no domain", Some(1))]);
    assert_eq!(report.top_idle.len(), 1);
    assert_eq!(report.top_idle[0].wasted_micro_usd, Some(1_000_000));
    assert_eq!(report.idle_endpoints[0].resource, "variant/chat/AllTraffic");
    assert!(report.notes.iter().any(|note| note.ends_with("an account: denied")), "{:?}", report.notes);
}

#[test]
fn a_bill_stands_beside_what_was_seen_with_the_residual_between_them() {
    let folded = folded();
    let billed = [("Studio:JupyterLab", 300_000), ("Training", 7), ("Hosting", 50), ("Studio:JupyterLab", 600_000)];
    let billed = billed.map(|(component, micro_usd)| (component.to_owned(), micro_usd));
    let actuals = actuals(&folded, &question("domain", None, None), billed);
    let rows: Vec<_> =
        actuals.rows.iter().map(|row| (&*row.component, row.billed_micro_usd, row.estimated_micro_usd)).collect();
    // Training is not watched; Hosting is, and none was seen; the volume has no price.
    let seen = [("Studio:JupyterLab", 900_000, Some(800_004)), ("Hosting", 50, Some(0)), ("Training", 7, None)];
    assert_eq!(rows, [&seen[..], &[("Studio:VolumeUsage.gp3", 0, Some(0))]].concat());
    assert_eq!((actuals.billed_micro_usd, actuals.estimated_micro_usd), (900_057, 800_004));
}
