//! The one hand: everything that changes something in AWS, and only with a [`Consent`].

mod change;
mod consent;
mod hidden_types;
mod lifecycle_config;
mod notebooks;
#[cfg_attr(not(test), expect(dead_code, reason = "the command `sweep` calls it"))]
mod notify;
mod put_back;
mod settings;
#[cfg_attr(not(test), expect(dead_code, reason = "the command `sweep` calls it"))]
mod sweep;
mod typed;

pub(crate) use change::{Change, Remember};
pub(crate) use consent::{Consent, consent};
pub(crate) use lifecycle_config::{Ensured, delete, ensure};
pub(crate) use notebooks::{attach, detach, put_config, remove_config};
pub(crate) use settings::{ActError, Settings};
