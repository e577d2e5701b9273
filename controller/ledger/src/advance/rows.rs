//! What bills at a look, as the ledger tells of it.

use std::collections::BTreeMap;

use cost_planner::prices::{Component, Item, Priced, Prices, Unpriced, VolumeOf, VolumeType};
use cost_planner::snapshot::{
    App, AppStatus, CloseUp, Endpoint, Extras, Kind as Asked, NotebookInstance, ScopeSeen, Space, TagsSeen, Variant,
};
use idle_core::{AppOwner, Region};
use jiff::Timestamp;

use super::known::Known;
use super::seen::is_blind;
use crate::fold::{Charge, Run};
use crate::line::{Rate, RunKey};
use crate::resource::Resource;

/// The begin of what has none that is known, such as the volume of a space: its name alone tells
/// it from others.
pub const NO_BEGIN: Timestamp = Timestamp::UNIX_EPOCH;

/// Something that bills now.
#[derive(Debug, Clone, PartialEq)]
pub struct Running {
    /// What.
    pub resource: Resource,
    /// Since when there is this one of its name; [`NO_BEGIN`] where that is not known.
    pub began: Timestamp,
    /// Whose.
    pub owner: Option<String>,
    /// On what.
    pub instance_type: Option<String>,
    /// The price component.
    pub component: String,
    /// How many.
    pub units: u32,
    /// What all of them bill.
    pub rate: Rate,
    /// Tags, each layer over the one before.
    pub tags: BTreeMap<String, String>,
}

impl Running {
    pub(super) fn key(&self) -> RunKey {
        RunKey { resource: self.resource.to_string(), began: self.began }
    }

    /// Whether a run was told to be like this.
    pub(super) fn is_as(&self, run: Run<'_>) -> bool {
        let Self { resource: _, began: _, owner, instance_type, component, units, rate, tags } = self;
        let span = run.last_span();
        let is_priced_so = match (rate, span.charge()) {
            (Rate::Priced { micro_usd_per_hour, list }, Charge::Priced { micro_usd_per_hour: known, list: of }) => {
                *micro_usd_per_hour == known && list == of
            }
            (Rate::Unpriced { unpriced }, Charge::Unpriced(why)) => unpriced == why,
            _ => false,
        };
        let known_tags = span.tags().iter();
        is_priced_so
            && owner.as_deref() == span.owner()
            && instance_type.as_deref() == span.instance_type()
            && component == span.component()
            && *units == span.units()
            && known_tags.eq(tags.iter().map(|(key, value)| (key.as_str(), value.as_str())))
    }
}

/// The key of an app's run.
pub(super) fn app_key(app: &App) -> RunKey {
    RunKey { resource: app_resource(app).to_string(), began: app.created_at.unwrap_or(NO_BEGIN) }
}

/// Gives everything that bills, one after the other.
pub(super) fn each(seen: &ScopeSeen, known: &Known, prices: &Prices, mut give: impl FnMut(Running)) {
    let look = Rows { seen, known, prices, region: &seen.scope.region };
    if seen.kinds.contains(&Asked::Apps) {
        seen.apps.iter().filter_map(|app| look.app(app)).for_each(&mut give);
        seen.spaces.iter().filter_map(|space| look.volume(space)).for_each(&mut give);
    }
    for endpoint in &seen.endpoints {
        match &endpoint.close_up {
            Ok(close_up) => {
                let variants = close_up.variants.iter();
                variants.filter_map(|variant| look.variant(endpoint, close_up, variant)).for_each(&mut give);
            }
            Err(_) => look.as_known(endpoint).into_iter().for_each(&mut give),
        }
    }
    seen.notebook_instances.iter().filter_map(|instance| look.notebook_instance(instance)).for_each(give);
}

struct Rows<'a> {
    seen: &'a ScopeSeen,
    known: &'a Known,
    prices: &'a Prices,
    region: &'a Region,
}

