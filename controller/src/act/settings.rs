//! One structure changed: looked at again, remembered, written, waited for,
//! compared leaf by leaf, and put back if anything else changed with it.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use cost_planner::install::{Changed, Edit, Holder, Place, Section, Slots, changed, expected};
use serde_json::Value;
use thiserror::Error;

use super::Consent;
use super::typed::{Update, all, one};
use crate::aws::Session;
use crate::observe::{CallError, Described, Kind, describe};
use crate::record::{BeforeImages, StoreError};

/// An update takes seconds, in a large domain minutes.
const UPDATE_LIMIT: Duration = Duration::from_secs(600);
/// So long an update may not show at all: answers of Describe can be old.
const EFFECT_LIMIT: Duration = Duration::from_secs(30);
/// Between two looks at an update: at first, and at most.
const FIRST_LOOK: Duration = Duration::from_millis(100);
const LATER_LOOK: Duration = Duration::from_secs(5);

/// The hand on settings.
#[derive(Debug)]
pub(crate) struct Settings<'a> {
    session: &'a Session,
    /// Remembers what stood there; `None` where the way back is not to be remembered.
    images: Option<(BeforeImages<'a>, String)>,
    /// When each holder changed last, as far as we know.
    last_modified: BTreeMap<Holder, String>,
}

