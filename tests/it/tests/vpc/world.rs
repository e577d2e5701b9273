//! A region whose domains' VPCs each lack something, and `costctl doctor` in it.

use std::process::Command;

use serde_json::{Value, json};
use studio_parts::binaries::binary;
use studio_parts::sandbox::{Sandbox, SandboxOptions};
use tempfile::TempDir;

/// What a domain needs, as the ends of names.
pub(crate) const NEEDED: [&str; 7] =
    ["sagemaker.api", "s3", "monitoring", "sts", "logs", "sagemaker.runtime", "studio"];

/// A sandbox with networks in it.
pub(crate) struct World {
    pub(crate) sandbox: Sandbox,
    pub(crate) dir: TempDir,
}

/// How a run ended.
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl World {
    pub(crate) fn new() -> Self {
        let sandbox = Sandbox::start(SandboxOptions::default()).unwrap();
        Self { sandbox, dir: tempfile::tempdir().unwrap() }
    }

    /// A domain in a VPC of this name that lacks nothing, changed by `change`.
    pub(crate) fn domain(&self, name: &str, change: impl FnOnce(&mut Value, &mut Value)) {
        let (mut domain, mut network) = (domain(name), network(name));
        change(&mut domain, &mut network);
        self.sandbox.seed(&json!({ "Domains": [domain] })).unwrap();
        self.sandbox.network(&network).unwrap();
    }

    pub(crate) fn doctor(&self, words: &[&str]) -> Ran {
        let output = self.command(words).output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Ran { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }

    /// `costctl doctor` with these words.
    pub(crate) fn command(&self, words: &[&str]) -> Command {
        self.costctl(&[&["doctor"], words].concat())
    }

    /// `costctl` with these words, in a folder of its own.
    pub(crate) fn costctl(&self, words: &[&str]) -> Command {
        let mut command = Command::new(binary("costctl").unwrap());
        command.env_clear().envs(self.sandbox.aws_env()).env("HOME", self.dir.path()).current_dir(self.dir.path());
        command.env("COSTCTL_READS_PER_SECOND", "1000").args(words);
        command
    }

    /// The JSON of a run, which ended like this.
    pub(crate) fn told(&self, words: &[&str], code: i32) -> Value {
        let ran = self.doctor(&[words, &["--output", "json"]].concat());
        assert_eq!(ran.code, Some(code), "{}{}", ran.stdout, ran.stderr);
        serde_json::from_str(&ran.stdout).unwrap()
    }
}

/// What is told of a service in the first domain of a document.
pub(crate) fn service<'a>(told: &'a Value, name: &str) -> &'a Value {
    let services = told["vpc"]["domains"][0]["services"].as_array().unwrap();
    services.iter().find(|service| service["name"] == name).unwrap_or_else(|| panic!("no {name}: {told:#}"))
}

pub(crate) fn domain(name: &str) -> Value {
    json!({
        "DomainId": format!("d-{name}"),
        "DomainName": name,
        "AppNetworkAccessType": "VpcOnly",
        "VpcId": format!("vpc-{name}"),
        "SubnetIds": [format!("subnet-{name}-a"), format!("subnet-{name}-b")],
        "DefaultUserSettings": {
            "ExecutionRole": "arn:aws:iam::111122223333:role/Studio",
            "SecurityGroups": [format!("sg-{name}-apps")],
        },
        "DefaultSpaceSettings": {
            "ExecutionRole": "arn:aws:iam::111122223333:role/Studio",
            "SecurityGroups": [format!("sg-{name}-apps")],
        },
    })
}

/// Two subnets in two zones, a route table of the VPC and one of the second subnet, every
/// endpoint that is needed, and its security group, which lets the apps in.
pub(crate) fn network(name: &str) -> Value {
    let vpc = format!("vpc-{name}");
    let subnet = |zone: &str, net: u8| {
        json!({ "subnetId": format!("subnet-{name}-{zone}"), "vpcId": vpc, "cidrBlock": format!("10.0.{net}.0/24"),
            "availabilityZone": format!("us-east-1{zone}") })
    };
    let local = json!({ "destinationCidrBlock": "10.0.0.0/16", "gatewayId": "local", "state": "active" });
    let main = json!({ "routeTableId": format!("rtb-{name}-main"), "vpcId": vpc, "routeSet": [local],
        "associationSet": [{ "main": true }] });
    let own = json!({ "routeTableId": format!("rtb-{name}-b"), "vpcId": vpc, "routeSet": [local],
        "associationSet": [{ "main": false, "subnetId": format!("subnet-{name}-b") }] });
    let lets_in = json!({ "ipProtocol": "tcp", "fromPort": 443, "toPort": 443,
        "groups": [{ "groupId": format!("sg-{name}-apps") }] });
    let endpoints: Vec<Value> = NEEDED.iter().map(|service| endpoint(name, service)).collect();
    json!({
        "Subnets": [subnet("a", 1), subnet("b", 2)],
        "RouteTables": [main, own],
        "SecurityGroups": [
            { "groupId": format!("sg-{name}-apps"), "vpcId": vpc },
            { "groupId": format!("sg-{name}-endpoints"), "vpcId": vpc, "ipPermissions": [lets_in] },
        ],
        "VpcEndpoints": endpoints,
    })
}

pub(crate) fn endpoint(name: &str, service: &str) -> Value {
    let prefix = if service == "studio" { "aws.sagemaker" } else { "com.amazonaws" };
    let (id, vpc) = (format!("vpce-{name}-{}", service.replace('.', "-")), format!("vpc-{name}"));
    let everything = json!({ "Statement": [{ "Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*" }] });
    let mut endpoint = json!({ "vpcEndpointId": id, "vpcId": vpc, "serviceName": format!("{prefix}.us-east-1.{service}"),
        "policyDocument": everything.to_string() });
    if service == "s3" {
        endpoint["vpcEndpointType"] = json!("Gateway");
        endpoint["privateDnsEnabled"] = json!(false);
        endpoint["routeTableIdSet"] = json!([format!("rtb-{name}-main"), format!("rtb-{name}-b")]);
    } else {
        endpoint["subnetIdSet"] = json!([format!("subnet-{name}-a"), format!("subnet-{name}-b")]);
        endpoint["groupSet"] = json!([{ "groupId": format!("sg-{name}-endpoints") }]);
    }
    endpoint
}

/// The endpoint of this service in a network.
pub(crate) fn of<'a>(network: &'a mut Value, service: &str) -> &'a mut Value {
    let endpoints = network["VpcEndpoints"].as_array_mut().unwrap();
    let ends = format!(".us-east-1.{service}");
    endpoints.iter_mut().find(|endpoint| endpoint["serviceName"].as_str().unwrap().ends_with(&ends)).unwrap()
}

/// Takes the endpoint of this service away.
pub(crate) fn without(network: &mut Value, service: &str) {
    let ends = format!(".us-east-1.{service}");
    let endpoints = network["VpcEndpoints"].as_array_mut().unwrap();
    endpoints.retain(|endpoint| !endpoint["serviceName"].as_str().unwrap().ends_with(&ends));
}

/// Gives the endpoint of this service a policy of these statements.
pub(crate) fn policy(network: &mut Value, service: &str, statements: &Value) {
    let document = json!({ "Version": "2012-10-17", "Statement": statements });
    of(network, service)["policyDocument"] = json!(document.to_string());
}
