//! The flags of `costctl sweep`, with their twins in the function's environment: there is
//! no other configuration.

use anyhow::{Result, anyhow, bail, ensure};
use clap::Parser;

use crate::cli::{Cli, Command, Global, Sweep};

/// The flags of a run, the same in all of its steps.
#[derive(Debug)]
pub(super) struct Flags {
    pub(super) global: Global,
    pub(super) sweep: Sweep,
}

impl Flags {
    /// What these words and the environment say.
    ///
    /// # Errors
    /// One sentence about what is not understood, or is of no use where nobody sits.
    pub(super) fn parse(args: &[String]) -> Result<Self> {
        let words = ["costctl", "sweep"].into_iter().chain(args.iter().map(String::as_str));
        let cli = Cli::try_parse_from(words).map_err(|error| anyhow!("args: {}", sentence(&error.to_string())))?;
        let Cli { global, command: Command::Sweep(sweep) } = cli else { bail!("args: not the flags of sweep") };
        ensure!(
            sweep.look.from_snapshot.is_none() && sweep.look.snapshot.is_none(),
            "args: no file of a snapshot stays where a function runs; hint: the run's snapshots lie in --evidence"
        );
        ensure!(
            !sweep.go.execute || sweep.go.yes,
            "args: nobody can be asked without a terminal; hint: --execute --yes"
        );
        Ok(Self { global: Global { no_progress: true, ..global }, sweep })
    }
}

/// What clap says, without its hints and its usage.
fn sentence(text: &str) -> String {
    let lines = text.lines().take_while(|line| !line.is_empty()).map(str::trim);
    lines.collect::<Vec<_>>().join(" ").trim_start_matches("error: ").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(args: &[&str]) -> Result<Flags> {
        Flags::parse(&args.iter().map(|arg| (*arg).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn they_are_those_of_sweep() {
        let flags = parse(&["--execute", "--yes", "--region", "eu-west-1", "--parallel", "9"]).expect("flags");
        assert!(flags.sweep.go.yes && flags.global.no_progress);
        assert_eq!((flags.sweep.acting.parallel, flags.global.region), (9, vec!["eu-west-1".to_owned()]));
    }

    #[test]
    fn what_is_of_no_use_here_is_refused_in_one_sentence() {
        for (args, said) in [
            (&["--execute"][..], "hint: --execute --yes"),
            (&["--from-snapshot", "x.json"], "no file of a snapshot"),
            (&["--snapshot", "x.json"], "no file of a snapshot"),
            (&["--yse"], "args: unexpected argument '--yse' found"),
            (&["--parallel", "900"], "args: invalid value '900'"),
            (&["--version"], "args: "),
        ] {
            let error = parse(args).expect_err("refused").to_string();
            assert!(error.contains(said) && !error.contains('\n'), "{error}");
        }
    }
}
