//! `costctl-lambda`: a sweep shared out over a state machine of Step Functions, one step an event.
//!
//! `scopes` names the accounts and regions, `look` sees one of them, `plan` plans once for all of
//! them, `act` does what is planned for one, `finish` tells how it went. What one step knows and the
//! next one needs lies in the evidence store below `sweeps/RUN/`, in objects that only ever come
//! into being: a step that is run again finds what it did and does it no second time.

mod act;
mod event;
mod finish;
mod flags;
mod look;
mod plan;
mod scopes;
mod shelf;
mod until;

use anyhow::{Context, Result};
use jiff::Timestamp;
use lambda_runtime::{Diagnostic, LambdaEvent, service_fn};
use serde_json::Value;

use crate::commands::told;
use event::{Event, Step};
use flags::Flags;
use shelf::Shelf;

/// Answers events until Lambda ends the process.
///
/// # Errors
/// When the runtime API does not answer.
pub(crate) async fn run() -> Result<(), lambda_runtime::Error> {
    lambda_runtime::run(service_fn(answer)).await
}

/// The answer of one step; a failure is one sentence, told in the log, too.
async fn answer(event: LambdaEvent<Value>) -> Result<Value, Diagnostic> {
    let LambdaEvent { payload, context } = event;
    step(payload, context.deadline).await.map_err(|error| {
        let error_message = told(&error);
        eprintln!("error: {error_message}");
        Diagnostic { error_type: "Sweep.StepFailed".to_owned(), error_message }
    })
}

async fn step(payload: Value, deadline: u64) -> Result<Value> {
    let Event { step, run, args, scope } = Event::parse(payload)?;
    let flags = Flags::parse(&args)?;
    let shelf = Shelf::open(&flags, run).await?;
    let scope = || scope.as_ref().context("the event names no scope: this step is for one account and region");
    match step {
        Step::Scopes => scopes::scopes(&flags, &shelf, &args).await,
        Step::Look => look::look(&flags, &shelf, scope()?).await,
        Step::Plan => plan::plan(&flags, &shelf, &args).await,
        Step::Act => act::act(&flags, &shelf, scope()?, time(deadline)?).await,
        Step::Finish => finish::finish(&flags, &shelf).await,
    }
}

/// When Lambda ends the process, whatever it does then.
fn time(deadline: u64) -> Result<Timestamp> {
    let milliseconds = i64::try_from(deadline).context("the event has no deadline")?;
    Timestamp::from_millisecond(milliseconds).context("the event has no deadline")
}
