//! The two services, their protocols and their endpoints.

use idle_core::ResourceRef;
use reqwest::Url;

/// A service that the agent calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Service {
    /// The control plane.
    SageMaker,
    /// Metrics.
    CloudWatch,
}

impl Service {
    /// The name that signatures carry.
    pub(super) fn signing_name(self) -> &'static str {
        match self {
            Self::SageMaker => "sagemaker",
            Self::CloudWatch => "monitoring",
        }
    }

    /// The media type of the service's JSON protocol (API models: `awsJson1_1`, `awsJson1_0`).
    pub(super) fn content_type(self) -> &'static str {
        match self {
            Self::SageMaker => "application/x-amz-json-1.1",
            Self::CloudWatch => "application/x-amz-json-1.0",
        }
    }

    /// The value of `X-Amz-Target` for an operation.
    pub(super) fn target(self, operation: &str) -> String {
        match self {
            Self::SageMaker => format!("SageMaker.{operation}"),
            Self::CloudWatch => format!("GraniteServiceVersion20100801.{operation}"),
        }
    }

    /// Where the service of this resource's region listens, or where the SDKs' own
    /// variables say that it does, such as the name of a VPC endpoint.
    ///
    /// # Errors
    /// A sentence fragment when a variable holds no URL.
    pub(super) fn url(self, resource: &ResourceRef) -> Result<Url, String> {
        let own = match self {
            Self::SageMaker => "AWS_ENDPOINT_URL_SAGEMAKER",
            Self::CloudWatch => "AWS_ENDPOINT_URL_CLOUDWATCH",
        };
        for name in [own, "AWS_ENDPOINT_URL"] {
            if let Some(text) = std::env::var(name).ok().filter(|text| !text.is_empty()) {
                return Url::parse(&text).map_err(|error| format!("{name} is {text:?}: {error}"));
            }
        }
        let host = self.host(resource.region().as_str(), partition(resource));
        Url::parse(&format!("https://{host}/")).map_err(|error| format!("{host}: {error}"))
    }

    fn host(self, region: &str, partition: &str) -> String {
        let suffix = dns_suffix(partition);
        match self {
            Self::SageMaker => format!("api.sagemaker.{region}.{suffix}"),
            Self::CloudWatch => format!("monitoring.{region}.{suffix}"),
        }
    }
}

fn partition(resource: &ResourceRef) -> &str {
    match resource {
        ResourceRef::App(app) => app.partition.as_str(),
        ResourceRef::NotebookInstance(instance) => instance.partition.as_str(),
    }
}

/// The domain of a partition's endpoints (botocore, `partitions.json`).
fn dns_suffix(partition: &str) -> &'static str {
    match partition {
        "aws-cn" => "amazonaws.com.cn",
        "aws-iso" => "c2s.ic.gov",
        "aws-iso-b" => "sc2s.sgov.gov",
        "aws-iso-e" => "cloud.adc-e.uk",
        "aws-iso-f" => "csp.hci.ic.gov",
        "aws-eusc" => "amazonaws.eu",
        _ => "amazonaws.com",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_partition_has_its_own_hosts() {
        for (service, region, partition, host) in [
            (Service::SageMaker, "eu-west-1", "aws", "api.sagemaker.eu-west-1.amazonaws.com"),
            (Service::CloudWatch, "eu-west-1", "aws", "monitoring.eu-west-1.amazonaws.com"),
            (Service::SageMaker, "cn-north-1", "aws-cn", "api.sagemaker.cn-north-1.amazonaws.com.cn"),
            (Service::CloudWatch, "us-gov-west-1", "aws-us-gov", "monitoring.us-gov-west-1.amazonaws.com"),
            (Service::SageMaker, "us-iso-east-1", "aws-iso", "api.sagemaker.us-iso-east-1.c2s.ic.gov"),
        ] {
            assert_eq!(service.host(region, partition), host);
        }
    }
}
