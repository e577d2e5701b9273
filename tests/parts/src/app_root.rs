//! A root file system with the layout of an image of SageMaker's, for a container.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, ensure};

use crate::python;
use crate::workspace::{target_dir, workspace_root};

/// Programs that every image has: a shell, coreutils, util-linux, find, sed and grep.
const TOOLS: &str = "sh bash env cat chmod chown cp cut date dd df dirname echo find getent grep head id ln ls mkdir mktemp mv \
                     printf readlink rm rmdir runuser sed seq setpriv setsid sha256sum sleep stat su tail test timeout touch tr true \
                     uname wc";

/// What a container's root file system holds beside the layout.
#[derive(Debug, Clone)]
pub struct AppRoot {
    /// Programs in `/usr/bin`, by name. None but these are there: no sudo, cron or Python.
    pub tools: Vec<String>,
    /// Folders that are seen inside as they are outside.
    pub shared: Vec<PathBuf>,
}

/// Who runs a command inside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct User {
    /// The user id.
    pub uid: u32,
    /// The group id.
    pub gid: u32,
    /// The home directory.
    pub home: &'static str,
}

impl User {
    /// The superuser, as in many images of Studio Classic.
    pub const ROOT: Self = Self { uid: 0, gid: 0, home: "/root" };
    /// The user of Studio's apps.
    pub const SAGEMAKER_USER: Self = Self { uid: 1000, gid: 100, home: "/home/sagemaker-user" };
    /// The user of a notebook instance.
    pub const EC2_USER: Self = Self { uid: 1001, gid: 1001, home: "/home/ec2-user" };
}

impl AppRoot {
    /// What every image has, and what our Python servers need to run inside.
    ///
    /// # Errors
    /// When Python is missing.
    pub fn new() -> anyhow::Result<Self> {
        let mut tools: Vec<String> = TOOLS.split_whitespace().map(str::to_owned).collect();
        let mut shared = vec![target_dir().join("parts"), workspace_root().join("tests/parts/python")];
        let (prefix, program) = interpreter(&python::venv("jupyter")?)?;
        if prefix == Path::new("/usr") {
            // The system's own Python is where it is, or nowhere.
            tools.push("python3".to_owned());
            tools.extend(program.file_name().map(|name| name.to_string_lossy().into_owned()));
        } else {
            shared.push(prefix);
        }
        tools.sort();
        tools.dedup();
        Ok(Self { tools, shared })
    }

    /// The same with more programs.
    #[must_use]
    pub fn with_tools(mut self, tools: &[&str]) -> Self {
        self.tools.extend(tools.iter().map(|tool| (*tool).to_owned()));
        self
    }

    /// The same without some programs.
    #[must_use]
    pub fn without_tools(mut self, tools: &[&str]) -> Self {
        self.tools.retain(|tool| !tools.contains(&tool.as_str()));
        self
    }

    /// The same with a folder that is seen inside as it is outside.
    #[must_use]
    pub fn with_shared(mut self, dir: &Path) -> Self {
        self.shared.push(dir.to_owned());
        self
    }
}

/// Where the Python below a venv is installed, and its program.
fn interpreter(python: &Path) -> anyhow::Result<(PathBuf, PathBuf)> {
    let asked = Command::new(python)
        .args(["-c", "import os, sys; print(sys.base_prefix); print(os.path.realpath(sys.executable))"])
        .output()
        .context("starting Python")?;
    let said = String::from_utf8_lossy(&asked.stdout).into_owned();
    let mut lines = said.lines().map(PathBuf::from);
    let found = lines.next().zip(lines.next());
    ensure!(asked.status.success(), "Python does not say where it is");
    found.context("Python says where it is")
}
