//! The agent on a real Jupyter server, in each state that a server can be in.
//! Time limits are scaled down; nothing is mocked.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::time::Duration;

use idle_core::{Decision, Reason, Verdict};
use studio_it::{PATIENCE, World};
use studio_parts::jupyter::{Jupyter, JupyterOptions};
use studio_parts::kernel_client::{KernelClient, TerminalClient};

fn jupyter() -> Jupyter {
    Jupyter::start(JupyterOptions::default()).unwrap()
}

/// A cell that says nothing: the server's stamp stays at its start.
const SILENT_CELL: &str = "import time; time.sleep(600)";

#[test]
fn no_kernel_at_all_is_idle_and_stopped() {
    let (world, jupyter) = (World::new().unwrap(), jupyter());
    let agent = world.agent(jupyter.url(), &[]).unwrap();
    let stop = agent.wait_for_stop().unwrap();
    assert_eq!(stop.reason.code, Reason::IdleTimeout);
    assert!(stop.watched_for_seconds >= 8 && stop.idle_for_seconds >= 8, "{stop:?}");
    assert!(agent.records().iter().any(|r| r.decision == Decision::Warn), "no warning before the stop");
    agent.wait_for_log("SageMaker is deleting").unwrap();
    assert_eq!(world.deletes().unwrap(), 1);
    assert!(["Deleting", "Deleted"].contains(&world.app_status().unwrap().as_str()));
    assert_eq!(world.studio.app_status(&world.sandbox, 1).unwrap(), "InService", "the neighbour was touched");
}

#[test]
fn a_kernel_that_nobody_ever_connected_to_is_bounded() {
    let (world, jupyter) = (World::new().unwrap(), jupyter());
    let kernel = jupyter.start_kernel().unwrap();
    let agent = world.agent(jupyter.url(), &[]).unwrap();
    agent.wait_for("is unsettled", |r| r.reason.code == Reason::Unsettled).unwrap();
    agent.wait_for_stop().unwrap();
    assert_eq!(jupyter.kernel(&kernel).unwrap()["execution_state"], "starting");
}

#[test]
fn an_idle_kernel_with_its_tab_open_is_stopped() {
    let (world, jupyter) = (World::new().unwrap(), jupyter());
    let (_, kernel) = jupyter.start_session("open.ipynb").unwrap();
    let _tab = KernelClient::connect(&jupyter, &kernel).unwrap();
    jupyter.wait_for_kernel_state(&kernel, "idle", PATIENCE).unwrap();
    let stop = world.agent(jupyter.url(), &[]).unwrap().wait_for_stop().unwrap();
    assert!(stop.reason.text.contains("open.ipynb"), "{}", stop.reason.text);
}

#[test]
fn a_silent_busy_cell_keeps_the_app() {
    let (world, jupyter) = (World::new().unwrap(), jupyter());
    let (_, kernel) = jupyter.start_session("train.ipynb").unwrap();
    let mut cell = KernelClient::execute(&jupyter, &kernel, SILENT_CELL).unwrap();
    cell.wait_for("busy", PATIENCE).unwrap();
    let agent = world.agent(jupyter.url(), &[]).unwrap();
    for record in agent.watch_past_the_timeout().unwrap() {
        assert_eq!((record.verdict, record.reason.code), (Verdict::Active, Reason::Busy), "{record:?}");
    }
    assert_eq!(world.deletes().unwrap(), 0);
}

#[test]
fn a_busy_cell_keeps_the_app_after_its_tab_was_closed() {
    let (world, jupyter) = (World::new().unwrap(), jupyter());
    let (_, kernel) = jupyter.start_session("train.ipynb").unwrap();
    let mut cell = KernelClient::execute(&jupyter, &kernel, SILENT_CELL).unwrap();
    cell.wait_for("busy", PATIENCE).unwrap();
    cell.close();
    let agent = world.agent(jupyter.url(), &[]).unwrap();
    for record in agent.watch_past_the_timeout().unwrap() {
        assert_eq!(record.verdict, Verdict::Active, "{record:?}");
    }
    assert_eq!(world.deletes().unwrap(), 0);
}

