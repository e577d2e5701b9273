//! Interface VPC endpoints in the VPCs of domains: they bill by the hour, used or not.

use std::collections::BTreeMap;

use cost_planner::snapshot::{Domain, VpcEndpointSeen};
use futures_util::StreamExt;
use idle_core::DomainId;
use jiff::Timestamp;
use reqwest::Url;
use roxmltree::{Document, Node};

use super::pages::each_page;
use super::vpc::xml::{child, items, text_of};
use super::{CallError, Kind};
use crate::aws::Session;
use crate::signed_call::{EC2, signed_query};

const DESCRIBE_DOMAIN: &str = "DescribeDomain";
const DESCRIBE: &str = "DescribeVpcEndpoints";

/// So many domains are described side by side; the pace is the region's all the same.
const AT_ONCE: usize = 8;
/// EC2 takes 200 values of a filter.
const VPCS: usize = 100;
/// Endpoints in a page, of about three kilobytes each.
const PAGE: usize = 100;

/// Those that could be seen, by domain and id, and why there may be others; `None` where
/// all were seen. An endpoint of a VPC that another account shares is that account's: it
/// neither bills here nor is it shown.
pub(super) async fn vpc_endpoints(session: &Session, domains: &[Domain]) -> (Vec<VpcEndpointSeen>, Option<String>) {
    let (vpcs, mut unread) = vpcs(session, domains).await;
    let url = match EC2.url_by(&session.config, session.scope.region.as_str()) {
        Ok(url) => url,
        Err(error) => return (Vec::new(), Some(error.to_string())),
    };
    let mut seen = Vec::new();
    let names: Vec<&String> = vpcs.keys().collect();
    for some in names.chunks(VPCS) {
        if let Err(error) = listed(session, &url, some, &vpcs, &mut seen).await {
            unread.get_or_insert(error.to_string());
        }
    }
    seen.sort_unstable_by(|a, b| (&a.domain, &a.id).cmp(&(&b.domain, &b.id)));
    (seen, unread)
}

/// The domains of each VPC, in order, and the first reason why there may be more.
async fn vpcs(session: &Session, domains: &[Domain]) -> (BTreeMap<String, Vec<DomainId>>, Option<String>) {
    let (mut vpcs, mut unread) = (BTreeMap::<String, Vec<DomainId>>::new(), None);
    let mut looks = futures_util::stream::iter(domains)
        .map(async |domain| (&domain.id, vpc(session, &domain.id).await))
        .buffer_unordered(AT_ONCE);
    while let Some((id, vpc)) = looks.next().await {
        match vpc {
            Ok(vpc) => vpcs.entry(vpc).or_default().push(id.clone()),
            // Deleted since it was listed.
            Err(error) if error.kind == Kind::NotFound => {}
            Err(error) => drop(unread.get_or_insert(error.to_string())),
        }
    }
    vpcs.values_mut().for_each(|domains| domains.sort_unstable());
    (vpcs, unread)
}

async fn vpc(session: &Session, id: &DomainId) -> Result<String, CallError> {
    let call = async || session.sagemaker.describe_domain().domain_id(id.as_str()).send().await;
    let described = session.pace.read(DESCRIBE_DOMAIN, call).await.map_err(|error| error.of(id))?;
    let vpc = described.vpc_id.filter(|vpc| !vpc.is_empty());
    vpc.ok_or_else(|| CallError::unclear(DESCRIBE_DOMAIN, "it names no VPC").of(id))
}

/// Adds the endpoints of these VPCs.
async fn listed(
    session: &Session,
    url: &Url,
    some: &[&String],
    domains: &BTreeMap<String, Vec<DomainId>>,
    seen: &mut Vec<VpcEndpointSeen>,
) -> Result<(), CallError> {
    let ask = async |token: Option<String>| {
        let form = form(some, token);
        let place = (url, session.scope.region.as_str());
        let call = async || Ok(signed_query(&session.config, EC2, place, DESCRIBE, &form).await?);
        let text = session.pace.read(DESCRIBE, call).await?;
        page(&text, domains).map_err(|why| CallError::unclear(DESCRIBE, &why))
    };
    each_page(DESCRIBE, ask, |page| page.next.clone(), |page| seen.extend(page.endpoints)).await
}

