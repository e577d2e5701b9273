//! Where the agent's lifecycle configurations stand and are to stand.
//!
//! Settings come in as the JSON of AWS's own answers: what this version of the
//! product does not know is compared, too, after a change.

mod canary;
mod edit;
mod leaves;
mod names;
mod notebooks;
mod place;
mod plan;
mod seen;
mod slots;
mod undo;

pub use canary::{Canary, CanaryError};
pub use edit::{Edit, Note, Plan, Refusal, Why};
pub use leaves::{Changed, changed, expected, leaves};
pub use names::{ConfigName, Scope, short_hash};
pub use notebooks::{
    NOTEBOOK_CONFIG_NAME, NotebookEntry, NotebookInstance, NotebookPlan, NotebookScripts, NotebookWish, NotebooksSeen,
    plan_notebook_removal, plan_notebook_rollback, plan_notebooks,
};
pub use place::{Holder, Host, Place, Section};
pub use plan::{Desired, plan};
pub use seen::{DomainSeen, HolderSeen, Tags};
pub use slots::{IdleSlot, Slots};
pub use undo::{Entry, last_before, last_install_id, plan_rollback, plan_uninstall, references};
