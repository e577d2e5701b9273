//! AWS's price lists: by the Price List API, or by the public files that hold the same.

mod api;
mod files;
mod ways;

use cost_planner::prices::ReadError;
use idle_core::Region;
use thiserror::Error;

pub(crate) use api::PriceApi;
pub(crate) use files::PriceFiles;
pub(crate) use ways::{Ways, ways};

use super::CallError;

/// A price list that could not be had.
#[derive(Debug, Error)]
pub(crate) enum PricesError {
    /// The API.
    #[error(transparent)]
    Call(#[from] CallError),
    /// A record or file says something else than prices of the region.
    #[error("{from} was read")]
    Read {
        from: String,
        #[source]
        source: ReadError,
    },
    /// A file that could not be fetched.
    #[error("fetching {url}: {why}; hint: run it again, or --from api")]
    Fetch { url: String, why: String },
    /// A file that is none.
    #[error("{url} is not of the form of AWS's price files: {why}")]
    Form { url: String, why: String },
    /// AWS has no such list.
    #[error("{url} names no list of {region}")]
    NoRegion { url: String, region: Region },
    /// The file could not be kept while it was read.
    #[error("keeping {url} while it is read")]
    Disk {
        url: String,
        #[source]
        source: std::io::Error,
    },
    /// No place that is known.
    #[error("where AWS keeps the public price files for {region} is not known; hint: --prices-url, or --from api")]
    NoFiles { region: Region },
    /// No address.
    #[error("{from} is {text:?}: {why}")]
    Url { from: &'static str, text: String, why: String },
}
