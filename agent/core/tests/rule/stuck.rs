//! What only claims to be busy: believed for long, not for ever.

use idle_core::{Activity, Claim, Decision, Item, ItemState, Reading, Reason, Sight, Source, Verdict};

use crate::story::{
    HOUR, MINUTE, Story, claimed, could_not_see, gpu, kernel, kernel_process, looked, saw, secs, seen, wall,
};

/// A kernel that claims to be busy, whose processes are at rest, with no client.
fn dead() -> Vec<Reading> {
    vec![saw(Source::JupyterKernels, vec![claimed(Some(0))]), kernel_process(ItemState::Quiet)]
}

/// The same readings with one exchanged or added.
fn dead_but(reading: Reading) -> Activity {
    let mut readings = dead();
    readings.retain(|other| other.source != reading.source);
    readings.push(reading);
    looked(readings)
}

#[test]
fn a_claim_without_a_sign_of_life_is_stuck_after_stuck_after_and_not_before() {
    let mut story = Story::new();
    let last = story.watch(0, 12 * HOUR - MINUTE, &looked(dead()));
    assert_eq!((last.verdict, last.reason.code), (Verdict::Active, Reason::Busy));
    let stuck = story.look(12 * HOUR, &looked(dead()));
    assert_eq!((stuck.verdict, stuck.decision), (Verdict::Idle, Decision::Keep));
    assert!(stuck.sources[0].detail.contains("busy, but stuck for 12h"), "{}", stuck.sources[0].detail);
}

#[test]
fn what_is_stuck_still_takes_a_whole_timeout_and_a_warning() {
    let mut story = Story::new();
    story.watch(0, 12 * HOUR, &looked(dead()));
    // Our last sight of work was the look before.
    let last_work = 12 * HOUR - MINUTE;
    let (warned, first) = story.until(Decision::Warn, 12 * HOUR + MINUTE, HOUR, |_| looked(dead())).unwrap();
    assert_eq!((warned, first.reason.code), (last_work + 50 * MINUTE, Reason::StopIsNear));
    let (stopped, last) = story.until(Decision::Stop, warned + MINUTE, HOUR, |_| looked(dead())).unwrap();
    assert_eq!((stopped, last.reason.code), (last_work + 60 * MINUTE, Reason::Stuck));
    assert!(last.reason.text.contains("kernel python3 is busy without a sign of life for 12h"), "{}", last.reason.text);
}

/// What a look at each moment sees.
type Looks = Box<dyn Fn(u64) -> Activity>;

#[test]
fn every_sign_of_life_keeps() {
    let moving = |at: u64| {
        let mut item = claimed(Some(0));
        item.last_active = Some(wall(i64::try_from(at / HOUR).unwrap()));
        dead_but(saw(Source::JupyterKernels, vec![item]))
    };
    let still = |activity: Activity| move |_: u64| activity.clone();
    let signs: [(&str, Looks); 4] = [
        ("CPU time", Box::new(still(dead_but(kernel_process(ItemState::Busy))))),
        ("a GPU at work", Box::new(still(dead_but(gpu(ItemState::Busy))))),
        ("a client", Box::new(still(dead_but(saw(Source::JupyterKernels, vec![claimed(Some(1))]))))),
        ("a stamp that moves", Box::new(moving)),
    ];
    for (sign, activity) in signs {
        assert_eq!(Story::new().until(Decision::Warn, 0, 30 * HOUR, activity), None, "{sign}");
    }
}

#[test]
fn one_sign_of_life_begins_the_term_again() {
    let mut story = Story::new();
    story.watch(0, 11 * HOUR, &looked(dead()));
    story.look(11 * HOUR + MINUTE, &dead_but(kernel_process(ItemState::Busy)));
    let kept = story.watch(11 * HOUR + 2 * MINUTE, 23 * HOUR, &looked(dead()));
    assert_eq!(kept.reason.code, Reason::Busy);
    assert_eq!(story.look(23 * HOUR + MINUTE, &looked(dead())).verdict, Verdict::Idle);
}

#[test]
fn a_claim_that_cannot_be_checked_is_believed() {
    let absent = Reading { source: Source::Processes, sight: Sight::Absent("no such thing".into()) };
    for (case, activity) in [
        ("the GPU cannot be seen", dead_but(could_not_see(Source::Gpu))),
        ("processes cannot be seen", dead_but(could_not_see(Source::Processes))),
        ("processes are not told of", dead_but(absent)),
        ("processes were not asked", looked(vec![saw(Source::JupyterKernels, vec![claimed(Some(0))])])),
        ("the kernel runs elsewhere", dead_but(saw(Source::Processes, vec![]))),
    ] {
        assert_eq!(Story::new().until(Decision::Warn, 0, 30 * HOUR, |_| activity.clone()), None, "{case}");
    }
}

