//! The parts themselves: what the integration tests take for granted.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::json;
use studio_parts::fake_jupyter::{FakeJupyter, Reply, refused_url};
use studio_parts::jupyter::{Jupyter, JupyterOptions};
use studio_parts::kernel_client::{KernelClient, TerminalClient};
use studio_parts::process::Running;
use studio_parts::python::venv_made_by;

/// The longest wait for anything: generous, because machines are busy.
const PATIENCE: Duration = Duration::from_secs(90);

#[test]
fn a_silent_cell_stays_busy_when_its_tab_is_closed() {
    let jupyter = Jupyter::start(JupyterOptions::default()).unwrap();
    let (_, kernel) = jupyter.start_session("train.ipynb").unwrap();
    let mut tab = KernelClient::execute(&jupyter, &kernel, "import time; time.sleep(600)").unwrap();
    tab.wait_for("busy", PATIENCE).unwrap();
    tab.close();
    assert_eq!(jupyter.kernel(&kernel).unwrap()["execution_state"], "busy");
    assert_eq!(jupyter.kernels().unwrap().len(), 1);
    jupyter.delete_kernel(&kernel).unwrap();
    assert!(jupyter.kernels().unwrap().is_empty());
}

#[test]
fn a_terminal_shows_what_is_typed_and_goes_away() {
    let jupyter = Jupyter::start(JupyterOptions { token: "t0ken".to_owned(), ..JupyterOptions::default() }).unwrap();
    let name = jupyter.start_terminal().unwrap();
    let mut tab = TerminalClient::open(&jupyter, &name, &["echo $((6*7))done\n"]).unwrap();
    tab.wait_for_output("42done", PATIENCE).unwrap();
    tab.close();
    assert_eq!(jupyter.get("terminals").unwrap()[0]["name"], name.as_str());
    jupyter.delete_terminal(&name).unwrap();
    assert_eq!(jupyter.get("terminals").unwrap().as_array().unwrap().len(), 0);
}

#[test]
fn a_terminals_stamp_moves_with_its_output_after_the_tab_is_closed() {
    let jupyter = Jupyter::start(JupyterOptions::default()).unwrap();
    let name = jupyter.start_terminal().unwrap();
    let mut tab = TerminalClient::open(&jupyter, &name, &["while :; do echo t''ick; sleep 0.2; done\n"]).unwrap();
    tab.wait_for_output("tick", PATIENCE).unwrap();
    tab.close();
    let stamp = || jupyter.get(&format!("terminals/{name}")).unwrap()["last_activity"].as_str().unwrap().to_owned();
    let (first, end) = (stamp(), Instant::now() + PATIENCE);
    while stamp() == first {
        assert!(Instant::now() < end, "the stamp stays {first}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

#[test]
fn a_restarted_server_has_its_url_again_and_no_kernel() {
    let root = JupyterOptions { base_url: Some(String::new()), ..JupyterOptions::default() };
    let mut jupyter = Jupyter::start(root).unwrap();
    let (url, pid) = (jupyter.url().to_owned(), jupyter.pid());
    jupyter.start_kernel().unwrap();
    assert_eq!(jupyter.kernels().unwrap().len(), 1);
    jupyter.restart().unwrap();
    assert_eq!(jupyter.url(), url);
    assert_ne!(jupyter.pid(), pid);
    assert!(jupyter.kernels().unwrap().is_empty());
}

#[test]
fn a_notebook_instances_server_is_reached_over_https() {
    let mut jupyter = Jupyter::start(JupyterOptions::notebook_instance()).unwrap();
    assert!(jupyter.url().starts_with("https://localhost:"), "{}", jupyter.url());
    let (_, kernel) = jupyter.start_session("train.ipynb").unwrap();
    let mut tab = KernelClient::execute(&jupyter, &kernel, "import time; time.sleep(600)").unwrap();
    tab.wait_for("busy", PATIENCE).unwrap();
    assert_eq!(jupyter.kernel(&kernel).unwrap()["execution_state"], "busy");
    assert!(jupyter.kernel("none").unwrap_err().to_string().contains("HTTP 404"));
    jupyter.restart().unwrap();
    assert!(jupyter.kernels().unwrap().is_empty());
}

#[test]
fn a_missing_interpreter_is_one_sentence_with_a_hint() {
    let error = venv_made_by("no-such-python", "jupyter").unwrap_err();
    assert!(format!("{error:#}").starts_with("no-such-python cannot be started"), "{error:#}");
    assert!(format!("{error:#}").contains("hint: install Python 3.10"), "{error:#}");
}

#[test]
fn the_output_of_a_process_that_ended_is_complete() {
    let mut command = Command::new("sh");
    command.args(["-c", "read line; echo got $line; echo said >&2; exit 7"]);
    let mut process = Running::spawn(command).unwrap();
    process.write_stdin("this\n").unwrap();
    assert_eq!(process.wait_for_line(|line| line.starts_with("got"), PATIENCE).unwrap(), "got this");
    assert_eq!(process.wait_with_timeout(PATIENCE).unwrap().code(), Some(7));
    assert_eq!(process.stderr_so_far(), "said\n");
}

#[test]
fn the_hostile_server_counts_and_resets() {
    let server = FakeJupyter::idle();
    let kernels = format!("{}/api/kernels", server.url());
    assert!(ureq::get(&kernels).call().unwrap().body_mut().read_to_string().unwrap().contains("idle"));
    server.set("kernels", Reply::Reset);
    assert!(ureq::get(&kernels).call().is_err());
    server.set("kernels", Reply::Truncated);
    assert!(ureq::get(&kernels).call().unwrap().body_mut().read_to_string().is_err());
    server.set("kernels", Reply::JsonNow(|| json!([{ "id": "k2" }])));
    assert!(ureq::get(&kernels).call().unwrap().body_mut().read_to_string().unwrap().contains("k2"));
    assert_eq!((server.hits("kernels"), server.hits("status")), (4, 0));
    assert!(ureq::get(refused_url()).call().is_err());
}
