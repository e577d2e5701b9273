//! From what is seen to a plan: the same for every command that plans.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use cost_planner::plan::{Allowed, Candidate, Past, Plan, PlanDocument, Prices, candidates, plan};
use cost_planner::policy::{FleetPolicy, PolicyError};
use cost_planner::snapshot::Snapshot;
use jiff::{SignedDuration, Timestamp};
use thiserror::Error;

use super::inventory::{Looked, look_since};
use super::noting::Books;
use super::prices;
use crate::aws::{Session, config};
use crate::bucket;
use crate::cli::{Deciding, Evidence, Global, Look};
use crate::observe::{self, Watcher};
use crate::record::{Place, Store, StoreError, known_accounts};
use crate::render::Progress;
use crate::script::hex;

/// Where a policy stands, if nobody says.
const POLICY: &str = "costctl.toml";

/// What names the built-in policy where a file is expected.
const BUILT_IN: &str = "built-in";
/// Digits of a policy's SHA-256 that are said.
const DIGITS: usize = 16;

/// Nobody said by which policy to act. In the wrong folder that would be one without exemptions.
#[derive(Debug, Error)]
#[error("there is no {POLICY} here, and acting needs a policy; hint: --policy FILE, or --policy {BUILT_IN}")]
pub(crate) struct NoPolicy;

/// A policy file that cannot be read.
#[derive(Debug, Error)]
#[error("reading --policy {path}")]
pub(super) struct PolicyFileError {
    path: PathBuf,
    #[source]
    source: std::io::Error,
}

/// A policy and the digest of its text.
pub(crate) struct Policy {
    pub(crate) rules: FleetPolicy,
    pub(crate) sha256: String,
    /// As it stands there; empty where it is built in.
    pub(crate) text: String,
    /// Where it stands.
    name: String,
}

/// All that was seen and decided.
pub(super) struct Planned {
    pub(super) policy: Policy,
    pub(super) prices: Prices,
    pub(super) snapshot: Snapshot,
    pub(super) plan: Plan,
    /// One for each of the snapshot's scopes; none where it comes from a file.
    pub(super) sessions: Vec<Session>,
    /// The ledger that it is to be noted in, as it was before.
    pub(super) books: Option<Books>,
}

impl Planned {
    /// The plan as a document, good for so long, and while the same budgets hold.
    pub(super) fn document(&self, valid_for: SignedDuration) -> PlanDocument {
        let made_at = self.plan.made_at;
        let until = made_at.saturating_add(valid_for).unwrap_or(made_at);
        let until = self.policy.rules.budgets_hold_until(made_at, until);
        self.plan.document(&self.snapshot, &self.policy.sha256, until.duration_since(made_at))
    }
}

/// Looks, looks closer at what comes into question, and plans.
///
/// # Errors
/// When a file is not usable, nobody can be asked, or the evidence cannot be read.
pub(super) async fn planned(global: &Global, look: &Look, deciding: &Deciding, evidence: &Evidence) -> Result<Planned> {
    planned_with(global, look, deciding, evidence, None, |_| Vec::new()).await
}

/// The same for a ledger, and with a closer look at more than what comes into question.
///
/// # Errors
/// As for [`planned`].
pub(super) async fn planned_with(
    global: &Global,
    look: &Look,
    deciding: &Deciding,
    evidence: &Evidence,
    ledger: Option<Store>,
    more: impl FnOnce(&Snapshot) -> Vec<Candidate>,
) -> Result<Planned> {
    let prices = prices::known(&look.lists)?;
    let policy = policy(global, deciding).await?;
    let past = past(store(global, evidence).await?.as_ref()).await?;
    let looked = look_since(global, look, policy.windows(), ledger).await?;
    let Looked { mut snapshot, sessions, saving, books } = looked;
    if !sessions.is_empty() {
        let more = more(&snapshot);
        let progress = Progress::new(global.no_progress);
        closer(&policy, look, &sessions, &mut snapshot, more, &progress).await;
        progress.clear();
    }
    if let Some(saving) = saving {
        saving.finish(&snapshot)?;
    }
    // A plan that is made again is made as of when all of it was seen.
    let now = if look.from_snapshot.is_some() { snapshot.seen_at() } else { Timestamp::now() };
    let plan = decided(&policy, deciding, &prices, &snapshot, &past, now);
    Ok(Planned { policy, prices, snapshot, plan, sessions, books })
}

/// Looks closer at what comes into question, and at more.
pub(crate) async fn closer(
    policy: &Policy,
    look: &Look,
    sessions: &[Session],
    snapshot: &mut Snapshot,
    more: Vec<Candidate>,
    progress: &dyn Watcher,
) {
    let mut closer = candidates(&policy.rules, snapshot, Timestamp::now());
    closer.extend(more);
    closer.sort_unstable();
    closer.dedup();
    observe::look_closer(sessions, snapshot, &closer, look.scopes.concurrency, progress).await;
}

