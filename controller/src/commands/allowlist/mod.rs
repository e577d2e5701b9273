//! `allowlist`: one policy, compiled into what AWS enforces, hides and refuses.

mod apply;
mod compile;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::Result;
use aws_sdk_sagemaker::types::AppInstanceType;
use cost_planner::allowlist::{Allowlist, AllowlistError, CompileError, Covered};
use cost_planner::policy::{FleetPolicy, PolicyError};
use thiserror::Error;

use crate::cli::{self, Global};
use crate::exit::Exit;

pub(super) use apply::id;

/// A policy of which no allowlist can be made.
#[derive(Debug, Error)]
pub(super) enum RulesError {
    #[error("reading {}", path.display())]
    Read {
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error(transparent)]
    Policy(#[from] PolicyError),
    #[error("{}", path.display())]
    Rule {
        path: PathBuf,
        #[source]
        source: AllowlistError,
    },
    #[error(transparent)]
    Compile(#[from] CompileError),
}

pub(super) async fn run(global: &Global, args: &cli::Allowlist) -> Result<Exit> {
    match args {
        cli::Allowlist::Compile(args) => compile::run(global, args).await,
        cli::Allowlist::Apply(args) => apply::apply(global, args).await,
        cli::Allowlist::Rollback(args) => apply::rollback(global, args).await,
    }
}

/// The rules of a policy file.
fn rules(path: &Path, also: BTreeSet<Covered>) -> Result<Allowlist, RulesError> {
    let text = std::fs::read_to_string(path).map_err(|source| RulesError::Read { path: path.to_owned(), source })?;
    let policy = FleetPolicy::parse(&text, &path.display().to_string())?;
    Allowlist::of(&policy, also).map_err(|source| RulesError::Rule { path: path.to_owned(), source })
}

/// Every instance type that SageMaker knows for apps, by the model that this program
/// was built with: it grows with the SDK.
pub(super) fn known() -> &'static [&'static str] {
    AppInstanceType::values()
}
