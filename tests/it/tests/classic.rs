//! Studio Classic: one JupyterServer app sees the kernels of several
//! KernelGateway apps; each is judged and deleted by itself, the server never.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::process::Command;

use idle_core::{Decision, DecisionRecord, Verdict};
use serde_json::json;
use studio_it::{Agent, World};
use studio_parts::binaries::binary;
use studio_parts::fake_jupyter::{FakeJupyter, Reply};
use studio_parts::metadata::write_metadata;
use studio_parts::process::Running;

const OLD: &str = "2026-01-01T00:00:00Z";

/// The gateway at work; the other one stands in the sandbox.
const BUSY: &str = "at-work";

/// A Classic world: the server's app and its idle gateway, in the sandbox.
struct Classic {
    world: World,
    server: FakeJupyter,
    apps: [usize; 2],
}

impl Classic {
    fn new() -> Self {
        let mut world = World::new().unwrap();
        let server = FakeJupyter::idle();
        let kernel = |id: &str, app: &str, state: &str| {
            json!({ "id": id, "name": "python3", "last_activity": OLD, "execution_state": state,
                "connections": 0, "app_name": app })
        };
        let kinds = ["JupyterServer", "KernelGateway"];
        let apps = kinds.map(|kind| world.studio.add_app(&world.sandbox, kind).unwrap());
        let idle = world.studio.app(apps[1]).app_name.to_string();
        let kernels = json!([kernel("a", BUSY, "busy"), kernel("b", &idle, "idle")]);
        server.set("kernels", Reply::Json(kernels));
        server.set("sessions", Reply::Json(json!([])));
        Self { world, server, apps }
    }

    /// The agent inside the n-th app.
    fn agent(&self, n: usize) -> Agent {
        let dir = self.world.dir().join(format!("app-{n}"));
        std::fs::create_dir_all(&dir).unwrap();
        let metadata = write_metadata(&dir, self.world.studio.app(self.apps[n])).unwrap();
        let mut command = Command::new(binary("idle-agent").unwrap());
        command.env_clear().env("HOME", self.world.dir()).envs(self.world.sandbox.agent_env());
        command.args(["run", "--output", "json", "--idle-timeout", "8s", "--poll-every", "1s"]);
        command.args(["--server-url", &self.server.url()]).arg("--metadata-file").arg(metadata);
        command.arg("--state-dir").arg(dir.join("state")).arg("--activity-file").arg(dir.join("stamp"));
        command.args(["--process-root", &self.world.sandbox.pid().to_string()]);
        Agent { process: Running::spawn(command).unwrap() }
    }

    fn is_of(record: &DecisionRecord, name: &str) -> bool {
        record.resource.app().is_some_and(|app| app.name.as_str() == name)
    }

    fn idle_name(&self) -> String {
        self.world.studio.app(self.apps[1]).app_name.to_string()
    }
}

#[test]
fn only_the_idle_gateway_is_deleted_and_the_server_never() {
    let classic = Classic::new();
    let _inside = classic.agent(1);
    let server = classic.agent(0);
    let stop = server.wait_for_stop().unwrap();
    let idle = classic.idle_name();
    assert!(Classic::is_of(&stop, &idle), "{stop:?}");
    server.wait_for_log("SageMaker is deleting").unwrap();
    let deleted = classic.world.sandbox.calls_of("DeleteApp").unwrap();
    assert_eq!(deleted.len(), 1, "{deleted:?}");
    assert_eq!(deleted[0]["request"]["AppType"], "KernelGateway");
    let records = server.records();
    assert!(records.iter().all(|record| Classic::is_of(record, BUSY) || Classic::is_of(record, &idle)));
    assert!(records.iter().filter(|r| Classic::is_of(r, BUSY)).all(|r| r.decision == Decision::Keep));
}

#[test]
fn a_gateway_without_an_agent_inside_is_unknown_and_kept() {
    let classic = Classic::new();
    let server = classic.agent(0);
    server.wait_for("came late", |_| server.records().len() > 30).unwrap();
    let name = classic.idle_name();
    let idle: Vec<DecisionRecord> = server.records().into_iter().filter(|r| Classic::is_of(r, &name)).collect();
    assert!(idle.len() > 12 && idle.iter().all(|r| (r.verdict, r.decision) == (Verdict::Unknown, Decision::Keep)));
    assert!(idle[0].reason.text.contains("no agent reports"), "{}", idle[0].reason.text);
    assert_eq!(classic.world.deletes().unwrap(), 0);
}
