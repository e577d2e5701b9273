//! A fresh look right before the act: all that matters is asked for again, nothing is remembered.

use cost_planner::plan::{Action, AppLook, EndpointRef, Look, Target};
use cost_planner::snapshot::{App, AppStatus, Heartbeat, NotebookInstance};
use idle_core::{AppOwner, AppRef, InstanceType, NotebookInstanceRef};
use jiff::{SignedDuration, Timestamp};

use super::apps::{self, Described, tags_of};
use crate::aws::Session;
use crate::observe::inventory::{fresh_endpoint, heartbeat_of_app, heartbeat_of_notebook_instance, time};
use crate::observe::{CallError, Kind};

/// So far back heartbeats are looked for at least.
const HEARTBEATS: SignedDuration = SignedDuration::from_hours(3);

/// And at most: CloudWatch keeps points of a minute for 15 days.
const MOST: SignedDuration = SignedDuration::from_hours(14 * 24);

/// CloudWatch keeps points of an hour for 455 days.
const MOST_INVOCATIONS: SignedDuration = SignedDuration::from_hours(455 * 24);

/// What is added to a window that must be covered, for the time that passes until it is judged.
const MARGIN: SignedDuration = SignedDuration::from_hours(1);

/// What stands there now, seen by `session`, which is of the action's account and region.
pub(crate) async fn look(session: &Session, action: &Action) -> Look {
    let target = &action.target;
    if (target.account(), target.region()) != (&session.scope.account, &session.scope.region) {
        return Look::Unseen(format!("it is of account {}, region {}", target.account(), target.region()));
    }
    let looked = match target {
        Target::App(target) => app(session, target, action).await,
        Target::NotebookInstance(target) => notebook_instance(session, target, action).await,
        Target::Endpoint(of) | Target::Variant { of, .. } | Target::InferenceComponent { of, .. } => {
            endpoint(session, of, action).await
        }
        Target::Volume { .. } => Ok(Look::Unseen("volumes are never acted on".to_owned())),
    };
    match looked {
        Ok(look) => look,
        Err(error) if error.kind == Kind::NotFound => Look::Gone,
        Err(error) => Look::Unseen(error.to_string()),
    }
}

async fn app(session: &Session, target: &AppRef, action: &Action) -> Result<Look, CallError> {
    let Described { close_up, instance_type } = apps::described(session, target).await?;
    if close_up.status == AppStatus::Deleted {
        return Ok(Look::Gone);
    }
    let AppRef { domain, owner, app_type, name, .. } = target.clone();
    let space = match &owner {
        AppOwner::Space(name) => apps::space(session, &domain, name).await?,
        AppOwner::UserProfile(_) => None,
    };
    let profile = match &owner {
        AppOwner::Space(_) => space.as_ref().and_then(|space| space.owner.clone()),
        AppOwner::UserProfile(name) => Some(name.clone()),
    };
    let user_profile = match profile {
        Some(name) => apps::user_profile(session, &domain, &name).await?,
        None => None,
    };
    let seen_domain = apps::domain(session, &domain).await?;
    let (status, created_at) = (close_up.status, close_up.created_at);
    let close_up = Some(Box::new(Ok(close_up)));
    let heartbeat = Heartbeat::NotAsked;
    let mut app = App { domain, owner, app_type, name, status, created_at, instance_type, heartbeat, close_up };
    // Last: it is what says that nothing is at work.
    app.heartbeat = heartbeat_of_app(session, &app, heartbeats(action)).await;
    Ok(Look::App(Box::new(AppLook { app, space, user_profile, domain: seen_domain })))
}

/// So far back that the heartbeat that was planned by is seen again.
fn heartbeats(action: &Action) -> SignedDuration {
    let since = action.planned.heard_at.map_or(SignedDuration::ZERO, |at| Timestamp::now().duration_since(at));
    since.saturating_add(MARGIN).clamp(HEARTBEATS, MOST)
}

async fn notebook_instance(
    session: &Session,
    target: &NotebookInstanceRef,
    action: &Action,
) -> Result<Look, CallError> {
    let call = async || {
        session.sagemaker.describe_notebook_instance().notebook_instance_name(target.name.as_str()).send().await
    };
    let output = session.pace.read("DescribeNotebookInstance", call).await.map_err(|error| error.of(&target.name))?;
    let mut instance = NotebookInstance {
        name: target.name.clone(),
        status: output.notebook_instance_status().map(ToString::to_string).unwrap_or_default(),
        instance_type: output.instance_type().and_then(|found| InstanceType::parse(found.as_str()).ok()),
        created_at: time(output.creation_time),
        modified_at: time(output.last_modified_time),
        heartbeat: Heartbeat::NotAsked,
        tags: Some(Box::new(tags_of(session, output.notebook_instance_arn()).await)),
    };
    heartbeat_of_notebook_instance(session, &mut instance, heartbeats(action)).await;
    Ok(Look::NotebookInstance(Box::new(instance)))
}

async fn endpoint(session: &Session, of: &EndpointRef, action: &Action) -> Result<Look, CallError> {
    let seconds = action.must.no_invocations_within_seconds.unwrap_or_default();
    let within = SignedDuration::from_secs(i64::try_from(seconds).unwrap_or(i64::MAX)).min(MOST_INVOCATIONS) + MARGIN;
    let endpoint = fresh_endpoint(session, &of.endpoint, within).await?;
    Ok(Look::Endpoint(Box::new(endpoint)))
}
