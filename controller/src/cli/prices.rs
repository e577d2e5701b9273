//! The command line of `prices`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use cost_planner::allowlist::Glob;
use cost_planner::prices::{Component, SavingsPlan};

use super::Output;

#[derive(Debug, Subcommand)]
pub(crate) enum Prices {
    /// Fetch AWS's price lists of these regions. Changes nothing in AWS.
    Refresh(PricesRefresh),
    /// Say what things cost and which list says so, of the --region given or of every region there is a list of. Calls no AWS service.
    Show(PricesShow),
}

/// Where price lists are kept.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Prices")]
pub(crate) struct PriceLists {
    /// The folder of fetched price lists [default: costctl/prices in the user's cache folder].
    #[arg(long, env = "COSTCTL_PRICES", value_name = "FOLDER")]
    pub(crate) prices: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Prices")]
pub(crate) struct PricesRefresh {
    #[command(flatten)]
    pub(crate) lists: PriceLists,
    /// The Price List API, at AWS_ENDPOINT_URL_PRICING where that is set; the public file; or the first that answers.
    #[arg(long, env = "COSTCTL_PRICES_FROM", value_enum, default_value = "auto", value_name = "WAY")]
    pub(crate) from: PricesFrom,
    /// Where the public files are [default: AWS's own place; before that AWS_ENDPOINT_URL_PRICING, AWS_ENDPOINT_URL].
    #[arg(long, env = "COSTCTL_PRICES_URL", value_name = "URL")]
    pub(crate) prices_url: Option<String>,
    /// Also the rates of this Savings Plan: 1yr or 3yr, then no-upfront, partial-upfront or all-upfront.
    #[arg(long, env = "COSTCTL_SAVINGS_PLANS", value_name = "TERM:PAYMENT")]
    pub(crate) savings_plans: Option<SavingsPlan>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum PricesFrom {
    Auto,
    Api,
    Bulk,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Prices")]
pub(crate) struct PricesShow {
    #[command(flatten)]
    pub(crate) lists: PriceLists,
    /// Only this component, such as Studio:JupyterLab, Notebook or Hosting; may be given several times.
    #[arg(long, env = "COSTCTL_COMPONENT", value_name = "COMPONENT", value_delimiter = ',')]
    pub(crate) component: Vec<Component>,
    /// Only instance types of this name, with * for any run of characters; may be given several times.
    #[arg(long, env = "COSTCTL_INSTANCE_TYPE", value_name = "TYPE", value_delimiter = ',', value_parser = Glob::parse)]
    pub(crate) instance_type: Vec<Glob>,
    /// How to write to stdout.
    #[arg(long, env = "COSTCTL_OUTPUT", value_enum, default_value = "table", help_heading = "Output")]
    pub(crate) output: Output,
}
