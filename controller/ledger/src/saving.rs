//! What one stop saved: an interval, what ended it, and how well that is known.

use jiff::{SignedDuration, Timestamp};

use crate::fold::{Charge, Stop};
use crate::line::{Grade, Native};
use crate::report::Held;

/// No stop saves for longer, where nobody says otherwise: whoever did not come back within a day
/// might have closed the app in the evening.
pub const CAP: SignedDuration = SignedDuration::from_hours(24);

/// How lists that come with the program are named.
const BUNDLED: &str = "bundled";

/// The saving of one stop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Saving<'a> {
    /// Verified gone.
    pub from: Timestamp,
    /// The end, or as far as it is known; never before `from`.
    pub to: Timestamp,
    /// What ended it.
    pub held: Held,
    /// What it would have gone on to bill.
    pub charge: Charge<'a>,
    /// The least that is known of all that it is made of.
    pub grade: Grade,
    /// Why the grade is not better; empty for `measured`.
    pub because: Vec<&'static str>,
}

impl Saving<'_> {
    /// How long it is, in whole seconds.
    #[must_use]
    pub fn seconds(&self) -> u64 {
        u64::try_from(self.to.duration_since(self.from).as_secs()).unwrap_or_default()
    }
}

/// What a stop saved, as of `now`, no longer than `cap`.
#[must_use]
pub fn saving<'a>(stop: Stop<'a>, cap: SignedDuration, now: Timestamp) -> Saving<'a> {
    let (run, from) = (stop.run(), stop.gone_at());
    let charge = run.last_span().charge();
    // Nobody knows whether it runs again since the last look.
    let known_to = run.looked_last().map_or(now, |last| last.min(now));
    let mut end = (known_to, Held::Open);
    let mut earlier = |time: Timestamp, held| {
        if time <= end.0 {
            end = (time, held);
        }
    };
    earlier(after(from, cap), Held::Cap);
    if let Native::Minutes(minutes) = stop.native() {
        let timeout = SignedDuration::from_mins(minutes.into());
        earlier(after(stop.idle_since().unwrap_or(from), timeout), Held::Native);
    }
    if let Some(next) = run.next_run() {
        // One that began anew did so then, whenever it was seen. One that came back under the same
        // begin, such as a variant that was scaled up again, may have done so right after the last
        // look that did not see it.
        let began_anew = next.began() > run.began();
        let came_back = || run.looked_before(next.begin()).unwrap_or(from);
        earlier(if began_anew { next.began() } else { came_back() }, Held::Restarted);
    }
    let (to, held) = end;
    let (grade, because) = graded(stop, charge);
    Saving { from, to: to.max(from), held, charge, grade, because }
}

fn graded(stop: Stop<'_>, charge: Charge<'_>) -> (Grade, Vec<&'static str>) {
    let mut because = Vec::new();
    let mut grade = Grade::Measured;
    let mut note = |at_best: Grade, why| {
        grade = grade.max(at_best);
        because.push(why);
    };
    match stop.grade() {
        Grade::Measured => {}
        Grade::Inferred => {
            note(Grade::Inferred, "fewer stops were counted than were gone: it is taken for one of them");
        }
        Grade::Assumed => note(Grade::Assumed, "nobody saw the stop itself"),
    }
    match (stop.native(), stop.idle_since()) {
        (Native::Unread, _) => note(Grade::Assumed, "SageMaker's own idle timeout of it could not be read"),
        (Native::Minutes(_), None) => {
            note(Grade::Assumed, "since when it was idle is not known: SageMaker's own timeout counts from the stop");
        }
        _ => {}
    }
    if matches!(charge, Charge::Priced { list, .. } if list.starts_with(BUNDLED)) {
        note(Grade::Inferred, "priced by the list that comes with costctl");
    }
    (grade, because)
}

fn after(time: Timestamp, duration: SignedDuration) -> Timestamp {
    time.saturating_add(duration).unwrap_or(Timestamp::MAX)
}
