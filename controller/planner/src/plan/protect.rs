//! What protects a resource although it is due, in a plan and again right before the act.

use idle_core::{AppOwner, Explained, Reason};
use jiff::{SignedDuration, Timestamp};

use super::{Around, Must};
use crate::policy::{EXEMPT_TAG, PROTECT_TAG, Standing, parse_end, span, standing};
use crate::snapshot::{AppCloseUp, AppStatus, TagsSeen};

/// What is worth saying although nothing protects, such as an exemption that has ended.
pub(crate) type Notes = Vec<String>;

/// Whether an app may be acted on, by all that was seen of it and around it.
pub(crate) fn app(around: &Around<'_>, must: &Must, now: Timestamp) -> Result<Notes, Explained> {
    let close_up = match around.app.close_up.as_deref() {
        Some(Ok(close_up)) => close_up,
        Some(Err(why)) => return refuse(Reason::SourceUnknown, format!("it could not be looked at: {why}")),
        None => return refuse(Reason::SourceUnknown, "it was not looked at closely".to_owned()),
    };
    itself(around, close_up)?;
    surroundings(around, seconds(must.space_unchanged_for_seconds), now)?;
    let notes = tags(&around.tags(), must, now)?;
    user_activity(close_up, must, now)?;
    Ok(notes)
}

fn itself(around: &Around<'_>, close_up: &AppCloseUp) -> Result<(), Explained> {
    let AppCloseUp { status, created_at, recovery_mode, training_plan, .. } = close_up;
    if *status != AppStatus::InService || around.app.status != AppStatus::InService {
        return refuse(Reason::NotInService, format!("it is {status:?}"));
    }
    if created_at.is_none() || *created_at != around.app.created_at {
        return refuse(Reason::Changed, "another app has its name now".to_owned());
    }
    if *recovery_mode {
        return refuse(Reason::RecoveryMode, "SageMaker runs it in recovery mode".to_owned());
    }
    if let Some(plan) = training_plan {
        return refuse(Reason::Prepaid, format!("it runs on the training plan {plan}, which is paid for"));
    }
    Ok(())
}

/// Whether what it stands in was seen, is in service, and has been left alone for long enough.
fn surroundings(around: &Around<'_>, quiet: SignedDuration, now: Timestamp) -> Result<(), Explained> {
    let Some(domain) = around.domain else { return unseen("domain") };
    in_service("domain", &domain.status)?;
    if let AppOwner::Space(_) = &around.app.owner {
        let Some(space) = around.space else { return unseen("space") };
        in_service("space", if space.in_service { "InService" } else { "not InService" })?;
        unchanged("space", space.modified_at, quiet, now)?;
    }
    if around.owner().is_some() {
        let Some(profile) = around.user_profile else { return unseen("user profile") };
        in_service("user profile", &profile.status)?;
        unchanged("user profile", profile.modified_at, quiet, now)?;
    }
    Ok(())
}

fn unseen(what: &str) -> Result<(), Explained> {
    refuse(Reason::SourceUnknown, format!("its {what} was not seen"))
}

fn in_service(what: &str, status: &str) -> Result<(), Explained> {
    match status {
        "InService" => Ok(()),
        _ => refuse(Reason::ChangedJustNow, format!("its {what} is {status}")),
    }
}

fn unchanged(what: &str, at: Option<Timestamp>, quiet: SignedDuration, now: Timestamp) -> Result<(), Explained> {
    let Some(at) = at else {
        return refuse(Reason::SourceUnknown, format!("AWS did not say when its {what} was changed"));
    };
    let ago = now.duration_since(at);
    if ago < quiet {
        return refuse(Reason::ChangedJustNow, format!("its {what} was changed {} ago", span(ago)));
    }
    Ok(())
}

/// Whether tags, all of which must have been read, let it be acted on.
pub(crate) fn tags(
    tags: &[(&'static str, Option<&TagsSeen>)],
    must: &Must,
    now: Timestamp,
) -> Result<Notes, Explained> {
    let mut notes = Vec::new();
    for (whose, seen) in tags {
        let read = match seen {
            Some(TagsSeen::Read(read)) => read,
            Some(TagsSeen::Unread(why)) => {
                return refuse(Reason::TagsUnread, format!("the tags of {whose} could not be read: {why}"));
            }
            None => return refuse(Reason::TagsUnread, format!("the tags of {whose} were not asked for")),
        };
        // The one of every policy also where a plan does not name it.
        let keys = must.protecting_tags.iter().map(String::as_str).chain([PROTECT_TAG]);
        if let Some(key) = keys.into_iter().find(|key| read.contains_key(*key)) {
            return refuse(Reason::Protected, format!("{whose} has the tag {key}"));
        }
        if let Some(until) = read.get(EXEMPT_TAG) {
            notes.push(exempt_tag(whose, until, must, now)?);
        }
    }
    Ok(notes)
}

/// What is to be said of an exemption by tag that does not hold.
fn exempt_tag(whose: &str, until: &str, must: &Must, now: Timestamp) -> Result<String, Explained> {
    let Some(ends) = parse_end(until) else {
        let text = format!("{whose} has the tag {EXEMPT_TAG}={until:?}, which is no time; hint: 2027-01-31");
        return refuse(Reason::Protected, text);
    };
    let max_days = must.exemptions_max_days.unwrap_or(u32::MAX);
    match standing(ends, max_days, now) {
        Standing::InForce => refuse(Reason::Exempt, format!("{whose} is exempt until {until} by its tag")),
        Standing::Expired => Ok(format!("the exemption of {whose} by tag ended {until}")),
        Standing::TooLong => Ok(format!("the exemption of {whose} until {until} by tag is none: over {max_days} days")),
    }
}

/// Activity that is no health check speaks against idleness; its absence says nothing.
fn user_activity(close_up: &AppCloseUp, must: &Must, now: Timestamp) -> Result<(), Explained> {
    let (Some(within), Some(at)) = (must.no_user_activity_within_seconds, close_up.last_user_activity_at) else {
        return Ok(());
    };
    let ago = now.duration_since(at);
    if close_up.last_health_check_at != Some(at) && ago < seconds(within) {
        return refuse(Reason::RecentActivity, format!("SageMaker saw its user active {} ago", span(ago)));
    }
    Ok(())
}

pub(crate) fn refuse<T>(code: Reason, text: String) -> Result<T, Explained> {
    Err(Explained { code, text })
}

pub(crate) fn seconds(seconds: u64) -> SignedDuration {
    SignedDuration::from_secs(i64::try_from(seconds).unwrap_or(i64::MAX))
}
