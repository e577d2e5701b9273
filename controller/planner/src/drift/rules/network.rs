//! `AppNetworkAccessType`, which SageMaker always tells.

use crate::drift::check::Checked;
use crate::drift::desired::Network;
use crate::drift::finding::Rule;
use crate::drift::how::{by_update, word};
use crate::drift::view::{Text, View, text};

const RULE: Rule = Rule::NetworkMode;
const SETTING: &str = "AppNetworkAccessType";

pub(in crate::drift) fn check(view: &View<'_>, wanted: Network, into: &mut Checked) {
    let (domain, wanted) = (view.domain(), name(wanted));
    let is = match text(&domain.body[SETTING]) {
        Text::Is(is) => is,
        Text::Absent => return view.blind(into, domain, RULE, format!("the answer lacks {SETTING}")),
        Text::Odd => return view.odd(into, domain, RULE, SETTING),
    };
    if is != wanted {
        let vpc = word(domain.body["VpcId"].as_str().unwrap_or("VPC-ID"));
        let flags = format!(
            "--app-network-access-type {wanted} --vpc-id {vpc} --subnet-ids SUBNET-ID # once its apps are stopped"
        );
        let texts = (wanted.to_owned(), is.to_owned());
        view.found(into, domain, (RULE, SETTING.to_owned()), texts, by_update(&domain.place, &flags));
    }
}

fn name(network: Network) -> &'static str {
    match network {
        Network::VpcOnly => "VpcOnly",
        Network::PublicInternetOnly => "PublicInternetOnly",
    }
}
