//! What runs now, as the ledger would tell of it.

use std::collections::HashMap;

use cost_ledger::Resource;
use cost_ledger::advance::{Extra, Known, advance};
use cost_ledger::line::{Fact, Line};
use cost_ledger::report::{Now, NowRow};
use cost_planner::prices::Prices;
use cost_planner::snapshot::{
    App, CloseUp, Endpoint, Heartbeat, NotebookInstance, ScopeSeen, Series, Snapshot, Variant,
};
use jiff::{SignedDuration, Timestamp};

use crate::render;

/// Shorter times are no idleness to speak of, as in the ledger.
const IDLE: SignedDuration = SignedDuration::from_mins(10);
/// A heartbeat of idleness is believed for so long; the next is due after five minutes.
const PROMPT: SignedDuration = SignedDuration::from_mins(8);
/// An endpoint that was not invoked for less than a day may be one of office hours.
const UNINVOKED: SignedDuration = SignedDuration::from_hours(24);

/// What bills by this snapshot, what of it is idle, and what could not be seen.
pub(super) fn now(snapshot: &Snapshot, prices: &Prices) -> Now {
    let mut running = Vec::new();
    for seen in &snapshot.scopes {
        let idle = idle(seen);
        let lines = advance(seen, &Extra::of(seen, prices), &Known::default(), prices).lines;
        running.extend(lines.into_iter().filter_map(|line| {
            let Line { account, region, fact: Fact::Ran(ran), .. } = line else { return None };
            let idle_seconds = idle.get(&ran.key.resource).copied();
            Some(NowRow { account, region, ran, idle_seconds })
        }));
    }
    let unseen = render::unseen(snapshot).into_iter().map(|[place, why]| format!("{place}: {why}")).collect();
    Now { as_of: snapshot.seen_at(), running, unseen }
}

/// For how long what is idle has been, in seconds, by the name of the resource.
fn idle(seen: &ScopeSeen) -> HashMap<String, u64> {
    let at = seen.taken_at;
    let apps = seen.apps.iter().filter_map(|app| {
        let App { domain, owner, app_type, name, heartbeat, created_at, .. } = app;
        let (domain, owner, name) = (domain.clone(), owner.clone(), name.clone());
        let resource = Resource::App { domain, owner, app_type: *app_type, name };
        Some((resource, heard(heartbeat, *created_at, at)?))
    });
    let instances = seen.notebook_instances.iter().filter_map(|instance| {
        let NotebookInstance { name, heartbeat, created_at, modified_at, .. } = instance;
        Some((Resource::NotebookInstance(name.clone()), heard(heartbeat, (*modified_at).max(*created_at), at)?))
    });
    let variants = seen.endpoints.iter().flat_map(|endpoint| variants(endpoint, at));
    let all = apps.chain(instances).chain(variants);
    all.map(|(resource, idle)| (resource.to_string(), u64::try_from(idle.as_secs()).unwrap_or_default())).collect()
}

/// How long it has been idle by its agent; `None` where it is not, or nobody knows.
fn heard(heartbeat: &Heartbeat, born: Option<Timestamp>, now: Timestamp) -> Option<SignedDuration> {
    let Heartbeat::Heard { at, idle_seconds } = heartbeat else { return None };
    let idle = SignedDuration::from_secs(i64::try_from(*idle_seconds).ok()?);
    let age = now.duration_since(born?);
    // A longer time than its age is that of an earlier app of its name.
    (now.duration_since(*at) <= PROMPT && idle >= IDLE && idle <= age + PROMPT).then_some(idle)
}

fn variants(endpoint: &Endpoint, now: Timestamp) -> Vec<(Resource, SignedDuration)> {
    let Ok(close_up) = &endpoint.close_up else { return Vec::new() };
    let named = |variant: &Variant| match variant.serverless {
        Some(_) => Resource::ProvisionedConcurrency(endpoint.name.clone(), variant.name.clone()),
        None => Resource::Variant(endpoint.name.clone(), variant.name.clone()),
    };
    let idle = |variant| Some((named(variant), uninvoked(endpoint, close_up, variant, now)?));
    close_up.variants.iter().filter_map(idle).collect()
}

