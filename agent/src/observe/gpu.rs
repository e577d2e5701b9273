//! How busy the GPUs are, as `nvidia-smi` tells: a static binary cannot load NVML.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use idle_core::{Item, ItemState, Sight};
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::Command;

/// Starting the driver on a machine without persistence mode takes some seconds.
const TIME_LIMIT: Duration = Duration::from_secs(10);
/// A line a GPU: sixteen of them are about 1 KB.
const OUTPUT_CAP: u64 = 64 * 1024;
const QUERY: &str = "--query-gpu=index,uuid,name,utilization.gpu,memory.used";
/// Where images and the NVIDIA container runtime put it.
const FOLDERS: &[&str] = &["/usr/bin", "/usr/local/bin", "/usr/local/nvidia/bin", "/opt/bin"];

/// The machine's GPUs.
#[derive(Debug)]
pub(crate) struct Gpu {
    program: Option<PathBuf>,
    /// Whether the machine has NVIDIA devices, whatever `nvidia-smi` says.
    has_devices: bool,
    /// Utilisation in percent from which on a GPU is at work.
    at_work: f64,
}

impl Gpu {
    /// The GPUs, asked by the `nvidia-smi` of the search path or of the usual folders.
    pub(crate) fn new(at_work: f64) -> Self {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let folders = std::env::split_paths(&path).chain(FOLDERS.iter().map(PathBuf::from));
        let program = folders.map(|folder| folder.join("nvidia-smi")).find(|program| program.is_file());
        Self { program, has_devices: Path::new("/dev/nvidiactl").exists(), at_work }
    }

    /// The utilisation of each GPU now. Memory that is merely held is no work.
    pub(crate) async fn look(&self) -> Sight {
        let Some(program) = &self.program else {
            return self.without("there is no nvidia-smi");
        };
        match ask(program).await {
            Ok(text) => parse(&text, self.at_work),
            Err(why) => self.without(&why),
        }
    }

    /// What it means that nothing could be learned: no GPU, or one that cannot be seen.
    fn without(&self, why: &str) -> Sight {
        if self.has_devices {
            Sight::Unknown(format!("the machine has NVIDIA devices, but {why}"))
        } else {
            Sight::Absent(format!("no NVIDIA devices ({why})"))
        }
    }
}

/// The output of one query, bounded in time and size.
async fn ask(program: &Path) -> Result<String, String> {
    let mut child = Command::new(program)
        .args([QUERY, "--format=csv,noheader,nounits"])
        .env_clear()
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| format!("{}: {error}", program.display()))?;
    let Some(stdout) = child.stdout.take() else { return Err("nvidia-smi has no output".to_owned()) };
    let work = async {
        let text = read_capped(stdout).await?;
        let status = child.wait().await.map_err(|error| error.to_string())?;
        // It explains its failures on stdout.
        if status.success() { Ok(text) } else { Err(format!("nvidia-smi failed ({status}): {}", first_line(&text))) }
    };
    match tokio::time::timeout(TIME_LIMIT, work).await {
        Ok(answer) => answer,
        Err(_) => Err(format!("nvidia-smi did not answer within {} s", TIME_LIMIT.as_secs())),
    }
}

async fn read_capped(stdout: impl AsyncRead + Unpin) -> Result<String, String> {
    let mut bytes = Vec::new();
    stdout.take(OUTPUT_CAP + 1).read_to_end(&mut bytes).await.map_err(|error| error.to_string())?;
    if bytes.len() as u64 > OUTPUT_CAP {
        return Err(format!("nvidia-smi says more than {OUTPUT_CAP} bytes"));
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// One GPU a line: index, UUID, name, utilisation in percent, memory in MiB.
/// A GPU whose utilisation is not told (one that is cut into MIG instances)
/// makes the whole sight unknown.
pub(crate) fn parse(text: &str, at_work: f64) -> Sight {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let mut items = Vec::new();
    for line in lines {
        if line.starts_with("No devices") {
            return Sight::Absent("nvidia-smi finds no device".to_owned());
        }
        match item(line, at_work) {
            Ok(item) => items.push(item),
            Err(why) => return Sight::Unknown(why),
        }
    }
    if items.is_empty() {
        Sight::Unknown("nvidia-smi said nothing".to_owned())
    } else {
        Sight::Seen { items, run: None }
    }
}

fn item(line: &str, at_work: f64) -> Result<Item, String> {
    let bad = || format!("nvidia-smi said {:?}, which is no GPU's line", first_line(line));
    let fields: Vec<&str> = line.split(',').map(str::trim).collect();
    let [index, uuid, name, utilization, memory] = fields[..] else { return Err(bad()) };
    if index.is_empty() || !index.bytes().all(|byte| byte.is_ascii_digit()) || uuid.is_empty() {
        return Err(bad());
    }
    let percent = utilization.trim_end_matches('%').trim().parse::<f64>().ok().filter(|p| (0.0..=100.0).contains(p));
    let Some(percent) = percent else {
        return Err(format!("GPU {index} ({name}) does not tell its utilisation: {utilization}"));
    };
    let label = format!("GPU {index} ({name}) at {percent:.0} %, {memory} MiB held");
    let state = if percent >= at_work { ItemState::Busy } else { ItemState::Quiet };
    Ok(Item::new(uuid, label, state))
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().chars().filter(|c| !c.is_control()).take(120).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn states(text: &str) -> Vec<ItemState> {
        match parse(text, 1.0) {
            Sight::Seen { items, .. } => items.into_iter().map(|item| item.state).collect(),
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn utilisation_is_work_and_held_memory_is_not() {
        let text = "0, GPU-1a, NVIDIA A10G, 0, 21000\n1, GPU-1b, NVIDIA A10G, 37, 500\n";
        assert_eq!(states(text), [ItemState::Quiet, ItemState::Busy]);
    }

    #[test]
    fn what_does_not_tell_is_unknown_and_no_device_is_absent() {
        for text in
            ["0, GPU-1, NVIDIA A100, [N/A], 100", "0, GPU-1", "", "garbage", "x, GPU, n, 5, 5", "0, G, n, 500, 1"]
        {
            assert!(matches!(parse(text, 1.0), Sight::Unknown(_)), "{text}");
        }
        assert!(matches!(parse("No devices were found\n", 1.0), Sight::Absent(_)));
    }
}
