//! A plan kept in a file between the one who plans and the one who applies.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use cost_planner::plan::{PLAN_SCHEMA_VERSION, PlanDocument};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use thiserror::Error;

use crate::script::hex;

/// No plan is larger: a hundred thousand rows take a fifth of it.
const MOST_BYTES: u64 = 256 << 20;

/// A plan with the digest that it was written with.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct PlanFile {
    /// SHA-256 of the plan's canonical JSON, in hexadecimal.
    pub(crate) digest: String,
    pub(crate) plan: PlanDocument,
}

/// A plan that cannot be applied.
#[derive(Debug, Error)]
pub(crate) enum PlanFileError {
    #[error("{doing} the plan {}", path.display())]
    File {
        doing: &'static str,
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error("{} is no plan: {problem}; hint: costctl plan --out writes one", path.display())]
    Form { path: PathBuf, problem: String },
    #[error("the plan {} is of version {version}, newer than this program; hint: update costctl", path.display())]
    Newer { path: PathBuf, version: u64 },
    #[error(
        "the plan {} was changed since it was written: its digest is {found}, not {written}; hint: plan again",
        path.display()
    )]
    Changed { path: PathBuf, written: String, found: String },
    #[error("the plan expired at {expired_at}; hint: plan again")]
    Expired { expired_at: Timestamp },
}

/// SHA-256 of the plan's canonical JSON, in hexadecimal: objects in the order of their
/// keys, and no white space.
pub(crate) fn digest(plan: &PlanDocument) -> String {
    digest_of(&serde_json::to_value(plan).expect("plain data"))
}

/// What a plan file holds.
#[derive(Debug)]
pub(crate) struct PlanBytes {
    pub(crate) digest: String,
    pub(crate) bytes: Vec<u8>,
}

/// A plan as the bytes of its file.
pub(crate) fn plan_bytes(plan: &PlanDocument) -> PlanBytes {
    #[derive(Serialize)]
    struct File<'a> {
        digest: &'a str,
        plan: &'a PlanDocument,
    }
    let digest = digest(plan);
    let mut bytes = serde_json::to_vec_pretty(&File { digest: &digest, plan }).expect("plain data");
    bytes.push(b'\n');
    PlanBytes { digest, bytes }
}

/// Writes a plan, in place of what stood there only once it is whole. Returns its digest.
///
/// # Errors
/// When it cannot be written.
pub(crate) fn write_plan(path: &Path, plan: &PlanDocument) -> Result<String, PlanFileError> {
    let PlanBytes { digest, bytes } = plan_bytes(plan);
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let write = || {
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(&bytes)?;
        file.as_file().sync_all()?;
        file.persist(path).map(drop).map_err(|error| error.error)
    };
    write().map_err(|source| PlanFileError::File { doing: "writing", path: path.to_owned(), source })?;
    Ok(digest)
}

/// The plan in this file, as it was written.
///
/// # Errors
/// When there is none, it was changed, or a later version wrote it.
pub(crate) fn read_plan(path: &Path) -> Result<PlanFile, PlanFileError> {
    let failed = |source| PlanFileError::File { doing: "reading", path: path.to_owned(), source };
    let form = |problem: String| PlanFileError::Form { path: path.to_owned(), problem };
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(failed)?;
    file.take(MOST_BYTES + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(form("more than 256 MiB".to_owned()));
    }
    parse_plan(&bytes, path)
}

/// The plan that these bytes of a plan file hold; `path` is where they were read.
///
/// # Errors
/// As for [`read_plan`].
pub(crate) fn parse_plan(bytes: &[u8], path: &Path) -> Result<PlanFile, PlanFileError> {
    let form = |problem: String| PlanFileError::Form { path: path.to_owned(), problem };
    let mut file: Value = serde_json::from_slice(bytes).map_err(|error| form(error.to_string()))?;
    // By index, what is no object would panic.
    let plan = file.get_mut("plan").map(Value::take).unwrap_or_default();
    let version = plan["schema_version"].as_u64().ok_or_else(|| form("it has no schema_version".to_owned()))?;
    if version > u64::from(PLAN_SCHEMA_VERSION) {
        return Err(PlanFileError::Newer { path: path.to_owned(), version });
    }
    let written = file["digest"].as_str().ok_or_else(|| form("it has no digest".to_owned()))?.to_owned();
    let found = digest_of(&plan);
    if found != written {
        return Err(PlanFileError::Changed { path: path.to_owned(), written, found });
    }
    let plan = serde_json::from_value(plan).map_err(|error| form(error.to_string()))?;
    Ok(PlanFile { digest: written, plan })
}

