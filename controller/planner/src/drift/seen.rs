//! What drift is looked for in: raw answers of Describe, or why there is none.

use std::collections::{BTreeMap, BTreeSet};

use idle_core::{DomainId, SpaceName, UserProfileName};
use serde_json::Value;

use crate::install::{self, ConfigName, DomainSeen, HolderSeen, Scope, Tags};

/// One account and region.
#[derive(Debug, Clone)]
pub struct Seen {
    /// Which.
    pub scope: Scope,
    /// Every domain that was asked for.
    pub domains: Vec<DomainLook>,
    /// Our lifecycle configurations that are named anywhere, by ARN.
    pub configs: BTreeMap<String, ConfigSeen>,
    /// The names of the policies that are attached to execution roles, by the role's ARN; or why they could not be read.
    pub roles: BTreeMap<String, Result<Vec<String>, String>>,
    /// Where an install of ours wrote SageMaker's own idle shutdown, as far as before-images were read.
    pub native_ours: BTreeSet<install::Place>,
}

/// A domain with everything in it.
#[derive(Debug, Clone)]
pub struct DomainLook {
    /// Its id.
    pub id: DomainId,
    /// The domain itself; or why it could not be read.
    pub domain: Result<HolderSeen, String>,
    /// Each user profile that was listed, or why it could not be read; or why not all could be listed.
    pub user_profiles: Result<Vec<ProfileLook>, String>,
    /// The same of spaces.
    pub spaces: Result<Vec<SpaceLook>, String>,
}

/// A user profile.
#[derive(Debug, Clone)]
pub struct ProfileLook {
    /// Its name.
    pub name: UserProfileName,
    /// The user profile itself; or why it could not be read.
    pub seen: Result<HolderSeen, String>,
}

/// A space.
#[derive(Debug, Clone)]
pub struct SpaceLook {
    /// Its name.
    pub name: SpaceName,
    /// The answer of `DescribeSpace`; or why there is none.
    pub body: Result<Value, String>,
    /// Its tags; `None` where nobody asked.
    pub tags: Option<Tags>,
}

/// One of our lifecycle configurations.
#[derive(Debug, Clone)]
pub enum ConfigSeen {
    /// There is none of this name.
    Gone,
    /// It could not be read.
    Unread(String),
    /// It is there.
    There {
        /// Of its content as it is decoded, in hexadecimal.
        sha256: String,
        /// Its tags.
        tags: Tags,
    },
}

impl DomainLook {
    /// The same as an install looks at it: where not all of it was read, none of it is planned for.
    #[must_use]
    pub fn to_plan(&self) -> DomainSeen {
        let all = |profiles: &Vec<ProfileLook>| profiles.iter().map(|profile| profile.seen.clone()).collect();
        let user_profiles = self.user_profiles.as_ref().map_err(Clone::clone).and_then(all);
        DomainSeen { id: self.id.clone(), domain: self.domain.clone(), user_profiles }
    }

    /// The ARN of every execution role that its domain and user profiles name.
    #[must_use]
    pub fn execution_roles(&self) -> BTreeSet<String> {
        let sections = ["DefaultUserSettings", "DefaultSpaceSettings", "UserSettings"];
        let of = |body: &Value| sections.map(|section| body[section]["ExecutionRole"].as_str().map(str::to_owned));
        self.bodies().flat_map(of).flatten().collect()
    }

    /// The ARN of every lifecycle configuration of ours that its domain and user profiles name.
    #[must_use]
    pub fn configs(&self, scope: &Scope) -> BTreeSet<String> {
        let mut named = BTreeSet::new();
        self.bodies().for_each(|body| arns(body, scope, &mut named));
        named
    }

    fn bodies(&self) -> impl Iterator<Item = &Value> {
        self.holders().map(|seen| &seen.body)
    }

    /// The domain and its user profiles, as far as they were read.
    pub(super) fn holders(&self) -> impl Iterator<Item = &HolderSeen> {
        let profiles = self.user_profiles.iter().flatten().filter_map(|profile| profile.seen.as_ref().ok());
        self.domain.iter().chain(profiles)
    }
}

fn arns(value: &Value, scope: &Scope, named: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => named.extend(ConfigName::of_arn(text, scope).map(|_| text.clone())),
        Value::Array(elements) => elements.iter().for_each(|element| arns(element, scope, named)),
        Value::Object(members) => members.values().for_each(|member| arns(member, scope, named)),
        _ => {}
    }
}
