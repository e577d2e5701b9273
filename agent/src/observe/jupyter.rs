//! What the app's Jupyter server says: kernels, terminals, sessions.

use std::collections::HashMap;

use idle_core::{Item, ItemState, Reading, Sight, Source, parse_stamp};
use reqwest::Url;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::http::{Answer, Http};

/// The app's Jupyter server.
#[derive(Debug)]
pub(crate) struct Jupyter {
    http: Http,
    base: Url,
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
    pub(crate) fn new(http: Http, base: Url) -> Self {
        Self { http, base }
    }

    /// One reading each of kernels, terminals and sessions, asked at the same time.
    pub(crate) async fn look(&self) -> Vec<Reading> {
        let (kernels, terminals, sessions, status) = tokio::join!(
            self.list::<Kernel>("kernels"),
            self.list::<Terminal>("terminals"),
            self.list::<Session>("sessions"),
            self.fetch::<Status>("status"),
        );
        // Old servers have no `started`: then restarts are not seen, but stamps still are.
        let run = status.ok().flatten().map(|status| status.started);
        let paths = sessions.as_ref().map(notebook_paths).unwrap_or_default();
        vec![
            Reading { source: Source::JupyterKernels, sight: sight(kernels, run, |k| kernel_item(&k, &paths)) },
            Reading { source: Source::JupyterTerminals, sight: terminals_sight(terminals) },
            Reading { source: Source::JupyterSessions, sight: sight(sessions, None, session_item) },
        ]
    }

    /// A list, or `None` where the server has no such thing.
    async fn list<T: DeserializeOwned>(&self, what: &str) -> Result<Option<Vec<T>>, String> {
        self.fetch(what).await
    }

    /// The answer of one API. `no_track_activity` keeps our look from counting as activity.
    async fn fetch<T: DeserializeOwned>(&self, what: &str) -> Result<Option<T>, String> {
        match self.http.get(self.api(what)).await? {
            Answer::NotFound => Ok(None),
            Answer::Body(body) => {
                let json = serde_json::from_slice(&body);
                json.map(Some).map_err(|error| format!("the answer is not the JSON expected: {error}"))
            }
        }
    }

    fn api(&self, what: &str) -> Url {
        let mut url = self.base.clone();
        url.set_path(&format!("{}/api/{what}", self.base.path().trim_end_matches('/')));
        url.set_query(Some("no_track_activity=1"));
        url
    }
}

fn sight<T>(
    list: Result<Option<Vec<T>>, String>,
    run: Option<String>,
    item: impl Fn(T) -> Result<Item, String>,
) -> Sight {
    match list {
        Ok(Some(list)) => match list.into_iter().map(item).collect() {
            Ok(items) => Sight::Seen { items, run },
            Err(why) => Sight::Unknown(why),
        },
        Ok(None) => Sight::Unknown("HTTP 404; hint: is the base URL right?".to_owned()),
        Err(why) => Sight::Unknown(why),
    }
}

/// Terminals can be disabled: then there are none, and none can be at work.
fn terminals_sight(list: Result<Option<Vec<Terminal>>, String>) -> Sight {
    match list {
        Ok(None) => Sight::Absent("the server has no terminals".to_owned()),
        list => sight(list, None, terminal_item),
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
    Ok(Item { id, label, state: item_state(&kernel.execution_state), last_active: Some(stamp) })
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

fn terminal_item(terminal: Terminal) -> Result<Item, String> {
    let Terminal { name, last_activity } = terminal;
    let label = format!("terminal {name}");
    let stamp = parse_stamp(&last_activity).map_err(|error| format!("{label}: {error}"))?;
    Ok(Item { id: name, label, state: ItemState::Quiet, last_active: Some(stamp) })
}

fn session_item(session: Session) -> Result<Item, String> {
    let Session { id, path, kernel } = session;
    match kernel {
        Some(kernel) => item_of(&kernel, id, notebook_label(&kernel, &path)),
        None => Ok(Item { id, label: format!("session {path}"), state: ItemState::Quiet, last_active: None }),
    }
}

/// Which notebook each kernel belongs to, for people.
fn notebook_paths(sessions: &Option<Vec<Session>>) -> HashMap<String, String> {
    let sessions = sessions.iter().flatten();
    sessions.filter_map(|s| Some((s.kernel.as_ref()?.id.clone(), s.path.clone()))).collect()
}

fn short(id: &str) -> &str {
    id.get(..8).unwrap_or(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kernels(json: &str) -> Sight {
        let list = serde_json::from_str(json).map(Some).map_err(|e| e.to_string());
        sight(list, None, |k| kernel_item(&k, &HashMap::new()))
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
            for sight in [kernels(&body("kernels")), sight(sessions, None, session_item), terminals_sight(terminals)] {
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
        assert_eq!(session_item(session).expect("quiet").state, ItemState::Quiet);
    }
}
