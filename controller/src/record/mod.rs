//! The memory: the binary that was installed, and what stood there before.

mod before_image;
mod binary;
mod notebook_image;
mod store;

pub(crate) use before_image::BeforeImages;
pub(crate) use binary::{Binary, BinaryError};
pub(crate) use notebook_image::{notebook_images, write_notebook_image};
pub(crate) use store::{Store, StoreError};
