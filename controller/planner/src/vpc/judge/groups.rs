//! Whether the security groups of an endpoint let a domain's apps in.

use std::net::Ipv4Addr;

use super::super::report::Standing;
use super::super::seen::{DomainNetwork, Endpoint, Groups, Ingress, VpcSeen};

/// What stands in the way of apps with these groups; nothing where they are let in.
pub(super) fn in_the_way(
    network: &DomainNetwork,
    seen: &VpcSeen,
    endpoint: &Endpoint,
    of: &Groups,
) -> Option<(Standing, String)> {
    let unknown = |why: String| Some((Standing::Unknown, why));
    let Ok(known) = &seen.groups else { return unknown("its security groups could not be read".to_owned()) };
    let mut rules = Vec::new();
    let mut unread = None;
    for id in &endpoint.groups {
        match known.get(id) {
            Some(group) => rules.extend(&group.https_from),
            None => drop(unread.get_or_insert(id)),
        }
    }
    let by_group = |rule: &&Ingress| matches!(rule, Ingress::Group(id) if of.ids.contains(id));
    if rules.iter().any(by_group) || by_address(network, seen, &rules) {
        return None;
    }
    if let Some(list) = rules.iter().find_map(|rule| if let Ingress::PrefixList(id) = rule { Some(id) } else { None }) {
        return unknown(format!("whether the prefix list {list} holds the domain's addresses was not looked up"));
    }
    let are_known =
        seen.subnets.as_ref().is_ok_and(|subnets| network.subnets.iter().all(|id| subnets.contains_key(id)));
    if !are_known && rules.iter().any(|rule| matches!(rule, Ingress::Cidr(_))) {
        return unknown("whether it lets the domain's addresses in, which are not known".to_owned());
    }
    if let Some(id) = unread {
        return unknown(format!("its security group {id} is not shown"));
    }
    let (its, of_domain) = (endpoint.groups.join(", "), of.ids.join(", "));
    Some((Standing::Broken, format!("{its} does not let {of_domain} of {} in on port 443", of.of)))
}

/// Whether every address of the domain's subnets is let in.
fn by_address(network: &DomainNetwork, seen: &VpcSeen, rules: &[&Ingress]) -> bool {
    let Ok(subnets) = &seen.subnets else { return rules.iter().any(|rule| is_everybody(rule)) };
    let is_let_in = |id: &String| {
        let Some(subnet) = subnets.get(id) else { return rules.iter().any(|rule| is_everybody(rule)) };
        rules.iter().any(|rule| matches!(rule, Ingress::Cidr(cidr) if holds(cidr, &subnet.cidr) == Some(true)))
    };
    !network.subnets.is_empty() && network.subnets.iter().all(is_let_in)
}

fn is_everybody(rule: &Ingress) -> bool {
    matches!(rule, Ingress::Cidr(cidr) if cidr == "0.0.0.0/0")
}

/// Whether all addresses of one range are in another; `None` where they are no ranges of IPv4.
fn holds(outer: &str, inner: &str) -> Option<bool> {
    let ((outer, wide), (inner, narrow)) = (range(outer)?, range(inner)?);
    let mask = u32::MAX.checked_shl(32 - wide).unwrap_or(0);
    Some(wide <= narrow && outer & mask == inner & mask)
}

fn range(cidr: &str) -> Option<(u32, u32)> {
    let (address, bits) = cidr.split_once('/')?;
    let bits = bits.parse().ok().filter(|bits| *bits <= 32)?;
    Some((u32::from(address.parse::<Ipv4Addr>().ok()?), bits))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_holds_another() {
        for (outer, inner, expected) in [
            ("10.0.0.0/16", "10.0.1.0/24", Some(true)),
            ("10.0.1.0/24", "10.0.0.0/16", Some(false)),
            ("10.1.0.0/16", "10.0.1.0/24", Some(false)),
            ("0.0.0.0/0", "10.0.1.0/24", Some(true)),
            ("10.0.1.7/32", "10.0.1.7/32", Some(true)),
            ("::/0", "10.0.1.0/24", None),
            ("10.0.0.0/33", "10.0.1.0/24", None),
        ] {
            assert_eq!(holds(outer, inner), expected, "{outer} {inner}");
        }
    }
}