/// How long a variant and all that stands on it was not invoked; `None` where it was, or nobody knows.
fn uninvoked(endpoint: &Endpoint, close_up: &CloseUp, variant: &Variant, now: Timestamp) -> Option<SignedDuration> {
    let components = close_up.inference_components.iter();
    let components = components.filter(|component| component.variant.as_ref().is_none_or(|on| *on == variant.name));
    let all = [&variant.invocations].into_iter().chain(components.map(|component| &component.invocations));
    let since = all.map(silent_since).collect::<Option<Vec<_>>>()?.into_iter().max()?;
    let idle = now.duration_since(since.max(endpoint.created_at?));
    (idle >= UNINVOKED).then_some(idle)
}

/// Since when a series is known to hold nothing.
fn silent_since(series: &Series) -> Option<Timestamp> {
    match series {
        Series::Read { first_at, last_above_zero_at, .. } => (*last_above_zero_at).or(*first_at),
        Series::Unread(_) | Series::Absent => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn idleness_is_told_only_by_who_was_there() {
        let at = |text: &str| format!("2026-11-25T{text}:00Z").parse::<Timestamp>().expect("a time");
        let said = |at_: &str, idle_seconds, born: &str| {
            let heartbeat = Heartbeat::Heard { at: at(at_), idle_seconds };
            heard(&heartbeat, Some(at(born)), at("12:00")).map(|idle| idle.as_secs())
        };
        assert_eq!(said("11:57", 3600, "08:00"), Some(3600));
        assert_eq!(said("11:57", 0, "08:00"), None, "at work");
        assert_eq!(said("11:57", 540, "08:00"), None, "for moments");
        assert_eq!(said("11:50", 3600, "08:00"), None, "work may have returned since");
        assert_eq!(said("11:57", 36_000, "11:30"), None, "an earlier app's");
        assert_eq!(heard(&Heartbeat::Silent, Some(at("08:00")), at("12:00")), None);
    }

    #[test]
    fn a_series_that_nobody_read_is_not_silence() {
        let from: Timestamp = "2026-11-01T00:00:00Z".parse().expect("a time");
        let read =
            |first_at, last_above_zero_at, sum| Series::Read { from, to: from, first_at, last_above_zero_at, sum };
        assert_eq!(silent_since(&Series::Absent), None);
        assert_eq!(silent_since(&Series::Unread("denied".into())), None);
        assert_eq!(silent_since(&read(None, None, 0.0)), None);
        assert_eq!(silent_since(&read(Some(from), None, 0.0)), Some(from));
    }

    #[test]
    fn vpc_endpoints_that_were_asked_for_run_now() {
        let seen = serde_json::json!({ "partition": "aws", "account": "111122223333", "region": "us-east-1",
            "role": "r", "taken_at": "2026-11-25T10:00:00Z", "kinds": ["apps"], "blind": [], "domains": [],
            "user_profiles": [], "apps": [], "unclear": [], "endpoints": [], "notebook_instances": [], "spaces": [],
            "extras": { "vpc_endpoints": [{ "domain": "d-one", "id": "vpce-1", "vpc": "vpc-1",
                "service_name": "com.amazonaws.us-east-1.sagemaker.api", "state": "available", "created_at": null,
                "availability_zones": 2 }] } });
        let snapshot = serde_json::json!({ "schema_version": 1, "taken_at": "2026-11-25T10:00:00Z", "scopes": [seen] });
        let now = now(&serde_json::from_value(snapshot).expect("a snapshot"), &Prices::bundled());
        let names: Vec<&str> = now.running.iter().map(|row| row.ran.key.resource.as_str()).collect();
        assert_eq!((names, now.running[0].ran.units), (vec!["vpc-endpoint/d-one/vpce-1"], 2));
    }
}
