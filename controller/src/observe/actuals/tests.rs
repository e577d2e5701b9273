//! Cost Explorer of the sandbox, and answers that it would never give.

use studio_parts::sandbox::{Sandbox, SandboxOptions};

use super::*;
use crate::aws::Session;
use crate::scripted_http::ScriptedHttp;

const OWN: &str = "111122223333";

fn day(text: &str) -> Date {
    text.parse().expect("a day")
}

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

fn asked() -> BillAsked {
    BillAsked {
        partition: Partition::parse("aws").expect("valid"),
        accounts: vec![AccountId::parse(OWN).expect("valid")],
        regions: vec![Region::parse("us-east-1").expect("valid"), Region::parse("eu-west-1").expect("valid")],
        days: (day("2026-11-01"), day("2026-11-04")),
    }
}

fn line(day: &str, usage_type: &str, amount: &str, more: &Value) -> Value {
    let mut line = json!({ "Day": day, "UsageType": usage_type, "Amount": amount });
    for (member, value) in more.as_object().into_iter().flatten() {
        line[member] = value.clone();
    }
    line
}

fn bill() -> Vec<Value> {
    let lab = "USE1-Studio:JupyterLab-ml.g5.xlarge";
    let plain = json!({});
    let mut lines = vec![
        line("2026-10-31", lab, "100", &plain),
        line("2026-11-01", lab, "33.8400000001", &plain),
        line("2026-11-01", "EU-Studio:JupyterLab-ml.t3.medium", "0.0000004999", &json!({ "Region": "eu-west-1" })),
        line("2026-11-02", lab, "-33.84", &json!({ "RecordType": "SavingsPlanNegation" })),
        line("2026-11-02", lab, "-50", &json!({ "RecordType": "Credit" })),
        line("2026-11-02", "USE1-Tax", "3", &json!({ "RecordType": "Tax" })),
        line("2026-11-02", "USE1-BoxUsage:t3.micro", "5", &json!({ "Service": "Amazon EC2" })),
        line("2026-11-02", lab, "7", &json!({ "Region": "ap-south-1" })),
        line("2026-11-02", lab, "9", &json!({ "Account": "444455556666" })),
        line("2026-11-04", lab, "100", &plain),
    ];
    // More than a page of the sandbox's: the day comes twice.
    lines.extend((0..40).map(|n| {
        line("2026-11-03", &format!("USE1-Host:ml.m5.{n:02}xlarge"), "0.1000004", &json!({ "Estimated": true }))
    }));
    lines
}

#[tokio::test]
async fn a_bill_is_added_up_over_pages_by_day_and_component() {
    let sandbox = Sandbox::start(SandboxOptions::default()).expect("a sandbox");
    let plans = json!({ "SpendCoveredBySavingsPlans": "75", "OnDemandCost": "25", "TotalCommitment": "100",
        "UsedCommitment": "90" });
    sandbox.costs(&json!({ "Lines": bill(), "SavingsPlans": plans })).expect("a bill");
    let session = Session::at(sandbox.endpoint()).await;
    let billed = billed(&session.config, &asked()).await.expect("a bill");
    let rows: Vec<_> =
        billed.rows.iter().map(|row| (row.day.to_string(), row.component.as_str(), row.micro_usd)).collect();
    assert_eq!(
        rows,
        [
            ("2026-11-01".to_owned(), "Studio:JupyterLab", 33_840_001),
            ("2026-11-02".to_owned(), "Studio:JupyterLab", -33_840_000),
            ("2026-11-03".to_owned(), "Hosting", 4_000_016),
        ]
    );
    assert_eq!(billed.preliminary, BTreeSet::from([day("2026-11-03")]));
    let plans = billed.savings_plans.expect("read").expect("plans");
    assert!((plans.coverage_percent - 75.0).abs() < 1e-9 && (plans.utilization_percent - 90.0).abs() < 1e-9);
    let calls = sandbox.calls().expect("calls");
    let of_bill = calls.iter().filter(|call| call["operation"] != "GetCallerIdentity").count();
    assert_eq!((billed.requests, of_bill), (4, 4), "two pages, and two calls for Savings Plans");
    assert_eq!(calls.last().expect("a call")["region"], "us-east-1");
}