fn form(vpcs: &[&String], token: Option<String>) -> Vec<(String, String)> {
    let mut form = vec![
        ("MaxResults".to_owned(), PAGE.to_string()),
        ("Filter.1.Name".to_owned(), "vpc-endpoint-type".to_owned()),
        ("Filter.1.Value.1".to_owned(), "Interface".to_owned()),
        ("Filter.2.Name".to_owned(), "vpc-id".to_owned()),
    ];
    form.extend(vpcs.iter().enumerate().map(|(n, vpc)| (format!("Filter.2.Value.{}", n + 1), (*vpc).clone())));
    form.extend(token.map(|token| ("NextToken".to_owned(), token)));
    form
}

/// A page of the listing.
#[derive(Debug)]
struct Page {
    endpoints: Vec<VpcEndpointSeen>,
    next: Option<String>,
}

/// What an answer of `DescribeVpcEndpoints` holds (EC2 API 2016-11-15).
///
/// # Errors
/// In one line, when it is of another form, or of a VPC that nobody asked for.
fn page(text: &str, domains: &BTreeMap<String, Vec<DomainId>>) -> Result<Page, String> {
    let document = Document::parse(text).map_err(|error| format!("the answer is not XML: {error}"))?;
    let root = document.root_element();
    let set = child(root, "vpcEndpointSet").ok_or("the answer has no vpcEndpointSet")?;
    let endpoints = items(set).map(|item| endpoint(item, domains)).collect::<Result<_, _>>()?;
    Ok(Page { endpoints, next: text_of(root, "nextToken") })
}

fn endpoint(item: Node<'_, '_>, domains: &BTreeMap<String, Vec<DomainId>>) -> Result<VpcEndpointSeen, String> {
    let id = text_of(item, "vpcEndpointId").ok_or("a VPC endpoint has no id")?;
    let member = |name: &str| text_of(item, name).ok_or_else(|| format!("{id} has no {name}"));
    let vpc = member("vpcId")?;
    let shared = domains.get(&vpc).ok_or_else(|| format!("{id} is of {vpc}, which nobody asked for"))?;
    let (domain, others) = shared.split_first().ok_or_else(|| format!("{vpc} is of no domain"))?;
    let subnets = child(item, "subnetIdSet").map_or(0, |set| items(set).count());
    Ok(VpcEndpointSeen {
        domain: domain.clone(),
        shared_with: others.to_vec(),
        service_name: member("serviceName")?,
        state: member("state")?,
        created_at: text_of(item, "creationTimestamp").and_then(|at| at.parse::<Timestamp>().ok()),
        availability_zones: u32::try_from(subnets).map_err(|error| error.to_string())?,
        vpc,
        id,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(item: &str) -> String {
        format!(
            "<?xml version=\"1.0\"?><DescribeVpcEndpointsResponse xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\">\
             <vpcEndpointSet><item>{item}</item></vpcEndpointSet><nextToken>more</nextToken>\
             </DescribeVpcEndpointsResponse>"
        )
    }

    const WHOLE: &str = "<vpcEndpointId>vpce-1</vpcEndpointId><vpcId>vpc-1</vpcId><state>available</state>\
        <serviceName>com.amazonaws.us-east-1.sts</serviceName><subnetIdSet><item>a</item> <item>b</item></subnetIdSet>\
        <creationTimestamp>2026-01-02T03:04:05.678Z</creationTimestamp>";

    #[test]
    fn a_page_is_read_whole_or_not_at_all() {
        let id = |id: &str| DomainId::parse(id).expect("valid");
        let domains = BTreeMap::from([("vpc-1".to_owned(), vec![id("d-1"), id("d-2")])]);
        let page = page(&answer(WHOLE), &domains).expect("a page");
        assert_eq!(page.next.as_deref(), Some("more"));
        let seen = &page.endpoints[0];
        assert_eq!((&seen.domain, &seen.shared_with, seen.availability_zones), (&id("d-1"), &vec![id("d-2")], 2));
        assert_eq!(seen.created_at.map(|at| at.to_string()).as_deref(), Some("2026-01-02T03:04:05.678Z"));
        for (text, why) in [
            (answer(&WHOLE.replace("vpc-1", "vpc-2")), "nobody asked for"),
            (answer(&WHOLE.replace("state", "mood")), "vpce-1 has no state"),
            (answer("<vpcId>vpc-1</vpcId>"), "has no id"),
            ("<a/>".to_owned(), "no vpcEndpointSet"),
            ("{}".to_owned(), "not XML"),
            (format!("<!DOCTYPE a [<!ENTITY b \"c\">]>{}", answer(WHOLE)), "not XML"),
        ] {
            let error = super::page(&text, &domains).expect_err("refused");
            assert!(error.contains(why), "{error}");
        }
    }
}
