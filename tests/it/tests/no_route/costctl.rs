//! `costctl` where only SageMaker, CloudWatch and STS can be reached, each by its own endpoint.

use std::process::{Command, Output};

use studio_parts::binaries::binary;
use studio_parts::fleet::Fleet;
use studio_parts::no_route::NoRoute;
use studio_parts::sandbox::{Sandbox, SandboxOptions};
use tempfile::TempDir;

const FLEET: &str = r#"
[[app]]
space = "alice-lab"
idle = "3h"

[[app]]
space = "bob-lab"
idle = "0s"
"#;

/// What endpoints of a VPC lead to.
const REACHED: [&str; 4] = ["SAGEMAKER", "CLOUDWATCH", "STS", "APPLICATION_AUTO_SCALING"];

struct World {
    sandbox: Sandbox,
    dir: TempDir,
}

impl World {
    fn new() -> Self {
        let sandbox =
            Sandbox::start(SandboxOptions { delete_takes: Some("0s".to_owned()), ..SandboxOptions::default() })
                .unwrap();
        toml::from_str::<Fleet>(FLEET).unwrap().seed(&sandbox).unwrap();
        Self { sandbox, dir: tempfile::tempdir().unwrap() }
    }

    /// `costctl` with these words, ended; what is not reached by an endpoint of its own has its
    /// usual name.
    fn costctl(&self, words: &str) -> Output {
        let mut command = Command::new(binary("costctl").unwrap());
        command.env_clear().envs(self.sandbox.aws_env()).env_remove("AWS_ENDPOINT_URL");
        for service in REACHED {
            command.env(format!("AWS_ENDPOINT_URL_{service}"), self.sandbox.endpoint());
        }
        command.env("HOME", self.dir.path()).current_dir(self.dir.path()).env("COSTCTL_READS_PER_SECOND", "1000");
        command.args(words.split(' ')).output().unwrap()
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn looking_sweeping_and_reporting_stay_within() {
    let name = "costctl::looking_sweeping_and_reporting_stay_within";
    let Some(network) = NoRoute::within(name, &[]).unwrap() else { return };
    let world = World::new();
    for words in [
        "doctor",
        "inventory --ledger ledger",
        "coverage --all-domains",
        "sweep --execute --yes --policy built-in --evidence evidence --ledger ledger --metrics",
        "plan --out plan.json --policy built-in",
        "prices show",
        "report spend --ledger ledger",
        "report savings --ledger ledger",
    ] {
        let output = world.costctl(words);
        assert_eq!(output.status.code(), Some(0), "{words}: {}{}", text(&output.stdout), text(&output.stderr));
        assert_eq!(network.tried().unwrap(), 0, "{words} wanted out");
    }
    assert_eq!(world.sandbox.calls_of("DeleteApp").unwrap().len(), 1);
}

#[test]
fn what_needs_a_way_out_says_so_once() {
    let Some(network) = NoRoute::within("costctl::what_needs_a_way_out_says_so_once", &[]).unwrap() else { return };
    let world = World::new();
    let refreshed = world.costctl("prices refresh");
    assert_eq!(refreshed.status.code(), Some(1), "{}{}", text(&refreshed.stdout), text(&refreshed.stderr));
    // It was tried, and so the others are known to be seen.
    assert!(network.tried().unwrap() > 0);
    let organization = world.costctl("inventory --organization");
    assert_eq!(organization.status.code(), Some(1), "{}{}", text(&organization.stdout), text(&organization.stderr));
    let stderr = text(&organization.stderr);
    assert_eq!(stderr.matches("error: ").count(), 1, "{stderr}");
    assert!(stderr.contains("ListAccounts failed"), "{stderr}");
}
