//! The documents of packaging/iam, as the binary prints them.

use std::process::{Command, Output};

use serde_json::Value;
use studio_parts::binaries::binary;

use super::world::document;

/// AWS's own example values, which Terraform and CloudFormation replace.
const EXAMPLE: &str = "--account 111122223333 --bucket amzn-s3-demo-bucket --external-id example-external-id \
    --kms-key arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab \
    --topic arn:aws:sns:us-east-1:111122223333:costctl --parameter /costctl/stop";

fn policy(words: &str) -> Output {
    let mut command = Command::new(binary("costctl").unwrap());
    // Neither credentials nor a region: nothing is called.
    command.env_clear().arg("policy").args(words.split_whitespace());
    command.output().unwrap()
}

fn printed(words: &str) -> String {
    let output = policy(words);
    assert!(output.status.success(), "{words}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn each_document_of_the_packaging_is_what_the_binary_prints() {
    for (name, words) in [
        ("agent", "agent"),
        ("agent-shared-spaces", "agent --features shared-spaces"),
        ("agent-notebook-instances", "agent --features notebook-instances,heartbeat,fetch"),
        ("reader", "reader"),
        ("actor", "actor"),
        ("actor-endpoints", "actor --endpoints delete"),
        ("installer", "installer"),
        ("central", "central"),
        ("data-scientist", "data-scientist"),
    ] {
        let words = format!("{words} {EXAMPLE}");
        let told: Value = serde_json::from_str(&printed(&words)).unwrap();
        assert_eq!(told, document(name), "costctl policy {words} > packaging/iam/{name}.json");
    }
    let trust = "trust --principal arn:aws:iam::111122223333:role/costctl-central --external-id example-external-id";
    let told: Value = serde_json::from_str(&printed(trust)).unwrap();
    assert_eq!(told, document("trust"), "costctl policy {trust} > packaging/iam/trust.json");
}

#[test]
fn a_person_reads_it_in_eighty_columns() {
    for words in ["agent", "reader", "actor --endpoints delete", "installer", "central"] {
        let table = printed(&format!("{words} {EXAMPLE} --output table"));
        let wide: Vec<&str> = table.lines().filter(|line| line.chars().count() > 80).collect();
        assert!(wide.is_empty() && table.trim_start().starts_with("FOR"), "{words}:\n{table}");
    }
}

#[test]
fn what_is_not_said_is_told_and_what_is_wrong_is_refused() {
    let output = policy("central");
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(told, "left out is what needs --bucket, --kms-key, --parameter, --topic\n");
    let many = (0..200).map(|n| format!("d-{n:012}")).collect::<Vec<_>>().join(",");
    for (words, told) in [
        ("trust --external-id x1", "--principal"),
        ("trust --principal arn:aws:iam::111122223333:role/x", "--external-id"),
        ("trust --principal * --external-id x1", "a whole ARN"),
        ("agent --account 1", "--account"),
        ("agent --bucket s3://bucket", "without s3://"),
        ("central --evidence-prefix costctl", "a folder in the bucket"),
        ("central --ledger-prefix */", "a folder in the bucket"),
        ("reader --features everything", "--features"),
        ("actor --bucket", "--bucket"),
        ("reader --features actuals", "the reader calls nothing for these features"),
        (&format!("reader --domain {many}"), "IAM takes 6144; hint: "),
    ] {
        let output = policy(words);
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{words}: {error}");
        assert!(error.contains(told), "{words}: {error}");
    }
}
