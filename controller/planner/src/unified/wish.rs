//! What the Tooling blueprint's parameters should be.

use super::{Configuration, SageMakerDomain, UnifiedDomain};
use crate::drift::{DesiredUnifiedStudio, OnOff, Rule};

const MANAGEMENT: &str = "lifecycleManagement";
const TIMEOUT: &str = "idleTimeoutInMinutes";
const STORAGE: &str = "maxEbsVolumeSize";

/// What is told of what is not there.
const NOT_SET: &str = "not set";

/// One parameter as it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Wish {
    pub(super) parameter: &'static str,
    pub(super) rule: Rule,
    bound: Bound,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bound {
    Enabled,
    AtMost(u64),
    /// Only whether a project may change it is asked for.
    Any,
}

/// What stands where a wish speaks of it.
pub(super) struct Stands {
    pub(super) as_wished: bool,
    pub(super) found: String,
}

/// What is wished of the parameters that this rule is about.
pub(super) fn wishes(wanted: &DesiredUnifiedStudio, rule: Rule) -> Vec<Wish> {
    let timeout = wanted.idle_timeout.map(|length| Bound::AtMost(whole(length.get().as_secs()) / 60));
    let storage = wanted.max_storage_gib.map(|gib| Bound::AtMost(u64::from(gib)));
    // Without a bound of anything, whether projects may change it is asked of everything.
    let any = wanted.editable.filter(|_| timeout.is_none() && storage.is_none()).map(|_| Bound::Any);
    let all = [
        (MANAGEMENT, Rule::ToolingIdleShutdown, timeout.map(|_| Bound::Enabled).or(any)),
        (TIMEOUT, Rule::ToolingIdleShutdown, timeout.or(any)),
        (STORAGE, Rule::ToolingStorage, storage.or(any)),
    ];
    let of_rule = all.into_iter().filter(|(_, of, _)| *of == rule);
    of_rule.filter_map(|(parameter, rule, bound)| Some(Wish { parameter, rule, bound: bound? })).collect()
}

fn whole(seconds: i64) -> u64 {
    u64::try_from(seconds).unwrap_or_default()
}

impl Wish {
    /// Whether a value is as wished. What is not set, or is no number, is not: nobody told us
    /// what AWS takes instead.
    pub(super) fn holds(self, value: Option<&str>) -> bool {
        let number = || value.and_then(|text| text.trim().parse::<u64>().ok());
        match self.bound {
            Bound::Any => true,
            Bound::Enabled => value.is_some_and(|text| text.trim().eq_ignore_ascii_case("ENABLED")),
            Bound::AtMost(most) => number().is_some_and(|number| (1..=most).contains(&number)),
        }
    }

    /// The value that mends it; `None` where any would do.
    pub(super) fn value(self) -> Option<String> {
        match self.bound {
            Bound::Any => None,
            Bound::Enabled => Some("ENABLED".to_owned()),
            Bound::AtMost(most) => Some(most.to_string()),
        }
    }

    /// Whether more is asked than whether a project may change it.
    pub(super) fn has_bound(self) -> bool {
        self.bound != Bound::Any
    }

    fn said(self) -> Option<String> {
        match self.bound {
            Bound::Any => None,
            Bound::Enabled => Some(format!("{} ENABLED", self.parameter)),
            Bound::AtMost(most) => Some(format!("{} at most {most}", self.parameter)),
        }
    }
}

/// The wishes in words.
pub(super) fn expected(wishes: &[Wish], editable: Option<OnOff>) -> String {
    let editable = editable.map(|wanted| match wanted {
        OnOff::On => "editable by projects".to_owned(),
        OnOff::Off => "not editable by projects".to_owned(),
    });
    wishes.iter().filter_map(|wish| wish.said()).chain(editable).collect::<Vec<_>>().join(", ")
}

/// What a project profile says: its own parameters, and where it has none what the
/// blueprint is set up with in its region.
pub(super) fn of_profile(
    wishes: &[Wish],
    editable: Option<OnOff>,
    domain: &UnifiedDomain,
    configuration: &Configuration,
    region: &str,
) -> Stands {
    let region = configuration.region.as_deref().unwrap_or(region);
    let (mut as_wished, mut found) = (true, Vec::new());
    for wish in wishes {
        let own = configuration.parameters.get(wish.parameter);
        let of_blueprint = || domain.blueprint_parameter(&configuration.blueprint, region, wish.parameter);
        let value = own.and_then(|own| own.value.as_deref()).or_else(of_blueprint);
        let may_edit = own.and_then(|own| own.editable);
        let is_editable_as_wished = match editable {
            None => true,
            Some(wanted) => may_edit == Some(wanted == OnOff::On),
        };
        as_wished &= wish.holds(value) && is_editable_as_wished;
        let may_edit = match (editable, may_edit) {
            (None, _) => "",
            (_, Some(true)) => " (editable)",
            (_, Some(false)) => " (not editable)",
            (_, None) => " (editable or not is not said)",
        };
        found.push(format!("{} {}{may_edit}", wish.parameter, value.unwrap_or(NOT_SET)));
    }
    Stands { as_wished, found: found.join(", ") }
}

/// What the SageMaker domain has that an environment made: that is what holds for its apps.
pub(super) fn of_sagemaker(wishes: &[Wish], domain: &SageMakerDomain) -> Stands {
    let (mut as_wished, mut found) = (true, Vec::new());
    let mut look = |wish: &Wish, of: &str, value: Option<&str>| {
        as_wished &= wish.holds(value);
        found.push(format!("{of} {}", value.unwrap_or(NOT_SET)));
    };
    for wish in wishes {
        match wish.parameter {
            STORAGE => {
                let value = domain.max_storage_gib.map(|gib| gib.to_string());
                look(wish, "MaximumEbsVolumeSizeInGb", value.as_deref());
            }
            MANAGEMENT => domain.idle.iter().for_each(|idle| {
                look(wish, &format!("{} LifecycleManagement", idle.app_type), idle.management.as_deref());
            }),
            _ => domain.idle.iter().for_each(|idle| {
                let minutes = idle.minutes.map(|minutes| minutes.to_string());
                look(wish, &format!("{} IdleTimeoutInMinutes", idle.app_type), minutes.as_deref());
            }),
        }
    }
    Stands { as_wished, found: found.join(", ") }
}

impl UnifiedDomain {
    /// What a blueprint is set up with in a region.
    fn blueprint_parameter(&self, blueprint: &str, region: &str, name: &str) -> Option<&str> {
        let configuration = self.configurations.iter().find(|one| one.blueprint == blueprint)?;
        configuration.parameters.get(region)?.get(name).map(String::as_str)
    }
}
