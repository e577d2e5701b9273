//! Leave to act in one account and region: one run at a time, by create-only objects alone.
//!
//! A lease is a row of generations, `leases/ACCOUNT/REGION/THOUSAND/GENERATION.json`. Whoever
//! creates the next one holds the lease until the time that stands in it, and the number is
//! the fencing token that every evidence line carries. A generation is free when it was given
//! back (`GENERATION.released`) or is over by [`MARGIN`], so that two runs never both hold it
//! while their clocks differ by less than that. Generations stand in folders of a thousand:
//! the newest is found with two listings, however many there are.

use cost_planner::install::Scope;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{Store, StoreError};

const SCHEMA_VERSION: u32 = 1;
/// A generation is good for this long: a run that was killed keeps others away no longer.
const TERM: SignedDuration = SignedDuration::from_mins(10);
/// A generation with less than this left is followed by the next one.
const RENEW_BELOW: SignedDuration = SignedDuration::from_mins(5);
/// With less than this left nothing is begun: a call may take half of it.
const LAST_CALL: SignedDuration = SignedDuration::from_mins(1);
/// How much clocks of two machines may differ.
const MARGIN: SignedDuration = SignedDuration::from_mins(2);
/// So many generations stand in one folder.
const IN_A_FOLDER: u64 = 1_000;

/// What an object of a generation says.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Generation {
    schema_version: u32,
    generation: u64,
    /// The run.
    run: String,
    /// Who runs it.
    holder: String,
    taken_at: Timestamp,
    until: Timestamp,
}

/// The lease of one account and region, held.
#[derive(Debug)]
pub(crate) struct Lease<'a> {
    store: &'a Store,
    folder: String,
    held: Generation,
    is_lost: bool,
}

/// A lease that is not ours.
#[derive(Debug, Error)]
pub(crate) enum LeaseError {
    #[error(
        "another run holds the lease of this account and region: {holder} (run {run}) until {until}; hint: run again \
         after that, or, if that run is surely dead, create {url}"
    )]
    Held { holder: String, run: String, until: Timestamp, url: String },
    #[error("the lease of this account and region was over before it could be renewed; hint: run again")]
    Over,
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl<'a> Lease<'a> {
    /// The lease, taken for this run.
    ///
    /// # Errors
    /// When another run has it, or the store does not tell.
    pub(crate) async fn take(
        store: &'a Store,
        Scope { partition: _, account, region }: &Scope,
        (run, holder): (&str, &str),
        now: Timestamp,
    ) -> Result<Self, LeaseError> {
        let folder = format!("leases/{account}/{region}");
        let latest = latest(store, &folder).await?;
        if let Some(Latest { generation, is_released: false }) = latest {
            let there = read(store, &folder, generation).await?;
            if now.duration_since(there.until) < MARGIN {
                return Err(held(store, &folder, there));
            }
        }
        let generation = latest.map_or(1, |latest| latest.generation + 1);
        let next = Generation::new(generation, run, holder, now);
        let held = create(store, &folder, next).await?;
        Ok(Self { store, folder, held, is_lost: false })
    }

    /// Renews the lease where its end is near. To be called before each batch.
    ///
    /// # Errors
    /// When it is lost to another run or over: then nothing may be begun any more.
    pub(crate) async fn keep(&mut self, now: Timestamp) -> Result<(), LeaseError> {
        if self.is_lost {
            return Err(LeaseError::Over);
        }
        if self.held.until - RENEW_BELOW > now {
            return Ok(());
        }
        let next = Generation::new(self.held.generation + 1, &self.held.run, &self.held.holder, now);
        match create(self.store, &self.folder, next).await {
            Ok(held) => {
                self.held = held;
                Ok(())
            }
            // What could not be written now may be later, as long as there is time.
            Err(LeaseError::Store(_)) if self.holds(now) => Ok(()),
            Err(error) => {
                self.is_lost = true;
                Err(error)
            }
        }
    }

    /// Whether there is time enough for one more call.
    pub(crate) fn holds(&self, now: Timestamp) -> bool {
        !self.is_lost && now < self.held.until - LAST_CALL
    }

    /// The fencing token: higher than that of every run that held the lease before.
    pub(crate) fn token(&self) -> u64 {
        self.held.generation
    }

    /// Gives the lease back. One that is not given back is over by itself.
    ///
    /// # Errors
    /// When that could not be written.
    pub(crate) async fn release(self) -> Result<(), StoreError> {
        let key = released(&self.folder, self.held.generation);
        self.store.create(&key, self.held.run.into_bytes()).await.map(drop)
    }
}

