//! What the app's Jupyter server says: kernels, terminals, sessions.

use std::collections::{BTreeSet, HashMap};

use idle_core::{Claim, Item, ItemState, Reading, Sight, Source, parse_stamp};
use reqwest::Url;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::http::{Answer, Http};
use super::processes::kernel_item_id;

/// The app's Jupyter server.
#[derive(Debug)]
pub(crate) struct Jupyter {
    http: Http,
    base: Url,
    /// Whether to ask Studio Classic's own list of apps, too.
    is_classic: bool,
}

/// `GET sagemaker/api/apps` of a Classic JupyterServer, one element. This is no
/// public contract: what is not understood is passed over.
#[derive(Debug, Deserialize)]
struct ClassicApp {
    #[serde(default)]
    app_name: Option<String>,
    #[serde(default)]
    app_type: Option<String>,
}

/// `GET api/kernels`, one element. The stamp is text, so that one bad stamp is
/// reported as such.
#[derive(Debug, Deserialize)]
struct Kernel {
    id: String,
    #[serde(default)]
    name: String,
    last_activity: String,
    execution_state: String,
    #[serde(default)]
    connections: Option<u32>,
    /// The KernelGateway app that it runs in; Studio Classic alone says so.
    #[serde(default)]
    app_name: Option<String>,
}

/// `GET api/terminals`, one element.
#[derive(Debug, Deserialize)]
struct Terminal {
    name: String,
    last_activity: String,
}

/// `GET api/sessions`, one element.
#[derive(Debug, Deserialize)]
struct Session {
    id: String,
    #[serde(default)]
    path: String,
    kernel: Option<Kernel>,
}

/// `GET api/status`, the one member that is of use here.
#[derive(Debug, Deserialize)]
struct Status {
    started: String,
}

impl Jupyter {
    /// The server at `base`, which ends with its base URL.
    pub(crate) fn new(http: Http, base: Url, is_classic: bool) -> Self {
        Self { http, base, is_classic }
    }

    /// All that the server tells, asked at the same time.
    pub(crate) async fn look(&self) -> Answers {
        let (kernels, terminals, sessions, status, apps) = tokio::join!(
            self.list::<Kernel>("api/kernels"),
            self.list::<Terminal>("api/terminals"),
            self.list::<Session>("api/sessions"),
            self.fetch::<Status>("api/status"),
            self.classic_apps(),
        );
        // Old servers have no `started`: then restarts are not seen, but stamps still are.
        Answers { kernels, terminals, sessions, run: status.ok().flatten().map(|status| status.started), apps }
    }

    /// The KernelGateway apps that Studio Classic lists; none where it does not.
    async fn classic_apps(&self) -> Vec<String> {
        if !self.is_classic {
            return Vec::new();
        }
        let apps = self.list::<ClassicApp>("sagemaker/api/apps").await.ok().flatten().unwrap_or_default();
        let gateway = |app: &ClassicApp| app.app_type.as_deref().is_none_or(|kind| kind == "KernelGateway");
        apps.into_iter().filter(gateway).filter_map(|app| app.app_name).collect()
    }

    /// A list, or `None` where the server has no such thing.
    async fn list<T: DeserializeOwned>(&self, what: &str) -> Result<Option<Vec<T>>, String> {
        self.fetch(what).await
    }

    /// The answer of one API. `no_track_activity` keeps our look from counting as activity.
    async fn fetch<T: DeserializeOwned>(&self, what: &str) -> Result<Option<T>, String> {
        match self.http.get(self.api(what)).await? {
            Answer::NotFound => Ok(None),
            Answer::Body(body) => parse(&body).map(Some),
        }
    }

    fn api(&self, what: &str) -> Url {
        let mut url = self.base.clone();
        url.set_path(&format!("{}/{what}", self.base.path().trim_end_matches('/')));
        url.set_query(Some("no_track_activity=1"));
        url
    }
}

fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, String> {
    serde_json::from_slice(body).map_err(|error| format!("the answer is not the JSON expected: {error}"))
}

/// A list, `None` where the server has no such thing, or why it could not be read.
type List<T> = Result<Option<Vec<T>>, String>;

