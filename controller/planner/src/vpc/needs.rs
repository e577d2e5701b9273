//! Which endpoints a VPC without another way out has to have, and what for.

use super::calls::Caller;
use super::seen::DomainNetwork;

/// How much rests on an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    /// Some use of it.
    Optional,
    /// Something that is always done.
    Needed,
}

/// An endpoint and what for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Need {
    /// The end of its name, behind the region.
    pub(super) service: &'static str,
    /// What its name begins with.
    pub(super) prefix: &'static str,
    /// How much of the domain rests on it, and of the controller.
    pub(super) level: Level,
    /// What it is for.
    pub(super) for_what: &'static str,
}

/// Where the Price List API can be reached from within a VPC.
pub(super) const PRICING_REGIONS: &[&str] = &["us-east-1", "ap-south-1", "eu-central-1", "cn-northwest-1"];

const AWS: &str = "com.amazonaws";
const STUDIO: &str = "aws.sagemaker";

use Level::{Needed, Optional};

/// What a domain's apps need, as SageMaker's documentation of VPC-only domains names it.
const OF_APPS: &[(&str, &str, Level, &str)] = &[
    ("sagemaker.api", AWS, Needed, "Studio; the agent's stop"),
    ("s3", AWS, Needed, "data; the script fetches the agent"),
    ("monitoring", AWS, Needed, "the agent's heartbeat"),
    ("sts", AWS, Needed, "credentials"),
    ("logs", AWS, Needed, "logs of apps and jobs"),
    ("sagemaker.runtime", AWS, Needed, "notebooks; calls of endpoints"),
    ("studio", STUDIO, Needed, "Studio in a browser in the VPC"),
    ("kms", AWS, Optional, "keys of the customer"),
    ("ecr.api", AWS, Optional, "images of your own"),
    ("ecr.dkr", AWS, Optional, "images of your own"),
    ("servicecatalog", AWS, Optional, "SageMaker Projects"),
    ("ec2", AWS, Optional, "jobs in a VPC"),
    ("ssm", AWS, Optional, "parameters"),
    ("events", AWS, Optional, "rules of EventBridge"),
];

/// What the controller needs where it runs in the VPC.
const OF_CONTROLLER: &[(&str, Level, &str)] = &[
    ("sagemaker.api", Needed, "every look and act"),
    ("s3", Needed, "evidence and ledger"),
    ("monitoring", Needed, "heartbeats"),
    ("sts", Needed, "who it is; roles"),
    ("application-autoscaling", Optional, "what scales endpoints"),
    ("ec2", Optional, "--vpc-endpoints, this check"),
    ("servicequotas", Optional, "allowlist --check"),
    ("sns", Optional, "--notify"),
    ("ssm", Optional, "--kill-switch ssm:"),
    ("tagging", Optional, "--tag-keys"),
    ("pricing.api", Optional, "prices refresh"),
];

/// What these callers need in the VPC of this domain, each endpoint once.
pub(super) fn needs(network: &DomainNetwork, callers: &[Caller]) -> Vec<Need> {
    let mut needs: Vec<Need> = Vec::new();
    for (service, prefix, level, for_what) in OF_APPS {
        let level = if *service == "kms" && network.has_customer_key { Needed } else { *level };
        needs.push(Need { service, prefix, level, for_what });
    }
    if !callers.contains(&Caller::Controller) {
        return needs;
    }
    let region = network.scope.region.as_str();
    for (service, level, for_what) in OF_CONTROLLER {
        if *service == "pricing.api" && !PRICING_REGIONS.contains(&region) {
            continue;
        }
        match needs.iter_mut().find(|need| need.service == *service) {
            Some(need) => need.level = need.level.max(*level),
            None => needs.push(Need { service, prefix: AWS, level: *level, for_what }),
        }
    }
    needs
}

impl Need {
    /// The name of the service in this region. In China most begin with `cn.`, so that an
    /// endpoint is known by the end of its name.
    pub(super) fn name(&self, network: &DomainNetwork) -> String {
        format!("{}.{}.{}", self.prefix, network.scope.region, self.service)
    }

    /// Whether an endpoint of this service name answers it.
    pub(super) fn is(&self, service_name: &str, region: &str) -> bool {
        service_name.strip_suffix(self.service).is_some_and(|rest| rest.ends_with(&format!(".{region}.")))
    }
}
