//! What a policy is asked about, and what an override or exemption selects by.

use std::collections::BTreeMap;

use idle_core::{
    AccountId, AppOwner, AppType, DomainId, EndpointName, InstanceType, NotebookInstanceName, SpaceName,
    UserProfileName,
};
use serde::Deserialize;

use super::pattern::{Pattern, Patterns};
use crate::snapshot::{App, Endpoint, NotebookInstance, ScopeSeen, Space};

/// What a policy is asked about. What is `None` is not selected by it.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// Its account.
    pub account: &'a AccountId,
    /// Its domain.
    pub domain: Option<&'a DomainId>,
    /// Whose it is.
    pub user_profile: Option<&'a UserProfileName>,
    /// The space that it stands in.
    pub space: Option<&'a SpaceName>,
    /// The notebook instance that it is.
    pub notebook_instance: Option<&'a NotebookInstanceName>,
    /// The endpoint that it is or belongs to.
    pub endpoint: Option<&'a EndpointName>,
    /// Its app type.
    pub app_type: Option<AppType>,
    /// What it runs on.
    pub instance_type: Option<&'a InstanceType>,
    /// Its tags and those of its space, user profile and domain; `None` while nobody has read them.
    pub tags: Option<&'a [&'a BTreeMap<String, String>]>,
}

impl<'a> Subject<'a> {
    /// This app.
    #[must_use]
    pub fn app(scope: &'a ScopeSeen, app: &'a App, tags: Option<&'a [&'a BTreeMap<String, String>]>) -> Self {
        let space = match &app.owner {
            AppOwner::Space(name) => Some(name),
            AppOwner::UserProfile(_) => None,
        };
        Self {
            domain: Some(&app.domain),
            user_profile: scope.user_profile_of(app),
            space,
            app_type: Some(app.app_type),
            instance_type: app.instance_type.as_ref(),
            ..Self::bare(scope, tags)
        }
    }

    /// This notebook instance.
    #[must_use]
    pub fn notebook_instance(
        scope: &'a ScopeSeen,
        instance: &'a NotebookInstance,
        tags: Option<&'a [&'a BTreeMap<String, String>]>,
    ) -> Self {
        Self {
            notebook_instance: Some(&instance.name),
            instance_type: instance.instance_type.as_ref(),
            ..Self::bare(scope, tags)
        }
    }

    /// This endpoint. Its variants can run on several instance types, so it is selected by none.
    #[must_use]
    pub fn endpoint(
        scope: &'a ScopeSeen,
        endpoint: &'a Endpoint,
        tags: Option<&'a [&'a BTreeMap<String, String>]>,
    ) -> Self {
        Self { endpoint: Some(&endpoint.name), ..Self::bare(scope, tags) }
    }

    /// The volume of this space.
    #[must_use]
    pub fn volume(scope: &'a ScopeSeen, space: &'a Space, tags: Option<&'a [&'a BTreeMap<String, String>]>) -> Self {
        Self {
            domain: Some(&space.domain),
            user_profile: space.owner.as_ref(),
            space: Some(&space.name),
            ..Self::bare(scope, tags)
        }
    }

    fn bare(scope: &'a ScopeSeen, tags: Option<&'a [&'a BTreeMap<String, String>]>) -> Self {
        Self {
            account: &scope.scope.account,
            domain: None,
            user_profile: None,
            space: None,
            notebook_instance: None,
            endpoint: None,
            app_type: None,
            instance_type: None,
            tags,
        }
    }
}

/// What an override or exemption holds for: all that is given must fit.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Selectors {
    /// Accounts.
    pub account: Option<Patterns>,
    /// Domain ids.
    pub domain: Option<Patterns>,
    /// User profiles, also the owners of spaces.
    pub user_profile: Option<Patterns>,
    /// Spaces.
    pub space: Option<Patterns>,
    /// Notebook instances.
    pub notebook_instance: Option<Patterns>,
    /// Endpoints.
    pub endpoint: Option<Patterns>,
    /// A tag of the resource, its space, user profile or domain.
    pub tag: Option<TagPattern>,
    /// App types.
    pub app_type: Option<Patterns>,
    /// Instance types without their size, with or without `ml.`.
    pub instance_family: Option<Patterns>,
}

