//! A Docker Engine that does everything wrong, on request.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::reply::Reply;
use crate::scripted::Server;

/// One running container of a [`FakeDocker`].
#[derive(Debug, Clone, PartialEq)]
pub struct DockerContainer {
    /// Its id.
    pub id: String,
    /// Its name, without the slash that the API puts before it.
    pub name: String,
    /// Its image.
    pub image: String,
    /// How many cores it keeps busy; an idle one none.
    pub cores_in_use: f64,
}

impl DockerContainer {
    /// A container with an id made of its name.
    #[must_use]
    pub fn new(name: &str, cores_in_use: f64) -> Self {
        let letters: String = name.bytes().map(|byte| format!("{byte:02x}")).collect();
        let id = format!("{letters:0<64.64}");
        Self { id, name: name.to_owned(), image: "python:3.12".to_owned(), cores_in_use }
    }
}

/// A scripted Docker Engine API on a unix socket of its own, any API version.
///
/// It knows `containers` (`GET /containers/json`), `stats` (`GET
/// /containers/{id}/stats`, always a single answer, and at once where the real one
/// takes one to two seconds without `one-shot=true`), `ping` and `version`.
#[derive(Debug)]
pub struct FakeDocker {
    server: Server,
    containers: Arc<Mutex<Vec<Counted>>>,
    dir: TempDir,
}

/// A container and the CPU time that it used until it last changed its pace.
#[derive(Debug)]
struct Counted {
    container: DockerContainer,
    used_ns: u64,
    since: Instant,
}

impl FakeDocker {
    /// An engine that runs these.
    ///
    /// # Errors
    /// When the socket cannot be made.
    pub fn start(containers: Vec<DockerContainer>) -> anyhow::Result<Self> {
        let dir = tempfile::tempdir()?;
        let containers = Arc::new(Mutex::new(containers.into_iter().map(Counted::new).collect::<Vec<_>>()));
        let known = Arc::clone(&containers);
        let script = move |request: &str| {
            let path = request.split(' ').nth(1).unwrap_or_default();
            answer(&known.lock().unwrap_or_else(PoisonError::into_inner), path)
        };
        let server = Server::on_socket(&dir.path().join("docker.sock"), Box::new(script))?;
        Ok(Self { server, containers, dir })
    }

    /// Its socket.
    #[must_use]
    pub fn socket(&self) -> PathBuf {
        self.dir.path().join("docker.sock")
    }

    /// What a client finds in `DOCKER_HOST`.
    #[must_use]
    pub fn docker_host(&self) -> String {
        format!("unix://{}", self.socket().display())
    }

    /// Runs these in place of what it ran. A list of thousands is as good as any.
    pub fn set_containers(&self, containers: Vec<DockerContainer>) {
        let counted = containers.into_iter().map(Counted::new).collect();
        *self.containers.lock().unwrap_or_else(PoisonError::into_inner) = counted;
    }

    /// Keeps so many cores busy in a container from now on.
    pub fn set_cores_in_use(&self, name: &str, cores: f64) {
        for counted in self.containers.lock().unwrap_or_else(PoisonError::into_inner).iter_mut() {
            if counted.container.name == name {
                (counted.used_ns, counted.since) = (counted.used_ns(), Instant::now());
                counted.container.cores_in_use = cores;
            }
        }
    }

    /// Changes the answer of one API (`containers`, `stats`, `ping`, `version`).
    pub fn set(&self, api: &str, reply: Reply) {
        self.server.set(api, reply);
    }

    /// Answers every API well again.
    pub fn heal(&self) {
        self.server.heal();
    }

    /// How often one API was asked.
    #[must_use]
    pub fn hits(&self, api: &str) -> usize {
        self.server.hits(api)
    }
}

impl Counted {
    fn new(container: DockerContainer) -> Self {
        // No container starts at zero.
        Self { container, used_ns: 40_000_000, since: Instant::now() }
    }

    fn used_ns(&self) -> u64 {
        let more = self.since.elapsed().mul_f64(self.container.cores_in_use);
        self.used_ns + u64::try_from(more.as_nanos()).unwrap_or(u64::MAX / 2)
    }

    fn is(&self, asked: &str) -> bool {
        let DockerContainer { id, name, .. } = &self.container;
        // Ids may be cut short.
        name == asked || (asked.len() >= 2 && id.starts_with(asked))
    }
}

/// The API that a path names and the engine's answer.
fn answer(containers: &[Counted], path: &str) -> (&'static str, Reply) {
    let path = path.split('?').next().unwrap_or_default();
    let mut parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    if parts.first().is_some_and(|part| part.starts_with("v1.")) {
        parts.remove(0);
    }
    match parts[..] {
        ["_ping"] => ("ping", Reply::text("OK")),
        ["version"] => {
            ("version", Reply::Json(json!({ "Version": "27.5.1", "ApiVersion": "1.47", "MinAPIVersion": "1.24" })))
        }
        ["containers", "json"] => ("containers", Reply::Json(containers.iter().map(summary).collect())),
        ["containers", asked, "stats"] => match containers.iter().find(|counted| counted.is(asked)) {
            Some(counted) => ("stats", Reply::Json(stats(counted))),
            None => ("stats", Reply::json(404, &json!({ "message": format!("No such container: {asked}") }))),
        },
        _ => ("other", Reply::json(404, &json!({ "message": "page not found" }))),
    }
}

fn summary(counted: &Counted) -> Value {
    let DockerContainer { id, name, image, cores_in_use: _ } = &counted.container;
    json!({ "Id": id, "Names": [format!("/{name}")], "Image": image, "ImageID": format!("sha256:{id}"),
        "Command": "python train.py", "Created": 1_767_225_600, "Ports": [], "Labels": {}, "State": "running",
        "Status": "Up 3 hours", "HostConfig": { "NetworkMode": "sagemaker" },
        "NetworkSettings": { "Networks": {} }, "Mounts": [] })
}

fn stats(counted: &Counted) -> Value {
    let DockerContainer { id, name, .. } = &counted.container;
    let used = counted.used_ns();
    json!({ "id": id, "name": format!("/{name}"), "read": "2026-01-01T00:00:00.000000001Z",
        "preread": "0001-01-01T00:00:00Z", "num_procs": 0, "pids_stats": { "current": 1 },
        "cpu_stats": {
            "cpu_usage": { "total_usage": used, "usage_in_kernelmode": used / 10, "usage_in_usermode": used - used / 10 },
            "system_cpu_usage": 1_000_000_000_000_u64, "online_cpus": 2,
            "throttling_data": { "periods": 0, "throttled_periods": 0, "throttled_time": 0 } },
        "precpu_stats": { "cpu_usage": { "total_usage": 0, "usage_in_kernelmode": 0, "usage_in_usermode": 0 },
            "throttling_data": { "periods": 0, "throttled_periods": 0, "throttled_time": 0 } },
        "memory_stats": { "usage": 12_345_678, "limit": 8_000_000_000_u64 }, "networks": {} })
}
