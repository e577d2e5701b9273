//! SageMaker's own idle shutdown, as it was set for an app that is gone: without the stop, it
//! might have stopped the app itself.

use std::collections::BTreeMap;

use aws_sdk_sagemaker::operation::describe_space::DescribeSpaceOutput;
use cost_ledger::Resource;
use cost_ledger::line::Native;
use cost_planner::install::Holder;
use idle_core::{AppOwner, AppType, DomainId, SpaceName, UserProfileName};
use serde_json::Value;

use super::CallError;
use super::domains::describe;
use crate::aws::Session;

/// Asks for each domain, user profile and space once.
pub(crate) struct NativeIdle<'a> {
    session: &'a Session,
    holders: BTreeMap<(DomainId, Option<UserProfileName>), Option<Value>>,
}

impl<'a> NativeIdle<'a> {
    pub(crate) fn new(session: &'a Session) -> Self {
        Self { session, holders: BTreeMap::new() }
    }

    /// How it is set for this resource; [`Native::Unread`] where somebody refuses to say, or what
    /// it stood in is gone, too.
    pub(crate) async fn of(&mut self, resource: &Resource) -> Native {
        let Resource::App { domain, owner, app_type, .. } = resource else { return Native::Off };
        // No other app type has it.
        let Some(settings) = settings(*app_type) else { return Native::Off };
        match owner {
            AppOwner::UserProfile(name) => self.of_user_profile(domain, name, settings).await,
            AppOwner::Space(space) => self.of_space(domain, space, *app_type, settings).await,
        }
        .unwrap_or(Native::Unread)
    }

    async fn of_space(
        &mut self,
        domain: &DomainId,
        space: &SpaceName,
        app_type: AppType,
        settings: &str,
    ) -> Option<Native> {
        let described = describe_space(self.session, domain, space).await.ok()?;
        let sharing = described.space_sharing_settings()?.sharing_type()?.as_str();
        let outer = match (sharing, described.ownership_settings()) {
            ("Private", Some(ownership)) => {
                let owner = UserProfileName::parse(ownership.owner_user_profile_name()?).ok()?;
                self.of_user_profile(domain, &owner, settings).await?
            }
            _ => set(&self.holder(domain, None).await?["DefaultSpaceSettings"], settings)?.unwrap_or(Native::Off),
        };
        Some(match (outer, own_minutes(&described, app_type)) {
            (Native::Minutes(_), Some(minutes)) => Native::Minutes(minutes),
            (outer, _) => outer,
        })
    }

    /// A user profile's setting stands before its domain's.
    async fn of_user_profile(&mut self, domain: &DomainId, name: &UserProfileName, settings: &str) -> Option<Native> {
        let of_profile = set(&self.holder(domain, Some(name)).await?["UserSettings"], settings)?;
        match of_profile {
            Some(native) => Some(native),
            None => {
                let of_domain = set(&self.holder(domain, None).await?["DefaultUserSettings"], settings)?;
                Some(of_domain.unwrap_or(Native::Off))
            }
        }
    }

    async fn holder(&mut self, domain: &DomainId, user_profile: Option<&UserProfileName>) -> Option<Value> {
        let key = (domain.clone(), user_profile.cloned());
        if let Some(known) = self.holders.get(&key) {
            return known.clone();
        }
        let holder = Holder { domain: domain.clone(), user_profile: user_profile.cloned() };
        let body = describe(self.session, &holder).await.ok().map(|described| described.body);
        self.holders.insert(key, body.clone());
        body
    }
}

async fn describe_space(
    session: &Session,
    domain: &DomainId,
    space: &SpaceName,
) -> Result<DescribeSpaceOutput, CallError> {
    let call = async || {
        let call = session.sagemaker.describe_space().domain_id(domain.as_str());
        call.space_name(space.as_str()).send().await
    };
    session.pace.read("DescribeSpace", call).await
}

/// Where the settings of an app type stand; `None` where SageMaker shuts none down.
fn settings(app_type: AppType) -> Option<&'static str> {
    match app_type {
        AppType::JupyterLab => Some("JupyterLabAppSettings"),
        AppType::CodeEditor => Some("CodeEditorAppSettings"),
        _ => None,
    }
}

/// What these settings say: nothing, off, or on. The outer `None` where they are not understood.
#[expect(clippy::option_option, reason = "not understood, nothing said, said")]
fn set(body: &Value, settings: &str) -> Option<Option<Native>> {
    let idle = &body[settings]["AppLifecycleManagement"]["IdleSettings"];
    match idle["LifecycleManagement"].as_str() {
        None => Some(None),
        Some("DISABLED") => Some(Some(Native::Off)),
        Some("ENABLED") => {
            let minutes = u32::try_from(idle["IdleTimeoutInMinutes"].as_u64()?).ok()?;
            Some(Some(Native::Minutes(minutes)))
        }
        Some(_) => None,
    }
}

/// A space can have a timeout of its own, where there is one at all.
fn own_minutes(space: &DescribeSpaceOutput, app_type: AppType) -> Option<u32> {
    let settings = space.space_settings()?;
    let management = match app_type {
        AppType::JupyterLab => settings.jupyter_lab_app_settings()?.app_lifecycle_management()?,
        AppType::CodeEditor => settings.code_editor_app_settings()?.app_lifecycle_management()?,
        _ => return None,
    };
    u32::try_from(management.idle_settings()?.idle_timeout_in_minutes()?).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn on_off_and_nothing_said_are_told_apart() {
        let body =
            |idle: Value| json!({ "JupyterLabAppSettings": { "AppLifecycleManagement": { "IdleSettings": idle } } });
        let lab = "JupyterLabAppSettings";
        for (idle, expected) in [
            (json!({ "LifecycleManagement": "ENABLED", "IdleTimeoutInMinutes": 90 }), Some(Some(Native::Minutes(90)))),
            (json!({ "LifecycleManagement": "DISABLED", "IdleTimeoutInMinutes": 90 }), Some(Some(Native::Off))),
            (json!({ "IdleTimeoutInMinutes": 90 }), Some(None)),
            (json!(null), Some(None)),
            (json!({ "LifecycleManagement": "ENABLED" }), None),
            (json!({ "LifecycleManagement": "PERHAPS" }), None),
        ] {
            assert_eq!(set(&body(idle.clone()), lab), expected, "{idle}");
        }
        let of_other = body(json!({ "LifecycleManagement": "ENABLED", "IdleTimeoutInMinutes": 90 }));
        assert_eq!(set(&of_other, "CodeEditorAppSettings"), Some(None));
        assert_eq!(AppType::ALL.iter().filter(|app_type| settings(**app_type).is_some()).count(), 2);
    }
}
