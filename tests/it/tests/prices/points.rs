//! Every published price point, as it comes out of each way to it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::lists::{Lists, points};

/// A decimal without the zeros behind it.
fn plain(usd: &str) -> String {
    usd.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Region and usage type to amount, of what comes from a fetched list.
fn fetched(shown: &Value) -> BTreeMap<(String, String), String> {
    let rows = shown["prices"].as_array().unwrap().iter().filter(|row| row["list"] == "aws 2026-11-20");
    let text = |row: &Value, member: &str| row[member].as_str().unwrap().to_owned();
    rows.map(|row| ((text(row, "region"), text(row, "item")), plain(&text(row, "usd")))).collect()
}

#[test]
fn every_point_comes_by_both_ways_as_it_was_published_and_nothing_beside_it() {
    let sold = points().into_iter().filter(|point| point[3] != "none");
    let wanted: BTreeMap<_, _> = sold.map(|[_, region, usage, usd]| ((region, usage), plain(&usd))).collect();
    let regions: BTreeSet<String> = points().into_iter().map(|[_, region, ..]| region).collect();
    let regions = regions.into_iter().collect::<Vec<_>>().join(",");
    for (from, asked, never) in [("api", "GetProducts", "GetOfferFile"), ("bulk", "GetOfferFile", "GetProducts")] {
        let lists = Lists::of_points();
        // There are no VPC endpoints among the points: of the API's two lists one is missing.
        let (stdout, _) =
            lists.run(&format!("refresh --region {regions} --from {from}"), if from == "api" { 4 } else { 0 });
        assert!(stdout.lines().all(|line| line.chars().count() <= 80), "{stdout}");
        assert_eq!(fetched(&lists.show("")), wanted, "{from}");
        let counts = lists.sandbox.call_counts().unwrap();
        assert!(counts.contains_key(asked) && !counts.contains_key(never), "{from}: {counts:?}");
    }
}

#[test]
fn what_is_not_sold_is_unpriced_with_its_reason() {
    let lists = Lists::of_points();
    lists.run("refresh --region us-east-1,us-west-2 --from bulk", 0);
    for [_, region, usage, usd] in
        points().into_iter().filter(|point| point[1].starts_with("us-") && point[3] == "none")
    {
        let (head, instance_type) = usage.split_at(usage.find("ml.").unwrap());
        let component = match head {
            "Train:" => "Training",
            "Processing:" => "Processing",
            "Notebk:" => "Notebook",
            studio => studio.trim_end_matches('-'),
        };
        let shown = lists.show(&format!("--region {region} --component {component} --instance-type {instance_type}"));
        assert_eq!(shown["prices"].as_array().unwrap().len(), 0, "{usd}: {shown}");
        let why = shown["unpriced"][0]["why"].as_str().unwrap();
        let wanted = format!("no price of {instance_type} for {component} in {region} in aws 2026-11-20 or the table");
        assert!(why.starts_with(&wanted), "{why}");
    }
}
