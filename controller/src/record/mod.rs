//! The memory: the binary that was installed, what stood there before, and what was done.

pub(crate) mod archive;
mod before_image;
mod binary;
pub(crate) mod chain;
mod drift;
mod evidence;
mod hidden_images;
mod lease;
mod ledger;
pub(crate) mod metrics;
mod notebook_image;
mod plan_file;
mod price_cache;
mod store;

pub(crate) use before_image::BeforeImages;
pub(crate) use binary::{Binary, BinaryError};
pub(crate) use drift::{DriftDocument, read_drift, since as drift_since, write_drift};
pub(crate) use evidence::{
    Event, Found, Journal, Line, OpenRun, Subject, Unsettled, lines_of, open_runs, remember_account, stopped,
};
pub(crate) use evidence::{keep_document, keep_plan, keep_policy, known_accounts, policy_key};
pub(crate) use hidden_images::HiddenImages;
pub(crate) use lease::{Lease, LeaseError};
pub(crate) use ledger::{LedgerError, Part, append, known as known_of, read_ledger};
pub(crate) use notebook_image::{notebook_images, write_notebook_image};
pub(crate) use plan_file::{PlanFile, PlanFileError, digest as plan_digest, read_plan, write_plan};
pub(crate) use plan_file::{parse_plan, plan_bytes};
pub(crate) use price_cache::{PriceCache, PriceCacheError};
pub(crate) use store::{Place, Store, StoreError};
