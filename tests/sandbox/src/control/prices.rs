//! Price lists, which only AWS itself makes.

use serde_json::{Value, json};

use super::{Changed, Refusal};
use crate::sandbox::Inner;
use crate::service::pricing::PriceBook;

/// `POST /_sandbox/prices`: replaces every price by those of [`PriceBook::new`]. Beside each
/// instance stand a line of the free tier and one of Outposts, as in AWS's own lists.
pub(super) fn prices(inner: &mut Inner, request: &Value) -> Changed {
    inner.prices = PriceBook::new(request).map_err(Refusal::new)?;
    Ok(json!({ "Prices": inner.prices.len() }))
}
