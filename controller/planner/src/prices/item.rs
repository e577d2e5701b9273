//! What a line of a price list is for, read from its usage type.

use std::fmt;
use std::str::FromStr;

use idle_core::InstanceType;
use serde::{Deserialize, Serialize};

use super::Component;

/// What has a price in one region. Its text is a usage type without the region's prefix.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Item {
    /// An instance, such as `Studio:JupyterLab-ml.t3.medium` or `Host:ml.m5.xlarge`.
    Instance(Component, InstanceType),
    /// A second of work of a serverless endpoint with so many gigabytes.
    Serverless(u32),
    /// A second of one unit of provisioned concurrency, at work or not.
    ProvisionedConcurrency(u32),
    /// A second of its work, which bills beside that.
    ProvisionedWork(u32),
    /// The volume of something.
    Volume(VolumeOf, VolumeType),
    /// An interface VPC endpoint in one availability zone.
    VpcEndpoint,
}

/// What a volume belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum VolumeOf {
    /// A space.
    Studio,
    /// A notebook instance.
    Notebook,
    /// An endpoint.
    Hosting,
    /// A training job.
    Training,
    /// A processing job.
    Processing,
}

/// The type of a volume.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum VolumeType {
    /// General purpose, second generation.
    Gp2,
    /// General purpose, third generation: what spaces have.
    Gp3,
}

/// A text that is no item.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no usage type that is known")]
pub struct ItemError(String);

const SERVERLESS: &str = "ServerlessInf:Mem-";
const WARM: &str = "ProvisionedConcurrency:Usage-";
const WORK: &str = "ProvisionedConcurrency:Mem-";
const VPC_ENDPOINT: &str = "VpcEndpoint-Hours";
const VOLUME: &str = ":VolumeUsage.";

const VOLUMES: [(VolumeOf, &str); 5] = [
    (VolumeOf::Studio, "Studio"),
    (VolumeOf::Notebook, "Notebk"),
    (VolumeOf::Hosting, "Host"),
    (VolumeOf::Training, "Train"),
    (VolumeOf::Processing, "Processing"),
];
const VOLUME_TYPES: [(VolumeType, &str); 2] = [(VolumeType::Gp2, "gp2"), (VolumeType::Gp3, "gp3")];

impl Item {
    /// What this usage type is for; `None` for what is not known, as nothing near it stands in for it.
    #[must_use]
    pub fn of_usage_type(usage_type: &str) -> Option<Self> {
        Self::of_rest(without_prefix(usage_type))
    }

    fn of_rest(usage: &str) -> Option<Self> {
        if let Some(at) = usage.find("ml.") {
            let (head, instance_type) = usage.split_at(at);
            let component = Component::of_usage(head.strip_suffix(['-', ':'])?)?;
            return Some(Self::Instance(component, typed(instance_type)?));
        }
        if let Some((of, volume_type)) = usage.split_once(VOLUME) {
            let of = VOLUMES.iter().find(|(_, name)| *name == of)?.0;
            return Some(Self::Volume(of, VOLUME_TYPES.iter().find(|(_, name)| *name == volume_type)?.0));
        }
        let gigabytes = |head: &str| -> Option<u32> {
            let number = usage.strip_prefix(head)?.strip_suffix("GB")?;
            number.parse().ok().filter(|gb| (1..=64).contains(gb))
        };
        gigabytes(SERVERLESS)
            .map(Self::Serverless)
            .or_else(|| gigabytes(WARM).map(Self::ProvisionedConcurrency))
            .or_else(|| gigabytes(WORK).map(Self::ProvisionedWork))
            .or_else(|| (usage == VPC_ENDPOINT).then_some(Self::VpcEndpoint))
    }
}

/// Regions have prefixes by no rule: `USE1-`, `EU-` for eu-west-1, and none at times. All
/// are capitals and digits, as no name of a component is.
fn without_prefix(usage_type: &str) -> &str {
    let is_prefix = |text: &str| {
        (2..=6).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
    };
    match usage_type.split_once('-') {
        Some((prefix, rest)) if is_prefix(prefix) => rest,
        _ => usage_type,
    }
}

/// An instance type with nothing behind it: `ml.FAMILY.SIZE`.
fn typed(text: &str) -> Option<InstanceType> {
    let mut parts = text.split('.');
    let is_part = |part: Option<&str>, more: &str| {
        part.is_some_and(|part| {
            !part.is_empty()
                && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || more.contains(b as char))
        })
    };
    let of_form =
        parts.next() == Some("ml") && is_part(parts.next(), "-") && is_part(parts.next(), "") && parts.next().is_none();
    if of_form { InstanceType::parse(text).ok() } else { None }
}

