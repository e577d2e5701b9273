//! Yesterday's records parse for ever: fixtures are only added to.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use idle_core::{Decision, DecisionRecord, Reason, RecordError, Verdict};
use serde_json::Value;

const V1: &str = include_str!("fixtures/decision-record-v1.json");

#[test]
fn a_record_of_version_1_parses_and_writes_back_the_same() {
    let record = DecisionRecord::from_line(V1).unwrap();
    assert_eq!((record.verdict, record.decision), (Verdict::Idle, Decision::Stop));
    assert_eq!(record.reason.code, Reason::IdleTimeout);
    let again: Value = serde_json::to_value(&record).unwrap();
    assert_eq!(again, serde_json::from_str::<Value>(V1).unwrap());
}

#[test]
fn members_of_a_later_writer_are_passed_over() {
    let line = V1.replacen('{', "{\"a_member_of_tomorrow\":[1],", 1);
    assert!(DecisionRecord::from_line(&line).is_ok());
}

#[test]
fn a_later_version_is_refused_with_a_hint() {
    let line = V1.replacen("\"schema_version\":1", "\"schema_version\":2", 1);
    let error = DecisionRecord::from_line(&line).unwrap_err();
    assert!(matches!(error, RecordError::Newer(2)) && error.to_string().contains("hint"));
}

#[test]
fn what_is_no_record_is_an_error() {
    for line in ["", "{}", "null", "{\"schema_version\":1}", "not json"] {
        assert!(DecisionRecord::from_line(line).is_err(), "{line}");
    }
}
