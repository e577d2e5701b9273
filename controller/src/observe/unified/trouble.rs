//! What could not be seen, told once for everything that failed alike.

use std::collections::BTreeMap;

use cost_planner::unified::Unseen;

/// By what it is of: the first reason, and how often there was one.
#[derive(Debug, Default)]
pub(super) struct Trouble {
    of: BTreeMap<String, (String, usize)>,
}

impl Trouble {
    /// Notes one. A domain has thousands of projects, and all of them may be denied.
    pub(super) fn add(&mut self, what: impl Into<String>, why: &impl ToString) {
        let (_, count) = self.of.entry(what.into()).or_insert_with(|| (why.to_string(), 0));
        *count += 1;
    }

    /// All of it.
    pub(super) fn told(self) -> Vec<Unseen> {
        let told = |(what, (why, count))| match count {
            1 => Unseen { what, why },
            _ => Unseen { what: format!("{what}, {count} times"), why },
        };
        self.of.into_iter().map(told).collect()
    }
}
