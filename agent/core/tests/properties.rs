//! Properties of `judge` over arbitrary histories of looks.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::time::Duration;

use idle_core::{
    Activity, Decision, History, IdlePolicy, Instants, Item, ItemState, Judgement, Reading, Sight, Source, Verdict,
    judge,
};
use jiff::Timestamp;
use proptest::prelude::*;

const EPOCH: i64 = 1_790_000_000;

fn instants(seconds: u64) -> Instants {
    let wall = Timestamp::from_second(EPOCH + i64::try_from(seconds).unwrap()).unwrap();
    Instants { wall, mono: Duration::from_secs(5000 + seconds) }
}

fn state() -> impl Strategy<Value = ItemState> {
    prop_oneof![
        5 => Just(ItemState::Quiet),
        1 => Just(ItemState::Busy),
        1 => "starting|restarting|dead|unknown|[a-z]{3}".prop_map(ItemState::Unsettled),
    ]
}

fn item() -> impl Strategy<Value = Item> {
    ("[a-c]", state(), prop::option::of(-8000_i64..8000)).prop_map(|(id, state, stamp)| Item {
        label: format!("kernel {id}"),
        id,
        state,
        last_active: stamp.map(|s| Timestamp::from_second(EPOCH + s).unwrap()),
        claim: None,
    })
}

fn sight() -> impl Strategy<Value = Sight> {
    prop_oneof![
        8 => (prop::collection::vec(item(), 0..3), prop::option::of("r[12]"))
            .prop_map(|(items, run)| Sight::Seen { items, run }),
        1 => Just(Sight::Absent("404".into())),
        1 => Just(Sight::Unknown("HTTP 500".into())),
    ]
}

fn activity() -> impl Strategy<Value = Activity> {
    prop::collection::vec(sight(), 1..=3).prop_map(|sights| {
        let sources = [Source::JupyterKernels, Source::JupyterTerminals, Source::JupyterSessions];
        let readings = sources.into_iter().zip(sights).map(|(source, sight)| Reading { source, sight }).collect();
        Activity { readings, ..Activity::default() }
    })
}

/// Looks with the seconds since the one before, mostly short ones.
fn looks() -> impl Strategy<Value = Vec<(u64, Activity)>> {
    let pause = prop_oneof![9 => 1_u64..60, 1 => 60_u64..2000];
    prop::collection::vec((pause, activity()), 1..80)
}

fn policy() -> impl Strategy<Value = IdlePolicy> {
    (10_u64..900, 0_u64..9)
        .prop_map(|(timeout, warn)| IdlePolicy::new(Duration::from_secs(timeout), Duration::from_secs(warn)).unwrap())
}

fn replay(policy: &IdlePolicy, looks: &[(u64, Activity)]) -> Vec<(u64, Judgement)> {
    let (mut at, mut history, mut judgements) = (0, History::default(), Vec::new());
    for (pause, activity) in looks {
        at += pause;
        let judgement = judge(policy, &history, activity, instants(at));
        history = judgement.history.clone();
        judgements.push((at, judgement));
    }
    judgements
}

