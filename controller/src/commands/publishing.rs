//! The metrics of a sweep that came to its end.

use cost_planner::dashboard::{ScopeActs, Swept, metrics};

use super::planning::Planned;
use crate::aws::config;
use crate::cli::Global;
use crate::record;

/// Publishes what was seen and done, in the caller's own account and the first region. Says
/// where it could not: that changes nothing of the sweep.
pub(super) async fn publish(global: &Global, planned: &Planned, acts: Option<&[ScopeActs]>) {
    let Planned { policy, prices, snapshot, plan, sessions: _, books } = planned;
    let swept = Swept {
        policy: &policy.rules,
        snapshot,
        prices,
        at: plan.made_at,
        acts,
        saved: books.as_ref().and_then(|books| books.saved(snapshot)),
    };
    publish_of(global, &swept).await;
}

/// The same of what a function swept.
pub(crate) async fn publish_of(global: &Global, swept: &Swept<'_>) {
    let data = metrics(swept);
    let config = config(global.region.first().map(String::as_str)).await;
    if let Err(error) = record::metrics::publish(&config, &data).await {
        eprintln!("metrics: {error}");
    }
}
