//! The one hand: everything that changes something in AWS, and only with a [`Consent`].

mod change;
mod consent;
mod dashboard;
mod hidden_types;
mod lifecycle_config;
mod notebooks;
mod notify;
mod put_back;
mod settings;
mod sweep;
mod typed;

pub(crate) use change::{Change, Remember};
pub(crate) use consent::{Consent, consent};
pub(crate) use dashboard::{alarm_pace, put_alarm, put_dashboard};
pub(crate) use lifecycle_config::{Ensured, delete, ensure};
pub(crate) use notebooks::{attach, detach, put_config, remove_config};
pub(crate) use notify::{Topic, message, notify};
pub(crate) use settings::{ActError, Settings};
pub(crate) use sweep::{
    Applied, Eyes, Hands, Interruptible, Limits, Looker, NoSwitch, Outcome, Part, Run, Switch, WallClock, apply,
    heeding_signals, run_id,
};
pub(crate) use sweep::{Counts, Done, Reconciled};
