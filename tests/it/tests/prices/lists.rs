//! A sandbox with price lists, and the command line that asks for them.

use std::path::PathBuf;
use std::process::Command;

use serde_json::{Value, json};
use studio_parts::binaries::binary;
use studio_parts::sandbox::{Sandbox, SandboxOptions};
use studio_parts::workspace::workspace_root;
use tempfile::TempDir;

/// A sandbox with these prices, and a home.
pub(crate) struct Lists {
    pub(crate) sandbox: Sandbox,
    home: TempDir,
}

/// A price as the sandbox takes it.
pub(crate) fn price(region: &str, usage_type: &str, usd: &str) -> Value {
    json!({ "Region": region, "UsageType": usage_type, "Usd": usd })
}

/// Every published price point: line of the collection, region, usage type, US dollars or `none`.
pub(crate) fn points() -> Vec<[String; 4]> {
    let text = std::fs::read_to_string(workspace_root().join("controller/planner/tests/fixtures/price-points.csv"));
    let text = text.unwrap();
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines.map(|line| line.split(',').map(str::to_owned).collect::<Vec<_>>().try_into().unwrap()).collect()
}

impl Lists {
    pub(crate) fn new(prices: &Value) -> Self {
        let sandbox = Sandbox::start(SandboxOptions::default()).unwrap();
        sandbox.prices(prices).unwrap();
        Self { sandbox, home: tempfile::tempdir().unwrap() }
    }

    /// One with all published points.
    pub(crate) fn of_points() -> Self {
        let all = points().into_iter().filter(|point| point[3] != "none");
        let prices: Vec<Value> = all.map(|[_, region, usage, usd]| price(&region, &usage, &usd)).collect();
        Self::new(&json!({ "Prices": prices }))
    }

    /// `costctl prices` with these words, ended with this code: what it said to stdout and stderr.
    pub(crate) fn run(&self, words: &str, code: i32) -> (String, String) {
        self.run_with(words, &[], code)
    }

    /// The same with more in its environment.
    pub(crate) fn run_with(&self, words: &str, env: &[(&str, &str)], code: i32) -> (String, String) {
        self.costctl(&format!("prices {words}"), env, code)
    }

    /// The same of any command.
    pub(crate) fn costctl(&self, words: &str, env: &[(&str, &str)], code: i32) -> (String, String) {
        let mut command = Command::new(binary("costctl").unwrap());
        command.env_clear().env("HOME", self.home.path()).env("AWS_EC2_METADATA_DISABLED", "true");
        command.envs(self.sandbox.aws_env()).env("COSTCTL_READS_PER_SECOND", "10000").envs(env.iter().copied());
        let output = command.args(words.split_whitespace()).output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
        assert_eq!(output.status.code(), Some(code), "{words}\n{stdout}\n{stderr}");
        (stdout, stderr)
    }

    /// What `costctl prices show` says as JSON with these words.
    pub(crate) fn show(&self, words: &str) -> Value {
        let (stdout, _) = self.run(&format!("show --output json {words}"), 0);
        serde_json::from_str(&stdout).unwrap()
    }

    /// The folder of the lists of a region.
    pub(crate) fn folder(&self, region: &str) -> PathBuf {
        self.home.path().join(".cache/costctl/prices").join(region)
    }

    /// The names of the kept lists of a region.
    pub(crate) fn kept(&self, region: &str) -> Vec<String> {
        let mut names: Vec<String> = std::fs::read_dir(self.folder(region))
            .map(|all| all.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect())
            .unwrap_or_default();
        names.sort();
        names
    }
}

/// A text without white space, wherever its lines were broken.
pub(crate) fn squeezed(text: &str) -> String {
    text.split_whitespace().collect()
}
