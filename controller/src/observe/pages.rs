//! Listings that come in pages: all of them, or an error.

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::CallError;

/// Pages of one listing: more than any account and region has, so that a server
/// that never comes to an end does not keep us for ever.
const MOST_PAGES: usize = 2_000;

/// Every page of a listing, in order. `ask` gets the token of the page, `next`
/// finds the token of the one after it.
///
/// # Errors
/// When a page cannot be read, a token comes again, or there is no end: what was
/// seen until then is not the whole.
pub(super) async fn pages<P>(
    operation: &'static str,
    ask: impl AsyncFn(Option<String>) -> Result<P, CallError>,
    next: impl Fn(&P) -> Option<&str>,
) -> Result<Vec<P>, CallError> {
    let mut pages = Vec::new();
    each_page(operation, ask, |page| next(page).map(str::to_owned), |page| pages.push(page)).await?;
    Ok(pages)
}

/// Hands each page of a listing to `take`, in order, and keeps none of them.
///
/// # Errors
/// As [`pages`]: then `take` got a part of the listing.
pub(crate) async fn each_page<P>(
    operation: &'static str,
    ask: impl AsyncFn(Option<String>) -> Result<P, CallError>,
    next: impl Fn(&P) -> Option<String>,
    mut take: impl FnMut(P),
) -> Result<(), CallError> {
    let mut tokens = BTreeSet::new();
    let mut token: Option<String> = None;
    for _ in 0..MOST_PAGES {
        let page = ask(token.clone()).await?;
        token = next(&page).filter(|next| !next.is_empty());
        take(page);
        match &token {
            None => return Ok(()),
            Some(next) if tokens.insert(short(next)) => {}
            Some(_) => return Err(CallError::unclear(operation, "its NextToken came twice, the list has no end")),
        }
    }
    Err(CallError::unclear(operation, &format!("more than {MOST_PAGES} pages, the list has no end")))
}

/// What tells a token from another: tokens may be 8 KiB long, and there are thousands.
fn short(token: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    token.hash(&mut hasher);
    hasher.finish()
}
