//! Credentials of an assumed role, taken anew before they expire.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use aws_config::SdkConfig;
use aws_config::identity::IdentityCache;
use aws_config::retry::RetryConfig;
use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider, future};
use idle_core::{AccountId, Partition, Region};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use crate::observe::CallError;

/// So long before they expire credentials are taken anew: no call that begins with
/// them lasts longer, its retries included.
const EARLY: Duration = Duration::from_secs(300);

/// Tries of one `AssumeRole`, which is paced by nobody: there is one for an account.
const TRIES: u32 = 5;

/// The session name where nobody gives one.
const SESSION_NAME: &str = "costctl";

/// A role, and what its trust policy may ask for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Role {
    pub(super) arn: String,
    pub(super) external_id: Option<String>,
    pub(super) session_name: String,
    pub(super) source_identity: Option<String>,
}

impl Role {
    /// A role that asks for nothing.
    pub(super) fn plain(arn: String) -> Self {
        Self { arn, external_id: None, session_name: SESSION_NAME.to_owned(), source_identity: None }
    }
}

/// The ARN of the role of this name, which may have a path.
pub(super) fn arn(partition: &Partition, account: &AccountId, name: &str) -> String {
    format!("arn:{partition}:iam::{account}:role/{}", name.trim_start_matches('/'))
}

/// The credentials of one role, shared by all of its account's regions.
#[derive(Debug)]
pub(super) struct RoleCredentials {
    sts: aws_sdk_sts::Client,
    role: Role,
    kept: Mutex<Option<Credentials>>,
}

impl RoleCredentials {
    /// Those of this role, assumed with the credentials of `base`. Nothing is asked yet.
    pub(super) fn new(base: &SdkConfig, role: Role) -> Arc<Self> {
        let retries = RetryConfig::standard().with_max_attempts(TRIES);
        let config = aws_sdk_sts::config::Builder::from(base).retry_config(retries).build();
        Arc::new(Self { sts: aws_sdk_sts::Client::from_conf(config), role, kept: Mutex::new(None) })
    }

    /// The settings of a region with these credentials.
    pub(super) fn config(self: &Arc<Self>, base: &SdkConfig, region: &Region) -> SdkConfig {
        let provider: Arc<dyn ProvideCredentials> = self.clone();
        let region = aws_config::Region::new(region.as_str().to_owned());
        let builder = base.clone().into_builder().region(region);
        // They are kept here: a second keeper would hold on to them longer.
        let builder = builder.identity_cache(IdentityCache::no_cache());
        builder.credentials_provider(SharedCredentialsProvider::from(provider)).build()
    }

    /// Credentials that do not expire soon; kept ones while new ones are refused and they hold.
    pub(super) async fn get(&self) -> Result<Credentials, CallError> {
        let mut kept = self.kept.lock().await;
        let now = SystemTime::now();
        if let Some(credentials) = kept.as_ref().filter(|kept| holds(kept.expiry(), now + EARLY)) {
            return Ok(credentials.clone());
        }
        match self.assume().await {
            Ok(credentials) => Ok(kept.insert(credentials).clone()),
            Err(error) => kept.clone().filter(|kept| holds(kept.expiry(), now)).ok_or(error),
        }
    }

    async fn assume(&self) -> Result<Credentials, CallError> {
        let Role { arn, external_id, session_name, source_identity } = &self.role;
        let call = self.sts.assume_role().role_arn(arn).role_session_name(session_name);
        let call = call.set_external_id(external_id.clone()).set_source_identity(source_identity.clone());
        let answer = call.send().await.map_err(|error| CallError::new("AssumeRole", &error).of(arn))?;
        let unclear = || CallError::unclear("AssumeRole", "the answer has no credentials").of(arn);
        let given = answer.credentials().ok_or_else(unclear)?;
        let expiry = SystemTime::try_from(*given.expiration()).map_err(|_| unclear())?;
        let token = Some(given.session_token().to_owned());
        Ok(Credentials::new(given.access_key_id(), given.secret_access_key(), token, Some(expiry), "AssumeRole"))
    }
}

impl ProvideCredentials for RoleCredentials {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(async { self.get().await.map_err(CredentialsError::provider_error) })
    }
}

/// Whether credentials are still good at this time.
fn holds(expiry: Option<SystemTime>, at: SystemTime) -> bool {
    expiry.is_none_or(|expiry| expiry > at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_taken_anew_before_they_expire() {
        let now = SystemTime::now();
        for (left, is_kept) in [(3600, true), (301, true), (300, false), (0, false)] {
            assert_eq!(holds(Some(now + Duration::from_secs(left)), now + EARLY), is_kept, "{left}");
        }
        assert!(holds(None, now + EARLY));
    }

    #[tokio::test]
    async fn one_session_lasts_until_shortly_before_it_expires() {
        let sandbox = studio_parts::sandbox::Sandbox::start(Default::default()).expect("a sandbox");
        let base = crate::aws::Session::at(sandbox.endpoint()).await.config;
        let role = Role::plain("arn:aws:iam::444455556666:role/costctl-reader".to_owned());
        let credentials = RoleCredentials::new(&base, role);
        let count = || sandbox.calls_of("AssumeRole").expect("calls").len();
        let first = credentials.get().await.expect("given");
        let again = credentials.get().await.expect("kept");
        assert_eq!((first.access_key_id(), count()), (again.access_key_id(), 1));
        let expires_in = async |seconds: u64| {
            let at = SystemTime::now() + Duration::from_secs(seconds);
            let mut kept = credentials.kept.lock().await;
            *kept = Some(Credentials::new("kept", "not-a-secret", None, Some(at), "a test"));
        };
        expires_in(200).await;
        let new = credentials.get().await.expect("given anew");
        assert!(new.access_key_id() != "kept" && count() == 2);

        // While they hold they are better than nothing; then they are nothing.
        sandbox.set_faults("[[fault]]\noperation = \"AssumeRole\"\nkind = \"deny\"\n").expect("faults");
        expires_in(200).await;
        assert_eq!(credentials.get().await.expect("kept").access_key_id(), "kept");
        expires_in(0).await;
        assert!(credentials.get().await.is_err());
    }

    #[test]
    fn a_role_has_the_partition_of_its_caller() {
        let account = AccountId::parse("444455556666").expect("valid");
        let partition = Partition::parse("aws-us-gov").expect("valid");
        let arn = arn(&partition, &account, "/team/costctl-reader");
        assert_eq!(arn, "arn:aws-us-gov:iam::444455556666:role/team/costctl-reader");
    }
}
