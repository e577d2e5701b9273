//! An app with what it stands in, as a snapshot or a fresh look shows it.

use std::collections::BTreeMap;

use idle_core::{AppOwner, UserProfileName};

use crate::snapshot::{App, Domain, ScopeSeen, Space, TagsSeen, UserProfile};

/// An app, its space, user profile and domain.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Around<'a> {
    pub(crate) app: &'a App,
    pub(crate) space: Option<&'a Space>,
    pub(crate) user_profile: Option<&'a UserProfile>,
    pub(crate) domain: Option<&'a Domain>,
}

impl<'a> Around<'a> {
    /// As the listings have them.
    pub(crate) fn of(scope: &'a ScopeSeen, app: &'a App) -> Self {
        let user_profile = scope.user_profile_of(app).and_then(|name| scope.user_profile(&app.domain, name));
        Self { app, space: scope.space_of(app), user_profile, domain: scope.domain(&app.domain) }
    }

    /// Whose it is; `None` is "unattributed".
    pub(crate) fn owner(&self) -> Option<&'a UserProfileName> {
        match &self.app.owner {
            AppOwner::UserProfile(name) => Some(name),
            AppOwner::Space(_) => self.space?.owner.as_ref(),
        }
    }

    /// Each with its name and its tags; `None` where they were not asked for.
    pub(crate) fn tags(&self) -> Vec<(&'static str, Option<&'a TagsSeen>)> {
        let close_up = self.app.close_up.as_deref().and_then(|close_up| close_up.as_ref().ok());
        let mut tags = vec![("the app", close_up.map(|close_up| &close_up.tags))];
        if let Some(space) = self.space {
            tags.push(("its space", space.tags.as_deref()));
        }
        if let Some(profile) = self.user_profile {
            tags.push(("its user profile", profile.tags.as_deref()));
        }
        if let Some(domain) = self.domain {
            tags.push(("its domain", domain.tags.as_deref()));
        }
        tags
    }
}

/// The tags of all of them, where every one was read.
pub(crate) fn read<'a>(tags: &[(&str, Option<&'a TagsSeen>)]) -> Option<Vec<&'a BTreeMap<String, String>>> {
    let read = |(_, tags): &(&str, Option<&'a TagsSeen>)| match tags {
        Some(TagsSeen::Read(tags)) => Some(tags),
        Some(TagsSeen::Unread(_)) | None => None,
    };
    tags.iter().map(read).collect()
}