/// An edit that was not made, or that had to be taken back.
#[derive(Debug, Error)]
pub(crate) enum ActError {
    #[error(transparent)]
    Call(#[from] CallError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("{holder} is in status {status}; hint: run again when it is InService")]
    Status { holder: Holder, status: String },
    #[error("{place} was changed by somebody else since the plan was made, and is left alone; hint: run again")]
    ChangedSince { place: Box<Place> },
    #[error("{holder} was updated and is in status {status} after {} s; hint: run again later", UPDATE_LIMIT.as_secs())]
    Slow { holder: Holder, status: String },
    #[error("{place} was updated, but shows no change; hint: run again")]
    NoEffect { place: Box<Place> },
    #[error("{place} was changed, and with it what nobody asked for: {leaves}; {outcome}")]
    Unrelated { place: Box<Place>, leaves: String, outcome: &'static str },
}

impl<'a> Settings<'a> {
    /// `images` with the id of the install that they are written for.
    pub(crate) fn new(session: &'a Session, images: Option<(BeforeImages<'a>, String)>) -> Self {
        Self { session, images, last_modified: BTreeMap::new() }
    }

    /// Makes one edit. Returns whether there was anything left to do.
    ///
    /// # Errors
    /// When it was not made or is not in effect; nothing else is changed then.
    pub(crate) async fn make(&mut self, consent: &Consent, edit: &Edit) -> Result<bool, ActError> {
        let place = &edit.place;
        let before = describe(self.session, &place.holder).await?;
        let status = before.body["Status"].as_str().unwrap_or_default();
        if status != "InService" {
            return Err(ActError::Status { holder: place.holder.clone(), status: status.to_owned() });
        }
        let seen_then = self.last_modified.get(&place.holder).unwrap_or(&edit.last_modified);
        let present = Slots::at(place, &before.body);
        let last_modified = before.body["LastModifiedTime"].to_string();
        if last_modified != *seen_then || present != edit.before {
            if present == edit.after {
                return Ok(false);
            }
            return Err(ActError::ChangedSince { place: Box::new(place.clone()) });
        }
        if let Some((images, install)) = &mut self.images {
            let now = jiff::Timestamp::now().to_string();
            images.write_ahead(install, now, edit).await?;
        }
        let sent = self.send(consent, place, one(place, &before, &edit.after, &edit.before)).await;
        // An update whose answer was lost is in the way of its own second try.
        let in_the_way = matches!(&sent, Err(ActError::Call(error)) if error.kind == Kind::InUse);
        if !in_the_way {
            sent?;
        } else if Slots::at(place, &self.in_service(&place.holder, &last_modified).await?.body) != edit.after {
            return sent.map(|()| true);
        }
        let after = self.in_service(&place.holder, &last_modified).await?;
        if changed(&before.body, &after.body).is_empty() {
            return Err(ActError::NoEffect { place: Box::new(place.clone()) });
        }
        let wrong = changed(&expected(&before.body, place, &edit.after), &after.body);
        if !wrong.is_empty() {
            let outcome = self.put_back(consent, edit, &before, after, &wrong).await;
            let leaves: Vec<&str> = wrong.iter().take(5).map(|changed| changed.path.as_str()).collect();
            return Err(ActError::Unrelated { place: Box::new(place.clone()), leaves: leaves.join(", "), outcome });
        }
        self.know(&place.holder, &after.body);
        Ok(true)
    }

    fn know(&mut self, holder: &Holder, body: &Value) {
        self.last_modified.insert(holder.clone(), body["LastModifiedTime"].to_string());
    }

    async fn send(&self, _: &Consent, place: &Place, update: Update) -> Result<(), ActError> {
        let Session { sagemaker, pace, .. } = self.session;
        let domain = place.holder.domain.as_str();
        let sent = match (&place.holder.user_profile, update) {
            (None, update) => pace
                .write("UpdateDomain", async || {
                    let call = sagemaker.update_domain().domain_id(domain);
                    match update.clone() {
                        Update::User(settings) => call.default_user_settings(*settings),
                        Update::SharedSpaces(settings) => call.default_space_settings(*settings),
                    }
                    .send()
                    .await
                })
                .await
                .map(drop),
            (Some(name), Update::User(settings)) => pace
                .write("UpdateUserProfile", async || {
                    let call = sagemaker.update_user_profile().domain_id(domain).user_profile_name(name.as_str());
                    call.user_settings((*settings).clone()).send().await
                })
                .await
                .map(drop),
            (Some(_), Update::SharedSpaces(_)) => Ok(()),
        };
        sent.map_err(|error| error.of(place).into())
    }

    /// The holder in service again after an update; an answer from before it, which
    /// `last_modified` tells, is not taken for one until it has long been so.
    async fn in_service(&self, holder: &Holder, last_modified: &str) -> Result<Described, ActError> {
        let start = Instant::now();
        let mut pause = FIRST_LOOK;
        loop {
            let now = describe(self.session, holder).await?;
            let shown = now.body["LastModifiedTime"].to_string();
            let is_old = shown == last_modified;
            match now.body["Status"].as_str().unwrap_or_default() {
                "InService" if is_old && start.elapsed() < EFFECT_LIMIT => {}
                "InService" => return Ok(now),
                "Updating" | "Pending" if start.elapsed() < UPDATE_LIMIT => {}
                status => return Err(ActError::Slow { holder: holder.clone(), status: status.to_owned() }),
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(LATER_LOOK);
        }
    }

    /// Sends again all settings as they stood in every section of which a leaf changed.
    async fn put_back(
        &mut self,
        consent: &Consent,
        edit: &Edit,
        before: &Described,
        mut now: Described,
        wrong: &[Changed],
    ) -> &'static str {
        const BY_HAND: &str = "not all could be put back; hint: the before-image and CloudTrail say what stood there";
        let place = &edit.place;
        for section in [Section::User, Section::SharedSpaces] {
            let of_section = Place { section, ..place.clone() };
            let [member, _] = of_section.path();
            let is_wrong = wrong.iter().any(|changed| changed.path.starts_with(&format!("{member}.")));
            if section != place.section && !is_wrong {
                continue;
            }
            let was = Slots::at(&of_section, &before.body);
            let there = if section == place.section { &edit.after } else { &was };
            let sent = self.send(consent, &of_section, all(&of_section, before, &was, there)).await;
            if sent.is_err() && section == place.section {
                // All of them name the execution role, which this role may not be allowed to pass.
                let _ = self.send(consent, place, one(place, before, &was, &edit.after)).await;
            }
            let last_modified = now.body["LastModifiedTime"].to_string();
            match self.in_service(&place.holder, &last_modified).await {
                Ok(later) if sent.is_ok() => now = later,
                _ => return BY_HAND,
            }
        }
        if changed(&before.body, &now.body).is_empty() { "all of it was put back" } else { BY_HAND }
    }
}
