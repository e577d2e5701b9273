//! The ledger of a time, folded.

use anyhow::{Result, bail};
use cost_ledger::Folded;
use cost_ledger::report::Window;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::aws;
use crate::cli::{Global, Reporting};
use crate::record::{Part, Store, read_ledger};

/// How far beyond its window a report reads.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reach {
    /// What runs is told once a day, so what ran when the window began is told in the days before.
    pub(crate) before: SignedDuration,
    /// The first look after the window tells whether what ran in it still runs.
    pub(crate) after: SignedDuration,
}

/// What the ledger knows of this window, in all accounts and regions.
///
/// # Errors
/// When it cannot be read to its end, or knows nothing of the window.
pub(crate) async fn read(global: &Global, args: &Reporting, window: &Window, reach: Reach) -> Result<Folded> {
    let config = aws::config(global.region.first().map(String::as_str)).await;
    let store = Store::open(&args.place(), &config)?;
    store.must_be_there()?;
    let from = day(window.since.saturating_sub(reach.before).unwrap_or(Timestamp::MIN));
    let to = day(window.until.saturating_add(reach.after).unwrap_or(Timestamp::MAX));
    let part = Part { since: Some(from), until: Some(to), ..Part::default() };
    let folded = read_ledger(&store, &part).await?.finish();
    let first = folded.looks().filter_map(|looks| looks.times().next()).min();
    let within = |looks: cost_ledger::Looks<'_>| looks.times().any(|at| (window.since..window.until).contains(&at));
    if first.is_none() {
        bail!(
            "there is no look in the ledger {} from {from} to {to}; hint: costctl sweep --ledger {}",
            args.ledger,
            args.ledger
        );
    }
    if !folded.looks().any(within) {
        let last = folded.looks().filter_map(|looks| looks.times().next_back()).max();
        let last = last.map_or(String::new(), |last| format!(", the last one at {last}"));
        bail!(
            "nobody looked from {} to {}{last}; hint: another --since, or costctl sweep --ledger by a timer",
            window.since,
            window.until
        );
    }
    Ok(folded)
}

fn day(at: Timestamp) -> Date {
    TimeZone::UTC.to_datetime(at).date()
}
