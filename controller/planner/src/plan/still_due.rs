//! Whether an action is still due when the moment comes: nothing that was planned for changed.

use idle_core::{Explained, Reason};
use jiff::{SignedDuration, Timestamp};

use super::protect::{self, refuse, seconds};
use super::{Action, AppLook, Around, Look, Must, Target, Verb};
use crate::methods::heard::{Heard, heard};
use crate::methods::{self, Asked, Finding, Invocations, ScaledPart, invocations, way_back};
use crate::policy::span;
use crate::snapshot::{CloseUp, Endpoint, NotebookInstance, Series, Variant};

/// Whether what was just looked at may be acted on as planned.
///
/// # Errors
/// Why not, for the first thing that is no longer as planned, is protected now or was not seen.
pub fn still_due(action: &Action, look: &Look, now: Timestamp) -> Result<(), Explained> {
    match (look, &action.target) {
        (Look::Gone, _) => refuse(Reason::Gone, "it is gone already".to_owned()),
        (Look::Unseen(why), _) => refuse(Reason::SourceUnknown, format!("it could not be looked at: {why}")),
        (Look::App(look), Target::App(_)) => app(action, look, now),
        (Look::NotebookInstance(look), Target::NotebookInstance(_)) => notebook_instance(action, look, now),
        (Look::Endpoint(look), Target::Endpoint(_) | Target::Variant { .. } | Target::InferenceComponent { .. }) => {
            endpoint(action, look, now)
        }
        _ => refuse(Reason::SourceUnknown, "something else was looked at".to_owned()),
    }
}

fn app(action: &Action, look: &AppLook, now: Timestamp) -> Result<(), Explained> {
    let AppLook { app, space, user_profile, domain } = look;
    let Target::App(target) = &action.target else { return changed("its name") };
    let is_it = (&target.domain, &target.owner, target.app_type, &target.name)
        == (&app.domain, &app.owner, app.app_type, &app.name);
    if !is_it {
        return changed("its name");
    }
    if app.created_at != Some(action.planned.created_at) {
        return changed("its creation time: another app has its name now");
    }
    if app.instance_type != action.instance_type {
        return changed("its instance type");
    }
    let space_modified_at = space.as_ref().and_then(|space| space.modified_at);
    if space_modified_at != action.planned.space_modified_at {
        return changed("its space, which was changed since");
    }
    let around = Around { app, space: space.as_ref(), user_profile: user_profile.as_ref(), domain: domain.as_ref() };
    protect::app(&around, &action.must, now)?;
    says_what_must_hold(action)?;
    still_idle(action, &heard(&app.heartbeat, app.created_at, now))?;
    still_silent(action, &heard(&app.heartbeat, app.created_at, now), now)
}

/// Whether the plan says what must hold of an agent; only age and instance type, which cannot
/// have changed in the same app, need no more.
fn says_what_must_hold(action: &Action) -> Result<(), Explained> {
    let Must { idle_at_least_seconds, silent_at_least_seconds, .. } = &action.must;
    match action.reason.code {
        Reason::MaxAge | Reason::InstanceTypeNotAllowed => Ok(()),
        _ if idle_at_least_seconds.or(*silent_at_least_seconds).is_some() => Ok(()),
        _ => refuse(Reason::SourceUnknown, "the plan does not say how long it must have been idle".to_owned()),
    }
}

/// Whether a fresh heartbeat still says that it is idle, for as long as it must be.
fn still_idle(action: &Action, heard: &Heard) -> Result<(), Explained> {
    let Some(least) = action.must.idle_at_least_seconds.map(seconds) else { return Ok(()) };
    let (at, idle) = match heard {
        Heard::Alive { at, idle } => (*at, *idle),
        Heard::Unread(why) => return refuse(Reason::SourceUnknown, format!("its heartbeat is not known: {why}")),
        Heard::Silent | Heard::Ended { .. } => {
            return refuse(Reason::SilentAgent, "its agent is not heard any more".to_owned());
        }
    };
    if action.planned.heard_at.is_some_and(|planned| at < planned) {
        return refuse(Reason::SourceUnknown, "its heartbeat is older than the one it was planned by".to_owned());
    }
    if idle < least {
        let code = if idle.is_zero() { Reason::Busy } else { Reason::RecentActivity };
        return refuse(code, format!("its agent says now: idle for {}; the limit is {}", span(idle), span(least)));
    }
    Ok(())
}

/// Whether the agent is still silent. That the last heartbeat is seen again shows that the
/// look reached back far enough.
fn still_silent(action: &Action, heard: &Heard, now: Timestamp) -> Result<(), Explained> {
    let Some(least) = action.must.silent_at_least_seconds.map(seconds) else { return Ok(()) };
    match heard {
        Heard::Ended { at } if Some(*at) == action.planned.heard_at && now.duration_since(*at) >= least => Ok(()),
        Heard::Ended { .. } | Heard::Alive { .. } => changed("its agent, which was heard since"),
        Heard::Silent => refuse(Reason::SourceUnknown, "its agent's last heartbeat is not seen again".to_owned()),
        Heard::Unread(why) => refuse(Reason::SourceUnknown, format!("its heartbeat is not known: {why}")),
    }
}

