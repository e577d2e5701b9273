//! A lifecycle script as an app gets it: the smallest renderer that keeps to the README.

use std::fs;

use anyhow::{Context, ensure};
use studio_parts::workspace::workspace_root;

/// The scripts, by the app type that they are for.
pub const SCRIPTS: [&str; 5] =
    ["jupyterlab.sh", "code-editor.sh", "jupyter-server.sh", "kernel-gateway.sh", "notebook-instance.sh"];

/// What all of them have in common.
pub const COMMON: &str = "start-agent.sh";

const INCLUDE: &str = "# include: start-agent.sh\n";

/// What takes the places of the tokens.
#[derive(Debug, Clone)]
pub struct Values {
    /// The agent's version.
    pub version: String,
    /// The digest of its binary.
    pub sha256: String,
    /// Where it stands in S3; may be empty.
    pub s3_uri: String,
    /// The region of that bucket; may be empty.
    pub s3_region: String,
    /// Where it stands on a file system; may be empty.
    pub file: String,
    /// The administrator's settings; may be empty.
    pub admin_toml: String,
}

/// The text of a file of `lifecycle-scripts/`.
///
/// # Errors
/// When there is no such file.
pub fn source(name: &str) -> anyhow::Result<String> {
    let path = workspace_root().join("lifecycle-scripts").join(name);
    fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))
}

/// The script of this name with its common part and these values.
///
/// # Errors
/// When the script lacks the include line, or a value has no place in it.
pub fn render(name: &str, values: &Values) -> anyhow::Result<String> {
    let Values { version, sha256, s3_uri, s3_region, file, admin_toml } = values;
    let (script, common) = (source(name)?, source(COMMON)?);
    ensure!(script.matches(INCLUDE).count() == 1, "{name} includes {COMMON} once");
    let (_shebang, common) = common.split_once('\n').context("the common part has lines")?;
    let mut script = script.replace(INCLUDE, common);
    for (token, value) in [
        ("@VERSION@", version),
        ("@SHA256@", sha256),
        ("@S3_URI@", s3_uri),
        ("@S3_REGION@", s3_region),
        ("@FILE@", file),
    ] {
        ensure!(!value.contains(['\'', '\n', '\r']), "{token} takes no {value:?}");
        script = script.replace(token, value);
    }
    Ok(script.replace("@ADMIN_TOML@", admin_toml.trim_end()))
}
