//! What an archive is about: days, accounts and regions.

use idle_core::{AccountId, Region};
use jiff::ToSpan;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::record::chain::day_of;

/// UTC days, and the accounts and regions that are wanted, all where none is named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Selection {
    pub(crate) since: Date,
    /// The last day.
    pub(crate) until: Date,
    pub(crate) accounts: Vec<AccountId>,
    pub(crate) regions: Vec<Region>,
}

impl Selection {
    /// Whether an object is wanted: by the day that its key names, or else by that of the link which
    /// names it. What no link names is wanted. Plans and policies go with the runs that name them.
    pub(crate) fn wants(&self, key: &str, sealed_on: Option<Date>) -> bool {
        if key.starts_with("plans/") || key.starts_with("policies/") {
            return false;
        }
        let is_in_time = match (day_of(key), sealed_on) {
            (Some(day), _) => self.is_within(day),
            // A run of the last day may be sealed on the next one.
            (None, Some(day)) => (self.since..=self.until.saturating_add(1.day())).contains(&day),
            (None, None) => true,
        };
        is_in_time && self.is_of_place(key)
    }

    /// Whether an archive without this object is not whole, whatever else is known of it.
    pub(crate) fn must_hold(&self, key: &str) -> bool {
        day_of(key).is_some_and(|day| self.is_within(day)) && self.is_of_place(key)
    }

    fn is_within(&self, day: Date) -> bool {
        (self.since..=self.until).contains(&day)
    }

    /// Whether it is of an account and region that are wanted. What is of several is only where all are.
    fn is_of_place(&self, key: &str) -> bool {
        let (account, region) = place_of(key);
        let of_account =
            self.accounts.is_empty() || account.is_some_and(|of| self.accounts.iter().any(|a| a.as_str() == of));
        let is_whole_account = key.starts_with("accounts/");
        let of_region = self.regions.is_empty()
            || is_whole_account
            || region.is_some_and(|of| self.regions.iter().any(|r| r.as_str() == of));
        of_account && of_region
    }
}

/// The account and region that a key names.
fn place_of(key: &str) -> (Option<&str>, Option<&str>) {
    let mut parts = key.split('/');
    let of = |name: &str| key.split('/').find_map(|part| part.strip_prefix(name)?.strip_prefix('='));
    match parts.next() {
        Some("accounts") => (parts.next().and_then(|name| name.strip_suffix(".json")), None),
        Some("before" | "hidden-types") => (parts.next(), parts.next()),
        // sweeps/RUN/WHAT/ACCOUNT.REGION.json
        Some("sweeps") => match parts.nth(2).and_then(|name| name.strip_suffix(".json")?.split_once('.')) {
            Some((account, region)) => (Some(account), Some(region)),
            None => (None, None),
        },
        _ => (of("account"), of("region")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> Date {
        text.parse().expect("a day")
    }

    fn selection(accounts: &[&str], regions: &[&str]) -> Selection {
        let accounts = accounts.iter().map(|id| AccountId::parse(id).expect("an account")).collect();
        let regions = regions.iter().map(|name| Region::parse(name).expect("a region")).collect();
        Selection { since: date("2026-11-01"), until: date("2026-11-30"), accounts, regions }
    }

    #[test]
    fn days_accounts_and_regions_are_those_of_keys() {
        let run = |day: &str| format!("evidence/account=111122223333/region=eu-west-1/dt={day}/r/000000.jsonl");
        let all = selection(&[], &[]);
        for (day, wanted) in [("2026-10-31", false), ("2026-11-01", true), ("2026-11-30", true), ("2026-12-01", false)]
        {
            assert_eq!(all.wants(&run(day), Some(date("2026-11-15"))), wanted, "{day}");
            assert_eq!(all.must_hold(&run(day)), wanted, "{day}");
        }
        let day = run("2026-11-15");
        assert!(selection(&["111122223333"], &["eu-west-1"]).wants(&day, None));
        assert!(
            !selection(&["444455556666"], &[]).wants(&day, None) && !selection(&[], &["us-east-1"]).wants(&day, None)
        );
    }

    #[test]
    fn what_names_no_day_has_that_of_its_link() {
        let all = selection(&[], &[]);
        for (day, wanted) in
            [(None, true), (Some("2026-12-01"), true), (Some("2026-12-02"), false), (Some("2026-10-31"), false)]
        {
            assert_eq!(all.wants("accounts/111122223333.json", day.map(date)), wanted, "{day:?}");
        }
        assert!(!all.must_hold("accounts/111122223333.json"));
        assert!(!all.wants("plans/ab.json", None), "it goes with its run");
    }

    #[test]
    fn what_is_of_several_accounts_is_not_given_to_who_asks_for_one() {
        let one = selection(&["111122223333"], &["eu-west-1"]);
        for (key, wanted) in [
            ("sweeps/r/plan.json", false),
            ("sweeps/r/plans/111122223333.eu-west-1.json", true),
            ("sweeps/r/plans/444455556666.eu-west-1.json", false),
            ("sweeps/r/plans/111122223333.us-east-1.json", false),
            ("accounts/111122223333.json", true),
            ("accounts/444455556666.json", false),
            ("before/111122223333/eu-west-1/d-1/000000.x.json", true),
            ("before/111122223333/us-east-1/d-1/000000.x.json", false),
        ] {
            assert_eq!(one.wants(key, None), wanted, "{key}");
        }
    }
}
