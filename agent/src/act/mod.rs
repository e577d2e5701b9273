//! The one hand: the only folder that changes anything in AWS.

mod aws;
mod delete_app;
mod pace;
pub(crate) mod preflight;

pub(crate) use delete_app::{DeleteApp, Outcome};
pub(crate) use pace::Pace;

/// The leave to change something. Only [`consent`] makes one, and an actuator
/// cannot be built without it: a rehearsal is a program without an actuator.
#[derive(Debug)]
pub(crate) struct Consent(());

/// The leave to act, unless this is a rehearsal.
pub(crate) fn consent(rehearse: bool) -> Option<Consent> {
    (!rehearse).then_some(Consent(()))
}
