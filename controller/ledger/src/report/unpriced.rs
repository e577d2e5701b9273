//! What has no price, by the reason.

use std::collections::{BTreeMap, HashSet};

use super::UnpricedRow;
use crate::fold::{Charge, Run, Span};

/// Reasons with their resources and seconds.
#[derive(Default)]
pub(super) struct Reasons<'a> {
    seconds: BTreeMap<&'a str, u64>,
    resources: HashSet<(&'a str, &'a str, &'a str, u32)>,
}

impl<'a> Reasons<'a> {
    /// A stretch of a span that has no price.
    pub(super) fn add(&mut self, run: Run<'a>, span: Span<'a>, seconds: u64) {
        let Charge::Unpriced(why) = span.charge() else { return };
        *self.seconds.entry(why).or_default() += seconds;
        let scope = run.scope();
        self.resources.insert((why, scope.account, scope.region, run.resource_number()));
    }

    /// The longest first.
    pub(super) fn rows(self) -> Vec<UnpricedRow> {
        let Self { seconds, resources } = self;
        let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
        for (why, ..) in resources {
            *counts.entry(why).or_default() += 1;
        }
        let row = |(why, seconds): (&str, u64)| UnpricedRow {
            why: why.to_owned(),
            resources: counts.get(why).copied().unwrap_or_default(),
            seconds,
        };
        let mut rows: Vec<UnpricedRow> = seconds.into_iter().map(row).collect();
        rows.sort_by(|a, b| b.seconds.cmp(&a.seconds).then_with(|| a.why.cmp(&b.why)));
        rows
    }
}
