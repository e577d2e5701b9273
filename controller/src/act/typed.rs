//! Settings to send: what was described, typed, with our slots changed. Members
//! that this version of the SDK does not know are never echoed.

use aws_sdk_sagemaker::types::{
    AppLifecycleManagement, CodeEditorAppSettings, DefaultSpaceSettings, IdleSettings, JupyterLabAppSettings,
    JupyterServerAppSettings, KernelGatewayAppSettings, LifecycleManagement, ResourceSpec, UserSettings,
};
use cost_planner::install::{Host, IdleSlot, Place, Section, Slots};

use crate::observe::{Described, Typed};

/// The one settings member that an update carries.
#[derive(Debug, Clone)]
pub(crate) enum Update {
    User(Box<UserSettings>),
    SharedSpaces(Box<DefaultSpaceSettings>),
}

/// What is to stand in the slots, and what stands there now as far as we know:
/// what is to be empty and is not needs a word for it.
#[derive(Debug, Clone, Copy)]
struct Put<'a> {
    slots: &'a Slots,
    now: &'a Slots,
}

/// Exactly one app settings structure, as it was described, with these slots in
/// place of those that stand there now.
pub(super) fn one(place: &Place, described: &Described, slots: &Slots, now: &Slots) -> Update {
    let slots = Put { slots, now };
    match place.section {
        Section::User => {
            let (all, mut one) = (user(described), UserSettings::builder().build());
            put_user(&mut one, all, place.host, slots);
            Update::User(Box::new(one))
        }
        Section::SharedSpaces => {
            let (all, mut one) = (shared(described), DefaultSpaceSettings::builder().build());
            put_shared(&mut one, all, place.host, slots);
            Update::SharedSpaces(Box::new(one))
        }
    }
}

/// All settings of the place's section, as they were described, with these slots
/// in place of those that stand there now: what brings them back whether AWS
/// merges or replaces.
pub(super) fn all(place: &Place, described: &Described, slots: &Slots, now: &Slots) -> Update {
    let slots = Put { slots, now };
    match place.section {
        Section::User => {
            let mut all = user(described);
            let from = all.clone();
            put_user(&mut all, from, place.host, slots);
            Update::User(Box::new(all))
        }
        Section::SharedSpaces => {
            let mut all = shared(described);
            let from = all.clone();
            put_shared(&mut all, from, place.host, slots);
            Update::SharedSpaces(Box::new(all))
        }
    }
}

pub(super) fn user(described: &Described) -> UserSettings {
    let all = match &described.typed {
        Typed::Domain(domain) => domain.default_user_settings.clone(),
        Typed::UserProfile(profile) => profile.user_settings.clone(),
    };
    all.unwrap_or_else(|| UserSettings::builder().build())
}

pub(super) fn shared(described: &Described) -> DefaultSpaceSettings {
    let all = match &described.typed {
        Typed::Domain(domain) => domain.default_space_settings.clone(),
        Typed::UserProfile(_) => None,
    };
    all.unwrap_or_else(|| DefaultSpaceSettings::builder().build())
}

fn put_user(into: &mut UserSettings, from: UserSettings, host: Host, slots: Put<'_>) {
    match host {
        Host::JupyterLab => into.jupyter_lab_app_settings = lab(from.jupyter_lab_app_settings, slots),
        Host::CodeEditor => into.code_editor_app_settings = editor(from.code_editor_app_settings, slots),
        Host::JupyterServer => into.jupyter_server_app_settings = server(from.jupyter_server_app_settings, slots),
        Host::KernelGateway => into.kernel_gateway_app_settings = kernel(from.kernel_gateway_app_settings, slots),
    }
}

fn put_shared(into: &mut DefaultSpaceSettings, from: DefaultSpaceSettings, host: Host, slots: Put<'_>) {
    match host {
        Host::JupyterLab => into.jupyter_lab_app_settings = lab(from.jupyter_lab_app_settings, slots),
        Host::JupyterServer => into.jupyter_server_app_settings = server(from.jupyter_server_app_settings, slots),
        Host::KernelGateway => into.kernel_gateway_app_settings = kernel(from.kernel_gateway_app_settings, slots),
        // SageMaker has no such member; nothing plans it.
        Host::CodeEditor => {}
    }
}

