//! What can be shown over the rows: the keys and words, and what was not seen.

use super::fleet::Fleet;
use super::text::{left, lines, middle};
use super::view::{Over, View};
use crate::render::sweep::dollars;

/// Millionths of a dollar that CloudWatch takes for a metric of `GetMetricData`.
const MICRO_USD_PER_METRIC: u64 = 10;

const HELP: [&str; 14] = [
    "q, Esc, Ctrl-C  quit                      s  sort by idle, USD/h, owner, next",
    "↑ ↓ PgUp PgDn Home End  choose a row      /  show only rows with these words",
    "r  look now                               w  wait: no more looks, or go on",
    "n  what was not seen, and why             ?  this page",
    "",
    "IDLE   since when, by its own agent or its last invocation; ? is not known",
    "STATE  at work, idle: heard.  silent: heard once, no more.  unheard: never.",
    "       unread: could not be read.  stale: the last look could not see it.",
    "NEXT   what the policy comes to, if no work returns. It is done by a sweep",
    "       with --execute; an agent stops its app by its own settings, too.",
    "       held: due but for this.  left: worth a look.  kept: nothing to do.",
    "",
    "This view changes nothing in AWS: it has nothing that could.",
    "",
];

impl View {
    /// The lines over the rows; `None` where the rows are shown.
    pub(super) fn over(&self, columns: usize, most: usize) -> Option<Vec<String>> {
        let text = match self.over {
            Over::Nothing => return None,
            Over::Help => self.help(columns),
            Over::Unseen => self.unseen(columns, most),
        };
        Some(text.iter().take(most).map(|line| left(line, columns)).collect())
    }

    fn help(&self, columns: usize) -> Vec<String> {
        let mut text: Vec<String> = HELP.iter().map(ToString::to_string).collect();
        text.extend(lines(&format!("By {}.", self.ground.policy), columns, 2));
        if let Some(fleet) = &self.fleet {
            text.extend(lines(&self.bill(fleet), columns, 2));
        }
        text
    }

    /// What the view itself costs, at most: looks that take longer than their time are fewer.
    fn bill(&self, fleet: &Fleet) -> String {
        let looks_an_hour = 3600 / u64::try_from(self.ground.every.as_secs()).unwrap_or(60).max(1);
        let metrics = u64::try_from(fleet.metrics).unwrap_or(u64::MAX);
        let usd = dollars(metrics.saturating_mul(MICRO_USD_PER_METRIC).saturating_mul(looks_an_hour));
        format!("A look asks CloudWatch for {metrics} metrics: about {usd} USD/h at 0.01 USD per 1,000, while open.")
    }

    fn unseen(&self, columns: usize, most: usize) -> Vec<String> {
        let unseen = self.fleet.as_ref().map_or(&[][..], |fleet| &fleet.unseen);
        if unseen.is_empty() {
            return vec!["All of it was seen.".to_owned()];
        }
        let mut text = vec![format!("NOT SEEN ({})", unseen.len())];
        for [place, why] in unseen {
            text.push(middle(place, columns));
            text.extend(lines(why, columns.saturating_sub(2), 3).into_iter().map(|line| format!("  {line}")));
        }
        if text.len() > most {
            text.truncate(most.saturating_sub(1));
            text.push("… and more; costctl inventory tells all of it".to_owned());
        }
        text
    }
}
