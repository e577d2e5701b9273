//! What the VPCs of domains let through.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use cost_planner::prices::Prices;
use cost_planner::vpc::{Buckets, Caller, DomainReport, VpcSeen, judge};
use idle_core::DomainId;

use super::super::prices;
use crate::aws::{Session, Unreached};
use crate::cli::{Doctor, Global};
use crate::observe::{networks, vpc_seen};
use crate::render::{Progress, VpcReport};

/// Each domain that these flags name.
///
/// # Errors
/// When nobody can be asked, or a price list is damaged.
pub(super) async fn look(global: &Global, args: &Doctor) -> Result<VpcReport> {
    let prices = prices::known(&args.lists)?;
    let (sessions, unreached) = Session::of_all(global).await?;
    let progress = Progress::new(global.no_progress);
    let mut report = VpcReport::default();
    let not_reached = |Unreached { region, error }: Unreached| format!("{region}: {error:#}");
    report.unseen.extend(unreached.into_iter().map(not_reached));
    let mut found = BTreeSet::new();
    for session in &sessions {
        of_region(session, args, &prices, &progress, &mut report, &mut found).await;
    }
    let missing = args.domain.iter().filter(|id| !found.contains(*id));
    report.unseen.extend(missing.map(|id| format!("{id}: there is no such domain; hint: --region")));
    progress.clear();
    Ok(report)
}

async fn of_region(
    session: &Session,
    args: &Doctor,
    prices: &Prices,
    progress: &Progress,
    report: &mut VpcReport,
    found: &mut BTreeSet<DomainId>,
) {
    let region = &session.scope.region;
    progress.say(&format!("{region}: domains"));
    let domains = match networks(session, &args.domain).await {
        Ok(domains) => domains,
        Err(error) => return report.unseen.push(format!("{region}: {error}")),
    };
    let price = prices.vpc_endpoint(region);
    let mut callers = vec![Caller::Agent];
    callers.extend(args.controller_in_vpc.then_some(Caller::Controller));
    let buckets = buckets(args);
    // Domains share VPCs.
    let mut vpcs: BTreeMap<String, VpcSeen> = BTreeMap::new();
    for (id, network) in domains {
        match network {
            Err(error) => report.unseen.push(error.to_string()),
            Ok(network) => {
                if network.is_vpc_only && !vpcs.contains_key(&network.vpc) {
                    progress.say(&format!("{region}: {}", network.vpc));
                    vpcs.insert(network.vpc.clone(), vpc_seen(session, &network.vpc).await);
                }
                let nothing = VpcSeen::default();
                let seen = vpcs.get(&network.vpc).unwrap_or(&nothing);
                let judged: DomainReport = judge(&network, seen, &callers, &buckets, &price);
                report.domains.push(judged);
            }
        }
        found.insert(id);
    }
}

/// Places in S3 as their endpoint's policy names them; folders are nowhere in it.
fn buckets(args: &Doctor) -> Buckets {
    let place = |url: &Option<String>| {
        let url = url.as_deref().and_then(|url| url.strip_prefix("s3://"))?;
        let url = url.trim_end_matches('/');
        (!url.is_empty()).then(|| url.to_owned())
    };
    Buckets { artifacts: place(&args.artifacts), evidence: place(&args.evidence), ledger: place(&args.ledger) }
}
