//! What a screen shows of each kind of lack.

use serde_json::{Value, json};
use studio_it::rights;

use crate::world::{World, of, policy, service, without};

fn golden(name: &str, text: &str) {
    for line in text.lines() {
        // A command is one line of a shell, to be copied.
        let is_command = line.starts_with("    --") || line.starts_with("  aws ");
        assert!(is_command || line.chars().count() <= 80, "{name}: wider than a terminal: {line}");
    }
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vpc/golden"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

/// A domain that is changed like this, in a world of its own: what is told of it, with this exit.
fn told(change: impl FnOnce(&mut Value, &mut Value), words: &[&str], code: i32) -> Value {
    let world = World::new();
    world.domain("lab", change);
    world.told(&[&["--vpc"], words].concat(), code)
}

#[test]
fn a_domain_that_lacks_nothing() {
    let world = World::new();
    world.domain("whole", |_, _| {});
    let ran = world.doctor(&["--vpc"]);
    assert_eq!(ran.code, Some(0), "{}{}", ran.stdout, ran.stderr);
    golden("whole", &ran.stdout);
    // Looking changes nothing, and four listings are enough for a VPC.
    let calls = world.sandbox.calls().unwrap();
    let of_ec2: Vec<&Value> = calls.iter().filter(|call| call["service"] == "ec2").collect();
    assert_eq!(of_ec2.len(), 4, "{of_ec2:#?}");
    let called = world.sandbox.call_counts().unwrap().into_keys();
    let missing = rights::missing(&["`doctor --vpc`", "`doctor`"], called).unwrap();
    assert!(missing.is_empty(), "controller/README.md does not name {missing:?}");
}

#[test]
fn domains_that_lack_one_thing_each() {
    let world = World::new();
    world.domain("dns", |_, network| of(network, "sts")["privateDnsEnabled"] = json!(false));
    world.domain("missing", |domain, network| {
        domain["KmsKeyId"] = json!("1234abcd-12ab-34cd-56ef-1234567890ab");
        without(network, "monitoring");
        without(network, "studio");
    });
    world.domain("policies", |_, network| {
        policy(
            network,
            "monitoring",
            &json!([{ "Effect": "Allow", "Principal": "*", "Action": "cloudwatch:Get*", "Resource": "*" }]),
        );
        let deny = json!({ "Sid": "NobodyDeletes", "Effect": "Deny", "Principal": "*", "Action": "sagemaker:Delete*",
            "Resource": "*" });
        let allow = json!({ "Effect": "Allow", "Principal": "*", "Action": "sagemaker:*", "Resource": "*" });
        policy(network, "sagemaker.api", &json!([allow, deny]));
    });
    world.domain("public", |domain, network| {
        domain["AppNetworkAccessType"] = json!("PublicInternetOnly");
        network["VpcEndpoints"] = json!([]);
    });
    world.domain("routes", |_, network| of(network, "s3")["routeTableIdSet"] = json!(["rtb-routes-main"]));
    world.domain("state", |_, network| of(network, "logs")["state"] = json!("pendingAcceptance"));
    world.domain("walls", |_, network| {
        let other =
            json!([{ "ipProtocol": "tcp", "fromPort": 443, "toPort": 443, "ipRanges": [{ "cidrIp": "10.0.1.0/24" }] }]);
        network["SecurityGroups"][1]["ipPermissions"] = other;
    });
    world.domain("zones", |_, network| of(network, "sagemaker.runtime")["subnetIdSet"] = json!(["subnet-zones-a"]));
    let ran = world.doctor(&["--vpc", "--all-domains"]);
    assert_eq!(ran.code, Some(3), "{}{}", ran.stdout, ran.stderr);
    golden("lacking", &ran.stdout);
}

#[test]
fn what_the_controller_needs_is_asked_for() {
    let world = World::new();
    world.domain("lab", |_, network| {
        let bucket = json!("arn:aws:s3:::agents/*");
        policy(
            network,
            "s3",
            &json!([{ "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": bucket }]),
        );
    });
    let words = ["--vpc", "--artifacts", "s3://agents/prod/", "--evidence", "s3://costctl"];
    assert_eq!(world.doctor(&words).code, Some(0), "apps may fetch the agent");
    let ran = world.doctor(&[&words[..], &["--controller-in-vpc"]].concat());
    assert_eq!(ran.code, Some(3), "{}", ran.stdout);
    golden("controller", &ran.stdout);
}

#[test]
fn a_policy_of_which_nobody_can_tell_is_no_leave() {
    let of_organization = |_: &mut Value, network: &mut Value| {
        let condition = json!({ "StringEquals": { "aws:PrincipalOrgID": "o-1234567890" } });
        let statement =
            json!({ "Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*", "Condition": condition });
        policy(network, "sagemaker.api", &json!([statement]));
    };
    let told = told(of_organization, &[], 4);
    let row = service(&told, "sagemaker.api");
    assert_eq!(row["standing"], "unknown", "{row:#}");
    assert!(row["why"][0].as_str().unwrap().contains("aws:PrincipalOrgID"), "{row:#}");
    assert!(row["calls"].as_array().unwrap().iter().all(|call| call["answer"] == "unclear"), "{row:#}");
}

#[test]
fn a_nat_gateway_is_another_way_out_and_a_transit_gateway_leads_nobody_knows_where() {
    let by = |member: &'static str, id: &'static str| {
        move |_: &mut Value, network: &mut Value| {
            without(network, "logs");
            for table in network["RouteTables"].as_array_mut().unwrap() {
                let route = json!({ "destinationCidrBlock": "0.0.0.0/0", member: id, "state": "active" });
                table["routeSet"].as_array_mut().unwrap().push(route);
            }
        }
    };
    let nat = told(by("natGatewayId", "nat-1"), &[], 0);
    assert_eq!(service(&nat, "logs")["standing"], "goes-out");
    let hub = told(by("transitGatewayId", "tgw-1"), &[], 4);
    assert_eq!(service(&hub, "logs")["standing"], "unknown");
    // One subnet without it is one from which nothing goes out.
    let half = told(
        |domain, network| {
            by("natGatewayId", "nat-1")(domain, network);
            network["RouteTables"][1]["routeSet"].as_array_mut().unwrap().pop();
        },
        &[],
        3,
    );
    assert_eq!(service(&half, "logs")["standing"], "missing");
}

#[test]
fn what_is_missing_has_a_price_by_zone_or_none() {
    let without_sts = |_: &mut Value, network: &mut Value| without(network, "sts");
    let world = World::new();
    world.domain("lab", without_sts);
    let unpriced = world.told(&["--vpc"], 3);
    let row = service(&unpriced, "sts");
    assert!(row["micro_usd_per_month"].is_null() && row["unpriced"].is_string(), "{row:#}");
    let price = json!({ "Offer": "AmazonVPC", "Region": "us-east-1", "UsageType": "VpcEndpoint-Hours", "Usd": "0.01" });
    let lab = json!({ "Region": "us-east-1", "UsageType": "Studio:JupyterLab-ml.t3.medium", "Usd": "0.05" });
    world.sandbox.prices(&json!({ "Prices": [price, lab] })).unwrap();
    let refreshed = world.costctl(&["prices", "refresh", "--from", "api"]).output().unwrap();
    assert_eq!(refreshed.status.code(), Some(0), "{}", String::from_utf8_lossy(&refreshed.stdout));
    let priced = world.told(&["--vpc"], 3);
    let row = service(&priced, "sts");
    // A cent an hour in each of two zones, 730 hours.
    assert_eq!((&row["zones"], &row["micro_usd_per_month"]), (&json!(2), &json!(14_600_000)), "{row:#}");
    assert!(row["remedy"].as_str().unwrap().contains("--subnet-ids subnet-lab-a subnet-lab-b"), "{row:#}");
    assert_eq!(service(&told(|_, network| without(network, "s3"), &[], 3), "s3")["micro_usd_per_month"], 0);
}
