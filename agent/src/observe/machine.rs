//! What the machine itself shows: processes, terminals, SSH sessions, GPUs, containers.

use std::path::PathBuf;
use std::time::Duration;

use idle_core::{Instants, Reading, Sight, Source};

use super::activity_file::ActivityFile;
use super::docker::Docker;
use super::gpu::Gpu;
use super::processes::{CpuPolicy, CpuUse, ProcFs, Scope};
use super::pseudo_terminals::PseudoTerminals;
use super::ssh_sessions::SshSessions;

/// What on this machine counts as work.
#[derive(Debug, Clone)]
pub(crate) struct MachinePolicy {
    /// CPU time of processes and containers.
    pub(crate) cpu: CpuPolicy,
    /// Utilisation of a GPU in percent.
    pub(crate) gpu_at_work: f64,
    /// Below which process the app's are to be found.
    pub(crate) process_root: u32,
    /// Parts of command lines that are no work.
    pub(crate) ignored_processes: Vec<String>,
    /// The file with the stamp of the user's last activity.
    pub(crate) activity_file: PathBuf,
}

impl MachinePolicy {
    /// The same policy for a command that a person waits for: CPU time is compared
    /// over two seconds at most.
    pub(crate) fn in_a_hurry(&self) -> Self {
        let cpu = CpuPolicy { window: self.cpu.window.min(HURRY), ..self.cpu };
        Self { cpu, ..self.clone() }
    }
}

/// Long enough for a share of a few percent to show in clock ticks.
const HURRY: Duration = Duration::from_secs(2);

/// This machine's sources of evidence.
#[derive(Debug)]
pub(crate) struct Machine {
    procfs: ProcFs,
    cpu: CpuUse,
    terminals: PseudoTerminals,
    ssh: SshSessions,
    gpu: Gpu,
    docker: Docker,
    activity_file: ActivityFile,
    open_terminals: Vec<PathBuf>,
}

impl Machine {
    /// The sources of the machine that this process runs on.
    pub(crate) fn new(policy: &MachinePolicy) -> Self {
        let scope =
            Scope { root: policy.process_root, agent: std::process::id(), ignored: policy.ignored_processes.clone() };
        Self {
            procfs: ProcFs::of_this_machine(),
            cpu: CpuUse::new(scope, policy.cpu),
            terminals: PseudoTerminals::new("/dev/pts"),
            ssh: SshSessions::default(),
            gpu: Gpu::new(policy.gpu_at_work),
            docker: Docker::new(policy.cpu.at_work),
            activity_file: ActivityFile::new(&policy.activity_file),
            open_terminals: Vec::new(),
        }
    }

    /// One reading of each source.
    pub(crate) async fn look(&mut self, now: Instants) -> Vec<Reading> {
        let (gpu, docker) = tokio::join!(self.gpu.look(), self.docker.look(now.mono));
        let mut readings = vec![
            Reading { source: Source::ActivityFile, sight: self.activity_file.look() },
            Reading { source: Source::Gpu, sight: gpu },
            Reading { source: Source::Docker, sight: docker },
        ];
        readings.extend(self.process_readings(now));
        readings
    }

    /// The user's terminals as the last look found them.
    pub(crate) fn open_terminals(&self) -> &[PathBuf] {
        &self.open_terminals
    }

    fn process_readings(&mut self, now: Instants) -> Vec<Reading> {
        let of = |source, sight| Reading { source, sight };
        match self.procfs.read() {
            Ok(table) => {
                let units = self.cpu.units(&table);
                self.open_terminals = self.terminals.paths(&units);
                vec![
                    of(Source::Processes, self.cpu.look(&mut self.procfs, &table, &units, now.mono)),
                    of(Source::PseudoTerminals, self.terminals.look(&units)),
                    of(Source::SshSessions, self.ssh.look(&table, now.wall)),
                ]
            }
            Err(why) => [Source::Processes, Source::PseudoTerminals, Source::SshSessions]
                .map(|source| of(source, Sight::Unknown(why.clone())))
                .into(),
        }
    }
}
