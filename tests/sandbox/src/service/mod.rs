//! The services, one module each.

pub(crate) mod cloudwatch;
pub(crate) mod sagemaker;
pub(crate) mod sts;
