//! Where Terraform and its provider are.

use std::path::{Path, PathBuf};

use anyhow::bail;

/// The provider in a mirror, below the name of the registry that it is a mirror of.
const PROVIDER: &str = "hashicorp/aws";
/// Below the home folder and the system's: where Terraform itself looks.
const IN_HOME: &[&str] = &[".terraform.d/plugins", ".local/share/terraform/plugins"];
const IN_SYSTEM: &[&str] = &["/usr/local/share/terraform/plugins", "/usr/share/terraform/plugins"];
/// Whose folders may each be a mirror.
const OPTIONAL_SOFTWARE: &str = "/opt";

/// Terraform, with the folder that holds the AWS provider.
#[derive(Debug, Clone)]
pub struct Terraform {
    program: PathBuf,
    plugins: PathBuf,
}

impl Terraform {
    /// Both; `None` where one is missing and `STUDIO_WITHOUT_TERRAFORM=1` says that it may be.
    ///
    /// # Errors
    /// One sentence that says what to install.
    pub fn find() -> anyhow::Result<Option<Self>> {
        match (program(), plugins()) {
            (Some(program), Some(plugins)) => Ok(Some(Self { program, plugins })),
            (program, _) => {
                let missing = if program.is_none() { "terraform" } else { "the provider hashicorp/aws" };
                if std::env::var_os("STUDIO_WITHOUT_TERRAFORM").is_some_and(|value| value == "1") {
                    eprintln!("LEFT OUT: {missing} is not here, and STUDIO_WITHOUT_TERRAFORM=1 allows it");
                    return Ok(None);
                }
                bail!(
                    "{missing} is missing; hint: put terraform 1.9 or later on PATH, and hashicorp/aws 5.100 into a \
                     folder that `terraform providers mirror` makes, named by TF_PLUGIN_DIR"
                )
            }
        }
    }

    pub(super) fn program(&self) -> &Path {
        &self.program
    }

    pub(super) fn plugins(&self) -> &Path {
        &self.plugins
    }
}

fn program() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join("terraform")).find(|file| file.is_file())
}

fn plugins() -> Option<PathBuf> {
    let named = std::env::var_os("TF_PLUGIN_DIR").map(PathBuf::from);
    let home = std::env::var_os("HOME").map(PathBuf::from);
    let in_home = home.iter().flat_map(|home| IN_HOME.iter().map(move |folder| home.join(folder)));
    let optional = std::fs::read_dir(OPTIONAL_SOFTWARE).into_iter().flatten().flatten().map(|entry| entry.path());
    let all = named.into_iter().chain(in_home).chain(IN_SYSTEM.iter().map(PathBuf::from)).chain(optional);
    all.into_iter().find(|folder| is_mirror(folder))
}

fn is_mirror(folder: &Path) -> bool {
    let mut registries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    registries.any(|registry| registry.path().join(PROVIDER).is_dir())
}
