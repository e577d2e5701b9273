//! A small world in which apps and a variant come and go, and writers that look at it with what
//! they know, late and in each other's way.

use std::collections::BTreeMap;

use cost_ledger::advance::{Advance, Extra, Known, SweepStop, advance, agents_stops, group, sweeps_stops};
use cost_ledger::line::Native;
use cost_ledger::{Folded, Ledger};
use cost_planner::install::Scope;
use cost_planner::plan::Target;
use cost_planner::prices::Prices;
use cost_planner::snapshot::{
    App, AppStatus, Blind, CloseUp, Endpoint, Heartbeat, IdleTime, Kind, ScopeSeen, Series, TagsSeen, Variant,
};
use idle_core::{AccountId, AppName, AppOwner, AppRef, AppType, DomainId, EndpointName, InstanceType, Partition};
use idle_core::{Region, SpaceName, VariantName};
use proptest::prelude::*;

use crate::lines::{at, text};

/// How a run came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    Agent,
    Sweep,
    User,
}

/// A run of an app, or a time in which the variant had instances, in minutes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Life {
    pub(crate) from: i64,
    pub(crate) to: i64,
    pub(crate) end: End,
}

impl Life {
    pub(crate) fn is_there(&self, minutes: i64) -> bool {
        self.from <= minutes && minutes < self.to
    }
}

/// One look of one writer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sight {
    pub(crate) at: i64,
    /// What it writes is to be read so many minutes later.
    pub(crate) late: i64,
    /// It was cut short before it wrote.
    pub(crate) is_lost: bool,
    /// `ListApps` came to no end.
    pub(crate) is_blind: bool,
}

#[derive(Debug, Clone)]
pub(crate) struct World {
    /// Of each space, one after the other.
    pub(crate) apps: Vec<Vec<Life>>,
    pub(crate) variant: Vec<Life>,
    /// In order.
    pub(crate) sights: Vec<Sight>,
    /// Decides in which order objects are read, and which of them twice.
    pub(crate) order: Vec<(usize, bool)>,
}

/// What was written at a look, and what its writer knew.
pub(crate) struct Written {
    pub(crate) sight: Sight,
    /// The object.
    pub(crate) text: String,
    pub(crate) knew: Vec<(String, i64)>,
}

/// Minutes of the time that is played.
const LENGTH: i64 = 4 * 24 * 60;
/// The endpoint was made before all.
pub(crate) const ENDPOINT_BEGAN: i64 = -100;

pub(crate) fn worlds() -> impl Strategy<Value = World> {
    let end = prop_oneof![Just(End::Agent), Just(End::Sweep), Just(End::User)];
    let life = || proptest::collection::vec((1..900_i64, 1..1500_i64, end.clone()), 0..6).prop_map(lives);
    let sight = (0..LENGTH, 1..90_i64, proptest::bool::weighted(0.1), proptest::bool::weighted(0.1));
    let sights = proptest::collection::vec(sight, 1..40).prop_map(|sights| {
        let mut sights: Vec<Sight> =
            sights.into_iter().map(|(at, late, is_lost, is_blind)| Sight { at, late, is_lost, is_blind }).collect();
        sights.sort_by_key(|sight| sight.at);
        sights
    });
    let order = proptest::collection::vec((0..1000_usize, proptest::bool::weighted(0.2)), 40);
    let apps = proptest::collection::vec(life(), 1..4);
    (apps, life(), sights, order).prop_map(|(apps, variant, sights, order)| World { apps, variant, sights, order })
}

fn lives(spans: Vec<(i64, i64, End)>) -> Vec<Life> {
    let mut now = 0;
    let life = |(gap, length, end)| {
        let from = now + gap;
        now = from + length;
        Life { from, to: now, end }
    };
    spans.into_iter().map(life).collect()
}

impl World {
    /// Lets every writer look and write, knowing what could be read by then.
    pub(crate) fn play(&self) -> Vec<Written> {
        let prices = Prices::default();
        let mut written: Vec<Written> = Vec::new();
        for sight in &self.sights {
            let mut ledger = Ledger::default();
            for earlier in written.iter().filter(|earlier| sight.could_read(&earlier.sight)) {
                ledger.read(earlier.text.as_bytes(), "an object").expect("lines");
            }
            let known = Known::new(ledger, &scope());
            let knew = known.running().map(|(resource, began)| (resource.to_owned(), crate::lines::minutes(began)));
            let knew = knew.collect();
            if !sight.is_lost {
                let text = text(&self.look(*sight, &known, &prices).lines);
                written.push(Written { sight: *sight, text, knew });
            }
        }
        written
    }

    fn look(&self, sight: Sight, known: &Known, prices: &Prices) -> Advance {
        let seen = self.seen(sight);
        let mut news = advance(&seen, &Extra::default(), known, prices);
        let sweeps = sweeps_stops(&self.evidence(sight.at), known, |_| Native::Off);
        let since = known.looked_last(cost_ledger::line::Kind::App, at(sight.at));
        let since = since.map_or(0, crate::lines::minutes);
        let mut counts = BTreeMap::new();
        for run in &news.gone {
            let stopped = self.apps.iter().flatten().filter(|life| life.end == End::Agent);
            let counted = stopped.filter(|life| since < life.to && life.to <= sight.at).count();
            counts.extend(group(run).map(|group| (group, counted as u64)));
        }
        let agents = agents_stops(&news.gone, &counts, &sweeps, |_| Native::Off, at(sight.at));
        news.add_stops(&seen, sweeps.into_iter().chain(agents));
        news
    }

