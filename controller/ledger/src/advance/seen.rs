//! Which kinds a look listed to the end.

use cost_planner::snapshot::{Kind as Asked, ScopeSeen};

use crate::line::Kind;

/// What was asked for and is not blind. What is not in a look of these kinds was not there.
pub(super) fn whole(seen: &ScopeSeen) -> Vec<Kind> {
    let asked = |asked| seen.kinds.contains(&asked);
    let is_blind = |operation: &str| is_blind(seen, operation);
    let mut kinds = Vec::new();
    if asked(Asked::Apps) && !is_blind("ListApps") {
        kinds.push(Kind::App);
    }
    if asked(Asked::NotebookInstances) && !is_blind("ListNotebookInstances") {
        kinds.push(Kind::NotebookInstance);
    }
    if asked(Asked::Endpoints) && !is_blind("ListEndpoints") {
        kinds.extend([Kind::Variant, Kind::ProvisionedConcurrency]);
    }
    if asked(Asked::Apps) && !is_blind("ListSpaces") {
        kinds.push(Kind::Volume);
    }
    kinds
}

/// Whether a listing came to no end.
pub(super) fn is_blind(seen: &ScopeSeen, operation: &str) -> bool {
    seen.blind.iter().any(|blind| blind.operation == operation)
}
