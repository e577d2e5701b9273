//! One operation, from the caller to its answer: its fault played, its call noted.

mod refusal;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::Value;

use crate::Cli;
use crate::auth::Caller;
use crate::calls::Calls;
use crate::clock::epoch_seconds;
use crate::control::when::{self, Moment, When};
use crate::error::{Answer, ApiError};
use crate::faults::{Fault, Faults, Kind};
use crate::recording::Recording;
use crate::service;
use crate::service::cloudtrail::Trail;
use crate::service::iam::Roles;
use crate::service::organizations::Organization;
use crate::service::pricing::PriceBook;
use crate::service::sts::{self, Sessions};

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
    pub(crate) sessions: Sessions,
    pub(crate) organization: Organization,
    pub(crate) prices: PriceBook,
    pub(crate) roles: Roles,
    pub(crate) trail: Trail,
    pub(crate) whens: Vec<When>,
    faults: Faults,
    recording: Recording,
    requests: u64,
}

impl Inner {
    /// What an operation of this caller needs to know.
    pub(crate) fn context(&self, cli: &Cli, caller: &Caller, now: f64) -> Context {
        Context {
            caller: caller.clone(),
            caller_arn: self.sessions.arn(caller),
            now,
            create_takes: cli.create_takes,
            update_takes: cli.update_takes,
            delete_takes: cli.delete_takes,
            stop_takes: cli.stop_takes,
            replaces_settings: false,
            reads_stale: false,
            metric_data: None,
        }
    }
}

impl Inner {
    /// Notes what IAM would be asked for this call.
    fn record(&mut self, caller: &Caller, operation: &str, request: &Value) {
        let Some(program) = caller.program else { return };
        let role = self.sessions.role(caller);
        self.recording.note(program, role, &caller.service, operation);
        // Rights that AWS asks for besides, where the request says more.
        let is_tagged = request["Tags"].as_array().is_some_and(|tags| !tags.is_empty());
        match (caller.service.as_str(), operation) {
            ("sts", "AssumeRole") if !request["SourceIdentity"].is_null() => {
                self.recording.note(program, role, "sts", "SetSourceIdentity");
            }
            ("sagemaker", create) if create.starts_with("Create") && is_tagged => {
                self.recording.note(program, role, "sagemaker", "AddTags");
            }
            _ => {}
        }
    }
}

impl Sandbox {
    /// An empty sandbox.
    ///
    /// # Errors
    /// When calls are to be recorded and cannot be.
    pub(crate) fn new(cli: Cli) -> anyhow::Result<Arc<Self>> {
        let faults = Faults::new(cli.faults.as_deref());
        let recording = Recording::new(cli.record_calls.as_deref())?;
        Ok(Arc::new(Self { cli, inner: Mutex::new(Inner { faults, recording, ..Inner::default() }) }))
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
            inner.record(caller, operation, request);
            let account = sts::account_of(caller, operation, request);
            (number, inner.faults.next(account, &caller.region, operation))
        };
        let mut context = self.lock().context(&self.cli, caller, epoch_seconds());
        let late = fault.as_ref().ok().and_then(Option::as_ref).and_then(Fault::late_answer);
        let refusal = match fault {
            Err(broken) => Some(ApiError::internal(broken)),
            Ok(None) => None,
            Ok(Some(fault)) => self.play(&fault, &mut context, operation, request, number).await,
        };
        let answer = self.answer_now(operation, request, &mut context, refusal, number);
        if let Some(delay) = late {
            tokio::time::sleep(delay).await;
        }
        answer
    }

    fn answer_now(
        &self,
        operation: &str,
        request: &Value,
        context: &mut Context,
        refusal: Option<ApiError>,
        number: u64,
    ) -> Answer {
        let mut inner = self.lock();
        context.now = epoch_seconds();
        let changed = when::play(&mut inner, &self.cli, &context.caller, operation, Moment::Before);
        let answer = match changed.err().or(refusal) {
            Some(refusal) => Err(refusal),
            None => service::answer(&mut inner, context, operation, request),
        };
        let changed = when::play(&mut inner, &self.cli, &context.caller, operation, Moment::After);
        let answer = changed.and(answer);
        inner.calls.end(number, Some(answer.as_ref().map(|_| ())));
        answer
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
            Kind::Hang => tokio::time::sleep(delay).await,
            Kind::Drop => {
                self.lock().calls.end(number, None);
                // Ends the connection's task, and with it the connection, without a word.
                std::panic::resume_unwind(Box::new("dropped by a scripted fault"));
            }
            Kind::SlowDelete => context.delete_takes = delay,
            Kind::StaleRead => context.reads_stale = true,
            Kind::PartialData => context.metric_data = Some("PartialData"),
            Kind::ForbiddenData => context.metric_data = Some("Forbidden"),
            Kind::ReplaceSettings => context.replaces_settings = true,
            // After the answer is known, or instead of it.
            _ => {}
        }
        refusal::of(fault.kind, context, operation, request)
    }
}
