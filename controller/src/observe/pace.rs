//! How fast AWS is asked: one bucket for reads and one for writes of an account
//! and region, slower when AWS throttles, and bounded retries.

use std::time::{Duration, Instant};

use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_sagemaker::error::{ProvideErrorMetadata, SdkError};
use thiserror::Error;
use tokio::sync::Mutex;

/// Tries of one call: with doubling pauses the last comes after minutes, when a
/// throttled account has long calmed down.
const TRIES: u32 = 10;
/// Tries after failures of another kind, such as a lost connection.
const OTHER_TRIES: u32 = 4;
/// The longest pause between two tries.
const LONGEST_PAUSE: Duration = Duration::from_secs(20);

/// Where credentials come from.
const CREDENTIALS: &str = "credentials come from AWS_PROFILE, AWS_ACCESS_KEY_ID and so on, `aws sso login` or the \
    machine's role, as the AWS CLI finds them";

/// So much of what AWS says is told.
const MOST_SAID: usize = 300;

/// What an error means to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Too fast, for too long.
    Throttled,
    /// Not allowed.
    Denied,
    /// Credentials that were good once.
    Expired,
    /// No credentials, or none that AWS knows.
    NoCredentials,
    /// Not there.
    NotFound,
    /// The name is taken, or something else happens to it now.
    InUse,
    /// AWS does not take this.
    Invalid,
    /// No answer, or one of a failing service.
    Unreachable,
}

/// A call that failed for good.
#[derive(Debug, Clone, Error)]
#[error("{operation}{of} failed: {message}{}", hint(*kind, operation))]
pub(crate) struct CallError {
    operation: &'static str,
    of: String,
    pub(crate) kind: Kind,
    message: String,
}

fn hint(kind: Kind, operation: &str) -> String {
    match kind {
        Kind::Throttled => "; hint: a lower --reads-per-second or --writes-per-second".to_owned(),
        Kind::Denied => format!("; hint: allow {operation} to this role"),
        Kind::Expired => "; hint: log in again".to_owned(),
        Kind::NoCredentials => format!("; hint: {CREDENTIALS}"),
        Kind::Unreachable => "; hint: run it again".to_owned(),
        _ => String::new(),
    }
}

impl CallError {
    /// What this error comes to.
    pub(crate) fn new<E, R>(operation: &'static str, error: &SdkError<E, R>) -> Self
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
        R: std::fmt::Debug + 'static,
    {
        Self { operation, of: String::new(), kind: kind_of(error), message: message(error) }
    }

    /// What failed and what AWS said, without what to do about it.
    pub(crate) fn without_hint(&self) -> String {
        format!("{}{} failed: {}", self.operation, self.of, self.message)
    }

    /// The operation that failed.
    pub(crate) fn operation(&self) -> &'static str {
        self.operation
    }

    /// An answer came, but it cannot be what is there.
    pub(crate) fn unclear(operation: &'static str, message: &str) -> Self {
        Self { operation, of: String::new(), kind: Kind::Invalid, message: message.to_owned() }
    }

    /// The error of a call that a test's script refuses.
    #[cfg(test)]
    pub(crate) fn scripted(kind: Kind) -> Self {
        Self { operation: "Scripted", of: String::new(), kind, message: format!("{kind:?}") }
    }

    /// The same error with what was touched.
    pub(crate) fn of(mut self, what: impl std::fmt::Display) -> Self {
        self.of = format!(" {what}");
        self
    }
}

/// The pace of one account and region.
#[derive(Debug)]
pub(crate) struct Pace {
    reads: Mutex<Bucket>,
    writes: Mutex<Bucket>,
}

#[derive(Debug)]
struct Bucket {
    start: f64,
    rate: f64,
    next: Instant,
    turns: u64,
}

impl Pace {
    pub(crate) fn new(reads: f64, writes: f64) -> Self {
        let bucket = |rate| Mutex::new(Bucket { start: rate, rate, next: Instant::now(), turns: 0 });
        Self { reads: bucket(reads), writes: bucket(writes) }
    }

