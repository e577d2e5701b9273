//! Guards and budgets over a whole run: what is due and still not done.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use idle_core::{AccountId, DomainId, Explained, Reason, UserProfileName};
use jiff::Timestamp;

use super::describe::{action_key, idle_for_seconds};
use super::{Decision, Past, Price, Resource, Row};
use crate::policy::{Budget, FleetPolicy, Guards, Per};
use crate::snapshot::{AppStatus, ScopeSeen, Snapshot};

/// How many running apps look idle.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Idle {
    running: u64,
    idle: u64,
}

impl Idle {
    pub(super) fn add(&mut self, is_running: bool, looks_idle: bool) {
        self.running += u64::from(is_running);
        self.idle += u64::from(is_running && looks_idle);
    }
}

/// Why the whole run is refused, if so much looks idle that the evidence is doubted.
pub(super) fn too_many_idle(guards: &Guards, Idle { running, idle }: Idle) -> Option<Explained> {
    let percent = u64::from(guards.most_idle_percent);
    if running < u64::from(guards.of_at_least) || idle * 100 <= running * percent {
        return None;
    }
    let text = format!(
        "{idle} of {running} running apps look idle at once, more than {percent} %: the evidence is doubted; \
         hint: look at a few, then raise guards.most-idle-percent"
    );
    Some(Explained { code: Reason::TooManyIdle, text })
}

/// Holds back what exceeds the first run of an account or a budget. Dear things go first, of
/// equal ones those that have been idle for longest, and then by name: whatever the order of
/// the listings, the same is done.
pub(super) fn apply(policy: &FleetPolicy, snapshot: &Snapshot, past: &Past, now: Timestamp, rows: &mut [Row]) {
    let mut meters = Meters::new(policy, snapshot, past, now);
    for at in order(snapshot, rows) {
        if let Err(refusal) = meters.spend(&rows[at]) {
            rows[at].hold_back(refusal);
        }
    }
}

/// The rows that act, in the order in which budgets are spent.
fn order(snapshot: &Snapshot, rows: &[Row]) -> Vec<usize> {
    let acts = rows.iter().enumerate().filter_map(|(at, row)| match row.decision {
        Decision::Act(verb) => {
            let price = row.price().and_then(Price::micro_usd_per_hour);
            let (idle, key) = (idle_for_seconds(snapshot, row), action_key(snapshot, row, verb));
            Some((std::cmp::Reverse((price, idle)), key, at))
        }
        _ => None,
    });
    let mut acts: Vec<_> = acts.collect();
    acts.sort_unstable();
    acts.into_iter().map(|(_, _, at)| at).collect()
}

