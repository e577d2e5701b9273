//! Apps, listed for the whole region: those in spaces belong to no user profile.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_sagemaker::types::AppDetails;
use aws_sdk_sagemaker::types::AppStatus as Status;
use cost_planner::coverage::AppUnclear;
use cost_planner::snapshot::{App, AppStatus, Heartbeat, ScopeSeen};
use idle_core::{AppArnError, AppName, AppOwner, AppType, DomainId, IdError, InstanceType};
use jiff::Timestamp;

use super::studio::{domain_id, space_name, user_profile_name};
use super::{blind, time};
use crate::aws::Session;
use crate::observe::Watcher;
use crate::observe::apps::as_listed;
use crate::observe::pages::each_page;

const LIST: &str = "ListApps";

/// Puts them into `seen`, deleted ones left out, heartbeats not yet asked for.
pub(super) async fn look(session: &Session, seen: &mut ScopeSeen, progress: &dyn Watcher) {
    let ask = async |token: Option<String>| {
        let call = async || session.sagemaker.list_apps().max_results(100).set_next_token(token.clone()).send().await;
        session.pace.read(LIST, call).await
    };
    let (mut apps, mut unclear, mut words) = (Vec::new(), Vec::new(), Words::default());
    let ended = each_page(
        LIST,
        ask,
        |page| page.next_token.clone(),
        |page| {
            for details in page.apps() {
                match app(seen, &mut words, details) {
                    Ok(app) if app.status == AppStatus::Deleted => {}
                    Ok(app) => apps.push(app),
                    // What is gone needs no understanding.
                    Err(_) if details.status() == Some(&Status::Deleted) => {}
                    Err(why) => unclear.push(AppUnclear { app: as_listed(details), why }),
                }
            }
            progress.say(&format!("{}: {} apps", session.scope.region, apps.len()));
        },
    )
    .await;
    once_each(&mut apps);
    apps.shrink_to_fit();
    seen.blind.extend(ended.err().map(|error| blind(&error)));
    (seen.apps, seen.unclear) = (apps, unclear);
}

/// Leaves of what was listed twice the later one: pages move on while they are read, and
/// budgets count a share of what is listed.
fn once_each(apps: &mut Vec<App>) {
    fn key(app: &App) -> (&DomainId, bool, &str, AppType, &AppName, Option<Timestamp>) {
        let in_space = matches!(app.owner, AppOwner::Space(_));
        (&app.domain, in_space, app.owner.name(), app.app_type, &app.name, app.created_at)
    }
    let mut order: Vec<usize> = (0..apps.len()).collect();
    order.sort_unstable_by(|a, b| key(&apps[*a]).cmp(&key(&apps[*b])).then(a.cmp(b)));
    let again = order.windows(2).filter(|pair| key(&apps[pair[0]]) == key(&apps[pair[1]]));
    let earlier: BTreeSet<usize> = again.map(|pair| pair[0]).collect();
    let mut at = 0..;
    apps.retain(|_| at.next().is_some_and(|at| !earlier.contains(&at)));
}

/// Names that nearly every app has in common with others: their text is kept once.
#[derive(Debug, Default)]
struct Words {
    names: BTreeMap<String, AppName>,
    instance_types: BTreeMap<String, Option<InstanceType>>,
}

/// App names beyond these are not shared: somebody gives every app a name of its own.
const MOST_NAMES: usize = 1_000;

impl Words {
    fn name(&mut self, text: &str) -> Result<AppName, IdError> {
        if let Some(name) = self.names.get(text) {
            return Ok(name.clone());
        }
        let name = AppName::parse(text)?;
        if self.names.len() < MOST_NAMES {
            self.names.insert(text.to_owned(), name.clone());
        }
        Ok(name)
    }

    /// A type of a form that we do not know has no price either.
    fn instance_type(&mut self, text: &str) -> Option<InstanceType> {
        if let Some(known) = self.instance_types.get(text) {
            return known.clone();
        }
        let parsed = InstanceType::parse(text).ok();
        self.instance_types.insert(text.to_owned(), parsed.clone());
        parsed
    }
}

/// The app by its names, each of which SageMaker must have given.
fn app(seen: &ScopeSeen, words: &mut Words, details: &AppDetails) -> Result<App, String> {
    let told = |error: IdError| error.to_string();
    let domain = domain_id(seen, details.domain_id()).map_err(told)?;
    let owner = match (details.space_name(), details.user_profile_name()) {
        (Some(space), _) => AppOwner::Space(space_name(seen, &domain, space).map_err(told)?),
        (None, Some(profile)) => AppOwner::UserProfile(user_profile_name(seen, &domain, profile).map_err(told)?),
        (None, None) => return Err("it has no space and no user profile".to_owned()),
    };
    let app_type = details.app_type().map_or("", |app_type| app_type.as_str());
    let instance_type = details.resource_spec().and_then(|spec| spec.instance_type());
    Ok(App {
        domain,
        owner,
        app_type: app_type.parse().map_err(|error: AppArnError| error.to_string())?,
        name: words.name(details.app_name().unwrap_or("")).map_err(told)?,
        status: app_status(details.status()),
        created_at: time(details.creation_time),
        instance_type: instance_type.and_then(|instance_type| words.instance_type(instance_type.as_str())),
        heartbeat: Heartbeat::NotAsked,
        close_up: None,
    })
}

/// The status in our words.
pub(crate) fn app_status(status: Option<&Status>) -> AppStatus {
    match status {
        Some(Status::InService) => AppStatus::InService,
        Some(Status::Pending) => AppStatus::Pending,
        Some(Status::Deleting) => AppStatus::Deleting,
        Some(Status::Deleted) => AppStatus::Deleted,
        Some(Status::Failed) => AppStatus::Failed,
        _ => AppStatus::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use idle_core::{SpaceName, UserProfileName};

    use super::*;

    #[test]
    fn what_is_listed_twice_is_there_once_as_it_was_seen_last() {
        let app = |owner: AppOwner, status: AppStatus, created: i64| App {
            domain: DomainId::parse("d-abc").expect("a domain"),
            owner,
            app_type: AppType::JupyterLab,
            name: AppName::parse("default").expect("a name"),
            status,
            created_at: Timestamp::from_second(created).ok(),
            instance_type: None,
            heartbeat: Heartbeat::NotAsked,
            close_up: None,
        };
        let lab = |name: &str| AppOwner::Space(SpaceName::parse(name).expect("a space"));
        let profile = AppOwner::UserProfile(UserProfileName::parse("lab").expect("a user profile"));
        let mut apps = vec![
            app(lab("lab"), AppStatus::InService, 1),
            app(lab("other"), AppStatus::InService, 1),
            app(profile, AppStatus::InService, 1),
            app(lab("lab"), AppStatus::Deleting, 1),
            app(lab("lab"), AppStatus::Pending, 2),
        ];
        let expected = vec![apps[1].clone(), apps[2].clone(), apps[3].clone(), apps[4].clone()];
        once_each(&mut apps);
        assert_eq!(apps, expected);
    }
}
