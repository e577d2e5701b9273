//! `POST /_sandbox/when`: a change between two calls of a client, such as an app that is
//! created again after the client has listed it.

use serde_json::{Value, json};

use super::{Changed, Refusal, apply, is_change};
use crate::Cli;
use crate::auth::Caller;
use crate::error::ApiError;
use crate::sandbox::Inner;

/// More than any test schedules.
const MOST: usize = 100;

/// A change that waits for its call.
#[derive(Debug)]
pub(crate) struct When {
    operation: String,
    account: Option<String>,
    region: Option<String>,
    skip: u64,
    moment: Moment,
    change: String,
    request: Value,
}

impl When {
    fn is_of(&self, caller: &Caller) -> bool {
        self.account.as_ref().is_none_or(|account| *account == caller.account)
            && self.region.as_ref().is_none_or(|region| *region == caller.region)
    }
}

/// Whether a change is made before or after its call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moment {
    /// The call already sees it.
    Before,
    /// The next call is the first to see it.
    After,
}

/// Schedules `{"Operation", "Account", "Region", "Skip": 0, "Before": true, "Do":
/// {"<change>": {…}}}`, of any account and region where it names none: once,
/// at the first such call after `Skip` others, before that call or after it. A call
/// that a fault refuses counts too.
pub(super) fn schedule(inner: &mut Inner, request: &Value) -> Changed {
    let members = request.as_object().ok_or_else(|| Refusal::new("the body is not an object"))?;
    let known = ["Operation", "Account", "Region", "Skip", "Before", "Do"];
    if let Some(unknown) = members.keys().find(|member| !known.contains(&member.as_str())) {
        return Err(Refusal::new(format!("there is no member {unknown}; hint: one of {known:?}")));
    }
    let mut changes = request["Do"].as_object().into_iter().flatten();
    let (Some((change, what)), None) = (changes.next(), changes.next()) else {
        return Err(Refusal::new("Do has not one member, the name of a change"));
    };
    if !is_change(change) {
        return Err(Refusal::new(format!("there is no change {change}")));
    }
    if inner.whens.len() == MOST {
        return Err(Refusal::new(format!("{MOST} changes wait already")));
    }
    let text = |member: &str| request[member].as_str().map(str::to_owned);
    inner.whens.push(When {
        operation: text("Operation").ok_or_else(|| Refusal::new("there is no Operation"))?,
        account: text("Account"),
        region: text("Region"),
        skip: request["Skip"].as_u64().unwrap_or_default(),
        moment: if request["Before"] == false { Moment::After } else { Moment::Before },
        change: change.clone(),
        request: what.clone(),
    });
    Ok(json!({ "Waiting": inner.whens.len() }))
}

/// Makes the changes that wait for this moment of a call.
///
/// # Errors
/// HTTP 500 for one that is refused: its test would otherwise pass for nothing.
pub(crate) fn play(
    inner: &mut Inner,
    cli: &Cli,
    caller: &Caller,
    operation: &str,
    moment: Moment,
) -> Result<(), ApiError> {
    let mut due = Vec::new();
    for mut when in std::mem::take(&mut inner.whens) {
        let concerns = when.operation == operation && when.moment == moment && when.is_of(caller);
        if concerns && when.skip == 0 {
            due.push(when);
        } else {
            when.skip -= u64::from(concerns);
            inner.whens.push(when);
        }
    }
    for When { change, request, .. } in due {
        apply(inner, cli, &change, &request)
            .map_err(|refusal| ApiError::internal(format!("the change {change}: {}", refusal.message)))?;
    }
    Ok(())
}
