//! The volume of a space in which no app runs: it bills all the same.

use idle_core::{Explained, Reason};
use jiff::Timestamp;

use super::explained;
use crate::policy::{VolumeSettings, span};
use crate::snapshot::Space;

/// Why the volume of a space without an app is worth a look, if it is. It is told and never
/// more: what is on it may be somebody's only copy.
pub(crate) fn unused_volume(space: &Space, settings: &VolumeSettings<'_>, now: Timestamp) -> Option<Explained> {
    let limit = settings.unused_for.value.get()?;
    let changed = space.modified_at?;
    let unused = now.duration_since(changed);
    let text =
        || format!("no app runs in it, and it was not changed for {}; the limit is {}", span(unused), span(limit));
    (unused >= limit).then(|| explained(Reason::UnusedVolume, text()))
}
