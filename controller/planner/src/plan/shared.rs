//! Apps whose heartbeats cannot be told apart.

use std::collections::HashSet;

use idle_core::{AppOwner, AppType};

use crate::snapshot::{App, ScopeSeen};

/// What the metric tells apps apart by: it has one name for spaces and user profiles.
type Dimensions<'a> = (&'a str, &'a str, AppType, &'a str);

/// The dimensions that both a space's and a user profile's app have.
pub(crate) struct Shared<'a>(HashSet<Dimensions<'a>>);

impl<'a> Shared<'a> {
    pub(crate) fn of(scope: &'a ScopeSeen) -> Self {
        let in_space = |app: &&App| matches!(app.owner, AppOwner::Space(_));
        let of_profiles: HashSet<_> = scope.apps.iter().filter(|app| !in_space(app)).map(dimensions).collect();
        let of_spaces = scope.apps.iter().filter(in_space).map(dimensions);
        Self(of_spaces.filter(|dimensions| of_profiles.contains(dimensions)).collect())
    }

    pub(crate) fn contains(&self, app: &App) -> bool {
        self.0.contains(&dimensions(app))
    }
}

fn dimensions(app: &App) -> Dimensions<'_> {
    (app.domain.as_str(), app.owner.name(), app.app_type, app.name.as_str())
}
