//! The policy of a fleet: the text of `costctl.toml`, with the line of every setting.
//!
//! ```toml
//! schema_version = 1
//!
//! [apps]
//! idle-timeout = "2h"              # or "off"
//!
//! [[override]]                     # what is given below "for" must fit, all of it
//! name = "machine learning"
//! for = { domain = "d-abc", tag = "team=ml" }
//! apps.idle-timeout = "6h"
//! ```
//!
//! The most specific override wins, for each setting alone: see [`FleetPolicy::apps`]. A
//! whole example with every key stands in `controller/planner/tests/fixtures/costctl.toml`.

mod at;
mod budget;
mod check;
mod desired;
mod error;
mod exemption;
mod file;
mod pattern;
mod resolve;
mod settings;
mod subject;
mod values;

use at::{At, Lines};
use error::Blame;
use file::File;
use idle_core::Schedule;
use jiff::{SignedDuration, Timestamp};

use crate::drift::Desired;

pub use budget::{Budget, Per};
pub use error::PolicyError;
pub use exemption::{Exemption, Standing, parse_end, standing};
pub use pattern::{Pattern, Patterns};
pub(crate) use resolve::TWO_MONTH_ENDS;
pub use settings::{AppSettings, EndpointSettings, Explanation, NotebookInstanceSettings, Origin, Set, VolumeSettings};
pub use subject::{Selectors, Subject, TagPattern};
pub(crate) use values::span;
pub use values::{AppAction, EndpointMode, Length, Limit};

/// The version that this code reads.
pub const SCHEMA_VERSION: u32 = 1;
/// The tag that protects, in every policy.
pub const PROTECT_TAG: &str = "costctl:protect";
/// The tag that exempts until the time in its value.
pub const EXEMPT_TAG: &str = "costctl:exempt-until";

/// Budgets' hours are weekly: what does not change in eight days never does.
const MOST_MINUTES: usize = 8 * 24 * 60;

/// A policy that makes sense.
#[derive(Debug, Clone)]
pub struct FleetPolicy {
    /// The most specific first, then the policy's own sections, then the defaults.
    rules: Vec<Rule>,
    exemptions: Vec<Exemption>,
    max_exempt_days: u32,
    budgets: Vec<Budget>,
    guards: Guards,
    desired: Desired,
}

/// An override, or the whole policy, or the defaults.
#[derive(Debug, Clone)]
struct Rule {
    name: String,
    selectors: Selectors,
    apps: settings::AppLayer,
    notebook_instances: settings::NotebookInstanceLayer,
    endpoints: settings::EndpointLayer,
    volumes: settings::VolumeLayer,
}

/// What refuses a whole run, or nearly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guards {
    /// If more of a hundred running apps look idle at once, the evidence is doubted.
    pub most_idle_percent: u32,
    /// With fewer running apps than this, it is not.
    pub of_at_least: u32,
    /// So many actions in an account in which none was done before.
    pub first_run: u32,
    /// A tag of any of these keys protects; [`PROTECT_TAG`] always is one.
    pub protecting_tags: Vec<String>,
}

impl FleetPolicy {
    /// The policy that holds where there is no file.
    ///
    /// # Panics
    /// Never: its text is a constant that the tests parse.
    #[must_use]
    pub fn by_default() -> Self {
        Self::parse("schema_version = 1\n", "the default policy").expect("it is the version and nothing else")
    }

    /// The policy that a text says; `name` is the file's, for messages.
    ///
    /// # Errors
    /// [`PolicyError`] for the first mistake: file, line, key and a hint.
    pub fn parse(text: &str, name: &str) -> Result<Self, PolicyError> {
        let lines = Lines::new(text);
        let blame = Blame { name, lines: &lines };
        check_version(text, &blame)?;
        let mut file: File = toml::from_str(text).map_err(|error| blame.parser(&error))?;
        file.settle(&lines);
        check::file(&file, &blame)?;
        let File { exemptions, exemption, budget, guards, .. } = &file;
        let build_exemption = |read: &At<file::Exemption>| Exemption::build(read.clone(), &blame);
        let build_budget = |read: &At<file::Budget>| Budget::build(read.clone(), &blame);
        Ok(Self {
            exemptions: exemption.iter().map(build_exemption).collect::<Result<_, _>>()?,
            max_exempt_days: exemptions.max_days.as_ref().map_or(file::MAX_EXEMPT_DAYS, |at| at.value),
            budgets: budget.iter().map(build_budget).collect::<Result<_, _>>()?,
            guards: Guards::build(guards),
            desired: file.desired.clone(),
            rules: rules(file),
        })
    }

