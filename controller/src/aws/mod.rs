//! Clients of one account and region, and who we are there.

mod items;
mod open;
mod organization;
mod role;
mod wanted;

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{AppName, BehaviorVersion, Region, SdkConfig};
use aws_smithy_http_client::tls;
use cost_planner::install::Scope;
use idle_core::{AccountId, IdError, Partition};
use thiserror::Error;

use crate::cli::Global;
use crate::observe::{CallError, Pace};
use role::{Role, RoleCredentials};

pub(crate) use items::{Item, items, open_item};
pub(crate) use open::{Opened, open, open_quietly};
pub(crate) use wanted::WantedError;

/// One call may take this long.
const CALL_LIMIT: Duration = Duration::from_secs(30);
const CONNECT_LIMIT: Duration = Duration::from_secs(5);

/// One account in one region, and how fast it may be asked.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    pub(crate) scope: Scope,
    /// The ARN that we act as.
    pub(crate) role: String,
    pub(crate) sagemaker: aws_sdk_sagemaker::Client,
    pub(crate) cloudwatch: aws_sdk_cloudwatch::Client,
    /// Of all sessions of this account and region, whoever they are.
    pub(crate) pace: Arc<Pace>,
    /// What clients of other services are made of.
    pub(crate) config: SdkConfig,
    way: Way,
}

/// How the account was reached.
#[derive(Debug, Clone)]
struct Way {
    /// The settings with the caller's own credentials.
    base: SdkConfig,
    /// The role that was assumed to look.
    reader: Option<Role>,
    /// The role that acts, where the scope names one of its own.
    actor: Option<Role>,
}

/// The role that acts where another one looks, if nobody names one.
const ACTOR: &str = "costctl-actor";
/// The role that installs where another one looks, likewise.
const INSTALLER: &str = "costctl-installer";

/// The settings that all clients share, as the AWS CLI finds them; in `region` where it is given.
pub(crate) async fn config(region: Option<&str>) -> SdkConfig {
    let ring = tls::Provider::Rustls(tls::rustls_provider::CryptoMode::Ring);
    let http = aws_smithy_http_client::Builder::new().tls_provider(ring).build_https();
    let timeouts = TimeoutConfig::builder().operation_timeout(CALL_LIMIT).connect_timeout(CONNECT_LIMIT).build();
    // Retries are ours: one pace for all calls of an account and region.
    let mut loader = aws_config::defaults(BehaviorVersion::v2026_01_12())
        .http_client(http)
        .retry_config(RetryConfig::disabled())
        .timeout_config(timeouts)
        .app_name(AppName::new("costctl").expect("a valid name"));
    if let Some(region) = region {
        loader = loader.region(Region::new(region.to_owned()));
    }
    loader.load().await
}

/// There is no region to work in.
#[derive(Debug, Error)]
pub(crate) enum RegionError {
    #[error("no region; hint: --region, or AWS_REGION")]
    None,
    #[error("the region is not usable")]
    Form(#[from] IdError),
}

/// A region in which nobody answers who we are.
#[derive(Debug)]
pub(crate) struct Unreached {
    pub(crate) region: String,
    pub(crate) error: anyhow::Error,
}

impl Session {
    /// The session of each region, the AWS CLI's own where none is given, and the
    /// regions that have none. Says on stderr who we are.
    ///
    /// # Errors
    /// When there is no region, or no session at all.
    pub(crate) async fn of_all(global: &Global) -> anyhow::Result<(Vec<Self>, Vec<Unreached>)> {
        let mut regions: Vec<Option<&str>> = Vec::new();
        for region in &global.region {
            if !regions.contains(&Some(region)) {
                regions.push(Some(region));
            }
        }
        if regions.is_empty() {
            regions.push(None);
        }
        let mut configs = Vec::new();
        for region in regions {
            let config = config(region).await;
            configs.push((region_of(&config)?, config));
        }
        let (mut sessions, mut unreached) = (Vec::new(), Vec::new());
        for (region, config) in configs {
            let way = Way { base: config.clone(), reader: None, actor: None };
            match Self::of(pace(global), region.clone(), config, way).await {
                Ok(session) => {
                    session.introduce();
                    sessions.push(session);
                }
                Err(error) => unreached.push(Unreached { region: region.to_string(), error }),
            }
        }
        if sessions.is_empty() && !unreached.is_empty() {
            return Err(unreached.swap_remove(0).error);
        }
        for Unreached { region, error } in &unreached {
            eprintln!("region {region}: {error:#}");
        }
        Ok((sessions, unreached))
    }

    async fn of(pace: Arc<Pace>, region: idle_core::Region, config: SdkConfig, way: Way) -> anyhow::Result<Self> {
        let Identity { partition, account, arn } =
            identity(&pace, &config).await.with_context(|| format!("asking who we are in {region}"))?;
        Ok(Self {
            scope: Scope { partition, account, region },
            role: arn,
            sagemaker: aws_sdk_sagemaker::Client::new(&config),
            cloudwatch: aws_sdk_cloudwatch::Client::new(&config),
            pace,
            config,
            way,
        })
    }

    /// The session that acts in this account and region: as the role that the scope
    /// names, else as `role`, else as `costctl-actor` where a role was assumed to look.
    /// Otherwise it is this one. Says on stderr who acts.
    ///
    /// # Errors
    /// When that role cannot be assumed, or leads to another account.
    pub(crate) async fn to_act(&self, role: Option<&str>) -> anyhow::Result<Self> {
        self.to_be(role, self.way.actor.clone(), ACTOR).await
    }

