//! Which app: the one name that every part of the product uses.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::ids::{AccountId, AppName, DomainId, IdError, Partition, Region, SpaceName, UserProfileName};

/// A Studio app, named so that it cannot be mistaken for a later one.
///
/// SageMaker reuses app names (`default`), so the creation time belongs to the
/// identity. `created_at` is `None` where whoever made the reference could not
/// see it, as inside an app that may not call `DescribeApp`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct AppRef {
    /// Partition of the ARN.
    pub partition: Partition,
    /// Region of the domain.
    pub region: Region,
    /// Account of the domain.
    pub account: AccountId,
    /// The domain.
    pub domain: DomainId,
    /// The space or user profile that the app stands in.
    #[serde(flatten)]
    pub owner: AppOwner,
    /// The app type.
    pub app_type: AppType,
    /// The app's name.
    pub name: AppName,
    /// `CreationTime`, in UTC.
    pub created_at: Option<Timestamp>,
}

/// Where an app stands: apps in a space have no user profile name, and the reverse.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AppOwner {
    /// In a space (private or shared).
    Space(SpaceName),
    /// Directly under a user profile (Studio Classic, RStudio, Canvas).
    UserProfile(UserProfileName),
}

impl AppOwner {
    /// The name of the space or user profile, as it stands in ARNs.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Space(name) => name.as_str(),
            Self::UserProfile(name) => name.as_str(),
        }
    }
}

macro_rules! app_types {
    ($($variant:ident),* $(,)?) => {
        /// SageMaker's app types, by the API's own names (enum `AppType` of the API model).
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum AppType { $(#[doc = concat!("`", stringify!($variant), "`.")] $variant,)* }

        impl AppType {
            /// Every app type.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The API's name.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => stringify!($variant),)* }
            }
        }
    };
}

app_types! {
    JupyterServer, KernelGateway, DetailedProfiler, TensorBoard, CodeEditor, JupyterLab,
    RStudioServerPro, RSessionGateway, Canvas,
}

impl fmt::Display for AppType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for AppType {
    type Err = AppArnError;

    /// The app type of that name; upper and lower case are the same, as in ARNs.
    fn from_str(name: &str) -> Result<Self, AppArnError> {
        Self::ALL
            .iter()
            .copied()
            .find(|t| t.as_str().eq_ignore_ascii_case(name))
            .ok_or_else(|| AppArnError::AppType(name.chars().take(80).collect()))
    }
}

/// An app ARN that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AppArnError {
    /// Not of the form of an app's ARN.
    #[error(
        "{0:?} is not an app ARN \
         (arn:PARTITION:sagemaker:REGION:ACCOUNT:app/DOMAIN/SPACE-OR-PROFILE/TYPE/NAME)"
    )]
    Form(String),
    /// An app type that this version does not know.
    #[error("app type {0:?} is not known")]
    AppType(String),
    /// One of the names breaks SageMaker's rule.
    #[error(transparent)]
    Id(#[from] IdError),
}

impl AppRef {
    /// The app that an ARN names, without its creation time.
    ///
    /// The ARN does not tell a space from a user profile, so the caller says
    /// which one it is.
    ///
    /// # Errors
    /// [`AppArnError`] when the ARN is of another form or a name in it is not valid.
    pub fn from_arn(arn: &str, in_space: bool) -> Result<Self, AppArnError> {
        let form = || AppArnError::Form(arn.chars().take(200).collect());
        let parts: Vec<&str> = arn.splitn(6, ':').collect();
        let ["arn", partition, "sagemaker", region, account, resource] = parts[..] else {
            return Err(form());
        };
        let path: Vec<&str> = resource.split('/').collect();
        let ["app", domain, owner, app_type, name] = path[..] else {
            return Err(form());
        };
        let owner = if in_space {
            AppOwner::Space(SpaceName::parse(owner)?)
        } else {
            AppOwner::UserProfile(UserProfileName::parse(owner)?)
        };
        Ok(Self {
            partition: Partition::parse(partition)?,
            region: Region::parse(region)?,
            account: AccountId::parse(account)?,
            domain: DomainId::parse(domain)?,
            owner,
            app_type: app_type.parse()?,
            name: AppName::parse(name)?,
            created_at: None,
        })
    }

    /// The app's ARN.
    #[must_use]
    pub fn arn(&self) -> String {
        let Self { partition, region, account, domain, owner, app_type, name, created_at: _ } = self;
        format!("arn:{partition}:sagemaker:{region}:{account}:app/{domain}/{}/{app_type}/{name}", owner.name())
    }
}

impl fmt::Display for AppRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}/{}", self.domain, self.owner.name(), self.app_type, self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arn_reads_back_in_every_partition() {
        for partition in ["aws", "aws-cn", "aws-us-gov"] {
            let arn =
                format!("arn:{partition}:sagemaker:eu-west-1:111122223333:app/d-abc123/space-1/JupyterLab/default");
            let app = AppRef::from_arn(&arn, true).expect("valid");
            assert_eq!(app.arn(), arn);
            assert_eq!(app.owner, AppOwner::Space(SpaceName::parse("space-1").expect("valid")));
        }
    }

    #[test]
    fn what_is_no_app_arn_is_refused() {
        for arn in [
            "",
            "arn:aws:s3:::bucket",
            "arn:aws:sagemaker:eu-west-1:111122223333:space/d-abc123/space-1",
            "arn:aws:sagemaker:eu-west-1:111122223333:app/d-abc123/-x/JupyterLab/default",
            "arn:aws:sagemaker:eu-west-1:1111:app/d-abc123/x/JupyterLab/default",
            "arn:aws:sagemaker:eu-west-1:111122223333:app/d-abc123/x/Minesweeper/default",
        ] {
            assert!(AppRef::from_arn(arn, true).is_err(), "{arn}");
        }
    }

    #[test]
    fn a_reference_keeps_its_shape_on_the_wire() {
        let arn = "arn:aws:sagemaker:us-east-1:111122223333:app/d-abc123/ds-1/JupyterServer/default";
        let app = AppRef::from_arn(arn, false).expect("valid");
        let json = serde_json::to_value(&app).expect("plain data");
        assert_eq!(json["user_profile"], "ds-1");
        assert_eq!(json["app_type"], "JupyterServer");
        assert_eq!(serde_json::from_value::<AppRef>(json).expect("reads back"), app);
    }
}
