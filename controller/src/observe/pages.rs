//! Listings that come in pages: all of them, or an error.

use std::collections::BTreeSet;

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
    let (mut pages, mut tokens) = (Vec::new(), BTreeSet::new());
    let mut token: Option<String> = None;
    while pages.len() < MOST_PAGES {
        let page = ask(token.clone()).await?;
        token = next(&page).filter(|next| !next.is_empty()).map(str::to_owned);
        pages.push(page);
        match &token {
            None => return Ok(pages),
            Some(next) if tokens.insert(next.clone()) => {}
            Some(_) => return Err(CallError::unclear(operation, "its NextToken came twice, the list has no end")),
        }
    }
    Err(CallError::unclear(operation, &format!("more than {MOST_PAGES} pages, the list has no end")))
}
