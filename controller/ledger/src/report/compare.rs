//! What AWS billed, beside what this ledger says of the same days.

use std::collections::BTreeMap;

use cost_planner::prices::{Component, Item, VolumeOf};
use idle_core::AppType;

use super::{ActualRow, Actuals, By, Question, make_spend};
use crate::fold::Folded;

/// The bill of `asked.window`, which is to be whole days: components with what they came to in
/// millionths of a US dollar, several times where it is told by day. The residual is what is
/// billed and not estimated.
///
/// What this ledger watches and did not see has an estimate of 0; what it does not watch, such
/// as training, has none. VPC endpoints are on another service's bill and are left out.
#[must_use]
pub fn actuals(folded: &Folded, asked: &Question<'_>, billed: impl IntoIterator<Item = (String, i64)>) -> Actuals {
    let Question { made_at, window, by: _, today, plans } = *asked;
    let by_component = Question { made_at, window, by: By::Component, today, plans };
    let spend = make_spend::spend(folded, &by_component, None, None);
    let mut rows: BTreeMap<String, (i64, Option<i64>)> = BTreeMap::new();
    let elsewhere = Item::VpcEndpoint.to_string();
    for row in spend.rows.into_iter().filter(|row| row.group != elsewhere) {
        let micro_usd = row.money.net_micro_usd.unwrap_or(row.money.list_micro_usd);
        rows.insert(row.group, (0, Some(i64::try_from(micro_usd).unwrap_or(i64::MAX))));
    }
    for (component, micro_usd) in billed {
        let none = || is_watched(&component).then_some(0);
        let row = rows.entry(component.clone()).or_insert_with(|| (0, none()));
        row.0 = row.0.saturating_add(micro_usd);
    }
    let billed_micro_usd = rows.values().map(|(billed, _)| billed).sum();
    let estimated_micro_usd = rows.values().filter_map(|(_, estimated)| *estimated).sum();
    let row = |(component, (billed_micro_usd, estimated_micro_usd))| ActualRow {
        component,
        billed_micro_usd,
        estimated_micro_usd,
    };
    let mut rows: Vec<ActualRow> = rows.into_iter().map(row).collect();
    rows.sort_by(|a, b| b.billed_micro_usd.cmp(&a.billed_micro_usd).then_with(|| a.component.cmp(&b.component)));
    Actuals { window, rows, billed_micro_usd, estimated_micro_usd }
}

/// Whether sweeps note what bills as this: all apps, notebook instances without their volumes, and
/// endpoints without theirs.
fn is_watched(component: &str) -> bool {
    match component.parse::<Component>() {
        Ok(Component::Notebook | Component::Hosting | Component::AsyncInf) => true,
        Ok(component) => AppType::ALL.iter().any(|app_type| Component::of(*app_type) == Some(component)),
        Err(_) => {
            matches!(component.parse(), Ok(Item::Volume(VolumeOf::Studio, _) | Item::ProvisionedConcurrency(_)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_sweeps_note_has_an_estimate_of_0_where_none_was_seen() {
        for watched in ["Studio:JupyterLab", "TensorBoard", "RStudio:RServer", "Notebook", "Studio:VolumeUsage.gp3"] {
            assert!(is_watched(watched), "{watched}");
        }
        for other in ["Training", "Notebk:VolumeUsage.gp2", "Host:VolumeUsage.gp2", "Train:VolumeUsage.gp3", "x"] {
            assert!(!is_watched(other), "{other}");
        }
    }
}
