//! A stand-in for an app's container: process ids, `/proc` and terminals of its own.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, anyhow, bail};
use tempfile::TempDir;

use crate::app_root::{AppRoot, User};
use crate::process::Running;
use crate::pty::Pty;

const INIT: &str = include_str!("../shell/init.sh");
const ORPHAN: &str = r#"setsid sh -c 'echo started; exec >/dev/null 2>&1; exec sh -c "$1"' sh "$1" </dev/null &"#;
const LIMIT: Duration = Duration::from_secs(30);

/// A process id namespace and a mount namespace with a `/proc` and a `/dev/pts` of
/// their own. Files, network and user are those outside.
///
/// Its first process is called `supervisord`, as in Studio's images, and reaps
/// orphans. Dropping the container ends all that runs inside; so does the end of
/// the test's process.
#[derive(Debug)]
pub struct Container {
    init: Running,
    pid: u32,
    user_namespace: bool,
    /// Where the programs of the system are to be found inside.
    tools: &'static str,
    /// Who runs commands inside; whoever runs the test where it is `None`.
    user: Option<User>,
    _dir: TempDir,
}

impl Container {
    /// An empty container: as root, or else through a user namespace.
    ///
    /// # Errors
    /// When neither is possible: one sentence that says why and what to enable.
    pub fn start() -> anyhow::Result<Self> {
        let as_is = match Self::make(false) {
            Ok(container) => return Ok(container),
            Err(error) => error,
        };
        Self::make(true).map_err(|in_user_namespace| {
            anyhow!(
                "no container can be made here ({as_is:#}; in a user namespace: {in_user_namespace:#}); hint: run as \
                 root with CAP_SYS_ADMIN (docker run --privileged), or allow user namespaces with the sysctls \
                 user.max_user_namespaces, kernel.unprivileged_userns_clone=1 and \
                 kernel.apparmor_restrict_unprivileged_userns=0"
            )
        })
    }

    /// The same through a user namespace, whoever asks: an ordinary user is root inside.
    ///
    /// # Errors
    /// When the system does not allow it.
    pub fn start_in_user_namespace() -> anyhow::Result<Self> {
        Self::make(true)
    }

    /// A container with a root file system of its own, in which this user runs
    /// commands.
    ///
    /// # Errors
    /// When the test does not run as root, or a program is missing.
    pub fn with_root(root: &AppRoot, user: User) -> anyhow::Result<Self> {
        let dir = tempfile::tempdir()?;
        let mount_point = dir.path().join("root");
        fs::create_dir(&mount_point)?;
        let mut command = Command::new(dir.path().join("supervisord"));
        command.arg(mount_point).arg(root.tools.join(" ")).args(&root.shared);
        let mut made = Self::make_in(dir, include_str!("../shell/root.sh"), command, false).context(
            "no container with a root of its own can be made here; hint: run as root with CAP_SYS_ADMIN \
             (docker run --privileged)",
        )?;
        made.tools = "/.tools/bin/";
        made.user = Some(user);
        Ok(made)
    }

    /// Who runs commands inside, where that is not whoever runs the test.
    #[must_use]
    pub fn user(&self) -> Option<User> {
        self.user
    }

    /// Where a path inside is found from outside.
    #[must_use]
    pub fn path(&self, inside: impl AsRef<Path>) -> PathBuf {
        let inside = inside.as_ref();
        Path::new("/proc").join(self.pid.to_string()).join("root").join(inside.strip_prefix("/").unwrap_or(inside))
    }

