//! What the hand on settings needs to know of an edit, whatever structure it is of.

use cost_planner::install::{Changed, Edit, Holder, Place, Section, Slots, changed, expected};
use serde_json::Value;

use super::typed::{Update, all, one};
use crate::observe::Described;
use crate::record::{BeforeImages, StoreError};

/// An edit of one structure of a domain or user profile.
pub(crate) trait Change {
    /// Whose settings.
    fn holder(&self) -> &Holder;
    /// Which of them.
    fn section(&self) -> Section;
    /// Which structure, for people.
    fn place(&self) -> String;
    /// `LastModifiedTime` of its holder as the plan was made.
    fn last_modified(&self) -> &str;
    /// Whether what the plan was made of stands there.
    fn is_before(&self, body: &Value) -> bool;
    /// Whether the edit is made already.
    fn is_after(&self, body: &Value) -> bool;
    /// The leaves that are not as the edit should have left them.
    fn wrong(&self, before: &Value, after: &Value) -> Vec<Changed>;
    /// What to send for it, made of what stands there.
    fn forward(&self, described: &Described) -> Update;
    /// What to send to take it back.
    fn back(&self, described: &Described) -> Update;
    /// All settings of a section as they stood, which takes the edit back, too.
    fn all(&self, section: Section, before: &Described) -> Update;
}

/// Remembers what stood there before an edit is made.
pub(crate) trait Remember<E> {
    /// # Errors
    /// When it could not be written: then the edit must not be made.
    async fn write_ahead(&mut self, edit: &E) -> Result<(), StoreError>;
}

/// Where the way back is not to be remembered.
impl<E> Remember<E> for () {
    async fn write_ahead(&mut self, _: &E) -> Result<(), StoreError> {
        Ok(())
    }
}

/// With the id of the install that they are written for.
impl Remember<Edit> for (BeforeImages<'_>, String) {
    async fn write_ahead(&mut self, edit: &Edit) -> Result<(), StoreError> {
        let (images, install) = self;
        images.write_ahead(install, jiff::Timestamp::now().to_string(), edit).await
    }
}

/// The member of an answer of Describe that holds a section.
pub(super) fn member(holder: &Holder, section: Section) -> &'static str {
    match (section, &holder.user_profile) {
        (Section::SharedSpaces, _) => "DefaultSpaceSettings",
        (Section::User, None) => "DefaultUserSettings",
        (Section::User, Some(_)) => "UserSettings",
    }
}

impl Change for Edit {
    fn holder(&self) -> &Holder {
        &self.place.holder
    }

    fn section(&self) -> Section {
        self.place.section
    }

    fn place(&self) -> String {
        self.place.to_string()
    }

    fn last_modified(&self) -> &str {
        &self.last_modified
    }

    fn is_before(&self, body: &Value) -> bool {
        Slots::at(&self.place, body) == self.before
    }

    fn is_after(&self, body: &Value) -> bool {
        Slots::at(&self.place, body) == self.after
    }

    fn wrong(&self, before: &Value, after: &Value) -> Vec<Changed> {
        changed(&expected(before, &self.place, &self.after), after)
    }

    fn forward(&self, described: &Described) -> Update {
        one(&self.place, described, &self.after, &self.before)
    }

    fn back(&self, described: &Described) -> Update {
        one(&self.place, described, &self.before, &self.after)
    }

    fn all(&self, section: Section, before: &Described) -> Update {
        let of_section = Place { section, ..self.place.clone() };
        let was = Slots::at(&of_section, &before.body);
        let there = if section == self.place.section { &self.after } else { &was };
        all(&of_section, before, &was, there)
    }
}
