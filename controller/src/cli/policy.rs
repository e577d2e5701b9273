//! The command line of `policy`.

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Subcommand, ValueEnum};
use cost_planner::rights::{Domains, Feature, Place, Wanted};
use idle_core::{AccountId, DomainId, Partition};

use super::Output;

#[derive(Debug, Subcommand)]
pub(crate) enum Policy {
    /// The execution role of apps and notebook instances, for the agent in them.
    Agent(RolePolicy),
    /// costctl-reader: looks, in each account.
    Reader(RolePolicy),
    /// costctl-actor: stops what a sweep stops, in each account.
    Actor(ActorPolicy),
    /// costctl-installer: installs, takes back and hides, in each account.
    Installer(RolePolicy),
    /// costctl-central: the caller, which assumes the others and keeps evidence, ledger and metrics.
    Central(RolePolicy),
    /// A person who works in Studio, by the principal tag studiouserid.
    DataScientist(PersonPolicy),
    /// Who may assume costctl-reader, costctl-actor and costctl-installer.
    Trust(TrustPolicy),
}

#[derive(Debug, Args)]
pub(crate) struct RolePolicy {
    /// For these alone, and what they cannot do without [default: all that is not asked for by name].
    #[arg(long, env = "COSTCTL_FEATURES", value_name = "FEATURE", value_delimiter = ',', value_parser = feature(),
          help_heading = "Extent")]
    pub(crate) features: Vec<Feature>,
    #[command(flatten)]
    pub(crate) place: PlaceFlags,
    /// The document itself, or a table of what is for what.
    #[arg(long, env = "COSTCTL_OUTPUT", value_enum, default_value = "json", help_heading = "Output")]
    pub(crate) output: Output,
}

#[derive(Debug, Args)]
pub(crate) struct ActorPolicy {
    /// What may be done to endpoints.
    #[arg(long, env = "COSTCTL_ENDPOINTS", value_enum, default_value = "keep", help_heading = "Extent")]
    pub(crate) endpoints: Endpoints,
    #[command(flatten)]
    pub(crate) place: PlaceFlags,
    /// The document itself, or a table of what is for what.
    #[arg(long, env = "COSTCTL_OUTPUT", value_enum, default_value = "json", help_heading = "Output")]
    pub(crate) output: Output,
}

#[derive(Debug, Args)]
pub(crate) struct PersonPolicy {
    #[command(flatten)]
    pub(crate) place: PlaceFlags,
}

#[derive(Debug, Args)]
pub(crate) struct TrustPolicy {
    /// The ARN of who may assume them; may be given several times.
    #[arg(long, env = "COSTCTL_PRINCIPAL", value_name = "ARN", value_delimiter = ',', required = true,
          value_parser = arn, help_heading = "Scope")]
    pub(crate) principal: Vec<String>,
    /// The external id that they have to give.
    #[arg(long, env = "COSTCTL_EXTERNAL_ID", value_name = "ID", value_parser = external_id, help_heading = "Scope")]
    pub(crate) external_id: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Endpoints {
    Keep,
    Scale,
    Delete,
}

/// Where the rights hold.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Scope")]
pub(crate) struct PlaceFlags {
    /// The account that ARNs name [default: any, for a policy gives rights in its own account alone].
    #[arg(long, env = "COSTCTL_ACCOUNT", value_name = "ACCOUNT", value_parser = AccountId::parse)]
    account: Option<AccountId>,
    /// The partition that ARNs name.
    #[arg(long, env = "COSTCTL_PARTITION", value_name = "PARTITION", value_parser = Partition::parse, default_value = "aws")]
    partition: Partition,
    /// Only in this domain; may be given several times [default: each one].
    #[arg(long, env = "COSTCTL_DOMAIN", value_name = "DOMAIN-ID", value_parser = DomainId::parse, value_delimiter = ',')]
    domain: Vec<DomainId>,
    /// The external id that the roles ask for.
    #[arg(long, env = "COSTCTL_EXTERNAL_ID", value_name = "ID", value_parser = external_id)]
    external_id: Option<String>,
    /// The bucket of artifacts, evidence and ledger; without it nothing is allowed in S3.
    #[arg(long, env = "COSTCTL_BUCKET", value_name = "BUCKET", value_parser = bucket)]
    bucket: Option<String>,
    /// The prefix of --artifacts in it.
    #[arg(long, env = "COSTCTL_ARTIFACTS_PREFIX", value_name = "PREFIX", value_parser = prefix, default_value = "idle-agent/")]
    artifacts_prefix: String,
    /// The prefix of --evidence in it, and of a policy or kill switch in the bucket.
    #[arg(long, env = "COSTCTL_EVIDENCE_PREFIX", value_name = "PREFIX", value_parser = prefix, default_value = "costctl/")]
    evidence_prefix: String,
    /// The prefix of --ledger in it.
    #[arg(long, env = "COSTCTL_LEDGER_PREFIX", value_name = "PREFIX", value_parser = prefix, default_value = "costctl-ledger/")]
    ledger_prefix: String,
    /// The KMS key that these are encrypted with.
    #[arg(long, env = "COSTCTL_KMS_KEY", value_name = "KEY-ARN", value_parser = arn)]
    kms_key: Option<String>,
    /// The topic that is told.
    #[arg(long, env = "COSTCTL_TOPIC", value_name = "ARN", value_parser = arn)]
    topic: Option<String>,
    /// The parameter that is the kill switch.
    #[arg(long, env = "COSTCTL_PARAMETER", value_name = "NAME", value_parser = parameter)]
    parameter: Option<String>,
}