    /// The same to install: a role of the scope's own that acts is not the one that installs.
    ///
    /// # Errors
    /// As [`Self::to_act`].
    pub(crate) async fn to_install(&self, role: Option<&str>) -> anyhow::Result<Self> {
        self.to_be(role, None, INSTALLER).await
    }

    async fn to_be(&self, role: Option<&str>, own: Option<Role>, default: &str) -> anyhow::Result<Self> {
        let Way { base, reader, actor: _ } = &self.way;
        let named = role.or(reader.as_ref().map(|_| default));
        let of_flags = named.map(|name| match reader {
            Some(reader) => Role { arn: role::arn(&self.scope.partition, &self.scope.account, name), ..reader.clone() },
            None => Role::plain(role::arn(&self.scope.partition, &self.scope.account, name)),
        });
        let Some(role) = own.or(of_flags) else {
            eprintln!("acts in account {}, region {}, as {}", self.scope.account, self.scope.region, self.role);
            return Ok(self.clone());
        };
        let credentials = RoleCredentials::new(base, role);
        credentials.get().await?;
        let config = credentials.config(base, &self.scope.region);
        let acting = Self::of(self.pace.clone(), self.scope.region.clone(), config, self.way.clone()).await?;
        if acting.scope != self.scope {
            bail!("the role {} is of account {}, not of {}", acting.role, acting.scope.account, self.scope.account);
        }
        eprintln!("acts in account {}, region {}, as {}", acting.scope.account, acting.scope.region, acting.role);
        Ok(acting)
    }

    /// A session at this URL instead of at AWS.
    #[cfg(test)]
    pub(crate) async fn at(url: &str) -> Self {
        crate::prepare();
        let region = idle_core::Region::parse("us-east-1").expect("valid");
        let keys = aws_credential_types::Credentials::new("AKIAIOSFODNN7EXAMPLE", "not-a-secret", None, None, "a test");
        let keys = aws_credential_types::provider::SharedCredentialsProvider::new(keys);
        let config = config(Some(region.as_str())).await.into_builder();
        let config = config.endpoint_url(url).credentials_provider(keys).build();
        let way = Way { base: config.clone(), reader: None, actor: None };
        Self::of(Arc::new(Pace::new(10_000.0, 10_000.0)), region, config, way).await.expect("an answer")
    }

    fn introduce(&self) {
        eprintln!("account {}, region {}, as {}", self.scope.account, self.scope.region, self.role);
    }
}

/// Who answers to some credentials.
#[derive(Debug, Clone)]
struct Identity {
    partition: Partition,
    account: AccountId,
    arn: String,
}

async fn identity(pace: &Pace, config: &SdkConfig) -> anyhow::Result<Identity> {
    let sts = aws_sdk_sts::Client::new(config);
    let answer: Result<_, CallError> =
        pace.read("GetCallerIdentity", async || sts.get_caller_identity().send().await).await;
    let answer = answer?;
    let arn = answer.arn().context("GetCallerIdentity returned no ARN")?.to_owned();
    let partition = Partition::parse(arn.split(':').nth(1).unwrap_or_default())?;
    let account = AccountId::parse(answer.account().context("GetCallerIdentity returned no account")?)?;
    Ok(Identity { partition, account, arn })
}

fn pace(global: &Global) -> Arc<Pace> {
    Arc::new(Pace::new(global.reads_per_second, global.writes_per_second))
}

fn region_of(config: &SdkConfig) -> Result<idle_core::Region, RegionError> {
    let region = config.region().ok_or(RegionError::None)?.to_string();
    Ok(idle_core::Region::parse(&region)?)
}

#[cfg(test)]
mod tests {
    use studio_parts::sandbox::{Sandbox, SandboxOptions};

    use super::*;

    fn assumed(sandbox: &Sandbox) -> Vec<String> {
        let calls = sandbox.calls_of("AssumeRole").expect("calls");
        calls.iter().map(|call| call["request"]["RoleArn"].as_str().unwrap_or_default().to_owned()).collect()
    }

    #[tokio::test]
    async fn whoever_acts_is_whom_somebody_named() {
        let sandbox = Sandbox::start(SandboxOptions::default()).expect("a sandbox");
        let mut session = Session::at(sandbox.endpoint()).await;
        // Nobody named a role, so it is the caller.
        let same = session.to_act(None).await.expect("acts");
        assert_eq!((&same.role, assumed(&sandbox).len()), (&session.role, 0));
        let named = session.to_act(Some("hands")).await.expect("acts");
        assert_eq!(named.role, "arn:aws:sts::111122223333:assumed-role/hands/costctl");
        assert!(Arc::ptr_eq(&named.pace, &session.pace), "one pace for the account and region");

        let reader = "arn:aws:iam::111122223333:role/costctl-reader".to_owned();
        session.way.reader = Some(Role { external_id: Some("42".to_owned()), ..Role::plain(reader) });
        let acting = session.to_act(None).await.expect("acts");
        assert_eq!(acting.role, "arn:aws:sts::111122223333:assumed-role/costctl-actor/costctl");
        let call = sandbox.calls_of("AssumeRole").expect("calls").pop().expect("a call");
        assert_eq!(call["request"]["ExternalId"], "42");

        // A role of another account is never what acts here.
        session.way.actor = Some(Role::plain("arn:aws:iam::444455556666:role/costctl-actor".to_owned()));
        let error = session.to_act(Some("hands")).await.expect_err("refused");
        assert!(error.to_string().contains("is of account 444455556666"), "{error:#}");
        sandbox.set_faults("[[fault]]\noperation = \"AssumeRole\"\nkind = \"deny\"\n").expect("faults");
        assert!(session.to_act(None).await.is_err());
    }
}
