//! Running apps and the lifecycle configurations that they started with.

use aws_sdk_sagemaker::operation::describe_app::DescribeAppOutput;
use aws_sdk_sagemaker::types::{AppDetails, AppStatus};
use cost_planner::coverage::{AppSeen, AppUnclear};
use cost_planner::install::Host;
use idle_core::{AppArnError, AppName, AppOwner, AppRef, DomainId, IdError, SpaceName, UserProfileName};
use jiff::Timestamp;

use super::pages::pages;
use super::{CallError, Watcher};
use crate::aws::Session;

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

const LIST: &str = "ListApps";
/// So much of names that we do not understand is shown.
const MOST_SHOWN: usize = 200;

/// The running apps.
#[derive(Debug)]
pub(crate) struct Running {
    /// Heartbeats not yet known.
    pub(crate) apps: Vec<AppSeen>,
    /// Those whose names or app type we do not understand.
    pub(crate) unclear: Vec<AppUnclear>,
}

impl Running {
    /// The apps, if each of them is understood.
    ///
    /// # Errors
    /// Names the first that is not.
    pub(crate) fn whole(self) -> Result<Vec<AppSeen>, CallError> {
        match self.unclear.first() {
            None => Ok(self.apps),
            Some(AppUnclear { app, why }) => Err(CallError::unclear(LIST, &format!("app {app}: {why}"))),
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
    progress: &dyn Watcher,
) -> Result<Running, CallError> {
    let (apps, unclear) = list(session, domains, alive).await?;
    let mut seen = Vec::new();
    for (n, app) in apps.iter().enumerate() {
        progress.say(&format!("{}: app {} of {}", session.scope.region, n + 1, apps.len()));
        let configs = match Host::of(app.app_type) {
            Some(_) => configs(session, app).await.map_err(|error| error.to_string()),
            None => Ok(Vec::new()),
        };
        seen.push(AppSeen { app: app.clone(), configs, heartbeat: Err("not asked".to_owned()) });
    }
    Ok(Running { apps: seen, unclear })
}

async fn list(
    session: &Session,
    domains: &[DomainId],
    alive: Alive,
) -> Result<(Vec<AppRef>, Vec<AppUnclear>), CallError> {
    let ask = async |token: Option<String>| {
        let call = async || session.sagemaker.list_apps().max_results(100).set_next_token(token.clone()).send().await;
        session.pace.read(LIST, call).await
    };
    let pages = pages(LIST, ask, |page| page.next_token()).await?;
    let (mut apps, mut unclear) = (Vec::new(), Vec::new());
    let listed = pages.iter().flat_map(|page| page.apps());
    for details in listed.filter(|app| alive.counts(app.status())) {
        let domain = details.domain_id().unwrap_or("");
        if !domains.is_empty() && !domains.iter().any(|wanted| wanted.as_str() == domain) {
            continue;
        }
        match understood(session, details) {
            Ok(app) => apps.push(app),
            Err(why) => unclear.push(AppUnclear { app: as_listed(details), why }),
        }
    }
    Ok((apps, unclear))
}

/// The app by its names, each of which SageMaker must have given.
fn understood(session: &Session, app: &AppDetails) -> Result<AppRef, String> {
    let told = |error: IdError| error.to_string();
    let owner = match (app.space_name(), app.user_profile_name()) {
        (Some(space), _) => AppOwner::Space(SpaceName::parse(space).map_err(told)?),
        (None, Some(profile)) => AppOwner::UserProfile(UserProfileName::parse(profile).map_err(told)?),
        (None, None) => return Err("it has no space and no user profile".to_owned()),
    };
    let app_type = app.app_type().map_or("", |app_type| app_type.as_str());
    Ok(AppRef {
        partition: session.scope.partition.clone(),
        region: session.scope.region.clone(),
        account: session.scope.account.clone(),
        domain: DomainId::parse(app.domain_id().unwrap_or("")).map_err(told)?,
        owner,
        app_type: app_type.parse().map_err(|error: AppArnError| error.to_string())?,
        name: AppName::parse(app.app_name().unwrap_or("")).map_err(told)?,
        created_at: app.creation_time().and_then(|at| Timestamp::from_millisecond(at.to_millis().ok()?).ok()),
    })
}

/// Whatever it is called, as an [`AppRef`] is written.
pub(super) fn as_listed(app: &AppDetails) -> String {
    let owner = app.space_name().or(app.user_profile_name());
    let app_type = app.app_type().map(|app_type| app_type.as_str());
    let names = [app.domain_id(), owner, app_type, app.app_name()].map(|name| name.unwrap_or("?"));
    names.join("/").chars().filter(|c| !c.is_control()).take(MOST_SHOWN).collect()
}

async fn configs(session: &Session, app: &AppRef) -> Result<Vec<String>, CallError> {
    let output = describe_app(session, app).await?;
    let built_in = output.built_in_lifecycle_config_arn();
    let of_spec = output.resource_spec().and_then(|spec| spec.lifecycle_config_arn());
    Ok(built_in.into_iter().chain(of_spec).map(str::to_owned).collect())
}

/// What `DescribeApp` says of this app.
///
/// # Errors
/// With [`super::Kind::NotFound`] where there is none.
pub(super) async fn describe_app(session: &Session, app: &AppRef) -> Result<DescribeAppOutput, CallError> {
    session
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
        .map_err(|error| error.of(app))
}
