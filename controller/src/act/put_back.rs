//! The way back out of an update that did not come to what it should.

use cost_planner::install::{Changed, Section, changed};
use serde_json::Value;

use super::Consent;
use super::change::{Change, member};
use super::settings::{ActError, Settings};
use super::typed::Update;
use crate::observe::Described;

/// So many leaves are told, and so many characters of each value.
const MOST_LEAVES: usize = 5;
const MOST_TOLD: usize = 100;

impl<M> Settings<'_, M> {
    /// Sends again all settings as they stood in every section of which a leaf was
    /// lost. An update of ours sends no new values: where one stands, or anything moved
    /// since the comparison, somebody else was at work, and only ours is taken out.
    pub(super) async fn put_back(
        &self,
        consent: &Consent,
        edit: &impl Change,
        before: &Described,
        mut now: Described,
        wrong: &[Changed],
    ) -> &'static str {
        const BY_HAND: &str = "not all could be put back; hint: the before-image and CloudTrail say what stood there";
        const OTHERS: &str = "somebody else changed it at the same time, so only ours was taken out again; hint: \
                              CloudTrail says who, then run again";
        let mut others = wrong.iter().any(|changed| changed.found.is_some());
        for section in [Section::User, Section::SharedSpaces] {
            let member = member(edit.holder(), section);
            let is_wrong = wrong.iter().any(|changed| changed.path.starts_with(&format!("{member}.")));
            if others || section != edit.section() && !is_wrong {
                continue;
            }
            let as_compared = now.body["LastModifiedTime"].clone();
            let whole = |shown: &Described| {
                let is_same = shown.body["LastModifiedTime"] == as_compared;
                is_same.then(|| edit.all(section, before))
            };
            match self.revise(consent, edit, whole).await {
                Ok(Some(later)) => now = later,
                Ok(None) => others = true,
                // All of them name the execution role, which this role may not be allowed to pass.
                Err(_) => {
                    let _ = self.take_out(consent, edit).await;
                    return BY_HAND;
                }
            }
        }
        if others {
            return if self.take_out(consent, edit).await.is_ok() { OTHERS } else { BY_HAND };
        }
        if changed(&before.body, &now.body).is_empty() { "all of it was put back" } else { BY_HAND }
    }

    /// Takes back what an edit wrote where it still stands, and nothing else.
    async fn take_out(&self, consent: &Consent, edit: &impl Change) -> Result<(), ActError> {
        let ours = |shown: &Described| edit.is_after(&shown.body).then(|| edit.back(shown));
        self.revise(consent, edit, ours).await.map(drop)
    }

    /// Sends what is made of the holder as it stands, again after a look where AWS
    /// did not take it. `None` where there is nothing to send.
    async fn revise(
        &self,
        consent: &Consent,
        edit: &impl Change,
        update: impl Fn(&Described) -> Option<Update>,
    ) -> Result<Option<Described>, ActError> {
        let mut tries = 0;
        loop {
            self.session.pace.turn_to_write().await;
            let now = self.in_service(edit.holder(), "").await?;
            let Some(update) = update(&now) else { return Ok(None) };
            match self.send(consent, edit, update).await {
                Ok(()) => {
                    let last_modified = now.body["LastModifiedTime"].to_string();
                    return Ok(Some(self.in_service(edit.holder(), &last_modified).await?));
                }
                Err(error) => {
                    tries += 1;
                    if !self.session.pace.another_write(&error, tries).await {
                        return Err(error.into());
                    }
                }
            }
        }
    }
}

/// The first few leaves, each with what stood there and what stands there now.
pub(super) fn told(wrong: &[Changed]) -> String {
    let value = |value: &Option<Value>| match value {
        None => "none".to_owned(),
        Some(Value::String(text)) => text.chars().take(MOST_TOLD).collect(),
        Some(other) => other.to_string().chars().take(MOST_TOLD).collect(),
    };
    let leaf = |Changed { path, expected, found }: &Changed| format!("{path}: {} → {}", value(expected), value(found));
    let mut leaves: Vec<String> = wrong.iter().take(MOST_LEAVES).map(leaf).collect();
    let more = wrong.len().saturating_sub(MOST_LEAVES);
    leaves.extend((more > 0).then(|| format!("{more} more")));
    leaves.join(", ")
}
