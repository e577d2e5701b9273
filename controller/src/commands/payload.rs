//! What is installed: the binary, the settings, and the scripts that name them.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::Result;
use cost_planner::install::Host;
use thiserror::Error;

use super::trial;
use crate::cli::Agent;
use crate::record::{Binary, Store, StoreError};
use crate::script::{Rendered, Script, Values, hex, render};

/// The version that is installed: the agent's and ours are one.
pub(super) const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The agent's settings cannot be used.
#[derive(Debug, Error)]
pub(super) enum SettingsError {
    #[error("reading the agent's settings {}", path.display())]
    Read {
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error("the agent's settings {} are not TOML", path.display())]
    Toml {
        path: PathBuf,
        #[source]
        source: toml::de::Error,
    },
    #[error("the agent's settings {}: {key:?} is none of [defaults], [enforce], [bounds]", path.display())]
    Section { path: PathBuf, key: String },
    #[error("no agent starts with these settings: {problem}")]
    Refused { problem: String },
    #[error("apps cannot reach the folder of --artifacts; hint: --file-in-app PATH, or --artifacts s3://BUCKET/PREFIX")]
    NoFileInApp,
}

/// Everything that is installed.
#[derive(Debug)]
pub(super) struct Payload {
    pub(super) binary: Binary,
    pub(super) scripts: BTreeMap<Host, Rendered>,
    pub(super) notebook: Rendered,
}

impl Payload {
    /// The payload that these flags describe. Asks nobody.
    ///
    /// # Errors
    /// When the binary, the settings or a script cannot be used.
    pub(super) fn of(agent: &Agent, store: &Store) -> Result<Self> {
        let binary = Binary::read(agent.binary.as_deref())?;
        let values = values(agent, store, &binary)?;
        let judged = trial::judge(agent.binary.as_deref(), &values.admin_toml);
        judged.map_err(|problem| SettingsError::Refused { problem })?;
        let rendered = |host| Ok((host, render(Script::Studio(host), &values)?));
        let scripts = Host::ALL.into_iter().map(rendered).collect::<Result<_>>()?;
        Ok(Self { binary, scripts, notebook: render(Script::NotebookInstance, &values)? })
    }

    /// Whether the binary stands where apps look for it.
    ///
    /// # Errors
    /// When it cannot be read, or is another than its name says: nothing stored is ever overwritten.
    pub(super) async fn is_stored(&self, store: &Store) -> Result<bool, StoreError> {
        let key = self.binary.key();
        match store.get(&key).await?.map(|bytes| hex(&bytes)) {
            None => Ok(false),
            Some(sha256) if sha256 == self.binary.sha256 => Ok(true),
            Some(sha256) => Err(store.damaged(&key, format!("its SHA-256 is {sha256}"))),
        }
    }
}

/// What is filled into every script.
///
/// # Errors
/// When the settings cannot be used.
fn values(agent: &Agent, store: &Store, binary: &Binary) -> Result<Values, SettingsError> {
    let url = store.url(&binary.key());
    let (s3_uri, s3_region) = match store.bucket_region() {
        Some(region) => (url, region.to_owned()),
        None => (String::new(), String::new()),
    };
    let file = match (&agent.file_in_app, store.bucket_region()) {
        (Some(file), _) => file.clone(),
        (None, Some(_)) => String::new(),
        (None, None) => return Err(SettingsError::NoFileInApp),
    };
    let sha256 = binary.sha256.clone();
    Ok(Values { version: VERSION.to_owned(), sha256, s3_uri, s3_region, file, admin_toml: admin_toml(agent)? })
}

fn admin_toml(agent: &Agent) -> Result<String, SettingsError> {
    let mut all = toml::Table::new();
    if let Some(path) = &agent.agent_settings {
        let read = std::fs::read_to_string(path);
        let text = read.map_err(|source| SettingsError::Read { path: path.clone(), source })?;
        all = text.parse().map_err(|source| SettingsError::Toml { path: path.clone(), source })?;
        let known = ["defaults", "enforce", "bounds"];
        if let Some((key, _)) = all.iter().find(|(key, value)| !known.contains(&key.as_str()) || !value.is_table()) {
            return Err(SettingsError::Section { path: path.clone(), key: key.clone() });
        }
    }
    if let Some(timeout) = agent.idle_timeout {
        let defaults = all.entry("defaults").or_insert_with(|| toml::Table::new().into());
        if let Some(defaults) = defaults.as_table_mut() {
            // The agent's own words: seconds where minutes are not whole.
            let seconds = timeout.as_secs();
            let text = if seconds.is_multiple_of(60) { format!("{}m", seconds / 60) } else { format!("{seconds}s") };
            defaults.insert("idle-timeout".to_owned(), text.into());
        }
    }
    Ok(all.to_string())
}
