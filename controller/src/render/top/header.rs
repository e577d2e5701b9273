//! What stands above the rows: what is looked at, what it comes to, how old it is, what is not seen.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::fleet::{Fleet, Sums};
use super::text::{cut, left, span, width};
use super::view::View;
use crate::render::counted;
use crate::render::sweep::dollars;

const NAME: &str = "costctl top: read-only";

impl View {
    /// Three lines that are always there.
    pub(super) fn header(&self, columns: usize, now: Timestamp) -> [String; 3] {
        let Some(fleet) = &self.fleet else {
            return [left(NAME, columns), left("nothing was seen yet", columns), self.status(columns, now)];
        };
        let extent = format!(
            "{} × {}",
            counted(fleet.accounts, "account", "accounts"),
            counted(fleet.regions, "region", "regions")
        );
        [spread([NAME, &extent, &as_of(fleet, now)], columns), left(&sums(fleet), columns), self.status(columns, now)]
    }

    /// Lines that must not be overlooked.
    pub(super) fn notices(&self, columns: usize) -> Vec<String> {
        let mut notices = Vec::new();
        if let Some(why) = &self.failed {
            let rows = if self.fleet.is_some() { "the rows below are older" } else { "nothing is known" };
            notices.push(left(&format!(" THE LAST LOOK FAILED, {rows}: {why}"), columns));
        }
        if let Some(notice) = self.fleet.as_ref().and_then(not_seen) {
            notices.push(left(&format!(" {notice}"), columns));
        }
        notices
    }

    /// What is happening now.
    fn status(&self, columns: usize, now: Timestamp) -> String {
        let (last, all) = self.calls;
        let calls = match all {
            0 => String::new(),
            _ => format!(
                "{} in the last look, {all} in all",
                counted(usize::try_from(last).unwrap_or(usize::MAX), "call", "calls")
            ),
        };
        let what = match (&self.looking, self.is_paused, self.next_look_at) {
            (Some(words), ..) => format!("looking: {words}"),
            (None, true, _) => "PAUSED: w goes on, r looks now".to_owned(),
            (None, false, Some(at)) => format!("next look in {}", span(at.duration_since(now).as_secs())),
            (None, false, None) => String::new(),
        };
        spread([&cut(&what, columns), "", &calls], columns)
    }
}

/// How old what is shown is.
pub(super) fn as_of(fleet: &Fleet, now: Timestamp) -> String {
    let time = TimeZone::UTC.to_datetime(fleet.seen_at).time().strftime("%H:%M:%S").to_string();
    format!("as of {time} UTC, {} ago", span(now.duration_since(fleet.seen_at).as_secs()))
}

/// What all of it comes to; what is stale is counted apart and billed in nothing.
pub(super) fn sums(fleet: &Fleet) -> String {
    let Sums { running, idle, due, stale, micro_usd_per_hour, unpriced } = fleet.sums();
    let mut parts = Vec::new();
    // Where nothing was seen, there is no figure to show, and 0 would be one.
    if running > 0 || fleet.unseen.is_empty() && stale == 0 {
        let usd = match (running, unpriced) {
            (_, 0) => format!("{} USD/h", dollars(micro_usd_per_hour)),
            (all, unpriced) if all == unpriced => "none has a price".to_owned(),
            (_, unpriced) => format!("{} USD/h and {unpriced} unpriced", dollars(micro_usd_per_hour)),
        };
        parts.push(format!("{running} running, {idle} idle, {due} due; {usd}"));
    } else {
        parts.push("nothing in what was seen".to_owned());
    }
    if stale > 0 {
        parts.push(format!("{stale} stale, not counted"));
    }
    parts.join("; ")
}

/// How much was not seen, and the first reason; `None` where all of it was.
pub(super) fn not_seen(fleet: &Fleet) -> Option<String> {
    let [place, why] = fleet.unseen.first()?;
    let Fleet { not_reached, in_part, scopes, unseen, .. } = fleet;
    let of = counted(*scopes, "account and region", "accounts and regions");
    let count = match (not_reached, in_part) {
        (0, 0) => format!("NOT ALL SEEN ({} unread)", unseen.len()),
        (0, part) => format!("{part} of {of} SEEN IN PART"),
        (none, 0) => format!("{none} of {of} NOT SEEN"),
        (none, part) => format!("{none} of {of} NOT SEEN, {part} in part"),
    };
    Some(format!("{count} (n: why): {place}: {why}"))
}

/// Three texts at the left, in the middle and at the right; where there is little room, the middle goes.
fn spread([first, middle, last]: [&str; 3], columns: usize) -> String {
    let taken = width(first) + width(middle) + width(last);
    if middle.is_empty() || taken + 4 > columns {
        let room = columns.saturating_sub(width(first));
        let last = if width(last) + 1 > room { String::new() } else { last.to_owned() };
        return format!("{first}{}{last}", " ".repeat(room - width(&last)));
    }
    let free = columns - taken;
    format!("{first}{}{middle}{}{last}", " ".repeat(free / 2), " ".repeat(free - free / 2))
}
