//! The elements of EC2's listings (API 2016-11-15).

use cost_planner::vpc::{DefaultRoute, Endpoint, EndpointKind, Group, Ingress, RouteTable, Subnet};
use roxmltree::Node;

use super::xml::{child, items, text_of};

/// The port that every service is called on.
const HTTPS: i32 = 443;

/// Of an element of `vpcEndpointSet`.
///
/// # Errors
/// In one line, when a member is missing.
pub(super) fn endpoint(item: Node<'_, '_>) -> Result<Endpoint, String> {
    let id = text_of(item, "vpcEndpointId").ok_or("a VPC endpoint has no id")?;
    let member = |name: &str| text_of(item, name).ok_or_else(|| format!("{id} has no {name}"));
    let is_true = |of: Option<Node<'_, '_>>, name: &str| {
        of.and_then(|of| text_of(of, name)).is_some_and(|text| text.eq_ignore_ascii_case("true"))
    };
    let kind = match member("vpcEndpointType")?.to_ascii_lowercase().as_str() {
        "interface" => EndpointKind::Interface,
        "gateway" => EndpointKind::Gateway,
        _ => EndpointKind::Other,
    };
    // For whoever comes from outside of the VPC only: within, the name leads elsewhere.
    let only_from_outside = is_true(child(item, "dnsOptions"), "privateDnsOnlyForInboundResolverEndpoint");
    Ok(Endpoint {
        service: member("serviceName")?,
        kind,
        state: member("state")?,
        has_private_dns: is_true(Some(item), "privateDnsEnabled") && !only_from_outside,
        subnets: texts(item, "subnetIdSet"),
        route_tables: texts(item, "routeTableIdSet"),
        groups: members(item, "groupSet", "groupId"),
        policy: text_of(item, "policyDocument"),
        id,
    })
}

/// Of an element of `subnetSet`: its id, and what it is.
///
/// # Errors
/// Likewise.
pub(super) fn subnet(item: Node<'_, '_>) -> Result<(String, Subnet), String> {
    let id = text_of(item, "subnetId").ok_or("a subnet has no id")?;
    let member = |name: &str| text_of(item, name).ok_or_else(|| format!("{id} has no {name}"));
    let subnet = Subnet { zone: member("availabilityZone")?, cidr: member("cidrBlock")?, owner: member("ownerId")? };
    Ok((id, subnet))
}

/// Of an element of `routeTableSet`.
///
/// # Errors
/// Likewise.
pub(super) fn route_table(item: Node<'_, '_>) -> Result<RouteTable, String> {
    let id = text_of(item, "routeTableId").ok_or("a route table has no id")?;
    let associations: Vec<Node<'_, '_>> = child(item, "associationSet").into_iter().flat_map(items).collect();
    let mut routes = child(item, "routeSet").into_iter().flat_map(items);
    Ok(RouteTable {
        is_main: associations.iter().any(|one| text_of(*one, "main").as_deref() == Some("true")),
        subnets: associations.iter().filter_map(|one| text_of(*one, "subnetId")).collect(),
        default_route: routes.find_map(default_route).unwrap_or(DefaultRoute::None),
        id,
    })
}

/// Where a default route leads that is in force.
fn default_route(route: Node<'_, '_>) -> Option<DefaultRoute> {
    let is_default = text_of(route, "destinationCidrBlock").as_deref() == Some("0.0.0.0/0");
    if !is_default || text_of(route, "state").as_deref() == Some("blackhole") {
        return None;
    }
    if let Some(id) = text_of(route, "natGatewayId") {
        return Some(DefaultRoute::Nat(id));
    }
    let others = ["transitGatewayId", "gatewayId", "networkInterfaceId", "instanceId", "vpcPeeringConnectionId"];
    let id = others.into_iter().find_map(|name| text_of(route, name)).unwrap_or_else(|| "its default route".to_owned());
    // Apps have no public address, without which an internet gateway takes nothing.
    if id.starts_with("igw-") { Some(DefaultRoute::None) } else { Some(DefaultRoute::Other(id)) }
}

/// Of an element of `securityGroupInfo`: its id, and whom it lets in.
///
/// # Errors
/// Likewise, or when a port is no number.
pub(super) fn group(item: Node<'_, '_>) -> Result<(String, Group), String> {
    let id = text_of(item, "groupId").ok_or("a security group has no id")?;
    let mut group = Group::default();
    for rule in child(item, "ipPermissions").into_iter().flat_map(items) {
        if !is_for_https(rule).map_err(|why| format!("{id}: {why}"))? {
            continue;
        }
        let ranges = members(rule, "ipRanges", "cidrIp").into_iter().map(Ingress::Cidr);
        let groups = members(rule, "groups", "groupId").into_iter().map(Ingress::Group);
        let lists = members(rule, "prefixListIds", "prefixListId").into_iter().map(Ingress::PrefixList);
        group.https_from.extend(ranges.chain(groups).chain(lists));
    }
    Ok((id, group))
}

