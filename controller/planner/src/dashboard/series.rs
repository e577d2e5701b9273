//! What a dashboard shows: each series by its name, or whatever a search finds.

use serde_json::{Value, json};

use super::data::OTHER;
use super::metric::{Metric, NAMESPACE};
use crate::snapshot::Snapshot;

/// The series of a fleet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown {
    /// These, each by its name.
    Listed(Listed),
    /// What CloudWatch finds when somebody looks: at most 500 series a graph, of those that
    /// had data within two weeks.
    Search,
}

/// What there is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listed {
    /// Domains: id and name.
    pub domains: Vec<(String, String)>,
    /// Instance types; that of the rest is there by itself.
    pub instance_types: Vec<String>,
    /// Accounts and regions.
    pub scopes: Vec<(String, String)>,
}

impl Listed {
    /// What was seen, in order, each once.
    #[must_use]
    pub fn of(snapshot: &Snapshot) -> Self {
        let mut listed = Self::default();
        for seen in &snapshot.scopes {
            listed.scopes.push((seen.scope.account.to_string(), seen.scope.region.to_string()));
            listed.domains.extend(seen.domains.iter().map(|domain| (domain.id.to_string(), domain.name.clone())));
            let apps = seen.apps.iter().filter_map(|app| app.instance_type.as_ref());
            let notebooks = seen.notebook_instances.iter().filter_map(|instance| instance.instance_type.as_ref());
            let close_ups = seen.endpoints.iter().filter_map(|endpoint| endpoint.close_up.as_ref().ok());
            let variants = close_ups.flat_map(|close_up| &close_up.variants);
            let variants = variants.filter_map(|variant| variant.instance_type.as_ref());
            let types = apps.chain(notebooks).chain(variants).map(ToString::to_string);
            listed.instance_types.extend(types.filter(|name| name != "system"));
        }
        for list in [&mut listed.domains, &mut listed.scopes] {
            list.sort();
            list.dedup();
        }
        listed.instance_types.sort();
        listed.instance_types.dedup();
        listed
    }

    /// How many series a sweep publishes of it, those of the fleet left out.
    pub(super) fn domains_and_more(&self) -> [usize; 3] {
        [self.domains.len(), self.types().len(), self.scopes.len()]
    }

    /// The instance types with that of the rest.
    pub(super) fn types(&self) -> Vec<&str> {
        let mut types: Vec<&str> = self.instance_types.iter().map(String::as_str).collect();
        types.push(OTHER);
        types
    }
}

/// One series of a graph; `label` is how it is called there.
pub(super) fn series(metric: &Metric, values: &[&str], label: &str) -> Value {
    let mut row = vec![json!(NAMESPACE), json!(metric.name)];
    for (name, value) in metric.dimensions.iter().zip(values) {
        row.extend([json!(name), json!(value)]);
    }
    row.push(json!({ "label": label }));
    Value::Array(row)
}

/// Every series of this metric, found when somebody looks.
pub(super) fn search(metric: &Metric, stat: &str, period: u32) -> Value {
    let schema = [&[NAMESPACE][..], metric.dimensions].concat().join(",");
    let expression = format!("SEARCH('{{{schema}}} MetricName=\"{}\"', '{stat}', {period})", metric.name);
    json!([{ "expression": expression, "label": "", "id": "found" }])
}
