//! Where the rights hold: what names and ARNs documents are written with.

use idle_core::{AccountId, DomainId, Partition};

/// Where the rights hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The partition that ARNs name.
    pub partition: Partition,
    /// The account that ARNs name; any where there is none: a policy gives rights in its own account alone.
    pub account: Option<AccountId>,
    /// The domains.
    pub domains: Domains,
    /// The bucket of artifacts, evidence and ledger; without it nothing is allowed in S3.
    pub bucket: Option<String>,
    /// The prefix of `--artifacts` in it, such as `idle-agent/`.
    pub artifacts: String,
    /// The prefix of `--evidence` in it, which policies and the kill switch may share.
    pub evidence: String,
    /// The prefix of `--ledger` in it.
    pub ledger: String,
    /// The ARN of the key that these are encrypted with.
    pub kms_key: Option<String>,
    /// The ARN of the topic that is told.
    pub topic: Option<String>,
    /// The parameter that is the kill switch, such as `/costctl/stop`.
    pub parameter: Option<String>,
    /// The external id that the roles ask for.
    pub external_id: Option<String>,
}

/// Domains that rights are confined to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Domains {
    /// Each one.
    All,
    /// These.
    These(Vec<DomainId>),
}

impl Place {
    /// An ARN in every region, of this account.
    pub(super) fn arn(&self, service: &str, resource: &str) -> String {
        self.arn_in(service, "*", resource)
    }

    /// An ARN of a service that has no regions.
    pub(super) fn global_arn(&self, service: &str, resource: &str) -> String {
        self.arn_in(service, "", resource)
    }

    fn arn_in(&self, service: &str, region: &str, resource: &str) -> String {
        let account = self.account.as_ref().map_or("*", AccountId::as_str);
        format!("arn:{}:{service}:{region}:{account}:{resource}", self.partition)
    }

    /// ARNs of SageMaker with each domain in the place of `{}`.
    pub(super) fn of_domains(&self, resource: &str) -> Vec<String> {
        let arn = |domain: &str| self.arn("sagemaker", &resource.replace("{}", domain));
        match &self.domains {
            Domains::All => vec![arn("*")],
            Domains::These(domains) => domains.iter().map(|domain| arn(domain.as_str())).collect(),
        }
    }

    /// The ARN of objects below a prefix of the bucket, if there is one.
    pub(super) fn objects(&self, prefix: &str) -> Vec<String> {
        self.bucket_arn(&format!("/{prefix}*"))
    }

    /// The ARN of the bucket with this behind it, if there is one.
    pub(super) fn bucket_arn(&self, rest: &str) -> Vec<String> {
        let arn = |bucket: &String| format!("arn:{}:s3:::{bucket}{rest}", self.partition);
        self.bucket.iter().map(arn).collect()
    }

    /// Names of a service as `kms:ViaService` has them, in every region.
    pub(super) fn via(&self, service: &str) -> String {
        let suffix = if self.partition.as_str() == "aws-cn" { "amazonaws.com.cn" } else { "amazonaws.com" };
        format!("{service}.*.{suffix}")
    }
}
