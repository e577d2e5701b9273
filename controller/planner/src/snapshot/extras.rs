//! What only money needs to know of an account and region. Nothing is stopped, kept or
//! protected by any of it.

use std::collections::BTreeMap;

use idle_core::{DomainId, EndpointName, NotebookInstanceName, SpaceName, UserProfileName};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{App, ScopeSeen, Space, TagsSeen, UnifiedNames};

type Tags = BTreeMap<String, String>;

/// What is looked at for money alone.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extras {
    /// The tag keys that were asked for. Of others nothing is known.
    #[serde(default)]
    pub tag_keys: Vec<String>,
    /// The tags of these keys by the ARN of their resource, in lower case: SageMaker writes names
    /// either way. Resources that have none of them are left out.
    #[serde(default)]
    pub tags: BTreeMap<String, Tags>,
    /// Why tags are not known; then none are here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tags_unread: Option<String>,
    /// Interface VPC endpoints of the domains' VPCs, each once, by domain and id.
    #[serde(default)]
    pub vpc_endpoints: Vec<VpcEndpointSeen>,
    /// Why there may be more of them than are here, some of which may be gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vpc_unread: Option<String>,
    /// Projects and people of Unified Studio, where they were asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unified_studio: Option<UnifiedNames>,
}

/// An interface VPC endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VpcEndpointSeen {
    /// The first domain of its VPC, by id: it bills once, whoever shares it.
    pub domain: DomainId,
    /// The other domains of this VPC.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shared_with: Vec<DomainId>,
    /// `VpcEndpointId`.
    pub id: String,
    /// The VPC.
    pub vpc: String,
    /// Such as `com.amazonaws.eu-west-1.sagemaker.api`.
    pub service_name: String,
    /// Such as `available`, in EC2's words.
    pub state: String,
    /// `CreationTimestamp`, UTC.
    pub created_at: Option<Timestamp>,
    /// It bills by the hour in each: one subnet of each can belong to it.
    pub availability_zones: u32,
}

impl Extras {
    /// The reason of what nobody wanted to know.
    pub const NOT_ASKED: &str = "not asked for";

    /// What was asked for and is not known in whole, each with the reason.
    pub fn gaps(&self) -> impl Iterator<Item = (&str, &str)> {
        let tags = self.tags_unread.as_deref().map(|why| ("tags", why));
        let vpc = self.vpc_unread.as_deref().filter(|why| *why != Self::NOT_ASKED);
        let unified = self.unified_studio.iter().flat_map(|names| &names.unseen);
        let unified = unified.map(|unseen| (unseen.what.as_str(), unseen.why.as_str()));
        tags.into_iter().chain(vpc.map(|why| ("VPC endpoints", why))).chain(unified)
    }
}

impl VpcEndpointSeen {
    /// Whether it bills: while it is provisioned, whether its service accepts it or not
    /// (AWS `PrivateLink` pricing).
    #[must_use]
    pub fn bills(&self) -> bool {
        !["deleting", "deleted", "failed", "expired"].iter().any(|state| self.state.eq_ignore_ascii_case(state))
    }
}

/// Tags for attribution. Where they are not known the error says why, which is not the same as
/// that there are none. They must not be used for protection: that reads every tag of what it
/// protects by `ListTags`, and takes what it cannot read for protected.
impl ScopeSeen {
    /// Those of an app: its domain's, user profile's, space's and its own, the later over the earlier.
    ///
    /// # Errors
    /// When they were not asked for or could not be read.
    pub fn tags_of_app(&self, app: &App) -> Result<Tags, &str> {
        let owner = app.owner.name();
        let own = format!("app/{}/{owner}/{}/{}", app.domain, app.app_type, app.name);
        let space = self.space_of(app).map(|space| &space.name);
        self.merged(&[
            Some(domain(&app.domain)),
            self.user_profile_of(app).map(|name| user_profile(&app.domain, name)),
            space.map(|name| self::space(&app.domain, name)),
            Some(own),
        ])
    }

    /// Those of a space, and so of its volume: its domain's, its owner's and its own.
    ///
    /// # Errors
    /// As [`Self::tags_of_app`].
    pub fn tags_of_space(&self, space: &Space) -> Result<Tags, &str> {
        let profile = space.owner.as_ref().map(|name| user_profile(&space.domain, name));
        self.merged(&[Some(domain(&space.domain)), profile, Some(self::space(&space.domain, &space.name))])
    }

    /// Those of a domain, and so of its VPC endpoints.
    ///
    /// # Errors
    /// As [`Self::tags_of_app`].
    pub fn tags_of_domain(&self, id: &DomainId) -> Result<Tags, &str> {
        self.merged(&[Some(domain(id))])
    }

    /// Those of an endpoint; by its own description where that was read.
    ///
    /// # Errors
    /// As [`Self::tags_of_app`].
    pub fn tags_of_endpoint(&self, name: &EndpointName) -> Result<Tags, &str> {
        let at = self.endpoints.binary_search_by(|endpoint| endpoint.name.cmp(name)).ok();
        let close_up = at.and_then(|at| self.endpoints[at].close_up.as_ref().ok());
        match (&self.extras, close_up.map(|close_up| &close_up.tags)) {
            (Some(extras), Some(TagsSeen::Read(tags))) if !extras.tag_keys.is_empty() => {
                let wanted = tags.iter().filter(|(key, _)| extras.tag_keys.contains(key));
                Ok(wanted.map(|(key, value)| (key.clone(), value.clone())).collect())
            }
            _ => self.merged(&[Some(format!("endpoint/{name}"))]),
        }
    }

    /// Those of a notebook instance.
    ///
    /// # Errors
    /// As [`Self::tags_of_app`].
    pub fn tags_of_notebook_instance(&self, name: &NotebookInstanceName) -> Result<Tags, &str> {
        self.merged(&[Some(format!("notebook-instance/{name}"))])
    }

    fn merged(&self, resources: &[Option<String>]) -> Result<Tags, &str> {
        let asked = self.extras.as_deref().filter(|extras| !extras.tag_keys.is_empty());
        let extras = asked.ok_or("no tags were asked for")?;
        if let Some(why) = &extras.tags_unread {
            return Err(why);
        }
        let mut merged = Tags::new();
        for resource in resources.iter().flatten() {
            if let Some(tags) = extras.tags.get(&self.arn(resource)) {
                merged.extend(tags.iter().map(|(key, value)| (key.clone(), value.clone())));
            }
        }
        Ok(merged)
    }

    /// The ARN of a resource of SageMaker's in this account and region, in lower case.
    #[must_use]
    pub fn arn(&self, resource: &str) -> String {
        let scope = &self.scope;
        format!("arn:{}:sagemaker:{}:{}:{resource}", scope.partition, scope.region, scope.account).to_ascii_lowercase()
    }
}

fn domain(id: &DomainId) -> String {
    format!("domain/{id}")
}

fn user_profile(domain: &DomainId, name: &UserProfileName) -> String {
    format!("user-profile/{domain}/{name}")
}

fn space(domain: &DomainId, name: &SpaceName) -> String {
    format!("space/{domain}/{name}")
}
