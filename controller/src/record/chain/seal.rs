//! Links are made.

use futures_util::{StreamExt, TryStreamExt};
use jiff::Timestamp;

use super::head::{Head, head};
use super::link::{Link, MOST, Sealable, key};
use super::sealed::sealed;
use crate::record::{Store, StoreError};
use crate::script::hex;

/// So many objects stand in one link: it is a few hundred kilobytes then.
const MOST_OBJECTS: usize = 1_000;
/// Others would have to make as many links while this one is made.
const MOST_TRIES: u32 = 1_000;
/// So many objects are fetched at once.
const AT_ONCE: usize = 16;

/// What was sealed.
#[derive(Debug, Default)]
pub(crate) struct Seal {
    pub(crate) objects: usize,
    pub(crate) links: usize,
    /// The last link that was made.
    pub(crate) head: Option<Head>,
}

/// Seals these objects, in as many links as it takes. Where others make links meanwhile, these
/// come after theirs.
///
/// # Errors
/// When the chain could not be read or a link not be written: what is not sealed then is with the
/// next [`seal_rest`].
pub(crate) async fn seal(
    store: &Store,
    mut objects: Vec<Sealable>,
    run: Option<&str>,
    at: Timestamp,
) -> Result<Seal, StoreError> {
    objects.sort_unstable();
    objects.dedup();
    let mut sealed = Seal::default();
    if objects.is_empty() {
        return Ok(sealed);
    }
    let mut last = head(store).await?;
    for part in objects.chunks(MOST_OBJECTS) {
        let made = append(store, last, part, run, at).await?;
        (sealed.objects, sealed.links) = (sealed.objects + part.len(), sealed.links + 1);
        sealed.head = Some(made.clone());
        last = Some(made);
    }
    Ok(sealed)
}

/// Seals all that stands below this folder, and these objects where they are there.
///
/// # Errors
/// As for [`seal`], and when something could not be listed or read.
pub(crate) async fn seal_of(
    store: &Store,
    folder: &str,
    objects: &[String],
    run: Option<&str>,
    at: Timestamp,
) -> Result<Seal, StoreError> {
    let mut keys = store.below(folder, None).await?;
    keys.extend_from_slice(objects);
    let objects = fetched(store, keys).await?;
    seal(store, objects, run, at).await
}

/// Seals what no link names yet: what runs left that were cut short, and what is older than the chain.
///
/// # Errors
/// As for [`seal_of`].
pub(crate) async fn seal_rest(store: &Store, at: Timestamp) -> Result<Seal, StoreError> {
    let mut keys = Vec::new();
    for folder in super::FOLDERS {
        keys.extend(store.below(folder, None).await?);
    }
    // Asked for after the listing: what is sealed in between is known by then.
    let named = sealed(store).await?;
    keys.retain(|key| named.link_of(key).is_none());
    let mut all = Seal::default();
    for part in keys.chunks(MOST_OBJECTS) {
        let objects = fetched(store, part.to_vec()).await?;
        let Seal { objects, links, head } = seal(store, objects, None, at).await?;
        (all.objects, all.links, all.head) = (all.objects + objects, all.links + links, head.or(all.head));
    }
    Ok(all)
}

/// The digests of these objects. One that is gone by now is left out.
async fn fetched(store: &Store, keys: Vec<String>) -> Result<Vec<Sealable>, StoreError> {
    let objects = futures_util::stream::iter(keys).map(async |key| {
        let bytes = store.shared(&key).await?;
        Ok::<_, StoreError>(bytes.map(|bytes| Sealable::of(&key, bytes.as_ref())))
    });
    objects.buffered(AT_ONCE).try_filter_map(async |object| Ok(object)).try_collect().await
}

/// Makes one link after this one, or after those that others made meanwhile.
pub(super) async fn append(
    store: &Store,
    mut last: Option<Head>,
    objects: &[Sealable],
    run: Option<&str>,
    at: Timestamp,
) -> Result<Head, StoreError> {
    for _ in 0..MOST_TRIES {
        if last.as_ref().is_some_and(|last| last.number >= MOST) {
            return Err(store.damaged(&key(MOST), "no link can come after it".to_owned()));
        }
        let before = last.as_ref().map_or((0, None), |last| (last.number, Some(last.sha256.as_str())));
        let link = Link::after(before, objects, run, at);
        let (bytes, own_key) = (link.to_bytes(), key(link.sequence));
        let own = Head { number: link.sequence, sha256: hex(&bytes) };
        if !store.create(&own_key, bytes).await? {
            return Ok(own);
        }
        let missing = || store.damaged(&own_key, "it was there and is no more".to_owned());
        let sha256 = hex(store.shared(&own_key).await?.ok_or_else(missing)?.as_ref());
        // An earlier try of ours may have arrived though its answer did not.
        if sha256 == own.sha256 {
            return Ok(own);
        }
        last = Some(Head { number: own.number, sha256 });
    }
    Err(store.damaged(super::FOLDER, format!("{MOST_TRIES} links were made while this one was")))
}
