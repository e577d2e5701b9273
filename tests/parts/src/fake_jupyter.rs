//! A Jupyter server that does everything wrong, on request.

use std::collections::HashMap;

use serde_json::{Value, json};

pub use crate::reply::Reply;
use crate::scripted::Server;

/// A scripted server on loopback, below the base URL that Studio uses.
#[derive(Debug)]
pub struct FakeJupyter(Server);

const APIS: [&str; 4] = ["kernels", "terminals", "sessions", "status"];
const OLD: &str = "2026-01-01T00:00:00.000000Z";

impl FakeJupyter {
    /// A healthy server with one kernel that has long been idle.
    #[must_use]
    pub fn idle() -> Self {
        Self::start(Self::idle_replies())
    }

    /// A healthy server with one kernel in a silent cell.
    #[must_use]
    pub fn busy() -> Self {
        let server = Self::idle();
        server.set("kernels", Reply::Json(json!([kernel("busy")])));
        server
    }

    /// What a healthy, idle server answers.
    #[must_use]
    pub fn idle_replies() -> HashMap<String, Reply> {
        let status = json!({ "connections": 0, "kernels": 1, "last_activity": OLD, "started": OLD });
        let bodies = [
            ("kernels", json!([kernel("idle")])),
            ("terminals", json!([])),
            ("sessions", json!([])),
            ("status", status),
        ];
        bodies.into_iter().map(|(api, body)| (api.to_owned(), Reply::Json(body))).collect()
    }

    /// Its URL, base URL included.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/jupyterlab/default", self.0.port())
    }

    /// Changes the answer of one API (`kernels`, `terminals`, `sessions`, `status`).
    pub fn set(&self, api: &str, reply: Reply) {
        self.0.set(api, reply);
    }

    /// Changes every answer.
    pub fn set_all(&self, reply: &Reply) {
        for api in APIS {
            self.set(api, reply.clone());
        }
    }

    /// How often one API was asked.
    #[must_use]
    pub fn hits(&self, api: &str) -> usize {
        self.0.hits(api)
    }

    fn start(replies: HashMap<String, Reply>) -> Self {
        let script = move |request: &str| {
            let asks = |api: &&&str| request.contains(&format!("/jupyterlab/default/api/{api}"));
            let api = APIS.iter().find(asks).copied().unwrap_or("other");
            (api, replies.get(api).cloned().unwrap_or(Reply::Status(404)))
        };
        Self(Server::on_loopback(Box::new(script)).expect("loopback has a free port"))
    }
}

/// A loopback URL at which nothing listens.
///
/// # Panics
/// When loopback has no free port.
#[must_use]
pub fn refused_url() -> String {
    let port = crate::http::free_port().expect("loopback has a free port");
    format!("http://127.0.0.1:{port}/jupyterlab/default")
}

fn kernel(state: &str) -> Value {
    json!({ "id": "k1", "name": "python3", "last_activity": OLD, "execution_state": state, "connections": 0 })
}
