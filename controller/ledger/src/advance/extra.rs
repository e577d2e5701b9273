//! What bills beside what SageMaker lists: interface VPC endpoints of the domains' VPCs.

use cost_planner::prices::{Item, Priced, Prices};
use cost_planner::snapshot::{Extras, ScopeSeen, VpcEndpointSeen};
use idle_core::Region;

use super::known::Known;
use super::rows::{NO_BEGIN, Running, not_known, owned, rate};
use crate::line::Kind;
use crate::resource::Resource;

/// What bills and is no app, endpoint or notebook instance.
#[derive(Debug, Clone, Default)]
pub struct Extra {
    /// Kinds that were listed to the end.
    pub kinds: Vec<Kind>,
    /// What runs of any kind.
    pub rows: Vec<Running>,
}

impl Extra {
    /// What was seen of it in an account and region. Where endpoints were not asked for, or not all
    /// of them could be listed, none is taken for gone.
    #[must_use]
    pub fn of(seen: &ScopeSeen, prices: &Prices) -> Self {
        let Some(Extras { vpc_endpoints, vpc_unread, .. }) = seen.extras.as_deref() else { return Self::default() };
        let bill = vpc_endpoints.iter().filter(|endpoint| endpoint.bills());
        Self {
            kinds: if vpc_unread.is_none() { vec![Kind::VpcEndpoint] } else { Vec::new() },
            rows: bill.map(|endpoint| running(seen, endpoint, prices, &seen.scope.region)).collect(),
        }
    }
}

/// It bills in each availability zone.
fn running(seen: &ScopeSeen, endpoint: &VpcEndpointSeen, prices: &Prices, region: &Region) -> Running {
    let VpcEndpointSeen { domain, id, created_at, availability_zones: units, .. } = endpoint;
    let all = prices.vpc_endpoint(region).map(|Priced { micro_usd_per_hour, list }| Priced {
        micro_usd_per_hour: micro_usd_per_hour.saturating_mul((*units).into()),
        list,
    });
    Running {
        resource: Resource::VpcEndpoint(domain.clone(), id.clone()),
        began: created_at.unwrap_or(NO_BEGIN),
        owner: None,
        instance_type: None,
        component: Item::VpcEndpoint.to_string(),
        units: *units,
        rate: rate(all),
        tags: seen.tags_of_domain(domain).unwrap_or_default(),
    }
}

/// The same with tags as they were known, or "not known", where none were read now.
pub(super) fn with_known_tags(row: &Running, seen: &ScopeSeen, known: &Known) -> Running {
    let mut row = row.clone();
    let asked = seen.extras.as_deref().filter(|extras| !extras.tag_keys.is_empty());
    match (asked, known.find(&row.key())) {
        (Some(Extras { tags_unread: None, .. }), _) | (None, None) => {}
        (_, Some((_, run))) => row.tags = owned(run.last_span().tags().iter()),
        (Some(extras), None) => row.tags = not_known(extras),
    }
    row
}
