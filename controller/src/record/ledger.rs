//! The ledger: what each look saw, one object a look, created only.
//!
//! `account=…/region=…/dt=YYYY-MM-DD/LOOK-ID.jsonl`, which Athena reads as a partitioned table.
//! An object is there whole or not at all, so a run that is cut short leaves nothing half told.

use cost_ledger::line::Line;
use cost_ledger::{Ledger, LineError};
use cost_planner::install::Scope;
use futures_util::StreamExt;
use idle_core::{AccountId, Region};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use thiserror::Error;

use super::store::{Store, StoreError};

/// So many objects are fetched at once: each is held until its lines are taken in.
const AT_ONCE: usize = 16;

/// A ledger that could not be read or written.
#[derive(Debug, Error)]
pub(crate) enum LedgerError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("reading the ledger")]
    Line(#[source] LineError),
    #[error("{0} was listed and is not there; hint: who deletes from the ledger?")]
    Vanished(String),
}

/// Which part of a ledger is wanted, all of it where nothing is said.
#[derive(Debug, Clone, Default)]
pub(crate) struct Part {
    /// The first UTC day.
    pub(crate) since: Option<Date>,
    /// The last UTC day.
    pub(crate) until: Option<Date>,
    pub(crate) accounts: Vec<AccountId>,
    pub(crate) regions: Vec<Region>,
}

/// What the ledger tells of today and yesterday in an account and region: all that a writer needs.
///
/// # Errors
/// When it cannot be read: then nothing may be written, since what runs would be told as new.
pub(crate) async fn known(store: &Store, scope: &Scope, at: Timestamp) -> Result<Ledger, LedgerError> {
    let today = day(at);
    let (accounts, regions) = (vec![scope.account.clone()], vec![scope.region.clone()]);
    let part = Part { since: Some(today.saturating_sub(1.day())), until: Some(today), accounts, regions };
    read_ledger(store, &part).await
}

/// All lines of a part of a ledger; none where it is not there. Whoever only reads asks
/// [`Store::must_be_there`] first.
///
/// # Errors
/// When an object cannot be read, or holds what is no line: it is named.
pub(crate) async fn read_ledger(store: &Store, part: &Part) -> Result<Ledger, LedgerError> {
    let mut keys = Vec::new();
    for account in folders(store, "", "account", &part.accounts).await? {
        for region in folders(store, &account, "region", &part.regions).await? {
            let offset = part.since.map(|since| format!("{region}/dt={since}"));
            let below = store.below(&region, offset.as_deref()).await?;
            keys.extend(below.into_iter().filter(|key| day_of(key).is_some_and(|day| part.wants_day(day))));
        }
    }
    read(store, keys).await
}

/// Writes what a look saw.
///
/// # Errors
/// When it could not be written: then it is as if nobody had looked.
pub(crate) async fn append(store: &Store, scope: &Scope, at: Timestamp, lines: &[Line]) -> Result<(), LedgerError> {
    let mut bytes = Vec::new();
    for line in lines {
        serde_json::to_writer(&mut bytes, line).expect("plain data");
        bytes.push(b'\n');
    }
    let look = TimeZone::UTC.to_datetime(at).strftime("%Y%m%dT%H%M%SZ").to_string();
    let key = format!("{}/{look}-{:016x}.jsonl", day_folder(scope, day(at)), fastrand::u64(..));
    // Of two looks of one second each has a name of its own; the same name twice is an earlier try that arrived.
    store.create(&key, bytes).await.map(drop).map_err(LedgerError::Store)
}

impl Part {
    fn wants_day(&self, day: Date) -> bool {
        self.since.is_none_or(|since| since <= day) && self.until.is_none_or(|until| day <= until)
    }
}

/// The folders of a partition below one: those that are wanted, or all that are there.
async fn folders(
    store: &Store,
    folder: &str,
    name: &str,
    wanted: &[impl std::fmt::Display],
) -> Result<Vec<String>, LedgerError> {
    let below = |found: String| if folder.is_empty() { found } else { format!("{folder}/{found}") };
    if !wanted.is_empty() {
        return Ok(wanted.iter().map(|value| below(format!("{name}={value}"))).collect());
    }
    let is_one = |found: &String| found.strip_prefix(name).is_some_and(|rest| rest.starts_with('='));
    Ok(store.listed(folder).await?.folders.into_iter().filter(is_one).map(below).collect())
}

/// The day of an object. What stands elsewhere is no part of the ledger.
fn day_of(key: &str) -> Option<Date> {
    let (folder, _) = key.rsplit_once('/')?;
    folder.rsplit_once('/')?.1.strip_prefix("dt=")?.parse().ok()
}

/// Takes in the lines of these objects, some at once.
async fn read(store: &Store, keys: Vec<String>) -> Result<Ledger, LedgerError> {
    let lines = keys.into_iter().filter(|key| key.ends_with(".jsonl"));
    let mut fetched = futures_util::stream::iter(lines)
        .map(async |key| {
            let bytes = store.shared(&key).await;
            (key, bytes)
        })
        .buffer_unordered(AT_ONCE);
    let mut ledger = Ledger::default();
    while let Some((key, bytes)) = fetched.next().await {
        let bytes = bytes?.ok_or_else(|| LedgerError::Vanished(store.url(&key)))?;
        ledger.read(bytes.as_ref(), &store.url(&key)).map_err(LedgerError::Line)?;
    }
    Ok(ledger)
}

