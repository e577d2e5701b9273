//! A receipt of the stop, left in the home directory for the next start.

use std::io::Read;
use std::path::{Path, PathBuf};

use idle_core::{DecisionRecord, ResourceRef};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

const FILE: &str = "last-stop.json";
/// What people see in their file browser.
const TEXT_FILE: &str = "IDLE-STOPPED-LAST-TIME.txt";
const MAX_BYTES: u64 = 64 * 1024;

/// What stopped the app the last time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Receipt {
    schema_version: u32,
    /// When the stop was asked for, UTC.
    pub(crate) stopped_at: Timestamp,
    /// What was stopped: member `app` or `notebook_instance`.
    #[serde(flatten)]
    resource: ResourceRef,
    idle_for_seconds: u64,
    /// The sentence of the decision.
    reason: String,
}

impl Receipt {
    /// The receipt of this stop.
    pub(crate) fn of(record: &DecisionRecord) -> Self {
        Self {
            schema_version: 1,
            stopped_at: record.at,
            resource: record.resource.clone(),
            idle_for_seconds: record.idle_for_seconds,
            reason: record.reason.text.clone(),
        }
    }

    /// Leaves the receipt in `home`, and a note that file browsers show.
    ///
    /// # Errors
    /// When the home directory cannot be written; the stop goes on.
    pub(crate) fn leave(&self, home: &Path) -> std::io::Result<()> {
        let dir = folder(home);
        std::fs::create_dir_all(&dir)?;
        std::fs::write(dir.join(FILE), serde_json::to_vec(self)?)?;
        std::fs::write(home.join(TEXT_FILE), format!("{}\n\nFiles were kept.\n", self.sentence()))
    }

    /// Takes the receipt of a stop away that was not accepted.
    pub(crate) fn withdraw(home: &Path) {
        let _ = std::fs::remove_file(folder(home).join(FILE));
        let _ = std::fs::remove_file(home.join(TEXT_FILE));
    }

    /// The receipt that the last stop of this very app or instance left in `home`.
    pub(crate) fn find(home: &Path, resource: &ResourceRef) -> Option<Self> {
        let mut text = String::new();
        std::fs::File::open(folder(home).join(FILE)).ok()?.take(MAX_BYTES).read_to_string(&mut text).ok()?;
        let receipt = parse(&text)?;
        // One home may serve several apps, as that of a shared space does.
        (receipt.resource.arn() == resource.arn()).then_some(receipt)
    }

    /// `stopped 02:14 UTC on 2026-11-24 after 61 min idle; …`.
    pub(crate) fn sentence(&self) -> String {
        let at = self.stopped_at.strftime("%H:%M UTC on %Y-%m-%d");
        format!("stopped {at} after {} min idle: {}", self.idle_for_seconds / 60, self.reason)
    }
}

/// A receipt as its file holds it; `None` for one that is damaged or from a later version.
pub(crate) fn parse(text: &str) -> Option<Receipt> {
    serde_json::from_str::<Receipt>(text).ok().filter(|receipt| receipt.schema_version == 1)
}

/// Where the agent keeps what outlives the app.
fn folder(home: &Path) -> PathBuf {
    home.join(".idle-agent")
}
