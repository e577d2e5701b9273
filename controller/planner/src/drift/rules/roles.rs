//! Execution roles that must not be used, by their names and by what is attached to them.
//! What could not be read of a role is not fine.

use crate::drift::check::Checked;
use crate::drift::desired::RoleDenied;
use crate::drift::finding::Rule;
use crate::drift::how::by_hand;
use crate::drift::view::{Text, Thing, View, text};
use crate::policy::Pattern;

const RULE: Rule = Rule::ExecutionRole;

pub(in crate::drift) fn check(view: &View<'_>, denied: &RoleDenied, into: &mut Checked) {
    for thing in &view.things {
        for settings in thing.settings() {
            let setting = format!("{}.ExecutionRole", settings.name);
            match text(&settings.value["ExecutionRole"]) {
                Text::Is(arn) => of_role(view, thing, denied, (setting, arn), into),
                Text::Absent if settings.follows => {}
                // SageMaker makes no domain without one.
                Text::Absent => view.blind(into, thing, RULE, format!("the answer lacks {setting}")),
                Text::Odd => view.odd(into, thing, RULE, &setting),
            }
        }
    }
}

fn of_role(
    view: &View<'_>,
    thing: &Thing<'_>,
    denied: &RoleDenied,
    (setting, arn): (String, &str),
    into: &mut Checked,
) {
    let name = arn.rsplit('/').next().unwrap_or(arn);
    let RoleDenied { policies, names } = denied;
    if is_one_of(names, name) {
        let texts = (format!("no role {}", names.join(", ")), name.to_owned());
        let fix = by_hand("give it another role: UpdateDomain or UpdateUserProfile, ExecutionRole");
        view.found(into, thing, (RULE, setting), texts, fix);
        return;
    }
    if policies.is_empty() {
        return;
    }
    match view.seen.roles.get(arn) {
        None => view.blind(into, thing, RULE, format!("nobody asked for the policies of {name}")),
        Some(Err(why)) => view.blind(into, thing, RULE, why.clone()),
        Some(Ok(attached)) => {
            let wrong: Vec<&str> =
                attached.iter().map(String::as_str).filter(|policy| is_one_of(policies, policy)).collect();
            if !wrong.is_empty() {
                let texts = (format!("no policy {}", policies.join(", ")), format!("{name} has {}", wrong.join(", ")));
                let fix = by_hand(format!("detach {} from {name}, or give it another role", wrong.join(", ")));
                view.found(into, thing, (RULE, setting), texts, fix);
            }
        }
    }
}

/// The policy's own check refuses what is no pattern.
fn is_one_of(patterns: &[String], name: &str) -> bool {
    let matches = |pattern: &String| Pattern::try_from(pattern.clone()).is_ok_and(|pattern| pattern.matches(name));
    patterns.iter().any(matches)
}