impl Generation {
    fn new(generation: u64, run: &str, holder: &str, now: Timestamp) -> Self {
        let (run, holder) = (run.to_owned(), holder.to_owned());
        Self { schema_version: SCHEMA_VERSION, generation, run, holder, taken_at: now, until: now + TERM }
    }
}

/// Creates a generation. One that is there already is ours if it says so: an answer
/// may have been lost.
async fn create(store: &Store, folder: &str, next: Generation) -> Result<Generation, LeaseError> {
    let bytes = serde_json::to_vec_pretty(&next).expect("plain data");
    if !store.create(&key(folder, next.generation), bytes).await? {
        return Ok(next);
    }
    let there = read(store, folder, next.generation).await?;
    if there.run == next.run { Ok(there) } else { Err(held(store, folder, there)) }
}

async fn read(store: &Store, folder: &str, generation: u64) -> Result<Generation, StoreError> {
    let key = key(folder, generation);
    let damaged = |problem: String| store.damaged(&key, problem);
    let bytes = store.get(&key).await?.ok_or_else(|| damaged("it was listed and is not there".to_owned()))?;
    let there: Generation = serde_json::from_slice(&bytes).map_err(|error| damaged(error.to_string()))?;
    if there.schema_version > SCHEMA_VERSION {
        return Err(damaged(format!("schema_version {} is newer than this program", there.schema_version)));
    }
    Ok(there)
}

#[derive(Debug, Clone, Copy)]
struct Latest {
    generation: u64,
    is_released: bool,
}

/// The newest generation; `None` before the first.
async fn latest(store: &Store, folder: &str) -> Result<Option<Latest>, StoreError> {
    // A folder of the file system may have been made for a file that never came.
    for thousand in store.listed(folder).await?.folders.iter().rev() {
        let names = store.names(&format!("{folder}/{thousand}")).await?;
        let number = |ending: &str| names.iter().rev().find_map(|name| name.strip_suffix(ending)?.parse::<u64>().ok());
        if let Some(generation) = number(".json") {
            return Ok(Some(Latest { generation, is_released: number(".released") == Some(generation) }));
        }
    }
    Ok(None)
}

fn held(store: &Store, folder: &str, there: Generation) -> LeaseError {
    let Generation { run, holder, until, generation, .. } = there;
    LeaseError::Held { holder, run, until, url: store.url(&released(folder, generation)) }
}

/// Names are as long as each other, so that their order is that of the numbers.
fn key(folder: &str, generation: u64) -> String {
    format!("{folder}/{:09}/{generation:012}.json", generation / IN_A_FOLDER)
}

fn released(folder: &str, generation: u64) -> String {
    format!("{folder}/{:09}/{generation:012}.released", generation / IN_A_FOLDER)
}

#[cfg(test)]
mod tests {
    use super::*;
    use idle_core::{AccountId, Partition, Region};
    use proptest::prelude::*;

