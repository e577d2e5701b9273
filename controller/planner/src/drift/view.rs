//! What could be read of a domain, thing by thing, and where rules note what they find.

use idle_core::DomainId;
use jiff::Timestamp;
use serde_json::Value;

use super::check::{Checked, Unseen, Wish};
use super::finding::{Finding, Fix, Level, Place, Rule};
use super::seen::{DomainLook, Seen};
use crate::install::{Holder, HolderSeen, Scope, Tags};

/// What a domain consists of, as far as it was read.
pub(super) struct View<'a> {
    pub(super) wish: &'a Wish<'a>,
    pub(super) seen: &'a Seen,
    /// As it was seen, for what needs a domain and a user profile together.
    pub(super) holder: &'a HolderSeen,
    /// The domain first, then its user profiles, then its spaces.
    pub(super) things: Vec<Thing<'a>>,
    /// A project of Unified Studio manages it.
    pub(super) is_managed: bool,
}

/// A domain, user profile or space.
pub(super) struct Thing<'a> {
    pub(super) kind: Kind,
    pub(super) place: Place,
    pub(super) body: &'a Value,
    pub(super) tags: Option<&'a Tags>,
    /// `None` for a space.
    pub(super) holder: Option<&'a HolderSeen>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Domain,
    UserProfile,
    Space,
}

/// Settings of apps, and whether what they do not say is said elsewhere.
pub(super) struct Settings<'a> {
    /// The member that holds them.
    pub(super) name: &'static str,
    pub(super) value: &'a Value,
    /// What a user profile does not say follows its domain.
    pub(super) follows: bool,
    /// They are those of shared spaces.
    pub(super) shared: bool,
}

/// What stands in a member that holds a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Text<'a> {
    Absent,
    Is(&'a str),
    /// Something that is no text.
    Odd,
}

/// What stands in a member that holds a whole number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Number {
    Absent,
    Is(u64),
    Odd,
}

impl<'a> View<'a> {
    /// What was read of this domain; what was not goes to `unseen`. `None` where nothing was.
    pub(super) fn of(
        wish: &'a Wish<'a>,
        seen: &'a Seen,
        look: &'a DomainLook,
        unseen: &mut Vec<Unseen>,
    ) -> Option<Self> {
        let place = place(&seen.scope, &look.id);
        let mut blind = |place: &Place, why: String| unseen.push(Unseen { rule: None, place: place.clone(), why });
        let holder = match look.domain.as_ref().map_err(Clone::clone).and_then(|seen| whole(seen, Kind::Domain)) {
            Ok(holder) => holder,
            Err(why) => {
                blind(&place, why);
                return None;
            }
        };
        let mut things = vec![Thing {
            kind: Kind::Domain,
            place: place.clone(),
            body: &holder.body,
            tags: holder.tags.as_ref(),
            holder: Some(holder),
        }];
        match &look.user_profiles {
            Err(why) => blind(&place, format!("its user profiles: {why}")),
            Ok(profiles) => {
                for profile in profiles {
                    let place = Place { user_profile: Some(profile.name.clone()), ..place.clone() };
                    let read = profile.seen.as_ref().map_err(Clone::clone);
                    match read.and_then(|seen| whole(seen, Kind::UserProfile)) {
                        Err(why) => blind(&place, why),
                        Ok(seen) => things.push(Thing {
                            kind: Kind::UserProfile,
                            place,
                            body: &seen.body,
                            tags: seen.tags.as_ref(),
                            holder: Some(seen),
                        }),
                    }
                }
            }
        }
        match &look.spaces {
            Err(why) => blind(&place, format!("its spaces: {why}")),
            Ok(spaces) => {
                for space in spaces {
                    let place = Place { space: Some(space.name.clone()), ..place.clone() };
                    let read = space.body.as_ref().map_err(Clone::clone);
                    match read.and_then(|body| is_whole(body, Kind::Space).map(|()| body)) {
                        Err(why) => blind(&place, why),
                        Ok(body) => {
                            let tags = space.tags.as_ref();
                            things.push(Thing { kind: Kind::Space, place, body, tags, holder: None });
                        }
                    }
                }
            }
        }
        let is_managed = holder.is_unified_studio();
        Some(Self { wish, seen, holder, things, is_managed })
    }

