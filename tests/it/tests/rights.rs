//! The rights of a sweep: whoever calls, the role that looks and the role that acts each
//! make the calls that controller/README.md names for them, and no others.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::json;
use studio_it::rights;
use studio_parts::binaries::binary;
use studio_parts::fleet::Fleet;
use studio_parts::sandbox::{Sandbox, SandboxOptions};
use tempfile::TempDir;

/// Something for every verb, in another account.
const FLEET: &str = r#"
[[app]]
place = { account = "444455556666" }
space = "alice-lab"
idle = "3h"

[[notebook-instance]]
place = { account = "444455556666" }
name = "old-research"
idle = "3h"

[[endpoint]]
place = { account = "444455556666" }
name = "scaled-by-requests"
asynchronous = true
min-capacity = 0

[[endpoint]]
place = { account = "444455556666" }
name = "of-components"
inference-components = ["copies"]
min-capacity = 0

[[endpoint]]
place = { account = "444455556666" }
name = "trial-1"
"#;

const TOPIC: &str = "arn:aws:sns:us-east-1:111122223333:sweeps";

const TO_LOOK: [&str; 2] = ["`inventory`", "`sweep`, `plan`, `explain`"];
const TO_LOOK_AGAIN: &str = "`sweep --execute`, `apply`, to look again";
const TO_ACT: &str = "`sweep --execute`, `apply`, to act";
const TO_RECORD: &str = "`sweep --execute`, `apply`, around it";
const TO_REACH: &str = "other accounts";

struct World {
    sandbox: Sandbox,
    dir: TempDir,
}

impl World {
    fn new() -> Self {
        let at_once = || Some("0s".to_owned());
        let sandbox = Sandbox::start(SandboxOptions {
            delete_takes: at_once(),
            update_takes: at_once(),
            stop_takes: at_once(),
            ..SandboxOptions::default()
        });
        let (sandbox, dir) = (sandbox.unwrap(), tempfile::tempdir().unwrap());
        toml::from_str::<Fleet>(FLEET).unwrap().seed(&sandbox).unwrap();
        let accounts = ["111122223333", "444455556666"].map(|id| json!({ "Id": id, "Name": id, "Status": "ACTIVE" }));
        sandbox.organization(&json!({ "Accounts": accounts })).unwrap();
        sandbox.call_of("111122223333", "us-east-1", "sns", "CreateTopic", &json!({ "Name": "sweeps" })).unwrap();
        for (mode, names) in [("scale", "[\"scaled-*\", \"of-*\"]"), ("delete", "\"trial-*\"")] {
            let policy = format!(
                "schema_version = 1\n[guards]\nfirst-run = 9\n[endpoints]\naction = \"{mode}\"\nnames = {names}\n"
            );
            std::fs::write(dir.path().join(format!("{mode}.toml")), policy).unwrap();
        }
        Self { sandbox, dir }
    }

    /// `costctl` with these words, ended well.
    fn run(&self, words: &str, more: &[&str]) {
        let mut command = Command::new(binary("costctl").unwrap());
        command.env_clear().envs(self.sandbox.aws_env()).env("HOME", self.dir.path()).current_dir(self.dir.path());
        command.env("COSTCTL_EVIDENCE", self.dir.path().join("evidence"));
        command.env("COSTCTL_READS_PER_SECOND", "1000").env("COSTCTL_WRITES_PER_SECOND", "1000");
        let output = command.args(words.split_whitespace()).args(more).output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        assert_eq!(output.status.code(), Some(0), "{words}\n{}\n{}", text(&output.stdout), text(&output.stderr));
    }

    /// What was called since the last time, by the role that called it; empty is whoever calls.
    fn called(&self) -> BTreeMap<String, BTreeSet<String>> {
        let calls = self.sandbox.calls().unwrap();
        self.sandbox.forget_calls().unwrap();
        let (mut roles, mut called) = (Vec::new(), BTreeMap::<String, BTreeSet<String>>::new());
        for call in &calls {
            let text = |member: &str| call[member].as_str().unwrap_or_default();
            if text("operation") == "AssumeRole" {
                roles.push(call["request"]["RoleArn"].as_str().unwrap().rsplit('/').next().unwrap().to_owned());
            }
        }
        let mut keys: Vec<&str> = calls.iter().filter_map(|call| call["access_key"].as_str()).collect();
        keys.retain(|key| key.starts_with("ASIA"));
        // Sessions are numbered as they are opened, and their keys end with the number.
        let keys: BTreeSet<&str> = keys.into_iter().collect();
        assert_eq!(keys.len(), roles.len(), "each session makes a call");
        let roles: BTreeMap<&str, String> = keys.into_iter().zip(roles).collect();
        for call in &calls {
            let role = call["access_key"].as_str().and_then(|key| roles.get(key)).cloned().unwrap_or_default();
            called.entry(role).or_default().insert(call["operation"].as_str().unwrap().to_owned());
        }
        called
    }
}

/// Asserts that these rows name every operation.
fn assert_named(rows: &[&str], operations: &BTreeSet<String>) {
    let missing = rights::missing(rows, operations.iter().cloned()).unwrap();
    assert!(missing.is_empty(), "controller/README.md does not name {missing:?} for {rows:?}");
}

#[test]
fn each_of_three_roles_needs_what_the_table_names_for_it() {
    let world = World::new();
    let everywhere = ["--organization"];
    world.run("sweep --policy scale.toml --endpoints scale", &everywhere);
    world.run("plan --out plan.json --policy scale.toml --endpoints scale", &everywhere);
    let app = "explain app d-research0001/alice-lab/JupyterLab/default --policy scale.toml";
    world.run(app, &everywhere);
    let called = world.called();
    assert_named(&TO_LOOK, &called["costctl-reader"]);
    assert_named(&[&TO_LOOK[..], &[TO_REACH]].concat(), &called[""]);
    assert!(!called.contains_key("costctl-actor"), "{called:?}");

    let told = ["--yes", "--kill-switch", "ssm:/costctl/stop", "--notify", TOPIC];
    world.run("apply plan.json --organization", &told);
    let applied = world.called();
    world.run("sweep --execute --policy delete.toml --endpoints delete --organization", &told);
    let swept = world.called();
    let mut acted = BTreeSet::new();
    for called in [&applied, &swept] {
        assert_named(&[&TO_LOOK[..], &[TO_LOOK_AGAIN]].concat(), &called["costctl-reader"]);
        assert_named(&[TO_ACT], &called["costctl-actor"]);
        assert_named(&[&TO_LOOK[..], &[TO_RECORD, TO_REACH]].concat(), &called[""]);
        for operation in ["GetParameter", "Publish", "ListAccounts", "AssumeRole"] {
            assert!(called[""].contains(operation), "{operation}: {called:?}");
        }
        acted.extend(called["costctl-actor"].iter().cloned());
    }
    assert_eq!(acted, rights::named(&[TO_ACT]).unwrap(), "the role that acts may no more than is ever called");
}
