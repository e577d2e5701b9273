//! The command line of `dashboard`.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand};

use super::{Go, Output};
use crate::act::Topic;

#[derive(Debug, Subcommand)]
pub(crate) enum Dashboard {
    /// Say which dashboards and alarms would be put, what differs, and what all of it bills. Changes nothing.
    Plan(DashboardPlan),
    /// Put them. Shows the plan; --execute does it.
    Put(DashboardPut),
}

#[derive(Debug, Args)]
pub(crate) struct DashboardPlan {
    #[command(flatten)]
    pub(crate) wanted: DashboardWanted,
    /// Exit with 3 if the plan has changes.
    #[arg(long, help_heading = "Consent")]
    pub(crate) check: bool,
}

#[derive(Debug, Args)]
pub(crate) struct DashboardPut {
    #[command(flatten)]
    pub(crate) wanted: DashboardWanted,
    #[command(flatten)]
    pub(crate) go: Go,
}

/// Which dashboards and alarms. They are put in the first --region, where `sweep --metrics` publishes.
#[derive(Debug, Clone, Args)]
pub(crate) struct DashboardWanted {
    /// The name of the first dashboard, with which the names of the others and of alarms begin.
    #[arg(long, env = "COSTCTL_DASHBOARD_NAME", value_name = "NAME", default_value = "costctl", value_parser = name,
          help_heading = "Dashboard")]
    pub(crate) name: String,
    #[command(flatten)]
    pub(crate) shown: DashboardShown,
    /// A sweep with --metrics is made this often: whole minutes, at most 3d 12h.
    #[arg(long, env = "COSTCTL_SWEEP_EVERY", value_name = "DURATION", default_value = "1h", value_parser = sweep_every,
          help_heading = "Dashboard")]
    pub(crate) sweep_every: u32,
    /// Replace dashboards and alarms of these names that are not ours.
    #[arg(long, env = "COSTCTL_REPLACE_DASHBOARDS", help_heading = "Dashboard")]
    pub(crate) replace: bool,
    /// Also put an alarm for sweeps that do not run.
    #[arg(long, env = "COSTCTL_ALARMS", help_heading = "Alarms")]
    pub(crate) alarms: bool,
    /// And one for coverage below so many percent.
    #[arg(long, env = "COSTCTL_COVERAGE_BELOW", value_name = "PERCENT", requires = "alarms", help_heading = "Alarms",
          value_parser = clap::value_parser!(u8).range(1..=100))]
    pub(crate) coverage_below: Option<u8>,
    /// And one for a run rate that comes to more USD a month.
    #[arg(long, env = "COSTCTL_USD_PER_MONTH", value_name = "USD", requires = "alarms", help_heading = "Alarms",
          value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) usd_per_month: Option<u32>,
    /// Alarms tell this SNS topic, of the same region.
    #[arg(long, env = "COSTCTL_SNS_TOPIC", value_name = "TOPIC-ARN", requires = "alarms", help_heading = "Alarms")]
    pub(crate) sns_topic: Option<Topic>,
    /// How to write to stdout.
    #[arg(long, env = "COSTCTL_OUTPUT", value_enum, default_value = "table", help_heading = "Output")]
    pub(crate) output: Output,
}

/// Which series.
#[derive(Debug, Clone, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct DashboardShown {
    /// The domains, instance types, accounts and regions of this snapshot, each by its name.
    #[arg(long, env = "COSTCTL_FROM_SNAPSHOT", value_name = "FILE", help_heading = "Dashboard")]
    pub(crate) from_snapshot: Option<PathBuf>,
    /// Whatever CloudWatch finds when somebody looks: at most 500 series a graph.
    #[arg(long, env = "COSTCTL_SEARCH", help_heading = "Dashboard")]
    pub(crate) search: bool,
}

/// By CloudWatch's rule, with room for what is added to it.
fn name(text: &str) -> Result<String, String> {
    let in_name = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let is_name = (1..=200).contains(&text.len()) && text.chars().all(in_name);
    if is_name { Ok(text.to_owned()) } else { Err("1 to 200 letters, digits, - or _".to_owned()) }
}

/// Seconds. Two of them are what an alarm may look back on: seven days.
fn sweep_every(text: &str) -> Result<u32, String> {
    let duration: Duration = humantime::parse_duration(text).map_err(|error| error.to_string())?;
    let seconds = u32::try_from(duration.as_secs()).ok().filter(|_| duration.subsec_nanos() == 0);
    let seconds = seconds.filter(|seconds| seconds % 60 == 0 && (60..=302_400).contains(seconds));
    seconds.ok_or_else(|| "whole minutes, 1m to 3d 12h".to_owned())
}
