//! The same of what moto's EC2 serves, so that a shared misreading shows.

use std::process::Command;

use serde_json::{Value, json};
use studio_parts::moto::Moto;
use studio_parts::python;

use crate::world::{World, domain, service};

/// A VPC with two subnets, a gateway in its main route table and an interface, all by moto;
/// says their ids.
const SETUP: &str = include_str!("moto.py");

#[test]
fn a_vpc_of_moto_is_seen_as_one_of_the_sandbox() {
    let moto = Moto::start().unwrap();
    let mut command = Command::new(python::venv("moto").unwrap());
    let output = command.args(["-c", SETUP]).env_clear().envs(moto.aws_env()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let made: Value = serde_json::from_slice(&output.stdout).unwrap();

    let world = World::new();
    let mut lab = domain("lab");
    lab["VpcId"] = made["vpc"].clone();
    lab["SubnetIds"] = made["subnets"].clone();
    for settings in ["DefaultUserSettings", "DefaultSpaceSettings"] {
        lab[settings]["SecurityGroups"] = json!([made["apps"]]);
    }
    world.sandbox.seed(&json!({ "Domains": [lab] })).unwrap();
    let mut command = world.command(&["--vpc", "--output", "json"]);
    // The subnets are the account's own.
    command.env("AWS_ENDPOINT_URL_EC2", moto.url()).env("AWS_ENDPOINT_URL_STS", moto.url());
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(3), "{}", String::from_utf8_lossy(&output.stderr));
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(told["vpc"]["domains"][0]["unseen"], json!([]), "{told:#}");
    assert_eq!(told["vpc"]["domains"][0]["network"]["kind"], "nat", "{told:#}");
    let standing = |name: &str| service(&told, name)["standing"].clone();
    assert_eq!(standing("s3"), "ready", "{told:#}");
    assert_eq!(standing("logs"), "goes-out", "{told:#}");
    // Its policy denies what the agent calls, and it has no interface in the second zone.
    let monitoring = service(&told, "monitoring");
    assert_eq!((&monitoring["standing"], &monitoring["calls"][0]["answer"]), (&json!("broken"), &json!("denied")));
    assert!(monitoring["why"].as_array().unwrap().iter().any(|why| why.as_str().unwrap().contains("no interface in")));
}
