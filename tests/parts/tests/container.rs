//! The app container as the agent's tests use it.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use studio_parts::container::Container;
use studio_parts::jupyter::{Jupyter, JupyterOptions};
use studio_parts::kernel_client::{KernelClient, TerminalClient};
use studio_parts::process::{Running, Signal};

const PATIENCE: Duration = Duration::from_secs(60);

#[test]
fn only_what_runs_inside_is_seen_inside() {
    each_kind(|container| {
        let mut command = Command::new("sh");
        command.args(["-c", "echo $$ $PWD $TINT; cat /proc/1/comm; printf '%s\\n' /proc/[0-9]*; tty; exit 7"]);
        let mut process = container.spawn(command.current_dir("/usr").env("TINT", "blue")).unwrap();
        assert_eq!(process.wait_with_timeout(PATIENCE).unwrap().code(), Some(7));
        let output = process.stdout_so_far();
        let lines: Vec<&str> = output.lines().collect();
        let pid = lines[0].strip_suffix(" /usr blue").unwrap();
        assert_eq!(lines[1], "supervisord");
        // The first process and the shell, which also looked for the names.
        assert_eq!(lines[2..], ["/proc/1", &format!("/proc/{pid}"), "not a tty"]);
    });
}

#[test]
fn the_environment_can_be_cleared() {
    let container = Container::start().unwrap();
    let mut command = container.command("env");
    command.env_clear().env("ONLY", "this").current_dir("/");
    let mut process = Running::spawn(command).unwrap();
    assert!(process.wait_with_timeout(PATIENCE).unwrap().success(), "{}", process.stderr_so_far());
    let mut lines: Vec<String> = process.stdout_so_far().lines().map(str::to_owned).collect();
    lines.sort();
    assert_eq!(lines, ["ONLY=this", "PWD=/"]);
}

#[test]
fn a_signal_reaches_the_program_and_its_exit_code_comes_back() {
    each_kind(|container| {
        let mut command = Command::new("sh");
        command.args(["-c", "trap 'echo asked; exit 3' TERM; echo up; while :; do sleep 0.1; done"]);
        let mut process = container.spawn(&command).unwrap();
        process.wait_for_line(|line| line == "up", PATIENCE).unwrap();
        let pid = container.pid_of(&process).unwrap().unwrap();
        assert!(pid > 1 && container.pids().unwrap().iter().any(|(inside, _)| *inside == pid));
        process.signal(Signal::TERM);
        assert_eq!(process.wait_with_timeout(PATIENCE).unwrap().code(), Some(3));
        assert_eq!(process.stdout_so_far(), "up\nasked\n");
    });
}

#[test]
fn dropping_the_guard_ends_the_program_inside() {
    let container = Container::start().unwrap();
    let process = container.spawn(Command::new("sleep").arg("600")).unwrap();
    wait_until(|| is_inside(&container, "sleep 600"));
    drop(process);
    wait_until(|| !is_inside(&container, "sleep 600"));
}

#[test]
fn an_orphan_is_a_child_of_the_first_process_and_is_reaped() {
    each_kind(|container| {
        container.orphan("sleep 2; true").unwrap();
        wait_until(|| is_inside(container, "sleep 2"));
        // Fields of stat from the state on: parent 1, session its own, terminal 0.
        let (pid, _) = container.pids().unwrap().into_iter().find(|(_, line)| line.contains("true")).unwrap();
        let stat = run(container, &format!("cat /proc/{pid}/stat"));
        let fields: Vec<&str> = stat.rsplit(") ").next().unwrap().split(' ').collect();
        assert_eq!((fields[1], fields[3], fields[4]), ("1", pid.to_string().as_str(), "0"), "{stat}");
        wait_until(|| container.pids().unwrap().len() == 1);
    });
}

#[test]
fn a_terminal_is_the_containers_own() {
    each_kind(|container| {
        let mut pty = container.pty("exec bash --norc").unwrap();
        pty.type_text("tty; stty size; echo un''finished\n").unwrap();
        pty.wait_for_output("unfinished", PATIENCE).unwrap();
        let output = pty.output_so_far();
        assert!(output.contains("/dev/pts/0") && output.contains("24 80"), "{output}");
        // The prompt is a line that does not end.
        wait_until(|| !pty.output_so_far().ends_with('\n'));
        let second = container.pty("tty; exec sleep 600").unwrap();
        second.wait_for_output("/dev/pts/1", PATIENCE).unwrap();
        drop(pty);
        wait_until(|| !is_inside(container, "bash --norc"));
        assert!(second.is_open());
    });
}

#[test]
fn the_end_of_a_container_is_the_end_of_all_in_it() {
    let container = Container::start().unwrap();
    let marker = format!("sleep 600.{}", std::process::id());
    container.orphan(&format!("exec {marker}")).unwrap();
    let mut process = container.spawn(Command::new("sleep").arg("601")).unwrap();
    wait_until(|| is_inside(&container, &marker));
    assert_eq!(on_this_system(&marker), 1);
    drop(container);
    assert_eq!(on_this_system(&marker), 0);
    assert!(!process.wait_with_timeout(PATIENCE).unwrap().success());
}

#[test]
fn a_jupyter_server_has_its_kernels_and_terminals_inside() {
    let container = Arc::new(Container::start().unwrap());
    let options = JupyterOptions { container: Some(Arc::clone(&container)), ..JupyterOptions::default() };
    let jupyter = Jupyter::start(options).unwrap();
    let (_, kernel) = jupyter.start_session("train.ipynb").unwrap();
    let code = "import os; os.system('sleep 602 &'); print(os.getpid())";
    let mut tab = KernelClient::execute(&jupyter, &kernel, code).unwrap();
    tab.wait_for("reply", PATIENCE).unwrap();
    let terminal = jupyter.start_terminal().unwrap();
    let mut typed = TerminalClient::open(&jupyter, &terminal, &["tty; sleep 603\n"]).unwrap();
    typed.wait_for_output("/dev/pts/0", PATIENCE).unwrap();
    wait_until(|| is_inside(&container, "sleep 602") && is_inside(&container, "sleep 603"));
    drop(jupyter);
    // A server that is asked to end takes its kernels and terminals with it.
    wait_until(|| !is_inside(&container, "sleep 603"));
    assert!(container.pids().unwrap().iter().all(|(_, line)| !line.contains("ipykernel")));
}

/// Runs a check in a container made as the tests' user and in one made through a user namespace.
fn each_kind(check: impl Fn(&Container)) {
    check(&Container::start().unwrap());
    check(&Container::start_in_user_namespace().unwrap());
}

fn is_inside(container: &Container, cmdline: &str) -> bool {
    container.pids().unwrap().iter().any(|(_, line)| line == cmdline)
}

fn run(container: &Container, script: &str) -> String {
    let mut process = container.spawn(Command::new("sh").args(["-c", script])).unwrap();
    process.wait_with_timeout(PATIENCE).unwrap();
    process.stdout_so_far()
}

fn on_this_system(cmdline: &str) -> usize {
    let wanted = cmdline.replace(' ', "\0") + "\0";
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    processes
        .filter(|entry| std::fs::read(entry.path().join("cmdline")).is_ok_and(|line| line == wanted.as_bytes()))
        .count()
}

fn wait_until(condition: impl Fn() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !condition() {
        assert!(Instant::now() < end, "this never came true");
        std::thread::sleep(Duration::from_millis(20));
    }
}
