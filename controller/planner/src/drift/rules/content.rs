//! Whether our lifecycle configurations, wherever they are attached, hold what their names and tags say.

use std::collections::BTreeSet;

use super::lifecycle::places;
use crate::drift::check::Checked;
use crate::drift::finding::{Fix, Rule};
use crate::drift::how::{by_hand, by_us};
use crate::drift::seen::ConfigSeen;
use crate::drift::view::View;
use crate::install::{ConfigName, Slots, short_hash};

const RULE: Rule = Rule::LifecycleConfigurationContent;
/// The tag that an install gives them.
const TAG: &str = "costctl:sha256";

pub(in crate::drift) fn check(view: &View<'_>, into: &mut Checked) {
    let mut ours: BTreeSet<String> = BTreeSet::new();
    for thing in &view.things {
        for place in places(thing) {
            let slots = Slots::at(&place, thing.body);
            let named = slots.named().filter(|arn| ConfigName::of_arn(arn, &view.seen.scope).is_some());
            ours.extend(named.map(str::to_owned));
        }
    }
    for arn in ours {
        if let Some(name) = ConfigName::of_arn(&arn, &view.seen.scope) {
            of_config(view, &arn, &name, into);
        }
    }
}

fn of_config(view: &View<'_>, arn: &str, name: &ConfigName, into: &mut Checked) {
    let domain = view.domain();
    let mut found = |setting: &str, expected: String, found: String, fix: Fix| {
        let setting = format!("{} {setting}", name.name());
        view.found(into, domain, (RULE, setting), (expected, found), fix);
    };
    let digits = &name.hash;
    match view.seen.configs.get(arn) {
        None => view.blind(into, domain, RULE, format!("nobody asked for {}", name.name())),
        Some(ConfigSeen::Unread(why)) => view.blind(into, domain, RULE, why.clone()),
        Some(ConfigSeen::Gone) => {
            let fix = by_us(true, "install", &domain.place, "");
            found("content", format!("SHA-256 {digits}…"), "no lifecycle configuration of this name".to_owned(), fix);
        }
        Some(ConfigSeen::There { sha256, tags }) => {
            if short_hash(sha256) != digits {
                let fix = by_hand("somebody made it anew: find out who, delete it by hand, and install again");
                found("content", format!("SHA-256 {digits}…"), format!("SHA-256 {}…", short_hash(sha256)), fix);
            }
            let tag = match tags {
                Ok(tags) => tags.get(TAG),
                Err(why) => return view.blind(into, domain, RULE, why.clone()),
            };
            if tag != Some(sha256) {
                let fix = by_hand(format!(
                    "aws sagemaker add-tags --region {} --resource-arn {arn} --tags Key={TAG},Value={sha256} # once it \
                     is known who changed it",
                    domain.place.region
                ));
                let is = tag.map_or_else(|| "no such tag".to_owned(), |tag| format!("{}…", short_hash(tag)));
                found(&format!("tag {TAG}"), format!("{}…", short_hash(sha256)), is, fix);
            }
        }
    }
}