fn notebook_instance(action: &Action, look: &NotebookInstance, now: Timestamp) -> Result<(), Explained> {
    let Target::NotebookInstance(target) = &action.target else { return changed("its name") };
    if target.name != look.name || look.created_at != Some(action.planned.created_at) {
        return changed("its creation time: another notebook instance has its name now");
    }
    in_service(&look.status)?;
    if look.modified_at != action.planned.modified_at {
        return changed("its modification time: it was changed or started since");
    }
    if look.instance_type != action.instance_type {
        return changed("its instance type");
    }
    protect::tags(&[("the notebook instance", look.tags.as_deref())], &action.must, now)?;
    says_what_must_hold(action)?;
    still_idle(action, &heard(&look.heartbeat, methods::started_at(look), now))
}

fn endpoint(action: &Action, look: &Endpoint, now: Timestamp) -> Result<(), Explained> {
    let (Target::Endpoint(of) | Target::Variant { of, .. } | Target::InferenceComponent { of, .. }) = &action.target
    else {
        return changed("its name");
    };
    if of.endpoint != look.name || look.created_at != Some(action.planned.created_at) {
        return changed("its creation time: another endpoint has its name now");
    }
    in_service(&look.status)?;
    if look.modified_at != action.planned.modified_at {
        return changed("its modification time: it was changed since");
    }
    let close_up = match &look.close_up {
        Ok(close_up) => close_up,
        Err(why) => return refuse(Reason::SourceUnknown, format!("it could not be described: {why}")),
    };
    protect::tags(&[("the endpoint", Some(&close_up.tags))], &action.must, now)?;
    still_unused(action, close_up, of_action(action, close_up)?, now)?;
    still_has_a_way_back(action, look, close_up)
}

/// The series that must be silent.
fn of_action<'a>(action: &Action, close_up: &'a CloseUp) -> Result<Vec<&'a Series>, Explained> {
    let CloseUp { variants, inference_components, .. } = close_up;
    let found: Vec<&Series> = match &action.target {
        Target::Variant { variant, .. } => {
            variants.iter().filter(|v| v.name == *variant).map(|v| &v.invocations).collect()
        }
        Target::InferenceComponent { inference_component: name, .. } => {
            inference_components.iter().filter(|c| c.name == *name).map(|c| &c.invocations).collect()
        }
        // As when it was planned: what bills nothing now is not asked.
        _ => variants.iter().filter(|v| bills(v)).map(|v| &v.invocations).collect(),
    };
    if found.is_empty() { changed("its parts: there is nothing to ask") } else { Ok(found) }
}

fn bills(variant: &Variant) -> bool {
    let concurrency = variant.serverless.as_ref().map_or(0, |serverless| serverless.provisioned_concurrency);
    concurrency > 0 || variant.instances > 0 || variant.desired_instances > 0
}

fn still_unused(action: &Action, close_up: &CloseUp, series: Vec<&Series>, now: Timestamp) -> Result<(), Explained> {
    let Must { no_invocations_within_seconds: Some(window), .. } = &action.must else {
        return refuse(Reason::SourceUnknown, "the plan does not say how long it must have been unused".to_owned());
    };
    let window: SignedDuration = seconds(*window);
    if now.checked_sub(window).is_err() {
        return refuse(Reason::SourceUnknown, "the plan asks for more time without use than there was".to_owned());
    }
    let asked = Asked { window, month_end: false, born: action.planned.created_at, now };
    for series in series {
        match invocations(series, asked) {
            Invocations::None { .. } => {}
            Invocations::Some => return refuse(Reason::Invoked, "it was invoked since".to_owned()),
            Invocations::Unknown(why) => return Err(why),
        }
    }
    match methods::waiting(close_up, now - window) {
        None => Ok(()),
        Some(Finding::Report(why)) => Err(why),
        Some(_) => refuse(Reason::Invoked, "requests wait for it".to_owned()),
    }
}

fn still_has_a_way_back(action: &Action, look: &Endpoint, close_up: &CloseUp) -> Result<(), Explained> {
    let way = match (&action.target, action.verb) {
        (Target::Variant { variant, .. }, Verb::ScaleVariantToZero) => {
            way_back(close_up, &look.name, ScaledPart::Variant(variant))
        }
        (Target::InferenceComponent { inference_component, .. }, Verb::ScaleInferenceComponentToZero) => {
            way_back(close_up, &look.name, ScaledPart::InferenceComponent(inference_component))
        }
        (Target::Endpoint(_), Verb::DeleteEndpoint) => match &close_up.config_missing {
            _ if !close_up.inference_components.is_empty() => {
                return changed("its parts: inference components stand on it now");
            }
            None => Ok(()),
            Some(why) => Err(format!("its configuration cannot be read: {why}")),
        },
        _ => return changed("its kind"),
    };
    way.or_else(|why| refuse(Reason::NoWayBack, why))
}

fn in_service(status: &str) -> Result<(), Explained> {
    match status {
        "InService" => Ok(()),
        _ => refuse(Reason::NotInService, format!("it is {status}")),
    }
}

fn changed<T>(what: &str) -> Result<T, Explained> {
    refuse(Reason::Changed, format!("it is no longer what was planned for: {what}"))
}
