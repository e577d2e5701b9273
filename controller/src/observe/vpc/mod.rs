//! How domains are connected, and what stands in their VPCs.

mod listing;
mod read;
pub(in crate::observe) mod xml;

use cost_planner::vpc::{DomainNetwork, Groups, VpcSeen};
use futures_util::StreamExt;
use idle_core::DomainId;

use super::domains::list;
use super::{CallError, Kind};
use crate::aws::Session;
use crate::signed_call::EC2;
use listing::listed;

const DESCRIBE_DOMAIN: &str = "DescribeDomain";

/// So many domains are described side by side; the pace is the region's all the same.
const AT_ONCE: usize = 8;

/// What keys of AWS's own begin with, where they are named at all.
const AWS_KEYS: &str = "alias/aws/";

/// How each of these domains is connected, or why that is not known; every domain of the
/// region where none is named. A domain that this region does not have is left out.
///
/// # Errors
/// When the domains of the region could not all be listed.
pub(crate) async fn networks(
    session: &Session,
    domains: &[DomainId],
) -> Result<Vec<(DomainId, Result<DomainNetwork, CallError>)>, CallError> {
    let ids = if domains.is_empty() { list(session).await? } else { domains.to_vec() };
    let looks = futures_util::stream::iter(ids)
        .map(async |id| {
            let network = network(session, &id).await;
            (id, network)
        })
        .buffered(AT_ONCE);
    let is_there =
        |(_, network): &(_, Result<_, CallError>)| !matches!(network, Err(error) if error.kind == Kind::NotFound);
    Ok(looks.collect::<Vec<_>>().await.into_iter().filter(is_there).collect())
}

async fn network(session: &Session, id: &DomainId) -> Result<DomainNetwork, CallError> {
    let call = async || session.sagemaker.describe_domain().domain_id(id.as_str()).send().await;
    let described = session.pace.read(DESCRIBE_DOMAIN, call).await.map_err(|error| error.of(id))?;
    let unclear = |why: &str| CallError::unclear(DESCRIBE_DOMAIN, why).of(id);
    let is_vpc_only = match described.app_network_access_type().map(|kind| kind.as_str()) {
        Some("VpcOnly") => true,
        Some("PublicInternetOnly") => false,
        other => return Err(unclear(&format!("its AppNetworkAccessType is {other:?}"))),
    };
    let user = described.default_user_settings();
    let space = described.default_space_settings();
    let mut groups = vec![Groups {
        of: "DefaultUserSettings",
        ids: user.map_or(&[][..], |settings| settings.security_groups()).to_vec(),
    }];
    groups
        .extend(space.map(|settings| Groups { of: "DefaultSpaceSettings", ids: settings.security_groups().to_vec() }));
    Ok(DomainNetwork {
        scope: session.scope.clone(),
        domain: id.clone(),
        vpc: described.vpc_id().filter(|vpc| !vpc.is_empty()).ok_or_else(|| unclear("it names no VPC"))?.to_owned(),
        subnets: described.subnet_ids().to_vec(),
        is_vpc_only,
        groups,
        has_customer_key: described.kms_key_id().is_some_and(|key| !key.is_empty() && !key.contains(AWS_KEYS)),
        execution_role: user.and_then(|settings| settings.execution_role()).map(str::to_owned),
    })
}

/// What stands in this VPC. A listing that could not be read says so within.
pub(crate) async fn vpc_seen(session: &Session, vpc: &str) -> VpcSeen {
    let url = match EC2.url_by(&session.config, session.scope.region.as_str()) {
        Ok(url) => url,
        Err(error) => {
            let why = error.to_string();
            return VpcSeen {
                endpoints: Err(why.clone()),
                subnets: Err(why.clone()),
                route_tables: Err(why.clone()),
                groups: Err(why),
            };
        }
    };
    let told = |error: CallError| error.to_string();
    let endpoints = listed(session, &url, "DescribeVpcEndpoints", vpc, "vpcEndpointSet", read::endpoint).await;
    let subnets = listed(session, &url, "DescribeSubnets", vpc, "subnetSet", read::subnet).await;
    let route_tables = listed(session, &url, "DescribeRouteTables", vpc, "routeTableSet", read::route_table).await;
    let groups = listed(session, &url, "DescribeSecurityGroups", vpc, "securityGroupInfo", read::group).await;
    VpcSeen {
        endpoints: endpoints.map_err(told),
        subnets: subnets.map(|subnets| subnets.into_iter().collect()).map_err(told),
        route_tables: route_tables.map_err(told),
        groups: groups.map(|groups| groups.into_iter().collect()).map_err(told),
    }
}