/// What a Jupyter server told in one look.
#[derive(Debug)]
pub(crate) struct Answers {
    kernels: List<Kernel>,
    terminals: List<Terminal>,
    sessions: List<Session>,
    run: Option<String>,
    apps: Vec<String>,
}

impl Answers {
    /// One reading each of kernels, terminals and sessions.
    pub(crate) fn readings(&self) -> Vec<Reading> {
        self.readings_of(|_| true)
    }

    /// The readings that concern one KernelGateway app of Studio Classic: its own
    /// kernels, and all that the server does not attribute to another.
    pub(crate) fn readings_of_gateway(&self, app_name: &str) -> Vec<Reading> {
        self.readings_of(|kernel| kernel.app_name.as_deref().is_none_or(|name| name == app_name))
    }

    /// The KernelGateway apps that the server lists or has kernels in.
    pub(crate) fn gateways(&self) -> BTreeSet<&str> {
        let kernels = self.kernels.iter().flatten().flatten();
        let of_kernels = kernels.filter_map(|kernel| kernel.app_name.as_deref());
        of_kernels.chain(self.apps.iter().map(String::as_str)).collect()
    }

    fn readings_of(&self, wanted: impl Fn(&Kernel) -> bool) -> Vec<Reading> {
        let paths = notebook_paths(&self.sessions);
        let kernel = |k: &Kernel| wanted(k).then(|| kernel_item(k, &paths));
        let session = |s: &Session| s.kernel.as_ref().is_none_or(&wanted).then(|| session_item(s));
        vec![
            Reading { source: Source::JupyterKernels, sight: sight(&self.kernels, self.run.as_ref(), kernel) },
            Reading { source: Source::JupyterTerminals, sight: terminals_sight(&self.terminals) },
            Reading { source: Source::JupyterSessions, sight: sight(&self.sessions, None, session) },
        ]
    }
}

fn sight<T>(list: &List<T>, run: Option<&String>, item: impl Fn(&T) -> Option<Result<Item, String>>) -> Sight {
    match list {
        Ok(Some(list)) => match list.iter().filter_map(item).collect() {
            Ok(items) => Sight::Seen { items, run: run.cloned() },
            Err(why) => Sight::Unknown(why),
        },
        Ok(None) => Sight::Unknown("HTTP 404; hint: is the base URL right?".to_owned()),
        Err(why) => Sight::Unknown(why.clone()),
    }
}

/// Terminals can be disabled: then there are none, and none can be at work.
fn terminals_sight(list: &List<Terminal>) -> Sight {
    match list {
        Ok(None) => Sight::Absent("the server has no terminals".to_owned()),
        list => sight(list, None, |terminal| Some(terminal_item(terminal))),
    }
}

fn kernel_item(kernel: &Kernel, paths: &HashMap<String, String>) -> Result<Item, String> {
    let label = match paths.get(&kernel.id) {
        Some(path) => notebook_label(kernel, path),
        None => format!("kernel {} {}", kernel.name, short(&kernel.id)),
    };
    item_of(kernel, kernel.id.clone(), label)
}

fn item_of(kernel: &Kernel, id: String, label: String) -> Result<Item, String> {
    let stamp = parse_stamp(&kernel.last_activity).map_err(|error| format!("{label}: {error}"))?;
    let claim = Claim { clients: kernel.connections, processes: Some(kernel_item_id(&kernel.id)) };
    Ok(Item::new(id, label, item_state(&kernel.execution_state)).active_at(stamp).claimed(claim))
}

/// The same words for a kernel and for its session: to a person they are one thing.
fn notebook_label(kernel: &Kernel, path: &str) -> String {
    format!("kernel {} of {path}", kernel.name)
}

fn item_state(execution_state: &str) -> ItemState {
    match execution_state {
        "busy" => ItemState::Busy,
        "idle" => ItemState::Quiet,
        other => ItemState::Unsettled(other.chars().take(40).collect()),
    }
}

