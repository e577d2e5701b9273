//! A sandbox with a fleet over two accounts and regions, a folder as the evidence store, and
//! the function.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use studio_parts::fleet::{App, Fleet, Place};
use studio_parts::sandbox::{Sandbox, SandboxOptions};
use tempfile::TempDir;

use crate::function::Function;

pub(crate) const OWN: &str = "111122223333";
pub(crate) const OTHER: &str = "444455556666";
pub(crate) const NEAR: &str = "us-east-1";
pub(crate) const FAR: &str = "eu-west-1";
pub(crate) const EXECUTE: [&str; 2] = ["--execute", "--yes"];
/// Operations that change something in AWS.
const CHANGING: &[&str] = &["Delete", "Stop", "Update", "Create", "Put", "Publish", "Add", "Register"];

pub(crate) struct World {
    pub(crate) sandbox: Sandbox,
    dir: TempDir,
}

impl World {
    /// One with this fleet, in which earlier runs acted in both accounts.
    pub(crate) fn with(fleet: &Fleet) -> Self {
        let sandbox = sandbox_with(fleet);
        let world = Self { sandbox, dir: tempfile::tempdir().unwrap() };
        for account in [OWN, OTHER] {
            world.write(&format!("evidence/accounts/{account}.json"), "{}");
        }
        world
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// What lies on the shelf of the run `r`.
    pub(crate) fn kept(&self, name: &str) -> Value {
        serde_json::from_str(&fs::read_to_string(self.shelf(name)).unwrap()).unwrap()
    }

    pub(crate) fn shelf(&self, name: &str) -> PathBuf {
        self.path(&format!("evidence/sweeps/r/{name}"))
    }

    pub(crate) fn env(&self) -> Vec<(String, String)> {
        let mut env = self.sandbox.aws_env();
        let own = |path: &Path| path.display().to_string();
        for (name, value) in [
            ("HOME", own(self.dir.path())),
            ("COSTCTL_POLICY", "built-in".to_owned()),
            ("COSTCTL_EVIDENCE", own(&self.path("evidence"))),
            ("COSTCTL_ACCOUNTS", format!("{OWN},{OTHER}")),
            ("COSTCTL_REGION", format!("{NEAR},{FAR}")),
            ("COSTCTL_READS_PER_SECOND", "1000".to_owned()),
            ("COSTCTL_WRITES_PER_SECOND", "1000".to_owned()),
        ] {
            env.push((name.to_owned(), value));
        }
        env
    }

    pub(crate) fn function(&self) -> Function {
        Function::start(&self.env())
    }

    /// The function with more in its environment.
    pub(crate) fn function_with(&self, more: &[(&str, &str)]) -> Function {
        let more = more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Function::start(&self.env().into_iter().chain(more).collect::<Vec<_>>())
    }

    /// The calls that changed something or tried to: operation and the app's space.
    pub(crate) fn changes(&self) -> Vec<String> {
        changes(&self.sandbox)
    }
}

/// A sandbox in which a delete takes no time.
pub(crate) fn sandbox_with(fleet: &Fleet) -> Sandbox {
    let options = SandboxOptions { delete_takes: Some("0s".to_owned()), ..SandboxOptions::default() };
    let sandbox = Sandbox::start(options).unwrap();
    fleet.seed(&sandbox).unwrap();
    sandbox
}

/// The calls that changed something or tried to: operation and the app's space, sorted.
pub(crate) fn changes(sandbox: &Sandbox) -> Vec<String> {
    let calls = sandbox.calls().unwrap();
    let changing = calls.iter().filter_map(|call| {
        let operation = call["operation"].as_str()?;
        let is_changing = CHANGING.iter().any(|begin| operation.starts_with(begin));
        is_changing.then(|| format!("{operation} {}", call["request"]["SpaceName"].as_str().unwrap_or_default()))
    });
    let mut changing: Vec<String> = changing.collect();
    changing.sort();
    changing
}

/// So many apps of this space, idle for three hours.
pub(crate) fn idle(account: &str, region: &str, space: &str, count: usize) -> App {
    App { idle: std::time::Duration::from_secs(3 * 3600), ..busy(account, region, space, count) }
}

/// So many apps of this space, at work.
pub(crate) fn busy(account: &str, region: &str, space: &str, count: usize) -> App {
    let place = Place { account: account.to_owned(), region: region.to_owned() };
    App { place, space: space.to_owned(), count, ..App::default() }
}

/// Two idle apps near, one far away, and busy ones.
pub(crate) fn fleet() -> Fleet {
    let apps = vec![
        idle(OWN, NEAR, "ours", 1),
        busy(OWN, NEAR, "ours-busy", 3),
        idle(OTHER, NEAR, "theirs", 1),
        busy(OTHER, NEAR, "theirs-busy", 3),
        idle(OTHER, FAR, "theirs-far", 1),
    ];
    Fleet { apps, ..Fleet::default() }
}

/// An event of the run `r`.
pub(crate) fn event(step: &str, args: &[&str], scope: Option<&Value>) -> Value {
    let mut event = json!({ "step": step, "run": "r", "args": args });
    if let Some(scope) = scope {
        event["scope"] = scope.clone();
    }
    event
}

/// The steps up to the plan, one after the other; returns the plan's answer.
pub(crate) fn until_plan(world: &World, function: &Function, args: &[&str]) -> Value {
    function.answer(&event("scopes", args, None)).unwrap();
    for scope in items(world, "scopes.json") {
        function.answer(&event("look", args, Some(&scope))).unwrap();
    }
    function.answer(&event("plan", args, None)).unwrap()
}

pub(crate) fn items(world: &World, name: &str) -> Vec<Value> {
    world.kept(name).as_array().unwrap().clone()
}
