//! What runs now, as somebody saw it just now.

use idle_core::{AccountId, Region};
use jiff::Timestamp;

use super::groups::Groups;
use super::rates::amount;
use super::{IdleRow, RunRate};
use crate::line::{Kind, Ran, Rate};
use crate::resource::Resource;

/// So many idle resources are listed.
const MOST_IDLE: usize = 50;

/// Something that bills now.
#[derive(Debug, Clone, PartialEq)]
pub struct NowRow {
    /// The account.
    pub account: AccountId,
    /// The region.
    pub region: Region,
    /// What, on what, and for how much.
    pub ran: Ran,
    /// For how long nobody has used it, where that is known and it is not used: by its agent's
    /// heartbeat, or by the invocations of its endpoint.
    pub idle_seconds: Option<u64>,
}

/// All that runs now.
#[derive(Debug, Clone, PartialEq)]
pub struct Now {
    /// When it was looked at, UTC.
    pub as_of: Timestamp,
    /// What was seen to bill.
    pub running: Vec<NowRow>,
    /// What could not be seen, each in one sentence: the rates are too low by that.
    pub unseen: Vec<String>,
}

impl Now {
    /// The rate of all of it, and of each group by its number.
    pub(super) fn rates(&self, groups: &mut Groups<'_>) -> (RunRate, Vec<RunRate>) {
        let nothing = RunRate { as_of: self.as_of, running: 0, micro_usd_per_hour: 0, unpriced: 0 };
        let (mut total, mut each) = (nothing.clone(), Vec::new());
        for NowRow { account, region, ran, idle_seconds: _ } in &self.running {
            let group = groups.of_running(account.as_str(), region.as_str(), ran);
            if each.len() <= group {
                each.resize(group + 1, nothing.clone());
            }
            for rate in [&mut total, &mut each[group]] {
                rate.running += 1;
                match &ran.rate {
                    Rate::Priced { micro_usd_per_hour, .. } => rate.micro_usd_per_hour += micro_usd_per_hour,
                    Rate::Unpriced { .. } => rate.unpriced += 1,
                }
            }
        }
        each.resize(groups.names.len().max(each.len()), nothing);
        (total, each)
    }

    /// What is idle: apps and notebook instances by the length of it, and variants of endpoints by their rate.
    pub(super) fn idle(&self) -> (Vec<IdleRow>, Vec<IdleRow>) {
        let rows =
            self.running.iter().filter_map(|running| Some((running, running.idle_seconds.filter(|idle| *idle > 0)?)));
        let is_of_endpoint = |resource: &str| {
            let kind = resource.parse::<Resource>().map(|resource| resource.kind());
            matches!(kind, Ok(Kind::Variant | Kind::ProvisionedConcurrency))
        };
        let (mut endpoints, mut apps): (Vec<_>, Vec<_>) =
            rows.map(row).partition(|row: &IdleRow| is_of_endpoint(&row.resource));
        apps.sort_by(|a, b| b.idle_seconds.cmp(&a.idle_seconds).then_with(|| a.resource.cmp(&b.resource)));
        endpoints
            .sort_by(|a, b| b.micro_usd_per_hour.cmp(&a.micro_usd_per_hour).then_with(|| a.resource.cmp(&b.resource)));
        apps.truncate(MOST_IDLE);
        endpoints.truncate(MOST_IDLE);
        (apps, endpoints)
    }
}

fn row((running, idle_seconds): (&NowRow, u64)) -> IdleRow {
    let NowRow { account, region, ran, idle_seconds: _ } = running;
    let micro_usd_per_hour = match &ran.rate {
        Rate::Priced { micro_usd_per_hour, .. } => Some(*micro_usd_per_hour),
        Rate::Unpriced { .. } => None,
    };
    IdleRow {
        resource: ran.key.resource.clone(),
        account: account.to_string(),
        region: region.to_string(),
        owner: ran.owner.clone(),
        instance_type: ran.instance_type.clone(),
        idle_seconds,
        micro_usd_per_hour,
        wasted_micro_usd: micro_usd_per_hour.map(|rate| amount(rate, idle_seconds)),
    }
}
