//! The memory: the binary that was installed, what stood there before, and what was done.

mod before_image;
mod binary;
mod evidence;
mod hidden_images;
mod lease;
mod notebook_image;
#[cfg_attr(not(test), expect(dead_code, reason = "the commands `plan` and `apply` call it"))]
mod plan_file;
mod store;

pub(crate) use before_image::BeforeImages;
pub(crate) use binary::{Binary, BinaryError};
pub(crate) use evidence::{Event, Found, Journal, OpenRun, Subject, Unsettled, open_runs, remember_account};
#[cfg_attr(not(test), expect(unused_imports, reason = "the command `sweep` plans by it"))]
pub(crate) use evidence::{Line, known_accounts};
pub(crate) use hidden_images::HiddenImages;
pub(crate) use lease::{Lease, LeaseError};
pub(crate) use notebook_image::{notebook_images, write_notebook_image};
#[expect(unused_imports, reason = "the commands `plan` and `apply` call it")]
pub(crate) use plan_file::{PlanFile, PlanFileError, digest, read_plan, write_plan};
pub(crate) use store::{Place, Store, StoreError};
