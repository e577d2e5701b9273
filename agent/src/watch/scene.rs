//! What one look is about: the app itself, or each of the apps that a Classic server serves.

use std::time::Duration;

use idle_core::{AppRef, AppType, Instants, Reading, ResourceRef};

use crate::observe::{Gateways, Look, Report};
use crate::record::StateDir;
use crate::settings::Settings;

/// How a look is divided among what is watched.
#[derive(Debug)]
pub(crate) enum Scene {
    /// All of it is about the app or notebook instance itself.
    Own(ResourceRef),
    /// A Classic JupyterServer: each KernelGateway app by itself, the server never.
    Classic(Gateways),
    /// A Classic KernelGateway app: judged by the server's agent, told to it by ours.
    Gateway(AppRef, Option<StateDir>),
}

impl Scene {
    /// The scene of this resource.
    pub(crate) fn new(resource: &ResourceRef, settings: &Settings) -> Self {
        match resource.app().map(|app| (app, app.app_type)) {
            Some((app, AppType::JupyterServer)) => {
                Self::Classic(Gateways::new(app, &settings.gateway_dir, fresh(settings)))
            }
            Some((app, AppType::KernelGateway)) => {
                let dir = StateDir::open(&settings.gateway_dir);
                let dir = dir.inspect_err(|e| tracing::error!("{e:#}: the server's agent will be told nothing")).ok();
                Self::Gateway(app.clone(), dir)
            }
            _ => Self::Own(resource.clone()),
        }
    }

    /// Takes in what was learned of the resource itself: its creation time.
    pub(crate) fn identify(&mut self, known: &ResourceRef) {
        if let Self::Own(resource) = self {
            resource.clone_from(known);
        }
    }

    /// What is watched, each with its readings. The report of a KernelGateway app
    /// is left for the server's agent, and nothing is judged here.
    pub(crate) fn divide(&self, look: &Look, now: Instants) -> Vec<(ResourceRef, Vec<Reading>)> {
        match self {
            Self::Own(resource) => vec![(resource.clone(), look.readings())],
            Self::Classic(gateways) => {
                let apps = gateways.split(look, now).into_iter();
                apps.map(|(app, readings)| (ResourceRef::App(app), readings)).collect()
            }
            Self::Gateway(app, dir) => {
                let report = Report::of(app, look.machine(), now);
                if let Some(Err(error)) = dir.as_ref().map(|dir| dir.write(&report.file_name(), &report)) {
                    tracing::warn!("{error:#}");
                }
                Vec::new()
            }
        }
    }
}

/// Three missed reports are one too many.
fn fresh(settings: &Settings) -> Duration {
    (settings.poll_every * 3).min(settings.policy.longest_gap()).max(Duration::from_secs(2))
}
