//! What links name, in 40 bytes an object: a place of years holds millions.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use futures_util::StreamExt;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use sha2::{Digest, Sha256};

use super::head::numbers;
use super::link::{self, Link};
use crate::record::{Store, StoreError};

/// So many links are fetched at once.
pub(super) const AT_ONCE: usize = 16;

type Short = [u8; 16];

/// Which link names an object first.
#[derive(Debug, Default)]
pub(crate) struct Sealed {
    of_key: HashMap<Short, (Short, u64)>,
    /// On which UTC day each link was made.
    days: HashMap<u64, Date>,
}

/// What is known of an object that a link names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Named {
    First,
    /// An earlier link says the same.
    Again,
    /// This earlier link says something else.
    Otherwise(u64),
}

impl Sealed {
    /// Adds that link `number` names this object with this digest.
    pub(crate) fn add(&mut self, number: u64, key: &str, sha256: &str) -> Named {
        let digest = short(sha256);
        match self.of_key.entry(short(key)) {
            Entry::Vacant(entry) => {
                entry.insert((digest, number));
                Named::First
            }
            Entry::Occupied(entry) => match *entry.get() {
                (there, _) if there == digest => Named::Again,
                (_, first) => Named::Otherwise(first),
            },
        }
    }

    /// The first link that names this object; `None` where none does.
    pub(crate) fn link_of(&self, key: &str) -> Option<u64> {
        self.of_key.get(&short(key)).map(|(_, number)| *number)
    }

    /// Whether the first link that names this object gives it this digest.
    pub(crate) fn is_so(&self, key: &str, sha256: &str) -> bool {
        self.of_key.get(&short(key)).is_some_and(|(digest, _)| *digest == short(sha256))
    }

    /// The UTC day on which it was sealed; `None` where it is not.
    pub(crate) fn day_of(&self, key: &str) -> Option<Date> {
        self.days.get(&self.link_of(key)?).copied()
    }

    /// The first link that was made on this UTC day or later; `None` where none was.
    pub(crate) fn first_since(&self, day: Date) -> Option<u64> {
        self.days.iter().filter(|(_, made)| **made >= day).map(|(number, _)| *number).min()
    }

    fn add_link(&mut self, link: &Link) {
        self.days.insert(link.sequence, TimeZone::UTC.to_datetime(link.at).date());
        for object in &link.objects {
            self.add(link.sequence, &object.key, &object.sha256);
        }
    }
}

/// What all links name. A link that is missing or not understood names nothing here: to find that
/// is for whoever verifies.
///
/// # Errors
/// When one could not be read.
pub(crate) async fn sealed(store: &Store) -> Result<Sealed, StoreError> {
    let mut sealed = Sealed::default();
    let numbers = numbers(store).await?;
    let mut links = futures_util::stream::iter(numbers).map(|n| link::read(store, n)).buffered(AT_ONCE);
    while let Some(read) = links.next().await {
        if let Some(Ok(link)) = read?.map(|read| read.link) {
            sealed.add_link(&link);
        }
    }
    Ok(sealed)
}

/// Enough of a digest that nobody finds two texts with the same one.
fn short(text: &str) -> Short {
    let digest = Sha256::digest(text.as_bytes());
    digest[..16].try_into().expect("it has 32 bytes")
}
