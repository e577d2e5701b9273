//! The command line of `top`.

use std::time::Duration;

use clap::Args;
use cost_planner::snapshot::Kind;
use jiff::SignedDuration;

use super::look::kind;
use super::{Deciding, Evidence, Look, PriceLists, Scopes};

#[derive(Debug, Args)]
pub(crate) struct Top {
    #[command(flatten)]
    pub(crate) scopes: Scopes,
    /// Only these kinds: apps, endpoints, notebook-instances [default: all].
    #[arg(long, env = "COSTCTL_RESOURCES", value_name = "KIND", value_delimiter = ',', value_parser = kind,
          help_heading = "Scope")]
    pub(crate) resources: Vec<Kind>,
    #[command(flatten)]
    pub(crate) deciding: Deciding,
    #[command(flatten)]
    pub(crate) evidence: Evidence,
    /// Look again so long after the last look began; 15s at least.
    #[arg(long, env = "COSTCTL_EVERY", value_name = "DURATION", default_value = "60s", value_parser = every,
          help_heading = "Extent")]
    pub(crate) every: SignedDuration,
    // Last, because its heading goes on.
    #[command(flatten)]
    pub(crate) lists: PriceLists,
}

impl Top {
    /// What each look looks at: as far back as the policy needs.
    pub(crate) fn look(&self) -> Look {
        Look {
            scopes: self.scopes.clone(),
            resources: self.resources.clone(),
            snapshot: None,
            from_snapshot: None,
            heartbeats_within: SignedDuration::ZERO,
            invocations_within: SignedDuration::ZERO,
            lists: self.lists.clone(),
            tag_keys: Vec::new(),
            vpc_endpoints: false,
            unified_studio: false,
        }
    }
}

/// The least time from one look to the next: AWS is asked by others, too.
pub(crate) const LEAST_EVERY: Duration = Duration::from_secs(15);
/// What is older is nobody's live view.
const MOST_EVERY: Duration = Duration::from_secs(24 * 3600);

fn every(text: &str) -> Result<SignedDuration, String> {
    let every = humantime::parse_duration(text).map_err(|error| error.to_string())?;
    let every = Some(every).filter(|every| (LEAST_EVERY..=MOST_EVERY).contains(every));
    every.and_then(|every| SignedDuration::try_from(every).ok()).ok_or_else(|| "15s to 24h".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_are_fifteen_seconds_apart_at_least() {
        assert_eq!(every("15s"), Ok(SignedDuration::from_secs(15)));
        for text in ["14s", "0s", "25h", "soon"] {
            assert!(every(text).is_err(), "{text}");
        }
    }
}
