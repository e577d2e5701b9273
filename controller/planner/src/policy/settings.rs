//! Every setting of the policy, its default, and where the value that holds comes from.

use std::fmt;

use serde::Deserialize;

use super::at::{At, Lines};
use super::pattern::Patterns;
use super::subject::{Fit, Subject};
use super::values::{AppAction, Eager, EndpointMode, Length, Limit};

/// Where a value stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Origin<'p> {
    /// `the default`, `the policy`, or the name of an override.
    pub rule: &'p str,
    /// Its line in the policy file; `None` for a default.
    pub line: Option<u32>,
}

/// A setting that holds, and why.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Set<'p, T> {
    /// The value.
    pub value: &'p T,
    /// Where it stands.
    pub origin: Origin<'p>,
}

/// A line of an explanation: which setting holds, what it says and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation<'p> {
    /// Such as `apps.idle-timeout`.
    pub setting: &'static str,
    /// As the file writes it.
    pub value: String,
    /// Where it stands.
    pub origin: Origin<'p>,
}

macro_rules! section {
    ($(#[$doc:meta])* $layer:ident, $settings:ident, $table:literal {
        $($(#[$field_doc:meta])* $field:ident: $type:ty, $key:literal = $default:expr;)*
    }) => {
        #[derive(Debug, Clone, Default, PartialEq, Deserialize)]
        #[serde(deny_unknown_fields, default)]
        pub(crate) struct $layer {
            $(#[serde(rename = $key)] pub(crate) $field: Option<At<$type>>,)*
        }

        impl $layer {
            /// Every setting at its default.
            pub(crate) fn defaults() -> Self {
                Self { $($field: Some(At { value: $default, line: 0 }),)* }
            }

            /// Turns offsets into lines.
            pub(crate) fn settle(&mut self, lines: &Lines<'_>) {
                $(if let Some(at) = &mut self.$field { at.settle(lines); })*
            }
        }

        $(#[$doc])*
        #[derive(Debug, Clone)]
        pub struct $settings<'p> { $($(#[$field_doc])* pub $field: Set<'p, $type>,)* }

        impl<'p> $settings<'p> {
            /// The settings that hold, out of layers with the most specific first and the defaults last.
            pub(crate) fn resolve(
                layers: &[(Fit, &'p str, &'p $layer)],
                subject: &Subject<'_>,
            ) -> Self {
                Self { $($field: hold(layers, subject, |layer| layer.$field.as_ref()),)* }
            }

            /// Each with its value and where it stands.
            #[must_use]
            pub fn explain(&self) -> Vec<Explanation<'p>> {
                vec![$(Explanation {
                    setting: concat!($table, ".", $key),
                    value: self.$field.value.to_string(),
                    origin: self.$field.origin,
                },)*]
            }
        }
    };
}

section! {
    /// What holds for one app.
    AppLayer, AppSettings, "apps" {
        /// For how long it may be idle by its agent.
        idle_timeout: Limit, "idle-timeout" = Limit::from_secs(2 * HOUR);
        /// What is done about an app whose agent was heard and is no longer.
        silent_agent: AppAction, "silent-agent" = AppAction::Report;
        /// For how long the agent must have been silent for that.
        silent_after: Length, "silent-after" = Length::from_secs(24 * HOUR);
        /// How old an app may grow in which no agent can run.
        max_age: Limit, "max-age" = Limit::OFF;
        /// For how long it may start or be deleted before that is told.
        hanging_after: Length, "hanging-after" = Length::from_secs(2 * HOUR);
        /// How old it must be.
        min_age: Length, "min-age" = Length::from_secs(HOUR / 2);
        /// For how long its space and user profile must have been left unchanged.
        space_quiet_for: Length, "space-quiet-for" = Length::from_secs(600);
        /// What it may run on.
        allowed_instance_types: Patterns, "allowed-instance-types" = Patterns::all();
        /// What is done about one that runs on something else.
        violation: AppAction, "violation" = AppAction::Report;
        /// How old that must be before it is stopped.
        violation_grace: Length, "violation-grace" = Length::from_secs(24 * HOUR);
    }
}

section! {
    /// What holds for one notebook instance.
    NotebookInstanceLayer, NotebookInstanceSettings, "notebook-instances" {
        /// For how long it may be idle by its agent.
        idle_timeout: Limit, "idle-timeout" = Limit::from_secs(2 * HOUR);
        /// For how long it must have run, and been left unchanged.
        min_age: Length, "min-age" = Length::from_secs(HOUR / 2);
    }
}

section! {
    /// What holds for one endpoint.
    EndpointLayer, EndpointSettings, "endpoints" {
        /// For how long nobody may have invoked it.
        unused_for: Limit, "unused-for" = Limit::from_secs(14 * DAY);
        /// Whether one is kept that was last invoked at a month's end, within two of them.
        month_end: bool, "month-end" = true;
        /// How far it may go.
        action: EndpointMode, "action" = EndpointMode::Report;
        /// Which endpoints may be scaled or deleted at all.
        names: Patterns, "names" = Patterns::default();
    }
}

section! {
    /// What holds for the volume of one space.
    VolumeLayer, VolumeSettings, "volumes" {
        /// For how long no app may have used it.
        unused_for: Limit, "unused-for" = Limit::from_secs(30 * DAY);
    }
}

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;

/// The first value of layers that hold for certain; before it, the most eager one of
/// those that may hold.
fn hold<'p, L, T: Eager>(
    layers: &[(Fit, &'p str, &'p L)],
    subject: &Subject<'_>,
    field: impl Fn(&'p L) -> Option<&'p At<T>>,
) -> Set<'p, T> {
    let mut held: Option<Set<'p, T>> = None;
    for (fit, rule, layer) in layers {
        let Some(At { value, line }) = field(layer) else { continue };
        if held.as_ref().is_none_or(|held| value.is_more_eager_than(held.value, subject)) {
            held = Some(Set { value, origin: Origin { rule, line: (*line > 0).then_some(*line) } });
        }
        if *fit == Fit::Yes {
            break;
        }
    }
    held.expect("the last layer has a default for every setting")
}

impl fmt::Display for Origin<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}, line {line}", self.rule),
            None => f.write_str(self.rule),
        }
    }
}
