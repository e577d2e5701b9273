//! The story of one app, and the words to tell it with.

use std::time::Duration;

use idle_core::{
    Activity, AppFacts, Claim, Decision, History, IdlePolicy, Instants, Item, ItemState, Judgement, PolicyParts,
    Reading, Sight, Source, judge,
};
use jiff::Timestamp;

pub(crate) const MINUTE: u64 = 60;
pub(crate) const HOUR: u64 = 60 * MINUTE;

/// The story of one app: seconds since its start on both clocks.
pub(crate) struct Story {
    pub(crate) policy: IdlePolicy,
    pub(crate) history: History,
    pub(crate) wall_step: i64,
}

impl Story {
    /// Idle timeout 60 min, warning 10 min before.
    pub(crate) fn new() -> Self {
        Self::with(|_| {})
    }

    /// The same with some parts of the policy changed.
    pub(crate) fn with(change: impl FnOnce(&mut PolicyParts)) -> Self {
        let mut parts = PolicyParts::new(secs(60 * MINUTE), secs(10 * MINUTE));
        change(&mut parts);
        Self { policy: IdlePolicy::build(parts).unwrap(), history: History::default(), wall_step: 0 }
    }

    /// One look, `at` seconds into the story.
    pub(crate) fn look(&mut self, at: u64, activity: &Activity) -> Judgement {
        let now = Instants { wall: wall(i64::try_from(at).unwrap() + self.wall_step), mono: secs(1000 + at) };
        let judgement = judge(&self.policy, &self.history, activity, now);
        self.history = judgement.history.clone();
        judgement
    }

    /// Looks once a minute from `from` to `to`, both included; the last judgement.
    pub(crate) fn watch(&mut self, from: u64, to: u64, activity: &Activity) -> Judgement {
        let mut last = None;
        for at in (from..=to).step_by(60) {
            last = Some(self.look(at, activity));
        }
        last.unwrap()
    }

    /// Looks once a minute from `from` on until the first decision of this kind,
    /// for at most `most` seconds; when it fell, and the judgement.
    pub(crate) fn until(
        &mut self,
        wanted: Decision,
        from: u64,
        most: u64,
        activity: impl Fn(u64) -> Activity,
    ) -> Option<(u64, Judgement)> {
        for at in (from..=from + most).step_by(60) {
            let judgement = self.look(at, &activity(at));
            if judgement.decision == wanted {
                return Some((at, judgement));
            }
        }
        None
    }
}

pub(crate) fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// 2026-09-21, a Monday, at 14:13:20 UTC, and so many seconds.
pub(crate) fn wall(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + seconds).unwrap()
}

pub(crate) fn kernel(state: ItemState, stamp: i64) -> Item {
    Item::new("k1", "kernel python3", state).active_at(wall(stamp))
}

/// A kernel that its server calls busy, with so many clients.
pub(crate) fn claimed(clients: Option<u32>) -> Item {
    kernel(ItemState::Busy, 0).claimed(Claim { clients, processes: Some("kernel:k1".into()) })
}

/// The processes of that kernel.
pub(crate) fn kernel_process(state: ItemState) -> Reading {
    saw(Source::Processes, vec![Item::new("kernel:k1", "process python (pid 7) in kernel k1", state)])
}

pub(crate) fn gpu(state: ItemState) -> Reading {
    saw(Source::Gpu, vec![Item::new("GPU-1", "GPU 0 (NVIDIA A10G)", state)])
}

pub(crate) fn saw(source: Source, items: Vec<Item>) -> Reading {
    Reading { source, sight: Sight::Seen { items, run: None } }
}

pub(crate) fn could_not_see(source: Source) -> Reading {
    Reading { source, sight: Sight::Unknown("connection refused".into()) }
}

pub(crate) fn looked(readings: Vec<Reading>) -> Activity {
    Activity { readings, ..Activity::default() }
}

/// The activity of an app that came up `started` seconds into the story.
pub(crate) fn started(started: i64, activity: Activity) -> Activity {
    let facts = AppFacts { started_at: Some(wall(started)), ..activity.facts };
    Activity { facts, ..activity }
}

pub(crate) fn seen(items: Vec<Item>) -> Activity {
    seen_in_run(items, "run-1")
}

pub(crate) fn seen_in_run(items: Vec<Item>, run: &str) -> Activity {
    let sight = Sight::Seen { items, run: Some(run.into()) };
    looked(vec![Reading { source: Source::JupyterKernels, sight }])
}

pub(crate) fn blind() -> Activity {
    looked(vec![could_not_see(Source::JupyterKernels)])
}
