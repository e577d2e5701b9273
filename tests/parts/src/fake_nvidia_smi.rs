//! An `nvidia-smi` that says what a test wants, for a folder on PATH.

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// One GPU, or one slice of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gpu {
    /// Such as `NVIDIA A10G`.
    pub name: String,
    /// In percent; `[N/A]` where it is `None`, as for every GPU in MIG mode.
    pub utilization_percent: Option<u8>,
    /// Memory in use.
    pub memory_used_mib: u64,
}

impl Gpu {
    /// A GPU in use, or not, by so much.
    #[must_use]
    pub fn new(utilization_percent: u8, memory_used_mib: u64) -> Self {
        Self { name: "NVIDIA A10G".to_owned(), utilization_percent: Some(utilization_percent), memory_used_mib }
    }

    /// A GPU that does not tell its utilization.
    #[must_use]
    pub fn in_mig_mode(memory_used_mib: u64) -> Self {
        Self { name: "NVIDIA A100-SXM4-40GB".to_owned(), utilization_percent: None, memory_used_mib }
    }
}

/// What `nvidia-smi` does when it is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SmiReply {
    /// Answers the query, a line a GPU.
    Gpus(Vec<Gpu>),
    /// Says that there is no device; exit code 6.
    NoDevices,
    /// Cannot talk to the driver; exit code 9.
    NoDriver,
    /// Says nothing and does not end (for ten minutes).
    Hang,
    /// The same in a child, which holds the output open when only its parent is killed.
    HangInChild,
    /// Bytes that are no text, and success.
    Garbage,
    /// Lines of zeros, up to 1 GiB.
    Endless,
}

/// A folder with a scripted `nvidia-smi` in it.
#[derive(Debug)]
pub struct FakeNvidiaSmi {
    dir: TempDir,
}

impl FakeNvidiaSmi {
    /// The folder, its program answering like this.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn new(reply: &SmiReply) -> anyhow::Result<Self> {
        let fake = Self { dir: tempfile::tempdir()? };
        fake.set(reply)?;
        Ok(fake)
    }

    /// Answers like this from now on.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn set(&self, reply: &SmiReply) -> anyhow::Result<()> {
        let calls = self.calls().display().to_string();
        let script = format!("#!/bin/sh\necho call >>{}\n{}", quoted(&calls), body(reply));
        let next = self.dir().join("next");
        fs::write(&next, script)?;
        fs::set_permissions(&next, fs::Permissions::from_mode(0o755))?;
        // Whoever runs the old one goes on reading the old one.
        Ok(fs::rename(next, self.program())?)
    }

    /// The folder.
    #[must_use]
    pub fn dir(&self) -> &Path {
        self.dir.path()
    }

    /// The program itself.
    #[must_use]
    pub fn program(&self) -> PathBuf {
        self.dir().join("nvidia-smi")
    }

    /// A PATH that finds it first.
    #[must_use]
    pub fn path_env(&self) -> OsString {
        let mut path = self.dir().as_os_str().to_owned();
        if let Some(rest) = std::env::var_os("PATH") {
            path.push(":");
            path.push(rest);
        }
        path
    }

    /// How often it was run.
    #[must_use]
    pub fn hits(&self) -> usize {
        fs::read_to_string(self.calls()).map_or(0, |calls| calls.lines().count())
    }

    fn calls(&self) -> PathBuf {
        self.dir().join("calls")
    }
}

fn body(reply: &SmiReply) -> String {
    match reply {
        SmiReply::Gpus(gpus) => {
            let lines: String = gpus.iter().enumerate().map(|(index, gpu)| line(index, gpu)).collect();
            format!("{QUERY}{lines}")
        }
        SmiReply::NoDevices => "echo 'No devices were found'\nexit 6\n".to_owned(),
        SmiReply::NoDriver => {
            "echo 'NVIDIA-SMI has failed: no communication with the NVIDIA driver.'\nexit 9\n".to_owned()
        }
        SmiReply::Hang => "exec sleep 600\n".to_owned(),
        SmiReply::HangInChild => "sleep 600\ntrue\n".to_owned(),
        SmiReply::Garbage => "printf '\\000\\377\\376, %%\\n, , \\n\\033[2J'\n".to_owned(),
        SmiReply::Endless => "yes '0, 0' | head -c 1073741824\n".to_owned(),
    }
}

fn line(index: usize, gpu: &Gpu) -> String {
    let Gpu { name, utilization_percent, memory_used_mib } = gpu;
    let utilization = utilization_percent.map_or_else(|| "[N/A]".to_owned(), |percent| percent.to_string());
    let uuid = format!("GPU-{index:08x}-0000-4000-8000-000000000000");
    format!("gpu {index} {uuid} {} '{utilization}' {memory_used_mib}\n", quoted(name))
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// Understands `--query-gpu=FIELD,… --format=csv[,noheader][,nounits]`. An unknown
/// field is refused as by the real one: a sentence on stdout and exit code 2.
const QUERY: &str = r#"fields= format=
for argument; do
  case $argument in
    --query-gpu=*) fields=$(echo "${argument#*=}" | tr , ' ') ;;
    --format=*) format=,${argument#*=}, ;;
  esac
done
if [ -z "$fields" ] || [ -z "$format" ]; then
  echo 'this stand-in answers --query-gpu=… --format=csv only'
  exit 2
fi
percent=' %' mib=' MiB'
case $format in *,nounits,*) percent= mib= ;; esac
gpu() {
  line=
  for field in $fields; do
    case $field in
      index) value=$1 ;;
      uuid | gpu_uuid) value=$2 ;;
      name | gpu_name) value=$3 ;;
      utilization.gpu) [ "$4" = '[N/A]' ] && value=$4 || value=$4$percent ;;
      memory.used) value=$5$mib ;;
      *) echo "Field \"$field\" is not a valid field to query."; exit 2 ;;
    esac
    line="$line${line:+, }$value"
  done
  echo "$line"
}
case $format in *,noheader,*) ;; *) echo "$fields" | sed 's/ /, /g' ;; esac
"#;
