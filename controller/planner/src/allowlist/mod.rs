//! Which instance types may be used where, compiled into what AWS itself enforces or
//! shows: a policy document that denies, the types that Studio hides, and the quotas
//! that should be 0.

mod glob;
mod hidden;
mod of_policy;
mod policy_document;
mod quotas;
mod region;
mod rule;

pub use glob::{Glob, GlobError};
pub use hidden::{
    HiddenEdit, HiddenEntry, HiddenPlan, hidden, hidden_at, plan_hidden, plan_hidden_rollback, put_hidden,
};
pub(crate) use hidden::{is_same as is_same_hidden, wanted as wanted_hidden};
pub use of_policy::AllowlistError;
pub use policy_document::{CompileError, PolicyDocument, PolicyFormat, Statement, compile};
pub use quotas::{QuotaRow, QuotaUse, QuotaVerdict, QuotaWish, QuotasWanted, check_quotas, quotas};
pub use rule::{AllowRule, Allowlist, Covered, Selector, Subject, TagGlob};

/// What JupyterServer apps run on: without it Studio Classic cannot start, so it is
/// allowed, shown and left out of every quota, whatever a rule says.
pub const SYSTEM: &str = "system";
