//! One operation, from the caller to its answer: its fault played, its call noted.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::Value;

use crate::Cli;
use crate::auth::Caller;
use crate::calls::Calls;
use crate::clock::epoch_seconds;
use crate::error::{Answer, ApiError};
use crate::faults::{Fault, Faults, Kind};
use crate::service::{sagemaker, sts};
use crate::world::{Context, World};

/// The sandbox that all requests share.
#[derive(Debug)]
pub(crate) struct Sandbox {
    pub(crate) cli: Cli,
    inner: Mutex<Inner>,
}

/// What changes.
#[derive(Debug, Default)]
pub(crate) struct Inner {
    pub(crate) world: World,
    pub(crate) calls: Calls,
    faults: Faults,
    requests: u64,
}

impl Sandbox {
    /// An empty sandbox.
    pub(crate) fn new(cli: Cli) -> Arc<Self> {
        let faults = Faults::new(cli.faults.as_deref());
        Arc::new(Self { cli, inner: Mutex::new(Inner { faults, ..Inner::default() }) })
    }

    /// What changes, for as long as nothing else needs it.
    pub(crate) fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A request id that no other request has.
    pub(crate) fn request_id(&self) -> String {
        let mut inner = self.lock();
        inner.requests += 1;
        format!("00000000-0000-4000-8000-{:012}", inner.requests)
    }

    /// Notes a call that is refused before it reaches an operation.
    pub(crate) fn refused(&self, caller: Option<&Caller>, operation: &str, error: ApiError) -> Answer {
        let mut inner = self.lock();
        let number = inner.calls.begin(epoch_seconds(), caller, operation, &Value::Null);
        inner.calls.end(number, Some(Err(&error)));
        Err(error)
    }

    /// The answer of one operation.
    pub(crate) async fn answer(&self, caller: &Caller, operation: &str, request: &Value) -> Answer {
        let (number, fault) = {
            let mut inner = self.lock();
            let number = inner.calls.begin(epoch_seconds(), Some(caller), operation, request);
            (number, inner.faults.next(operation))
        };
        let mut context = self.context(caller);
        let refusal = match fault {
            Err(broken) => Some(ApiError::internal(broken)),
            Ok(None) => None,
            Ok(Some(fault)) => self.play(&fault, &mut context, operation, request, number).await,
        };
        let mut inner = self.lock();
        context.now = epoch_seconds();
        let answer = match (refusal, caller.service.as_str()) {
            (Some(refusal), _) => Err(refusal),
            (None, "sts") => sts::answer(operation, caller),
            (None, _) => sagemaker::answer(inner.world.region(caller, context.now), &context, operation, request),
        };
        inner.calls.end(number, Some(answer.as_ref().map(|_| ())));
        answer
    }

    fn context(&self, caller: &Caller) -> Context {
        let Cli { create_takes, update_takes, delete_takes, .. } = self.cli;
        Context { caller: caller.clone(), now: epoch_seconds(), create_takes, update_takes, delete_takes }
    }

    /// The error that a fault answers with, if it does not merely delay.
    async fn play(
        &self,
        fault: &Fault,
        context: &mut Context,
        operation: &str,
        request: &Value,
        number: u64,
    ) -> Option<ApiError> {
        let delay = fault.delay().unwrap_or(Duration::from_secs(60));
        match fault.kind {
            Kind::Throttle => Some(ApiError::new("ThrottlingException", "Rate exceeded")),
            Kind::Deny => Some(denial(context, operation, request)),
            Kind::InternalError => Some(ApiError::internal("The request processing has failed.")),
            Kind::ExpiredToken => Some(ApiError::expired_token()),
            Kind::Hang => {
                tokio::time::sleep(delay).await;
                None
            }
            Kind::Drop => {
                self.lock().calls.end(number, None);
                // Ends the connection's task, and with it the connection, without a word.
                std::panic::resume_unwind(Box::new("dropped by a scripted fault"));
            }
            Kind::SlowDelete => {
                context.delete_takes = delay;
                None
            }
        }
    }
}

fn denial(context: &Context, operation: &str, request: &Value) -> ApiError {
    let Caller { service, .. } = &context.caller;
    let resource = if service == "sts" { "*".to_owned() } else { sagemaker::resource_arn(context, request) };
    ApiError::new(
        "AccessDeniedException",
        format!(
            "User: {} is not authorized to perform: {service}:{operation} on resource: {resource} \
             because no identity-based policy allows the {service}:{operation} action",
            sts::arn(&context.caller)
        ),
    )
}
