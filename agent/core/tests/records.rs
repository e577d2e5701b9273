//! Yesterday's records parse for ever: fixtures are only added to.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use idle_core::{Decision, DecisionRecord, Reason, RecordError, Source, Verdict};
use serde_json::Value;

const V1: &str = include_str!("fixtures/decision-record-v1.json");
/// Every member and every source that version 1 knows.
const FULL: &str = include_str!("fixtures/decision-record-v1-full.json");
const NOTEBOOK_INSTANCE: &str = include_str!("fixtures/decision-record-v1-notebook-instance.json");

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

#[test]
fn a_record_with_every_member_parses_and_writes_back_the_same() {
    let record = DecisionRecord::from_line(FULL).unwrap();
    assert_eq!(serde_json::to_value(&record).unwrap(), serde_json::from_str::<Value>(FULL).unwrap());
    let DecisionRecord { reason, blind_for_seconds, snoozes, pre_stop, notes, sources, resource, .. } = record;
    assert_eq!((reason.code, blind_for_seconds, snoozes), (Reason::Stuck, Some(7260), 3));
    let pre_stop = pre_stop.unwrap();
    assert!(!pre_stop.succeeded && pre_stop.took_seconds == 60 && pre_stop.detail.contains("killed"));
    assert_eq!(notes.len(), 3);
    assert_eq!(sources.iter().map(|source| source.name).collect::<Vec<_>>(), Source::ALL);
    assert_eq!(sources.iter().filter(|source| source.holds).count(), 1);
    assert!(resource.app().is_some_and(|app| app.created_at.is_some()));
}

#[test]
fn a_record_of_a_notebook_instance_parses_and_writes_back_the_same() {
    let record = DecisionRecord::from_line(NOTEBOOK_INSTANCE).unwrap();
    assert_eq!(serde_json::to_value(&record).unwrap(), serde_json::from_str::<Value>(NOTEBOOK_INSTANCE).unwrap());
    let arn = "arn:aws-cn:sagemaker:cn-north-1:111122223333:notebook-instance/my-notebook";
    assert_eq!((record.resource.arn(), record.resource.app()), (arn.to_owned(), None));
    assert_eq!((record.verdict, record.decision), (Verdict::Active, Decision::Warn));
}

#[test]
fn every_reason_and_every_source_reads_back() {
    for reason in Reason::ALL {
        let text = serde_json::to_string(reason).unwrap();
        assert_eq!((text.trim_matches('"'), serde_json::from_str::<Reason>(&text).unwrap()), (reason.code(), *reason));
    }
    for source in Source::ALL {
        let text = serde_json::to_string(source).unwrap();
        assert_eq!(
            (text.trim_matches('"'), serde_json::from_str::<Source>(&text).unwrap()),
            (source.as_str(), *source)
        );
    }
}

#[test]
fn a_record_without_the_members_of_later_writers_says_nothing_of_them() {
    let record = DecisionRecord::from_line(V1).unwrap();
    assert_eq!((record.blind_for_seconds, record.snoozes, record.pre_stop), (None, 0, None));
    assert!(record.notes.is_empty() && record.sources.iter().all(|source| !source.holds));
}
