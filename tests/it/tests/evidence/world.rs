//! A fleet with something to stop, and `costctl` beside it.

use std::path::{Path, PathBuf};
use std::process::Command;

use studio_parts::binaries::binary;
use studio_parts::fleet::Fleet;
use studio_parts::sandbox::{Sandbox, SandboxOptions};
use tempfile::TempDir;

const FLEET: &str = r#"
[[app]]
space = "alice-lab"
idle = "3h"

[[app]]
space = "bob-lab"
idle = "3h"

[[app]]
space = "carol-lab"
count = 3
"#;

/// Every first run may do all of it, and half of the apps may look idle.
pub(crate) const POLICY: &str = "schema_version = 1\n[guards]\nfirst-run = 9\n";

pub(crate) struct World {
    pub(crate) sandbox: Sandbox,
    dir: TempDir,
}

/// How a command ended, and what it said.
pub(crate) struct Said {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl World {
    pub(crate) fn new() -> Self {
        let options = SandboxOptions { delete_takes: Some("0s".to_owned()), ..SandboxOptions::default() };
        let (sandbox, dir) = (Sandbox::start(options).unwrap(), tempfile::tempdir().unwrap());
        toml::from_str::<Fleet>(FLEET).unwrap().seed(&sandbox).unwrap();
        std::fs::write(dir.path().join("costctl.toml"), POLICY).unwrap();
        Self { sandbox, dir }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// What `costctl` says to these words, with these variables beside those of the sandbox.
    pub(crate) fn says(&self, words: &str, more: &[(&str, &str)]) -> Said {
        let mut command = Command::new(binary("costctl").unwrap());
        command.env_clear().envs(self.sandbox.aws_env()).env("HOME", self.dir.path()).current_dir(self.dir.path());
        command.env("COSTCTL_READS_PER_SECOND", "1000").env("COSTCTL_WRITES_PER_SECOND", "1000");
        said(command.args(words.split_whitespace()).envs(more.iter().copied()))
    }

    /// The same of what must end with this code.
    pub(crate) fn ends(&self, code: i32, words: &str) -> Said {
        let said = self.says(words, &[("COSTCTL_EVIDENCE", "evidence")]);
        assert_eq!(said.code, Some(code), "{words}\n{}\n{}", said.stdout, said.stderr);
        said
    }
}

/// `costctl` on a machine that knows nothing of AWS.
pub(crate) fn alone(folder: &Path, words: &str) -> Said {
    let mut command = Command::new(binary("costctl").unwrap());
    command.env_clear().env("HOME", folder).current_dir(folder).args(words.split_whitespace());
    said(&mut command)
}

fn said(command: &mut Command) -> Said {
    let output = command.output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Said { code: output.status.code(), stdout: text(&output.stdout), stderr: text(&output.stderr) }
}