    /// So many reading calls were made so far, each try counted.
    pub(crate) async fn reads_so_far(&self) -> u64 {
        self.reads.lock().await.turns
    }

    /// The answer of a reading call.
    ///
    /// # Errors
    /// When AWS refuses it, or all tries failed.
    pub(crate) async fn read<T, E, R>(
        &self,
        operation: &'static str,
        call: impl AsyncFn() -> Result<T, SdkError<E, R>>,
    ) -> Result<T, CallError>
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
        R: std::fmt::Debug + 'static,
    {
        paced(&self.reads, operation, call).await
    }

    /// The answer of a changing call, which must come to the same when it is sent twice.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub(crate) async fn write<T, E, R>(
        &self,
        operation: &'static str,
        call: impl AsyncFn() -> Result<T, SdkError<E, R>>,
    ) -> Result<T, CallError>
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
        R: std::fmt::Debug + 'static,
    {
        paced(&self.writes, operation, call).await
    }

    /// Waits for the turn of a changing call that is made of what was seen just before it.
    pub(crate) async fn turn_to_write(&self) {
        turn(&self.writes).await;
    }

    /// One try of a changing call, whose turn was waited for.
    ///
    /// # Errors
    /// When it failed: [`Self::another_write`] says whether to look again and try again.
    pub(crate) async fn write_now<T, E, R>(
        &self,
        operation: &'static str,
        call: impl AsyncFn() -> Result<T, SdkError<E, R>>,
    ) -> Result<T, CallError>
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
        R: std::fmt::Debug + 'static,
    {
        attempt(&self.writes, operation, call).await
    }

    /// Whether there is to be another try after so many that failed; pauses before it.
    pub(crate) async fn another_write(&self, error: &CallError, tries: u32) -> bool {
        again(&self.writes, error.kind, tries).await
    }
}

async fn paced<T, E, R>(
    bucket: &Mutex<Bucket>,
    operation: &'static str,
    call: impl AsyncFn() -> Result<T, SdkError<E, R>>,
) -> Result<T, CallError>
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
    R: std::fmt::Debug + 'static,
{
    let mut tries = 0;
    loop {
        turn(bucket).await;
        let error = match attempt(bucket, operation, &call).await {
            Ok(answer) => return Ok(answer),
            Err(error) => error,
        };
        tries += 1;
        if !again(bucket, error.kind, tries).await {
            return Err(error);
        }
    }
}

async fn turn(bucket: &Mutex<Bucket>) {
    let turn = bucket.lock().await.turn();
    tokio::time::sleep(turn).await;
}

async fn attempt<T, E, R>(
    bucket: &Mutex<Bucket>,
    operation: &'static str,
    call: impl AsyncFn() -> Result<T, SdkError<E, R>>,
) -> Result<T, CallError>
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
    R: std::fmt::Debug + 'static,
{
    let error = match call().await {
        Ok(answer) => {
            bucket.lock().await.went_well();
            return Ok(answer);
        }
        Err(error) => error,
    };
    let error = CallError::new(operation, &error);
    if error.kind == Kind::Throttled {
        bucket.lock().await.throttled();
    }
    Err(error)
}

/// Pauses after so many tries that failed like this; `false` at once where there is to be no other.
async fn again(bucket: &Mutex<Bucket>, kind: Kind, tries: u32) -> bool {
    let most = match kind {
        Kind::Throttled => TRIES,
        Kind::Unreachable => OTHER_TRIES,
        _ => 1,
    };
    if tries >= most {
        return false;
    }
    let pause = bucket.lock().await.pause(tries);
    tokio::time::sleep(pause).await;
    true
}

impl Bucket {
    /// How long to wait for one's turn.
    fn turn(&mut self) -> Duration {
        let now = Instant::now();
        let at = self.next.max(now);
        self.next = at + Duration::from_secs_f64(1.0 / self.rate);
        self.turns += 1;
        at - now
    }

