//! A sandbox, and somebody who watches it.

use std::process::Command;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use studio_it::PATIENCE;
use studio_parts::binaries::binary;
use studio_parts::pty::Pty;
use studio_parts::sandbox::{Sandbox, SandboxOptions};
use tempfile::TempDir;

use crate::screen;

/// `costctl top` on a terminal of its own.
pub(crate) struct Watched {
    pty: Pty,
    pub(crate) sandbox: Sandbox,
    _dir: TempDir,
}

/// A sandbox with a JupyterLab app of ada's in each of these spaces.
pub(crate) fn fleet(spaces: &[&str]) -> Sandbox {
    let sandbox = Sandbox::start(SandboxOptions::default()).unwrap();
    let app = |space: &&str| {
        json!({ "DomainId": "d-one", "SpaceName": space, "AppType": "JupyterLab", "AppName": "default",
            "ResourceSpec": { "InstanceType": "ml.g5.xlarge" }, "CreationTime": 1_700_000_000 })
    };
    let space = |space: &&str| {
        json!({ "DomainId": "d-one", "SpaceName": space, "CreationTime": 1_700_000_000,
            "OwnershipSettings": { "OwnerUserProfileName": "ada" },
            "SpaceSharingSettings": { "SharingType": "Private" }, "SpaceSettings": { "AppType": "JupyterLab" } })
    };
    let apps: Vec<Value> = spaces.iter().map(app).collect();
    let spaces: Vec<Value> = spaces.iter().map(space).collect();
    let profile = json!({ "DomainId": "d-one", "UserProfileName": "ada", "CreationTime": 1_700_000_000 });
    let seed = json!({ "Domains": [{ "DomainId": "d-one", "DomainName": "one" }], "UserProfiles": [profile],
        "Spaces": spaces, "Apps": apps });
    sandbox.seed(&seed).unwrap();
    sandbox
}

/// A heartbeat of a minute ago.
pub(crate) fn heartbeat(sandbox: &Sandbox, space: &str, idle_seconds: u32) {
    let at = Timestamp::now() - SignedDuration::from_mins(1);
    let dimensions = [("DomainId", "d-one"), ("Owner", space), ("AppType", "JupyterLab"), ("AppName", "default")];
    let dimensions = dimensions.map(|(name, value)| json!({ "Name": name, "Value": value }));
    let datum = json!({ "Namespace": "IdleAgent", "MetricName": "IdleSeconds", "Dimensions": dimensions,
        "Timestamp": at.as_second(), "Value": idle_seconds, "Unit": "Seconds" });
    sandbox.metrics(&json!({ "Data": [datum] })).unwrap();
}

impl Watched {
    /// Started with these arguments. An account in which nobody ever acted would have one first
    /// act alone: the built-in policy is chosen, whatever the folder holds.
    pub(crate) fn start(sandbox: Sandbox, args: &[&str]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let mut command = Command::new("script");
        command.env_clear().env("PATH", "/usr/bin:/bin").env("HOME", dir.path()).current_dir(dir.path());
        command.envs(sandbox.aws_env()).env("AWS_EC2_METADATA_DISABLED", "true");
        command.env("COSTCTL", binary("costctl").unwrap()).env("LC_ALL", "C.UTF-8");
        sandbox.forget_calls().unwrap();
        // Its own process id, so that a signal goes to it alone; and the terminal's settings after it.
        let script = format!(
            "sh -c 'echo pid $$; exec \"$COSTCTL\" --reads-per-second 10000 top {}'\necho ended $?; stty -a",
            args.join(" ")
        );
        Self { pty: Pty::open(command, &script).unwrap(), sandbox, _dir: dir }
    }

    pub(crate) fn press(&mut self, keys: &str) {
        self.pty.type_text(keys).unwrap();
    }

    pub(crate) fn raw(&self) -> String {
        self.pty.output_so_far()
    }

    pub(crate) fn screen(&self) -> String {
        screen::shown(&self.raw())
    }

    /// Waits until the screen shows a text.
    pub(crate) fn wait_for(&self, text: &str) {
        let end = Instant::now() + PATIENCE;
        while !self.screen().contains(text) {
            assert!(self.pty.is_open() && Instant::now() < end, "{text:?} was never shown:\n{}", self.screen());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    pub(crate) fn signal(&self, signal: Signal) {
        let raw = self.raw();
        let pid = raw.lines().find_map(|line| line.strip_prefix("pid ")).unwrap().trim().parse().unwrap();
        kill_process(Pid::from_raw(pid).unwrap(), signal).unwrap();
    }

    pub(crate) fn wait_until_it_ended(&self) {
        self.pty
            .wait_for_output("-iexten", PATIENCE)
            .or_else(|_| self.pty.wait_for_output("iexten", PATIENCE))
            .unwrap();
    }

    /// Asserts that it ended with this code, and gave back the first screen, the cursor and the
    /// terminal's own way with keys.
    pub(crate) fn assert_given_back(&self, code: i32) {
        self.pty.wait_for_output("ended ", PATIENCE).unwrap();
        self.pty.wait_for_output("iexten", PATIENCE).unwrap();
        let raw = self.raw();
        let (_, watched) = raw.split_once("\u{1b}[?1049h").unwrap_or_else(|| panic!("no second screen: {raw:?}"));
        let (watched, after) = watched.split_once("\u{1b}[?1049l").unwrap_or_else(|| panic!("not left: {raw:?}"));
        assert!(after.contains(&format!("ended {code}")), "{after:?}");
        let is_shown = |text: &str| text.rfind("\u{1b}[?25h") > text.rfind("\u{1b}[?25l");
        assert!(is_shown(watched) || after.contains("\u{1b}[?25h"), "the cursor is hidden: {raw:?}");
        assert!(!after.contains("\u{1b}[?25l") && !after.contains("\u{1b}[?1049"), "{after:?}");
        let settings: Vec<&str> = after.split([' ', ';', '\r', '\n']).collect();
        for setting in ["icanon", "echo", "isig", "iexten", "opost"] {
            assert!(settings.contains(&setting), "{setting} is off: {after:?}");
        }
    }

    /// Asserts that no call of it was one that changes anything, and that each is in the table of rights.
    pub(crate) fn assert_it_only_looked(&self) {
        let called = self.sandbox.call_counts().unwrap();
        let looks = |operation: &&String| ["List", "Describe", "Get"].iter().any(|verb| operation.starts_with(verb));
        assert!(!called.is_empty() && called.keys().all(|operation| looks(&operation)), "{called:?}");
        let rows = ["`inventory`", "`sweep`, `plan`, `explain`", "`top`"];
        let missing = studio_it::rights::missing(&rows, called.into_keys()).unwrap();
        assert!(missing.is_empty(), "controller/README.md does not name {missing:?}");
    }
}