    /// A command that starts `program` inside, to be given arguments, environment
    /// and working directory as any other.
    ///
    /// Its process id is that of a helper outside, which ends with it and with the
    /// same exit code; asking the helper's group to end asks the program (see
    /// [`Container::pid_of`]).
    #[must_use]
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        self.command_as(self.user, program)
    }

    /// The same command, run by another user.
    #[must_use]
    pub fn command_as(&self, user: Option<User>, program: impl AsRef<OsStr>) -> Command {
        // nsenter waits outside for the program: it has to survive the signals that
        // the program may handle, which in turn must not find them ignored. The
        // working directory is lost with the mounts outside.
        let tools = self.tools;
        let become_user = user.map_or_else(String::new, |User { uid, gid, .. }| {
            format!("{tools}setpriv --reuid {uid} --regid {gid} --clear-groups")
        });
        let enter = format!(
            r#"trap "" HUP INT TERM
            exec nsenter -t {} {} -p -m -- {tools}env --default-signal=HUP,INT,TERM --chdir="$PWD" {become_user} "$@""#,
            self.pid,
            if self.user_namespace { "-U --preserve-credentials" } else { "" },
        );
        let mut command = Command::new("/bin/sh");
        command.arg("-c").arg(enter).arg("sh").arg(program);
        command
    }

    /// The same command, to be run inside. An `env_clear` of it is not carried over:
    /// that has to be called on what is returned.
    #[must_use]
    pub fn wrap(&self, command: &Command) -> Command {
        let mut wrapped = self.command(command.get_program());
        wrapped.args(command.get_args());
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => wrapped.env(name, value),
                None => wrapped.env_remove(name),
            };
        }
        if let Some(dir) = command.get_current_dir() {
            wrapped.current_dir(dir);
        }
        wrapped
    }

    /// The command, running inside.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn spawn(&self, command: &Command) -> anyhow::Result<Running> {
        Running::spawn(self.wrap(command))
    }

    /// Starts a shell script that nobody waits for: a child of the container's first
    /// process, in a session of its own, without a terminal, its output lost.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn orphan(&self, script: &str) -> anyhow::Result<()> {
        let mut command = self.command("sh");
        command.args(["-c", ORPHAN, "sh", script]);
        let mut parent = Running::spawn(command)?;
        // Once it speaks it has left the parent's group, which ends with the guard.
        parent.wait_for_line(|line| line == "started", LIMIT).context("an orphan did not start")?;
        parent.wait_with_timeout(LIMIT).context("an orphan's parent did not end")?;
        Ok(())
    }

    /// A shell script on a new pseudo terminal, such as `exec bash` or `vim notes`.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn pty(&self, script: &str) -> anyhow::Result<Pty> {
        Pty::open(self.command("script"), script)
    }

    /// The container's processes: the id inside and the command line, by id.
    ///
    /// # Errors
    /// When `/proc` cannot be read.
    pub fn pids(&self) -> anyhow::Result<Vec<(u32, String)>> {
        Ok(self.processes()?.into_iter().map(|process| (process.inside, process.cmdline)).collect())
    }

    /// The id inside of a program that runs here, while it does.
    ///
    /// # Errors
    /// When `/proc` cannot be read.
    pub fn pid_of(&self, program: &Running) -> anyhow::Result<Option<u32>> {
        Ok(self.processes()?.iter().find(|process| process.parent == program.pid()).map(|process| process.inside))
    }

    fn make(user_namespace: bool) -> anyhow::Result<Self> {
        let dir = tempfile::tempdir()?;
        let command = Command::new(dir.path().join("supervisord"));
        Self::make_in(dir, INIT, command, user_namespace)
    }

    /// The container whose first process is this command, a script `supervisord` in
    /// `dir`: a process that runs a script is named after the script.
    #[expect(clippy::needless_pass_by_value, reason = "the command is used up")]
    fn make_in(dir: TempDir, script: &str, init: Command, user_namespace: bool) -> anyhow::Result<Self> {
        fs::write(init.get_program(), script)?;
        fs::set_permissions(init.get_program(), fs::Permissions::from_mode(0o755))?;
        let mut command = Command::new("unshare");
        command.args(["--pid", "--mount", "--fork"]);
        command.args(user_namespace.then_some("--map-root-user"));
        command.arg(init.get_program()).args(init.get_args());
        let mut init = Running::spawn(command)?;
        let Ok(line) = init.wait_for_line(|line| line.starts_with("ready "), LIMIT) else {
            let said = init.stderr_so_far();
            bail!("{}", said.trim().lines().next().unwrap_or("unshare said nothing"));
        };
        let pid = line.trim_start_matches("ready ").parse().context("the first process says its id")?;
        Ok(Self { init, pid, user_namespace, tools: "", user: None, _dir: dir })
    }

    fn processes(&self) -> anyhow::Result<Vec<Process>> {
        let namespace = |pid: u32| fs::read_link(format!("/proc/{pid}/ns/pid"));
        let own = namespace(self.pid).context("reading the container's first process")?;
        let mut found = Vec::new();
        for entry in fs::read_dir("/proc").context("reading /proc")? {
            let Some(pid) = entry?.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
            // Any process may be gone by now.
            if namespace(pid).is_ok_and(|other| other == own) {
                found.extend(Process::read(pid));
            }
        }
        found.sort_by_key(|process| process.inside);
        Ok(found)
    }
}

impl Drop for Container {
    fn drop(&mut self) {
        self.init.close_stdin();
        self.init.wait_with_timeout(LIMIT);
    }
}

/// What is seen of one process from outside.
#[derive(Debug)]
struct Process {
    inside: u32,
    /// The id outside.
    parent: u32,
    cmdline: String,
}

impl Process {
    fn read(pid: u32) -> Option<Self> {
        let dir = PathBuf::from(format!("/proc/{pid}"));
        let status = fs::read_to_string(dir.join("status")).ok()?;
        let field = |name: &str| status.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
        let inside = field("NSpid:")?.split_whitespace().last()?.parse().ok()?;
        let parent = field("PPid:")?.parse().ok()?;
        let cmdline = fs::read(dir.join("cmdline")).ok()?;
        let cmdline = String::from_utf8_lossy(&cmdline).trim_end_matches('\0').replace('\0', " ");
        Some(Self { inside, parent, cmdline })
    }
}