    /// What it exempts.
    #[must_use]
    pub fn exemptions(&self) -> &[Exemption] {
        &self.exemptions
    }

    /// How many days from now an exemption may end at most.
    #[must_use]
    pub fn max_exempt_days(&self) -> u32 {
        self.max_exempt_days
    }

    /// What limits a run.
    #[must_use]
    pub fn budgets(&self) -> &[Budget] {
        &self.budgets
    }

    /// Until when the same budgets hold as at `from`, to the minute, and no longer than `until`:
    /// a plan that is kept beyond that would be done by budgets of another hour.
    #[must_use]
    pub fn budgets_hold_until(&self, from: Timestamp, until: Timestamp) -> Timestamp {
        let hours: Vec<&Schedule> = self.budgets.iter().filter_map(|budget| budget.when.as_ref()).collect();
        let at_first: Vec<bool> = hours.iter().map(|hours| hours.contains(from)).collect();
        if hours.is_empty() {
            return until;
        }
        let next_minute =
            |at: &Timestamp| at.checked_add(SignedDuration::from_secs(60 - at.as_second().rem_euclid(60))).ok();
        let minutes = std::iter::successors(next_minute(&from), next_minute);
        let mut within = minutes.take(MOST_MINUTES).take_while(|at| *at < until);
        let changes = |at: &Timestamp| hours.iter().zip(&at_first).any(|(hours, held)| hours.contains(*at) != *held);
        within.find(changes).unwrap_or(until)
    }

    /// What domains should be like.
    #[must_use]
    pub fn desired(&self) -> &Desired {
        &self.desired
    }

    /// What refuses a run.
    #[must_use]
    pub fn guards(&self) -> &Guards {
        &self.guards
    }
}

fn check_version(text: &str, blame: &Blame<'_>) -> Result<(), PolicyError> {
    let version: file::Version = toml::from_str(text).map_err(|error| blame.parser(&error))?;
    let Some(At { value, line: offset }) = version.schema_version else {
        return Err(blame.at(1, "no schema_version; hint: begin the file with schema_version = 1"));
    };
    let line = blame.lines.of(usize::try_from(offset).unwrap_or(0));
    match value {
        SCHEMA_VERSION => Ok(()),
        0 => Err(blame.at(line, "there is no version 0; hint: schema_version = 1")),
        newer => Err(blame.at(line, format!("{newer} is newer than this costctl reads; hint: upgrade costctl"))),
    }
}

/// Overrides with the most specific first, of equal ones the later; then the file, then the defaults.
fn rules(file: File) -> Vec<Rule> {
    let overridden = |At { value, line }: At<file::Override>| Rule {
        name: value.name.unwrap_or_else(|| format!("the override at line {line}")),
        selectors: value.selectors,
        apps: value.apps,
        notebook_instances: value.notebook_instances,
        endpoints: value.endpoints,
        volumes: value.volumes,
    };
    let mut rules: Vec<Rule> = file.overrides.into_iter().rev().map(overridden).collect();
    rules.sort_by_key(|rule| std::cmp::Reverse(rule.selectors.rank()));
    rules.push(Rule {
        name: "the policy".to_owned(),
        selectors: Selectors::default(),
        apps: file.apps,
        notebook_instances: file.notebook_instances,
        endpoints: file.endpoints,
        volumes: file.volumes,
    });
    rules.push(Rule {
        name: "the default".to_owned(),
        selectors: Selectors::default(),
        apps: settings::AppLayer::defaults(),
        notebook_instances: settings::NotebookInstanceLayer::defaults(),
        endpoints: settings::EndpointLayer::defaults(),
        volumes: settings::VolumeLayer::defaults(),
    });
    rules
}

impl Guards {
    fn build(read: &file::Guards) -> Self {
        let file::Guards { most_idle_percent, of_at_least, first_run, protecting_tags } = read;
        let or = |at: &Option<At<u32>>, default| at.as_ref().map_or(default, |at| at.value);
        let mut tags = vec![PROTECT_TAG.to_owned()];
        tags.extend(protecting_tags.iter().filter(|tag| *tag != PROTECT_TAG).cloned());
        Self {
            most_idle_percent: or(most_idle_percent, 50),
            of_at_least: or(of_at_least, 10),
            first_run: or(first_run, 1),
            protecting_tags: tags,
        }
    }
}
