//! Domains of DataZone, which only its own pages and other stacks make.

use serde_json::{Value, json};

use super::{Changed, Refusal, elements};
use crate::sandbox::Inner;
use crate::service::datazone;
use crate::world::Context;

/// `POST /_sandbox/datazone`: puts `{"Domains": [{"id", "projects": [{"id", "name"}], …}]}` there, each in
/// place of what had its id.
pub(super) fn put(inner: &mut Inner, context: &Context, request: &Value) -> Changed {
    let domains = elements(request, "Domains")?;
    let region = inner.world.region(&context.caller, context.now);
    for domain in domains {
        datazone::add(&mut region.datazone, context, domain).map_err(Refusal::new)?;
    }
    Ok(json!({ "Domains": domains.len() }))
}
