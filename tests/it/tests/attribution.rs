//! Whose a cost is, and the VPC endpoints that bill beside apps: what `costctl inventory`
//! notes of both, and how it says that it does not know.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::process::Command;

use serde_json::{Value, json};
use studio_parts::binaries::binary;
use studio_parts::sandbox::{Sandbox, SandboxOptions};

const OWN: &str = "111122223333";
const KEYS: [&str; 2] = ["--tag-keys", "Team,Stage"];
const VPC: &str = "--vpc-endpoints";

/// Two domains in one VPC and one in another, each with a user profile; 120 spaces in the first.
fn sandbox() -> Sandbox {
    let sandbox = Sandbox::start(SandboxOptions::default()).unwrap();
    let tags = |pairs: &[(&str, &str)]| -> Value {
        pairs.iter().map(|(key, value)| json!({ "Key": key, "Value": value })).collect()
    };
    let domain = |id: &str, vpc: &str| json!({ "DomainId": id, "DomainName": id, "VpcId": vpc, "Tags": tags(&[("Team", "platform"), ("Owner", "x")]) });
    let space = |n: u32| {
        json!({ "DomainId": "d-a", "SpaceName": format!("lab-{n:03}"), "Tags": tags(&[("Stage", "dev")]),
            "OwnershipSettings": { "OwnerUserProfileName": "Ada" },
            "SpaceSettings": { "SpaceStorageSettings": { "EbsStorageSettings": { "EbsVolumeSizeInGb": 50 } } } })
    };
    let seed = json!({
        "Domains": [domain("d-b", "vpc-1"), domain("d-a", "vpc-1"), domain("d-c", "vpc-2")],
        "UserProfiles": [{ "DomainId": "d-a", "UserProfileName": "Ada", "Tags": tags(&[("Team", "search")]) }],
        "Spaces": (0..120).map(space).collect::<Vec<_>>(),
        "Apps": [{ "DomainId": "d-a", "SpaceName": "lab-007", "AppType": "JupyterLab", "AppName": "default" }],
    });
    sandbox.seed(&seed).unwrap();
    for (vpc, kind, count) in [("vpc-1", "Interface", 103), ("vpc-2", "Interface", 1), ("vpc-3", "Interface", 1)] {
        for n in 0..count {
            let request = json!({ "VpcId": vpc, "VpcEndpointType": kind, "ServiceName": format!("service-{n:03}"),
                "SubnetId.1": "subnet-1", "SubnetId.2": "subnet-2", "SubnetId.3": "subnet-3" });
            sandbox.call_of(OWN, "us-east-1", "ec2", "CreateVpcEndpoint", &request).unwrap();
        }
    }
    let gateway = json!({ "VpcId": "vpc-1", "ServiceName": "com.amazonaws.us-east-1.s3", "RouteTableId.1": "rtb-1" });
    sandbox.call_of(OWN, "us-east-1", "ec2", "CreateVpcEndpoint", &gateway).unwrap();
    sandbox.forget_calls().unwrap();
    sandbox
}

/// What `costctl inventory` writes with these arguments, ended with this code.
fn run(sandbox: &Sandbox, args: &[&str], code: i32) -> String {
    let dir = tempfile::tempdir().unwrap();
    let mut command = Command::new(binary("costctl").unwrap());
    command.env_clear().env("HOME", dir.path()).env("AWS_EC2_METADATA_DISABLED", "true").envs(sandbox.aws_env());
    let output = command.args(["--reads-per-second", "10000", "inventory"]).args(args).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert_eq!(output.status.code(), Some(code), "{}\n{}", text(&output.stdout), text(&output.stderr));
    text(&output.stdout)
}

/// What money needs of the only scope.
fn extras(sandbox: &Sandbox, args: &[&str], code: i32) -> Value {
    let snapshot = run(sandbox, &[args, &["--output", "json"]].concat(), code);
    serde_json::from_str::<Value>(&snapshot).unwrap()["scopes"][0]["extras"].clone()
}

#[test]
fn tags_come_a_hundred_resources_a_call_and_no_more_than_are_wanted() {
    let sandbox = sandbox();
    let extras = extras(&sandbox, &KEYS, 0);
    assert_eq!(extras["tag_keys"], json!(["Team", "Stage"]));
    let tags = extras["tags"].as_object().unwrap();
    assert_eq!(tags.len(), 3 + 1 + 120);
    let of = |resource: &str| &tags[&format!("arn:aws:sagemaker:us-east-1:{OWN}:{resource}")];
    assert_eq!(of("domain/d-a"), &json!({ "Team": "platform" }));
    assert_eq!(of("user-profile/d-a/ada"), &json!({ "Team": "search" }));
    assert_eq!(of("space/d-a/lab-007"), &json!({ "Stage": "dev" }));
    assert_eq!((&extras["tags_unread"], &extras["vpc_unread"]), (&Value::Null, &json!("not asked for")));
    let counts = sandbox.call_counts().unwrap();
    // Domains and the user profile on one page, spaces on two; the app is asked for its own, by either form of its ARN.
    assert_eq!((counts.get("GetResources"), counts.get("ListTags")), (Some(&3), Some(&2)), "{counts:?}");
    assert_eq!(counts.get("DescribeVpcEndpoints").or(counts.get("DescribeDomain")), None);
    let unasked = self::extras(&sandbox, &[], 0);
    assert_eq!(unasked, Value::Null);
}