impl PlaceFlags {
    /// The place that these flags name.
    pub(crate) fn place(&self) -> Place {
        let Self {
            account,
            partition,
            domain,
            external_id,
            bucket,
            artifacts_prefix,
            evidence_prefix,
            ledger_prefix,
            kms_key,
            topic,
            parameter,
        } = self;
        Place {
            partition: partition.clone(),
            account: account.clone(),
            domains: if domain.is_empty() { Domains::All } else { Domains::These(domain.clone()) },
            bucket: bucket.clone(),
            artifacts: artifacts_prefix.clone(),
            evidence: evidence_prefix.clone(),
            ledger: ledger_prefix.clone(),
            kms_key: kms_key.clone(),
            topic: topic.clone(),
            parameter: parameter.clone(),
            external_id: external_id.clone(),
        }
    }
}

impl RolePolicy {
    /// Which of the role's rights are wanted.
    pub(crate) fn wanted(&self) -> Wanted {
        if self.features.is_empty() { Wanted::Usual } else { Wanted::These(self.features.clone()) }
    }
}

impl ActorPolicy {
    /// Which of the role's rights are wanted.
    pub(crate) fn wanted(&self) -> Wanted {
        Wanted::These(vec![match self.endpoints {
            Endpoints::Keep => Feature::Act,
            Endpoints::Scale => Feature::ScaleEndpoints,
            Endpoints::Delete => Feature::DeleteEndpoints,
        }])
    }
}

/// The features by their names.
fn feature() -> impl TypedValueParser<Value = Feature> {
    let names = Feature::ALL.iter().map(|feature| feature.name());
    PossibleValuesParser::new(names).try_map(|name| name.parse())
}

fn arn(text: &str) -> Result<String, String> {
    let is_arn = text.starts_with("arn:aws") && text.splitn(6, ':').count() == 6 && !has_pattern(text);
    if is_arn {
        Ok(text.to_owned())
    } else {
        Err("a whole ARN, such as arn:aws:iam::111122223333:role/NAME".to_owned())
    }
}

fn bucket(text: &str) -> Result<String, String> {
    let in_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-".contains(c);
    let is_name = (3..=63).contains(&text.len()) && text.chars().all(in_name);
    if is_name { Ok(text.to_owned()) } else { Err("the name of a bucket, without s3://".to_owned()) }
}

/// A prefix that is a folder: `costctl` alone would be one of `costctl-ledger/` too.
fn prefix(text: &str) -> Result<String, String> {
    let is_folder = text.is_empty() || (text.ends_with('/') && !text.starts_with('/') && !has_pattern(text));
    if is_folder { Ok(text.to_owned()) } else { Err("a folder in the bucket, such as costctl/".to_owned()) }
}

fn parameter(text: &str) -> Result<String, String> {
    let in_name = |c: char| c.is_ascii_alphanumeric() || "_.-/".contains(c);
    let is_name = (1..=1011).contains(&text.len()) && text.chars().all(in_name);
    if is_name { Ok(text.to_owned()) } else { Err("the name of a parameter, such as /costctl/stop".to_owned()) }
}

/// By the rule of STS.
fn external_id(text: &str) -> Result<String, String> {
    let in_id = |c: char| c.is_ascii_alphanumeric() || "_+=,.@:/-".contains(c);
    let is_id = (2..=1224).contains(&text.len()) && text.chars().all(in_id);
    if is_id { Ok(text.to_owned()) } else { Err("2 to 1224 letters, digits or _+=,.@:/-".to_owned()) }
}

/// Whether a policy would take the text for a pattern or a variable.
fn has_pattern(text: &str) -> bool {
    text.contains(['*', '?', '$', '{', '}']) || text.chars().any(char::is_whitespace)
}
