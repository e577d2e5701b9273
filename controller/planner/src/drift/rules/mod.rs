//! The rules, one file each: what a domain, its user profiles and its spaces should be like.

pub(super) mod content;
pub(super) mod hidden;
pub(super) mod idle;
pub(super) mod kms;
pub(super) mod lifecycle;
pub(super) mod network;
pub(super) mod roles;
pub(super) mod sharing;
pub(super) mod source_identity;
pub(super) mod storage;
pub(super) mod tag_propagation;
pub(super) mod tags;

pub(crate) use kms::CUSTOMER_MANAGED;
