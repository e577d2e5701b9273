//! The command line.

mod allowlist;
mod dashboard;
mod doctor;
mod drift;
mod evidence;
mod install;
mod ledger;
mod look;
mod policy;
mod prices;
mod report;
mod sweep;
mod top;
mod unified;

use clap::{Args, Parser, Subcommand, ValueEnum};
use idle_core::DomainId;

pub(crate) use allowlist::{Allowlist, Apply, Compile, Format as AllowlistFormat};
pub(crate) use dashboard::{Dashboard, DashboardPlan, DashboardPut, DashboardWanted};
pub(crate) use doctor::Doctor;
pub(crate) use drift::{Drift, DriftOutput};
pub(crate) use evidence::{EvidenceDone, EvidenceExport, EvidenceOf, EvidenceSeal, EvidenceVerify};
pub(crate) use install::{Agent, Artifacts, Coverage, Install, LifecycleScript, Undo, Uninstall};
pub(crate) use ledger::LedgerAt;
pub(crate) use look::{Inventory, Look, Scopes, role_name, session_name};
pub(crate) use policy::{PlaceFlags as PolicyPlace, Policy, RolePolicy};
pub(crate) use prices::{PriceLists, Prices, PricesFrom, PricesRefresh, PricesShow};
pub(crate) use report::{Report, ReportOutput, ReportPage, Reporting, Savings, Spend};
pub(crate) use sweep::{Acting, ApplyPlan, Deciding, Evidence, Explain, ExplainApp, Explained, Plan, Sweep};
pub(crate) use top::{LEAST_EVERY, Top};
pub(crate) use unified::UnifiedStudio;

/// Finds what SageMaker bills without need, and stops it safely.
#[derive(Debug, Parser)]
#[command(name = "costctl", version, about, disable_help_subcommand = true)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What every command understands.
#[derive(Debug, Clone, Args)]
pub(crate) struct Global {
    /// The regions to work in; may be given several times [default: as the AWS CLI finds it].
    #[arg(
        long,
        global = true,
        env = "COSTCTL_REGION",
        value_name = "REGION",
        value_delimiter = ',',
        help_heading = "Scope"
    )]
    pub(crate) region: Vec<String>,
    /// Show no progress.
    #[arg(long, global = true, env = "COSTCTL_NO_PROGRESS", help_heading = "Output")]
    pub(crate) no_progress: bool,
    /// Reading calls a second to begin with, for each account and region; halved when AWS throttles.
    #[arg(long, global = true, env = "COSTCTL_READS_PER_SECOND", default_value_t = 5.0, value_parser = rate)]
    pub(crate) reads_per_second: f64,
    /// Changing calls a second to begin with, likewise.
    #[arg(long, global = true, env = "COSTCTL_WRITES_PER_SECOND", default_value_t = 1.0, value_parser = rate)]
    pub(crate) writes_per_second: f64,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Say which account, region and role this is, whether SageMaker can be read, and what the domains' VPCs let
    /// through. Changes nothing.
    Doctor(Doctor),
    /// Give the agent to every app of these domains at its next start. Shows the plan; --execute does it.
    Install(Install),
    /// Detach every lifecycle configuration of ours and delete those that nothing uses.
    Uninstall(Uninstall),
    /// Bring back what stood there before the last install.
    Rollback(Undo),
    /// Say which running apps an agent watches. Changes nothing.
    Coverage(Coverage),
    /// Turn the policy's allowlist of instance types into what AWS enforces and what Studio hides.
    #[command(subcommand)]
    Allowlist(Allowlist),
    /// Say where domains, user profiles and spaces are not what the policy's [desired] asks for; --fix mends what is ours.
    Drift(Box<Drift>),
    /// Say what there is in every account and region, and what could not be seen. Changes nothing.
    Inventory(Inventory),
    /// Find what is idle, say what is to be done about it; --execute does it.
    Sweep(Sweep),
    /// Write a sweep's plan to a file, for `apply`. Changes nothing in AWS.
    Plan(Plan),
    /// Do what a plan file says. Asks first; --yes does not.
    Apply(ApplyPlan),
    /// Say which rules of the policy hold, which won and where they stand. Changes nothing.
    Explain(Explain),
    /// Watch what runs, how idle it is, what it bills and what comes next. Changes nothing.
    Top(Top),
    /// Fetch AWS's price lists, or say what they say.
    #[command(subcommand)]
    Prices(Prices),
    /// Show what sweeps publish on dashboards of CloudWatch, and be told by alarms.
    #[command(subcommand)]
    Dashboard(Dashboard),
    /// Say what was spent and what was saved, of what sweeps wrote down. Changes nothing.
    #[command(subcommand)]
    Report(Report),
    /// Print the rights that each role needs, as IAM takes them. Calls no AWS service.
    #[command(subcommand)]
    Policy(Policy),
    /// Seal, verify and export what runs wrote down. Without a subcommand: export.
    Evidence(Box<EvidenceOf>),
    /// Say which projects of Unified Studio there are, what runs for them and how they are set up. Changes nothing.
    UnifiedStudio(UnifiedStudio),
    /// Print an on-start script as `install` would install it. Calls no AWS service.
    LifecycleScript(LifecycleScript),
}

/// Which domains.
#[derive(Debug, Clone, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Domains {
    /// A domain; may be given several times.
    #[arg(long, env = "COSTCTL_DOMAIN", value_name = "DOMAIN-ID", value_parser = DomainId::parse, value_delimiter = ',',
          help_heading = "Scope")]
    pub(crate) domain: Vec<DomainId>,
    /// Every domain of each region.
    #[arg(long, env = "COSTCTL_ALL_DOMAINS", help_heading = "Scope")]
    pub(crate) all_domains: bool,
}

/// Whether to do it.
#[derive(Debug, Clone, Copy, Args)]
#[command(next_help_heading = "Consent")]
pub(crate) struct Go {
    /// Do it; without this flag only the plan is shown.
    #[arg(long)]
    pub(crate) execute: bool,
    /// Do not ask; needed with --execute where there is no terminal.
    #[arg(long, requires = "execute")]
    pub(crate) yes: bool,
    /// Exit with 3 if the plan has changes.
    #[arg(long, conflicts_with = "execute")]
    pub(crate) check: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Output {
    Table,
    Json,
}

fn rate(text: &str) -> Result<f64, String> {
    let rate: f64 = text.parse().map_err(|_| "not a number".to_owned())?;
    if (0.01..=10_000.0).contains(&rate) { Ok(rate) } else { Err("0.01 to 10000".to_owned()) }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn no_two_flags_of_a_command_have_one_name() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_snapshot_is_planned_from_as_it_is() {
        let parsed = |words: &str| Cli::try_parse_from(words.split(' ')).map(drop);
        assert!(parsed("costctl sweep --from-snapshot seen.json").is_ok());
        for flag in ["--resources endpoints", "--accounts 111122223333", "--snapshot other.json"] {
            assert!(parsed(&format!("costctl sweep --from-snapshot seen.json {flag}")).is_err(), "{flag}");
        }
    }
}
