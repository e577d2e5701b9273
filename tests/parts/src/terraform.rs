//! Terraform with the AWS provider, which nobody here wrote, on a copy of an example of
//! `packaging/terraform`, against servers of this machine.
//!
//! Terraform is found on `PATH`, the provider in `TF_PLUGIN_DIR` or in one of the folders in which
//! Terraform's own mirrors lie: nothing is fetched. Where one of them is missing, whoever asks
//! gets an error, or `None` with `STUDIO_WITHOUT_TERRAFORM=1`, which is told on stderr.

mod found;
mod local;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use serde_json::Value;
use tempfile::TempDir;

use crate::process::Running;
use crate::workspace::workspace_root;

pub use found::Terraform;
pub use local::Endpoints;

/// More than any command takes on a busy machine.
const LIMIT: Duration = Duration::from_secs(540);
/// What a copy of the module takes with it, as it stands in the repository.
const COPIED: &[&str] =
    &["packaging/terraform", "packaging/iam", "packaging/step-functions", "lifecycle-scripts", "Cargo.toml"];

/// A copy of the module, its examples and what they read, with one of them initialised.
#[derive(Debug)]
pub struct Project {
    terraform: Terraform,
    dir: TempDir,
    root: PathBuf,
    variables: BTreeMap<String, String>,
}

/// What a plan says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Planned {
    /// Everything is as it should be.
    NoChange,
    /// Something would be changed; Terraform's own words.
    Changes(String),
}

impl Terraform {
    /// A copy of the example of this name (or of the module itself: `""`), initialised.
    ///
    /// # Errors
    /// When it cannot be copied, or Terraform cannot initialise it.
    pub fn project(&self, example: &str) -> anyhow::Result<Project> {
        let dir = tempfile::tempdir()?;
        for part in COPIED {
            copy(&workspace_root().join(part), &dir.path().join(part))?;
        }
        fs::write(dir.path().join("empty.tfrc"), "")?;
        let module = dir.path().join("packaging/terraform");
        let root = if example.is_empty() { module } else { module.join("examples").join(example) };
        let project = Project { terraform: self.clone(), dir, root, variables: BTreeMap::new() };
        let plugins = format!("-plugin-dir={}", self.plugins().display());
        project.run(&["init", "-input=false", "-no-color", &plugins])?;
        Ok(project)
    }

    /// What `terraform fmt` would write anew, one path a line.
    ///
    /// # Errors
    /// When Terraform cannot be started.
    pub fn unformatted(&self) -> anyhow::Result<String> {
        let mut command = Command::new(self.program());
        command.args(["fmt", "-check", "-recursive", "-list=true"]).arg(workspace_root().join("packaging/terraform"));
        let dir = tempfile::tempdir()?;
        fs::write(dir.path().join("empty.tfrc"), "")?;
        let output = command.env("TF_CLI_CONFIG_FILE", dir.path().join("empty.tfrc")).output();
        let output = output.context("starting terraform fmt")?;
        let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        ensure!(matches!(output.status.code(), Some(0 | 3)), "terraform fmt failed: {said}");
        Ok(said)
    }
}

impl Project {
    /// The folder that holds the copy, laid out as the repository is.
    #[must_use]
    pub fn dir(&self) -> &Path {
        self.dir.path()
    }

    /// Sets a variable of the example.
    pub fn set(&mut self, name: &str, value: &str) {
        self.variables.insert(format!("TF_VAR_{name}"), value.to_owned());
    }

    /// Points the provider of the example at these servers, and its aliases, each with its account; leaves out of the module what they
    /// lack: [`local::MODULE`] tells what that is.
    ///
    /// # Errors
    /// When the overrides cannot be written.
    pub fn use_servers(&self, endpoints: &Endpoints, aliases: &[(&str, &str)]) -> anyhow::Result<()> {
        fs::write(self.root.join("servers_override.tf"), endpoints.providers(aliases))?;
        fs::write(self.dir.path().join("packaging/terraform/servers_override.tf"), local::MODULE)?;
        Ok(())
    }