#[tokio::test]
async fn what_is_not_known_of_savings_plans_is_told_from_none() {
    let sandbox = Sandbox::start(SandboxOptions::default()).expect("a sandbox");
    let session = Session::at(sandbox.endpoint()).await;
    let none = billed(&session.config, &asked()).await.expect("a bill");
    assert_eq!((none.rows.len(), &none.savings_plans, none.requests), (0, &Ok(None), 2));
    sandbox.set_faults("[[fault]]\noperation = \"GetSavingsPlansCoverage\"\nkind = \"deny\"\n").expect("faults");
    let denied = billed(&session.config, &asked()).await.expect("a bill").savings_plans.expect_err("denied");
    assert!(denied.contains("ce:GetSavingsPlansCoverage") && denied.contains("hint: allow"), "{denied}");
    sandbox.set_faults("[[fault]]\noperation = \"GetCostAndUsage\"\nkind = \"deny\"\n").expect("faults");
    let denied = billed(&session.config, &asked()).await.expect_err("denied").to_string();
    assert!(denied.contains("allow GetCostAndUsage to this role"), "{denied}");
}

#[tokio::test]
async fn what_is_busy_is_asked_again_and_what_fails_is_not() {
    let sandbox = Sandbox::start(SandboxOptions::default()).expect("a sandbox");
    let session = Session::at(sandbox.endpoint()).await;
    let explorer = || Explorer::new(&session.config, &asked().partition).expect("a URL").at_once();
    let fault = |kind: &str, times: u32| {
        let fault = format!("[[fault]]\noperation = \"GetCostAndUsage\"\nkind = \"{kind}\"\ntimes = {times}\n");
        sandbox.set_faults(&fault).expect("faults");
    };
    fault("throttle", 3);
    let billed = billed_by(&explorer(), &asked()).await.expect("a bill");
    assert_eq!(billed.requests, 5, "three that were too busy are billed, too");
    for (kind, times, asked_so_often) in [("throttle", 9, 4), ("internal-error", 1, 1), ("expired-token", 1, 1)] {
        fault(kind, times);
        let explorer = explorer();
        assert!(billed_by(&explorer, &asked()).await.is_err(), "{kind}");
        assert_eq!(explorer.requests(), asked_so_often, "{kind}");
    }
}

#[tokio::test]
async fn an_odd_bill_is_no_bill() {
    let page = |cost: Value| {
        let group = json!({ "Keys": ["USE1-Host:ml.m5.xlarge"], "Metrics": { "AmortizedCost": cost } });
        json!({ "ResultsByTime": [{ "TimePeriod": { "Start": "2026-11-01" }, "Groups": [group] }] })
    };
    for (page, why) in [
        (page(json!({ "Amount": "1", "Unit": "CNY" })), "billed in \"CNY\", not in USD"),
        (page(json!({ "Amount": "much", "Unit": "USD" })), "is no amount"),
        (json!({ "ResultsByTime": [{ "TimePeriod": {} }] }), "is no day"),
        (json!({}), "no ResultsByTime"),
    ] {
        let server = ScriptedHttp::new([(200, page.to_string())]).await;
        let error = billed(&server.config().await, &asked()).await.expect_err("refused");
        assert!(error.to_string().contains(why), "{error}");
    }
    let elsewhere = BillAsked { partition: Partition::parse("aws-us-gov").expect("valid"), ..asked() };
    let server = ScriptedHttp::new([]).await;
    let error = billed(&server.config().await, &elsewhere).await.expect_err("refused");
    assert!(error.to_string().contains("aws-us-gov has no Cost Explorer"), "{error}");
}

#[test]
fn only_whole_days_that_are_over_have_a_bill() {
    let now = at("2026-11-25T10:00:00Z");
    for (since, until, days) in [
        ("2026-11-18T10:00:00Z", "2026-11-25T10:00:00Z", Some(("2026-11-19", "2026-11-25"))),
        ("2026-11-18T00:00:00Z", "2026-11-20T00:00:00Z", Some(("2026-11-18", "2026-11-20"))),
        ("2026-11-24T00:00:00.000000001Z", "2026-11-25T23:00:00Z", None),
        ("2026-11-20T00:00:00Z", "2026-12-31T00:00:00Z", Some(("2026-11-20", "2026-11-25"))),
        ("2026-11-25T00:00:00Z", "2026-11-25T09:00:00Z", None),
    ] {
        assert_eq!(whole_days(at(since), at(until), now), days.map(|(a, b)| (day(a), day(b))), "{since} {until}");
    }
}
