//! What runs in one account and region, counted.

use std::collections::BTreeMap;

use idle_core::{DomainId, InstanceType};
use jiff::{SignedDuration, Timestamp};

use crate::install::Host;
use crate::methods::Part;
use crate::methods::heard::{Heard, heard};
use crate::plan::{Around, Price, Prices, Shared, part_price, read_tags};
use crate::policy::{FleetPolicy, Subject};
use crate::prices::Component;
use crate::snapshot::{App, AppStatus, Endpoint, Heartbeat, ScopeSeen};

/// Less idle time than this is a pause.
const IDLE: SignedDuration = SignedDuration::from_mins(10);

/// Apps of one domain, or of all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Apps {
    pub(super) running: u64,
    pub(super) idle: u64,
    pub(super) covered: u64,
    pub(super) uncovered: u64,
    pub(super) violations: u64,
    /// Heartbeats that could not be read: how many are idle or covered is then not known.
    pub(super) unheard: u64,
    pub(super) rate: Rate,
}

/// What runs costs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Rate {
    pub(super) micro_usd_per_hour: u64,
    pub(super) unpriced: u64,
}

impl Rate {
    pub(super) fn add(&mut self, price: &Price) {
        match price {
            Price::MicroUsdPerHour(micro_usd) => {
                self.micro_usd_per_hour = self.micro_usd_per_hour.saturating_add(*micro_usd);
            }
            Price::Unpriced(_) => self.unpriced += 1,
        }
    }

    pub(super) fn plus(self, other: Self) -> Self {
        Self {
            micro_usd_per_hour: self.micro_usd_per_hour.saturating_add(other.micro_usd_per_hour),
            unpriced: self.unpriced + other.unpriced,
        }
    }
}

impl Apps {
    pub(super) fn plus(self, other: Self) -> Self {
        Self {
            running: self.running + other.running,
            idle: self.idle + other.idle,
            covered: self.covered + other.covered,
            uncovered: self.uncovered + other.uncovered,
            violations: self.violations + other.violations,
            unheard: self.unheard + other.unheard,
            rate: self.rate.plus(other.rate),
        }
    }
}

/// What runs, by domain and by instance type.
#[derive(Debug, Clone, Default)]
pub(super) struct Count {
    pub(super) domains: BTreeMap<DomainId, Apps>,
    /// Of what belongs to no domain.
    pub(super) others: Rate,
    pub(super) types: BTreeMap<InstanceType, u64>,
}

impl Count {
    fn add_type(&mut self, instance_type: Option<&InstanceType>, price: &Price) {
        if let (Some(instance_type), Some(micro_usd @ 1..)) = (instance_type, price.micro_usd_per_hour()) {
            let sum = self.types.entry(instance_type.clone()).or_default();
            *sum = sum.saturating_add(micro_usd);
        }
    }
}

/// What runs in this account and region. Every domain that was listed has a count.
pub(super) fn count(policy: &FleetPolicy, prices: &Prices, scope: &ScopeSeen, now: Timestamp) -> Count {
    let mut count = Count::default();
    count.domains.extend(scope.domains.iter().map(|domain| (domain.id.clone(), Apps::default())));
    let shared = Shared::of(scope);
    for app in scope.apps.iter().filter(|app| app.status == AppStatus::InService) {
        let price: Price = prices.app(&scope.scope.region, app.app_type, app.instance_type.as_ref()).into();
        let apps = count.domains.entry(app.domain.clone()).or_default();
        apps.running += 1;
        apps.violations += u64::from(!is_allowed(policy, scope, app));
        apps.rate.add(&price);
        listen(apps, app, shared.contains(app), now);
        count.add_type(app.instance_type.as_ref(), &price);
    }
    for instance in scope.notebook_instances.iter().filter(|instance| instance.status == "InService") {
        let price: Price =
            prices.instance(&scope.scope.region, Component::Notebook, instance.instance_type.as_ref()).into();
        count.others.add(&price);
        count.add_type(instance.instance_type.as_ref(), &price);
    }
    for endpoint in &scope.endpoints {
        add_endpoint(&mut count, prices, scope, endpoint);
    }
    count
}

/// What was heard of an app in which an agent can run.
fn listen(apps: &mut Apps, app: &App, is_shared: bool, now: Timestamp) {
    if Host::of(app.app_type).is_none() {
        return;
    }
    // Whether it is heard does not depend on what it says: a late heartbeat of idleness is one, too.
    let is_heard = match &app.heartbeat {
        Heartbeat::Unread(_) | Heartbeat::NotAsked => {
            apps.unheard += 1;
            return;
        }
        Heartbeat::Silent => false,
        Heartbeat::Heard { at, .. } => {
            let at_work = Heartbeat::Heard { at: *at, idle_seconds: 0 };
            matches!(heard(&at_work, app.created_at, now), Heard::Alive { .. }) && !is_shared
        }
    };
    apps.covered += u64::from(is_heard);
    apps.uncovered += u64::from(!is_heard);
    let is_idle = matches!(heard(&app.heartbeat, app.created_at, now), Heard::Alive { idle, .. } if idle >= IDLE);
    apps.idle += u64::from(is_idle && !is_shared);
}

/// Whether the policy allows what the app runs on, where it stands; what is not known breaks no rule.
fn is_allowed(policy: &FleetPolicy, scope: &ScopeSeen, app: &App) -> bool {
    let Some(instance_type) = &app.instance_type else { return true };
    let around = Around::of(scope, app);
    let tags = app.close_up.as_ref().and_then(|_| read_tags(&around.tags()));
    let settings = policy.apps(&Subject::app(scope, app, tags.as_deref()));
    settings.allowed_instance_types.value.allow(instance_type)
}

fn add_endpoint(count: &mut Count, prices: &Prices, scope: &ScopeSeen, endpoint: &Endpoint) {
    let Ok(close_up) = &endpoint.close_up else {
        count.others.unpriced += 1;
        return;
    };
    for (at, variant) in (0..).zip(&close_up.variants) {
        let price = part_price(prices, &scope.scope.region, Some(close_up), Part::Variant(at));
        // What has no instances bills none, whether their price is known or not.
        if variant.serverless.is_some() || variant.instances > 0 {
            count.others.add(&price);
            count.add_type(variant.instance_type.as_ref(), &price);
        }
    }
}
