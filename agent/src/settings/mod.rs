//! Settings: flags beat the environment, which beats the file, which beats the defaults.

mod file;
mod layer;
mod resolve;

pub(crate) use layer::{Layer, Origins, Output, parse_duration};
pub(crate) use resolve::{Settings, SettingsError, resolve};