/// `Key=Value`, the value a pattern; `Key` alone for any value.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct TagPattern {
    /// The key.
    pub key: String,
    /// What its value is like.
    pub value: Pattern,
}

/// Whether something is selected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fit {
    No,
    /// It would be, if it had a tag, and its tags have not been read.
    IfTagged,
    Yes,
}

impl Selectors {
    /// Whether they select this.
    pub(crate) fn fit(&self, subject: &Subject<'_>) -> Fit {
        let Self { account, domain, user_profile, space, notebook_instance, endpoint, tag, app_type, instance_family } =
            self;
        let fits = is(account, Some(subject.account.as_str()))
            && is(domain, subject.domain.map(DomainId::as_str))
            && is(user_profile, subject.user_profile.map(UserProfileName::as_str))
            && is(space, subject.space.map(SpaceName::as_str))
            && is(notebook_instance, subject.notebook_instance.map(NotebookInstanceName::as_str))
            && is(endpoint, subject.endpoint.map(EndpointName::as_str))
            && is(app_type, subject.app_type.map(AppType::as_str))
            && instance_family
                .as_ref()
                .is_none_or(|family| subject.instance_type.is_some_and(|of| in_family(family, of)));
        match (fits, tag, subject.tags) {
            (false, ..) => Fit::No,
            (true, None, _) => Fit::Yes,
            (true, Some(_), None) => Fit::IfTagged,
            (true, Some(tag), Some(tags)) if tags.iter().any(|tags| tag.is_in(tags)) => Fit::Yes,
            (true, Some(_), Some(_)) => Fit::No,
        }
    }

    /// The names of those that are given, the most specific first: space, notebook instance and
    /// endpoint > user profile > tag > domain > account > instance family > app type.
    pub(crate) fn given(&self) -> Vec<&'static str> {
        let Self { account, domain, user_profile, space, notebook_instance, endpoint, tag, app_type, instance_family } =
            self;
        let all = [
            (space.is_some(), "space"),
            (notebook_instance.is_some(), "notebook-instance"),
            (endpoint.is_some(), "endpoint"),
            (user_profile.is_some(), "user-profile"),
            (tag.is_some(), "tag"),
            (domain.is_some(), "domain"),
            (account.is_some(), "account"),
            (instance_family.is_some(), "instance-family"),
            (app_type.is_some(), "app-type"),
        ];
        all.into_iter().filter(|(is_given, _)| *is_given).map(|(_, name)| name).collect()
    }

    /// How specific they are: the most specific selector decides, of two with the same the next one.
    pub(crate) fn rank(&self) -> u8 {
        let weight = |name: &str| match name {
            "space" | "notebook-instance" | "endpoint" => 64,
            "user-profile" => 32,
            "tag" => 16,
            "domain" => 8,
            "account" => 4,
            "instance-family" => 2,
            _ => 1,
        };
        self.given().into_iter().map(weight).fold(0, |rank, weight| rank | weight)
    }
}

fn is(wanted: &Option<Patterns>, name: Option<&str>) -> bool {
    wanted.as_ref().is_none_or(|wanted| name.is_some_and(|name| wanted.matches(name)))
}

fn in_family(families: &Patterns, instance_type: &InstanceType) -> bool {
    let text = instance_type.as_str();
    let family = text.rsplit_once('.').map_or(text, |(family, _)| family);
    families.matches(family) || families.matches(family.trim_start_matches("ml."))
}

impl TagPattern {
    fn is_in(&self, tags: &BTreeMap<String, String>) -> bool {
        tags.get(&self.key).is_some_and(|value| self.value.matches(value))
    }
}

impl TryFrom<String> for TagPattern {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let (key, value) = text.split_once('=').unwrap_or((&text, "*"));
        let value = Pattern::try_from(value.to_owned()).map_err(|_| wrong_tag(&text))?;
        if key.is_empty() {
            return Err(wrong_tag(&text));
        }
        Ok(Self { key: key.to_owned(), value })
    }
}

fn wrong_tag(text: &str) -> String {
    format!("{text:?} is no tag; hint: \"Key=Value\", or \"Key\" for any value")
}
