//! What the Code Editor server says. It has no Jupyter API: what runs in its
//! terminals and notebooks shows as processes.

use idle_core::{Reading, Sight, Source};
use reqwest::Url;
use serde::Deserialize;

use super::activity_file;
use super::http::{Answer, Http};

/// The app's Code Editor server.
#[derive(Debug)]
pub(crate) struct CodeEditor {
    http: Http,
    base: Url,
}

/// `GET api/idle`: the content of the activity file, where the server has this API.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Idle {
    last_active_timestamp: Option<String>,
}

/// `GET healthz`: Code Editor's member, and code-server's (`alive`, `expired`).
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Healthz {
    has_active_connections: Option<bool>,
    status: Option<String>,
}

impl CodeEditor {
    /// The server at `base`, which ends with its base path.
    pub(crate) fn new(http: Http, base: Url) -> Self {
        Self { http, base }
    }

    /// One reading. That a browser is connected (`healthz`) is no activity: an
    /// open tab is not work.
    pub(crate) async fn look(&self) -> Reading {
        let sight = match self.http.get(self.at("api/idle")).await {
            Ok(Answer::Body(body)) => idle_sight(&body),
            Ok(Answer::NotFound) => self.healthz().await,
            Err(why) => Sight::Unknown(why),
        };
        Reading { source: Source::CodeEditor, sight }
    }

    /// Servers of the same family without that API tell only whether a window is
    /// connected. Without one nobody edits; with one somebody may, unseen.
    async fn healthz(&self) -> Sight {
        match self.http.get(self.at("healthz")).await {
            Ok(Answer::Body(body)) => healthz_sight(&body),
            Ok(Answer::NotFound) => Sight::Unknown("HTTP 404; hint: is the base path right?".to_owned()),
            Err(why) => Sight::Unknown(why),
        }
    }

    fn at(&self, what: &str) -> Url {
        let mut url = self.base.clone();
        url.set_path(&format!("{}/{what}", self.base.path().trim_end_matches('/')));
        url
    }
}

/// The stamp of an answer; none before the user did anything.
pub(crate) fn idle_sight(body: &[u8]) -> Sight {
    match serde_json::from_slice::<Idle>(body) {
        Err(error) => Sight::Unknown(format!("the answer is not the JSON expected: {error}")),
        Ok(Idle { last_active_timestamp: None }) => Sight::Seen { items: Vec::new(), run: None },
        Ok(Idle { last_active_timestamp: Some(stamp) }) => {
            Sight::Seen { items: vec![activity_file::item("the user's last activity", stamp.trim())], run: None }
        }
    }
}

/// Whether a window is connected.
pub(crate) fn healthz_sight(body: &[u8]) -> Sight {
    let healthz = serde_json::from_slice::<Healthz>(body);
    let connected = healthz.map(|h| h.has_active_connections.or(h.status.map(|status| status != "expired")));
    match connected {
        Ok(Some(false)) => Sight::Absent("the server has no api/idle, and no window is connected".to_owned()),
        Ok(Some(true)) => {
            Sight::Unknown("a window is connected, and the server has no api/idle to tell of its use".to_owned())
        }
        Ok(None) => Sight::Unknown("the server tells nothing of its use".to_owned()),
        Err(error) => Sight::Unknown(format!("the answer is not the JSON expected: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_carries_a_stamp_or_is_unknown() {
        let items = |body: &str| match idle_sight(body.as_bytes()) {
            Sight::Seen { items, .. } => Some(items.len()),
            _ => None,
        };
        assert_eq!(items(r#"{"lastActiveTimestamp":"2026-11-24T05:06:07.890Z"}"#), Some(1));
        assert_eq!(items(r#"{"lastActiveTimestamp":null}"#), Some(0));
        assert_eq!(items("{}"), Some(0));
        for body in ["", "[]", "<html>", r#"{"lastActiveTimestamp":5}"#] {
            assert_eq!(items(body), None, "{body}");
        }
    }

    #[test]
    fn a_window_that_nobody_tells_the_use_of_is_unknown() {
        let is_absent = |body: &str| matches!(healthz_sight(body.as_bytes()), Sight::Absent(_));
        assert!(is_absent(r#"{"hasActiveConnections":false}"#));
        assert!(is_absent(r#"{"status":"expired","lastHeartbeat":0}"#));
        for body in [r#"{"hasActiveConnections":true}"#, r#"{"status":"alive"}"#, "{}", "ok", ""] {
            assert!(matches!(healthz_sight(body.as_bytes()), Sight::Unknown(_)), "{body}");
        }
    }
}