fn day_folder(Scope { partition: _, account, region }: &Scope, day: Date) -> String {
    format!("account={account}/region={region}/dt={day}")
}

fn day(at: Timestamp) -> Date {
    TimeZone::UTC.to_datetime(at).date()
}

#[cfg(test)]
mod tests {
    use cost_ledger::line::{Fact, Kind, Look, Ran, Rate, RunKey, SCHEMA_VERSION};
    use idle_core::Partition;

    use super::*;

    fn scope(account: &str, region: &str) -> Scope {
        Scope {
            partition: Partition::parse("aws").expect("a partition"),
            account: AccountId::parse(account).expect("an account"),
            region: Region::parse(region).expect("a region"),
        }
    }

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a time")
    }

    fn lines(scope: &Scope, at: Timestamp) -> Vec<Line> {
        let line = |fact| Line {
            schema_version: SCHEMA_VERSION,
            partition: scope.partition.clone(),
            account: scope.account.clone(),
            region: scope.region.clone(),
            at,
            fact,
        };
        let ran = Ran {
            key: RunKey { resource: "notebook-instance/old".to_owned(), began: at },
            since: at,
            owner: None,
            instance_type: None,
            component: "Notebook".to_owned(),
            units: 1,
            rate: Rate::Unpriced { unpriced: "its instance type is not known".to_owned() },
            tags: [].into(),
        };
        vec![line(Fact::Look(Look { kinds: vec![Kind::NotebookInstance] })), line(Fact::Ran(ran))]
    }

    fn run<T>(future: impl Future<Output = T>) -> T {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(future)
    }

    async fn filled(store: &Store) {
        for (account, region) in
            [("111122223333", "eu-west-1"), ("111122223333", "us-east-1"), ("444455556666", "eu-west-1")]
        {
            for day in ["2026-11-23", "2026-11-24", "2026-11-25"] {
                let (scope, at) = (scope(account, region), at(&format!("{day}T10:00:00.5Z")));
                append(store, &scope, at, &lines(&scope, at)).await.expect("written");
            }
        }
    }

    #[test]
    fn a_writer_knows_two_days_of_its_scope_and_a_reader_what_it_asks_for() {
        run(async {
            let folder = tempfile::tempdir().expect("a folder");
            for store in [Store::in_memory(), Store::in_folder(folder.path())] {
                filled(&store).await;
                let here = scope("111122223333", "eu-west-1");
                let known = known(&store, &here, at("2026-11-25T12:00:00Z")).await.expect("read").finish();
                assert_eq!((known.runs().len(), known.scopes().len()), (2, 1));
                let day = Some(jiff::civil::date(2026, 11, 24));
                let accounts = vec![here.account.clone()];
                for (part, runs) in [
                    (Part::default(), 9),
                    (Part { since: day, ..Part::default() }, 6),
                    (Part { until: day, accounts: accounts.clone(), ..Part::default() }, 4),
                    (Part { since: day, until: day, accounts, regions: vec![here.region.clone()] }, 1),
                ] {
                    let read = read_ledger(&store, &part).await.expect("read").finish();
                    assert_eq!(read.runs().len(), runs, "{part:?}");
                }
            }
        });
    }

    #[test]
    fn two_looks_of_one_second_are_two_objects_and_none_is_overwritten() {
        run(async {
            let store = Store::in_memory();
            let (scope, at) = (scope("111122223333", "eu-west-1"), at("2026-11-25T10:00:00Z"));
            for _ in 0..2 {
                append(&store, &scope, at, &lines(&scope, at)).await.expect("written");
            }
            let names = store.names("account=111122223333/region=eu-west-1/dt=2026-11-25").await.expect("listed");
            assert!(names.len() == 2 && names.iter().all(|name| name.starts_with("20261125T100000Z-")), "{names:?}");
        });
    }

    #[test]
    fn a_broken_object_is_named_and_a_missing_ledger_is_none() {
        run(async {
            let folder = tempfile::tempdir().expect("a folder");
            let store = Store::in_folder(folder.path());
            filled(&store).await;
            let broken = "account=111122223333/region=eu-west-1/dt=2026-11-25/20261125T110000Z-0.jsonl";
            store.create(broken, b"{\"schema_version\":1,\"line\":\"ran\"".to_vec()).await.expect("written");
            let error = read_ledger(&store, &Part::default()).await.err().map(|error| match error {
                LedgerError::Line(error) => error.to_string(),
                other => other.to_string(),
            });
            assert!(
                error.as_ref().is_some_and(|text| text.contains(broken) && text.contains(" line 1: ")),
                "{error:?}"
            );
            let nowhere = Store::in_folder(&folder.path().join("nowhere"));
            assert!(matches!(nowhere.must_be_there(), Err(StoreError::Missing { .. })));
            for (store, region) in [(nowhere, "eu-west-1"), (Store::in_folder(folder.path()), "ap-south-1")] {
                let new = known(&store, &scope("111122223333", region), at("2026-11-25T10:00:00Z")).await;
                assert_eq!(new.expect("nothing yet").finish().runs().len(), 0);
            }
        });
    }
}