    /// Writes one more override beside the example's own files.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn override_example(&self, name: &str, text: &str) -> anyhow::Result<()> {
        Ok(fs::write(self.root.join(format!("{name}_override.tf")), text)?)
    }

    /// Writes one more override into the module.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn override_module(&self, name: &str, text: &str) -> anyhow::Result<()> {
        Ok(fs::write(self.dir.path().join(format!("packaging/terraform/{name}_override.tf")), text)?)
    }

    /// `terraform validate`.
    ///
    /// # Errors
    /// When the configuration is not valid, with Terraform's own words.
    pub fn validate(&self) -> anyhow::Result<()> {
        self.run(&["validate", "-no-color"]).map(drop)
    }

    /// `terraform apply`.
    ///
    /// # Errors
    /// When not everything could be made.
    pub fn apply(&self) -> anyhow::Result<String> {
        self.run(&["apply", "-input=false", "-no-color", "-auto-approve", "-parallelism=30"])
    }

    /// `terraform plan`, after everything that stands there was read anew.
    ///
    /// # Errors
    /// When it cannot be planned.
    pub fn plan(&self) -> anyhow::Result<Planned> {
        let words = ["plan", "-input=false", "-no-color", "-detailed-exitcode", "-parallelism=30"];
        match self.exit(&words)? {
            (Some(0), _) => Ok(Planned::NoChange),
            (Some(2), said) => {
                let progress = ["Refreshing state", "Reading...", "Read complete"];
                let lines = said.lines().filter(|line| !progress.iter().any(|words| line.contains(words)));
                Ok(Planned::Changes(lines.collect::<Vec<_>>().join("\n")))
            }
            (_, said) => bail!("terraform plan failed\n{said}"),
        }
    }

    /// The plan as JSON, with every value that is known before anything is made.
    ///
    /// # Errors
    /// When it cannot be planned.
    pub fn plan_document(&self) -> anyhow::Result<Value> {
        self.run(&["plan", "-input=false", "-no-color", "-out=plan.bin", "-parallelism=30"])?;
        let shown = self.run(&["show", "-json", "plan.bin"])?;
        serde_json::from_str(&shown).context("terraform show -json answers JSON")
    }

    /// The outputs by name.
    ///
    /// # Errors
    /// When there is no state.
    pub fn outputs(&self) -> anyhow::Result<BTreeMap<String, Value>> {
        let shown = self.run(&["output", "-json", "-no-color"])?;
        let outputs: BTreeMap<String, Value> = serde_json::from_str(&shown).context("terraform output -json")?;
        Ok(outputs.into_iter().map(|(name, mut output)| (name, output["value"].take())).collect())
    }

    /// `terraform destroy` of what the state knows.
    ///
    /// # Errors
    /// When something is left.
    pub fn destroy(&self) -> anyhow::Result<String> {
        self.run(&["destroy", "-input=false", "-no-color", "-auto-approve", "-refresh=false", "-parallelism=30"])
    }

    fn run(&self, words: &[&str]) -> anyhow::Result<String> {
        match self.exit(words)? {
            (Some(0), said) => Ok(said),
            (_, said) => bail!("terraform {} failed\n{said}", words[0]),
        }
    }

    /// How a command ended, and all that it said. It sees nothing of the caller's own AWS.
    fn exit(&self, words: &[&str]) -> anyhow::Result<(Option<i32>, String)> {
        let mut command = Command::new(self.terraform.program());
        command.args(words).current_dir(&self.root).env_clear();
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default()).env("HOME", self.dir.path());
        command.env("TF_CLI_CONFIG_FILE", self.dir.path().join("empty.tfrc"));
        command.env("TF_IN_AUTOMATION", "1").env("CHECKPOINT_DISABLE", "1").env("AWS_EC2_METADATA_DISABLED", "true");
        command.envs(&self.variables);
        let mut running = Running::spawn(command)?;
        running.close_stdin();
        let ended = running.wait_with_timeout(LIMIT);
        let said = format!("{}{}", running.stdout_with_unfinished_line(), running.stderr_so_far());
        match ended {
            Some(status) => Ok((status.code(), said)),
            None => bail!("terraform {} did not end within {LIMIT:?}\n{said}", words[0]),
        }
    }
}

fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    if from.is_file() {
        if let Some(folder) = to.parent() {
            fs::create_dir_all(folder)?;
        }
        return fs::copy(from, to).map(drop).with_context(|| format!("copying {}", from.display()));
    }
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from).with_context(|| format!("reading {}", from.display()))? {
        let name = entry?.file_name();
        // What somebody's own Terraform left there is not the repository's.
        if !name.to_string_lossy().starts_with(".terraform") && !name.to_string_lossy().contains(".tfstate") {
            copy(&from.join(&name), &to.join(&name))?;
        }
    }
    Ok(())
}
