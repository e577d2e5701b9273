//! cfn-lint: CloudFormation templates held against AWS's own schemas of resources.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, ensure};
use serde_json::Value;

use crate::python;
use crate::setup::tail;
use crate::workspace::workspace_root;

/// What cfn-lint finds in these templates, warnings included, a sentence each.
///
/// # Errors
/// When it cannot be installed, or does not say what it found.
pub fn findings(templates: &[PathBuf]) -> anyhow::Result<Vec<String>> {
    let mut command = Command::new(python::venv("cfn-lint")?.with_file_name("cfn-lint"));
    command.args(["--format", "json"]).args(templates).current_dir(workspace_root());
    let output = command.output().context("starting cfn-lint")?;
    let found: Vec<Value> =
        serde_json::from_slice(&output.stdout).with_context(|| format!("cfn-lint's findings\n{}", tail(&output)))?;
    let sentence = |finding: &Value| {
        let text = |pointer: &str| finding.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
        let line = &finding["Location"]["Start"]["LineNumber"];
        format!("{} {} {}:{line}", text("/Rule/Id"), text("/Message"), text("/Filename"))
    };
    Ok(found.iter().map(sentence).collect())
}

/// Which of the templates carry another document than its source, a sentence each: documents of
/// packaging/iam, the state machine and, where its body is given, the dashboard.
///
/// # Errors
/// When the templates or the sources cannot be read.
pub fn other_documents(templates: &[PathBuf], dashboard: Option<&Path>) -> anyhow::Result<Vec<String>> {
    let mut arguments = vec!["check".into()];
    arguments.extend(dashboard.iter().flat_map(|file| ["--dashboard".into(), file.as_os_str().to_owned()]));
    let said = script(&arguments, templates)?;
    Ok(said.lines().map(str::to_owned).collect())
}

/// The templates as JSON, with the short forms of functions written out.
///
/// # Errors
/// When one of them cannot be read.
pub fn read(templates: &[PathBuf]) -> anyhow::Result<Vec<Value>> {
    serde_json::from_str(&script(&["json".into()], templates)?).context("reading the templates")
}

fn script(arguments: &[std::ffi::OsString], templates: &[PathBuf]) -> anyhow::Result<String> {
    let mut command = Command::new(python::venv("cfn-lint")?);
    command.arg(workspace_root().join("tests/parts/python/templates.py")).args(arguments).args(templates);
    let output = command.output().context("starting templates.py")?;
    ensure!(output.status.success(), "templates.py failed\n{}", tail(&output));
    Ok(String::from_utf8(output.stdout)?)
}
