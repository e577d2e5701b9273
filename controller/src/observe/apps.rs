//! Running apps and the lifecycle configurations that they started with.

use aws_sdk_sagemaker::types::AppStatus;
use cost_planner::coverage::AppSeen;
use cost_planner::install::Host;
use idle_core::{AppName, AppOwner, AppRef, AppType, DomainId, SpaceName, UserProfileName};
use jiff::Timestamp;

use super::CallError;
use crate::aws::Session;
use crate::render::Progress;

/// Which apps count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Alive {
    /// Those in service.
    InService,
    /// Those that use what they were started with: also while they start and end.
    NotGone,
}

impl Alive {
    fn counts(self, status: Option<&AppStatus>) -> bool {
        match self {
            Self::InService => status == Some(&AppStatus::InService),
            Self::NotGone => !matches!(status, Some(AppStatus::Deleted | AppStatus::Failed)),
        }
    }
}

/// Every app that counts, heartbeats not yet known. Listed for the whole region:
/// apps in spaces belong to no user profile.
///
/// # Errors
/// When not all could be listed.
pub(crate) async fn running(
    session: &Session,
    domains: &[DomainId],
    alive: Alive,
    progress: &Progress,
) -> Result<Vec<AppSeen>, CallError> {
    let apps = list(session, domains, alive).await?;
    let mut seen = Vec::new();
    for (n, app) in apps.iter().enumerate() {
        progress.say(&format!("{}: app {} of {}", session.scope.region, n + 1, apps.len()));
        let configs = match Host::of(app.app_type) {
            Some(_) => configs(session, app).await.map_err(|error| error.to_string()),
            None => Ok(Vec::new()),
        };
        seen.push(AppSeen { app: app.clone(), configs, heartbeat: Err("not asked".to_owned()) });
    }
    Ok(seen)
}

async fn list(session: &Session, domains: &[DomainId], alive: Alive) -> Result<Vec<AppRef>, CallError> {
    let mut apps = Vec::new();
    let mut token: Option<String> = None;
    loop {
        let page = session
            .pace
            .read("ListApps", async || {
                session.sagemaker.list_apps().max_results(100).set_next_token(token.clone()).send().await
            })
            .await?;
        let counted = page.apps().iter().filter(|app| alive.counts(app.status()));
        apps.extend(counted.filter_map(|app| {
            let owner = match (app.space_name(), app.user_profile_name()) {
                (Some(space), _) => AppOwner::Space(SpaceName::parse(space).ok()?),
                (None, profile) => AppOwner::UserProfile(UserProfileName::parse(profile?).ok()?),
            };
            let domain = DomainId::parse(app.domain_id()?).ok()?;
            (domains.is_empty() || domains.contains(&domain)).then_some(())?;
            let created_at = app.creation_time().and_then(|at| Timestamp::from_millisecond(at.to_millis().ok()?).ok());
            Some(AppRef {
                partition: session.scope.partition.clone(),
                region: session.scope.region.clone(),
                account: session.scope.account.clone(),
                domain,
                owner,
                app_type: app.app_type()?.as_str().parse::<AppType>().ok()?,
                name: AppName::parse(app.app_name()?).ok()?,
                created_at,
            })
        }));
        token = page.next_token().filter(|next| Some(*next) != token.as_deref()).map(str::to_owned);
        if token.is_none() {
            return Ok(apps);
        }
    }
}

async fn configs(session: &Session, app: &AppRef) -> Result<Vec<String>, CallError> {
    let output = session
        .pace
        .read("DescribeApp", async || {
            let call = session.sagemaker.describe_app().domain_id(app.domain.as_str()).app_name(app.name.as_str());
            let call = call.app_type(app.app_type.as_str().into());
            match &app.owner {
                AppOwner::Space(space) => call.space_name(space.as_str()),
                AppOwner::UserProfile(profile) => call.user_profile_name(profile.as_str()),
            }
            .send()
            .await
        })
        .await
        .map_err(|error| error.of(app))?;
    let built_in = output.built_in_lifecycle_config_arn();
    let of_spec = output.resource_spec().and_then(|spec| spec.lifecycle_config_arn());
    Ok(built_in.into_iter().chain(of_spec).map(str::to_owned).collect())
}
