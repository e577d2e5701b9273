//! How a plan is made: a row for each resource, then the guards and budgets over all of them.

use std::collections::BTreeSet;

use idle_core::{AccountId, Explained, Reason};
use jiff::Timestamp;

use super::around::read;
use super::budgets;
use super::part_price::part_price;
use super::protect::{self, Notes, refuse};
use super::shared::Shared;
use super::{Around, Decision, Must, Plan, Price, Prices, Resource, Row, Told};
use crate::methods::{self, AppCase, Due, EndpointCase, Finding, NotebookInstanceCase, Part};
use crate::policy::{EndpointMode, FleetPolicy, Standing, Subject, span, standing};
use crate::prices::Component;
use crate::snapshot::{App, AppStatus, Endpoint, NotebookInstance, ScopeSeen, Snapshot};

/// What the command line allows beyond the policy.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Allowed {
    /// How far it may go with endpoints.
    pub endpoints: EndpointMode,
}

/// What is known of earlier runs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Past {
    /// Accounts in which one acted.
    pub known_accounts: BTreeSet<AccountId>,
}

/// The plan for what was seen: the same for the same arguments, in whatever order apps are listed.
///
/// First each resource by itself: a method brings it into question, and then everything that
/// protects it is asked. Then all of them together: too many idle at once, the first run in an
/// account, the policy's budgets.
#[must_use]
pub fn plan(
    policy: &FleetPolicy,
    snapshot: &Snapshot,
    past: &Past,
    prices: &Prices,
    allowed: &Allowed,
    now: Timestamp,
) -> Plan {
    let ground = Ground { policy, prices, allowed, now };
    let apps = snapshot.scopes.iter().map(|scope| scope.apps.len()).sum();
    let mut rows = Vec::with_capacity(apps);
    let mut idle = budgets::Idle::default();
    for (index, scope) in (0..).zip(&snapshot.scopes) {
        ground.scope(index, scope, &mut rows, &mut idle);
    }
    let mut plan = Plan { made_at: now, rows, refused: Vec::new() };
    match budgets::too_many_idle(policy.guards(), idle) {
        Some(refusal) => plan.refuse(refusal),
        None => budgets::apply(policy, snapshot, past, now, &mut plan.rows),
    }
    plan
}

/// What every row is made from.
#[derive(Clone, Copy)]
struct Ground<'a> {
    policy: &'a FleetPolicy,
    prices: &'a Prices,
    allowed: &'a Allowed,
    now: Timestamp,
}

