//! Names of what bills, unique within an account and region.

use std::fmt;
use std::str::FromStr;

use idle_core::{AppName, AppOwner, AppType, DomainId, EndpointName, NotebookInstanceName, SpaceName, VariantName};
use idle_core::{IdError, UserProfileName};
use thiserror::Error;

use crate::line::Kind;

/// A resource within its account and region. Its text is what lines hold.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Resource {
    /// `app/DOMAIN-ID/space/NAME/APP-TYPE/APP-NAME`, or with `user-profile` for `space`.
    App {
        /// Its domain.
        domain: DomainId,
        /// What it stands in.
        owner: AppOwner,
        /// Its type.
        app_type: AppType,
        /// Its name.
        name: AppName,
    },
    /// `notebook-instance/NAME`.
    NotebookInstance(NotebookInstanceName),
    /// `variant/ENDPOINT/VARIANT`.
    Variant(EndpointName, VariantName),
    /// `provisioned-concurrency/ENDPOINT/VARIANT`.
    ProvisionedConcurrency(EndpointName, VariantName),
    /// `volume/DOMAIN-ID/SPACE`.
    Volume(DomainId, SpaceName),
    /// `vpc-endpoint/DOMAIN-ID/VPC-ENDPOINT-ID`.
    VpcEndpoint(DomainId, String),
}

/// A text that names no resource.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{0:?} names no resource; hint: app/d-…/space/NAME/JupyterLab/default")]
pub struct ResourceError(String);

impl Resource {
    /// How it is listed.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self {
            Self::App { .. } => Kind::App,
            Self::NotebookInstance(_) => Kind::NotebookInstance,
            Self::Variant(..) => Kind::Variant,
            Self::ProvisionedConcurrency(..) => Kind::ProvisionedConcurrency,
            Self::Volume(..) => Kind::Volume,
            Self::VpcEndpoint(..) => Kind::VpcEndpoint,
        }
    }

    /// The domain that it belongs to.
    #[must_use]
    pub fn domain(&self) -> Option<&DomainId> {
        match self {
            Self::App { domain, .. } | Self::Volume(domain, _) | Self::VpcEndpoint(domain, _) => Some(domain),
            Self::NotebookInstance(_) | Self::Variant(..) | Self::ProvisionedConcurrency(..) => None,
        }
    }

    /// The space that it belongs to.
    #[must_use]
    pub fn space(&self) -> Option<&SpaceName> {
        match self {
            Self::App { owner: AppOwner::Space(space), .. } | Self::Volume(_, space) => Some(space),
            _ => None,
        }
    }

    /// The endpoint that it belongs to.
    #[must_use]
    pub fn endpoint(&self) -> Option<&EndpointName> {
        match self {
            Self::Variant(endpoint, _) | Self::ProvisionedConcurrency(endpoint, _) => Some(endpoint),
            _ => None,
        }
    }
}

impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::App { domain, owner: AppOwner::Space(owner), app_type, name } => {
                write!(f, "app/{domain}/space/{owner}/{app_type}/{name}")
            }
            Self::App { domain, owner: AppOwner::UserProfile(owner), app_type, name } => {
                write!(f, "app/{domain}/user-profile/{owner}/{app_type}/{name}")
            }
            Self::NotebookInstance(name) => write!(f, "notebook-instance/{name}"),
            Self::Variant(endpoint, variant) => write!(f, "variant/{endpoint}/{variant}"),
            Self::ProvisionedConcurrency(endpoint, variant) => {
                write!(f, "provisioned-concurrency/{endpoint}/{variant}")
            }
            Self::Volume(domain, space) => write!(f, "volume/{domain}/{space}"),
            Self::VpcEndpoint(domain, id) => write!(f, "vpc-endpoint/{domain}/{id}"),
        }
    }
}

impl FromStr for Resource {
    type Err = ResourceError;

    fn from_str(text: &str) -> Result<Self, ResourceError> {
        let parts: Vec<&str> = text.split('/').collect();
        parsed(&parts).ok().flatten().ok_or_else(|| ResourceError(text.chars().take(300).collect()))
    }
}

fn parsed(parts: &[&str]) -> Result<Option<Resource>, IdError> {
    Ok(Some(match *parts {
        ["app", domain, of, owner, app_type, name] => {
            let Some(app_type) = AppType::ALL.iter().find(|known| known.as_str() == app_type) else { return Ok(None) };
            let owner = match of {
                "space" => AppOwner::Space(SpaceName::parse(owner)?),
                "user-profile" => AppOwner::UserProfile(UserProfileName::parse(owner)?),
                _ => return Ok(None),
            };
            Resource::App { domain: DomainId::parse(domain)?, owner, app_type: *app_type, name: AppName::parse(name)? }
        }
        ["notebook-instance", name] => Resource::NotebookInstance(NotebookInstanceName::parse(name)?),
        ["variant", endpoint, variant] => {
            Resource::Variant(EndpointName::parse(endpoint)?, VariantName::parse(variant)?)
        }
        ["provisioned-concurrency", endpoint, variant] => {
            Resource::ProvisionedConcurrency(EndpointName::parse(endpoint)?, VariantName::parse(variant)?)
        }
        ["volume", domain, space] => Resource::Volume(DomainId::parse(domain)?, SpaceName::parse(space)?),
        ["vpc-endpoint", domain, id] if !id.is_empty() => {
            Resource::VpcEndpoint(DomainId::parse(domain)?, id.to_owned())
        }
        _ => return Ok(None),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_read_as_it_is_written() {
        for text in [
            "app/d-1/space/alice-lab/JupyterLab/default",
            "app/d-1/user-profile/alice/JupyterServer/default",
            "notebook-instance/old",
            "variant/chat/AllTraffic",
            "provisioned-concurrency/chat/AllTraffic",
            "volume/d-1/alice-lab",
            "vpc-endpoint/d-1/vpce-0123456789abcdef0",
        ] {
            assert_eq!(text.parse::<Resource>().map(|resource| resource.to_string()).as_deref(), Ok(text));
        }
        for wrong in ["", "app", "app/d-1/group/alice/JupyterLab/default", "app/d-1/space/a/Lab/default", "volume/x/y"]
        {
            assert!(wrong.parse::<Resource>().is_err(), "{wrong}");
        }
    }
}
