//! `doctor`: who am I, where, what can be read, and what the domains' VPCs let through.

mod checks;
mod vpc;

use anyhow::Result;

use crate::cli::{Doctor, Global, Output};
use crate::exit::Exit;
use crate::render::{self, DoctorReport};

/// Checks identity, region, reading rights and, where it is asked for, VPCs. Changes nothing.
/// Returns 1 if a check failed, 3 if an endpoint that is needed is missing or does not do, 4 if
/// something was not seen.
pub(super) async fn run(global: &Global, args: &Doctor) -> Result<Exit> {
    let checks = checks::checks(global, args).await;
    let all_well = checks.iter().all(|check| check.ok);
    // Without an identity there is nobody who could look.
    let looked = if args.vpc && all_well { Some(vpc::look(global, args).await?) } else { None };
    let exit = match &looked {
        _ if !all_well => Exit::Failed,
        Some(report) => report.tally().exit(),
        None => Exit::Done,
    };
    let report = DoctorReport::new(checks, looked);
    super::print(&match args.output {
        Output::Table => render::doctor(&report),
        Output::Json => render::json(&report),
    })?;
    Ok(exit)
}
