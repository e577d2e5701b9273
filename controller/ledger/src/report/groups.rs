//! What a stretch of time is counted under.

use std::collections::{BTreeMap, HashMap};

use super::cut::Cut;
use super::{By, DayRow, Money};
use crate::fold::{Run, ScopeName, Span};
use crate::line::Ran;
use crate::resource::Resource;

/// Not looked up yet.
const UNKNOWN: u32 = u32::MAX;

/// Numbers of groups by what they are made of: names are put together once.
pub(super) struct Groups<'a> {
    by: &'a By,
    /// By number.
    pub(super) names: Vec<String>,
    numbers: HashMap<String, u32>,
    /// By number of a resource or of a configuration, whichever decides.
    known: Vec<u32>,
}

impl<'a> Groups<'a> {
    pub(super) fn new(by: &'a By) -> Self {
        Self { by, names: Vec::new(), numbers: HashMap::new(), known: Vec::new() }
    }

    /// The group of a part of a run.
    pub(super) fn of(&mut self, run: Run<'_>, span: Span<'_>) -> usize {
        let place = match self.by {
            By::Account => return self.number(run.scope().account),
            By::Region => return self.number(run.scope().region),
            By::Domain | By::Space | By::Endpoint => run.resource_number(),
            By::UserProfile | By::InstanceType | By::Component | By::Tag(_) => span.config_id().0,
        } as usize;
        if self.known.len() <= place {
            self.known.resize(place + 1, UNKNOWN);
        }
        if self.known[place] == UNKNOWN {
            let name = match self.by {
                By::Account | By::Region => String::new(),
                By::Domain | By::Space | By::Endpoint => of_resource(self.by, run.resource_text()),
                By::UserProfile => or(span.owner(), "unattributed"),
                By::InstanceType => or(span.instance_type(), "no instance type"),
                By::Component => span.component().to_owned(),
                By::Tag(key) => or(span.tags().get(key), "unattributed"),
            };
            self.known[place] = u32::try_from(self.number(&name)).unwrap_or(UNKNOWN);
        }
        self.known[place] as usize
    }

    /// The group of what runs now.
    pub(super) fn of_running(&mut self, account: &str, region: &str, ran: &Ran) -> usize {
        let name = match self.by {
            By::Account => account.to_owned(),
            By::Region => region.to_owned(),
            By::Domain | By::Space | By::Endpoint => of_resource(self.by, &ran.key.resource),
            By::UserProfile => or(ran.owner.as_deref(), "unattributed"),
            By::InstanceType => or(ran.instance_type.as_deref(), "no instance type"),
            By::Component => ran.component.clone(),
            By::Tag(key) => or(ran.tags.get(key).map(String::as_str), "unattributed"),
        };
        self.number(&name)
    }

    fn number(&mut self, name: &str) -> usize {
        if let Some(number) = self.numbers.get(name) {
            return *number as usize;
        }
        let number = self.names.len();
        self.names.push(name.to_owned());
        self.numbers.insert(name.to_owned(), u32::try_from(number).unwrap_or(UNKNOWN));
        number
    }
}

/// A space has its domain's id before its name: names are unique within a domain alone.
fn of_resource(by: &By, text: &str) -> String {
    let resource = text.parse::<Resource>().ok();
    let resource = resource.as_ref();
    match by {
        By::Space => match resource.and_then(|known| known.domain().zip(known.space())) {
            Some((domain, space)) => format!("{domain}/{space}"),
            None => "no space".to_owned(),
        },
        By::Endpoint => or(resource.and_then(Resource::endpoint).map(ToString::to_string).as_deref(), "no endpoint"),
        _ => or(resource.and_then(Resource::domain).map(ToString::to_string).as_deref(), "no domain"),
    }
}

fn or(name: Option<&str>, none: &str) -> String {
    name.unwrap_or(none).to_owned()
}

/// Each day of each group, given what each group came to by the day's place in the window.
pub(super) fn day_rows<'a>(
    cut: &Cut,
    groups: &Groups<'_>,
    days: impl Iterator<Item = &'a BTreeMap<usize, Money>>,
) -> Vec<DayRow> {
    let mut rows = Vec::new();
    for (name, days) in groups.names.iter().zip(days) {
        let row = |(day, money): (&usize, &Money)| DayRow { day: cut.date(*day), group: name.clone(), money: *money };
        rows.extend(days.iter().map(row));
    }
    rows.sort_by(|a, b| a.day.cmp(&b.day).then_with(|| a.group.cmp(&b.group)));
    rows
}

/// An account and region as text.
pub(super) fn place(scope: ScopeName<'_>) -> String {
    format!("{} {}", scope.account, scope.region)
}
