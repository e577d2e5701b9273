//! What a policy may not say although it can be read.

use jiff::SignedDuration;

use super::at::At;
use super::desired;
use super::error::{Blame, PolicyError};
use super::file::{File, Guards, Override};
use super::settings::{AppLayer, EndpointLayer, NotebookInstanceLayer, VolumeLayer};
use super::subject::Selectors;
use super::values::{EndpointMode, Length, Limit, span};

/// A heartbeat may be so old: within less, nothing can be said.
const HEARTBEAT: SignedDuration = SignedDuration::from_mins(15);
const HOUR: SignedDuration = SignedDuration::from_hours(1);
const DAY: SignedDuration = SignedDuration::from_hours(24);
/// CloudWatch keeps points of a minute for fifteen days: an agent's silence is read from these.
const SILENCE: SignedDuration = SignedDuration::from_hours(24 * 14);
/// CloudWatch keeps points of an hour for 455 days.
const INVOCATIONS: SignedDuration = SignedDuration::from_hours(24 * 454);
const LONG: SignedDuration = SignedDuration::from_hours(24 * 365 * 10);
/// An exemption for longer than a year is none.
const MOST_DAYS: u32 = 366;

/// Whether all of it makes sense.
///
/// # Errors
/// [`PolicyError`] for the first that does not.
pub(crate) fn file(file: &File, blame: &Blame<'_>) -> Result<(), PolicyError> {
    layers((&file.apps, &file.notebook_instances, &file.endpoints, &file.volumes), blame)?;
    for At { value, line } in &file.overrides {
        if value.selectors == Selectors::default() {
            return Err(blame.at(*line, "overrides everything; hint: for = { domain = \"…\" }, or the section itself"));
        }
        if let Some((section, selector)) = never_holds(value) {
            let what = format!("{section} have no {selector} to be selected by; hint: an override of its own");
            return Err(blame.at(*line, what));
        }
        layers(value.layers(), blame)?;
    }
    endpoints_are_named(file, blame)?;
    desired::check(file, blame)?;
    at_most(&file.exemptions.max_days, MOST_DAYS, blame)?;
    let Guards { most_idle_percent, of_at_least: _, first_run: _, protecting_tags } = &file.guards;
    at_most(most_idle_percent, 100, blame)?;
    if protecting_tags.iter().any(|tag| tag.trim().is_empty() || tag.contains('=')) {
        let what = "guards.protecting-tags holds what is no tag key; hint: keys alone, any value protects";
        return Err(PolicyError { key: None, ..blame.at(1, what) });
    }
    Ok(())
}

/// Selectors by which nothing of a section is ever selected.
const NOT_OF_APPS: &[&str] = &["notebook-instance", "endpoint"];
const NOT_OF_NOTEBOOK_INSTANCES: &[&str] = &["domain", "user-profile", "space", "app-type", "endpoint"];
const NOT_OF_ENDPOINTS: &[&str] =
    &["domain", "user-profile", "space", "app-type", "notebook-instance", "instance-family"];
/// Nobody reads the tags of what is only told.
const NOT_OF_VOLUMES: &[&str] = &["notebook-instance", "endpoint", "tag", "app-type", "instance-family"];

/// The section of an override that never holds, with the selector that it has nothing of: a mistake.
fn never_holds(read: &Override) -> Option<(&'static str, &'static str)> {
    let (apps, notebook_instances, endpoints, volumes) = read.layers();
    let sections = [
        ("apps", *apps != AppLayer::default(), NOT_OF_APPS),
        ("notebook-instances", *notebook_instances != NotebookInstanceLayer::default(), NOT_OF_NOTEBOOK_INSTANCES),
        ("endpoints", *endpoints != EndpointLayer::default(), NOT_OF_ENDPOINTS),
        ("volumes", *volumes != VolumeLayer::default(), NOT_OF_VOLUMES),
    ];
    let given = read.selectors.given();
    sections.into_iter().filter(|(_, is_given, _)| *is_given).find_map(|(section, _, not)| {
        let selector = given.iter().find(|selector| not.contains(selector))?;
        Some((section, *selector))
    })
}

