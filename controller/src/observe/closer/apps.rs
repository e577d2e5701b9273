//! One app as it is described, and what it stands in.

use aws_sdk_sagemaker::operation::describe_space::DescribeSpaceOutput;
use aws_sdk_sagemaker::types::SpaceStatus;
use cost_planner::install::Holder;
use cost_planner::snapshot::{AppCloseUp, Domain, Sharing, Space, TagsSeen, UserProfile};
use idle_core::{AppRef, DomainId, InstanceType, SpaceName, UserProfileName};
use jiff::Timestamp;

use super::seen;
use crate::aws::Session;
use crate::observe::apps::describe_app;
use crate::observe::inventory::{app_status, sharing, time};
use crate::observe::{CallError, Kind, Typed, describe, tags};

const DESCRIBE_SPACE: &str = "DescribeSpace";

/// An app as `DescribeApp` shows it, with its tags.
pub(super) struct Described {
    pub(super) close_up: AppCloseUp,
    pub(super) instance_type: Option<InstanceType>,
}

/// What `DescribeApp` and `ListTags` say of this app.
///
/// # Errors
/// With [`Kind::NotFound`] where it is gone; when it could not be described.
pub(super) async fn described(session: &Session, app: &AppRef) -> Result<Described, CallError> {
    let output = describe_app(session, app).await?;
    let spec = output.resource_spec();
    let text = |text: Option<&str>| text.filter(|text| !text.is_empty()).map(str::to_owned);
    let close_up = AppCloseUp {
        seen_at: Timestamp::now(),
        status: app_status(output.status()),
        created_at: time(output.creation_time),
        recovery_mode: output.recovery_mode() == Some(true),
        training_plan: text(spec.and_then(|spec| spec.training_plan_arn())),
        last_user_activity_at: time(output.last_user_activity_timestamp),
        last_health_check_at: time(output.last_health_check_timestamp),
        built_in_lifecycle_config: text(output.built_in_lifecycle_config_arn()),
        tags: tags_of(session, output.app_arn()).await,
    };
    let instance_type = spec.and_then(|spec| InstanceType::parse(spec.instance_type()?.as_str()).ok());
    Ok(Described { close_up, instance_type })
}

/// The tags of what was just described.
pub(super) async fn tags_of(session: &Session, arn: Option<&str>) -> TagsSeen {
    match arn {
        Some(arn) => seen(tags(session, arn).await),
        None => TagsSeen::Unread("AWS did not say its ARN".to_owned()),
    }
}

/// The space as it is now, with its tags; `None` where there is none of that name.
///
/// # Errors
/// When it could not be described.
pub(super) async fn space(session: &Session, domain: &DomainId, name: &SpaceName) -> Result<Option<Space>, CallError> {
    let call =
        async || session.sagemaker.describe_space().domain_id(domain.as_str()).space_name(name.as_str()).send().await;
    let output = match session.pace.read(DESCRIBE_SPACE, call).await {
        Ok(output) => output,
        Err(error) if error.kind == Kind::NotFound => return Ok(None),
        Err(error) => return Err(error.of(format!("{domain}/{name}"))),
    };
    let tags = tags_of(session, output.space_arn()).await;
    Ok(Some(of_output(domain, name, &output, tags)?))
}

fn of_output(
    domain: &DomainId,
    name: &SpaceName,
    output: &DescribeSpaceOutput,
    tags: TagsSeen,
) -> Result<Space, CallError> {
    let owner = output.ownership_settings().and_then(|settings| settings.owner_user_profile_name());
    let unclear = |error: idle_core::IdError| CallError::unclear(DESCRIBE_SPACE, &error.to_string());
    let storage = output.space_settings().and_then(|settings| settings.space_storage_settings());
    let volume = storage.and_then(|storage| storage.ebs_storage_settings());
    Ok(Space {
        domain: domain.clone(),
        name: name.clone(),
        owner: owner.map(UserProfileName::parse).transpose().map_err(unclear)?,
        sharing: output.space_sharing_settings().map_or(Sharing::Unknown, |settings| sharing(settings.sharing_type())),
        in_service: output.status() == Some(&SpaceStatus::InService),
        modified_at: time(output.last_modified_time),
        volume_gb: volume.and_then(|volume| u32::try_from(volume.ebs_volume_size_in_gb()?).ok()),
        tags: Some(Box::new(tags)),
    })
}

/// The user profile as it is now, with its tags; `None` where there is none of that name.
///
/// # Errors
/// When it could not be described.
pub(super) async fn user_profile(
    session: &Session,
    domain: &DomainId,
    name: &UserProfileName,
) -> Result<Option<UserProfile>, CallError> {
    let holder = Holder { domain: domain.clone(), user_profile: Some(name.clone()) };
    let Some(Typed::UserProfile(output)) = found(session, &holder).await? else { return Ok(None) };
    Ok(Some(UserProfile {
        domain: domain.clone(),
        name: name.clone(),
        status: output.status().map(ToString::to_string).unwrap_or_default(),
        modified_at: time(output.last_modified_time),
        tags: Some(Box::new(tags_of(session, output.user_profile_arn()).await)),
    }))
}

/// The domain as it is now, with its tags; `None` where there is none of that id.
///
/// # Errors
/// When it could not be described.
pub(super) async fn domain(session: &Session, id: &DomainId) -> Result<Option<Domain>, CallError> {
    let holder = Holder { domain: id.clone(), user_profile: None };
    let Some(Typed::Domain(output)) = found(session, &holder).await? else { return Ok(None) };
    Ok(Some(Domain {
        id: id.clone(),
        name: output.domain_name().unwrap_or_default().to_owned(),
        status: output.status().map(ToString::to_string).unwrap_or_default(),
        tags: Some(Box::new(tags_of(session, output.domain_arn()).await)),
    }))
}

async fn found(session: &Session, holder: &Holder) -> Result<Option<Typed>, CallError> {
    match describe(session, holder).await {
        Ok(described) => Ok(Some(described.typed)),
        Err(error) if error.kind == Kind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}