#[test]
fn the_idle_clock_starts_when_a_long_cell_ends() {
    let (world, jupyter) = (World::new().unwrap(), jupyter());
    let (_, kernel) = jupyter.start_session("long.ipynb").unwrap();
    let agent = world.agent(jupyter.url(), &[]).unwrap();
    let mut cell = KernelClient::execute(&jupyter, &kernel, "import time; time.sleep(14)").unwrap();
    cell.wait_for("busy", PATIENCE).unwrap();
    agent.wait_for("saw the cell", |r| r.reason.code == Reason::Busy).unwrap();
    jupyter.wait_for_kernel_state(&kernel, "idle", PATIENCE).unwrap();
    let idle =
        agent.wait_for("is idle after work", |r| r.verdict == Verdict::Idle && r.watched_for_seconds > 8).unwrap();
    assert!(idle.idle_for_seconds <= 4, "the clock did not start at the end of the cell: {idle:?}");
    assert_eq!(idle.decision, Decision::Keep);
    agent.wait_for_stop().unwrap();
}

#[test]
fn a_silent_terminal_does_not_keep_the_app() {
    let (world, jupyter) = (World::new().unwrap(), jupyter());
    let terminal = jupyter.start_terminal().unwrap();
    let _tab = TerminalClient::open(&jupyter, &terminal, &[]).unwrap();
    world.agent(jupyter.url(), &[]).unwrap().wait_for_stop().unwrap();
}

#[test]
fn a_printing_terminal_keeps_the_app_also_without_its_tab() {
    let (world, jupyter) = (World::new().unwrap(), jupyter());
    let terminal = jupyter.start_terminal().unwrap();
    let tab = TerminalClient::open(&jupyter, &terminal, &["while sleep 1; do date; done\n"]).unwrap();
    std::thread::sleep(Duration::from_secs(3));
    tab.close();
    let agent = world.agent(jupyter.url(), &[]).unwrap();
    for record in agent.watch_past_the_timeout().unwrap() {
        assert_eq!(record.decision, Decision::Keep, "{record:?}");
    }
    assert_eq!(world.deletes().unwrap(), 0);
}

#[test]
fn a_restarted_server_starts_the_watch_again() {
    let (world, mut jupyter) = (World::new().unwrap(), jupyter());
    let agent = world.agent(jupyter.url(), &["--idle-timeout", "30s", "--warn-before", "1s"]).unwrap();
    agent.wait_for("was watched a while", |r| r.watched_for_seconds >= 6).unwrap();
    let before = agent.records().len();
    jupyter.restart().unwrap();
    let began_again =
        || agent.records()[before..].iter().any(|r| r.verdict == Verdict::Idle && r.watched_for_seconds <= 1);
    agent.wait_for("begins the watch again", |_| began_again()).unwrap();
    assert_eq!(world.deletes().unwrap(), 0);
}

#[test]
fn a_stopped_server_is_unknown_and_never_a_stop() {
    let (world, mut jupyter) = (World::new().unwrap(), jupyter());
    let agent = world.agent(jupyter.url(), &[]).unwrap();
    agent.wait_for("saw the server", |r| r.verdict == Verdict::Idle).unwrap();
    jupyter.stop();
    agent.wait_for("is unknown", |r| r.verdict == Verdict::Unknown).unwrap();
    let seen = agent.records().len();
    agent.wait_for("was blind for longer than the timeout", |_| agent.records().len() > seen + 12).unwrap();
    assert!(agent.records()[seen..].iter().all(|r| r.verdict == Verdict::Unknown && r.decision == Decision::Keep));
    assert_eq!(world.deletes().unwrap(), 0);
}
