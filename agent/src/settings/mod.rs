//! Settings: what the administrator enforces beats flags, which beat the
//! environment, which beats the user's file, which beats what the administrator
//! proposes, which beats the defaults. Bounds hold for all of them.

mod file;
mod layer;
mod layers;
mod resolve;

#[cfg(test)]
pub(crate) use file::parse_files;
pub(crate) use layer::{Layer, Origins, Output, parse_duration};
pub(crate) use layers::Origin;
pub(crate) use resolve::{People, Settings, SettingsError, resolve};