fn layers(
    (apps, notebook_instances, endpoints, volumes): (&AppLayer, &NotebookInstanceLayer, &EndpointLayer, &VolumeLayer),
    blame: &Blame<'_>,
) -> Result<(), PolicyError> {
    let AppLayer {
        idle_timeout,
        silent_agent: _,
        silent_after,
        max_age,
        hanging_after,
        min_age,
        space_quiet_for,
        allowed_instance_types,
        violation: _,
        violation_grace,
    } = apps;
    limit(idle_timeout, HEARTBEAT, LONG, blame)?;
    length(silent_after, HOUR, SILENCE, blame)?;
    limit(max_age, HOUR, LONG, blame)?;
    length(hanging_after, HEARTBEAT, LONG, blame)?;
    for at in [min_age, space_quiet_for, violation_grace, &notebook_instances.min_age] {
        length(at, SignedDuration::ZERO, LONG, blame)?;
    }
    if let Some(at) = allowed_instance_types.as_ref().filter(|at| at.value.is_empty()) {
        return Err(blame.at(at.line, "allows nothing; hint: [\"ml.t3.*\", …], or [\"*\"] for everything"));
    }
    limit(&notebook_instances.idle_timeout, HEARTBEAT, LONG, blame)?;
    limit(&endpoints.unused_for, DAY, INVOCATIONS, blame)?;
    limit(&volumes.unused_for, DAY, LONG, blame)
}

fn limit(
    at: &Option<At<Limit>>,
    least: SignedDuration,
    most: SignedDuration,
    blame: &Blame<'_>,
) -> Result<(), PolicyError> {
    let Some(At { value, line }) = at else { return Ok(()) };
    value.get().map_or(Ok(()), |value| within(value, *line, least, most, blame))
}

fn length(
    at: &Option<At<Length>>,
    least: SignedDuration,
    most: SignedDuration,
    blame: &Blame<'_>,
) -> Result<(), PolicyError> {
    let Some(At { value, line }) = at else { return Ok(()) };
    within(value.get(), *line, least, most, blame)
}

fn within(
    value: SignedDuration,
    line: u32,
    least: SignedDuration,
    most: SignedDuration,
    blame: &Blame<'_>,
) -> Result<(), PolicyError> {
    if (least..=most).contains(&value) {
        return Ok(());
    }
    let (value, least, most) = (span(value), span(least), span(most));
    Err(blame.at(line, format!("{value} is out of bounds; hint: at least {least}, at most {most}")))
}

/// Endpoints are scaled or deleted only where the policy names them.
fn endpoints_are_named(file: &File, blame: &Blame<'_>) -> Result<(), PolicyError> {
    let is_named = |layer: &EndpointLayer| layer.names.as_ref().is_some_and(|at| !at.value.is_empty());
    let whole = is_named(&file.endpoints);
    let overrides = file.overrides.iter().map(|at| &at.value.endpoints);
    for layer in overrides.chain([&file.endpoints]) {
        let acts = layer.action.as_ref().filter(|at| at.value != EndpointMode::Report);
        if let Some(at) = acts.filter(|_| !whole && !is_named(layer)) {
            let what = format!("{} of endpoints that are not named; hint: names = [\"NAME\", …] beside it", at.value);
            return Err(blame.at(at.line, what));
        }
    }
    Ok(())
}

fn at_most(at: &Option<At<u32>>, most: u32, blame: &Blame<'_>) -> Result<(), PolicyError> {
    match at {
        Some(At { value, line }) if *value > most => {
            Err(blame.at(*line, format!("{value} is too much; hint: {most} at most")))
        }
        _ => Ok(()),
    }
}
