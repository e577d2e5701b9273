//! Bodies: golden for a small fleet, within every limit for any, and no series lost.

use std::collections::BTreeSet;

use cost_planner::dashboard::{
    AlarmsWanted, Dashboard, Listed, MOST_METRICS, MOST_OF_WIDGET, MOST_WIDGETS, Shown, Wanted, alarms, bill,
    dashboards, metric,
};
use cost_planner::drift::Rule;
use proptest::prelude::*;
use serde_json::{Value, json};

fn listed(domains: usize, types: usize, scopes: usize) -> Listed {
    Listed {
        domains: (0..domains).map(|n| (format!("d-{n:05}"), format!("team-{n}"))).collect(),
        instance_types: (0..types).map(|n| format!("ml.x{n}.large")).collect(),
        scopes: (0..scopes).map(|n| (format!("1111222233{n:02}"), "eu-west-1".to_owned())).collect(),
    }
}

fn made(shown: Shown) -> Vec<Dashboard> {
    dashboards(&Wanted { name: "costctl".to_owned(), region: "eu-west-1".to_owned(), period: 3600, shown })
}

fn every_alarm() -> AlarmsWanted {
    AlarmsWanted {
        name: "costctl".to_owned(),
        sweep_every: 3600,
        coverage_below_percent: Some(90),
        micro_usd_per_month: Some(5_000_000_000),
        topic: Some("arn:aws:sns:eu-west-1:111122223333:costs".to_owned()),
    }
}

#[test]
fn the_dashboards_of_a_small_fleet_are_as_ever() {
    let made = made(Shown::Listed(listed(2, 2, 1)));
    let bodies: Vec<Value> = made.iter().map(|one| json!({ "name": one.name, "body": one.body })).collect();
    insta::assert_json_snapshot!(bodies);
}

#[test]
fn the_dashboard_of_a_search_is_as_ever() {
    let made = made(Shown::Search);
    assert_eq!(made.len(), 1);
    insta::assert_json_snapshot!(made[0].body);
}

#[test]
fn the_alarms_are_as_ever() {
    insta::assert_json_snapshot!(alarms(&every_alarm()));
}

#[test]
fn three_hundred_domains_are_one_dashboard_and_their_bill_is_told() {
    let shown = Shown::Listed(listed(300, 20, 2));
    let made = made(shown.clone());
    assert_eq!(made.len(), 1, "1,800 metrics of domains fit beside the rest");
    let bill = bill(&shown, &made, &alarms(&every_alarm()), 3600);
    // 300 x 6 + 21 + 2 x 4 + 11 metrics, 1 dashboard, 5 metrics in alarms, 730 x 2 calls.
    let expected = [1_840 * 300_000, 3_000_000, 500_000, 14_600];
    assert_eq!(bill.lines.iter().map(|line| line.micro_usd_per_month).collect::<Vec<_>>(), expected);
    assert_eq!(bill.micro_usd_per_month, expected.iter().sum::<u64>());
    assert!(bill.lines[0].formula.contains("300 domains x 6 + 21 types + 2 accounts and regions x 4 + 11 = 1840"));
}

#[test]
fn beyond_ten_thousand_a_metric_is_cheaper() {
    let shown = Shown::Listed(listed(2_000, 0, 0));
    let bill = bill(&shown, &[], &[], 3600);
    assert_eq!(bill.lines[0].micro_usd_per_month, 10_000 * 300_000 + 2_012 * 100_000);
}

#[test]
fn a_search_does_not_bill_what_it_does_not_know() {
    let made = made(Shown::Search);
    let bill = bill(&Shown::Search, &made, &[], 3600);
    assert_eq!(bill.lines[0].micro_usd_per_month, 11 * 300_000);
    assert!(bill.without.iter().any(|text| text.contains("1.80 each")), "{bill:?}");
}

/// The series that a body names, each as its metric and dimension values.
fn named(body: &Value) -> Vec<String> {
    let widgets = body["widgets"].as_array().unwrap().iter();
    let rows = widgets.flat_map(|widget| widget["properties"]["metrics"].as_array().cloned().unwrap_or_default());
    let rows = rows.filter(|row| row[0].is_string());
    rows.map(|row| {
        let words: Vec<&str> = row.as_array().unwrap().iter().filter_map(Value::as_str).collect();
        words.join(" ")
    })
    .collect()
}

