//! The instance types that Studio hides, against the policy's allowlist.

use crate::allowlist::{hidden_at, is_same_hidden, wanted_hidden};
use crate::drift::check::Checked;
use crate::drift::desired::OnOff;
use crate::drift::finding::{Fix, Rule};
use crate::drift::how::{by_hand, by_us};
use crate::drift::view::{Kind, Thing, View};
use crate::install::{HolderSeen, leaves};

const RULE: Rule = Rule::HiddenInstanceTypes;
const PORTAL: &str = "StudioWebPortalSettings";
/// So many types are told.
const MOST_TOLD: usize = 3;

pub(in crate::drift) fn check(view: &View<'_>, wanted: OnOff, into: &mut Checked) {
    let mut of_domain: Option<Vec<String>> = None;
    for thing in &view.things {
        let Some(seen) = thing.holder else { continue };
        let section = if thing.kind == Kind::Domain { "DefaultUserSettings" } else { "UserSettings" };
        let setting = format!("{section}.{PORTAL}.HiddenInstanceTypes");
        let list = &seen.body[section][PORTAL]["HiddenInstanceTypes"];
        let own = match hidden(view, thing, wanted) {
            Ok(Some(own)) => own,
            // No rule speaks of it.
            Ok(None) => continue,
            Err(why) => {
                view.blind(into, thing, RULE, why);
                continue;
            }
        };
        if thing.kind == Kind::Domain {
            of_domain = Some(own.clone());
        } else if follows(seen) && of_domain.as_ref() == Some(&own) {
            continue;
        }
        let is_list = list.as_array().is_some_and(|names| names.iter().all(serde_json::Value::is_string));
        if !list.is_null() && !is_list {
            view.odd(into, thing, RULE, &setting);
            continue;
        }
        differs(view, thing, seen, setting, &own, into);
    }
}

/// What should be hidden there.
fn hidden(view: &View<'_>, thing: &Thing<'_>, wanted: OnOff) -> Result<Option<Vec<String>>, String> {
    if wanted == OnOff::Off {
        return Ok(Some(Vec::new()));
    }
    let profile = thing.holder.filter(|_| thing.kind == Kind::UserProfile);
    wanted_hidden(view.wish.allowlist, &view.seen.scope, view.holder, profile, view.wish.known)
}

/// A user profile without portal settings of its own follows its domain.
fn follows(profile: &HolderSeen) -> bool {
    leaves(&profile.body["UserSettings"][PORTAL]).is_empty()
}

fn differs(
    view: &View<'_>,
    thing: &Thing<'_>,
    seen: &HolderSeen,
    setting: String,
    wanted: &[String],
    into: &mut Checked,
) {
    let present = hidden_at(&seen.holder, &seen.body);
    if is_same_hidden(&present, wanted) {
        return;
    }
    let only = |one: &[String], other: &[String]| -> Vec<String> {
        one.iter().filter(|name| !other.contains(name)).cloned().collect()
    };
    let (shown, over) = (only(wanted, &present), only(&present, wanted));
    let parts = [("shows", &shown), ("hides", &over)].into_iter().filter(|(_, names)| !names.is_empty());
    let found = parts.map(|(verb, names)| format!("{verb} {}", told(names))).collect::<Vec<_>>().join("; ");
    let expected =
        if wanted.is_empty() { "nothing hidden".to_owned() } else { format!("{} types hidden", wanted.len()) };
    view.found(into, thing, (RULE, setting), (expected, found), fix(thing, wanted, &over));
}

/// Whoever hides what the policy allows may have a reason that we do not know.
fn fix(thing: &Thing<'_>, wanted: &[String], over: &[String]) -> Fix {
    let command = "allowlist apply --policy costctl.toml";
    match (wanted.is_empty(), over.is_empty()) {
        (true, _) => by_hand("costctl allowlist rollback, or in the console: the domain's app configurations"),
        (false, true) => by_us(true, command, &thing.place, ""),
        (false, false) => by_us(false, command, &thing.place, "--replace-hidden-types"),
    }
}

fn told(names: &[String]) -> String {
    let more = names.len().saturating_sub(MOST_TOLD);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{more}", names.iter().take(MOST_TOLD).map(String::as_str).collect::<Vec<_>>().join(", "))
}