    fn went_well(&mut self) {
        self.rate = (self.rate + self.start / 10.0).min(self.start * 4.0);
    }

    fn throttled(&mut self) {
        self.rate = (self.rate / 2.0).max(self.start / 10.0);
    }

    /// A random part of a pause that doubles with each try, measured in turns of this bucket.
    fn pause(&self, tries: u32) -> Duration {
        let longest = f64::from(1 << tries.min(10)) / self.start;
        Duration::from_secs_f64(fastrand::f64() * longest.min(LONGEST_PAUSE.as_secs_f64()))
    }
}

/// What AWS said; what the client says where AWS said nothing. One line.
fn message<E, R>(error: &SdkError<E, R>) -> String
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
    R: std::fmt::Debug + 'static,
{
    let text = match (error.code(), error.message()) {
        (Some(code), Some(message)) => format!("{code}: {message}"),
        (Some(code), None) => code.to_owned(),
        _ => match sources(error).last() {
            Some(innermost) => format!("{error}: {innermost}"),
            None => error.to_string(),
        },
    };
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.chars().count() <= MOST_SAID { text } else { text.chars().take(MOST_SAID).chain(['…']).collect() }
}

/// What is below an error, the cause of all last.
fn sources<'a>(
    error: &'a (dyn std::error::Error + 'static),
) -> impl Iterator<Item = &'a (dyn std::error::Error + 'static)> {
    std::iter::successors(error.source(), |error| error.source())
}

fn kind_of<E, R>(error: &SdkError<E, R>) -> Kind
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
    R: std::fmt::Debug + 'static,
{
    let SdkError::ServiceError(service) = error else {
        let of_credentials = sources(error).find_map(|error| error.downcast_ref::<CredentialsError>());
        return match of_credentials {
            Some(CredentialsError::ProviderTimedOut(_)) | None => Kind::Unreachable,
            Some(_) if sources(error).any(|error| error.to_string().contains("expired")) => Kind::Expired,
            Some(_) => Kind::NoCredentials,
        };
    };
    let (code, message) = (service.err().code().unwrap_or_default(), service.err().message().unwrap_or_default());
    match code {
        "ThrottlingException"
        | "Throttling"
        | "ThrottledException"
        | "TooManyRequestsException"
        | "RequestLimitExceeded"
        | "SlowDown" => Kind::Throttled,
        "ResourceNotFound" | "ResourceNotFoundException" => Kind::NotFound,
        "ResourceInUse" | "ConflictException" => Kind::InUse,
        // Older calls, of notebook instances and endpoints, have no error of their own for it.
        "ValidationException"
            if ["RecordNotFound", "does not exist", "Could not find"].iter().any(|text| message.contains(text)) =>
        {
            Kind::NotFound
        }
        "ValidationException" => Kind::Invalid,
        code if code.contains("Expired") => Kind::Expired,
        "InvalidClientTokenId" | "UnrecognizedClientException" | "SignatureDoesNotMatch" => Kind::NoCredentials,
        code if code.contains("Token") => Kind::NoCredentials,
        code if code.contains("AccessDenied") || code.contains("Unauthorized") => Kind::Denied,
        code if code.contains("Internal") || code.contains("Unavailable") || code.is_empty() => Kind::Unreachable,
        _ => Kind::Invalid,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_throttled_pace_halves_recovers_and_keeps_its_bounds() {
        let mut bucket = Bucket { start: 5.0, rate: 5.0, next: Instant::now(), turns: 0 };
        bucket.throttled();
        assert!((bucket.rate - 2.5).abs() < 1e-9);
        (0..100).for_each(|_| bucket.throttled());
        assert!((bucket.rate - 0.5).abs() < 1e-9, "never below a tenth");
        (0..1000).for_each(|_| bucket.went_well());
        assert!((bucket.rate - 20.0).abs() < 1e-9, "never above four times");
        assert!((1..100).all(|tries| bucket.pause(tries) <= LONGEST_PAUSE));
    }
}
