//! A file in the home directory that says when the app will stop: file browsers
//! of JupyterLab and Code Editor show it. It goes away with the danger.

use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp, tz::TimeZone};

const PREFIX: &str = "IDLE-STOP-AT-";
/// The first words of every notice: a user's file of a like name is left alone.
const FIRST_WORDS: &str = "idle-agent will stop this app";

/// The notice, while there is one.
#[derive(Debug)]
pub(crate) struct Notice {
    home: Option<PathBuf>,
    zone: (String, TimeZone),
    shown: Option<PathBuf>,
}

impl Notice {
    /// No notice yet; one that an earlier agent left behind is taken away.
    pub(crate) fn new(home: Option<&Path>, zone: (String, TimeZone)) -> Self {
        if let Some(home) = home {
            sweep(home);
        }
        Self { home: home.map(Path::to_owned), zone, shown: None }
    }

    /// When the stop will be, for people: `18:30 UTC`.
    pub(crate) fn time(&self, now: Timestamp, stops_in: Duration) -> String {
        let at = self.zone.1.to_datetime(at(now, stops_in));
        format!("{:02}:{:02} {}", at.hour(), at.minute(), self.zone.0)
    }

    /// Shows that the app stops in `stops_in`, with the reason. A time that moved
    /// by a minute moves the file.
    pub(crate) fn show(&mut self, now: Timestamp, stops_in: Duration, reason: &str) {
        let Some(home) = &self.home else { return };
        let local = self.zone.1.to_datetime(at(now, stops_in));
        let path = home.join(format!("{PREFIX}{:02}-{:02}.txt", local.hour(), local.minute()));
        if self.shown.as_ref() == Some(&path) {
            return;
        }
        let text = format!(
            "{FIRST_WORDS} at {}, because nobody and nothing uses it.\n\n{reason}\n\nFiles are kept. To go on, just \
             work, or run in a terminal:\n\n    idle-agent snooze 2h\n\nor make a file: touch ~/.idle-agent/snooze\n",
            self.time(now, stops_in)
        );
        self.clear();
        match std::fs::write(&path, text) {
            Ok(()) => self.shown = Some(path),
            Err(error) => tracing::debug!("{} cannot be written: {error}", path.display()),
        }
    }

    /// Takes the notice away.
    pub(crate) fn clear(&mut self) {
        if let Some(path) = self.shown.take() {
            let _ = std::fs::remove_file(path);
        }
    }
}

impl Drop for Notice {
    fn drop(&mut self) {
        self.clear();
    }
}

fn at(now: Timestamp, stops_in: Duration) -> Timestamp {
    SignedDuration::try_from(stops_in).ok().and_then(|left| now.checked_add(left).ok()).unwrap_or(now)
}

/// Removes notices that were left behind, and nothing else.
fn sweep(home: &Path) {
    let Ok(entries) = std::fs::read_dir(home) else { return };
    for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let ours = name.starts_with(PREFIX)
            && name.ends_with(".txt")
            && std::fs::read_to_string(&path).is_ok_and(|text| text.starts_with(FIRST_WORDS));
        if ours {
            let _ = std::fs::remove_file(path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(home: &Path) -> Vec<String> {
        let entries = std::fs::read_dir(home).expect("readable");
        let mut names: Vec<String> =
            entries.map(|entry| entry.expect("readable").file_name().into_string().expect("text")).collect();
        names.sort();
        names
    }

    #[test]
    fn a_notice_names_the_time_moves_with_it_and_goes_away() {
        let home = tempfile::tempdir().expect("a temporary directory");
        let now: Timestamp = "2026-11-24T17:20:00Z".parse().expect("valid");
        let zone = ("Europe/Berlin".to_owned(), idle_core::time_zone("Europe/Berlin").expect("known"));
        let mut notice = Notice::new(Some(home.path()), zone);
        notice.show(now, Duration::from_secs(600), "idle for 50m");
        assert_eq!(files(home.path()), ["IDLE-STOP-AT-18-30.txt"]);
        notice.show(now, Duration::from_secs(660), "idle for 50m");
        assert_eq!(files(home.path()), ["IDLE-STOP-AT-18-31.txt"]);
        notice.clear();
        assert!(files(home.path()).is_empty());
    }

    #[test]
    fn what_an_earlier_agent_left_is_swept_and_a_users_file_is_not() {
        let home = tempfile::tempdir().expect("a temporary directory");
        let write = |name: &str, text: &str| std::fs::write(home.path().join(name), text).expect("writable");
        write("IDLE-STOP-AT-01-02.txt", &format!("{FIRST_WORDS} at 01:02"));
        write("IDLE-STOP-AT-my-notes.txt", "mine");
        let _notice = Notice::new(Some(home.path()), ("UTC".to_owned(), TimeZone::UTC));
        assert_eq!(files(home.path()), ["IDLE-STOP-AT-my-notes.txt"]);
    }
}
