//! What a plan says: edits, refusals and notes.

use std::collections::BTreeSet;
use std::fmt;

use serde::Serialize;

use super::place::{Holder, Place};
use super::slots::Slots;

/// One structure to be changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Edit {
    /// Which structure.
    pub place: Place,
    /// What stands in its slots.
    pub before: Slots,
    /// What is to stand there.
    pub after: Slots,
    /// `LastModifiedTime` of its holder as seen: who changed it since is not overwritten.
    pub last_modified: String,
}

/// Something that is left alone though it was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Refusal {
    /// What is left alone.
    pub what: String,
    /// Why.
    pub why: Why,
}

/// Something to know that is no refusal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Note {
    /// What it is about.
    pub what: String,
    /// What to know.
    pub text: String,
}

/// Why something is left alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "code")]
pub enum Why {
    /// It could not be read in whole.
    Unseen {
        /// What went wrong.
        error: String,
    },
    /// Its status forbids changes.
    Status {
        /// The status.
        status: String,
    },
    /// A project of Unified Studio manages it.
    UnifiedStudio,
    /// The one slot is taken.
    BuiltInTaken {
        /// By this.
        arn: String,
    },
    /// The one default is taken.
    DefaultTaken {
        /// By this.
        arn: String,
    },
    /// SageMaker's own idle shutdown is switched on with another time.
    NativeTaken {
        /// After so many minutes.
        minutes: Option<i32>,
    },
    /// A new structure at the profile could hide the domain's.
    WouldHideDomain,
    /// It is neither what was there before nor what was written.
    Conflict {
        /// What stands there.
        found: Slots,
    },
    /// It is no longer known what stood there.
    NoBeforeImage,
    /// It is still used.
    InUse {
        /// By these.
        by: Vec<String>,
    },
    /// It does not carry our tag.
    NotManaged {
        /// What is known of its tags.
        detail: String,
    },
    /// Instance types would be shown again that somebody else hides.
    HiddenByOthers {
        /// Which.
        types: Vec<String>,
    },
    /// The hidden instance types are neither what was there before nor what was written.
    HiddenSince,
    /// Nothing says that an install of ours wrote what stands there.
    NotOurs,
    /// A notebook instance can be changed only while it is stopped.
    NotStopped {
        /// Its status.
        status: String,
    },
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unseen { error } => write!(f, "not seen in whole, nothing is changed: {error}"),
            Self::Status { status } if status.contains("ailed") => {
                write!(f, "status {status}; hint: look at its FailureReason and repair it first")
            }
            Self::Status { status } => write!(f, "status {status}; hint: run again when it is InService"),
            Self::UnifiedStudio => write!(
                f,
                "managed by a Unified Studio project profile, which would undo it; hint: UpdateProjectProfile, \
                 Tooling parameters lifecycleManagement and idleTimeoutInMinutes"
            ),
            Self::BuiltInTaken { arn } => {
                write!(f, "its built-in slot holds {}; hint: --replace-built-in", last(arn))
            }
            Self::DefaultTaken { arn } => write!(f, "its default is {}; hint: --replace-default", last(arn)),
            Self::NativeTaken { minutes } => {
                let after = minutes.map_or_else(String::new, |minutes| format!(" after {minutes}m"));
                write!(f, "SageMaker's own idle shutdown is on{after}; hint: --replace-native")
            }
            Self::WouldHideDomain => {
                write!(f, "settings of its own could hide the domain's; hint: take the whole domain into the canary")
            }
            Self::Conflict { found } => {
                let named: Vec<&str> = found.named().map(last).collect();
                let named = if named.is_empty() { "nothing".to_owned() } else { named.join(", ") };
                write!(f, "somebody changed it since ({named} stands there); hint: decide by hand")
            }
            Self::NoBeforeImage => write!(f, "no before-image; hint: the same --artifacts as at the install"),
            Self::InUse { by } => write!(f, "still used by {}", by.join(", ")),
            Self::NotManaged { detail } => write!(f, "does not carry the tag costctl:managed=idle-agent ({detail})"),
            Self::HiddenByOthers { types } => {
                let more = types.len().saturating_sub(3);
                let more = if more > 0 { format!(" and {more} more") } else { String::new() };
                let first = types.iter().take(3).map(String::as_str).collect::<Vec<_>>().join(", ");
                write!(f, "somebody else hides {first}{more}, allowed by the policy; hint: --replace-hidden-types")
            }
            Self::HiddenSince => write!(f, "somebody changed the hidden types since; hint: decide by hand"),
            Self::NotOurs => write!(
                f,
                "no install wrote what stands there; hint: the same --artifacts as at the install, or --replace-built-in \
                 at an install"
            ),
            Self::NotStopped { status } => write!(f, "status {status}; hint: stop it first"),
        }
    }
}

/// The name that an ARN ends in.
fn last(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or(arn)
}

/// What is to be done, and what is not.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Plan {
    /// In the order in which they are done.
    pub edits: Vec<Edit>,
    /// What is left alone.
    pub refusals: Vec<Refusal>,
    /// What to know.
    pub notes: Vec<Note>,
    /// How many structures are as they should be.
    pub unchanged: usize,
}

impl Plan {
    pub(super) fn refuse(&mut self, what: impl fmt::Display, why: Why) {
        self.refusals.push(Refusal { what: what.to_string(), why });
    }

    pub(super) fn note(&mut self, what: &Holder, text: impl Into<String>) {
        self.notes.push(Note { what: what.to_string(), text: text.into() });
    }

    /// Every lifecycle configuration that an edit brings to a place where it does not stand.
    #[must_use]
    pub fn brought(&self) -> BTreeSet<String> {
        let new = |edit: &Edit| {
            let there: BTreeSet<&str> = edit.before.named().collect();
            edit.after.named().filter(|arn| !there.contains(arn)).map(str::to_owned).collect::<Vec<_>>()
        };
        self.edits.iter().flat_map(new).collect()
    }

    /// The same with nothing in place of these lifecycle configurations, which are
    /// no longer there: a note says where.
    #[must_use]
    pub fn without(mut self, gone: &BTreeSet<String>) -> Self {
        let (mut notes, mut unchanged) = (Vec::new(), 0);
        self.edits.retain_mut(|edit| {
            let mut named: Vec<&str> = edit.after.named().filter(|arn| gone.contains(*arn)).map(last).collect();
            named.dedup();
            if named.is_empty() {
                return true;
            }
            let text =
                format!("{}: {} is deleted, so it does not come back", edit.place.path().join("."), named.join(", "));
            notes.push(Note { what: edit.place.holder.to_string(), text });
            let Slots { built_in, default, arns, idle: _ } = &mut edit.after;
            for slot in [built_in, default] {
                slot.take_if(|arn| gone.contains(arn));
            }
            arns.retain(|arn| !gone.contains(arn));
            let is_change = edit.after != edit.before;
            unchanged += usize::from(!is_change);
            is_change
        });
        self.notes.extend(notes);
        self.unchanged += unchanged;
        self
    }

    /// Takes in another plan.
    pub fn extend(&mut self, other: Self) {
        let Self { edits, refusals, notes, unchanged } = other;
        self.edits.extend(edits);
        self.refusals.extend(refusals);
        self.notes.extend(notes);
        self.unchanged += unchanged;
    }
}
