//! Programs that belong to the platform or only serve an editor: they use CPU
//! time while nobody works, and none of it is a user's.

/// Servers, supervisors and daemons of Studio's images and of notebook instances.
const PLATFORM: &[&str] = &[
    "idle-agent",
    "jupyter-lab",
    "jupyter-labhub",
    "jupyter-notebook",
    "jupyter-server",
    "jupyterhub-singleuser",
    "jupyter-kernelgateway",
    "jupyterlab",
    "jupyter_server",
    "notebook",
    "sagemaker-code-editor",
    "code-server",
    "server-main.js",
    "bootstrap-fork",
    "bootstrap-fork.js",
    "supervisord",
    "tini",
    "dumb-init",
    "systemd",
    "cron",
    "crond",
    "rsyslogd",
    "dbus-daemon",
    "agetty",
    "sshd",
    "sshd-session",
    "dockerd",
    "containerd",
    "docker-proxy",
    "amazon-ssm-agent",
    "ssm-agent-worker",
    "ssm-session-worker",
    "amazon-cloudwatch-agent",
    "chronyd",
];

/// Families of such programs by the beginning of their names.
const PLATFORM_PREFIXES: &[&str] = &[
    "entrypoint-",
    "start-jupyter",
    "start-code-editor",
    "start-sagemaker-ui",
    "systemd-",
    "containerd-shim",
    "sshd:",
];

/// Language servers by a part of their names.
const LANGUAGE_SERVER_PARTS: &[&str] =
    &["language-server", "language_server", "languageserver", "langserver", "lsp_server", "lsp_runner", "ServerMain"];

/// Language servers by name.
const LANGUAGE_SERVERS: &[&str] = &[
    "pylsp",
    "server.bundle.js",
    "tsserver.js",
    "typingsInstaller.js",
    "gopls",
    "rust-analyzer",
    "clangd",
    "texlab",
    "metals",
    "marksman",
];

/// Programs that run another one, which their arguments name.
const INTERPRETERS: &[&str] = &["python", "node", "bash", "sh", "dash", "perl", "ruby", "env"];

/// A program with its arguments, and what they say of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Program {
    /// Its arguments, its own name first; empty for a kernel thread.
    pub(crate) args: Vec<String>,
    /// The kernel that it is.
    pub(crate) kernel: Option<String>,
    /// Whether it is the platform's or an editor's own.
    pub(crate) is_infrastructure: bool,
}

impl Program {
    /// The program that was started with these arguments.
    pub(crate) fn of(args: Vec<String>) -> Self {
        let kernel = kernel_id(&args).map(str::to_owned);
        Self { is_infrastructure: kernel.is_none() && is_infrastructure(&args), kernel, args }
    }
}

/// Whether a process is the platform's or an editor's own, by its arguments.
fn is_infrastructure(args: &[String]) -> bool {
    let Some(first) = args.first() else { return true };
    let first = basename(first);
    if is_known(first) {
        return true;
    }
    let rest = &args[1..];
    if first == "jupyter" || script(first, rest) == Some("jupyter") {
        return rest.iter().any(|arg| matches!(arg.as_str(), "lab" | "server" | "notebook" | "labhub"));
    }
    script(first, rest).is_some_and(is_known)
}

fn is_known(name: &str) -> bool {
    PLATFORM.contains(&name)
        || LANGUAGE_SERVERS.contains(&name)
        || PLATFORM_PREFIXES.iter().any(|prefix| name.starts_with(prefix))
        || LANGUAGE_SERVER_PARTS.iter().any(|part| name.contains(part))
}

/// What an interpreter runs: a module, or the first argument that is no option.
fn script<'a>(interpreter: &str, args: &'a [String]) -> Option<&'a str> {
    let plain = interpreter.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
    if !INTERPRETERS.contains(&plain) {
        return None;
    }
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "-m" => return args.next().map(|module| module.split('.').next().unwrap_or(module)),
            // What follows is a program's text, not a program's name.
            "-c" | "-e" | "-" => return None,
            option if option.starts_with('-') => {}
            path => return Some(basename(path)),
        }
    }
    None
}

fn basename(path: &str) -> &str {
    // Some daemons rewrite their title: "sshd: user@pts/0", "nginx: worker".
    let path = if path.starts_with("sshd:") { "sshd:" } else { path };
    path.rsplit('/').next().unwrap_or(path)
}

/// The id of the kernel that a process is, by its connection file
/// (`kernel-ID.json`, in whatever option its kernel specification puts it).
fn kernel_id(args: &[String]) -> Option<&str> {
    // A console that joins a kernel names the same file.
    if args.iter().any(|arg| arg.starts_with("--existing")) {
        return None;
    }
    args.iter().skip(1).find_map(|arg| {
        let file = arg.rsplit(['/', '=']).next()?;
        file.strip_prefix("kernel-")?.strip_suffix(".json").filter(|id| !id.is_empty())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(line: &str) -> Vec<String> {
        line.split(' ').map(str::to_owned).collect()
    }

    #[test]
    fn the_platform_and_language_servers_are_known() {
        for line in [
            "/opt/conda/bin/python /opt/conda/bin/jupyter-lab --ip 0.0.0.0",
            "/usr/bin/python3.11 -m jupyter lab",
            "/opt/conda/bin/python -m jupyterlab",
            "supervisord -n -c /etc/supervisor/conf.d/supervisord.conf",
            "/usr/bin/python3 /usr/bin/supervisord -n",
            "bash /usr/local/bin/entrypoint-jupyter-server",
            "/bin/sh /usr/local/bin/start-code-editor",
            "/opt/x/node /opt/x/out/server-main.js --host 0.0.0.0",
            "/opt/x/node /opt/x/out/bootstrap-fork --type=extensionHost",
            "sshd: sagemaker-user@pts/0",
            "/opt/conda/bin/python /opt/conda/bin/pylsp",
            "node /x/ms-python.vscode-pylance/dist/server.bundle.js --cancellationReceive=x",
            "node /x/pyright/langserver.index.js --stdio",
            "python /x/bundled/tool/lsp_server.py",
            "/usr/local/bin/idle-agent run --supervise",
        ] {
            assert!(is_infrastructure(&args(line)), "{line}");
        }
        assert!(is_infrastructure(&[]), "a kernel thread has no arguments");
    }

    #[test]
    fn work_is_never_taken_for_infrastructure() {
        for line in [
            "python train.py",
            "python -m torch.distributed.run train.py",
            "python -c import jupyter_server",
            "bash train.sh",
            "sh -c jupyter-lab",
            "jupyter nbconvert --execute train.ipynb",
            "python /opt/conda/bin/papermill in.ipynb out.ipynb",
            "node build.js",
            "python -m ipykernel_launcher -f /x/kernel-1.json",
            "/home/sagemaker-user/jupyter-lab-demo/run.sh",
            "env python train.py",
        ] {
            assert!(!is_infrastructure(&args(line)), "{line}");
        }
    }

    #[test]
    fn a_kernel_is_told_by_its_connection_file() {
        for (line, id) in [
            ("python -m ipykernel_launcher -f /x/kernel-ab-12.json", Some("ab-12")),
            ("python -m ipykernel_launcher --f=/run/kernel-v2-77.json", Some("v2-77")),
            ("R --slave -e IRkernel::main() --args /x/kernel-r1.json", Some("r1")),
            ("jupyter console --existing /x/kernel-ab.json", None),
            ("python train.py --config=kernel.json", None),
        ] {
            assert_eq!(kernel_id(&args(line)), id, "{line}");
        }
    }
}
