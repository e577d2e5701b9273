//! What an agent watches: a Studio app, or a notebook instance.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::app::{AppArnError, AppRef};
use crate::ids::{AccountId, NotebookInstanceName, Partition, Region};

/// What is watched, judged and stopped.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResourceRef {
    /// A Studio app.
    App(AppRef),
    /// A notebook instance: it belongs to no domain.
    NotebookInstance(NotebookInstanceRef),
}

/// A notebook instance.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct NotebookInstanceRef {
    /// Partition of the ARN.
    pub partition: Partition,
    /// Region of the instance.
    pub region: Region,
    /// Account of the instance.
    pub account: AccountId,
    /// The instance's name.
    pub name: NotebookInstanceName,
}

impl ResourceRef {
    /// The ARN.
    #[must_use]
    pub fn arn(&self) -> String {
        match self {
            Self::App(app) => app.arn(),
            Self::NotebookInstance(instance) => instance.arn(),
        }
    }

    /// The region that it stands in.
    #[must_use]
    pub fn region(&self) -> &Region {
        match self {
            Self::App(app) => &app.region,
            Self::NotebookInstance(instance) => &instance.region,
        }
    }

    /// The app, if it is one.
    #[must_use]
    pub fn app(&self) -> Option<&AppRef> {
        match self {
            Self::App(app) => Some(app),
            Self::NotebookInstance(_) => None,
        }
    }
}

impl NotebookInstanceRef {
    /// The instance that an ARN names, with the name from `name` because ARNs may be lower-cased.
    ///
    /// # Errors
    /// [`AppArnError`] when the ARN is of another form, or names another instance.
    pub fn from_arn(arn: &str, name: &str) -> Result<Self, AppArnError> {
        let form = || AppArnError::Form(arn.chars().take(200).collect());
        let parts: Vec<&str> = arn.splitn(6, ':').collect();
        let ["arn", partition, "sagemaker", region, account, resource] = parts[..] else {
            return Err(form());
        };
        let of_arn = resource.strip_prefix("notebook-instance/").ok_or_else(form)?;
        if !of_arn.eq_ignore_ascii_case(name) {
            return Err(form());
        }
        Ok(Self {
            partition: Partition::parse(partition)?,
            region: Region::parse(region)?,
            account: AccountId::parse(account)?,
            name: NotebookInstanceName::parse(name)?,
        })
    }

    /// The instance's ARN, its name in lower case as SageMaker writes it.
    #[must_use]
    pub fn arn(&self) -> String {
        let Self { partition, region, account, name } = self;
        format!("arn:{partition}:sagemaker:{region}:{account}:notebook-instance/{}", name.as_str().to_ascii_lowercase())
    }
}

impl fmt::Display for ResourceRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::App(app) => app.fmt(f),
            Self::NotebookInstance(instance) => write!(f, "notebook-instance/{}", instance.name),
        }
    }
}
