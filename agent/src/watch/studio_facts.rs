//! Asking SageMaker about the app in the background, now and then.

use std::time::Duration;

use idle_core::{Instants, ResourceRef};
use tokio::task::JoinHandle;

use crate::aws::{Client, Service};
use crate::observe::studio::{self, StudioFacts};

/// Settings of a space change while its app runs, but seldom.
const EVERY: Duration = Duration::from_secs(3600);

/// What SageMaker told of the app, kept up to date without ever being waited for.
#[derive(Debug)]
pub(crate) struct StudioWatch {
    resource: ResourceRef,
    idle_timeout: Duration,
    facts: Option<StudioFacts>,
    next_at: Duration,
    asking: Option<JoinHandle<Option<StudioFacts>>>,
}

impl StudioWatch {
    /// Nothing is known yet.
    pub(crate) fn new(resource: &ResourceRef, idle_timeout: Duration) -> Self {
        Self { resource: resource.clone(), idle_timeout, facts: None, next_at: Duration::ZERO, asking: None }
    }

    /// What is known.
    pub(crate) fn facts(&self) -> Option<&StudioFacts> {
        self.facts.as_ref()
    }

    /// Takes in an answer that has come and asks again when it is time. Returns
    /// whether something new is known.
    pub(crate) async fn tend(&mut self, now: Instants) -> bool {
        let answer = match self.asking.take_if(|asking| asking.is_finished()) {
            Some(asking) => asking.await.ok().flatten(),
            None => None,
        };
        if self.asking.is_none() && now.mono >= self.next_at {
            self.next_at = now.mono + EVERY;
            if let ResourceRef::App(app) = self.resource.clone() {
                let (client, timeout) = (Client::new(Service::SageMaker, &self.resource), self.idle_timeout);
                self.asking = Some(tokio::spawn(async move { studio::ask(&client, &app, timeout).await }));
            }
        }
        let news = answer.is_some();
        if news {
            self.facts = answer;
        }
        news
    }
}
