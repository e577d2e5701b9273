//! The instance types that Studio hides: a list of what is *not* allowed, made anew as
//! SageMaker's own list grows. It changes what people are offered, not what they may do.

use std::collections::BTreeSet;

use idle_core::DomainId;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::SYSTEM;
use super::rule::{AllowRule, Allowlist, Subject};
use crate::install::{DomainSeen, Holder, HolderSeen, Refusal, Scope, Why, leaves};

const PORTAL: &str = "StudioWebPortalSettings";
const HIDDEN: &str = "HiddenInstanceTypes";

/// One list to be replaced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HiddenEdit {
    /// Whose list.
    pub holder: Holder,
    /// What stands there.
    pub before: Vec<String>,
    /// What is to stand there.
    pub after: Vec<String>,
    /// `LastModifiedTime` of its holder as seen.
    pub last_modified: String,
}

/// A before-image: what stood there, and what a run wrote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HiddenEntry {
    /// The run.
    pub run: String,
    /// When, RFC 3339.
    pub at: String,
    /// Whose list.
    #[serde(flatten)]
    pub holder: Holder,
    /// What stood there.
    pub before: Vec<String>,
    /// What was written.
    pub after: Vec<String>,
}

/// What is to be done, and what is not.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct HiddenPlan {
    /// In the order in which they are done.
    pub edits: Vec<HiddenEdit>,
    /// What is left alone.
    pub refusals: Vec<Refusal>,
    /// How many lists are as they should be.
    pub unchanged: usize,
}

/// The complement of what a rule allows in SageMaker's own list, in its order.
/// `system` is never hidden.
#[must_use]
pub fn hidden(rule: &AllowRule, known: &[&str]) -> Vec<String> {
    let is_hidden = |name: &&&str| !rule.allows(name);
    known.iter().filter(is_hidden).map(|name| (*name).to_owned()).collect()
}