    /// What a sweep's evidence of the last two days tells.
    fn evidence(&self, now: i64) -> Vec<SweepStop> {
        let lives = self.apps.iter().enumerate().flat_map(|(n, lives)| lives.iter().map(move |life| (n, life)));
        let stopped = lives.filter(|(_, life)| life.end == End::Sweep && life.to <= now && now - life.to < 2_880);
        let stop = |(n, life): (usize, &Life)| SweepStop {
            target: Target::App(AppRef {
                partition: scope().partition,
                region: scope().region,
                account: scope().account,
                domain: domain(),
                owner: space(n),
                app_type: AppType::JupyterLab,
                name: AppName::parse("default").expect("a name"),
                created_at: Some(at(life.from)),
            }),
            created_at: at(life.from),
            modified_at: None,
            gone_at: at(life.to),
            reason: "idle-timeout".to_owned(),
            idle_since: Some(at(life.to - 30)),
        };
        stopped.map(stop).collect()
    }

    fn seen(&self, sight: Sight) -> ScopeSeen {
        let mut seen = empty(sight.at);
        for (n, lives) in self.apps.iter().enumerate() {
            let Some(life) = lives.iter().find(|life| life.is_there(sight.at)) else { continue };
            let place = u32::try_from(seen.apps.len()).expect("few");
            let (since, until) = (at(life.from), at(sight.at));
            seen.idle_times.push(IdleTime { app: place, since, until, work_returned: false });
            seen.apps.push(app(n, life.from));
        }
        if sight.is_blind {
            seen.blind.push(Blind { operation: "ListApps".to_owned(), why: "throttled".to_owned() });
            // Part of a listing is there all the same.
            seen.apps.truncate(1);
            seen.idle_times.truncate(1);
        }
        let instances = u32::from(self.variant.iter().any(|life| life.is_there(sight.at)));
        seen.endpoints.push(endpoint(instances));
        seen
    }

    /// What all objects come to, read in some order and some of them twice.
    pub(crate) fn fold(&self, written: &[Written], is_shuffled: bool) -> Folded {
        let mut order: Vec<usize> = (0..written.len()).collect();
        if is_shuffled {
            let again = order.clone().into_iter().filter(|n| self.order[*n].1);
            order.extend(again.collect::<Vec<_>>());
            order.sort_by_key(|n| self.order[*n].0);
        }
        let mut ledger = Ledger::default();
        for n in order {
            ledger.read(written[n].text.as_bytes(), "an object").expect("lines");
        }
        ledger.finish()
    }
}

impl Sight {
    /// Whether what another look wrote was there by now.
    pub(crate) fn is_after(&self, earlier: &Self) -> bool {
        earlier.at + earlier.late <= self.at
    }

    /// Whether this look can know what another wrote: of today and yesterday, and there by now.
    fn could_read(&self, earlier: &Self) -> bool {
        let day = |minutes: i64| minutes.div_euclid(24 * 60);
        self.is_after(earlier) && day(earlier.at) >= day(self.at) - 1
    }
}

pub(crate) fn resource(n: usize) -> String {
    format!("app/d-1/space/lab-{n}/JupyterLab/default")
}

pub(crate) fn scope() -> Scope {
    Scope {
        partition: Partition::parse("aws").expect("a partition"),
        account: AccountId::parse("111122223333").expect("an account"),
        region: Region::parse("eu-west-1").expect("a region"),
    }
}

fn domain() -> DomainId {
    DomainId::parse("d-1").expect("a domain")
}

fn space(n: usize) -> AppOwner {
    AppOwner::Space(SpaceName::parse(&format!("lab-{n}")).expect("a space"))
}

pub(crate) fn empty(minutes: i64) -> ScopeSeen {
    ScopeSeen {
        scope: scope(),
        role: "arn:aws:iam::111122223333:role/costctl-reader".to_owned(),
        taken_at: at(minutes),
        kinds: Kind::ALL.to_vec(),
        blind: Vec::new(),
        domains: Vec::new(),
        user_profiles: Vec::new(),
        spaces: Vec::new(),
        apps: Vec::new(),
        heartbeats_since: None,
        extras: None,
        idle_times: Vec::new(),
        unclear: Vec::new(),
        endpoints: Vec::new(),
        notebook_instances: Vec::new(),
    }
}

pub(crate) fn app(n: usize, began: i64) -> App {
    App {
        domain: domain(),
        owner: space(n),
        app_type: AppType::JupyterLab,
        name: AppName::parse("default").expect("a name"),
        status: AppStatus::InService,
        created_at: Some(at(began)),
        instance_type: InstanceType::parse("ml.g4dn.xlarge").ok(),
        heartbeat: Heartbeat::Silent,
        close_up: None,
    }
}

pub(crate) fn endpoint(instances: u32) -> Endpoint {
    let variant = Variant {
        name: VariantName::parse("AllTraffic").expect("a variant"),
        is_shadow: false,
        instance_type: InstanceType::parse("ml.g4dn.xlarge").ok(),
        instances,
        desired_instances: instances,
        serverless: None,
        managed_min_instances: None,
        invocations: Series::Absent,
    };
    Endpoint {
        name: EndpointName::parse("chat").expect("an endpoint"),
        status: "InService".to_owned(),
        created_at: Some(at(ENDPOINT_BEGAN)),
        modified_at: None,
        close_up: Ok(CloseUp {
            config_name: "chat-1".to_owned(),
            config_missing: None,
            is_async: false,
            variants: vec![variant],
            inference_components: Vec::new(),
            scalable_targets: Ok(Vec::new()),
            backlog: None,
            tags: TagsSeen::Read([("Team".to_owned(), "chat".to_owned())].into()),
        }),
    }
}