#[test]
fn each_endpoint_of_a_vpc_is_one_domains() {
    let sandbox = sandbox();
    let extras = extras(&sandbox, &[VPC], 0);
    let endpoints = extras["vpc_endpoints"].as_array().unwrap();
    assert_eq!((endpoints.len(), &extras["vpc_unread"]), (104, &Value::Null));
    let of = |domain: &str| endpoints.iter().filter(|endpoint| endpoint["domain"] == domain).collect::<Vec<_>>();
    let shared = of("d-a");
    assert_eq!((shared.len(), of("d-b").len(), of("d-c").len()), (103, 0, 1));
    assert_eq!((&shared[0]["shared_with"], &shared[0]["availability_zones"]), (&json!(["d-b"]), &json!(3)));
    assert_eq!((&shared[0]["state"], &shared[0]["vpc"]), (&json!("available"), &json!("vpc-1")));
    assert!(shared[0]["created_at"].is_string() && shared[0]["id"].as_str().unwrap().starts_with("vpce-"));
    let counts = sandbox.call_counts().unwrap();
    assert_eq!((counts["DescribeDomain"], counts["DescribeVpcEndpoints"]), (3, 2), "{counts:?}");
    assert_eq!(counts.get("GetResources"), None);
}

#[test]
fn what_is_denied_is_said_and_never_none() {
    let sandbox = sandbox();
    let deny = |operation: &str| format!("[[fault]]\noperation = \"{operation}\"\nkind = \"deny\"\n");
    sandbox.set_faults(&(deny("GetResources") + &deny("DescribeVpcEndpoints"))).unwrap();
    let both = [&KEYS[..], &[VPC]].concat();
    let denied = extras(&sandbox, &both, 4);
    assert_eq!((&denied["tags"], &denied["vpc_endpoints"]), (&json!({}), &json!([])));
    for (member, action) in [("tags_unread", "tag:GetResources"), ("vpc_unread", "ec2:DescribeVpcEndpoints")] {
        let why = denied[member].as_str().unwrap();
        assert!(why.contains(action) && why.contains("hint: allow"), "{why}");
    }
    let table: String = run(&sandbox, &both, 4).split_whitespace().collect();
    assert!(table.contains("tagsGetResourcesfailed") && table.contains("VPCendpointsDescribe"), "{table}");

    // The second page of a listing, and one domain of three.
    let throttle = "[[fault]]\noperation = \"GetResources\"\nkind = \"throttle\"\ntimes = 3\n";
    let domain = "[[fault]]\noperation = \"DescribeDomain\"\nkind = \"deny\"\nskip = 1\ntimes = 1\n";
    let page = "[[fault]]\noperation = \"DescribeVpcEndpoints\"\nkind = \"deny\"\nskip = 1\n";
    sandbox.set_faults(&format!("{throttle}{domain}")).unwrap();
    let part = extras(&sandbox, &both, 4);
    assert_eq!((part["tags"].as_object().unwrap().len(), &part["tags_unread"]), (124, &Value::Null));
    assert!(part["vpc_unread"].as_str().unwrap().contains("DescribeDomain d-"), "{part}");
    // A role that is made by controller/README.md suffices.
    let rows = ["`inventory`", "`--tag-keys`, `--vpc-endpoints`"];
    let missing = studio_it::rights::missing(&rows, sandbox.call_counts().unwrap().into_keys()).unwrap();
    assert!(missing.is_empty(), "controller/README.md does not name {missing:?}");
    sandbox.set_faults(page).unwrap();
    let part = extras(&sandbox, &[VPC], 4);
    assert_eq!(part["vpc_endpoints"].as_array().unwrap().len(), 100, "what was seen is there");
    sandbox.set_faults("[[fault]]\noperation = \"GetResources\"\nkind = \"deny\"\nskip = 2\n").unwrap();
    let part = extras(&sandbox, &KEYS, 4);
    assert_eq!(part["tags"], json!({}), "a part of the tags would be a wrong attribution");
}

#[test]
fn a_snapshot_keeps_them_and_cannot_be_asked_for_them() {
    let sandbox = sandbox();
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("snapshot.json");
    let file = file.to_str().unwrap();
    let both = [&KEYS[..], &[VPC]].concat();
    let seen = extras(&sandbox, &[&both[..], &["--snapshot", file]].concat(), 0);
    assert_eq!(extras(&sandbox, &["--from-snapshot", file], 0), seen);
    run(&sandbox, &["--from-snapshot", file, VPC], 2);
    run(&sandbox, &["--tag-keys", ""], 2);
    let many: Vec<String> = (0..11).map(|n| format!("key-{n}")).collect();
    let refused = extras(&sandbox, &["--tag-keys", &many.join(",")], 4);
    assert!(refused["tags_unread"].as_str().unwrap().contains("more than 10"), "{refused}");
}
