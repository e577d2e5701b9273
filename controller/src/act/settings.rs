//! One structure changed: looked at again, remembered, written, waited for,
//! compared leaf by leaf, and put back if anything else changed with it.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use cost_planner::install::{Holder, changed};
use serde_json::Value;
use thiserror::Error;

use super::Consent;
use super::change::{Change, Remember};
use super::put_back::told;
use super::typed::Update;
use crate::aws::Session;
use crate::observe::{CallError, Described, Kind, describe};
use crate::record::StoreError;

/// An update takes seconds, in a large domain minutes.
const UPDATE_LIMIT: Duration = Duration::from_secs(600);
/// So long an update may not show at all: answers of Describe can be old.
const EFFECT_LIMIT: Duration = Duration::from_secs(30);
/// Between two looks at an update: at first, and at most.
const FIRST_LOOK: Duration = Duration::from_millis(100);
const LATER_LOOK: Duration = Duration::from_secs(5);

/// The hand on settings.
#[derive(Debug)]
pub(crate) struct Settings<'a, M> {
    pub(super) session: &'a Session,
    /// Remembers what stood there.
    images: M,
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
    #[error("{place} was changed by somebody else {tried}, and is left alone; hint: run again")]
    ChangedSince { place: String, tried: &'static str },
    #[error("{holder} was updated and is in status {status} after {} s; hint: run again later", UPDATE_LIMIT.as_secs())]
    Slow { holder: Holder, status: String },
    #[error("{place} was updated, but shows no change; hint: run again")]
    NoEffect { place: String },
    #[error("{place} was changed, and with it what nobody asked for: {leaves}; {outcome}")]
    Unrelated { place: String, leaves: String, outcome: &'static str },
}

impl<'a, M> Settings<'a, M> {
    /// `images` remembers what stood there; `()` where the way back is not to be remembered.
    pub(crate) fn new(session: &'a Session, images: M) -> Self {
        Self { session, images, last_modified: BTreeMap::new() }
    }

    /// The same hand for edits of another kind: what it changed itself is no change of somebody else's.
    pub(crate) fn remembering<N>(self, images: N) -> Settings<'a, N> {
        let Self { session, images: _, last_modified } = self;
        Settings { session, images, last_modified }
    }

    /// Makes one edit. Returns whether there was anything left to do.
    ///
    /// # Errors
    /// When it was not made or is not in effect; nothing else is changed then.
    pub(crate) async fn make<E: Change>(&mut self, consent: &Consent, edit: &E) -> Result<bool, ActError>
    where
        M: Remember<E>,
    {
        let mut first: Option<Described> = None;
        let mut tries = 0;
        let before = loop {
            self.session.pace.turn_to_write().await;
            let now = self.look(edit, first.as_ref()).await?;
            let last_modified = now.body["LastModifiedTime"].to_string();
            let Some(before) = self.still_as_planned(edit, now, first.as_ref())? else {
                match first {
                    // The answer of an earlier try was lost, not the update.
                    Some(before) => break before,
                    None => return Ok(false),
                }
            };
            if tries == 0 {
                self.images.write_ahead(edit).await?;
            }
            let sent = self.send(consent, edit, edit.forward(&before)).await;
            tries += 1;
            match sent {
                Ok(()) => break before,
                // An update whose answer was lost is in the way of its own second try.
                Err(error) if error.kind == Kind::InUse => {
                    let after = self.in_service(edit.holder(), &last_modified).await?;
                    if !edit.is_after(&after.body) {
                        return Err(error.into());
                    }
                    break before;
                }
                Err(error) if !self.session.pace.another_write(&error, tries).await => return Err(error.into()),
                Err(_) => first = Some(before),
            }
        };
        self.confirm(consent, edit, &before).await.map(|()| true)
    }

    /// The holder as it stands; after a first try it may still be busy with that.
    async fn look(&self, edit: &impl Change, first: Option<&Described>) -> Result<Described, ActError> {
        let holder = edit.holder();
        let now = describe(self.session, holder).await?;
        match (now.body["Status"].as_str().unwrap_or_default(), first) {
            ("InService", _) => Ok(now),
            ("Updating", Some(first)) => self.in_service(holder, &first.body["LastModifiedTime"].to_string()).await,
            (status, _) => Err(ActError::Status { holder: holder.clone(), status: status.to_owned() }),
        }
    }

    /// What stands there, if that is what the plan was made of; `None` where the
    /// edit is made already.
    fn still_as_planned(
        &self,
        edit: &impl Change,
        now: Described,
        first: Option<&Described>,
    ) -> Result<Option<Described>, ActError> {
        let known = self.last_modified.get(edit.holder()).map_or(edit.last_modified(), String::as_str);
        let last_modified = now.body["LastModifiedTime"].to_string();
        if last_modified == known && edit.is_before(&now.body) {
            // The body is made anew for each try, of what is there then.
            return Ok(Some(now));
        }
        if edit.is_after(&now.body) {
            return Ok(None);
        }
        let place = edit.place();
        let tried = if first.is_some() { "between two tries" } else { "since the plan was made" };
        Err(ActError::ChangedSince { place, tried })
    }

    /// Waits until the update shows, and compares.
    async fn confirm(&mut self, consent: &Consent, edit: &impl Change, before: &Described) -> Result<(), ActError> {
        let last_modified = before.body["LastModifiedTime"].to_string();
        let after = self.in_service(edit.holder(), &last_modified).await?;
        if changed(&before.body, &after.body).is_empty() {
            return Err(ActError::NoEffect { place: edit.place() });
        }
        let wrong = edit.wrong(&before.body, &after.body);
        if !wrong.is_empty() {
            let outcome = self.put_back(consent, edit, before, after, &wrong).await;
            return Err(ActError::Unrelated { place: edit.place(), leaves: told(&wrong), outcome });
        }
        self.know(edit.holder(), &after.body);
        Ok(())
    }

    fn know(&mut self, holder: &Holder, body: &Value) {
        self.last_modified.insert(holder.clone(), body["LastModifiedTime"].to_string());
    }

    /// One try of one update.
    pub(super) async fn send(&self, _: &Consent, edit: &impl Change, update: Update) -> Result<(), CallError> {
        let Session { sagemaker, pace, .. } = self.session;
        let holder = edit.holder();
        let domain = holder.domain.as_str();
        let sent = match (&holder.user_profile, update) {
            (None, update) => pace
                .write_now("UpdateDomain", async || {
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
                .write_now("UpdateUserProfile", async || {
                    let call = sagemaker.update_user_profile().domain_id(domain).user_profile_name(name.as_str());
                    call.user_settings((*settings).clone()).send().await
                })
                .await
                .map(drop),
            (Some(_), Update::SharedSpaces(_)) => Ok(()),
        };
        sent.map_err(|error| error.of(edit.place()))
    }

    /// The holder in service again after an update; an answer from before it, which
    /// `last_modified` tells, is not taken for one until it has long been so.
    pub(super) async fn in_service(&self, holder: &Holder, last_modified: &str) -> Result<Described, ActError> {
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
}
