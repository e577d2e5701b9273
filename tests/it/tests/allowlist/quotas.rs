//! The quotas that should be 0, read from a sandbox.

use serde_json::{Value, json};

use crate::region::Region;

fn name(kind: &str, of: &str) -> String {
    format!("Studio {kind} Apps running on {of} instances")
}

/// A region with these quotas.
fn with(quotas: &[(String, f64)]) -> Region {
    let region = Region::new();
    region.policy("[apps]\nallowed-instance-types = [\"ml.t3.*\"]\n");
    let quota = |(n, (name, value)): (usize, &(String, f64))| json!({ "QuotaCode": format!("L-{n:08}"), "QuotaName": name, "Value": value });
    let quotas: Vec<Value> = quotas.iter().enumerate().map(quota).collect();
    region.sandbox.quotas(&json!({ "Quotas": quotas })).unwrap();
    region
}

const CHECK: [&str; 4] = ["compile", "--format", "quotas", "--check"];

#[test]
fn quotas_that_are_not_as_they_should_be_are_named_and_absent_ones_are_unknown() {
    let region = with(&[
        (name("JupyterLab", "ml.t3.medium"), 4.0),
        (name("JupyterLab", "ml.t3.large"), 0.0),
        (name("JupyterLab", "ml.p5.48xlarge"), 1.0),
        (name("CodeEditor", "ml.p5.48xlarge"), 0.0),
        ("Maximum number of Studio spaces".to_owned(), 7.0),
    ]);
    let ran = region.run(&CHECK).expect(3);
    region.assert_rights_are_documented(&["`allowlist compile --check`"]);
    assert!(ran.stdout.contains("1 too high, 1 too low, 2 as they should be"), "{}", ran.stdout);
    let said: String = ran.stdout.split_whitespace().collect();
    assert!(
        said.contains("ml.p5.48xlarge") && said.contains("ml.t3.large") && !said.contains("ml.t3.medium"),
        "{said}"
    );
    let document = region.run(&[&CHECK[..], &["--output", "json"]].concat()).expect(3).json();
    let rows = document["regions"][0]["quotas"].as_array().unwrap();
    let unknown = rows.iter().filter(|row| row["verdict"] == "unknown");
    assert!(unknown.clone().count() > 100 && unknown.clone().all(|row| row["value"].is_null()));
}

#[test]
fn all_pages_are_read() {
    let mut quotas: Vec<(String, f64)> = (0..350).map(|n| (format!("Quota number {n}"), 1.0)).collect();
    quotas.push((name("JupyterLab", "ml.p5.48xlarge"), 1.0));
    let region = with(&quotas);
    region
        .sandbox
        .set_faults("[[fault]]\noperation = \"ListServiceQuotas\"\nkind = \"throttle\"\nevery = 3\n")
        .unwrap();
    let ran = region.run(&CHECK).expect(3);
    assert!(ran.stdout.contains("1 too high"), "{}", ran.stdout);
}

#[test]
fn quotas_that_cannot_be_read_are_no_quotas_that_are_right() {
    let region = with(&[]);
    region.sandbox.set_faults("[[fault]]\noperation = \"ListServiceQuotas\"\nkind = \"deny\"\n").unwrap();
    let ran = region.run(&CHECK).expect(1);
    assert!(ran.stdout.contains("FAILED") && ran.stdout.contains("hint: allow ListServiceQuotas"), "{}", ran.stdout);
}

#[test]
fn without_a_rule_for_the_whole_account_nothing_can_be_said() {
    let region = with(&[(name("JupyterLab", "ml.p5.48xlarge"), 1.0)]);
    region.policy("[[override]]\nfor = { domain = \"d-1\" }\napps.allowed-instance-types = [\"ml.t3.*\"]\n");
    let ran = region.run(&CHECK).expect(0);
    assert!(ran.stderr.contains("no rule is for a whole account"), "{}", ran.stderr);
}
