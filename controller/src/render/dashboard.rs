//! Dashboards and alarms: what stands there, what would be put, and what it bills.

use cost_planner::dashboard::{Alarm, Bill};
use serde::Serialize;
use serde_json::Value;

use super::{counted, table, wrapped};

/// The version of the JSON document.
const SCHEMA_VERSION: u32 = 1;

/// How what stands there compares with what should.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Standing {
    /// There is none of this name.
    New,
    /// There is one, and it differs.
    Changed,
    /// It is as it should be.
    Unchanged,
    /// There is one that is not ours: it is left alone.
    NotOurs,
}

/// One dashboard.
#[derive(Debug, Serialize)]
pub(crate) struct DashboardRow {
    pub(crate) name: String,
    pub(crate) standing: Standing,
    /// How many widgets are not as they stand there.
    pub(crate) widgets_that_differ: usize,
    pub(crate) widgets: usize,
    pub(crate) metrics: usize,
    pub(crate) body: Value,
    /// Why it could not be put; `None` before it was tried, too.
    pub(crate) error: Option<String>,
}

/// One alarm.
#[derive(Debug, Serialize)]
pub(crate) struct AlarmRow {
    pub(crate) standing: Standing,
    /// Which members are not as they stand there.
    pub(crate) differs: Vec<String>,
    pub(crate) alarm: Alarm,
    /// Likewise.
    pub(crate) error: Option<String>,
}

/// The whole of `costctl dashboard`.
#[derive(Debug, Serialize)]
pub(crate) struct DashboardReport {
    schema_version: u32,
    /// Whether it was done.
    pub(crate) executed: bool,
    pub(crate) account: String,
    pub(crate) region: String,
    /// `listed` or `search`, and why.
    pub(crate) shown: &'static str,
    pub(crate) why: String,
    pub(crate) dashboards: Vec<DashboardRow>,
    pub(crate) alarms: Vec<AlarmRow>,
    /// Dashboards of an earlier, larger fleet: nothing deletes them.
    pub(crate) left_over: Vec<String>,
    pub(crate) bill: Bill,
}

impl DashboardReport {
    pub(crate) fn new(account: String, region: String, shown: &'static str, why: String, bill: Bill) -> Self {
        let (dashboards, alarms, left_over) = (Vec::new(), Vec::new(), Vec::new());
        Self {
            schema_version: SCHEMA_VERSION,
            executed: false,
            account,
            region,
            shown,
            why,
            dashboards,
            alarms,
            left_over,
            bill,
        }
    }

    /// How each stands, and whether it could not be put.
    pub(crate) fn standings(&self) -> impl Iterator<Item = (Standing, bool)> {
        let dashboards = self.dashboards.iter().map(|row| (row.standing, row.error.is_some()));
        dashboards.chain(self.alarms.iter().map(|row| (row.standing, row.error.is_some())))
    }

    /// How many would be put.
    pub(crate) fn changes(&self) -> usize {
        self.standings().filter(|(standing, _)| matches!(standing, Standing::New | Standing::Changed)).count()
    }
}

/// The report as a page of text.
pub(crate) fn dashboards(report: &DashboardReport) -> String {
    let DashboardReport { executed, account, region, why, dashboards, alarms, left_over, bill, .. } = report;
    let mut parts = vec![format!("account {account}, region {region}"), wrapped(why), String::new()];
    let rows = dashboards.iter().map(|row| {
        let differs = counted(row.widgets_that_differ, "widget differs", "widgets differ");
        let state = state(*executed, row.standing, row.error.as_deref(), &differs);
        [row.name.clone(), row.widgets.to_string(), row.metrics.to_string(), state]
    });
    parts.push(table(["DASHBOARD", "WIDGETS", "METRICS", "STATE"], rows));
    if !alarms.is_empty() {
        let rows = alarms.iter().map(|row| {
            let state = state(*executed, row.standing, row.error.as_deref(), &row.differs.join(", "));
            [row.alarm.name.clone(), row.alarm.description.clone(), state]
        });
        parts.extend([String::new(), table(["ALARM", "MEANS", "STATE"], rows)]);
    }
    if !left_over.is_empty() {
        let text = format!("left over, to be deleted by hand: {}", left_over.join(", "));
        parts.extend([String::new(), wrapped(&text)]);
    }
    parts.extend([String::new(), billed(bill)]);
    parts.join("\n")
}