impl Rows<'_> {
    /// Apps bill from their first second in service until they are gone.
    fn app(&self, app: &App) -> Option<Running> {
        let key = app_key(app);
        let known = self.known.find(&key).map(|(_, run)| run);
        let bills = match app.status {
            AppStatus::InService | AppStatus::Deleting => true,
            // Whatever that is, it is no reason to take it for gone.
            AppStatus::Unknown => known.is_some_and(Run::is_open),
            AppStatus::Pending | AppStatus::Deleted | AppStatus::Failed => false,
        };
        let component = Component::of(app.app_type).map(|component| component.as_str().to_owned());
        let owner = self.owner(app);
        let instance_type = app.instance_type.as_ref();
        bills.then(|| Running {
            resource: app_resource(app),
            began: key.began,
            owner: owner.unwrap_or_else(|| known.and_then(|run| run.last_span().owner().map(str::to_owned))),
            instance_type: instance_type.map(ToString::to_string),
            component: component.unwrap_or_else(|| format!("Studio:{}", app.app_type)),
            units: 1,
            rate: rate(self.prices.app(self.region, app.app_type, instance_type)),
            tags: self.attributed(self.seen.tags_of_app(app), || self.tags(app, known), known),
        })
    }

    /// Whose an app is; the outer `None` where that could not be seen now.
    #[expect(clippy::option_option, reason = "not seen, nobody's, somebody's")]
    fn owner(&self, app: &App) -> Option<Option<String>> {
        let seen = self.seen.user_profile_of(app).map(ToString::to_string);
        let is_seen = matches!(app.owner, AppOwner::UserProfile(_)) || !is_blind(self.seen, "ListSpaces");
        (seen.is_some() || is_seen).then_some(seen)
    }

    /// The tags that were asked for; where those could not be read, as they were known, or else
    /// "not known"; and where none were asked for, what else was seen of them.
    fn attributed(
        &self,
        seen: Result<BTreeMap<String, String>, &str>,
        not_asked: impl FnOnce() -> BTreeMap<String, String>,
        known: Option<Run<'_>>,
    ) -> BTreeMap<String, String> {
        let asked = self.seen.extras.as_deref().filter(|extras| !extras.tag_keys.is_empty());
        match (seen, asked, known) {
            (Ok(tags), _, _) => tags,
            (Err(_), Some(_), Some(run)) => owned(run.last_span().tags().iter()),
            (Err(_), Some(extras), None) => not_known(extras),
            (Err(_), None, _) => not_asked(),
        }
    }

    /// Tags of domain, user profile, space and the app. Layers that were not read now are as they were known.
    fn tags(&self, app: &App, known: Option<Run<'_>>) -> BTreeMap<String, String> {
        let domain = self.seen.domain(&app.domain).and_then(|domain| domain.tags.as_deref());
        let profile = self.seen.user_profile_of(app).and_then(|name| self.seen.user_profile(&app.domain, name));
        let space = self.seen.space_of(app);
        let own = app.close_up.as_deref().and_then(|close_up| close_up.as_ref().ok()).map(|close_up| &close_up.tags);
        let mut layers = vec![domain];
        layers.extend(profile.map(|profile| profile.tags.as_deref()));
        layers.extend(space.map(|space| space.tags.as_deref()));
        layers.push(own);
        layered(&layers, known)
    }

    /// The volume of a space bills whether an app runs on it or not.
    fn volume(&self, space: &Space) -> Option<Running> {
        let gigabytes = space.volume_gb.filter(|gigabytes| *gigabytes > 0)?;
        let resource = Resource::Volume(space.domain.clone(), space.name.clone());
        let key = RunKey { resource: resource.to_string(), began: NO_BEGIN };
        let known = self.known.find(&key).map(|(_, run)| run);
        let domain = self.seen.domain(&space.domain).and_then(|domain| domain.tags.as_deref());
        let owner = space.owner.as_ref();
        let profile = owner.and_then(|name| self.seen.user_profile(&space.domain, name));
        let mut layers = vec![domain];
        layers.extend(profile.map(|profile| profile.tags.as_deref()));
        layers.push(space.tags.as_deref());
        Some(Running {
            resource,
            began: NO_BEGIN,
            owner: owner.map(ToString::to_string),
            instance_type: None,
            component: Item::Volume(VolumeOf::Studio, VolumeType::Gp3).to_string(),
            units: gigabytes,
            rate: rate(self.prices.volume(self.region, Some(gigabytes))),
            tags: self.attributed(self.seen.tags_of_space(space), || layered(&layers, known), known),
        })
    }

    fn variant(&self, endpoint: &Endpoint, close_up: &CloseUp, variant: &Variant) -> Option<Running> {
        let (name, began) = (endpoint.name.clone(), endpoint.created_at.unwrap_or(NO_BEGIN));
        let tags = |resource: &Resource| {
            let key = RunKey { resource: resource.to_string(), began };
            let known = self.known.find(&key).map(|(_, run)| run);
            let seen = self.seen.tags_of_endpoint(&endpoint.name);
            self.attributed(seen, || layered(&[Some(&close_up.tags)], known), known)
        };
        if let Some(serverless) = &variant.serverless {
            let (memory_mb, units) = (serverless.memory_mb, serverless.provisioned_concurrency);
            let resource = Resource::ProvisionedConcurrency(name, variant.name.clone());
            return (units > 0).then(|| Running {
                tags: tags(&resource),
                resource,
                began,
                owner: None,
                instance_type: None,
                component: Item::ProvisionedConcurrency(memory_mb.div_ceil(1024)).to_string(),
                units,
                rate: rate(self.prices.provisioned_concurrency(self.region, memory_mb, units)),
            });
        }
        let component = if close_up.is_async { Component::AsyncInf } else { Component::Hosting };
        let instance_type = variant.instance_type.as_ref();
        let each = self.prices.instance(self.region, component, instance_type);
        let all = each.map(|Priced { micro_usd_per_hour, list }| Priced {
            micro_usd_per_hour: micro_usd_per_hour.saturating_mul(variant.instances.into()),
            list,
        });
        let resource = Resource::Variant(name, variant.name.clone());
        (variant.instances > 0).then(|| Running {
            tags: tags(&resource),
            resource,
            began,
            owner: None,
            instance_type: instance_type.map(ToString::to_string),
            component: component.as_str().to_owned(),
            units: variant.instances,
            rate: rate(all),
        })
    }

    /// An endpoint that is listed and could not be described is what it was known to be.
    fn as_known(&self, endpoint: &Endpoint) -> Vec<Running> {
        // One of its name that was made anew is another.
        let of_endpoint = |run: &Run<'_>| {
            run.began() == endpoint.created_at.unwrap_or(NO_BEGIN)
                && run.resource().is_ok_and(|of| of.endpoint() == Some(&endpoint.name))
        };
        let open = self.known.open().map(|(_, run)| run).filter(of_endpoint);
        open.filter_map(|run| {
            let span = run.last_span();
            Some(Running {
                resource: run.resource().ok()?,
                began: run.began(),
                owner: span.owner().map(str::to_owned),
                instance_type: span.instance_type().map(str::to_owned),
                component: span.component().to_owned(),
                units: span.units(),
                rate: match span.charge() {
                    Charge::Priced { micro_usd_per_hour, list } => {
                        Rate::Priced { micro_usd_per_hour, list: list.to_owned() }
                    }
                    Charge::Unpriced(why) => Rate::Unpriced { unpriced: why.to_owned() },
                },
                tags: owned(span.tags().iter()),
            })
        })
        .collect()
    }

    fn notebook_instance(&self, instance: &NotebookInstance) -> Option<Running> {
        let resource = Resource::NotebookInstance(instance.name.clone());
        let began = instance.modified_at.max(instance.created_at).unwrap_or(NO_BEGIN);
        let key = RunKey { resource: resource.to_string(), began };
        let known = self.known.find(&key).map(|(_, run)| run);
        let seen = self.seen.tags_of_notebook_instance(&instance.name);
        let instance_type = instance.instance_type.as_ref();
        (instance.status == "InService").then(|| Running {
            resource,
            began,
            owner: None,
            instance_type: instance_type.map(ToString::to_string),
            component: Component::Notebook.as_str().to_owned(),
            units: 1,
            rate: rate(self.prices.instance(self.region, Component::Notebook, instance_type)),
            tags: self.attributed(seen, || layered(&[instance.tags.as_deref()], known), known),
        })
    }
}

