//! Mandatory tags of domains, user profiles and spaces. A tag without a value is none.

use std::collections::BTreeMap;

use crate::drift::check::Checked;
use crate::drift::finding::Rule;
use crate::drift::how::{by_hand, word};
use crate::drift::view::{Kind, Thing, View};

const RULE: Rule = Rule::Tags;

pub(in crate::drift) fn check(view: &View<'_>, keys: &[String], into: &mut Checked) {
    for thing in &view.things {
        match thing.tags {
            None => view.blind(into, thing, RULE, "nobody asked for its tags"),
            Some(Err(why)) => view.blind(into, thing, RULE, why.clone()),
            Some(Ok(tags)) => of_thing(view, thing, tags, keys, into),
        }
    }
}

fn of_thing(view: &View<'_>, thing: &Thing<'_>, tags: &BTreeMap<String, String>, keys: &[String], into: &mut Checked) {
    let is_missing = |key: &&String| tags.get(*key).is_none_or(|value| value.trim().is_empty());
    let missing: Vec<&str> = keys.iter().filter(is_missing).map(String::as_str).collect();
    if missing.is_empty() {
        return;
    }
    let member = match thing.kind {
        Kind::Domain => "DomainArn",
        Kind::UserProfile => "UserProfileArn",
        Kind::Space => "SpaceArn",
    };
    let arn = word(thing.body[member].as_str().unwrap_or("ARN"));
    let pairs = missing.iter().map(|key| word(&format!("Key={key},Value=VALUE"))).collect::<Vec<_>>().join(" ");
    let fix =
        by_hand(format!("aws sagemaker add-tags --region {} --resource-arn {arn} --tags {pairs}", thing.place.region));
    let texts = (keys.join(", "), format!("without {}", missing.join(", ")));
    view.found(into, thing, (RULE, "Tags".to_owned()), texts, fix);
}
