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

    /// Servers of the same family without that API: only that one is there at all.
    async fn healthz(&self) -> Sight {
        match self.http.get(self.at("healthz")).await {
            Ok(Answer::Body(_)) => Sight::Absent("the server does not tell of idleness".to_owned()),
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
}