/// Asserts every limit that CloudWatch has.
fn assert_limits(made: &[Dashboard]) {
    let mut names = BTreeSet::new();
    for dashboard in made {
        assert!(names.insert(&dashboard.name));
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
        assert!((1..=255).contains(&dashboard.name.len()) && dashboard.name.chars().all(is_plain));
        let widgets = dashboard.body["widgets"].as_array().unwrap();
        assert!(widgets.len() <= MOST_WIDGETS && widgets.len() == dashboard.widgets);
        let mut metrics = 0;
        let mut cells = BTreeSet::new();
        for widget in widgets {
            let number = |name: &str| widget[name].as_u64().unwrap();
            let (x, y, width, height) = (number("x"), number("y"), number("width"), number("height"));
            assert!(x + width <= 24 && (1..=24).contains(&width) && (1..=1000).contains(&height), "{widget}");
            for cell in (x..x + width).flat_map(|x| (y..y + height).map(move |y| (x, y))) {
                assert!(cells.insert(cell), "one lies over another at {cell:?}");
            }
            let rows = widget["properties"]["metrics"].as_array().map_or(0, Vec::len);
            assert!(rows <= MOST_OF_WIDGET);
            metrics += rows;
        }
        assert!(metrics <= MOST_METRICS && metrics == dashboard.metrics);
        assert!(dashboard.body.to_string().len() < 1_000_000);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn every_body_keeps_all_limits_and_no_series_is_lost(
        domains in 0..2_000_usize, types in 0..200_usize, scopes in 0..100_usize,
    ) {
        let fleet = listed(domains, types, scopes);
        let made = made(Shown::Listed(fleet.clone()));
        assert_limits(&made);
        let shown: BTreeSet<String> = made.iter().flat_map(|one| named(&one.body)).collect();
        let mut expected = BTreeSet::new();
        let mut expect = |metric: &metric::Metric, values: &[&str]| {
            let pairs = metric.dimensions.iter().zip(values).flat_map(|(name, value)| [*name, *value]);
            let words: Vec<&str> = ["CostControl", metric.name].into_iter().chain(pairs).collect();
            expected.insert(words.join(" "));
        };
        for metric in metric::ALL {
            match metric.dimensions {
                [] => expect(metric, &[]),
                ["DomainId"] => fleet.domains.iter().for_each(|(id, _)| expect(metric, &[id])),
                ["InstanceType"] => {
                    fleet.instance_types.iter().for_each(|name| expect(metric, &[name]));
                    expect(metric, &["other"]);
                }
                ["Account", "Region"] => {
                    fleet.scopes.iter().for_each(|(account, region)| expect(metric, &[account, region]));
                }
                ["Rule"] => Rule::ALL.iter().for_each(|rule| expect(metric, &[rule.as_str()])),
                other => panic!("{other:?} is shown nowhere"),
            }
        }
        prop_assert_eq!(shown, expected);
        prop_assert_eq!(made.iter().filter(|one| one.name == "costctl").count(), 1);
    }
}

#[test]
fn the_largest_fleets_are_sharded_and_linked() {
    let made = made(Shown::Listed(listed(2_000, 40, 100)));
    assert_limits(&made);
    assert!(made.len() >= 5, "12,000 metrics need {} dashboards", made.len());
    for (n, dashboard) in made.iter().enumerate() {
        let text = dashboard.body["widgets"][0]["properties"]["markdown"].as_str().unwrap();
        for (other, linked) in made.iter().enumerate() {
            let link = format!("[{0}](#dashboards:name={0})", linked.name);
            assert_eq!(text.contains(&link), n != other, "{text}");
        }
    }
}

#[test]
fn every_metric_is_in_one_list_of_its_dimensions() {
    let drift = metric::OF_DRIFT;
    let lists = [metric::OF_DOMAIN, metric::OF_SCOPE, metric::OF_FLEET, drift, &[metric::TYPE_RUN_RATE]].concat();
    assert_eq!(lists.len(), metric::ALL.len());
    assert!(metric::ALL.iter().all(|metric| lists.contains(metric)));
    let own: BTreeSet<(&str, &[&str])> = metric::ALL.iter().map(|metric| (metric.name, metric.dimensions)).collect();
    assert_eq!(own.len(), metric::ALL.len(), "none is there twice");
}

#[test]
fn the_readme_lists_exactly_these_metrics() {
    let readme = include_str!("../../../README.md");
    let section = readme.split("## Metrics, dashboards and alarms").nth(1);
    let section = section.and_then(|rest| rest.split("\n## ").next()).unwrap_or_default();
    let rows: Vec<&str> = section.lines().filter(|line| line.starts_with("| `")).collect();
    let row = |m: &metric::Metric| format!("| `{}` | {} | {} |", m.name, m.unit, m.dimensions.join(", "));
    let expected: Vec<String> = metric::ALL.iter().map(row).collect();
    assert_eq!(rows, expected);
}