fn is_busy(activity: &Activity) -> bool {
    activity.readings.iter().any(|reading| match &reading.sight {
        Sight::Seen { items, .. } => items.iter().any(|item| item.state == ItemState::Busy),
        Sight::Absent(_) | Sight::Unknown(_) => false,
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn a_busy_or_partly_unseen_app_is_never_stopped(policy in policy(), looks in looks()) {
        for ((_, activity), (_, judgement)) in looks.iter().zip(replay(&policy, &looks)) {
            if is_busy(activity) {
                prop_assert_eq!(judgement.verdict, Verdict::Active);
            }
            if is_busy(activity) || !activity.is_complete() {
                prop_assert_eq!(judgement.decision, Decision::Keep);
            }
        }
    }

    /// Checked against the looks themselves, not against what the judge remembers.
    #[test]
    fn no_stop_without_a_whole_watched_timeout(policy in policy(), looks in looks()) {
        let judgements = replay(&policy, &looks);
        for (n, (at, judgement)) in judgements.iter().enumerate() {
            if judgement.decision != Decision::Stop {
                continue;
            }
            let begin = at.checked_sub(policy.idle_timeout().as_secs());
            prop_assert!(begin.is_some(), "stopped {at} s after the start");
            // Every moment of the timeout lies between two whole looks that are close enough.
            let mut later = *at;
            for (earlier, (_, activity)) in judgements[..n].iter().map(|(at, _)| *at).zip(&looks).rev() {
                if later <= begin.unwrap() {
                    break;
                }
                prop_assert!(earlier <= begin.unwrap() || !is_busy(activity), "stopped at {at}, busy at {earlier}");
                if activity.is_complete() {
                    prop_assert!(Duration::from_secs(later - earlier) <= policy.longest_gap());
                    later = earlier;
                }
            }
            prop_assert!(later <= begin.unwrap(), "stopped at {at}, watched only since {later}");
        }
    }

    /// Within one watch (no gap), more time makes an app only idler.
    #[test]
    fn judgement_is_monotone_in_now(policy in policy(), looks in looks(), extra in 0_u64..300) {
        let judgements = replay(&policy, &looks[..looks.len() - 1]);
        let (at, history) = judgements.last().map(|(at, j)| (*at, j.history.clone())).unwrap_or_default();
        let activity = &looks[looks.len() - 1].1;
        let extra = extra.min(policy.longest_gap().as_secs().saturating_sub(1));
        let early = judge(&policy, &history, activity, instants(at + 1));
        let late = judge(&policy, &history, activity, instants(at + 1 + extra));
        // A stamp between the two moments is clamped at the first and real at the second.
        let future = |item: &Item| item.last_active.is_some_and(|stamp| stamp > instants(at + 1).wall);
        let has_future = activity.readings.iter().any(|r| matches!(&r.sight, Sight::Seen { items, .. } if items.iter().any(future)));
        let same_watch = late.history.watching_since == early.history.watching_since;
        if !has_future && same_watch && early.verdict == Verdict::Idle {
            prop_assert!(late.idle_for >= early.idle_for);
            prop_assert!(late.decision >= early.decision);
        }
    }

    #[test]
    fn the_order_of_sources_and_items_changes_nothing(policy in policy(), looks in looks()) {
        let turned: Vec<_> = looks
            .iter()
            .cloned()
            .map(|(pause, mut activity)| {
                activity.readings.reverse();
                for reading in &mut activity.readings {
                    if let Sight::Seen { items, .. } = &mut reading.sight {
                        items.dedup_by(|a, b| a.id == b.id);
                        items.reverse();
                    }
                }
                (pause, activity)
            })
            .collect();
        let straight: Vec<_> = turned
            .iter()
            .cloned()
            .map(|(pause, mut activity)| {
                activity.readings.reverse();
                (pause, activity)
            })
            .collect();
        prop_assert_eq!(replay(&policy, &turned), replay(&policy, &straight));
    }

    #[test]
    fn judging_twice_at_the_same_moment_gives_the_same(policy in policy(), looks in looks()) {
        let judgements = replay(&policy, &looks);
        let (at, last) = judgements.last().unwrap();
        let again = judge(&policy, &last.history, &looks[looks.len() - 1].1, instants(*at));
        prop_assert_eq!((again.verdict, again.decision, again.idle_for), (last.verdict, last.decision, last.idle_for));
        prop_assert_eq!(&again.history, &last.history);
    }

    #[test]
    fn a_history_survives_its_file(policy in policy(), looks in looks()) {
        for (_, judgement) in replay(&policy, &looks) {
            let text = serde_json::to_string(&judgement.history).unwrap();
            prop_assert_eq!(serde_json::from_str::<History>(&text).unwrap(), judgement.history);
        }
    }

    #[test]
    fn stamps_never_panic(text in "\\PC{0,60}") {
        let _ = idle_core::parse_stamp(&text);
    }
}