/// The plan for what was seen.
pub(crate) fn decided(
    policy: &Policy,
    deciding: &Deciding,
    prices: &Prices,
    snapshot: &Snapshot,
    past: &Past,
    now: Timestamp,
) -> Plan {
    let allowed = Allowed { endpoints: deciding.endpoints };
    plan(&policy.rules, snapshot, past, prices, &allowed, now)
}

impl Policy {
    /// Which it is, in words.
    pub(crate) fn said(&self) -> String {
        match self.sha256.get(..DIGITS).filter(|_| self.name != BUILT_IN) {
            Some(digits) => format!("policy {}, SHA-256 {digits}…", self.name),
            None => format!("policy {BUILT_IN}"),
        }
    }

    /// How far back heartbeats and invocations are needed.
    pub(crate) fn windows(&self) -> (SignedDuration, SignedDuration) {
        (self.rules.heartbeat_window(), self.rules.invocations_window())
    }
}

/// # Errors
/// When nobody said by which policy to act.
pub(crate) fn must_be_chosen(deciding: &Deciding) -> Result<(), NoPolicy> {
    if deciding.policy.is_none() && is_absent(Path::new(POLICY)) { Err(NoPolicy) } else { Ok(()) }
}

/// The policy of this file or object, or of the file in this folder, or the built-in one. Says which.
///
/// # Errors
/// When it cannot be read or is not valid.
pub(crate) async fn policy(global: &Global, deciding: &Deciding) -> Result<Policy> {
    let path = deciding.policy.as_deref();
    let policy = match path.and_then(|path| Some((path, bucket::split(path.to_str()?)?))) {
        Some((path, object)) => parsed(path, text_of(global, deciding, object).await?),
        None => of_file(path),
    }?;
    eprintln!("{}", policy.said());
    Ok(policy)
}

fn of_file(path: Option<&Path>) -> Result<Policy> {
    let path = match path {
        // A link to nothing is no absence: somebody meant a policy to be there.
        None if is_absent(Path::new(POLICY)) => return Ok(built_in()),
        Some(path) if path == Path::new(BUILT_IN) => return Ok(built_in()),
        None => Path::new(POLICY),
        Some(path) => path,
    };
    parsed(path, std::fs::read_to_string(path))
}

fn built_in() -> Policy {
    Policy { rules: FleetPolicy::by_default(), sha256: hex(b""), text: String::new(), name: BUILT_IN.to_owned() }
}

fn parsed(path: &Path, read: std::io::Result<String>) -> Result<Policy> {
    let text = read.map_err(|source| PolicyFileError { path: path.to_owned(), source })?;
    let name = path.display().to_string();
    let rules = FleetPolicy::parse(&text, &name).map_err(anyhow::Error::from)?;
    Ok(Policy { rules, sha256: hex(text.as_bytes()), text, name })
}

fn is_absent(path: &Path) -> bool {
    std::fs::symlink_metadata(path).is_err_and(|error| error.kind() == ErrorKind::NotFound)
}

/// The text of an object, or what is wrong with it.
///
/// # Errors
/// When its bucket is of no use, or does not answer.
async fn text_of(
    global: &Global,
    deciding: &Deciding,
    (bucket, key): (&str, &str),
) -> Result<std::io::Result<String>, StoreError> {
    let (folder, name) = key.rsplit_once('/').unwrap_or(("", key));
    let (url, region) = (format!("s3://{bucket}/{folder}"), deciding.policy_region.clone());
    let config = config(global.region.first().map(String::as_str)).await;
    let store = Store::open(&Place { flag: "--policy", url, region, kms_key: None }, &config)?;
    // A folder's name is not that of an object.
    let bytes = if name.is_empty() { None } else { store.get(name).await? };
    let Some(bytes) = bytes else {
        return Ok(Err(std::io::Error::new(ErrorKind::NotFound, "there is no such object")));
    };
    Ok(String::from_utf8(bytes).map_err(|error| std::io::Error::new(ErrorKind::InvalidData, error)))
}

/// Whether this is an error of a policy file.
pub(super) fn is_policy_error(error: &anyhow::Error) -> bool {
    error.is::<NoPolicy>() || error.is::<PolicyError>() || error.is::<PolicyFileError>()
}

/// The store of the evidence, where one is named.
///
/// # Errors
/// For a URL that names none.
pub(crate) async fn store(global: &Global, evidence: &Evidence) -> Result<Option<Store>> {
    let Some(place) = evidence.place() else { return Ok(None) };
    let config = config(global.region.first().map(String::as_str)).await;
    Ok(Some(Store::open(&place, &config)?))
}

/// What earlier runs did; nothing where no evidence is named.
///
/// # Errors
/// When the evidence cannot be read.
pub(crate) async fn past(store: Option<&Store>) -> Result<Past> {
    let known_accounts = match store {
        None => Default::default(),
        Some(store) => known_accounts(store).await.context("finding out where earlier runs acted")?,
    };
    Ok(Past { known_accounts })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_not_there_is_absent() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join(POLICY);
        assert!(is_absent(&path));
        std::os::unix::fs::symlink("/nowhere/at/all", &path).expect("linked");
        assert!(!is_absent(&path) && of_file(Some(&path)).is_err(), "a link to nothing");
    }
}
