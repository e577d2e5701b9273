use cost_planner::plan::{Planned, Price, State, Target, Verb};
use idle_core::{
    AccountId, AppName, AppOwner, AppRef, AppType, DomainId, Explained, Partition, Reason, Region, SpaceName,
};
use jiff::{Timestamp, ToSpan};

use super::open_runs::lines;
use super::*;
use crate::record::Store;

/// Every kind of line as the first version wrote it. Files of later versions stand beside it.
const V1: &str = include_str!("fixtures/v1.jsonl");

fn scope() -> Scope {
    Scope {
        partition: Partition::parse("aws").expect("a partition"),
        account: AccountId::parse("111122223333").expect("an account"),
        region: Region::parse("eu-west-1").expect("a region"),
    }
}

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

fn subject(space: &str) -> Subject {
    let app = AppRef {
        partition: scope().partition,
        region: scope().region,
        account: scope().account,
        domain: DomainId::parse("d-abc").expect("a domain"),
        owner: AppOwner::Space(SpaceName::parse(space).expect("a space")),
        app_type: AppType::JupyterLab,
        name: AppName::parse("default").expect("a name"),
        created_at: Some(at("2026-11-01T08:00:00Z")),
    };
    Subject {
        key: Some(format!("delete-app {}", app.arn())),
        verb: Some(Verb::DeleteApp),
        target: Target::App(app),
        reason: Explained { code: Reason::IdleTimeout, text: "idle for 3h".to_owned() },
        owner: Some("ana".to_owned()),
        instance_type: None,
        price: Price::Unpriced("not asked".to_owned()),
    }
}

fn planned() -> Planned {
    Planned {
        status: "InService".to_owned(),
        created_at: at("2026-11-01T08:00:00Z"),
        modified_at: None,
        space_modified_at: None,
        idle_since: None,
        idle_for_seconds: Some(10_800),
        heard_at: None,
    }
}

fn requested(space: &str) -> Event {
    let before = State::There { status: "InService".to_owned(), created_at: None, count: None };
    Event::Requested { action: subject(space), evidence: Box::new(planned()), before }
}

fn every_kind() -> Vec<Event> {
    let there = State::There { status: "Deleting".to_owned(), created_at: None, count: None };
    let action = || subject("lab");
    vec![
        Event::RunStarted {
            plan_digest: "d".to_owned(),
            policy_sha256: "p".to_owned(),
            who: "arn:aws:sts::111122223333:assumed-role/costctl-actor/sweep".to_owned(),
            version: "0.1.0".to_owned(),
            actions: 1,
        },
        Event::Refused {
            action: action(),
            refusal: Explained { code: Reason::Changed, text: "it changed".to_owned() },
        },
        requested("lab"),
        Event::Accepted { action: action(), request_id: Some("r-1".to_owned()) },
        Event::Verified { action: action(), after: State::Gone },
        Event::Stuck { action: action(), after: Some(there.clone()), text: "still Deleting".to_owned() },
        Event::Failed { action: action(), text: "denied".to_owned() },
        Event::Reconciled { action: action(), of_run: "r0".to_owned(), found: Found::StillThere, after: there },
        Event::RunEnded { settled_by: None, verified: 1, failed: 2, refused: 3 },
        Event::RunEnded { settled_by: Some("r2".to_owned()), verified: 0, failed: 0, refused: 0 },
    ]
}

fn run<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().expect("a runtime").block_on(work)
}

#[test]
fn lines_of_the_first_version_parse_for_ever() {
    let read = lines(V1.as_bytes()).expect("they parse");
    assert_eq!(read.iter().map(|line| line.event.clone()).collect::<Vec<_>>(), every_kind());
    assert_eq!(read.iter().map(|line| line.sequence).collect::<Vec<_>>(), (0..10).collect::<Vec<_>>());
    assert!(read.iter().all(|line| line.fencing_token == 7 && line.run == "r1"));
}

#[test]
fn what_is_written_today_is_what_the_fixture_holds() {
    run(async {
        let store = Store::in_memory();
        let now = at("2026-11-25T18:00:00Z");
        let mut journal = Journal::new(&store, &scope(), "r1", now);
        journal.set_token(7);
        every_kind().into_iter().for_each(|event| journal.push(now, event));
        journal.flush().await.expect("written");
        let key = "evidence/account=111122223333/region=eu-west-1/dt=2026-11-25/r1/000000.jsonl";
        let bytes = store.get(key).await.expect("read").expect("there");
        assert_eq!(String::from_utf8(bytes).expect("text"), V1);
    });
}

#[test]
fn a_newer_version_and_a_broken_line_are_told_by_their_place() {
    let newer = V1.lines().next().expect("a line").replace("\"schema_version\":1", "\"schema_version\":2");
    let error = lines(format!("{V1}{newer}\n").as_bytes()).expect_err("newer");
    assert_eq!(error, "line 11: schema_version 2 is newer than this program");
    assert!(lines(b"{\"schema_version\":1,\n").expect_err("broken").starts_with("line 1: "));
}

