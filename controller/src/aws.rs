//! Clients of one account and region, and who we are there.

use std::time::Duration;

use anyhow::Context;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_smithy_http_client::tls;
use cost_planner::install::Scope;
use idle_core::{AccountId, Partition};

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

impl Session {
    /// The session of each region, the AWS CLI's own where none is given. Says on stderr who we are.
    ///
    /// # Errors
    /// When there is no region, or nobody answers who we are.
    pub(crate) async fn of_all(global: &Global) -> anyhow::Result<Vec<Self>> {
        let mut regions: Vec<Option<&str>> = Vec::new();
        for region in &global.region {
            if !regions.contains(&Some(region)) {
                regions.push(Some(region));
            }
        }
        if regions.is_empty() {
            regions.push(None);
        }
        let mut sessions = Vec::new();
        for region in regions {
            let session = Self::of(global, &config(region).await).await?;
            let Scope { account, region, .. } = &session.scope;
            eprintln!("account {account}, region {region}, as {}", session.role);
            sessions.push(session);
        }
        Ok(sessions)
    }

    async fn of(global: &Global, config: &SdkConfig) -> anyhow::Result<Self> {
        let region = config.region().context("no region; hint: --region, or AWS_REGION")?.to_string();
        let region = idle_core::Region::parse(&region)?;
        let pace = Pace::new(global.reads_per_second, global.writes_per_second);
        let sts = aws_sdk_sts::Client::new(config);
        let identity = pace
            .read("GetCallerIdentity", async || sts.get_caller_identity().send().await)
            .await
            .with_context(|| format!("asking who we are in {region}; hint: costctl doctor"))?;
        let role = identity.arn().context("GetCallerIdentity returned no ARN")?.to_owned();
        let partition = Partition::parse(role.split(':').nth(1).unwrap_or_default())?;
        let account = AccountId::parse(identity.account().context("GetCallerIdentity returned no account")?)?;
        Ok(Self {
            scope: Scope { partition, account, region },
            role,
            sagemaker: aws_sdk_sagemaker::Client::new(config),
            cloudwatch: aws_sdk_cloudwatch::Client::new(config),
            pace,
        })
    }
}
