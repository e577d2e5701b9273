//! SageMaker's own idle shutdown: of a domain, of user profiles that override it, and of spaces.

use jiff::SignedDuration;
use serde_json::Value;

use crate::drift::check::Checked;
use crate::drift::desired::{DesiredIdle, OnOff};
use crate::drift::finding::{Fix, Rule};
use crate::drift::how::{by_hand, by_us};
use crate::drift::view::{Kind, Number, Settings, Text, Thing, View, number, text};
use crate::install::{Host, Place, Section};
use crate::policy::{Length, span};

const RULE: Rule = Rule::IdleShutdown;
/// No other app type has it.
const HOSTS: [Host; 2] = [Host::JupyterLab, Host::CodeEditor];

pub(in crate::drift) fn check(view: &View<'_>, wanted: &DesiredIdle, into: &mut Checked) {
    for thing in &view.things {
        for settings in thing.settings() {
            // Shared spaces have no settings for Code Editor.
            for host in HOSTS.into_iter().filter(|host| !settings.shared || *host == Host::JupyterLab) {
                At { view, thing, wanted, settings: &settings, host }.check(into);
            }
        }
        if thing.kind == Kind::Space {
            HOSTS.into_iter().for_each(|host| of_space(view, thing, wanted, host, into));
        }
    }
}

/// One structure `IdleSettings` of a domain or user profile.
struct At<'a> {
    view: &'a View<'a>,
    thing: &'a Thing<'a>,
    wanted: &'a DesiredIdle,
    settings: &'a Settings<'a>,
    host: Host,
}

impl At<'_> {
    fn check(&self, into: &mut Checked) {
        let structure = format!("{}AppSettings", self.host.app_type());
        let idle = &self.settings.value[&structure]["AppLifecycleManagement"]["IdleSettings"];
        let path = format!("{}.{structure}.AppLifecycleManagement.IdleSettings", self.settings.name);
        let is_on = match text(&idle["LifecycleManagement"]) {
            Text::Is("ENABLED") => true,
            Text::Is("DISABLED") => false,
            Text::Absent if self.settings.follows => {
                // Its other members stand before its domain's all the same.
                if self.wanted.state == OnOff::On {
                    self.times(&path, idle, into);
                }
                return;
            }
            Text::Absent => return self.state(&path, false, "not set", into),
            _ => return self.view.odd(into, self.thing, RULE, &format!("{path}.LifecycleManagement")),
        };
        self.state(&path, is_on, if is_on { "ENABLED" } else { "DISABLED" }, into);
        if is_on && self.wanted.state == OnOff::On {
            self.times(&path, idle, into);
        }
    }

    fn state(&self, path: &str, is_on: bool, found: &str, into: &mut Checked) {
        if is_on == (self.wanted.state == OnOff::On) {
            return;
        }
        let expected = if is_on { "DISABLED" } else { "ENABLED" };
        let setting = format!("{path}.LifecycleManagement");
        let texts = (expected.to_owned(), found.to_owned());
        self.view.found(into, self.thing, (RULE, setting), texts, self.fix(!is_on));
    }

    fn times(&self, path: &str, idle: &Value, into: &mut Checked) {
        let DesiredIdle { state: _, timeout, max } = self.wanted;
        for (member, most, can_fix) in
            [("IdleTimeoutInMinutes", timeout, true), ("MaxIdleTimeoutInMinutes", max, false)]
        {
            let Some(most) = most else { continue };
            let setting = format!("{path}.{member}");
            let found = match number(&idle[member]) {
                Number::Is(is) if is <= minutes(*most) => continue,
                Number::Is(is) => in_words(is),
                Number::Absent if self.settings.follows => continue,
                Number::Absent => "not set".to_owned(),
                Number::Odd => {
                    self.view.odd(into, self.thing, RULE, &setting);
                    continue;
                }
            };
            let texts = (format!("{most} at most"), found);
            self.view.found(into, self.thing, (RULE, setting), texts, self.fix(can_fix));
        }
    }

    /// What an install wrote is ours to write again. It never writes what users may set at most.
    fn fix(&self, can_install: bool) -> Fix {
        let section = if self.settings.shared { Section::SharedSpaces } else { Section::User };
        let holder = self.thing.holder.map(|seen| seen.holder.clone());
        let place = holder.map(|holder| Place { holder, section, host: self.host });
        let is_ours = place.is_some_and(|place| self.view.seen.native_ours.contains(&place));
        match self.wanted.timeout {
            Some(timeout) if can_install => {
                let flags = format!("--native {}m --replace-native", minutes(timeout));
                by_us(is_ours, "install", &self.thing.place, &flags)
            }
            _ => by_hand(format!(
                "in the console at {}: {}, idle shutdown",
                if self.thing.kind == Kind::Domain { "the domain" } else { "the user profile" },
                self.host.app_type()
            )),
        }
    }
}

/// A space can have a timeout of its own.
fn of_space(view: &View<'_>, thing: &Thing<'_>, wanted: &DesiredIdle, host: Host, into: &mut Checked) {
    let (Some(most), OnOff::On) = (wanted.timeout, wanted.state) else { return };
    let structure = format!("{}AppSettings", host.app_type());
    let own = &thing.body["SpaceSettings"][&structure]["AppLifecycleManagement"]["IdleSettings"];
    let setting = format!("SpaceSettings.{structure}.AppLifecycleManagement.IdleSettings.IdleTimeoutInMinutes");
    match number(&own["IdleTimeoutInMinutes"]) {
        Number::Is(is) if is > minutes(most) => {
            let fix =
                by_hand("its owner sets it in Studio; MaxIdleTimeoutInMinutes of the domain bounds what can be set");
            view.found(into, thing, (RULE, setting), (format!("{most} at most"), in_words(is)), fix);
        }
        Number::Odd => view.odd(into, thing, RULE, &setting),
        Number::Is(_) | Number::Absent => {}
    }
}

fn minutes(length: Length) -> u64 {
    u64::try_from(length.get().as_secs() / 60).unwrap_or(0)
}

fn in_words(minutes: u64) -> String {
    i64::try_from(minutes).map_or_else(|_| format!("{minutes}m"), |minutes| span(SignedDuration::from_mins(minutes)))
}
