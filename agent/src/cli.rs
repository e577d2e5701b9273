//! The command line.

use std::ffi::OsString;
use std::time::Duration;

use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::settings::{Layer, Origins, parse_duration};

/// Stops its own SageMaker Studio app when nobody and nothing uses it.
#[derive(Debug, Parser)]
#[command(
    name = "idle-agent",
    version,
    about,
    max_term_width = 100,
    disable_help_subcommand = true,
    args_override_self = true
)]
struct Parsed {
    #[command(flatten)]
    layer: Layer,
    #[command(subcommand)]
    command: Command,
}

/// The command line itself.
pub(crate) fn command() -> clap::Command {
    Parsed::command()
}

/// What was asked for, and by which words.
#[derive(Debug)]
pub(crate) struct Cli {
    /// Settings from flags and environment.
    pub(crate) layer: Layer,
    /// Which of them came from the environment.
    pub(crate) origins: Origins,
    /// The command.
    pub(crate) command: Command,
    /// The words themselves, without the program's name.
    args: Vec<OsString>,
}

impl Cli {
    /// The same words for an agent that is not to supervise itself.
    pub(crate) fn without_supervise(&self) -> Vec<OsString> {
        self.args.iter().filter(|arg| *arg != "--supervise").cloned().collect()
    }
}

#[derive(Debug, Clone, Subcommand)]
pub(crate) enum Command {
    /// Watch the app and stop it when it has been idle for the idle timeout.
    Run(RunArgs),
    /// Look once, change nothing: exit 0 keep, 10 the running agent would stop it, 11 unknown.
    Check,
    /// Show what the running agent last decided, and why.
    Status,
    /// Show every setting, its value, and where it came from.
    Explain,
    /// Ask to be left running for a while.
    Snooze(SnoozeArgs),
    /// Check identity, Jupyter, credentials, clock and permissions.
    Doctor(DoctorArgs),
}

#[derive(Debug, Clone, Args)]
pub(crate) struct RunArgs {
    /// Start the agent again should it crash, in a session of its own.
    #[arg(long)]
    pub(crate) supervise: bool,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct SnoozeArgs {
    /// For how long, such as 2h; at most --snooze-max.
    #[arg(value_parser = parse_duration, required_unless_present = "cancel", conflicts_with = "cancel")]
    pub(crate) duration: Option<Duration>,
    /// Why; it stands in the records.
    #[arg(long, default_value = "", value_name = "TEXT")]
    pub(crate) reason: String,
    /// End the snooze in force.
    #[arg(long)]
    pub(crate) cancel: bool,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct DoctorArgs {
    /// Ask for the stop of a name that cannot exist, to see whether DeleteApp or StopNotebookInstance is allowed.
    #[arg(long, alias = "probe-delete")]
    pub(crate) probe_stop: bool,
}

/// The command line, parsed.
///
/// # Errors
/// clap's error, which prints itself; `--help` and `--version` come the same way.
pub(crate) fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Cli, clap::Error> {
    let args: Vec<OsString> = args.into_iter().collect();
    let matches = Parsed::command().try_get_matches_from(&args)?;
    let Parsed { layer, command } = Parsed::from_arg_matches(&matches)?;
    let origins = Origins::of(&matches);
    Ok(Cli { layer, origins, command, args: args.into_iter().skip(1).collect() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Parsed::command().debug_assert();
    }

    #[test]
    fn every_setting_has_an_environment_twin() {
        for arg in Parsed::command().get_arguments().filter(|a| !matches!(a.get_id().as_str(), "help" | "version")) {
            let flag = arg.get_long().expect("settings are long flags");
            let twin = format!("IDLE_AGENT_{}", flag.replace('-', "_").to_uppercase());
            let env = arg.get_env().and_then(|env| env.to_str()).map(str::to_owned);
            assert_eq!(env, Some(twin), "--{flag}");
        }
    }
}