/// What a budget is counted by, of one row.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Group<'a> {
    Run,
    Account(&'a AccountId),
    Domain(u32, &'a DomainId),
    UserProfile(u32, &'a DomainId, Option<&'a UserProfileName>),
}

#[derive(Debug, Clone, Copy, Default)]
struct Spent {
    actions: u64,
    micro_usd: u64,
}

struct Meters<'a> {
    policy: &'a FleetPolicy,
    snapshot: &'a Snapshot,
    past: &'a Past,
    now: Timestamp,
    first_runs: BTreeMap<&'a AccountId, u32>,
    /// By the index of the budget.
    spent: HashMap<(usize, Group<'a>), Spent>,
    running: HashMap<Group<'a>, u64>,
}

impl<'a> Meters<'a> {
    fn new(policy: &'a FleetPolicy, snapshot: &'a Snapshot, past: &'a Past, now: Timestamp) -> Self {
        let percents = policy.budgets().iter().filter(|budget| budget.max_percent.is_some());
        let counted: BTreeSet<Per> = percents.map(|budget| budget.per).collect();
        let mut running = HashMap::new();
        for (index, scope) in (0..).zip(&snapshot.scopes) {
            for resource in in_service(scope) {
                for group in counted.iter().filter_map(|per| group(*per, index, scope, resource)) {
                    *running.entry(group).or_insert(0) += 1;
                }
            }
        }
        Self { policy, snapshot, past, now, first_runs: BTreeMap::new(), spent: HashMap::new(), running }
    }

    /// Counts an action, if every budget has room for it.
    fn spend(&mut self, row: &Row) -> Result<(), Explained> {
        let scope = &self.snapshot.scopes[usize::try_from(row.scope).unwrap_or(usize::MAX)];
        self.first_run(scope)?;
        let micro_usd = row.price().and_then(Price::micro_usd_per_hour);
        let mut charged = Vec::new();
        for (at, budget) in self.policy.budgets().iter().enumerate() {
            let counts = budget.counts(row.code, self.now);
            let Some(group) = group(budget.per, row.scope, scope, row.resource).filter(|_| counts) else { continue };
            let running = self.running.get(&group).copied().unwrap_or(0);
            let key = (at, group);
            let spent = self.spent.get(&key).copied().unwrap_or_default();
            check(budget, spent, running, micro_usd)?;
            charged.push(key);
        }
        for key in charged {
            let spent = self.spent.entry(key).or_default();
            spent.actions += 1;
            spent.micro_usd = spent.micro_usd.saturating_add(micro_usd.unwrap_or(0));
        }
        *self.first_runs.entry(&scope.scope.account).or_default() += 1;
        Ok(())
    }

    fn first_run(&self, scope: &ScopeSeen) -> Result<(), Explained> {
        let account = &scope.scope.account;
        let most = self.policy.guards().first_run;
        let done = self.first_runs.get(account).copied().unwrap_or(0);
        if self.past.known_accounts.contains(account) || done < most {
            return Ok(());
        }
        let text =
            format!("the first run in account {account} acts on {most} at most; hint: run it again after a look");
        Err(Explained { code: Reason::FirstRun, text })
    }
}

/// Whether a budget has room for one more.
fn check(budget: &Budget, spent: Spent, running: u64, micro_usd: Option<u64>) -> Result<(), Explained> {
    let Budget { name, per, line, .. } = budget;
    let used_up = |most: String| {
        let hours = budget.when.as_ref().map_or_else(String::new, |when| format!(" in {when}"));
        let text = format!("{name} (policy, line {line}) allows {most} per {per}{hours}");
        let closed = spent.actions == 0 && budget.when.is_some();
        Err(Explained { code: if closed { Reason::OutsideSchedule } else { Reason::BudgetUsedUp }, text })
    };
    if let Some(most) = budget.max_actions.filter(|most| spent.actions >= u64::from(*most)) {
        return used_up(format!("{most} actions"));
    }
    if let Some(percent) = budget.max_percent {
        let most = running * u64::from(percent) / 100;
        if spent.actions >= most {
            return used_up(format!("{percent} % of {running}, which is {most},"));
        }
    }
    let Some(most) = budget.max_micro_usd_per_hour else { return Ok(()) };
    let Some(micro_usd) = micro_usd else {
        let text = format!("{name} (policy, line {line}) counts money, and its price is not known");
        return Err(Explained { code: Reason::Unpriced, text });
    };
    if spent.micro_usd.saturating_add(micro_usd) > most {
        return used_up(format!("{} USD/h", usd(most)));
    }
    Ok(())
}

fn usd(micro_usd: u64) -> String {
    let text = format!("{}.{:06}", micro_usd / 1_000_000, micro_usd % 1_000_000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn in_service(scope: &ScopeSeen) -> impl Iterator<Item = Resource> {
    let apps = (0..).zip(&scope.apps).filter(|(_, app)| app.status == AppStatus::InService);
    let instances = (0..).zip(&scope.notebook_instances).filter(|(_, instance)| instance.status == "InService");
    let endpoints = (0..).zip(&scope.endpoints).filter(|(_, endpoint)| endpoint.status == "InService");
    let apps = apps.map(|(at, _)| Resource::App(at));
    apps.chain(instances.map(|(at, _)| Resource::NotebookInstance(at)))
        .chain(endpoints.map(|(at, _)| Resource::Endpoint(at)))
}

/// The group that a resource counts in; `None` where it belongs to none of that kind.
fn group(per: Per, index: u32, scope: &ScopeSeen, resource: Resource) -> Option<Group<'_>> {
    let app = match resource {
        Resource::App(at) => scope.apps.get(usize::try_from(at).ok()?),
        _ => None,
    };
    match per {
        Per::Run => Some(Group::Run),
        Per::Account => Some(Group::Account(&scope.scope.account)),
        Per::Domain => app.map(|app| Group::Domain(index, &app.domain)),
        Per::UserProfile => app.map(|app| Group::UserProfile(index, &app.domain, scope.user_profile_of(app))),
    }
}