fn is_for_https(rule: Node<'_, '_>) -> Result<bool, String> {
    let port = |name: &str| match text_of(rule, name) {
        Some(text) => text.parse::<i32>().map(Some).map_err(|_| format!("{name} is {text}")),
        None => Ok(None),
    };
    let (from, to) = (port("fromPort")?, port("toPort")?);
    Ok(match text_of(rule, "ipProtocol").as_deref() {
        Some("-1") => true,
        Some("tcp" | "6") => from.is_none_or(|from| from <= HTTPS) && to.is_none_or(|to| to >= HTTPS),
        _ => false,
    })
}

/// The texts that a list holds itself.
fn texts(of: Node<'_, '_>, list: &str) -> Vec<String> {
    let elements = child(of, list).into_iter().flat_map(items);
    elements.filter_map(|item| item.text().map(|text| text.trim().to_owned())).filter(|text| !text.is_empty()).collect()
}

/// One member of each element of a list.
fn members(of: Node<'_, '_>, list: &str, member: &str) -> Vec<String> {
    child(of, list).into_iter().flat_map(items).filter_map(|item| text_of(item, member)).collect()
}

#[cfg(test)]
mod tests {
    use roxmltree::Document;

    use super::*;

    fn read<T>(text: &str, read: impl Fn(Node<'_, '_>) -> Result<T, String>) -> Result<T, String> {
        let text = format!("<item>{text}</item>");
        read(Document::parse(&text).expect("XML").root_element())
    }

    #[test]
    fn a_default_route_leads_somewhere_or_nowhere() {
        let table = |route: &str| {
            let text = format!(
                "<routeTableId>rtb-1</routeTableId><routeSet><item><destinationCidrBlock>10.0.0.0/16</destinationCidrBlock>\
                 <gatewayId>local</gatewayId></item>{route}</routeSet><associationSet><item><main>true</main></item>\
                 </associationSet>"
            );
            read(&text, route_table).expect("a route table")
        };
        let all = "<destinationCidrBlock>0.0.0.0/0</destinationCidrBlock>";
        for (route, expected) in [
            (String::new(), DefaultRoute::None),
            (format!("<item>{all}<natGatewayId>nat-1</natGatewayId></item>"), DefaultRoute::Nat("nat-1".to_owned())),
            (
                format!("<item>{all}<natGatewayId>nat-1</natGatewayId><state>blackhole</state></item>"),
                DefaultRoute::None,
            ),
            (format!("<item>{all}<gatewayId>igw-1</gatewayId></item>"), DefaultRoute::None),
            (
                format!("<item>{all}<transitGatewayId>tgw-1</transitGatewayId></item>"),
                DefaultRoute::Other("tgw-1".to_owned()),
            ),
        ] {
            let table = table(&route);
            assert_eq!((table.default_route, table.is_main), (expected, true), "{route}");
        }
    }

    #[test]
    fn a_security_group_lets_in_on_the_port_of_https() {
        let rule = |protocol: &str, ports: &str| {
            format!(
                "<groupId>sg-1</groupId><ipPermissions><item><ipProtocol>{protocol}</ipProtocol>{ports}\
                 <ipRanges><item><cidrIp>10.0.0.0/16</cidrIp></item></ipRanges></item></ipPermissions>"
            )
        };
        let ports = |from: i32, to: i32| format!("<fromPort>{from}</fromPort><toPort>{to}</toPort>");
        for (protocol, ports, lets_in) in [
            ("-1", String::new(), true),
            ("tcp", ports(443, 443), true),
            ("6", ports(0, 65535), true),
            ("tcp", ports(80, 80), false),
            ("udp", ports(443, 443), false),
        ] {
            let (_, group) = read(&rule(protocol, &ports), group).expect("a group");
            assert_eq!(!group.https_from.is_empty(), lets_in, "{protocol} {ports}");
        }
        assert!(read(&rule("tcp", "<fromPort>https</fromPort>"), group).is_err());
    }

    #[test]
    fn private_dns_for_those_outside_is_none() {
        let text = "<vpcEndpointId>vpce-1</vpcEndpointId><vpcEndpointType>Interface</vpcEndpointType><state>available</state>\
            <serviceName>com.amazonaws.us-east-1.s3</serviceName><privateDnsEnabled>true</privateDnsEnabled>";
        assert!(read(text, endpoint).expect("an endpoint").has_private_dns);
        let outside = "<dnsOptions><privateDnsOnlyForInboundResolverEndpoint>true\
            </privateDnsOnlyForInboundResolverEndpoint></dnsOptions>";
        assert!(!read(&format!("{text}{outside}"), endpoint).expect("an endpoint").has_private_dns);
        let error = read(&text.replace("<state>available</state>", ""), endpoint).expect_err("refused");
        assert_eq!(error, "vpce-1 has no state");
    }
}
