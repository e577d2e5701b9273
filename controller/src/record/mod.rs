//! The memory: the binary that was installed, what stood there before, and what was done.

mod before_image;
mod binary;
#[cfg_attr(not(test), expect(dead_code, reason = "a sweep writes it"))]
mod evidence;
mod hidden_images;
#[cfg_attr(not(test), expect(dead_code, reason = "a sweep takes it"))]
mod lease;
mod notebook_image;
mod store;

pub(crate) use before_image::BeforeImages;
pub(crate) use binary::{Binary, BinaryError};
#[expect(unused_imports, reason = "a sweep writes it")]
pub(crate) use evidence::{
    Event, Found, Journal, Line, OpenRun, Subject, Unsettled, known_accounts, open_runs, remember_account,
};
pub(crate) use hidden_images::HiddenImages;
#[expect(unused_imports, reason = "a sweep takes it")]
pub(crate) use lease::{Lease, LeaseError};
pub(crate) use notebook_image::{notebook_images, write_notebook_image};
pub(crate) use store::{Place, Store, StoreError};
