//! `prices`: AWS's price lists, fetched and shown.

mod refresh;
mod show;

use std::path::PathBuf;

use anyhow::Result;
use cost_planner::prices::Prices;
use thiserror::Error;

use crate::cli::{self, Global, PriceLists};
use crate::exit::Exit;
use crate::record::{PriceCache, PriceCacheError};

/// There is no place for price lists.
#[derive(Debug, Error)]
#[error("there is no cache folder, as neither XDG_CACHE_HOME nor HOME is set; hint: --prices FOLDER")]
pub(super) struct NoFolder;

pub(super) async fn run(global: &Global, args: &cli::Prices) -> Result<Exit> {
    match args {
        cli::Prices::Refresh(args) => refresh::run(global, args).await,
        cli::Prices::Show(args) => show::run(global, args),
    }
}

/// The bundled prices with the fetched lists over them.
///
/// # Errors
/// When a list is damaged.
pub(crate) fn known(lists: &PriceLists) -> Result<Prices, PriceCacheError> {
    match folder(lists) {
        Some(folder) => PriceCache::new(folder).prices(),
        None => Ok(Prices::bundled()),
    }
}

/// Where price lists are kept; `None` where there is no cache folder.
fn folder(lists: &PriceLists) -> Option<PathBuf> {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let cache = || set("XDG_CACHE_HOME").or_else(|| Some(set("HOME")?.join(".cache")));
    lists.prices.clone().or_else(|| Some(cache()?.join("costctl/prices")))
}
