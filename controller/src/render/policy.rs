//! Policy documents for people.

use cost_planner::rights::{Document, Effect, Statement};

use super::table::table;

/// The statements of a document, a row each.
pub(crate) fn policy(document: &Document) -> String {
    table(["STATEMENT", "ACTION", "ON", "ONLY IF"], document.statements().iter().map(row))
}

fn row(statement: &Statement) -> [String; 4] {
    let Statement { sid, effect, principal, action, resource, not_resource, condition } = statement;
    let says = match effect {
        Effect::Allow => sid.clone(),
        Effect::Deny => format!("{sid} (deny)"),
    };
    let but = not_resource.iter().map(|arn| format!("all but {arn}"));
    let by = principal.values().flatten().map(|arn| format!("by {arn}"));
    let on = resource.iter().cloned().chain(but).chain(by);
    let conditions = condition.iter().flat_map(|(operator, keys)| {
        keys.iter().map(move |(key, values)| format!("{key} {operator} {}", values.join(" or ")))
    });
    let lines = |words: &mut dyn Iterator<Item = String>| words.collect::<Vec<_>>().join("\n");
    [says, action.join("\n"), lines(&mut on.into_iter()), lines(&mut conditions.into_iter())]
}
