//! The command lines of `report`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use cost_ledger::report::By;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::{Look, PriceLists};
use crate::record::Place;

#[derive(Debug, Subcommand)]
pub(crate) enum Report {
    /// Say what was spent, by whom, and what runs now. Changes nothing.
    Spend(Box<Spend>),
    /// Say what was saved by stopping what was idle. Calls no AWS service but that of the ledger. Changes nothing.
    Savings(Savings),
    /// Make one page of HTML of reports that were written as JSON. Calls no AWS service.
    Page(ReportPage),
}

/// What is reported from, of which time, and how it is written.
#[derive(Debug, Clone, Args)]
pub(crate) struct Reporting {
    /// s3://BUCKET/PREFIX, or a folder: where sweeps write down what runs.
    #[arg(long, env = "COSTCTL_LEDGER", value_name = "URL", help_heading = "Ledger")]
    pub(crate) ledger: String,
    /// The bucket's region [default: the first --region].
    #[arg(long, env = "COSTCTL_LEDGER_REGION", value_name = "REGION", help_heading = "Ledger")]
    pub(crate) ledger_region: Option<String>,
    /// One row for each account, region, domain, user-profile, space, endpoint, instance-type, component, project of Unified Studio, or value of a tag: tag:KEY.
    #[arg(long, env = "COSTCTL_BY", value_name = "WHAT", default_value = "domain", help_heading = "Report")]
    pub(crate) by: By,
    /// From when on: so long ago, a day, or a time; UTC.
    #[arg(long, env = "COSTCTL_SINCE", value_name = "WHEN", default_value = "7d", value_parser = when, help_heading = "Report")]
    pub(crate) since: When,
    /// Until when, that not included [default: now].
    #[arg(long, env = "COSTCTL_UNTIL", value_name = "WHEN", value_parser = when, help_heading = "Report")]
    pub(crate) until: Option<When>,
    /// So many percent of the use is covered by Savings Plans; without it only list prices are known.
    #[arg(long, env = "COSTCTL_SAVINGS_PLAN_COVERAGE", value_name = "PERCENT", help_heading = "Prices",
          value_parser = clap::value_parser!(u8).range(0..=100))]
    pub(crate) savings_plan_coverage: Option<u8>,
    /// So many percent of the commitment are used: below 100, what is covered costs the same, used or not.
    #[arg(long, env = "COSTCTL_SAVINGS_PLAN_UTILIZATION", value_name = "PERCENT", help_heading = "Prices",
          requires = "savings_plan_coverage", value_parser = clap::value_parser!(u8).range(0..=100))]
    pub(crate) savings_plan_utilization: Option<u8>,
    /// How to write it; CSV has FOCUS 1.2's columns where it is about spend.
    #[arg(long, env = "COSTCTL_OUTPUT", value_enum, default_value = "table", help_heading = "Output")]
    pub(crate) output: ReportOutput,
    /// Write to this file, not to stdout.
    #[arg(long, env = "COSTCTL_OUT", value_name = "FILE", help_heading = "Output")]
    pub(crate) out: Option<PathBuf>,
}

impl Reporting {
    /// Where the ledger is.
    pub(crate) fn place(&self) -> Place {
        Place { flag: "--ledger", url: self.ledger.clone(), region: self.ledger_region.clone(), kms_key: None }
    }
}

#[derive(Debug, Args)]
pub(crate) struct Spend {
    #[command(flatten)]
    pub(crate) reporting: Reporting,
    /// Report from the ledger alone: nothing of what runs now. Calls no AWS service but that of the ledger.
    #[arg(long, env = "COSTCTL_NO_LOOK", help_heading = "Report")]
    pub(crate) no_look: bool,
    /// Set beside it what AWS billed, by Cost Explorer, which bills 0.01 USD for each request.
    #[arg(long, env = "COSTCTL_ACTUALS", help_heading = "Report")]
    pub(crate) actuals: bool,
    /// Give what had no price when it ran the price of today's list.
    #[arg(long, env = "COSTCTL_PRICE_NOW", help_heading = "Prices")]
    pub(crate) price_now: bool,
    // Last, because its headings go on.
    #[command(flatten)]
    pub(crate) look: Look,
}