    fn scope() -> Scope {
        Scope {
            partition: Partition::parse("aws").expect("a partition"),
            account: AccountId::parse("111122223333").expect("an account"),
            region: Region::parse("eu-west-1").expect("a region"),
        }
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + seconds).expect("a time")
    }

    fn now<T>(work: impl Future<Output = T>) -> T {
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        runtime.block_on(work)
    }

    async fn take<'a>(store: &'a Store, run: &str, seconds: i64) -> Result<Lease<'a>, LeaseError> {
        Lease::take(store, &scope(), (run, "somebody"), at(seconds)).await
    }

    #[test]
    fn the_second_is_told_who_has_it_and_until_when() {
        now(async {
            let store = Store::in_memory();
            let first = take(&store, "first", 0).await.expect("free");
            let error = take(&store, "second", 1).await.expect_err("held").to_string();
            assert!(error.contains("somebody (run first)") && error.contains(&at(600).to_string()), "{error}");
            first.release().await.expect("written");
            assert_eq!(take(&store, "second", 2).await.expect("free").token(), 2);
        });
    }

    #[test]
    fn one_that_was_left_is_taken_a_margin_after_its_end() {
        now(async {
            let store = Store::in_memory();
            let mut first = take(&store, "first", 0).await.expect("free");
            assert!(take(&store, "second", 600 + 119).await.is_err(), "within the margin");
            let second = take(&store, "second", 600 + 120).await.expect("over");
            assert_eq!(second.token(), 2);
            assert!(!first.holds(at(600)) && first.keep(at(725)).await.is_err(), "lost to the second");
            assert!(!first.holds(at(0)), "lost for good");
        });
    }

    #[test]
    fn one_until_the_end_of_time_is_held() {
        now(async {
            let store = Store::in_memory();
            let mut endless = Generation::new(1, "first", "somebody", at(0));
            endless.until = Timestamp::MAX;
            create(&store, "leases/111122223333/eu-west-1", endless).await.expect("written");
            assert!(matches!(take(&store, "second", 0).await, Err(LeaseError::Held { .. })));
        });
    }

    #[test]
    fn it_is_renewed_past_a_thousand_and_found_again() {
        now(async {
            let store = Store::in_memory();
            let mut lease = take(&store, "first", 0).await.expect("free");
            for n in 1..1_005 {
                lease.keep(at(n * 301)).await.expect("nobody else");
            }
            assert_eq!(lease.token(), 1_005);
            assert!(take(&store, "second", 1_004 * 301).await.is_err());
            lease.release().await.expect("written");
            assert_eq!(take(&store, "second", 1_004 * 301).await.expect("free").token(), 1_006);
        });
    }

    #[test]
    fn a_folder_serves_as_a_bucket_does() {
        now(async {
            let folder = tempfile::tempdir().expect("a folder");
            let store = Store::in_folder(&folder.path().join("evidence"));
            let lease = take(&store, "first", 0).await.expect("free");
            std::fs::create_dir_all(folder.path().join("evidence/leases/111122223333/eu-west-1/000000001"))
                .expect("a folder without a generation");
            assert!(take(&store, "second", 0).await.is_err());
            lease.release().await.expect("written");
            assert!(take(&store, "second", 0).await.is_ok());
        });
    }

    #[derive(Debug, Clone)]
    enum Step {
        Wait(i64),
        Take(usize),
        Keep(usize),
        Release(usize),
        Die(usize),
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            (1..400_i64).prop_map(Step::Wait),
            (0..2_usize).prop_map(Step::Take),
            (0..2_usize).prop_map(Step::Keep),
            (0..2_usize).prop_map(Step::Release),
            (0..2_usize).prop_map(Step::Die),
        ]
    }

    proptest! {
        /// Whatever two runs do, and although their clocks differ: never both may act, and
        /// whoever may has the highest token so far.
        #[test]
        fn never_two_at_once(steps in prop::collection::vec(step(), 1..80), skew in -119..=119_i64) {
            now(async {
                let store = Store::in_memory();
                let (mut time, mut highest, mut taken) = (0, 0, 0);
                let mut leases: [Option<Lease<'_>>; 2] = [None, None];
                let clock = |time: i64, who: usize| at(time + if who == 1 { skew } else { 0 });
                for step in steps {
                    match step {
                        Step::Wait(seconds) => time += seconds,
                        Step::Take(who) if leases[who].is_none() => {
                            taken += 1;
                            leases[who] = Lease::take(&store, &scope(), (&format!("{taken}"), "x"), clock(time, who)).await.ok();
                        }
                        Step::Keep(who) => {
                            if let Some(lease) = &mut leases[who] {
                                let _ = lease.keep(clock(time, who)).await;
                            }
                        }
                        Step::Release(who) => {
                            if let Some(lease) = leases[who].take() {
                                lease.release().await.expect("written");
                            }
                        }
                        Step::Die(who) => leases[who] = None,
                        Step::Take(_) => {}
                    }
                    let may: Vec<u64> = (0..2)
                        .filter_map(|who| leases[who].as_ref().filter(|lease| lease.holds(clock(time, who))))
                        .map(Lease::token)
                        .collect();
                    assert!(may.len() < 2, "both hold it");
                    for token in may {
                        assert!(token >= highest, "{token} after {highest}");
                        highest = token;
                    }
                }
            });
        }
    }
}
