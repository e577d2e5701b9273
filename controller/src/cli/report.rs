//! The command line of `report`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub(crate) enum Report {
    /// Make one page of HTML of reports that were written as JSON. Calls no AWS service.
    Page(ReportPage),
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Reports")]
pub(crate) struct ReportPage {
    /// What `report spend --output json` wrote.
    #[arg(long, env = "COSTCTL_SPEND_REPORT", value_name = "FILE", required_unless_present = "savings")]
    pub(crate) spend: Option<PathBuf>,
    /// What `report savings --output json` wrote.
    #[arg(long, env = "COSTCTL_SAVINGS_REPORT", value_name = "FILE")]
    pub(crate) savings: Option<PathBuf>,
    /// Where to write the page [default: stdout].
    #[arg(long, env = "COSTCTL_PAGE", value_name = "FILE", help_heading = "Output")]
    pub(crate) out: Option<PathBuf>,
}