impl PlanFile {
    /// Whether it may still be applied.
    ///
    /// # Errors
    /// When it has expired: a guard refuses it.
    pub(crate) fn must_be_fresh(&self, now: Timestamp) -> Result<(), PlanFileError> {
        let expired_at = self.plan.expires_at;
        if now < expired_at { Ok(()) } else { Err(PlanFileError::Expired { expired_at }) }
    }
}

fn digest_of(plan: &Value) -> String {
    let mut text = String::new();
    canonical(plan, &mut text);
    hex(text.as_bytes())
}

/// JSON in one form alone, whatever order its objects were read in.
fn canonical(value: &Value, text: &mut String) {
    match value {
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by_key(|(key, _)| *key);
            text.push('{');
            for (n, (key, member)) in members.into_iter().enumerate() {
                text.push_str(if n == 0 { "" } else { "," });
                text.push_str(&Value::from(key.as_str()).to_string());
                text.push(':');
                canonical(member, text);
            }
            text.push('}');
        }
        Value::Array(items) => {
            text.push('[');
            for (n, item) in items.iter().enumerate() {
                text.push_str(if n == 0 { "" } else { "," });
                canonical(item, text);
            }
            text.push(']');
        }
        plain => text.push_str(&plain.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a time")
    }

    fn plan() -> PlanDocument {
        PlanDocument {
            schema_version: 1,
            made_at: at("2026-11-25T11:59:00Z"),
            expires_at: at("2026-11-25T13:00:00Z"),
            snapshot_taken_at: at("2026-11-25T11:58:00Z"),
            policy_sha256: "p".to_owned(),
            policy_text: None,
            scopes: Vec::new(),
            unreached: Vec::new(),
            refused: Vec::new(),
            actions: Vec::new(),
            held_back: Vec::new(),
            reported: Vec::new(),
            kept: BTreeMap::from([("busy".to_owned(), 3), ("a\"b".to_owned(), 1)]),
        }
    }

    #[test]
    fn a_plan_is_read_as_it_was_written_until_it_expires() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("plan.json");
        std::fs::write(&path, "an older one").expect("written");
        let written = write_plan(&path, &plan()).expect("written");
        let read = read_plan(&path).expect("read");
        assert_eq!((&read.digest, &read.plan, &written), (&digest(&plan()), &plan(), &read.digest));
        assert_eq!(std::fs::read_dir(folder.path()).expect("listed").count(), 1, "nothing beside it");
        assert!(read.must_be_fresh(at("2026-11-25T12:59:59Z")).is_ok());
        assert!(read.must_be_fresh(at("2026-11-25T13:00:00Z")).is_err());
    }

    #[test]
    fn the_digest_is_that_of_one_form() {
        let value = |text: &str| -> Value { serde_json::from_str(text).expect("JSON") };
        let one = value(r#"{"b": [1, null, {"y": "ü\"", "x": true}], "a": {}}"#);
        let mut text = String::new();
        canonical(&one, &mut text);
        assert_eq!(text, r#"{"a":{},"b":[1,null,{"x":true,"y":"ü\""}]}"#);
        assert_eq!(digest_of(&one), digest_of(&value(r#"{"a":{},"b":[1,null,{"x":true,"y":"ü\""}]}"#)));
    }

    #[test]
    fn what_is_no_plan_of_ours_is_told_apart() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("plan.json");
        write_plan(&path, &plan()).expect("written");
        let good = std::fs::read_to_string(&path).expect("read");
        for (text, told) in [
            (good.replace("\"busy\": 3", "\"busy\": 4"), "was changed since it was written"),
            (good.replace("2026-11-25T13:00:00Z", "2027-11-25T13:00:00Z"), "was changed since it was written"),
            (good.replace("\"schema_version\": 1", "\"schema_version\": 2"), "newer than this program"),
            (good.replace("\"plan\"", "\"plans\""), "it has no schema_version"),
            (good.replace("\"digest\"", "\"digests\""), "it has no digest"),
            (good[..good.len() / 2].to_owned(), "is no plan: EOF"),
            (String::new(), "is no plan: EOF"),
            ("[]".to_owned(), "it has no schema_version"),
            ("\"plan\"".to_owned(), "it has no schema_version"),
        ] {
            std::fs::write(&path, text).expect("written");
            let error = read_plan(&path).expect_err("told").to_string();
            assert!(error.contains(told), "{error}");
        }
        assert!(read_plan(&folder.path().join("none")).expect_err("none").to_string().contains("reading the plan"));
    }
}