/// The members that every app settings structure has.
struct Common<'a> {
    spec: &'a mut Option<ResourceSpec>,
    arns: &'a mut Option<Vec<String>>,
}

/// And those that only JupyterLab and Code Editor have.
struct BuiltIn<'a> {
    arn: &'a mut Option<String>,
    idle: &'a mut Option<AppLifecycleManagement>,
}

fn put(slots: Put<'_>, Common { spec, arns: allowed }: Common<'_>, own: Option<BuiltIn<'_>>) {
    let Slots { built_in, default, arns, idle } = slots.slots;
    let now = slots.now;
    if default.is_some()
        || now.default.is_some()
        || spec.as_ref().is_some_and(|spec| spec.lifecycle_config_arn.is_some())
    {
        let spec = spec.get_or_insert_with(|| ResourceSpec::builder().build());
        spec.lifecycle_config_arn = Some(arn_or_none(default.as_ref()));
    }
    if !arns.is_empty() || !now.arns.is_empty() || allowed.is_some() {
        *allowed = Some(arns.clone());
    }
    let Some(BuiltIn { arn, idle: management }) = own else { return };
    if built_in.is_some() || now.built_in.is_some() || arn.is_some() {
        *arn = Some(arn_or_none(built_in.as_ref()));
    }
    // An update cannot remove a leaf, so what was switched on is switched off.
    let was_switched_on = idle.management.is_none() && now.idle.management.is_some();
    let off = IdleSlot { management: Some("DISABLED".to_owned()), minutes: idle.minutes.or(now.idle.minutes) };
    let IdleSlot { management: state, minutes } = if was_switched_on { &off } else { idle };
    if state.is_some() || minutes.is_some() {
        let all = management.get_or_insert_with(|| AppLifecycleManagement::builder().build());
        let settings = all.idle_settings.get_or_insert_with(|| IdleSettings::builder().build());
        settings.lifecycle_management = state.as_deref().map(LifecycleManagement::from);
        settings.idle_timeout_in_minutes = *minutes;
    }
}

/// A member that is left out is kept: the word says that there is to be none.
fn arn_or_none(arn: Option<&String>) -> String {
    arn.cloned().unwrap_or_else(|| "None".to_owned())
}

fn lab(there: Option<JupyterLabAppSettings>, slots: Put<'_>) -> Option<JupyterLabAppSettings> {
    let mut all = there.unwrap_or_else(|| JupyterLabAppSettings::builder().build());
    let common = Common { spec: &mut all.default_resource_spec, arns: &mut all.lifecycle_config_arns };
    let own = BuiltIn { arn: &mut all.built_in_lifecycle_config_arn, idle: &mut all.app_lifecycle_management };
    put(slots, common, Some(own));
    Some(all)
}

fn editor(there: Option<CodeEditorAppSettings>, slots: Put<'_>) -> Option<CodeEditorAppSettings> {
    let mut all = there.unwrap_or_else(|| CodeEditorAppSettings::builder().build());
    let common = Common { spec: &mut all.default_resource_spec, arns: &mut all.lifecycle_config_arns };
    let own = BuiltIn { arn: &mut all.built_in_lifecycle_config_arn, idle: &mut all.app_lifecycle_management };
    put(slots, common, Some(own));
    Some(all)
}

fn server(there: Option<JupyterServerAppSettings>, slots: Put<'_>) -> Option<JupyterServerAppSettings> {
    let mut all = there.unwrap_or_else(|| JupyterServerAppSettings::builder().build());
    let common = Common { spec: &mut all.default_resource_spec, arns: &mut all.lifecycle_config_arns };
    put(slots, common, None);
    Some(all)
}

fn kernel(there: Option<KernelGatewayAppSettings>, slots: Put<'_>) -> Option<KernelGatewayAppSettings> {
    let mut all = there.unwrap_or_else(|| KernelGatewayAppSettings::builder().build());
    let common = Common { spec: &mut all.default_resource_spec, arns: &mut all.lifecycle_config_arns };
    put(slots, common, None);
    Some(all)
}