fn app_resource(app: &App) -> Resource {
    let App { domain, owner, app_type, name, .. } = app;
    Resource::App { domain: domain.clone(), owner: owner.clone(), app_type: *app_type, name: name.clone() }
}

/// Every layer over the one before it. Where one was not read, what is known stays below them all:
/// tags must not come and go with how closely somebody looked.
fn layered(layers: &[Option<&TagsSeen>], known: Option<Run<'_>>) -> BTreeMap<String, String> {
    let read = |layer: &Option<&TagsSeen>| matches!(layer, Some(TagsSeen::Read(_)));
    let mut tags = match known {
        Some(run) if !layers.iter().all(read) => owned(run.last_span().tags().iter()),
        _ => BTreeMap::new(),
    };
    for layer in layers.iter().flatten() {
        if let TagsSeen::Read(read) = layer {
            tags.extend(read.iter().map(|(key, value)| (key.clone(), value.clone())));
        }
    }
    tags
}

pub(super) fn owned<'a>(tags: impl Iterator<Item = (&'a str, &'a str)>) -> BTreeMap<String, String> {
    tags.map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
}

/// Tags that were asked for and could not be read. They are not the same as none: what has none
/// belongs to nobody, and of this nobody knows.
pub(super) fn not_known(extras: &Extras) -> BTreeMap<String, String> {
    extras.tag_keys.iter().map(|key| (key.clone(), "not known".to_owned())).collect()
}

pub(super) fn rate(price: Result<Priced, Unpriced>) -> Rate {
    match price {
        Ok(Priced { micro_usd_per_hour, list }) => Rate::Priced { micro_usd_per_hour, list },
        Err(Unpriced(unpriced)) => Rate::Unpriced { unpriced },
    }
}