fn terminal_item(terminal: &Terminal) -> Result<Item, String> {
    let Terminal { name, last_activity } = terminal;
    let label = format!("terminal {name}");
    let stamp = parse_stamp(last_activity).map_err(|error| format!("{label}: {error}"))?;
    Ok(Item::new(name.as_str(), label, ItemState::Quiet).active_at(stamp))
}

fn session_item(session: &Session) -> Result<Item, String> {
    let Session { id, path, kernel } = session;
    match kernel {
        Some(kernel) => item_of(kernel, id.clone(), notebook_label(kernel, path)),
        None => Ok(Item::new(id.as_str(), format!("session {path}"), ItemState::Quiet)),
    }
}

/// Which notebook each kernel belongs to, for people.
fn notebook_paths(sessions: &List<Session>) -> HashMap<String, String> {
    let sessions = sessions.iter().flatten().flatten();
    sessions.filter_map(|s| Some((s.kernel.as_ref()?.id.clone(), s.path.clone()))).collect()
}

fn short(id: &str) -> &str {
    id.get(..8).unwrap_or(id)
}

/// The sight of one answer to `GET api/kernels`, as a look makes it.
#[cfg(test)]
pub(crate) fn kernels_sight(body: &[u8]) -> Sight {
    let list: List<Kernel> = parse(body).map(Some);
    sight(&list, None, |kernel| Some(kernel_item(kernel, &HashMap::new())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kernels(json: &str) -> Sight {
        let list = serde_json::from_str(json).map(Some).map_err(|e| e.to_string());
        sight(&list, None, |k| Some(kernel_item(k, &HashMap::new())))
    }

    #[test]
    fn every_word_for_a_state_is_understood_or_unsettled() {
        assert_eq!(item_state("busy"), ItemState::Busy);
        assert_eq!(item_state("idle"), ItemState::Quiet);
        for word in ["starting", "restarting", "autorestarting", "dead", "terminating", "unknown", "", "BUSY"] {
            assert_eq!(item_state(word), ItemState::Unsettled(word.to_owned()));
        }
    }

    #[test]
    fn what_is_not_a_list_of_kernels_is_unknown() {
        for body in [
            r#"{"message":"Forbidden","reason":null}"#,
            r#"[{"id":"k"}]"#,
            r#"[{"id":"k","execution_state":"idle","last_activity":"yesterday"}]"#,
            r#"[{"id":"k","execution_state":"idle","last_activity":null}]"#,
            "[null]",
            "null",
            "\"\"",
        ] {
            assert!(matches!(kernels(body), Sight::Unknown(_)), "{body}");
        }
        assert!(matches!(kernels("[]"), Sight::Seen { .. }));
    }

    /// Answers of a real server, one file a state.
    #[test]
    fn every_answer_of_a_real_server_is_understood() {
        let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/jupyter");
        let mut files = 0;
        for entry in std::fs::read_dir(dir).expect("the fixtures are there") {
            let path = entry.expect("readable").path();
            let text = std::fs::read_to_string(&path).expect("readable");
            let capture: serde_json::Value = serde_json::from_str(&text).expect("JSON");
            let body = |api: &str| capture["responses"][format!("/api/{api}?no_track_activity=1")]["body"].to_string();
            let sessions = serde_json::from_str(&body("sessions")).map(Some).map_err(|e| e.to_string());
            let terminals = serde_json::from_str(&body("terminals")).map(Some).map_err(|e| e.to_string());
            let sessions = sight(&sessions, None, |s| Some(session_item(s)));
            for sight in [kernels(&body("kernels")), sessions, terminals_sight(&terminals)] {
                assert!(matches!(sight, Sight::Seen { .. }), "{}: {sight:?}", path.display());
            }
            let status: Status = serde_json::from_str(&body("status")).expect("a status");
            assert!(parse_stamp(&status.started).is_ok());
            files += 1;
        }
        assert_eq!(files, 17);
    }

    #[test]
    fn a_session_without_a_kernel_is_quiet() {
        let session: Session = serde_json::from_str(r#"{"id":"s","path":"a.ipynb","kernel":null}"#).expect("valid");
        assert_eq!(session_item(&session).expect("quiet").state, ItemState::Quiet);
    }
}