#[test]
fn a_gpu_at_rest_and_clients_that_are_not_told_are_no_sign_of_life() {
    let claim = Claim { clients: None, processes: Some("kernel:k1".into()) };
    let untold = kernel(ItemState::Busy, 0).claimed(claim);
    let mut activity = dead_but(saw(Source::JupyterKernels, vec![untold]));
    activity.readings.push(gpu(ItemState::Quiet));
    let mut story = Story::new();
    story.watch(0, 12 * HOUR - MINUTE, &activity);
    assert_eq!(story.look(12 * HOUR, &activity).verdict, Verdict::Idle);
}

#[test]
fn a_claim_that_names_no_processes_lives_by_traffic_alone() {
    let session = |moved: i64| {
        let item = Item::new("7:1", "SSH session of user (pid 7)", ItemState::Busy).active_at(wall(moved));
        looked(vec![saw(Source::SshSessions, vec![item.claimed(Claim::default())])])
    };
    let mut story = Story::new();
    assert_eq!(story.watch(0, 12 * HOUR - MINUTE, &session(0)).verdict, Verdict::Active);
    assert_eq!(story.look(12 * HOUR, &session(0)).verdict, Verdict::Idle);
    let typed = story.look(12 * HOUR + MINUTE, &session(12 * 3600 + 60));
    assert_eq!((typed.verdict, typed.reason.code), (Verdict::Active, Reason::Busy));
}

#[test]
fn what_is_measured_is_never_stuck() {
    let job = Item::new("job:9:1", "process train.py", ItemState::Busy);
    let activity = looked(vec![saw(Source::Processes, vec![job])]);
    assert_eq!(Story::new().until(Decision::Warn, 0, 40 * HOUR, |_| activity.clone()), None);
}

#[test]
fn a_pause_between_two_cells_begins_the_term_again() {
    let mut story = Story::new();
    story.watch(0, 11 * HOUR, &looked(dead()));
    story.look(11 * HOUR + MINUTE, &dead_but(saw(Source::JupyterKernels, vec![kernel(ItemState::Quiet, 0)])));
    assert_eq!(story.watch(11 * HOUR + 2 * MINUTE, 23 * HOUR, &looked(dead())).reason.code, Reason::Busy);
}

#[test]
fn the_session_of_a_stuck_kernel_is_the_same_kernel() {
    let mut readings = dead();
    let Sight::Seen { items, .. } = readings[0].sight.clone() else { unreachable!() };
    let session = Item { id: "s1".into(), ..items[0].clone() };
    readings.push(saw(Source::JupyterSessions, vec![session]));
    let mut story = Story::new();
    let (_, stopped) = story.until(Decision::Stop, 0, 14 * HOUR, |_| looked(readings.clone())).unwrap();
    assert_eq!(stopped.reason.code, Reason::Stuck);
    assert!(!stopped.reason.text.contains("more"), "named once: {}", stopped.reason.text);
}

#[test]
fn time_in_which_the_kernel_could_not_be_seen_is_no_time_without_a_sign_of_life() {
    let mut story = Story::new();
    story.watch(0, HOUR, &looked(dead()));
    story.watch(HOUR + MINUTE, 14 * HOUR, &dead_but(could_not_see(Source::JupyterKernels)));
    let back = story.look(14 * HOUR + MINUTE, &looked(dead()));
    assert_eq!((back.verdict, back.reason.code), (Verdict::Active, Reason::Busy));
}

#[test]
fn another_stuck_after_holds() {
    let mut story = Story::with(|parts| parts.stuck_after = secs(2 * HOUR));
    let (at, stopped) = story.until(Decision::Stop, 0, 20 * HOUR, |_| looked(dead())).unwrap();
    assert_eq!((at, stopped.reason.code), (3 * HOUR - MINUTE, Reason::Stuck));
}

#[test]
fn a_stuck_kernel_beside_an_idle_one_leaves_the_reason_stuck() {
    let mut idle = kernel(ItemState::Quiet, 0);
    idle.id = "k2".into();
    let both = || dead_but(saw(Source::JupyterKernels, vec![claimed(Some(0)), idle.clone()]));
    let (_, stopped) = Story::new().until(Decision::Stop, 0, 14 * HOUR, |_| both()).unwrap();
    assert_eq!(stopped.reason.code, Reason::Stuck);
    let (_, plain) = Story::new().until(Decision::Stop, 0, 2 * HOUR, |_| seen(vec![idle.clone()])).unwrap();
    assert_eq!(plain.reason.code, Reason::IdleTimeout);
}

#[test]
fn a_flaky_server_does_not_keep_a_stuck_kernel_for_ever() {
    let mut story = Story::new();
    let flaky = |at: u64| {
        let is_blind = at / MINUTE % 4 == 1;
        if is_blind { dead_but(could_not_see(Source::JupyterKernels)) } else { looked(dead()) }
    };
    let (at, stopped) = story.until(Decision::Stop, 0, 30 * HOUR, flaky).unwrap();
    assert_eq!(stopped.reason.code, Reason::Stuck);
    // A quarter of the time does not count.
    assert!((16 * HOUR..18 * HOUR).contains(&at), "{at}");
}
