//! `evidence`: what runs wrote down, sealed, verified and exported.

mod export;
mod seal;
mod summary;
mod verify;

use anyhow::Result;
use aws_config::SdkConfig;
use thiserror::Error;

use crate::aws;
use crate::cli::{Evidence, EvidenceDone, EvidenceOf, Global};
use crate::exit::Exit;
use crate::observe::{Keeping, keeping};
use crate::record::Store;

/// Flags that are missing.
#[derive(Debug, Error)]
pub(super) enum EvidenceError {
    #[error("no --evidence is named; hint: s3://BUCKET/PREFIX, or the folder that sweeps wrote to")]
    NoPlace,
    #[error("no --out is named; hint: --out evidence.tar.gz")]
    NoOut,
    #[error("--since {since} is after --until {until}; hint: --since 30d")]
    Backwards { since: jiff::civil::Date, until: jiff::civil::Date },
}

pub(super) async fn run(global: &Global, args: &EvidenceOf) -> Result<Exit> {
    match &args.what {
        None => export::run(global, &args.export).await,
        Some(EvidenceDone::Export(args)) => export::run(global, args).await,
        Some(EvidenceDone::Verify(args)) => verify::run(global, args).await,
        Some(EvidenceDone::Seal(args)) => seal::run(global, args).await,
    }
}

/// The place that these flags name, and with what it is asked.
///
/// # Errors
/// When none is named, or it is not there.
async fn place(global: &Global, evidence: &Evidence) -> Result<(Store, SdkConfig)> {
    let place = evidence.place().ok_or(EvidenceError::NoPlace)?;
    let config = aws::config(global.region.first().map(String::as_str)).await;
    let store = Store::open(&place, &config)?;
    store.must_be_there()?;
    Ok((store, config))
}

/// How the bucket keeps what is in it; `None` for a folder.
async fn bucket(store: &Store, config: &SdkConfig) -> Option<Keeping> {
    let bucket = store.bucket()?;
    Some(keeping(config, bucket).await)
}
