//! Parameters that a stack is not made with.

use crate::cloud::{BUCKET, Cloud, EXTERNAL_ID, REGION, template};

#[test]
fn what_would_be_a_mistake_is_refused_before_anything_is_made() {
    let cloud = Cloud::new();
    let key = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    let sweep = [
        ("BucketName", BUCKET),
        ("KeyArn", key),
        ("CentralRoleArn", "arn:aws:iam::111122223333:role/costctl-central"),
        ("TopicArn", "arn:aws:sns:us-east-1:111122223333:costctl"),
        ("CodeKey", "v1.zip"),
        ("Regions", REGION),
        ("ExternalId", EXTERNAL_ID),
    ];
    let agent = [("AgentVersion", "1.0.0"), ("BucketName", BUCKET), ("KeyArn", key)];
    for (name, parameters, more, said) in [
        ("sweep", &sweep[..], &[("Execute", "true")][..], "who acts names the policy"),
        ("sweep", &sweep, &[("Organization", "true"), ("Accounts", "444455556666")], "exclude each other"),
        ("agent", &agent, &[("MakeAgentPolicy", "false"), ("ExecutionRoleNames", "Studio")], "needs MakeAgentPolicy"),
        ("central", &[("BucketName", "with.dots"), ("ExternalId", EXTERNAL_ID)], &[], "BucketName"),
        ("central", &[("BucketName", BUCKET), ("ExternalId", "")], &[], "ExternalId"),
    ] {
        let refused = cloud.cloudformation.create(name, &template(name), &[parameters, more].concat(), &[]);
        let error = refused.expect_err(&format!("{name} with {more:?}")).to_string();
        assert!(error.contains(said), "{name} with {more:?}: {error}");
    }
    assert!(cloud.cloudformation.delete("sweep").is_err());
}
