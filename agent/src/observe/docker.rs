//! The user's Docker containers (SageMaker's local mode), by the Docker Engine API.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use idle_core::{Item, ItemState, Sight};
use reqwest::Url;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::http::{Answer, Http};

/// Each container costs one request a look.
const MOST_CONTAINERS: usize = 32;
/// Where Docker listens by default.
const DEFAULT_SOCKET: &str = "/var/run/docker.sock";

/// The Docker daemon of the app, if it has one.
#[derive(Debug)]
pub(crate) struct Docker {
    socket: PathBuf,
    /// Built when the socket is first seen.
    http: Option<Http>,
    /// CPU time and when it was read, by container.
    before: BTreeMap<String, (u64, Duration)>,
    /// The share of one core from which on a container is at work.
    at_work: f64,
}

/// `GET /containers/json`, one element.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Container {
    id: String,
    #[serde(default)]
    names: Vec<String>,
    #[serde(default)]
    image: String,
}

/// `GET /containers/ID/stats`, what is of use here: nanoseconds of CPU time.
#[derive(Debug, Deserialize)]
struct Stats {
    cpu_stats: CpuStats,
}

#[derive(Debug, Deserialize)]
struct CpuStats {
    cpu_usage: CpuUsage,
}

#[derive(Debug, Deserialize)]
struct CpuUsage {
    total_usage: u64,
}

impl Docker {
    /// The daemon behind `DOCKER_HOST`, where that is a local socket, or behind the usual one.
    pub(crate) fn new(at_work: f64) -> Self {
        let host = std::env::var("DOCKER_HOST").ok();
        let named = host.as_deref().and_then(|host| host.strip_prefix("unix://")).map(PathBuf::from);
        let socket = named.unwrap_or_else(|| Path::new(DEFAULT_SOCKET).to_owned());
        Self { socket, http: None, before: BTreeMap::new(), at_work }
    }

    /// The running containers, and which of them are at work. `at` is the monotonic clock.
    pub(crate) async fn look(&mut self, at: Duration) -> Sight {
        if !self.socket.exists() {
            return Sight::Absent("there is no Docker socket".to_owned());
        }
        match self.containers(at).await {
            Ok(items) => Sight::Seen { items, run: None },
            Err(why) => Sight::Unknown(why),
        }
    }

    async fn containers(&mut self, at: Duration) -> Result<Vec<Item>, String> {
        let list: Vec<Container> = self.get("/containers/json").await?;
        if list.len() > MOST_CONTAINERS {
            return Err(format!("more than {MOST_CONTAINERS} containers are running"));
        }
        let mut now = BTreeMap::new();
        let mut items = Vec::new();
        for container in list {
            let id = container.id.chars().filter(char::is_ascii_alphanumeric).collect::<String>();
            let stats: Stats = self.get(&format!("/containers/{id}/stats?stream=false&one-shot=true")).await?;
            let used = stats.cpu_stats.cpu_usage.total_usage;
            items.push(self.item(&container, &id, used, at));
            now.insert(id, (used, at));
        }
        self.before = now;
        Ok(items)
    }

    /// A container that was started since the last look is at work until a second look tells.
    fn item(&self, container: &Container, id: &str, used: u64, at: Duration) -> Item {
        let name = container.names.first().map_or(id.get(..12).unwrap_or(id), |name| name.trim_start_matches('/'));
        let share = self.before.get(id).map(|(before, then)| {
            let elapsed = at.saturating_sub(*then).max(Duration::from_millis(1));
            Duration::from_nanos(used.saturating_sub(*before)).as_secs_f64() / elapsed.as_secs_f64()
        });
        let told = share.map_or("just seen".to_owned(), |share| format!("{:.1} % of a core", share * 100.0));
        let state = if share.is_none_or(|share| share >= self.at_work) { ItemState::Busy } else { ItemState::Quiet };
        Item::new(id, format!("container {name} ({}), {told}", container.image), state)
    }

    async fn get<T: DeserializeOwned>(&mut self, path: &str) -> Result<T, String> {
        let http = match &self.http {
            Some(http) => http.clone(),
            None => {
                let http = Http::on_socket(&self.socket).map_err(|error| error.to_string())?;
                self.http.insert(http).clone()
            }
        };
        let url = Url::parse(&format!("http://localhost{path}")).map_err(|error| error.to_string())?;
        match http.get(url).await? {
            Answer::NotFound => Err(format!("Docker does not know {path}")),
            Answer::Body(body) => parse(&body),
        }
    }
}

/// An answer of the Docker Engine API.
fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, String> {
    serde_json::from_slice(body).map_err(|error| format!("the answer is not the JSON expected: {error}"))
}