impl fmt::Display for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = |wanted: VolumeOf| VOLUMES.iter().find(|(of, _)| *of == wanted).map_or("", |(_, name)| name);
        match self {
            Self::Instance(component, instance_type) => {
                let (name, separator) = component.usage();
                write!(f, "{name}{separator}{instance_type}")
            }
            Self::Serverless(gb) => write!(f, "{SERVERLESS}{gb}GB"),
            Self::ProvisionedConcurrency(gb) => write!(f, "{WARM}{gb}GB"),
            Self::ProvisionedWork(gb) => write!(f, "{WORK}{gb}GB"),
            Self::Volume(of, VolumeType::Gp2) => write!(f, "{}{VOLUME}gp2", name(*of)),
            Self::Volume(of, VolumeType::Gp3) => write!(f, "{}{VOLUME}gp3", name(*of)),
            Self::VpcEndpoint => f.write_str(VPC_ENDPOINT),
        }
    }
}

impl FromStr for Item {
    type Err = ItemError;

    fn from_str(text: &str) -> Result<Self, ItemError> {
        Self::of_rest(text).ok_or_else(|| ItemError(text.chars().take(100).collect()))
    }
}

impl TryFrom<String> for Item {
    type Error = ItemError;

    fn try_from(text: String) -> Result<Self, ItemError> {
        text.parse()
    }
}

impl From<Item> for String {
    fn from(item: Item) -> Self {
        item.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_usage_type_is_itself_under_every_prefix() {
        for (usage_type, text) in [
            ("USE1-Studio:JupyterLab-ml.t3.medium", "Studio:JupyterLab-ml.t3.medium"),
            ("EU-Studio:CodeEditor-ml.g4dn.xlarge", "Studio:CodeEditor-ml.g4dn.xlarge"),
            ("AFS1-Studio:KernelGateway-ml.r5.24xlarge", "Studio:KernelGateway-ml.r5.24xlarge"),
            ("EU-Studio-Notebook:ml.t3.medium", "Studio:KernelGateway-ml.t3.medium"),
            ("Host:ml.m5.xlarge", "Host:ml.m5.xlarge"),
            ("UGW1-Notebk:ml.m5.xlarge", "Notebk:ml.m5.xlarge"),
            ("USE1-Train:ml.p6-b200.48xlarge", "Train:ml.p6-b200.48xlarge"),
            ("USE1-ReservedCluster:ml.p5.48xlarge", "ReservedCluster:ml.p5.48xlarge"),
            ("USE1-Studio:VolumeUsage.gp3", "Studio:VolumeUsage.gp3"),
            ("EU-Host:VolumeUsage.gp2", "Host:VolumeUsage.gp2"),
            ("USE1-ServerlessInf:Mem-3GB", "ServerlessInf:Mem-3GB"),
            ("USE1-ProvisionedConcurrency:Usage-6GB", "ProvisionedConcurrency:Usage-6GB"),
            ("USE1-ProvisionedConcurrency:Mem-6GB", "ProvisionedConcurrency:Mem-6GB"),
            ("EUC1-VpcEndpoint-Hours", "VpcEndpoint-Hours"),
            ("VpcEndpoint-Hours", "VpcEndpoint-Hours"),
        ] {
            let item = Item::of_usage_type(usage_type).expect(usage_type);
            assert_eq!((item.to_string(), text.parse()), (text.to_owned(), Ok(item)), "{usage_type}");
        }
    }

    #[test]
    fn what_is_only_near_is_nothing() {
        for usage_type in [
            "USE1-Studio:JupyterLabs-ml.t3.medium",
            "USE1-Studio:JupyterLab-ml.t3.medium-Hosting",
            "USE1-Studio:JupyterLab-ml.t3",
            "USE1-LAX1-Host:ml.m5.xlarge",
            "USE1-Processing_DW:ml.m5.4xlarge",
            "USE1-FreeHost:ml.m5.xlarge",
            "USE1-ml.m5.xlarge",
            "USE1-Studio:VolumeUsage.io1",
            "USE1-ServerlessInf:Mem-0GB",
            "USE1-ServerlessInf:Mem-3TB",
            "USE1-VpcEndpoint-GWLBE-Hours",
            "USE1-VpcEndpoint-Bytes",
            "",
        ] {
            assert_eq!(Item::of_usage_type(usage_type), None, "{usage_type}");
        }
    }
}
