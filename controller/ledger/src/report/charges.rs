//! Each stretch of time that cost something, by itself: what an export is made of.

use jiff::Timestamp;

use super::cut::Cut;
use super::rates::Rates;
use super::{Money, Question};
use crate::fold::{Charge, Episode, Folded, Run, Span, Tags};

/// A part of a run within one UTC day in which nothing changed.
#[derive(Debug, Clone)]
pub struct ChargeRow<'a> {
    /// Of which run.
    pub run: Run<'a>,
    /// Of which part of it: owner, instance type, component, units, tags.
    pub span: Span<'a>,
    /// From when.
    pub from: Timestamp,
    /// To when, that not included.
    pub to: Timestamp,
    /// What an hour of it costs at list prices; `None` where there is no price.
    pub micro_usd_per_hour: Option<u64>,
    /// What it came to.
    pub money: Money,
    /// How much of that was idle.
    pub idle: Money,
    /// Today's list, where the price is from there.
    todays: Option<String>,
}

impl<'a> ChargeRow<'a> {
    /// Why it has no price; `None` where it has one.
    #[must_use]
    pub fn unpriced(&self) -> Option<&'a str> {
        match self.span.charge() {
            Charge::Unpriced(why) if self.micro_usd_per_hour.is_none() => Some(why),
            _ => None,
        }
    }

    /// The list that the price is from: as a rule that of when it ran.
    #[must_use]
    pub fn list(&self) -> Option<&str> {
        match self.span.charge() {
            Charge::Priced { list, .. } => Some(list),
            Charge::Unpriced(_) => self.todays.as_deref(),
        }
    }

    /// Its tags.
    #[must_use]
    pub fn tags(&self) -> Tags<'a> {
        self.span.tags()
    }
}

/// Gives each row of the window to `each`, until that fails. Together they come to what
/// [`super::spend`] says.
///
/// # Errors
/// The first of `each`.
pub fn charges<'a, E>(
    folded: &'a Folded,
    asked: &Question<'_>,
    mut each: impl FnMut(ChargeRow<'a>) -> Result<(), E>,
) -> Result<(), E> {
    let cut = Cut::new(&asked.window);
    let mut rates = Rates::new(asked.today, asked.plans);
    for run in folded.runs() {
        let idle: Vec<Episode> = run.idle().collect();
        for span in run.spans() {
            for piece in cut.pieces(span.from, span.to) {
                let rate = rates.of(run.scope(), span);
                let (mut money, mut idle_money) = (rates.nothing(), rates.nothing());
                money.add(rate.list, rate.net, piece.seconds());
                for Episode { since, until, .. } in &idle {
                    idle_money.add(rate.list, rate.net, piece.within(*since, *until));
                }
                let todays = match (span.charge(), asked.today) {
                    (Charge::Unpriced(_), Some(today)) => today(run.scope(), span).map(|(_, list)| list),
                    _ => None,
                };
                let time = |second| Timestamp::from_second(second).unwrap_or(span.from);
                each(ChargeRow {
                    run,
                    span,
                    from: time(piece.from),
                    to: time(piece.to),
                    micro_usd_per_hour: rate.list,
                    money,
                    idle: idle_money,
                    todays,
                })?;
            }
        }
    }
    Ok(())
}