#[derive(Debug, Args)]
pub(crate) struct Savings {
    #[command(flatten)]
    pub(crate) reporting: Reporting,
    /// A stop saves no longer than this.
    #[arg(long, env = "COSTCTL_CAP", value_name = "DURATION", default_value = "24h", value_parser = cap, help_heading = "Report")]
    pub(crate) cap: SignedDuration,
    /// What another idle timeout would have saved and interrupted: idle-timeout=45m.
    #[arg(long, env = "COSTCTL_WHAT_IF", value_name = "SETTING", value_parser = what_if, help_heading = "Report")]
    pub(crate) what_if: Option<SignedDuration>,
    // Last, because its heading goes on.
    #[command(flatten)]
    pub(crate) lists: PriceLists,
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

/// How a report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReportOutput {
    Table,
    Json,
    Csv,
    Html,
}

/// A time, as people say it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum When {
    Ago(SignedDuration),
    At(Timestamp),
}

impl When {
    /// The time, UTC.
    pub(crate) fn at(self, now: Timestamp) -> Timestamp {
        match self {
            Self::Ago(duration) => now.saturating_sub(duration).unwrap_or(Timestamp::MIN),
            Self::At(time) => time,
        }
    }
}

pub(super) fn when(text: &str) -> Result<When, String> {
    if let Ok(time) = text.parse::<Timestamp>() {
        return Ok(When::At(time));
    }
    if let Ok(day) = text.parse::<Date>() {
        let midnight = TimeZone::UTC.to_timestamp(day.at(0, 0, 0, 0)).map_err(|error| error.to_string())?;
        return Ok(When::At(midnight));
    }
    let most = SignedDuration::from_hours(10 * 366 * 24);
    let duration = humantime::parse_duration(text).ok().and_then(|duration| SignedDuration::try_from(duration).ok());
    let duration = duration.filter(|duration| (SignedDuration::from_mins(1)..=most).contains(duration));
    duration.map(When::Ago).ok_or_else(|| "7d, 2026-11-01, or 2026-11-01T08:00:00Z".to_owned())
}

fn cap(text: &str) -> Result<SignedDuration, String> {
    within(text, SignedDuration::from_mins(1), SignedDuration::from_hours(31 * 24), "1m to 31d")
}

/// Times of idleness below ten minutes are not in the ledger.
fn what_if(text: &str) -> Result<SignedDuration, String> {
    let text = text.strip_prefix("idle-timeout=").ok_or("idle-timeout=DURATION")?;
    within(text, SignedDuration::from_mins(10), SignedDuration::from_hours(14 * 24), "idle-timeout=10m to 14d")
}

fn within(text: &str, least: SignedDuration, most: SignedDuration, rule: &str) -> Result<SignedDuration, String> {
    let duration = humantime::parse_duration(text).map_err(|error| error.to_string())?;
    let duration = SignedDuration::try_from(duration).ok().filter(|duration| (least..=most).contains(duration));
    duration.ok_or_else(|| rule.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_a_day_an_instant_or_so_long_ago() {
        let at = |text: &str| text.parse::<Timestamp>().map(When::At);
        assert_eq!(when("2026-11-01").ok(), at("2026-11-01T00:00:00Z").ok());
        assert_eq!(when("2026-11-01T08:00:00Z").ok(), at("2026-11-01T08:00:00Z").ok());
        assert_eq!(when("7d"), Ok(When::Ago(SignedDuration::from_hours(168))));
        for wrong in ["", "yesterday", "0s", "2026-13-01", "100y"] {
            assert!(when(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn another_idle_timeout_is_named_as_a_setting() {
        assert_eq!(what_if("idle-timeout=45m"), Ok(SignedDuration::from_mins(45)));
        for wrong in ["45m", "idle-timeout=5m", "max-age=45m", "idle-timeout=soon"] {
            assert!(what_if(wrong).is_err(), "{wrong}");
        }
    }
}
