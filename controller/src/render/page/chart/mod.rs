//! Charts as inline SVG. Places along are percentages and places up are pixels, so that a
//! chart is as wide as there is room and its letters keep their size.

mod accumulated;
mod ranked;
mod scale;
mod stacked;

pub(super) use accumulated::accumulated;
pub(super) use ranked::{Bar, ranked};
pub(super) use stacked::stacked;
