//! Lines by hand: times are minutes of a day that nothing else depends on.

use cost_ledger::line::{
    Fact, Grade, Idle, IdleEnd, Kind, Line, Look, Native, Ran, Rate, RunKey, SCHEMA_VERSION, Stopped, StoppedBy,
};
use cost_ledger::{Folded, Ledger};
use idle_core::{AccountId, Partition, Region};
use jiff::{Timestamp, ToSpan};

pub(crate) const LAB: &str = "app/d-1/space/lab/JupyterLab/default";

/// So many minutes after midnight of 2026-11-20.
pub(crate) fn at(minutes: i64) -> Timestamp {
    "2026-11-20T00:00:00Z".parse::<Timestamp>().expect("a time") + minutes.minutes()
}

/// The minutes of a time, likewise.
pub(crate) fn minutes(time: Timestamp) -> i64 {
    time.duration_since(at(0)).as_mins()
}

pub(crate) fn line(minutes: i64, fact: Fact) -> Line {
    Line {
        schema_version: SCHEMA_VERSION,
        partition: Partition::parse("aws").expect("a partition"),
        account: AccountId::parse("111122223333").expect("an account"),
        region: Region::parse("eu-west-1").expect("a region"),
        at: at(minutes),
        fact,
    }
}

pub(crate) fn look(minutes: i64) -> Line {
    line(minutes, Fact::Look(Look { kinds: vec![Kind::App, Kind::Variant] }))
}

pub(crate) fn key(resource: &str, began: i64) -> RunKey {
    RunKey { resource: resource.to_owned(), began: at(began) }
}

/// At the look `minutes`, the run `began` was there and like this since `since`.
pub(crate) fn ran(minutes: i64, resource: &str, began: i64, since: i64) -> Line {
    line(minutes, Fact::Ran(as_ran(resource, began, since)))
}

pub(crate) fn as_ran(resource: &str, began: i64, since: i64) -> Ran {
    Ran {
        key: key(resource, began),
        since: at(since),
        owner: Some("ana".to_owned()),
        instance_type: Some("ml.g4dn.xlarge".to_owned()),
        component: "Studio:JupyterLab".to_owned(),
        units: 1,
        rate: Rate::Priced { micro_usd_per_hour: 821_000, list: "aws 2026-11-20".to_owned() },
        tags: [("Team".to_owned(), "vision".to_owned())].into(),
    }
}

pub(crate) fn gone(minutes: i64, resource: &str, began: i64) -> Line {
    line(minutes, Fact::Gone(key(resource, began)))
}

pub(crate) fn as_stopped(resource: &str, began: i64, gone_at: i64) -> Stopped {
    Stopped {
        key: key(resource, began),
        gone_at: at(gone_at),
        by: StoppedBy::Costctl,
        reason: "idle-timeout".to_owned(),
        grade: Grade::Measured,
        idle_since: Some(at(gone_at - 60)),
        native: Native::Off,
    }
}

pub(crate) fn idle(minutes: i64, began: i64, since: i64, until: i64, ended: IdleEnd) -> Line {
    line(minutes, Fact::Idle(Idle { key: key(LAB, began), since: at(since), until: at(until), ended }))
}

pub(crate) fn text(lines: &[Line]) -> String {
    lines.iter().map(|line| serde_json::to_string(line).expect("plain data") + "\n").collect()
}

pub(crate) fn fold(lines: &[Line]) -> Folded {
    let mut ledger = Ledger::default();
    ledger.read(text(lines).as_bytes(), "a ledger").expect("lines");
    ledger.finish()
}

/// Begin, end and whether it is open, of each run.
pub(crate) fn runs(folded: &Folded) -> Vec<(i64, i64, bool)> {
    folded.runs().map(|run| (minutes(run.begin()), minutes(run.end()), run.is_open())).collect()
}
