//! Which way is taken, what is kept, and what is said when there is none.

use serde_json::{Value, json};
use studio_it::rights;

use crate::lists::{Lists, price, squeezed};

const LAB: &str = "Studio:JupyterLab-ml.g5.xlarge";

/// Two regions, VPC endpoints in one of them, and a Savings Plan.
fn two_regions(published: &str, usd: &str) -> Value {
    let vpc =
        |usage: &str, usd: &str| json!({ "Region": "us-east-1", "UsageType": usage, "Usd": usd, "Offer": "AmazonVPC" });
    let plan = |option: &str, usd: &str| json!({ "Region": "us-east-1", "UsageType": LAB, "Term": "1yr", "Option": option, "Usd": usd });
    json!({
        "Published": published,
        "Prices": [price("us-east-1", LAB, usd), price("us-gov-west-1", LAB, "1.77"),
            vpc("VpcEndpoint-Hours", "0.01"), vpc("NatGateway-Hours", "0.045")],
        "SavingsPlans": [plan("No Upfront", "1.03"), plan("All Upfront", "0.96")],
    })
}

fn usd_of(shown: &Value, list: &str) -> Vec<String> {
    let rows = shown["prices"].as_array().unwrap().iter().filter(|row| row["list"] == list);
    rows.map(|row| row["usd"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn the_api_gives_both_lists_and_a_later_publication_stands_beside_the_earlier() {
    let lists = Lists::new(&two_regions("2026-10-01T10:00:00Z", "1.4"));
    lists.run("refresh", 0);
    let called = lists.sandbox.call_counts().unwrap().into_keys();
    let missing = rights::missing(&["`prices refresh`"], called).unwrap();
    assert!(missing.is_empty(), "controller/README.md does not name {missing:?}");
    lists.sandbox.prices(&two_regions("2026-11-20T00:00:00Z", "1.5")).unwrap();
    lists.run("refresh", 0);
    let shown = lists.show("--region us-east-1");
    assert_eq!(usd_of(&shown, "aws 2026-11-20"), ["1.5000"]);
    assert_eq!(usd_of(&shown, "aws vpc 2026-11-20"), ["0.0100"], "and nothing else of networking");
    assert_eq!(usd_of(&shown, "aws 2026-10-01"), Vec::<String>::new());
    let wanted =
        ["sagemaker-20261001T100000Z", "sagemaker-20261120T000000Z", "vpc-20261001T100000Z", "vpc-20261120T000000Z"];
    assert_eq!(lists.kept("us-east-1"), wanted.map(|stem| format!("{stem}.jsonl")));
}

#[test]
fn a_savings_plan_is_kept_beside_the_list_prices() {
    let lists = Lists::new(&two_regions("2026-11-20T00:00:00Z", "1.41"));
    lists.run("refresh --savings-plans 1yr:all-upfront", 0);
    let shown = lists.show("--component Studio:JupyterLab --instance-type ml.g5.xlarge --region us-east-1");
    assert_eq!(usd_of(&shown, "aws savings plan 1yr:all-upfront 2026-11-20"), ["0.9600"]);
    assert_eq!(usd_of(&shown, "aws 2026-11-20"), ["1.4100"]);
    let (stdout, _) = lists.run("refresh --savings-plans 3yr:no-upfront --from bulk", 4);
    assert!(squeezed(&stdout).contains("norateof3yr:no-upfront"), "{stdout}");
}

#[test]
fn where_the_api_does_not_answer_the_public_file_does_and_it_is_said() {
    let lists = Lists::new(&two_regions("2026-11-20T00:00:00Z", "1.41"));
    lists.sandbox.set_faults("[[fault]]\noperation = \"GetProducts\"\nkind = \"deny\"\n").unwrap();
    let (_, stderr) = lists.run("refresh", 0);
    assert!(stderr.contains("hint: allow GetProducts") && stderr.contains("taking the public file"), "{stderr}");
    assert_eq!(lists.kept("us-east-1"), ["sagemaker-20261120T000000Z.jsonl"]);
    let (stdout, _) = lists.run("refresh --from api", 1);
    assert!(stdout.contains("FAILED"), "{stdout}");
    // Without credentials, too: the file asks for none.
    let none = [("AWS_ACCESS_KEY_ID", ""), ("AWS_SECRET_ACCESS_KEY", "")];
    let (_, stderr) = lists.run_with("refresh --region us-east-1", &none, 0);
    assert!(stderr.contains("credentials come from"), "{stderr}");
}

#[test]
fn govcloud_is_in_the_commercial_file() {
    let lists = Lists::new(&two_regions("2026-11-20T00:00:00Z", "1.41"));
    let (_, stderr) = lists.run("refresh --region us-gov-west-1", 0);
    assert!(stderr.contains("credentials of a commercial account"), "{stderr}");
    assert!(!lists.sandbox.call_counts().unwrap().contains_key("GetProducts"));
    assert_eq!(usd_of(&lists.show("--region us-gov-west-1"), "aws 2026-11-20"), ["1.7700"]);
}

#[test]
fn all_pages_are_read_however_often_it_throttles() {
    let types = (0..250).map(|n| price("us-east-1", &format!("Train:ml.m{n}.xlarge"), &format!("{n}.5")));
    let lists = Lists::new(&json!({ "Prices": types.collect::<Vec<_>>() }));
    lists.sandbox.set_faults("[[fault]]\noperation = \"GetProducts\"\nkind = \"throttle\"\nevery = 3\n").unwrap();
    // There are no VPC endpoints.
    lists.run("refresh --from api", 4);
    let shown = lists.show("--region us-east-1 --component Training");
    assert_eq!(usd_of(&shown, "aws 2026-11-20").len(), 250);
    assert!(lists.sandbox.calls_of("GetProducts").unwrap().len() > 8, "750 records in pages of 100");
}

#[test]
fn of_several_prices_the_newest_in_force_counts_and_other_money_is_none() {
    let since = |since: &str, usd: &str| json!({ "Region": "us-east-1", "UsageType": LAB, "Usd": usd, "Since": since, "Sku": "JDZQJFUVUR8SUWHS" });
    let yuan = json!({ "Region": "cn-north-1", "UsageType": LAB, "Usd": "9.8", "Currency": "CNY" });
    let prices = [
        since("2026-01-01T00:00:00Z", "1.4"),
        since("2026-06-01T00:00:00Z", "1.6"),
        since("2999-01-01T00:00:00Z", "2"),
    ];
    let prices: Vec<Value> = prices.into_iter().chain([yuan]).collect();
    let lists = Lists::new(&json!({ "Prices": prices }));
    lists.run("refresh --from bulk", 0);
    let shown = lists.show("--region us-east-1 --component Studio:JupyterLab --instance-type ml.g5.xlarge");
    assert_eq!(usd_of(&shown, "aws 2026-11-20"), ["1.6000"]);
    let row = shown["prices"].as_array().unwrap().iter().find(|row| row["list"] == "aws 2026-11-20").unwrap();
    assert_eq!((&row["sku"], &row["effective_at"]), (&json!("JDZQJFUVUR8SUWHS"), &json!("2026-06-01T00:00:00Z")));
    assert!(row["document"].as_str().unwrap().ends_with("/us-east-1/index.json"));
    let (stdout, _) = lists.run("refresh --region cn-north-1 --from api", 1);
    assert!(squeezed(&stdout).contains("1notinUSdollars"), "{stdout}");
    assert!(lists.kept("cn-north-1").is_empty(), "nothing is kept that has no price");
}

#[test]
fn without_a_list_the_bundled_table_answers_under_its_name() {
    let lists = Lists::new(&json!({}));
    let shown = lists.show("--region us-east-1 --component Studio:JupyterLab --instance-type ml.g5.*");
    assert_eq!(usd_of(&shown, "bundled 2026-09-24"), ["1.4100"]);
    assert!(shown["prices"][0]["document"].as_str().unwrap().contains("guardcap"), "{shown}");
    let (stdout, _) = lists.run("show --region eu-north-1", 0);
    assert!(squeezed(&stdout).contains("hint:costctlpricesrefresh--regioneu-north-1"), "{stdout}");
    assert!(lists.sandbox.calls().unwrap().is_empty(), "nothing was asked");
}

#[test]
fn a_damaged_list_is_named_and_the_table_does_not_stand_in_for_it() {
    let lists = Lists::new(&two_regions("2026-11-20T00:00:00Z", "1.41"));
    lists.run("refresh --from bulk", 0);
    let path = lists.folder("us-east-1").join("sagemaker-20261120T000000Z.jsonl");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace("1410000000000", "1400000000000")).unwrap();
    let (_, stderr) = lists.run("show", 2);
    assert!(stderr.contains("sagemaker-20261120T000000Z.jsonl is damaged"), "{stderr}");
    assert!(stderr.contains("costctl prices refresh"), "{stderr}");
    lists.run("refresh --from bulk", 0);
    lists.run("show", 0);
}
