//! The list of hidden instance types as an edit: it is replaced whole, and everything
//! beside it in the portal's settings is sent as it stands.

use aws_sdk_sagemaker::types::{AppInstanceType, StudioWebPortalSettings, UserSettings};
use cost_planner::allowlist::{HiddenEdit, HiddenEntry, hidden_at, put_hidden};
use cost_planner::install::{Changed, Holder, Section, changed};
use serde_json::Value;

use super::change::{Change, Remember};
use super::typed::{Update, shared, user};
use crate::observe::Described;
use crate::record::{HiddenImages, StoreError};

impl Change for HiddenEdit {
    fn holder(&self) -> &Holder {
        &self.holder
    }

    fn section(&self) -> Section {
        Section::User
    }

    fn place(&self) -> String {
        format!("{} hidden instance types", self.holder)
    }

    fn last_modified(&self) -> &str {
        &self.last_modified
    }

    fn is_before(&self, body: &Value) -> bool {
        sorted(hidden_at(&self.holder, body)) == sorted(self.before.clone())
    }

    fn is_after(&self, body: &Value) -> bool {
        sorted(hidden_at(&self.holder, body)) == sorted(self.after.clone())
    }

    /// In whatever order SageMaker shows the list.
    fn wrong(&self, before: &Value, after: &Value) -> Vec<Changed> {
        let expected = put_hidden(&self.holder, before, &sorted(self.after.clone()));
        let found = put_hidden(&self.holder, after, &sorted(hidden_at(&self.holder, after)));
        changed(&expected, &found)
    }

    fn forward(&self, described: &Described) -> Update {
        portal_alone(described, &self.after)
    }

    fn back(&self, described: &Described) -> Update {
        portal_alone(described, &self.before)
    }

    fn all(&self, section: Section, before: &Described) -> Update {
        match section {
            Section::SharedSpaces => Update::SharedSpaces(Box::new(shared(before))),
            Section::User => {
                let mut all = user(before);
                all.studio_web_portal_settings = Some(portal(&all, &self.before));
                Update::User(Box::new(all))
            }
        }
    }
}

/// With the id of the run that they are written for.
impl Remember<HiddenEdit> for (HiddenImages<'_>, String) {
    async fn write_ahead(&mut self, edit: &HiddenEdit) -> Result<(), StoreError> {
        let (images, run) = self;
        let HiddenEdit { holder, before, after, last_modified: _ } = edit.clone();
        let at = jiff::Timestamp::now().to_string();
        images.write_ahead(HiddenEntry { run: run.clone(), at, holder, before, after }).await
    }
}

fn portal_alone(described: &Described, list: &[String]) -> Update {
    let portal = portal(&user(described), list);
    Update::User(Box::new(UserSettings::builder().studio_web_portal_settings(portal).build()))
}

/// The portal's settings as they were described, with this list.
fn portal(all: &UserSettings, list: &[String]) -> StudioWebPortalSettings {
    let there = all.studio_web_portal_settings.clone();
    let mut portal = there.unwrap_or_else(|| StudioWebPortalSettings::builder().build());
    portal.hidden_instance_types = Some(list.iter().map(|name| AppInstanceType::from(name.as_str())).collect());
    portal
}

fn sorted(mut list: Vec<String>) -> Vec<String> {
    list.sort();
    list
}
