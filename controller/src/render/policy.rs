//! The rights of a role for people.

use cost_planner::rights::Grant;

use super::table::table;

/// What each feature calls, and on what.
pub(crate) fn rights(granted: &[Grant]) -> String {
    let row =
        |Grant { feature, on, actions }: &Grant| [feature.name().to_owned(), actions.join("\n"), on.words().to_owned()];
    table(["FOR", "ACTION", "ON"], granted.iter().map(row))
}