fn state(executed: bool, standing: Standing, error: Option<&str>, differs: &str) -> String {
    match (standing, error) {
        (_, Some(error)) => format!("FAILED: {error}"),
        (Standing::NotOurs, None) => "not ours, left alone; hint: another --name, or --replace".to_owned(),
        (Standing::Unchanged, None) => "unchanged".to_owned(),
        (_, None) if executed => "done".to_owned(),
        (Standing::New, None) => "new".to_owned(),
        (Standing::Changed, None) => format!("changed: {differs}"),
    }
}

/// The estimate with its formula.
fn billed(bill: &Bill) -> String {
    let Bill { lines, micro_usd_per_month, prices_from, without } = bill;
    let usd = |micro_usd: u64| {
        let cents = micro_usd.saturating_add(5_000) / 10_000;
        format!("{:>9}", format!("{}.{:02}", cents / 100, cents % 100))
    };
    let row = |what: &str, formula: &str, micro_usd| [what.to_owned(), formula.to_owned(), usd(micro_usd)];
    let rows = lines.iter().map(|line| row(&line.what, &line.formula, line.micro_usd_per_month));
    let rows = rows.chain([row("estimate", "", *micro_usd_per_month)]);
    let from = wrapped(&format!("Prices: {prices_from}. Without {}.", without.join("; ")));
    format!("{}\n{from}", table(["BILLS A MONTH", "HOW", "USD"], rows))
}

#[cfg(test)]
mod tests {
    use cost_planner::dashboard::{AlarmsWanted, Listed, Shown, Wanted, alarms, bill, dashboards as bodies};

    use super::*;

    fn report() -> DashboardReport {
        let shown = Shown::Listed(Listed {
            domains: (0..3).map(|n| (format!("d-{n}"), format!("team-{n}"))).collect(),
            instance_types: vec!["ml.g5.xlarge".to_owned()],
            scopes: vec![("111122223333".to_owned(), "eu-west-1".to_owned())],
        });
        let (name, region) = ("costctl".to_owned(), "eu-west-1".to_owned());
        let made = bodies(&Wanted { name: name.clone(), region: region.clone(), period: 3600, shown: shown.clone() });
        let alarms = alarms(&AlarmsWanted {
            name,
            sweep_every: 3600,
            coverage_below_percent: Some(90),
            micro_usd_per_month: None,
            topic: None,
        });
        let bill = bill(&shown, &made, &alarms, 3600);
        let why = "each series by its name: 3 domains".to_owned();
        let mut report = DashboardReport::new("111122223333".to_owned(), region, "listed", why, bill);
        report.dashboards = made
            .into_iter()
            .map(|one| DashboardRow {
                name: one.name,
                standing: Standing::Changed,
                widgets_that_differ: 1,
                widgets: one.widgets,
                metrics: one.metrics,
                body: one.body,
                error: None,
            })
            .collect();
        let standings = [Standing::NotOurs, Standing::New];
        report.alarms = alarms
            .into_iter()
            .zip(standings)
            .map(|(alarm, standing)| AlarmRow { standing, differs: Vec::new(), alarm, error: None })
            .collect();
        report.left_over = vec!["costctl-2".to_owned()];
        report
    }

    #[test]
    fn all_of_it_fits_a_terminal_and_the_bill_shows_its_formula() {
        let text = dashboards(&report());
        assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
        // Cells are broken into lines: what is told stands there word by word.
        for word in ["changed:", "differs", "ours,", "--replace", "costctl-2", "[unverified]", "new"] {
            assert!(text.split_whitespace().any(|found| found.contains(word)), "{word}:\n{text}");
        }
        // 3 x 6 + 2 + 4 + 11 metrics, a dashboard, 4 metrics in alarms, 730 calls.
        assert!(text.contains("= 35"), "{text}");
        let total = text.lines().find(|line| line.trim_start().starts_with("estimate")).expect("a total");
        assert!(total.ends_with("13.91"), "{total}");
    }

    #[test]
    fn what_was_done_failed_or_refused_is_told_apart() {
        let mut report = report();
        report.executed = true;
        report.alarms[1].error = Some("denied".to_owned());
        assert_eq!(report.changes(), 2);
        let text = dashboards(&report);
        assert!(text.contains("done") && text.contains("FAILED: denied"), "{text}");
    }
}
