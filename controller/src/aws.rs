//! Clients of one account and region, and who we are there.

use std::time::Duration;

use anyhow::Context;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_smithy_http_client::tls;
use cost_planner::install::Scope;
use idle_core::{AccountId, IdError, Partition};
use thiserror::Error;

use crate::cli::Global;
use crate::observe::Pace;

/// One call may take this long.
const CALL_LIMIT: Duration = Duration::from_secs(30);
const CONNECT_LIMIT: Duration = Duration::from_secs(5);

/// One account in one region, and how fast it may be asked.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) scope: Scope,
    /// The ARN that we act as.
    pub(crate) role: String,
    pub(crate) sagemaker: aws_sdk_sagemaker::Client,
    pub(crate) cloudwatch: aws_sdk_cloudwatch::Client,
    pub(crate) pace: Pace,
    /// What clients of other services are made of.
    pub(crate) config: SdkConfig,
}

/// The settings that all clients share, as the AWS CLI finds them; in `region` where it is given.
pub(crate) async fn config(region: Option<&str>) -> SdkConfig {
    let ring = tls::Provider::Rustls(tls::rustls_provider::CryptoMode::Ring);
    let http = aws_smithy_http_client::Builder::new().tls_provider(ring).build_https();
    let timeouts = TimeoutConfig::builder().operation_timeout(CALL_LIMIT).connect_timeout(CONNECT_LIMIT).build();
    // Retries are ours: one pace for all calls of an account and region.
    let mut loader = aws_config::defaults(BehaviorVersion::v2026_01_12())
        .http_client(http)
        .retry_config(RetryConfig::disabled())
        .timeout_config(timeouts);
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
            let region = config.region().ok_or(RegionError::None)?.to_string();
            configs.push((idle_core::Region::parse(&region).map_err(RegionError::Form)?, config));
        }
        let (mut sessions, mut unreached) = (Vec::new(), Vec::new());
        for (region, config) in configs {
            match Self::of(global, region.clone(), &config).await {
                Ok(session) => {
                    eprintln!("account {}, region {region}, as {}", session.scope.account, session.role);
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

    async fn of(global: &Global, region: idle_core::Region, config: &SdkConfig) -> anyhow::Result<Self> {
        let pace = Pace::new(global.reads_per_second, global.writes_per_second);
        let sts = aws_sdk_sts::Client::new(config);
        let identity = pace
            .read("GetCallerIdentity", async || sts.get_caller_identity().send().await)
            .await
            .with_context(|| format!("asking who we are in {region}"))?;
        let role = identity.arn().context("GetCallerIdentity returned no ARN")?.to_owned();
        let partition = Partition::parse(role.split(':').nth(1).unwrap_or_default())?;
        let account = AccountId::parse(identity.account().context("GetCallerIdentity returned no account")?)?;
        Ok(Self {
            scope: Scope { partition, account, region },
            role,
            sagemaker: aws_sdk_sagemaker::Client::new(config),
            cloudwatch: aws_sdk_cloudwatch::Client::new(config),
            pace,
            config: config.clone(),
        })
    }
}
