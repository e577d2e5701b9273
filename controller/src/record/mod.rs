//! The memory: the binary that was installed, and what stood there before.

mod before_image;
mod binary;
mod store;

pub(crate) use before_image::BeforeImages;
pub(crate) use binary::{Binary, BinaryError};
pub(crate) use store::{Store, StoreError};
