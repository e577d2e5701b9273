//! An endpoint that nobody invokes, or a part of one.

use idle_core::{Explained, Reason};
use jiff::{SignedDuration, Timestamp};

use super::invocations::Asked;
use super::ways_back::Part as Scaled;
use super::{Due, Finding, Invocations, explained, invocations, seconds, way_back};
use crate::plan::{Must, Verb};
use crate::policy::{EndpointMode, EndpointSettings, span};
use crate::snapshot::{CloseUp, Endpoint, InferenceComponent, Series, Variant};

/// An endpoint and what is asked about it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct EndpointCase<'a> {
    pub(crate) endpoint: &'a Endpoint,
    pub(crate) settings: &'a EndpointSettings<'a>,
    /// How far it may go: the least of what the policy and the command line allow.
    pub(crate) mode: EndpointMode,
    pub(crate) now: Timestamp,
}

/// The part of an endpoint that a finding is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    Whole,
    Variant(u32),
    InferenceComponent(u32),
}

/// How a part is used.
#[derive(Debug, Clone, PartialEq)]
enum Use {
    Unknown(Explained),
    Busy(Reason),
    Idle {
        since: Timestamp,
    },
    /// It bills nothing now.
    Free,
}

/// An endpoint left alone for less than this after a change may still be on its way to it.
const QUIET: SignedDuration = SignedDuration::from_hours(24);

/// What is found of an endpoint: one finding for the whole where its parts are alike, and
/// one for each part where they differ or are to be scaled. SageMaker deletes no endpoint
/// with inference components on it, so these are scaled where it may go as far as that.
pub(crate) fn endpoint(case: &EndpointCase<'_>) -> Vec<(Part, Finding)> {
    let Judged { close_up, limit, uses } = match judged(case) {
        Ok(judged) => judged,
        Err(finding) => return vec![(Part::Whole, finding)],
    };
    let has_components = !close_up.inference_components.is_empty();
    let mode = if has_components { case.mode.min(EndpointMode::Scale) } else { case.mode };
    let case = &EndpointCase { mode, ..*case };
    let busy = uses.iter().find_map(|(_, used)| match used {
        Use::Busy(reason) => Some(*reason),
        _ => None,
    });
    let unknown = uses.iter().find_map(|(_, used)| match used {
        Use::Unknown(why) => Some(why),
        _ => None,
    });
    let finding = match (idle_since(&uses), busy, unknown) {
        (Some(since), None, None) if mode != EndpointMode::Scale => of_whole(case, close_up, limit, since),
        (Some(_), ..) => {
            return uses.iter().map(|(part, used)| (*part, of_part(case, close_up, limit, *part, used))).collect();
        }
        (None, Some(reason), _) => Finding::Keep(reason),
        (None, None, Some(why)) => Finding::Report(why.clone()),
        (None, None, None) => Finding::Keep(Reason::PolicyOff),
    };
    vec![(Part::Whole, finding)]
}

struct Judged<'a> {
    close_up: &'a CloseUp,
    limit: SignedDuration,
    uses: Vec<(Part, Use)>,
}

/// How each part is used; otherwise what is found of an endpoint whose parts are not asked.
fn judged<'a>(case: &EndpointCase<'a>) -> Result<Judged<'a>, Finding> {
    let EndpointCase { endpoint, settings, now, .. } = *case;
    let unknown = |why: String| Finding::Report(explained(Reason::SourceUnknown, why));
    match endpoint.status.as_str() {
        "InService" => {}
        "Creating" | "Updating" | "SystemUpdating" | "RollingBack" | "Deleting" => {
            return Err(Finding::Keep(Reason::NotInService));
        }
        status => return Err(Finding::Report(explained(Reason::FailedOrHanging, format!("it is {status}")))),
    }
    let limit = settings.unused_for.value.get().ok_or(Finding::Keep(Reason::PolicyOff))?;
    let close_up = endpoint.close_up.as_ref().map_err(|why| unknown(format!("it could not be described: {why}")))?;
    let (Some(created), Some(modified)) = (endpoint.created_at, endpoint.modified_at) else {
        return Err(unknown("AWS did not say when it was created and changed".to_owned()));
    };
    if now.duration_since(created) < limit {
        return Err(Finding::Keep(Reason::TooYoung));
    }
    if now.duration_since(modified) < QUIET {
        return Err(Finding::Keep(Reason::ChangedJustNow));
    }
    waiting(close_up, now - limit).map_or(Ok(()), Err)?;
    let asked = Asked { window: limit, month_end: *settings.month_end.value, born: created, now };
    Ok(Judged { close_up, limit, uses: uses(close_up, asked) })
}

/// What is found where requests wait for an asynchronous endpoint, or may.
pub(crate) fn waiting(close_up: &CloseUp, since: Timestamp) -> Option<Finding> {
    match &close_up.backlog {
        _ if !close_up.is_async => None,
        Some(Series::Read { last_above_zero_at, .. }) => {
            let waited = last_above_zero_at.is_some_and(|at| at > since);
            waited.then_some(Finding::Keep(Reason::Invoked))
        }
        Some(Series::Absent) | None => {
            let why = "it is asynchronous, and CloudWatch knows no backlog of it, which is evidence of nothing";
            Some(Finding::Report(explained(Reason::Unmeasured, why.to_owned())))
        }
        Some(Series::Unread(why)) => {
            Some(Finding::Report(explained(Reason::SourceUnknown, format!("its backlog is not known: {why}"))))
        }
    }
}

