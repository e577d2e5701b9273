//! Identity, region, and whether SageMaker can be read.

use crate::aws::config;
use crate::cli::{Doctor, Global};
use crate::observe::Pace;
use crate::render::Check;

/// What was checked, in the order in which one thing rests on another.
pub(super) async fn checks(global: &Global, args: &Doctor) -> Vec<Check> {
    let config = config(global.region.first().map(String::as_str)).await;
    let pace = Pace::new(global.reads_per_second, global.writes_per_second);
    let (sts, sagemaker) = (aws_sdk_sts::Client::new(&config), aws_sdk_sagemaker::Client::new(&config));
    let identity = pace.read("GetCallerIdentity", async || sts.get_caller_identity().send().await).await;
    let domains = pace.read("ListDomains", async || sagemaker.list_domains().max_results(100).send().await).await;
    let mut checks = vec![
        match config.region() {
            Some(region) => Check::new("region", true, region.to_string()),
            None => Check::new("region", false, "none; hint: --region, or AWS_REGION".to_owned()),
        },
        match &identity {
            Ok(identity) => Check::new("identity", true, identity.arn().unwrap_or("without an ARN").to_owned()),
            Err(error) => Check::new("identity", false, error.to_string()),
        },
        match &domains {
            Ok(page) => {
                let more = if page.next_token().is_some() { " or more" } else { "" };
                Check::new("list-domains", true, format!("{}{more} seen", page.domains().len()))
            }
            Err(error) => Check::new("list-domains", false, error.to_string()),
        },
    ];
    // Those that --vpc looks at it tells of itself.
    for id in args.domain.iter().filter(|_| !args.vpc) {
        let call = async || sagemaker.describe_domain().domain_id(id.as_str()).send().await;
        checks.push(match pace.read("DescribeDomain", call).await {
            Ok(domain) => {
                let text = |value: Option<&str>| value.unwrap_or("unknown").to_owned();
                let status = text(domain.status().map(|status| status.as_str()));
                let network = text(domain.app_network_access_type().map(|network| network.as_str()));
                Check::new("domain", true, format!("{id} is {status}, {network}"))
            }
            Err(error) => Check::new("domain", false, error.of(id).to_string()),
        });
    }
    checks
}
