//! A Code Editor server that does everything wrong, on request.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Context;
use jiff::Timestamp;
use serde_json::json;
use tempfile::TempDir;

use crate::reply::Reply;
use crate::scripted::Server;

const BASE_URL: &str = "/codeeditor/default";

/// A scripted server on loopback, below the base URL that Studio uses. There is no
/// Jupyter API on it.
///
/// Like AWS's (`sagemaker-idle-extension.diff` and `heartbeat.diff` of
/// aws/code-editor) it answers `idle` (`GET /api/idle`) with the content of a stamp
/// file, which it makes with the present moment where there is none, `healthz` with
/// whether a window is open, and `version` with a text. Unlike AWS's it does not look
/// at the terminals in `/dev/pts`.
#[derive(Debug)]
pub struct FakeCodeEditor {
    server: Server,
    window: Arc<AtomicBool>,
    dir: TempDir,
}

impl FakeCodeEditor {
    /// A healthy server without a window, long idle.
    ///
    /// # Errors
    /// When the stamp file cannot be written.
    pub fn idle() -> anyhow::Result<Self> {
        let dir = tempfile::tempdir()?;
        let (stamp, window) = (stamp_file(&dir), Arc::new(AtomicBool::new(false)));
        let open = Arc::clone(&window);
        let script = move |request: &str| {
            let path = request.split(' ').nth(1).unwrap_or_default();
            let path = path.split('?').next().unwrap_or_default();
            match path.strip_prefix(BASE_URL) {
                Some("/api/idle") => ("idle", idle(&stamp)),
                Some("/healthz") => {
                    ("healthz", Reply::Json(json!({ "hasActiveConnections": open.load(Ordering::SeqCst) })))
                }
                Some("/version") => ("version", Reply::text("9f6a0b4441c7d65682a4cc916786f2ecfe56531a")),
                _ => ("other", Reply::Status(404)),
            }
        };
        let fake = Self { server: Server::on_loopback(Box::new(script))?, window, dir };
        fake.set_stamp("2026-01-01T00:00:00.000Z")?;
        Ok(fake)
    }

    /// Its URL, base URL included.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}{BASE_URL}", self.server.port())
    }

    /// The file that AWS's server keeps at `/tmp/.sagemaker-last-active-timestamp`.
    #[must_use]
    pub fn stamp_file(&self) -> PathBuf {
        stamp_file(&self.dir)
    }

    /// Puts a text into the stamp file, which need not be a time.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn set_stamp(&self, text: &str) -> anyhow::Result<()> {
        std::fs::write(self.stamp_file(), text).context("writing the stamp file")
    }

    /// Opens or closes the window.
    pub fn set_active_connections(&self, open: bool) {
        self.window.store(open, Ordering::SeqCst);
    }

    /// Changes the answer of one API (`idle`, `healthz`, `version`).
    pub fn set(&self, api: &str, reply: Reply) {
        self.server.set(api, reply);
    }

    /// Changes every answer.
    pub fn set_all(&self, reply: &Reply) {
        for api in ["idle", "healthz", "version"] {
            self.set(api, reply.clone());
        }
    }

    /// Answers every API well again.
    pub fn heal(&self) {
        self.server.heal();
    }

    /// How often one API was asked; `other` counts what is none of them.
    #[must_use]
    pub fn hits(&self, api: &str) -> usize {
        self.server.hits(api)
    }
}

fn stamp_file(dir: &TempDir) -> PathBuf {
    dir.path().join(".sagemaker-last-active-timestamp")
}

fn idle(stamp_file: &Path) -> Reply {
    let stamp = std::fs::read(stamp_file).or_else(|_| {
        let now = format!("{:.3}", Timestamp::now());
        std::fs::write(stamp_file, &now).map(|()| now.into_bytes())
    });
    stamp.map_or(Reply::Status(500), |stamp| {
        Reply::Json(json!({ "lastActiveTimestamp": String::from_utf8_lossy(&stamp) }))
    })
}
