//! Whether all that was sealed is there and unchanged.

use futures_util::StreamExt;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::follow::{Expected, Follow, Problem, Problems};
use super::head::{Head, numbers};
use super::link::{self, Sealable};
use super::sealed::{AT_ONCE, Sealed};
use crate::record::archive::Selection;
use crate::record::{Store, StoreError};

/// Objects are looked at in portions of this many, so that small links do not make it slow.
const PORTION: usize = 2_000;
/// So many objects that are not sealed are named; the rest is counted.
pub(crate) const MOST_NAMED: usize = 20;

/// What was found.
#[derive(Debug, Default)]
pub(crate) struct Checked {
    pub(crate) links: u64,
    pub(crate) head: Option<Head>,
    /// When the last link was made.
    pub(crate) sealed_at: Option<Timestamp>,
    /// Objects that are as they were sealed.
    pub(crate) objects: u64,
    pub(crate) bytes: u64,
    /// Sealed before the time that was asked for, and not looked at.
    pub(crate) passed_over: u64,
    pub(crate) problems: Problems,
    /// What could not be read, each in one line.
    pub(crate) unread: Vec<String>,
    pub(crate) unsealed: Unsealed,
    /// What an archive says that it is of; nothing seals that.
    pub(crate) selection: Option<Selection>,
}

/// Objects that no link names.
#[derive(Debug, Default)]
pub(crate) struct Unsealed {
    pub(crate) count: u64,
    /// Those that name a day before that of the last link.
    pub(crate) late: u64,
    /// The first of them.
    pub(crate) named: Vec<String>,
}

/// Follows the chain to its end and reads each object that it names once; of links that were made
/// before `since` only the links. `say` hears how far it came.
///
/// # Errors
/// When the place cannot be listed, or a link not be read.
pub(crate) async fn verify(
    store: &Store,
    expected: Option<&Expected>,
    since: Option<Timestamp>,
    say: &dyn Fn(u64),
) -> Result<Checked, StoreError> {
    let mut links = futures_util::stream::iter(numbers(store).await?)
        .map(async |number| (number, link::read(store, number).await))
        .buffered(AT_ONCE);
    let (mut checked, mut follow) = (Checked::default(), Follow::new(true, expected));
    let (mut portion, mut next) = (Vec::new(), 1);
    while let Some((number, read)) = links.next().await {
        follow.missing(next..number, &mut checked.problems);
        next = number + 1;
        let Some(link) = follow.link(number, read?, &mut checked.problems) else { continue };
        let is_wanted = since.is_none_or(|since| link.at >= since);
        let fresh = follow.fresh(link, &mut checked.problems);
        if !is_wanted {
            checked.passed_over += fresh.len() as u64;
            continue;
        }
        portion.extend(fresh.into_iter().map(|object| (number, object)));
        if portion.len() >= PORTION {
            look(store, &mut portion, &mut checked).await;
            say(checked.objects);
        }
    }
    look(store, &mut portion, &mut checked).await;
    follow.finish(&mut checked.problems);
    checked.unsealed = unsealed(store, &follow.sealed, follow.at).await?;
    (checked.links, checked.head, checked.sealed_at) = (follow.links, follow.head, follow.at);
    Ok(checked)
}

/// Reads each of these objects, and forgets it.
async fn look(store: &Store, portion: &mut Vec<(u64, Sealable)>, checked: &mut Checked) {
    let mut seen = futures_util::stream::iter(portion.drain(..))
        .map(async |(link, object)| {
            let found = store.shared(&object.key).await;
            (link, object, found.map(|found| found.map(|bytes| Sealable::of("", bytes.as_ref()))))
        })
        .buffered(AT_ONCE);
    while let Some((link, Sealable { key, sha256, bytes: _ }, found)) = seen.next().await {
        match found {
            // The size is that of what is there: a link may say any.
            Ok(Some(found)) if found.sha256 == sha256 => {
                (checked.objects, checked.bytes) = (checked.objects + 1, checked.bytes + found.bytes);
            }
            Ok(Some(found)) => {
                let found = found.sha256;
                checked.problems.add(Problem::Changed { key, link, sealed: sha256, found });
            }
            Ok(None) => checked.problems.add(Problem::Removed { key, link }),
            Err(error) => checked.unread.push(chain_of(&error)),
        }
    }
}

async fn unsealed(store: &Store, sealed: &Sealed, at: Option<Timestamp>) -> Result<Unsealed, StoreError> {
    let today = at.map(|at| TimeZone::UTC.to_datetime(at).date());
    let mut unsealed = Unsealed::default();
    for folder in super::FOLDERS {
        for key in store.below(folder, None).await? {
            if sealed.link_of(&key).is_some() {
                continue;
            }
            unsealed.count += 1;
            let is_late = day_of(&key).zip(today).is_some_and(|(day, today)| day < today);
            unsealed.late += u64::from(is_late);
            if unsealed.named.len() < MOST_NAMED {
                unsealed.named.push(key);
            }
        }
    }
    Ok(unsealed)
}

/// The day that a key names; `None` where it names none.
pub(crate) fn day_of(key: &str) -> Option<Date> {
    key.split('/').find_map(|part| part.strip_prefix("dt=")?.parse().ok())
}

/// An error with its causes, in one line.
fn chain_of(error: &StoreError) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}
