//! The commands: observe, plan, show; act where it was asked for and confirmed.

pub(crate) mod acting;
mod allowlist;
mod apply;
mod apply_plan;
mod coverage;
mod dashboard;
mod doctor;
mod drift;
mod evidence;
mod explain;
mod install;
pub(crate) mod inventory;
mod lifecycle_script;
pub(crate) mod noting;
pub(crate) mod outcomes;
mod payload;
mod plan;
pub(crate) mod planning;
mod policy;
pub(crate) mod prices;
pub(crate) mod publishing;
mod region;
mod report;
mod report_page;
mod rollback;
pub(crate) mod sealing;
pub(crate) mod sweep;
mod top;
mod trial;
mod unified_studio;
mod uninstall;
pub(crate) mod verdict;

use anyhow::Context;

use crate::aws::WantedError;
use crate::cli::{Cli, Command};
use crate::exit::Exit;
use crate::observe::SnapshotError;
use crate::record::{BinaryError, PlanFileError, PriceCacheError, StoreError};
use crate::script::ScriptError;

/// Runs the command; a failure is told once, here.
pub(crate) async fn run(Cli { global, command }: Cli) -> Exit {
    let done = match command {
        Command::Doctor(args) => doctor::run(&global, &args).await,
        Command::Install(args) => install::run(&global, &args).await,
        Command::Uninstall(args) => uninstall::run(&global, &args).await,
        Command::Rollback(args) => rollback::run(&global, &args).await,
        Command::Coverage(args) => coverage::run(&global, &args).await,
        Command::Allowlist(args) => allowlist::run(&global, &args).await,
        Command::Drift(args) => drift::run(&global, &args).await,
        Command::Inventory(args) => inventory::run(&global, &args).await,
        Command::Sweep(args) => sweep::run(&global, &args).await,
        Command::Plan(args) => plan::run(&global, &args).await,
        Command::Apply(args) => apply_plan::run(&global, &args).await,
        Command::Explain(args) => explain::run(&global, &args).await,
        Command::Top(args) => top::run(&global, &args).await,
        Command::Prices(args) => prices::run(&global, &args).await,
        Command::Dashboard(args) => dashboard::run(&global, &args).await,
        Command::Report(args) => report::run(&global, &args).await,
        Command::Policy(args) => policy::run(&args),
        Command::Evidence(args) => evidence::run(&global, &args).await,
        Command::UnifiedStudio(args) => unified_studio::run(&global, &args).await,
        Command::LifecycleScript(args) => lifecycle_script::run(&global, &args).await,
    };
    done.unwrap_or_else(|error| {
        eprintln!("error: {}", told(&error));
        let is_usage = error.is::<crate::aws::RegionError>()
            || error.is::<WantedError>()
            || error.is::<SnapshotError>()
            || error.is::<BinaryError>()
            || error.is::<ScriptError>()
            || error.is::<payload::SettingsError>()
            || error.is::<allowlist::RulesError>()
            || error.is::<sweep::FlagError>()
            || error.is::<top::NoTerminal>()
            || error.is::<dashboard::TopicError>()
            || error.is::<drift::DesiredError>()
            || error.is::<report::WindowError>()
            || error.is::<report::BillError>()
            || error.is::<policy::RightsError>()
            || error.is::<report_page::ReportFileError>()
            || error.is::<PlanFileError>()
            || error.is::<evidence::EvidenceError>()
            || error.is::<prices::NoFolder>()
            || matches!(error.downcast_ref(), Some(PriceCacheError::Damaged { .. } | PriceCacheError::Newer { .. }))
            || planning::is_policy_error(&error)
            || matches!(error.downcast_ref(), Some(StoreError::Url { .. } | StoreError::Missing { .. }));
        if is_usage { Exit::Usage } else { Exit::Failed }
    })
}

/// An error with its sources, each once: some errors tell their sources themselves.
pub(crate) fn told(error: &anyhow::Error) -> String {
    let mut text = String::new();
    for source in error.chain().map(ToString::to_string) {
        if !text.contains(&source) {
            text.push_str(if text.is_empty() { "" } else { ": " });
            text.push_str(&source);
        }
    }
    text
}

/// Prints a document.
fn print(text: &str) -> anyhow::Result<()> {
    crate::render::print(text).context("writing to stdout")
}