    /// The domain itself.
    pub(super) fn domain(&self) -> &Thing<'a> {
        &self.things[0]
    }

    /// Notes what is not as it should be. What stands behind a project of Unified Studio is
    /// mended there: an edit would be undone.
    pub(super) fn found(
        &self,
        into: &mut Checked,
        thing: &Thing<'_>,
        (rule, setting): (Rule, String),
        (expected, found): (String, String),
        fix: Fix,
    ) {
        let fix = if self.is_managed { by_project_profile() } else { fix };
        // A tag, an attached policy or the content of a script leave no time at what has them.
        let leaves_time = !matches!(rule, Rule::Tags | Rule::ExecutionRole | Rule::LifecycleConfigurationContent);
        into.findings.push(Finding {
            rule,
            level: Level::Error,
            place: thing.place.clone(),
            setting,
            expected,
            found,
            since: None,
            changed_at: if leaves_time { time(&thing.body["LastModifiedTime"]) } else { None },
            who: None,
            fix,
        });
    }

    /// Notes what could not be seen.
    pub(super) fn blind(&self, into: &mut Checked, thing: &Thing<'_>, rule: Rule, why: impl Into<String>) {
        into.unseen.push(Unseen { rule: Some(rule), place: thing.place.clone(), why: why.into() });
    }

    /// The same of a member that holds what it cannot hold.
    pub(super) fn odd(&self, into: &mut Checked, thing: &Thing<'_>, rule: Rule, setting: &str) {
        self.blind(into, thing, rule, format!("{setting} was not understood"));
    }
}

impl<'a> Thing<'a> {
    /// Its settings of apps. A domain has those of shared spaces only where somebody set any.
    pub(super) fn settings(&self) -> Vec<Settings<'a>> {
        let of = |name, follows, shared| Settings { name, value: &self.body[name], follows, shared };
        match self.kind {
            Kind::Domain => {
                let shared = of("DefaultSpaceSettings", false, true);
                let has_shared = shared.value.as_object().is_some_and(|members| !members.is_empty());
                [of("DefaultUserSettings", false, false)].into_iter().chain(has_shared.then_some(shared)).collect()
            }
            Kind::UserProfile => vec![of("UserSettings", true, false)],
            Kind::Space => Vec::new(),
        }
    }
}

/// What stands there.
pub(super) fn text(value: &Value) -> Text<'_> {
    match value {
        Value::Null => Text::Absent,
        Value::String(text) => Text::Is(text),
        _ => Text::Odd,
    }
}

/// What stands there.
pub(super) fn number(value: &Value) -> Number {
    match (value, value.as_u64()) {
        (Value::Null, _) => Number::Absent,
        (_, Some(number)) => Number::Is(number),
        _ => Number::Odd,
    }
}

fn place(scope: &Scope, domain: &DomainId) -> Place {
    Place {
        account: scope.account.clone(),
        region: scope.region.clone(),
        domain: Some(domain.clone()),
        user_profile: None,
        space: None,
        unified_studio: None,
    }
}

fn whole(seen: &HolderSeen, kind: Kind) -> Result<&HolderSeen, String> {
    let Holder { domain, user_profile } = &seen.holder;
    is_whole(&seen.body, kind)?;
    let named = user_profile.as_ref().is_none_or(|name| seen.body["UserProfileName"] == name.as_str());
    let is_this = seen.body["DomainId"] == domain.as_str() && named;
    if is_this { Ok(seen) } else { Err("the answer is of something else".to_owned()) }
}

/// Whether an answer has what SageMaker never leaves out: one without was not read, and
/// what it lacks is not "not set".
fn is_whole(body: &Value, kind: Kind) -> Result<(), String> {
    let (texts, structure): (&[&str], _) = match kind {
        Kind::Domain => (&["DomainId", "Status"], Some("DefaultUserSettings")),
        Kind::UserProfile => (&["DomainId", "UserProfileName", "Status"], None),
        Kind::Space => (&["DomainId", "SpaceName", "Status"], None),
    };
    let lacks = texts.iter().find(|name| !body[**name].is_string());
    let lacks = lacks.copied().or(structure.filter(|name| !body[*name].is_object()));
    lacks.map_or(Ok(()), |name| Err(format!("the answer lacks {name}")))
}

/// A time as SageMaker writes it: seconds since 1970.
fn time(value: &Value) -> Option<Timestamp> {
    let seconds = value.as_f64().filter(|seconds| seconds.is_finite() && seconds.abs() < 1e11)?;
    #[expect(clippy::cast_possible_truncation, reason = "it is far below 2^63")]
    Timestamp::from_second(seconds as i64).ok()
}

fn by_project_profile() -> Fix {
    let how = "by the project profile of Unified Studio, which would undo an edit of the domain";
    Fix { owned: false, how: how.to_owned() }
}
