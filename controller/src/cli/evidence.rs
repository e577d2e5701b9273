//! The command lines of `evidence`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use idle_core::{AccountId, Region};

use super::report::{When, when};
use super::{Evidence, Output};
use crate::record::Place;
use crate::record::chain::Expected;

/// Without a subcommand it is `export`.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct EvidenceOf {
    #[command(subcommand)]
    pub(crate) what: Option<EvidenceDone>,
    #[command(flatten)]
    pub(crate) export: EvidenceExport,
}

#[derive(Debug, Subcommand)]
pub(crate) enum EvidenceDone {
    /// Write an archive for an auditor: who did what, when, why, by which policy, and what came of it.
    Export(EvidenceExport),
    /// Say whether a record was removed or changed since it was sealed. Changes nothing.
    Verify(EvidenceVerify),
    /// Seal what no link of the chain names yet: what runs left that were cut short.
    Seal(EvidenceSeal),
}

#[derive(Debug, Args)]
pub(crate) struct EvidenceExport {
    /// From when on: so long ago, a day, or a time; UTC. Whole days are exported.
    #[arg(long, env = "COSTCTL_SINCE", value_name = "WHEN", default_value = "30d", value_parser = when, help_heading = "Archive")]
    pub(crate) since: When,
    /// Until when, that day included [default: now].
    #[arg(long, env = "COSTCTL_UNTIL", value_name = "WHEN", value_parser = when, help_heading = "Archive")]
    pub(crate) until: Option<When>,
    /// Only these accounts [default: all].
    #[arg(long, env = "COSTCTL_ACCOUNTS", value_name = "ACCOUNT", value_delimiter = ',', value_parser = AccountId::parse, help_heading = "Archive")]
    pub(crate) accounts: Vec<AccountId>,
    /// Only these regions [default: all].
    #[arg(long, env = "COSTCTL_REGIONS", value_name = "REGION", value_delimiter = ',', value_parser = Region::parse, help_heading = "Archive")]
    pub(crate) regions: Vec<Region>,
    /// Add the before-images of this place of artifacts: s3://BUCKET/PREFIX, or a folder.
    #[arg(long, env = "COSTCTL_ARTIFACTS", value_name = "URL", help_heading = "Archive")]
    pub(crate) artifacts: Option<String>,
    /// The bucket's region [default: the first --region].
    #[arg(long, env = "COSTCTL_ARTIFACTS_REGION", value_name = "REGION", help_heading = "Archive")]
    pub(crate) artifacts_region: Option<String>,
    /// Write the archive to this file: .tar.gz.
    #[arg(long, env = "COSTCTL_OUT", value_name = "FILE", help_heading = "Output")]
    pub(crate) out: Option<PathBuf>,
    // Last, because its heading goes on.
    #[command(flatten)]
    pub(crate) evidence: Evidence,
}

impl EvidenceExport {
    /// Where the before-images are, if they are wanted.
    pub(crate) fn artifacts(&self) -> Option<Place> {
        let (url, region) = (self.artifacts.clone()?, self.artifacts_region.clone());
        Some(Place { flag: "--artifacts", url, region, kms_key: None })
    }
}

#[derive(Debug, Args)]
pub(crate) struct EvidenceVerify {
    /// An archive that `evidence export` wrote, instead of a place. Calls no AWS service.
    #[arg(long, env = "COSTCTL_ARCHIVE", value_name = "FILE", help_heading = "Archive")]
    pub(crate) archive: Option<PathBuf>,
    /// The digest that some link once had, as `seal` and sweeps say it: SHA256, or NUMBER:SHA256. Without it a chain
    /// that was cut at its end looks whole.
    #[arg(long, env = "COSTCTL_EXPECT_HEAD", value_name = "HEAD", value_parser = expected, help_heading = "Chain")]
    pub(crate) expect_head: Option<Expected>,
    /// Of a place, look only at objects that were sealed since then: where older ones are deleted on purpose.
    #[arg(long, env = "COSTCTL_SINCE", value_name = "WHEN", value_parser = when, help_heading = "Chain")]
    pub(crate) since: Option<When>,
    /// How to write to stdout.
    #[arg(long, env = "COSTCTL_OUTPUT", value_enum, default_value = "table", help_heading = "Output")]
    pub(crate) output: Output,
    // Last, because its heading goes on.
    #[command(flatten)]
    pub(crate) evidence: Evidence,
}

#[derive(Debug, Args)]
pub(crate) struct EvidenceSeal {
    #[command(flatten)]
    pub(crate) evidence: Evidence,
}

fn expected(text: &str) -> Result<Expected, String> {
    let (number, sha256) = match text.split_once(':') {
        Some((number, sha256)) => (Some(number.parse().map_err(|_| "NUMBER:SHA256".to_owned())?), sha256),
        None => (None, text),
    };
    let is_digest = sha256.len() == 64 && sha256.bytes().all(|byte| byte.is_ascii_hexdigit());
    let sha256 = sha256.to_ascii_lowercase();
    if is_digest { Ok(Expected { number, sha256 }) } else { Err("64 hexadecimal digits".to_owned()) }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::cli::{Cli, Command};

    fn parsed(words: &str) -> EvidenceOf {
        let cli = Cli::try_parse_from(format!("costctl evidence {words}").split_whitespace()).expect("flags");
        let Command::Evidence(of) = cli.command else { panic!("another command") };
        *of
    }

    #[test]
    fn without_a_subcommand_it_is_the_export() {
        let of = parsed("--since 90d --out a.tar.gz --evidence here");
        assert!(of.what.is_none());
        assert_eq!((of.export.out, of.export.evidence.evidence), (Some("a.tar.gz".into()), Some("here".to_owned())));
        assert!(matches!(parsed("seal --evidence here").what, Some(EvidenceDone::Seal(_))));
        let Some(EvidenceDone::Export(export)) = parsed("export --since 7d --out b.tar.gz").what else {
            panic!("not it")
        };
        assert_eq!(export.out, Some("b.tar.gz".into()));
    }

    #[test]
    fn a_head_is_a_digest_with_or_without_its_number() {
        let digest = "AB".repeat(32);
        let sha256 = digest.to_ascii_lowercase();
        assert_eq!(expected(&digest), Ok(Expected { number: None, sha256: sha256.clone() }));
        assert_eq!(expected(&format!("7:{digest}")), Ok(Expected { number: Some(7), sha256 }));
        for wrong in ["", "7", "x:ab", &digest[1..], &format!("{}g", &digest[1..])] {
            assert!(expected(wrong).is_err(), "{wrong}");
        }
    }
}