fn uses(close_up: &CloseUp, asked: Asked) -> Vec<(Part, Use)> {
    let components: Vec<Use> = close_up.inference_components.iter().map(|c| component(c, asked)).collect();
    let variants = close_up.variants.iter().map(|of| variant(close_up, of, &components, asked));
    let index = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    let variants: Vec<(Part, Use)> = variants.enumerate().map(|(at, used)| (Part::Variant(index(at)), used)).collect();
    let components = components.into_iter().enumerate().map(|(at, used)| (Part::InferenceComponent(index(at)), used));
    variants.into_iter().chain(components).collect()
}

fn component(component: &InferenceComponent, asked: Asked) -> Use {
    if component.copies == 0 && component.desired_copies == 0 {
        return Use::Free;
    }
    if component.status != "InService" || component.copies != component.desired_copies {
        return Use::Busy(Reason::ChangedJustNow);
    }
    of_series(&component.invocations, asked)
}

/// A variant that inference components stand on is used as they are: it has no series of its own.
fn variant(close_up: &CloseUp, variant: &Variant, components: &[Use], asked: Asked) -> Use {
    let is_free = match &variant.serverless {
        Some(serverless) => serverless.provisioned_concurrency == 0,
        None => variant.instances == 0 && variant.desired_instances == 0,
    };
    if is_free {
        return Use::Free;
    }
    if variant.instances != variant.desired_instances {
        return Use::Busy(Reason::ChangedJustNow);
    }
    let named = |of: &InferenceComponent| of.variant.as_ref().is_none_or(|name| *name == variant.name);
    let on_it = close_up.inference_components.iter().zip(components).filter(|(of, _)| named(of));
    let mut on_it = on_it.map(|(_, used)| used).filter(|used| !matches!(used, Use::Free)).peekable();
    if close_up.inference_components.is_empty() {
        return of_series(&variant.invocations, asked);
    }
    if on_it.peek().is_none() {
        let why = "instances run, and no copy of an inference component on them";
        return Use::Unknown(explained(Reason::Unmeasured, why.to_owned()));
    }
    let rank = |used: &&Use| match used {
        Use::Busy(_) => 0,
        Use::Unknown(_) => 1,
        Use::Idle { .. } | Use::Free => 2,
    };
    on_it.min_by_key(rank).cloned().unwrap_or(Use::Free)
}

fn of_series(series: &Series, asked: Asked) -> Use {
    match invocations(series, asked) {
        Invocations::Unknown(why) => Use::Unknown(why),
        Invocations::Some => Use::Busy(Reason::Invoked),
        Invocations::None { since } => Use::Idle { since },
    }
}

/// Since when none of the idle parts was invoked.
fn idle_since(uses: &[(Part, Use)]) -> Option<Timestamp> {
    let since = |used: &Use| match used {
        Use::Idle { since } => Some(*since),
        _ => None,
    };
    uses.iter().filter_map(|(_, used)| since(used)).max()
}

fn not_invoked(case: &EndpointCase<'_>, limit: SignedDuration, since: Timestamp) -> Explained {
    let idle = span(case.now.duration_since(since));
    explained(Reason::NoInvocations, format!("not invoked for {idle}; the limit is {}", span(limit)))
}

fn due(verb: Verb, why: Explained, limit: SignedDuration) -> Finding {
    let must = Must { no_invocations_within_seconds: Some(seconds(limit)), ..Must::default() };
    Finding::Act(Box::new(Due { verb, why, must }))
}

fn of_whole(case: &EndpointCase<'_>, close_up: &CloseUp, limit: SignedDuration, since: Timestamp) -> Finding {
    let why = not_invoked(case, limit, since);
    match (&close_up.config_missing, case.mode) {
        (_, EndpointMode::Report | EndpointMode::Scale) => Finding::Report(why),
        (None, EndpointMode::Delete) => due(Verb::DeleteEndpoint, why, limit),
        (Some(missing), EndpointMode::Delete) => {
            let text = format!("{}, but its configuration cannot be read: {missing}", why.text);
            Finding::HoldBack(explained(Reason::NoWayBack, text))
        }
    }
}

fn of_part(case: &EndpointCase<'_>, close_up: &CloseUp, limit: SignedDuration, part: Part, used: &Use) -> Finding {
    let since = match used {
        Use::Unknown(why) => return Finding::Report(why.clone()),
        Use::Busy(reason) => return Finding::Keep(*reason),
        Use::Free => return Finding::Keep(Reason::PolicyOff),
        Use::Idle { since } => *since,
    };
    let why = not_invoked(case, limit, since);
    let name = &case.endpoint.name;
    let at = |index: u32| usize::try_from(index).unwrap_or(usize::MAX);
    let (verb, way) = match part {
        _ if case.mode != EndpointMode::Scale => return Finding::Report(why),
        Part::Whole => return Finding::Report(why),
        Part::InferenceComponent(index) => {
            let Some(of) = close_up.inference_components.get(at(index)) else { return Finding::Report(why) };
            (Verb::ScaleInferenceComponentToZero, way_back(close_up, name, Scaled::InferenceComponent(&of.name)))
        }
        Part::Variant(index) => {
            // Instances follow the inference components on them, where their minimum is zero.
            let plain = close_up.inference_components.is_empty();
            let Some(of) = close_up.variants.get(at(index)).filter(|_| plain) else { return Finding::Report(why) };
            match of.is_shadow || of.serverless.is_some() {
                true => (Verb::ScaleVariantToZero, Err("a shadow or serverless variant is not scaled".to_owned())),
                false => (Verb::ScaleVariantToZero, way_back(close_up, name, Scaled::Variant(&of.name))),
            }
        }
    };
    match way {
        Ok(()) => due(verb, why, limit),
        Err(no_way) => Finding::HoldBack(explained(Reason::NoWayBack, format!("{}, but {no_way}", why.text))),
    }
}
