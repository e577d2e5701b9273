//! Our lifecycle configurations, where an install puts them: nowhere else is a finding.

use crate::drift::check::Checked;
use crate::drift::desired::OnOff;
use crate::drift::finding::{Fix, Rule};
use crate::drift::how::{by_hand, by_us};
use crate::drift::view::{Kind, Thing, View};
use crate::install::{ConfigName, Host, Place, Section, Slots};

const RULE: Rule = Rule::LifecycleConfiguration;
const EXPECTED: &str = "ours";

pub(in crate::drift) fn check(view: &View<'_>, wanted: OnOff, into: &mut Checked) {
    for thing in &view.things {
        for place in places(thing) {
            let slots = Slots::at(&place, thing.body);
            match wanted {
                OnOff::On => must_be(view, thing, &place, &slots, into),
                OnOff::Off => must_not_be(view, thing, &place, &slots, into),
            }
        }
        if thing.kind == Kind::Space {
            of_space(view, thing, wanted, into);
        }
    }
}

/// Where an install puts one. A user profile without settings of its own for an app type
/// follows its domain; one with some may hide the domain's.
pub(super) fn places(thing: &Thing<'_>) -> Vec<Place> {
    let Some(holder) = thing.holder.map(|seen| &seen.holder) else { return Vec::new() };
    let mut places = Vec::new();
    for settings in thing.settings() {
        let section = if settings.shared { Section::SharedSpaces } else { Section::User };
        for host in Host::ALL {
            let own = &settings.value[format!("{}AppSettings", host.app_type())];
            let has_own = own.as_object().is_some_and(|members| !members.is_empty());
            let is_place = if settings.follows { has_own } else { !settings.shared || host != Host::CodeEditor };
            if is_place {
                places.push(Place { holder: holder.clone(), section, host });
            }
        }
    }
    places
}

fn must_be(view: &View<'_>, thing: &Thing<'_>, place: &Place, slots: &Slots, into: &mut Checked) {
    let has_built_in = place.host.has_built_in();
    let stands = if has_built_in { &slots.built_in } else { &slots.default };
    let is_ours = |arn: &String| ConfigName::of_arn(arn, &view.seen.scope);
    let found = match stands {
        None => "none".to_owned(),
        Some(arn) if is_ours(arn).is_some_and(|name| name.host == place.host) => {
            if has_built_in || slots.arns.contains(arn) {
                return;
            }
            "ours, and LifecycleConfigArns does not allow it".to_owned()
        }
        Some(arn) => last(arn).to_owned(),
    };
    // An install leaves what is somebody else's.
    let is_free = stands.as_ref().is_none_or(|arn| is_ours(arn).is_some());
    let flags = match (is_free, has_built_in) {
        (true, _) => "",
        (false, true) => "--replace-built-in",
        (false, false) => "--replace-default",
    };
    let fix = by_us(is_free, "install", &thing.place, flags);
    view.found(into, thing, (RULE, setting(place)), (EXPECTED.to_owned(), found), fix);
}

fn must_not_be(view: &View<'_>, thing: &Thing<'_>, place: &Place, slots: &Slots, into: &mut Checked) {
    let ours = slots.named().find(|arn| ConfigName::of_arn(arn, &view.seen.scope).is_some());
    if let Some(arn) = ours {
        let fix = by_us(false, "uninstall", &thing.place, "");
        view.found(into, thing, (RULE, setting(place)), ("none of ours".to_owned(), last(arn).to_owned()), fix);
    }
}

/// Spaces of Classic keep the default that was chosen for them: a change of the domain's
/// does not reach them. What a space does not say follows its domain.
fn of_space(view: &View<'_>, thing: &Thing<'_>, wanted: OnOff, into: &mut Checked) {
    for host in [Host::JupyterServer, Host::KernelGateway] {
        let structure = format!("{}AppSettings", host.app_type());
        let own = &thing.body["SpaceSettings"][&structure]["DefaultResourceSpec"]["LifecycleConfigArn"];
        let Some(arn) = own.as_str() else { continue };
        let is_ours = ConfigName::of_arn(arn, &view.seen.scope).is_some();
        if is_ours == (wanted == OnOff::On) {
            continue;
        }
        let expected = if wanted == OnOff::On { EXPECTED } else { "none of ours" };
        let setting = format!("SpaceSettings.{structure}.DefaultResourceSpec.LifecycleConfigArn");
        let texts = (expected.to_owned(), last(arn).to_owned());
        view.found(into, thing, (RULE, setting), texts, by_owner());
    }
}

fn by_owner() -> Fix {
    by_hand("its owner chooses the default lifecycle configuration when the space starts next, or makes a new space")
}

fn setting(place: &Place) -> String {
    let [section, structure] = place.path();
    let slot =
        if place.host.has_built_in() { "BuiltInLifecycleConfigArn" } else { "DefaultResourceSpec.LifecycleConfigArn" };
    format!("{section}.{structure}.{slot}")
}

/// The name that an ARN ends in.
fn last(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or(arn)
}
