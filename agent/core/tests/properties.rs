//! Properties of `judge` over arbitrary histories of looks.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::time::Duration;

use idle_core::{
    Activity, AppFacts, Claim, Decision, Echo, History, IdlePolicy, Instants, Item, ItemState, Judgement, PolicyParts,
    Reading, Schedule, Sight, Snooze, Source, Verdict, WhenBlind, judge,
};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

const EPOCH: i64 = 1_790_000_000;

fn instants(seconds: u64) -> Instants {
    Instants { wall: stamp(i64::try_from(seconds).unwrap()), mono: Duration::from_secs(5000 + seconds) }
}

fn stamp(seconds: i64) -> Timestamp {
    Timestamp::from_second(EPOCH + seconds).unwrap()
}

fn state() -> impl Strategy<Value = ItemState> {
    prop_oneof![
        5 => Just(ItemState::Quiet),
        1 => Just(ItemState::Busy),
        1 => "starting|restarting|dead|unknown|[a-z]{3}".prop_map(ItemState::Unsettled),
    ]
}

fn claim() -> impl Strategy<Value = Claim> {
    (prop::option::of(0_u32..2), prop::option::of("[a-c]"))
        .prop_map(|(clients, processes)| Claim { clients, processes })
}

fn item() -> impl Strategy<Value = Item> {
    ("[a-c]", state(), prop::option::of(-8000_i64..8000), prop::option::of(claim())).prop_map(
        |(id, state, seconds, claim)| Item {
            label: format!("item {id}"),
            id,
            state,
            last_active: seconds.map(stamp),
            claim,
        },
    )
}

fn sight() -> impl Strategy<Value = Sight> {
    prop_oneof![
        8 => (prop::collection::vec(item(), 0..3), prop::option::of("r[12]"))
            .prop_map(|(items, run)| Sight::Seen { items, run }),
        1 => Just(Sight::Absent("404".into())),
        1 => Just(Sight::Unknown("HTTP 500".into())),
    ]
}

fn source() -> impl Strategy<Value = Source> {
    prop::sample::select(Source::ALL)
}

/// Some sources, each once, in any order.
fn readings() -> impl Strategy<Value = Vec<Reading>> {
    let sources = prop::sample::subsequence(Source::ALL, 1..=4).prop_shuffle();
    (sources, prop::collection::vec(sight(), 4)).prop_map(|(sources, sights)| {
        sources.into_iter().zip(sights).map(|(source, sight)| Reading { source, sight }).collect()
    })
}

fn echo() -> impl Strategy<Value = Echo> {
    (source(), -8000_i64..8000, 0_i64..60).prop_map(|(source, from, lasts)| Echo {
        source,
        from: stamp(from),
        to: stamp(from + lasts),
    })
}

fn facts() -> impl Strategy<Value = AppFacts> {
    (prop::option::of(-8000_i64..2000), prop::option::weighted(0.05, Just("capacity block".to_owned())))
        .prop_map(|(started, prepaid)| AppFacts { started_at: started.map(stamp), prepaid, notes: Vec::new() })
}

fn activity() -> impl Strategy<Value = Activity> {
    let snooze = prop::option::weighted(
        0.1,
        (-100_i64..8000).prop_map(|until| Snooze { until: stamp(until), reason: "x".into() }),
    );
    (readings(), snooze, facts(), prop::collection::vec(echo(), 0..2))
        .prop_map(|(readings, snooze, facts, echoes)| Activity { readings, snooze, facts, echoes })
}

/// The seconds from one look to the next, mostly few.
fn pause() -> impl Strategy<Value = u64> {
    prop_oneof![9 => 1_u64..60, 1 => 60_u64..2000]
}

/// What an app is at for a while: the same few looks again and again, because an
/// app that changes at every look never comes near a stop.
fn stretch() -> impl Strategy<Value = Vec<(u64, Activity)>> {
    (prop::collection::vec((pause(), activity()), 1..3), 1_usize..20)
        .prop_map(|(looks, times)| looks.iter().cloned().cycle().take(looks.len() * times).collect())
}

fn looks() -> impl Strategy<Value = Vec<(u64, Activity)>> {
    prop::collection::vec(stretch(), 1..5).prop_map(|stretches| stretches.concat())
}

fn schedule() -> impl Strategy<Value = Schedule> {
    // The looks are on a Monday from 14:13 UTC on.
    prop::sample::select(
        &["Mon 14:20-14:40 UTC", "daily 00:00-24:00 UTC", "Mon-Fri 08:00-15:00 UTC", "Sun 10:00-11:00"][..],
    )
    .prop_map(|text| text.parse().unwrap())
}

