//! What a sweep's file says. Unknown words are errors, so that no file says something
//! that is not played.

use std::collections::BTreeMap;

use serde::Deserialize;
use studio_parts::fleet::Fleet;

/// One file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Sweep {
    /// The claim that is put to the test.
    pub(super) title: String,
    /// Why it matters.
    pub(super) why: String,
    /// Where others get it wrong: issues of peers.
    #[serde(default, rename = "peer")]
    _peer: Option<String>,
    /// How long a delete takes; at once where it is absent.
    pub(super) delete_takes: Option<String>,
    /// What stands in the sandbox.
    #[serde(default)]
    pub(super) fleet: Fleet,
    /// `costctl.toml`; there is none where this is absent. `IN-A-WEEK` in it is that time.
    pub(super) policy: Option<String>,
    /// More files that stand beside it, by name.
    #[serde(default)]
    pub(super) files: BTreeMap<String, String>,
    /// Whether an earlier run acted in these accounts: the first run in an account acts once.
    #[serde(default)]
    pub(super) known_accounts: Vec<String>,
    /// What happens, in order.
    #[serde(rename = "step")]
    pub(super) steps: Vec<Step>,
}

/// One thing that happens.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", untagged)]
pub(super) enum Step {
    /// `costctl` with these words, and how it must exit.
    Run(Run),
    /// The scripted faults from now on, as the sandbox reads them.
    Faults { faults: String },
    /// A change that the sandbox makes when a call comes: JSON of its route.
    When { when: String },
    /// Members of a resource are forced now: JSON of the sandbox's route `resource` or `app`.
    Force { force: String },
    /// An operation of somebody else: `service operation` and its JSON.
    Call { call: String, request: String },
    /// More of a fleet comes into being now.
    Seed { seed: Box<Fleet> },
    /// A file is written beside the policy.
    Write { write: String, text: String },
    /// In a file, this text becomes that.
    Replace { replace: String, from: String, to: String },
    /// Data of metrics: JSON of the sandbox's route, `NOW` in it the time in seconds.
    Metrics { metrics: String },
}

/// `costctl` once, or several at the same time.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Run {
    /// Its words, divided by blanks.
    pub(super) run: String,
    /// Its exit code.
    pub(super) exit: i32,
    /// More environment; an empty value takes a variable away.
    #[serde(default)]
    pub(super) env: BTreeMap<String, String>,
    /// It is killed when the sandbox has seen this operation so often, and has no exit code.
    pub(super) killed_at: Option<KilledAt>,
    /// A second one, started as soon as the sandbox has seen the operation `after`.
    pub(super) beside: Option<Beside>,
}

/// When it is killed.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct KilledAt {
    pub(super) operation: String,
    pub(super) times: usize,
}

/// A second `costctl` at the same time.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Beside {
    pub(super) run: String,
    pub(super) after: String,
    pub(super) exit: i32,
}
