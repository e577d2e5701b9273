//! What `IdleSeconds` says of each record.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use idle_core::{Decision, DecisionRecord, Reason, Verdict};

const VERDICTS: [Verdict; 3] = [Verdict::Active, Verdict::Idle, Verdict::Unknown];
const DECISIONS: [Decision; 3] = [Decision::Keep, Decision::Warn, Decision::Stop];

/// The record of an app that has been idle for an hour.
fn record(verdict: Verdict, decision: Decision, code: Reason) -> DecisionRecord {
    let mut record = DecisionRecord::from_line(include_str!("fixtures/decision-record-v1.json")).unwrap();
    (record.verdict, record.decision, record.reason.code, record.idle_for_seconds) = (verdict, decision, code, 3600);
    record
}

/// The decisions with which an idle app's idle time is told.
fn told_with(code: Reason) -> &'static [Decision] {
    match code {
        Reason::RecentActivity | Reason::NotWatchedLongEnough | Reason::StopIsNear => &DECISIONS,
        Reason::IdleTimeout | Reason::Stuck | Reason::MaxAge => &[Decision::Stop],
        _ => &[],
    }
}

#[test]
fn idle_time_is_told_only_where_nothing_holds_the_app_up() {
    let mut told = 0;
    for (code, verdict) in Reason::ALL.iter().flat_map(|code| VERDICTS.map(|verdict| (*code, verdict))) {
        for decision in DECISIONS {
            let is_told = verdict == Verdict::Idle && told_with(code).contains(&decision);
            let seconds = record(verdict, decision, code).published_idle_seconds();
            assert_eq!(seconds, if is_told { 3600 } else { 0 }, "{verdict:?} {decision:?} {code}");
            told += usize::from(is_told);
        }
    }
    assert_eq!(told, 12);
}

#[test]
fn a_stop_that_could_not_be_made_now_is_not_told_of_even_before_it_is_due() {
    for held_back in [Reason::OfficeHours, Reason::Prepaid] {
        let mut record = record(Verdict::Idle, Decision::Keep, Reason::RecentActivity);
        record.held_back = Some(held_back);
        assert_eq!(record.published_idle_seconds(), 0, "{held_back}");
        let again = DecisionRecord::from_line(&serde_json::to_string(&record).unwrap()).unwrap();
        assert_eq!(again, record);
    }
}

#[test]
fn a_rehearsal_tells_the_idle_time_as_well() {
    let mut record = record(Verdict::Idle, Decision::Stop, Reason::IdleTimeout);
    record.rehearsal = true;
    assert_eq!(record.published_idle_seconds(), 3600);
}