fn policy() -> impl Strategy<Value = IdlePolicy> {
    let timeouts = (10_u64..900, prop::option::of(10_u64..900), prop::option::of((schedule(), 10_u64..900)));
    let limits = (0_u64..1000, prop::option::weighted(0.3, 1_u64..8000), 0_u64..600);
    let hours = prop::option::weighted(0.2, schedule());
    let when_blind = prop_oneof![Just(WhenBlind::Keep), Just(WhenBlind::JudgeProcesses)];
    (timeouts, 0_u64..9, limits, hours, when_blind).prop_map(
        |((timeout, gpu, quiet), warn, (stuck, age, blind), office_hours, when_blind)| {
            let secs = Duration::from_secs;
            IdlePolicy::build(PolicyParts {
                idle_timeout_gpu: gpu.map(secs),
                quiet_hours: quiet.map(|(hours, timeout)| (hours, secs(timeout))),
                office_hours,
                stuck_after: secs(timeout + stuck),
                max_age: age.map(|age| secs(timeout + age)),
                blind_after: secs(blind),
                when_blind,
                ..PolicyParts::new(secs(timeout), secs(warn))
            })
            .unwrap()
        },
    )
}

/// The same policy without an age limit.
fn ageless(policy: &IdlePolicy) -> IdlePolicy {
    IdlePolicy::build(PolicyParts { max_age: None, ..policy.parts().clone() }).unwrap()
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

fn any_item(activity: &Activity, wanted: impl Fn(&Item) -> bool) -> bool {
    activity.readings.iter().any(|reading| match &reading.sight {
        Sight::Seen { items, .. } => items.iter().any(&wanted),
        Sight::Absent(_) | Sight::Unknown(_) => false,
    })
}

/// Whether something is at work by our own measure, which nobody can call stuck.
fn is_measured_busy(activity: &Activity) -> bool {
    any_item(activity, |item| item.state == ItemState::Busy && item.claim.is_none())
}

fn shortest_timeout(policy: &IdlePolicy) -> Duration {
    let PolicyParts { idle_timeout, idle_timeout_gpu, quiet_hours, .. } = policy.parts();
    let quiet = quiet_hours.as_ref().map(|(_, timeout)| *timeout);
    [*idle_timeout_gpu, quiet].into_iter().flatten().fold(*idle_timeout, Duration::min)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn what_is_measured_to_be_at_work_is_never_stopped_for_idleness(policy in policy(), looks in looks()) {
        for ((_, activity), (_, judgement)) in looks.iter().zip(replay(&ageless(&policy), &looks)) {
            if is_measured_busy(activity) {
                prop_assert_eq!((judgement.verdict, judgement.decision), (Verdict::Active, Decision::Keep));
                prop_assert_eq!(judgement.idle_for, Duration::ZERO);
            }
        }
    }

    #[test]
    fn what_is_claimed_to_be_at_work_is_not_stopped_before_stuck_after(policy in policy(), looks in looks()) {
        let policy = ageless(&policy);
        for ((_, activity), (at, judgement)) in looks.iter().zip(replay(&policy, &looks)) {
            let is_busy = any_item(activity, |item| item.state == ItemState::Busy);
            let young = Duration::from_secs(at) < policy.parts().stuck_after;
            if is_busy && young {
                prop_assert_eq!((judgement.verdict, judgement.decision), (Verdict::Active, Decision::Keep));
            }
        }
    }

    #[test]
    fn what_could_not_be_seen_is_stopped_only_by_age_or_by_leave(policy in policy(), looks in looks()) {
        for ((_, activity), (_, judgement)) in looks.iter().zip(replay(&ageless(&policy), &looks)) {
            if activity.is_complete() || judgement.verdict == Verdict::Active {
                continue;
            }
            let sees_processes = matches!(activity.sight_of(Source::Processes), Some(Sight::Seen { .. }));
            let may_judge = policy.parts().when_blind == WhenBlind::JudgeProcesses && sees_processes;
            prop_assert!(may_judge || judgement.verdict == Verdict::Unknown);
            prop_assert!(may_judge || judgement.decision == Decision::Keep);
        }
    }

    #[test]
    fn prepaid_apps_and_office_hours_see_no_stop_and_no_warning(policy in policy(), looks in looks()) {
        for ((_, activity), (at, judgement)) in looks.iter().zip(replay(&policy, &looks)) {
            let hours = policy.parts().office_hours.as_ref();
            if activity.facts.prepaid.is_some() || hours.is_some_and(|hours| hours.contains(instants(at).wall)) {
                prop_assert_eq!(judgement.decision, Decision::Keep);
            }
        }
    }

    #[test]
    fn a_snooze_is_broken_by_age_alone(policy in policy(), looks in looks()) {
        for ((_, activity), (at, judgement)) in looks.iter().zip(replay(&ageless(&policy), &looks)) {
            if activity.snooze.as_ref().is_some_and(|snooze| snooze.until > instants(at).wall) {
                prop_assert_eq!(judgement.decision, Decision::Keep);
            }
        }
    }

    /// Checked against the decisions themselves: a warning stands from its first
    /// one, through looks that saw nothing, to the stop.
    #[test]
    fn no_stop_without_a_warning_that_stood(policy in policy(), looks in looks()) {
        let mut warned_at = None;
        for (at, judgement) in replay(&policy, &looks) {
            match (judgement.decision, judgement.verdict) {
                (Decision::Keep, Verdict::Unknown) if !judgement.reason.text.contains("a stop") => {}
                (Decision::Keep, _) => warned_at = None,
                (Decision::Warn, _) => warned_at = warned_at.or(Some(at)),
                (Decision::Stop, _) => {
                    let stood = Duration::from_secs(at - warned_at.unwrap_or(at));
                    prop_assert!(stood >= policy.warn_before(), "stopped at {at}, warned at {warned_at:?}");
                    warned_at = warned_at.or(Some(at));
                }
            }
        }
    }

    /// Checked against the looks themselves, not against what the judge remembers.
    #[test]
    fn no_stop_without_a_whole_watched_timeout(policy in policy(), looks in looks()) {
        let policy = ageless(&policy);
        let judgements = replay(&policy, &looks);
        for (n, (at, judgement)) in judgements.iter().enumerate() {
            if judgement.decision != Decision::Stop {
                continue;
            }
            let begin = at.checked_sub(shortest_timeout(&policy).as_secs());
            prop_assert!(begin.is_some(), "stopped {at} s after the start");
            // Every moment of the timeout lies between two looks that count and are close enough.
            let mut later = *at;
            for ((earlier, judged), (_, activity)) in judgements[..n].iter().zip(&looks).rev() {
                if later <= begin.unwrap() {
                    break;
                }
                let is_past = *earlier <= begin.unwrap();
                prop_assert!(is_past || !is_measured_busy(activity), "stopped at {at}, busy at {earlier}");
                prop_assert!(is_past || judged.verdict != Verdict::Active, "stopped at {at}, active at {earlier}");
                if activity.is_complete() || judged.verdict == Verdict::Idle {
                    prop_assert!(Duration::from_secs(later - earlier) <= policy.longest_gap());
                    later = *earlier;
                }
            }
            prop_assert!(later <= begin.unwrap(), "stopped at {at}, watched only since {later}");
        }
    }

    #[test]
    fn a_stop_is_explained_and_the_time_to_it_is_consistent(policy in policy(), looks in looks()) {
        for (_, judgement) in replay(&policy, &looks) {
            prop_assert!(!judgement.reason.text.is_empty());
            match judgement.decision {
                Decision::Stop => prop_assert_eq!(judgement.stops_in, Some(Duration::ZERO)),
                Decision::Warn => {
                    prop_assert!(judgement.stops_in.is_some_and(|left| left <= policy.warn_before()));
                    prop_assert!(judgement.history.warned_since.is_some());
                }
                Decision::Keep => {
                    prop_assert!(judgement.stops_in != Some(Duration::ZERO) || policy.warn_before().is_zero());
                }
            }
            prop_assert!(judgement.idle_for <= judgement.watched_for);
            prop_assert!(judgement.blind_for.is_none_or(|blind| blind >= policy.parts().blind_after));
        }
    }

    /// An app at which nothing ever happens is stopped when it was said that it would be.
    #[test]
    fn an_app_at_rest_is_stopped_in_the_end(policy in policy(), seconds in 0_i64..5000) {
        let policy = ageless(&policy);
        let open = IdlePolicy::build(PolicyParts { office_hours: None, ..policy.parts().clone() }).unwrap();
        let step = (open.longest_gap().as_secs() / 2).max(1);
        let item = Item::new("k", "kernel", ItemState::Quiet).active_at(stamp(-seconds));
        let sight = Sight::Seen { items: vec![item], run: None };
        let rest = Activity { readings: vec![Reading { source: Source::JupyterKernels, sight }], ..Activity::default() };
        let looks = vec![(step, rest); usize::try_from((open.idle_timeout().as_secs() + 20) / step + 3).unwrap()];
        let stopped = replay(&open, &looks).into_iter().any(|(_, judgement)| judgement.decision == Decision::Stop);
        prop_assert!(stopped);
    }

    /// Within one watch (no gap), more time makes an app only idler.
    #[test]
    fn judgement_is_monotone_in_now(policy in policy(), looks in looks(), extra in 0_u64..300) {
        // Hours begin and end, and so do snoozes: they are no matter of idleness.
        let parts = PolicyParts { office_hours: None, quiet_hours: None, ..policy.parts().clone() };
        let policy = IdlePolicy::build(parts).unwrap();
        let judgements = replay(&policy, &looks[..looks.len() - 1]);
        let (at, history) = judgements.last().map(|(at, j)| (*at, j.history.clone())).unwrap_or_default();
        let activity = Activity { snooze: None, ..looks[looks.len() - 1].1.clone() };
        let extra = extra.min(policy.longest_gap().as_secs().saturating_sub(1));
        let early = judge(&policy, &history, &activity, instants(at + 1));
        let late = judge(&policy, &history, &activity, instants(at + 1 + extra));
        // A stamp between the two moments is clamped at the first and real at the second.
        let has_future = any_item(&activity, |item| item.last_active.is_some_and(|at_| at_ > instants(at + 1).wall));
        let same_watch = late.history.watching_since == early.history.watching_since;
        if !has_future && same_watch && early.verdict == Verdict::Idle && late.verdict == Verdict::Idle {
            prop_assert!(late.idle_for >= early.idle_for);
            prop_assert!(late.decision >= early.decision);
        }
        // Work may turn out to be stuck, and blindness to be long; neither way back.
        prop_assert!(early.verdict != Verdict::Idle || late.verdict == Verdict::Idle);
    }

    #[test]
    fn the_order_of_sources_and_items_changes_nothing(policy in policy(), looks in looks()) {
        let straight: Vec<_> = looks
            .into_iter()
            .map(|(pause, mut activity)| {
                for reading in &mut activity.readings {
                    if let Sight::Seen { items, .. } = &mut reading.sight {
                        items.sort_by(|a, b| a.id.cmp(&b.id));
                        items.dedup_by(|a, b| a.id == b.id);
                    }
                }
                (pause, activity)
            })
            .collect();
        let mut turned = straight.clone();
        for (_, activity) in &mut turned {
            activity.readings.reverse();
            activity.echoes.reverse();
            for reading in &mut activity.readings {
                if let Sight::Seen { items, .. } = &mut reading.sight {
                    items.reverse();
                }
            }
        }
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
        let judgements = replay(&policy, &looks);
        for (_, judgement) in judgements.iter().step_by(7).chain(judgements.last()) {
            let text = serde_json::to_string(&judgement.history).unwrap();
            prop_assert_eq!(&serde_json::from_str::<History>(&text).unwrap(), &judgement.history);
        }
    }

    /// A history remembers what the last look listed, and no more: it never grows.
    #[test]
    fn a_history_holds_no_more_than_the_last_look(policy in policy(), looks in looks()) {
        for ((_, activity), (_, judgement)) in looks.iter().zip(replay(&policy, &looks)) {
            for (source, items) in &judgement.history.items {
                if let Some(Sight::Seen { items: listed, .. }) = activity.sight_of(*source) {
                    prop_assert_eq!(items.len(), listed.len());
                }
            }
            prop_assert!(judgement.history.runs.len() <= Source::ALL.len());
        }
    }
}

fn any_instants() -> impl Strategy<Value = Instants> {
    (any_stamp(), any_duration()).prop_map(|(wall, mono)| Instants { wall, mono })
}

fn any_stamp() -> impl Strategy<Value = Timestamp> {
    let range = Timestamp::MIN.as_second()..=Timestamp::MAX.as_second();
    prop_oneof![
        1 => Just(Timestamp::MIN),
        1 => Just(Timestamp::MAX),
        1 => Just(Timestamp::UNIX_EPOCH),
        3 => range.prop_map(|seconds| Timestamp::from_second(seconds).unwrap()),
        3 => (0_i64..100_000).prop_map(stamp),
    ]
}

fn any_duration() -> impl Strategy<Value = Duration> {
    prop_oneof![
        1 => Just(Duration::ZERO),
        1 => Just(Duration::MAX),
        2 => any::<u64>().prop_map(Duration::from_secs),
        2 => any::<u64>().prop_map(Duration::from_nanos),
        2 => (0_u64..100_000).prop_map(Duration::from_secs),
    ]
}

/// The activity with its stamps anywhere in time.
fn stretched(activity: Activity) -> impl Strategy<Value = Activity> {
    prop::collection::vec(any_stamp(), 8).prop_map(move |stamps| {
        let mut activity = activity.clone();
        let mut next = stamps.iter().copied().cycle();
        let mut any = || next.next().unwrap();
        activity.facts.started_at = Some(any());
        activity.snooze = Some(Snooze { until: any(), reason: String::new() });
        activity.echoes = vec![Echo { source: Source::PseudoTerminals, from: any(), to: any() }];
        for reading in &mut activity.readings {
            if let Sight::Seen { items, .. } = &mut reading.sight {
                items.iter_mut().for_each(|item| item.last_active = Some(any()));
            }
        }
        activity
    })
}

fn any_policy() -> impl Strategy<Value = IdlePolicy> {
    let age = prop::option::of(any_duration());
    (policy(), any_duration(), age, any_duration(), any_duration()).prop_map(|(policy, stuck, age, blind, warn)| {
        let parts = policy.parts().clone();
        let stuck_after = stuck.max(parts.idle_timeout);
        let max_age = age.filter(|age| *age > parts.idle_timeout);
        let warn_before = warn.min(shortest_timeout(&policy) - Duration::from_nanos(1));
        IdlePolicy::build(PolicyParts { stuck_after, max_age, blind_after: blind, warn_before, ..parts }).unwrap()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

    /// Clocks that jump to the ends of time and back.
    #[test]
    fn no_clock_and_no_stamp_makes_it_panic(
        policy in any_policy(),
        looks in prop::collection::vec((any_instants(), activity().prop_flat_map(stretched)), 1..12),
    ) {
        let mut history = History::default();
        for (now, activity) in &looks {
            let judgement = judge(&policy, &history, activity, *now);
            prop_assert!(!judgement.reason.text.is_empty());
            if judgement.decision == Decision::Stop {
                // Nobody can have watched across a jump of the clock.
                let by_age = policy.parts().max_age.is_some();
                prop_assert!(by_age || judgement.watched_for >= shortest_timeout(&policy));
            }
            serde_json::to_string(&judgement.history).unwrap();
            history = judgement.history;
        }
    }

    /// Whatever a history's file holds, if it parses it can be judged by.
    #[test]
    fn a_history_of_anybodys_making_is_judged_without_a_panic(
        policy in any_policy(),
        activity in activity().prop_flat_map(stretched),
        moments in prop::collection::vec(any_instants(), 8),
    ) {
        let history = History {
            watching_since: Some(moments[0]),
            last_look: Some(moments[1]),
            last_whole_look: Some(moments[2]),
            warned_since: Some(moments[3]),
            blind_since: Some(moments[4]),
            ..judge(&policy, &History::default(), &activity, moments[5]).history
        };
        let judgement = judge(&policy, &history, &activity, moments[6]);
        prop_assert!(!judgement.reason.text.is_empty());
    }

    #[test]
    fn stamps_never_panic(text in "\\PC{0,60}") {
        let _ = idle_core::parse_stamp(&text);
    }

    #[test]
    fn mutated_stamps_never_panic_and_never_move_by_more_than_they_say(
        at in any_stamp(), place in 0_usize..40, byte in 0_u8..128,
    ) {
        let mut bytes = at.to_string().into_bytes();
        let place = place % bytes.len();
        bytes[place] = byte;
        let text = String::from_utf8(bytes).unwrap();
        if let Ok(read) = idle_core::parse_stamp(&text) {
            // What still reads as a stamp has the form of one.
            prop_assert!(text.len() >= 19 && (text == at.to_string() || text.contains(':')));
            prop_assert!(read.duration_since(at).abs() < SignedDuration::MAX);
        }
    }

    #[test]
    fn schedules_never_panic(text in "\\PC{0,80}", at in any_stamp()) {
        if let Ok(schedule) = text.parse::<Schedule>() {
            let _ = schedule.contains(at);
        }
    }

    #[test]
    fn schedules_of_words_that_occur_in_them_never_panic(
        words in prop::collection::vec(
            prop::sample::select(&["Mon", "Sat-Mon", "daily", " ", ";", "-", ",", "08:00", "24:00", "23:59", "UTC",
                "Europe/Berlin", "America/New_York", "Fri,Sun", "99:99"][..]), 0..12),
        at in any_stamp(),
    ) {
        if let Ok(schedule) = words.concat().parse::<Schedule>() {
            let _ = schedule.contains(at);
            prop_assert_eq!(schedule.to_string().parse::<Schedule>().unwrap(), schedule);
        }
    }

    #[test]
    fn what_is_no_record_never_panics(line in "\\PC{0,200}") {
        prop_assert!(idle_core::DecisionRecord::from_line(&line).is_err());
    }
}