impl Ground<'_> {
    fn scope(&self, index: u32, scope: &ScopeSeen, rows: &mut Vec<Row>, idle: &mut budgets::Idle) {
        let shared = Shared::of(scope);
        for (at, app) in (0..).zip(&scope.apps) {
            let (row, looks_idle) = self.app((index, at), scope, app, shared.contains(app));
            idle.add(app.status == AppStatus::InService, looks_idle);
            rows.push(row);
        }
        for (at, instance) in (0..).zip(&scope.notebook_instances) {
            rows.push(self.notebook_instance((index, at), scope, instance));
        }
        for (at, endpoint) in (0..).zip(&scope.endpoints) {
            self.endpoint((index, at), scope, endpoint, rows);
        }
        self.volumes(index, scope, rows);
    }

    fn app(&self, (index, at): (u32, u32), scope: &ScopeSeen, app: &App, is_shared: bool) -> (Row, bool) {
        let around = Around::of(scope, app);
        let tags = app.close_up.as_ref().and_then(|_| read(&around.tags()));
        let subject = Subject::app(scope, app, tags.as_deref());
        let settings = self.policy.apps(&subject);
        let case = AppCase { scope, app, settings: &settings, is_shared, now: self.now };
        let quiet = settings.space_quiet_for.value.get();
        let protect = |must: &mut Must| {
            must.space_unchanged_for_seconds = u64::try_from(quiet.as_secs()).unwrap_or(0);
            self.old_enough(scope, app.created_at, settings.min_age.value.get())?;
            let notes = protect::app(&around, must, self.now)?;
            self.exemptions(&subject, notes)
        };
        let decided = self.decide(methods::app(&case), protect);
        let price = || self.prices.app(&scope.scope.region, app.app_type, app.instance_type.as_ref()).into();
        (row(index, Resource::App(at), decided, price), methods::looks_idle(&case))
    }

    fn notebook_instance(&self, (index, at): (u32, u32), scope: &ScopeSeen, instance: &NotebookInstance) -> Row {
        let seen = [("the notebook instance", instance.tags.as_deref())];
        let tags = read(&seen);
        let subject = Subject::notebook_instance(scope, instance, tags.as_deref());
        let settings = self.policy.notebook_instances(&subject);
        let case = NotebookInstanceCase { instance, settings: &settings, now: self.now };
        let protect = |must: &mut Must| {
            let started = instance.created_at.and(methods::started_at(instance));
            self.old_enough(scope, started, settings.min_age.value.get())?;
            let notes = protect::tags(&seen, must, self.now)?;
            self.exemptions(&subject, notes)
        };
        let decided = self.decide(methods::notebook_instance(&case), protect);
        let instance_type = instance.instance_type.as_ref();
        let price = || self.prices.instance(&scope.scope.region, Component::Notebook, instance_type).into();
        row(index, Resource::NotebookInstance(at), decided, price)
    }

    fn endpoint(&self, (index, at): (u32, u32), scope: &ScopeSeen, endpoint: &Endpoint, rows: &mut Vec<Row>) {
        let close_up = endpoint.close_up.as_ref().ok();
        let seen = [("the endpoint", close_up.map(|close_up| &close_up.tags))];
        let tags = read(&seen);
        let subject = Subject::endpoint(scope, endpoint, tags.as_deref());
        let settings = self.policy.endpoints(&subject);
        let is_named = settings.names.value.matches(endpoint.name.as_str());
        let mode = (*settings.action.value).min(self.allowed.endpoints);
        let mode = if is_named { mode } else { EndpointMode::Report };
        for (part, finding) in methods::endpoint(&EndpointCase { endpoint, settings: &settings, mode, now: self.now }) {
            let protect = |must: &mut Must| {
                self.old_enough(scope, endpoint.created_at, jiff::SignedDuration::ZERO)?;
                let notes = protect::tags(&seen, must, self.now)?;
                self.exemptions(&subject, notes)
            };
            let decided = self.decide(finding, protect);
            let resource = match part {
                Part::Whole => Resource::Endpoint(at),
                Part::Variant(of) => Resource::Variant(at, of),
                Part::InferenceComponent(of) => Resource::InferenceComponent(at, of),
            };
            let price = || part_price(self.prices, &scope.scope.region, close_up, part);
            rows.push(row(index, resource, decided, price));
        }
    }

    /// The volumes of spaces in which no app is. In a scope that was not wholly seen, whether
    /// one is, is not known.
    fn volumes(&self, index: u32, scope: &ScopeSeen, rows: &mut Vec<Row>) {
        if !scope.blind.is_empty() || !scope.unclear.is_empty() {
            return;
        }
        let used: BTreeSet<_> =
            scope.apps.iter().filter_map(|app| scope.space_of(app)).map(std::ptr::from_ref).collect();
        let spaces = (0..).zip(&scope.spaces).filter(|(_, space)| !used.contains(&std::ptr::from_ref(*space)));
        for (at, space) in spaces {
            let settings = self.policy.volumes(&Subject::volume(scope, space, None));
            if let Some(why) = methods::unused_volume(space, &settings, self.now) {
                let price = || self.prices.volume(&scope.scope.region, space.volume_gb).into();
                rows.push(row(index, Resource::Volume(at), Decided::telling(Decision::Report, why), price));
            }
        }
    }

    /// What becomes of a finding, once everything that may protect has been asked.
    fn decide(&self, finding: Finding, protect: impl FnOnce(&mut Must) -> Result<Notes, Explained>) -> Decided {
        let due = match finding {
            Finding::Keep(code) => return Decided { decision: Decision::Keep, code, text: None, must: None },
            Finding::Report(why) => return Decided::telling(Decision::Report, why),
            Finding::HoldBack(why) => return Decided::telling(Decision::HoldBack, why),
            Finding::Act(due) => due,
        };
        let Due { verb, why: Explained { code, mut text }, mut must } = *due;
        must.protecting_tags = self.policy.guards().protecting_tags.clone();
        must.exemptions_max_days = Some(self.policy.max_exempt_days());
        match protect(&mut must) {
            Err(refusal) => Decided::telling(Decision::HoldBack, refusal),
            Ok(notes) => {
                notes.iter().for_each(|note| text = format!("{text}; {note}"));
                Decided { decision: Decision::Act(verb), code, text: Some(text), must: Some(must) }
            }
        }
    }

    /// Whether its scope was wholly seen, and it is old enough to be judged.
    fn old_enough(
        &self,
        scope: &ScopeSeen,
        born: Option<Timestamp>,
        least: jiff::SignedDuration,
    ) -> Result<(), Explained> {
        if let Some(blind) = scope.blind.first() {
            let text = format!("not all of the account and region was seen: {blind}");
            return refuse(Reason::ScanIncomplete, text);
        }
        let Some(born) = born else {
            return refuse(Reason::SourceUnknown, "AWS did not say when it was created".to_owned());
        };
        let age = self.now.duration_since(born);
        if age < least {
            return refuse(Reason::TooYoung, format!("it runs for {}; the least is {}", span(age), span(least)));
        }
        Ok(())
    }

    /// Whether the policy exempts it; notes tell of exemptions that do not hold.
    fn exemptions(&self, subject: &Subject<'_>, mut notes: Notes) -> Result<Notes, Explained> {
        let max_days = self.policy.max_exempt_days();
        for exemption in self.policy.exemptions().iter().filter(|exemption| exemption.covers(subject)) {
            let (line, ends) = (exemption.line, exemption.expires_at);
            match standing(ends, max_days, self.now) {
                Standing::InForce => {
                    let ticket = exemption.ticket.as_ref().map_or_else(String::new, |ticket| format!(", {ticket}"));
                    let (owner, reason) = (&exemption.owner, &exemption.reason);
                    let text = format!("exempt until {ends} by {owner}: {reason}{ticket} (policy, line {line})");
                    return refuse(Reason::Exempt, text);
                }
                Standing::Expired => notes.push(format!("the exemption at line {line} of the policy ended {ends}")),
                Standing::TooLong => notes.push(format!(
                    "the exemption at line {line} of the policy is none: it ends in over {max_days} days"
                )),
            }
        }
        Ok(notes)
    }
}

/// What is decided about one resource, before it is priced.
struct Decided {
    decision: Decision,
    code: Reason,
    text: Option<String>,
    must: Option<Must>,
}

impl Decided {
    fn telling(decision: Decision, Explained { code, text }: Explained) -> Self {
        Self { decision, code, text: Some(text), must: None }
    }
}

fn row(scope: u32, resource: Resource, decided: Decided, price: impl FnOnce() -> Price) -> Row {
    let Decided { decision, code, text, must } = decided;
    let told = text.map(|text| Box::new(Told { text, price: price(), must }));
    Row { scope, resource, decision, code, told }
}

impl Plan {
    /// Holds back every action for one reason.
    fn refuse(&mut self, refusal: Explained) {
        for row in self.rows.iter_mut().filter(|row| matches!(row.decision, Decision::Act(_))) {
            let text = "the whole run is refused".to_owned();
            row.hold_back(Explained { code: refusal.code, text });
        }
        self.refused.push(refusal);
    }
}