#[test]
fn only_a_run_without_an_end_is_open_and_only_what_has_no_outcome_is_unsettled() {
    run(async {
        let store = Store::in_memory();
        let now = at("2026-11-25T18:00:00Z");
        let mut ended = Journal::new(&store, &scope(), "ended", now);
        ended.push(now, requested("lab"));
        ended.end(now, (0, 0, 0)).await.expect("written");
        let mut cut = Journal::new(&store, &scope(), "cut", now);
        for space in ["one", "two", "three", "four", "five"] {
            cut.push(now, requested(space));
        }
        cut.flush().await.expect("written");
        cut.push(now, Event::Accepted { action: subject("one"), request_id: None });
        cut.push(now, Event::Verified { action: subject("two"), after: State::Gone });
        cut.push(now, Event::Failed { action: subject("three"), text: "denied".to_owned() });
        cut.push(now, Event::Stuck { action: subject("four"), after: None, text: "no end".to_owned() });
        cut.flush().await.expect("written");
        cut.push(now, Event::Verified { action: subject("one"), after: State::Gone });
        drop(cut);
        let later = now + 8.days_as_hours();
        let mut open = open_runs(&store, &scope(), later, "own").await.expect("listed");
        assert_eq!(open.iter().map(|run| run.run.as_str()).collect::<Vec<_>>(), ["cut"]);
        assert_eq!(
            open_runs(&store, &scope(), later, "cut").await.expect("listed"),
            [],
            "a run does not settle itself"
        );
        let too_late = later + 1.days_as_hours();
        assert_eq!(open_runs(&store, &scope(), too_late, "own").await.expect("listed"), []);
        let unsettled = open[0].unsettled(&store).await.expect("read");
        let expected = |space| Unsettled { action: subject(space), planned: planned() };
        assert_eq!(unsettled, [expected("one"), expected("five")]);
        open[0].settle(&store, "own", later, 9).await.expect("written");
        assert_eq!(open_runs(&store, &scope(), later, "own").await.expect("listed"), [], "once");
    });
}

#[test]
fn what_could_not_be_written_is_kept_and_nothing_is_overwritten() {
    run(async {
        let folder = tempfile::tempdir().expect("a folder");
        let block = folder.path().join("evidence");
        std::fs::write(&block, "in the way").expect("written");
        let store = Store::in_folder(folder.path());
        let now = at("2026-11-25T18:00:00Z");
        let mut journal = Journal::new(&store, &scope(), "r1", now);
        journal.push(now, requested("lab"));
        assert!(journal.flush().await.is_err());
        std::fs::remove_file(&block).expect("removed");
        let taken = "evidence/account=111122223333/region=eu-west-1/dt=2026-11-25/r1/000000.jsonl";
        store.create(taken, b"somebody else's\n".to_vec()).await.expect("written");
        journal.flush().await.expect("written");
        assert_eq!(store.get(taken).await.expect("read").expect("there"), b"somebody else's\n");
        let own = taken.replace("000000", "000001");
        let bytes = store.get(&own).await.expect("read").expect("there");
        assert_eq!(lines(&bytes).expect("lines").len(), 1);
    });
}

#[test]
fn accounts_are_known_once_something_was_done_there() {
    run(async {
        let store = Store::in_memory();
        assert!(known_accounts(&store).await.expect("listed").is_empty());
        for run in ["r1", "r2"] {
            remember_account(&store, &scope().account, run, at("2026-11-25T18:00:00Z")).await.expect("written");
        }
        assert_eq!(known_accounts(&store).await.expect("listed"), [scope().account].into());
    });
}

/// Days as the time stamps' arithmetic takes them.
trait Days {
    fn days_as_hours(self) -> jiff::Span;
}

impl Days for i64 {
    fn days_as_hours(self) -> jiff::Span {
        (self * 24).hours()
    }
}

#[test]
fn only_what_was_asked_for_and_seen_to_be_done_was_stopped() {
    run(async {
        let store = Store::in_memory();
        let began = at("2026-11-25T18:00:00Z");
        let mut journal = Journal::new(&store, &scope(), "r1", began);
        for space in ["done", "stuck", "settled"] {
            journal.push(began, requested(space));
        }
        journal.flush().await.expect("written");
        let verified = at("2026-11-25T18:05:00Z");
        journal.push(verified, Event::Verified { action: subject("done"), after: State::Gone });
        journal.push(verified, Event::Verified { action: subject("never-asked-for"), after: State::Gone });
        journal.push(verified, Event::Stuck { action: subject("stuck"), after: None, text: "why".to_owned() });
        journal.flush().await.expect("written");
        let mut later = Journal::new(&store, &scope(), "r2", at("2026-11-26T18:00:00Z"));
        let (of_run, found) = ("r1".to_owned(), Found::Gone);
        let reconciled = Event::Reconciled { action: subject("settled"), of_run, found, after: State::Gone };
        later.push(at("2026-11-26T18:00:01Z"), reconciled);
        later.flush().await.expect("written");
        let told = async |now: &str| {
            let stops = stopped(&store, &scope(), at(now)).await.expect("read");
            stops.into_iter().map(|stop| (stop.created_at, stop.gone_at, stop.reason)).collect::<Vec<_>>()
        };
        let created = at("2026-11-01T08:00:00Z");
        let stop = |gone_at| (created, gone_at, "idle-timeout".to_owned());
        assert_eq!(told("2026-11-26T20:00:00Z").await, [stop(verified), stop(at("2026-11-26T18:00:01Z"))]);
        let settled = [stop(at("2026-11-26T18:00:01Z"))];
        assert_eq!(told("2026-11-27T00:30:00Z").await, settled, "what was told two days ago is not known to be told");
        assert_eq!(told("2026-11-30T20:00:00Z").await, [], "long ago");
    });
}