/// What a domain or user profile hides, by the answer that describes it.
#[must_use]
pub fn hidden_at(holder: &Holder, body: &Value) -> Vec<String> {
    let list = body[section(holder)][PORTAL][HIDDEN].as_array();
    list.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// The answer as it should be once this list stands there.
#[must_use]
pub fn put_hidden(holder: &Holder, body: &Value, list: &[String]) -> Value {
    let mut body = body.clone();
    body[section(holder)][PORTAL][HIDDEN] = json!(list);
    body
}

/// The plan for one domain and its user profiles. `known` is every type that SageMaker
/// knows, `entries` what was written here before. With `replace` also types are shown
/// again that somebody else hides.
#[must_use]
pub fn plan_hidden(
    allowlist: &Allowlist,
    scope: &Scope,
    seen: &DomainSeen,
    known: &[&str],
    entries: &[HiddenEntry],
    replace: bool,
) -> HiddenPlan {
    let mut plan = HiddenPlan::default();
    let Some((domain, user_profiles)) = plan.seen(seen) else { return plan };
    let of_domain = match wanted(allowlist, scope, domain, None, known) {
        Ok(wanted) => wanted,
        Err(error) => return plan.refused(&seen.id, Why::Unseen { error }),
    };
    if let Some(wanted) = &of_domain {
        plan.put(domain, wanted, entries, replace);
    }
    for profile in user_profiles {
        match wanted(allowlist, scope, domain, Some(profile), known) {
            Ok(own) => plan.of_user_profile(domain, of_domain.as_ref(), profile, own, entries, replace),
            Err(error) => plan.refuse(&profile.holder, Why::Unseen { error }),
        }
    }
    plan
}

/// The plan that brings back what stood before the last run in this domain, where what
/// that wrote still stands. `entries` are those of the domain, in the order in which
/// they were written.
#[must_use]
pub fn plan_hidden_rollback(seen: &DomainSeen, entries: &[HiddenEntry]) -> HiddenPlan {
    let mut plan = HiddenPlan::default();
    let Some((domain, user_profiles)) = plan.seen(seen) else { return plan };
    let Some(last) = entries.last().map(|entry| &entry.run) else {
        return plan.refused(&seen.id, Why::NoBeforeImage);
    };
    for holder in [domain].into_iter().chain(user_profiles) {
        // The same run may have been made before another one, and is over with that.
        let mut of_last = entries.iter().rev().take_while(|entry| entry.run == *last);
        let Some(entry) = of_last.find(|entry| entry.holder == holder.holder) else { continue };
        let present = hidden_at(&holder.holder, &holder.body);
        if is_same(&present, &entry.before) {
            plan.unchanged += 1;
        } else if is_same(&present, &entry.after) {
            plan.edit(holder, present, entry.before.clone());
        } else {
            plan.refuse(&holder.holder, Why::HiddenSince);
        }
    }
    plan
}

/// What is to be hidden at a domain or user profile; `None` where no rule speaks of it.
pub(crate) fn wanted(
    allowlist: &Allowlist,
    scope: &Scope,
    domain: &HolderSeen,
    profile: Option<&HolderSeen>,
    known: &[&str],
) -> Result<Option<Vec<String>>, String> {
    let mut tags = Vec::new();
    if allowlist.has_tags() {
        for holder in [Some(domain), profile].into_iter().flatten() {
            let read = holder.tags.as_ref().ok_or_else(|| "its tags: nobody asked".to_owned())?;
            tags.push(read.as_ref().map_err(|error| format!("its tags: {error}"))?);
        }
    }
    let user_profile = profile.and_then(|profile| profile.holder.user_profile.as_ref());
    let subject = Subject { account: &scope.account, domain: &domain.holder.domain, user_profile, tags: &tags };
    Ok(allowlist.rule(&subject).map(|rule| hidden(rule, known)))
}

impl HiddenPlan {
    /// How many changes are planned.
    #[must_use]
    pub fn changes(&self) -> usize {
        self.edits.len()
    }

    /// Takes in another plan.
    pub fn extend(&mut self, other: Self) {
        let Self { edits, refusals, unchanged } = other;
        self.edits.extend(edits);
        self.refusals.extend(refusals);
        self.unchanged += unchanged;
    }

    /// A domain that was seen in whole and that nobody else manages.
    fn seen<'a>(&mut self, seen: &'a DomainSeen) -> Option<(&'a HolderSeen, &'a [HolderSeen])> {
        match (&seen.domain, &seen.user_profiles) {
            (Err(error), _) | (_, Err(error)) => self.refuse(&seen.id, Why::Unseen { error: error.clone() }),
            (Ok(domain), _) if domain.is_unified_studio() => self.refuse(&seen.id, Why::UnifiedStudio),
            (Ok(domain), Ok(user_profiles)) => return Some((domain, user_profiles)),
        }
        None
    }

    /// A user profile's own portal settings may hide the domain's, as nothing documents
    /// that they are merged: wherever it has any, it gets its list, too.
    fn of_user_profile(
        &mut self,
        domain: &HolderSeen,
        of_domain: Option<&Vec<String>>,
        profile: &HolderSeen,
        own: Option<Vec<String>>,
        entries: &[HiddenEntry],
        replace: bool,
    ) {
        let Some(own) = own else { return };
        let has_own = !leaves(&profile.body["UserSettings"][PORTAL]).is_empty();
        if !has_own && of_domain == Some(&own) {
            return;
        }
        let mut others = domain.body["DefaultUserSettings"][PORTAL].clone();
        others.as_object_mut().and_then(|members| members.remove(HIDDEN));
        if !has_own && !leaves(&others).is_empty() {
            self.refuse(&profile.holder, Why::WouldHideDomain);
        } else {
            self.put(profile, &own, entries, replace);
        }
    }

    fn put(&mut self, holder: &HolderSeen, wanted: &[String], entries: &[HiddenEntry], replace: bool) {
        let present = hidden_at(&holder.holder, &holder.body);
        if is_same(&present, wanted) {
            self.unchanged += 1;
            return;
        }
        let last = entries.iter().rfind(|entry| entry.holder == holder.holder);
        let is_ours = last.is_some_and(|entry| is_same(&entry.after, &present));
        let shown: Vec<String> = present.iter().filter(|name| !wanted.contains(name)).cloned().collect();
        if !shown.is_empty() && !is_ours && !replace {
            self.refuse(&holder.holder, Why::HiddenByOthers { types: shown });
        } else {
            self.edit(holder, present, wanted.to_vec());
        }
    }

    fn edit(&mut self, holder: &HolderSeen, before: Vec<String>, after: Vec<String>) {
        if holder.status() == "InService" {
            let last_modified = holder.last_modified();
            self.edits.push(HiddenEdit { holder: holder.holder.clone(), before, after, last_modified });
        } else {
            self.refuse(&holder.holder, Why::Status { status: holder.status().to_owned() });
        }
    }

    fn refuse(&mut self, what: impl std::fmt::Display, why: Why) {
        self.refusals.push(Refusal { what: what.to_string(), why });
    }

    fn refused(mut self, what: &DomainId, why: Why) -> Self {
        self.refuse(what, why);
        self
    }
}

fn section(holder: &Holder) -> &'static str {
    if holder.user_profile.is_some() { "UserSettings" } else { "DefaultUserSettings" }
}

/// Whether the same types are hidden, in whatever order.
pub(crate) fn is_same(one: &[String], other: &[String]) -> bool {
    let set = |list: &[String]| list.iter().filter(|name| *name != SYSTEM).cloned().collect::<BTreeSet<_>>();
    set(one) == set(other)
}
