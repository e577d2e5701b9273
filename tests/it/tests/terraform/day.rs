//! A day of the domain that Terraform made: somebody works and leaves, somebody else left long
//! ago, somebody changes what was set up, and an auditor asks.

use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use studio_parts::workspace::workspace_root;

use crate::app::{RunningApp, create, described};
use crate::world::{OWN, Ran, World};

/// The domain, and where what costctl needs stands.
pub(crate) struct Studio<'a> {
    pub(crate) world: &'a World,
    pub(crate) domain: String,
    pub(crate) artifacts: String,
    pub(crate) evidence: String,
    pub(crate) ledger: String,
    /// The agent's settings as Terraform rendered them.
    pub(crate) agent_settings: PathBuf,
    pub(crate) dir: &'a Path,
}

/// The agent's idle timeout, too short for people and long enough for a look.
pub(crate) const IDLE_TIMEOUT: &str = "8s";

impl Studio<'_> {
    fn costctl(&self, words: &[&str], code: i32) -> Ran {
        self.world.costctl(words).expect(code)
    }

    /// By the policy of the example, what was found and done written down.
    fn sweep(&self, words: &[&str]) -> Value {
        let policy = policy();
        let kept = ["--evidence", &self.evidence, "--ledger", &self.ledger, "--policy", &policy];
        self.costctl(&[&["sweep", "--resources", "apps", "--output", "json"], &kept[..], words].concat(), 0).json()
    }

    /// Alice trains: her app is watched and kept. When she has left, it stops itself.
    pub(crate) fn somebody_works_and_leaves(&self) {
        let app = RunningApp::start(self.world, create(self.world, &self.domain, "alice", "ml.t3.medium"));
        app.wait_for_record("\"verdict\":\"active\"");
        let coverage = ["coverage", "--all-domains", "--evidence", &self.evidence, "--output", "json"];
        let coverage = self.costctl(&coverage, 0).json();
        assert_eq!(coverage["totals"]["percent"], 100, "{coverage}");
        let plan = self.sweep(&["--metrics"]);
        assert_eq!(plan["plan"]["kept"], json!({ "busy": 1 }), "somebody works there: {plan}");
        assert_eq!(described(self.world, &app.app)["Status"], "InService");

        app.finish_work();
        app.wait_until_deleted(self.world);
        let deleted = self.world.sandbox.calls_of("DeleteApp").unwrap();
        assert_eq!(deleted.len(), 1, "one stop, by the agent: {deleted:?}");
        assert_eq!(deleted[0]["request"]["SpaceName"], app.app.space.as_str());
    }

    /// Bob left three hours ago, and his agent keeps the app for him: a sweep does not.
    pub(crate) fn somebody_left_long_ago(&self) {
        let app = create(self.world, &self.domain, "bob", "ml.g5.xlarge");
        let before = |ago: SignedDuration| (Timestamp::now() - ago).as_second();
        let hours = |hours| before(SignedDuration::from_hours(hours));
        // Three hours of a day that has minutes only.
        self.world
            .sandbox
            .force_app(&json!({ "DomainId": self.domain, "SpaceName": app.space,
            "AppType": app.app_type, "AppName": app.app_name,
            "Set": { "CreationTime": hours(5), "LastUserActivityTimestamp": hours(3), "Status": "InService" } }))
            .unwrap();
        for (kind, member, name) in [("space", "SpaceName", &*app.space), ("user-profile", "UserProfileName", "bob")] {
            let request =
                json!({ "Kind": kind, "DomainId": self.domain, member: name, "Set": { "LastModifiedTime": hours(5) } });
            self.world.sandbox.force(&request).unwrap();
        }
        let dimensions =
            [("DomainId", &*self.domain), ("Owner", &*app.space), ("AppType", "JupyterLab"), ("AppName", "default")];
        let dimensions = dimensions.map(|(name, value)| json!({ "Name": name, "Value": value }));
        let heartbeat = json!({ "Namespace": "IdleAgent", "MetricName": "IdleSeconds", "Unit": "Seconds", "Value": 10_800,
            "Dimensions": dimensions, "Timestamp": before(SignedDuration::from_mins(2)) });
        self.world.sandbox.metrics(&json!({ "Data": [heartbeat] })).unwrap();

        let done = self.sweep(&["--execute", "--yes", "--metrics"]);
        assert_eq!(described(self.world, &app)["Status"], "Deleted", "{done}");
        let later = self.sweep(&[]);
        assert_eq!(later["plan"]["actions"], json!([]), "{later}");
    }

    /// What the sweep's stop saved. The agent's is in its counter; it saved nothing that is told, for an app
    /// that nobody ever heard to be idle for minutes is in no figure.
    pub(crate) fn savings_are_told(&self) {
        let savings = ["report", "savings", "--since", "1d", "--ledger", &self.ledger, "--output", "json"];
        let savings = self.costctl(&savings, 0).json();
        assert_eq!(savings["by_whom"]["costctl"]["stops"], 1, "{savings}");
        let counted = json!({ "Namespace": "IdleAgent", "MetricName": "AppStopped" });
        let (account, region) = (OWN, "us-east-1");
        let counted = self.world.sandbox.call_of(account, region, "monitoring", "ListMetrics", &counted).unwrap();
        assert_eq!(counted["Metrics"].as_array().map(Vec::len), Some(1), "{counted}");
    }

    /// The dashboards and alarms that costctl would put stand as they are put.
    pub(crate) fn dashboards_show_it(&self) {
        let dashboard = |what: &[&str], code| {
            let wanted = ["--search", "--alarms", "--coverage-below", "90", "--usd-per-month", "5000"];
            self.costctl(&[&["dashboard"], what, &wanted[..]].concat(), code)
        };
        dashboard(&["put", "--execute", "--yes"], 0);
        dashboard(&["plan", "--check"], 0);
    }

    /// Somebody takes the agent off and lets outputs be shared: told with who did it, and what is ours is put back.
    pub(crate) fn somebody_changes_it(&self) {
        let drift = |words: &[&str], code| {
            let policy = policy();
            let base = ["drift", "--output", "json", "--policy", &policy, "--evidence", &self.evidence];
            let report = self.costctl(&[&base[..], words].concat(), code).json();
            let findings = report["regions"][0]["findings"].as_array().unwrap().clone();
            let unseen = &report["regions"][0]["unseen"];
            assert_eq!(*unseen, json!([]), "{report}");
            findings
        };
        assert_eq!(drift(&["--metrics"], 0), Vec::<Value>::new(), "what Terraform made is what its policy asks for");
        let settings = |sharing: &str, more: Value| {
            let mut settings = json!({ "SharingSettings": { "NotebookOutputOption": sharing } });
            settings.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            let request = json!({ "DomainId": self.domain, "DefaultUserSettings": settings });
            self.world.sandbox.call("UpdateDomain", &request).unwrap();
        };
        settings("Allowed", json!({ "JupyterLabAppSettings": { "BuiltInLifecycleConfigArn": "None" } }));
        let rules = |found: &[Value]| {
            let mut rules: Vec<String> = found.iter().map(|one| one["rule"].as_str().unwrap().to_owned()).collect();
            rules.sort();
            rules
        };
        let found = drift(&["--who"], 3);
        assert_eq!(rules(&found), ["lifecycle-configuration", "notebook-sharing"], "{found:?}");
        let agent = self.agent_settings.display().to_string();
        let fix = [
            "--fix",
            "--execute",
            "--yes",
            "--artifacts",
            &self.artifacts,
            "--idle-timeout",
            IDLE_TIMEOUT,
            "--agent-settings",
            &agent,
        ];
        let left = drift(&fix, 3);
        assert_eq!(rules(&left), ["notebook-sharing"], "what is somebody else's is told and left: {left:?}");
        settings("Disabled", json!({}));
        assert_eq!(drift(&[], 0), Vec::<Value>::new());
    }

    /// The chain is whole, and what the auditor gets can be checked without AWS.
    pub(crate) fn an_auditor_asks(&self) {
        let archive = self.dir.join("evidence.tar.gz").display().to_string();
        self.costctl(&["evidence", "verify", "--evidence", &self.evidence], 0);
        self.costctl(&["evidence", "--since", "1d", "--evidence", &self.evidence, "--out", &archive], 0);
        self.costctl(&["evidence", "verify", "--archive", &archive], 0);
    }

    /// Everybody's spaces go, by whoever owns them, before the domain can.
    pub(crate) fn everybody_leaves(&self) {
        for space in ["alice-lab", "bob-lab"] {
            self.world.sandbox.call("DeleteSpace", &json!({ "DomainId": self.domain, "SpaceName": space })).unwrap();
        }
        let spaces = || self.world.sandbox.call("ListSpaces", &json!({})).unwrap()["Spaces"].take();
        let end = std::time::Instant::now() + Duration::from_secs(60);
        while spaces() != json!([]) {
            assert!(std::time::Instant::now() < end, "spaces are left: {}", spaces());
            std::thread::sleep(Duration::from_millis(100));
        }
    }
}

/// What the example sweeps by and compares with.
fn policy() -> String {
    workspace_root().join("packaging/terraform/examples/new-domain/costctl.toml").display().to_string()
}
