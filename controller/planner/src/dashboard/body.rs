//! Bodies of dashboards, as many as CloudWatch's limits ask for.

use serde_json::{Value, json};

use super::graph::{Graph, Section, widgets};
use super::metric::{self, Metric};
use super::overview::overview;
use super::series::{Listed, Shown, search, series};

/// As many widgets as a dashboard may have.
pub const MOST_WIDGETS: usize = 500;
/// As many metrics as a widget may have.
pub const MOST_OF_WIDGET: usize = 500;
/// As many metrics as a dashboard may have.
pub const MOST_METRICS: usize = 2_500;

/// So many lines of a graph can still be told apart by its legend.
const LINES: usize = 50;

/// What is to be shown, and where its metrics are.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// The name of the first dashboard; the others add `-2` and so on.
    pub name: String,
    /// The region that the metrics are published in.
    pub region: String,
    /// So many seconds of one point: as often as sweeps are made, a multiple of 60.
    pub period: u32,
    /// Which series.
    pub shown: Shown,
}

/// A dashboard as it should be.
#[derive(Debug, Clone, PartialEq)]
pub struct Dashboard {
    /// Its name.
    pub name: String,
    /// Its body.
    pub body: Value,
    /// How many widgets it has.
    pub widgets: usize,
    /// How many metrics they have, expressions included.
    pub metrics: usize,
}

/// The dashboards: one for most fleets. No series is left out.
#[must_use]
pub fn dashboards(wanted: &Wanted) -> Vec<Dashboard> {
    let Wanted { name, region, period, shown } = wanted;
    let packed = packed(match shown {
        Shown::Listed(listed) => listed_sections(listed),
        Shown::Search => vec![searched(*period)],
    });
    let names: Vec<String> = (1..=packed.len()).map(|n| numbered(name, n)).collect();
    let of = |(n, mut sections): (usize, Vec<Section>)| {
        let links = links(&names, n);
        let first = if n == 0 { overview(about(&links)) } else { Section { text: heading(n, &links), graphs: vec![] } };
        sections.insert(0, first);
        let metrics = sections.iter().map(|section| section.size()[1]).sum();
        let widgets = widgets(&sections, region, *period);
        let count = widgets.len();
        let body = json!({ "start": "-P7D", "periodOverride": "inherit", "widgets": widgets });
        Dashboard { name: names[n].clone(), body, widgets: count, metrics }
    };
    packed.into_iter().enumerate().map(of).collect()
}

fn numbered(name: &str, n: usize) -> String {
    if n == 1 { name.to_owned() } else { format!("{name}-{n}") }
}

fn listed_sections(listed: &Listed) -> Vec<Section> {
    let rate_of = |name: &&str| series(&metric::TYPE_RUN_RATE, &[name], name);
    let types = listed.types();
    let types = types.chunks(LINES).map(|types| Section {
        text: "## By instance type\nUSD an hour at list prices.".to_owned(),
        graphs: vec![Graph::lines("Run rate", "Average", types.iter().map(rate_of).collect()).stacked().wide()],
    });
    let domains = listed.domains.chunks(LINES).map(|domains| {
        let of = |metric: &Metric| domains.iter().map(|(id, name)| series(metric, &[id], &called(id, name))).collect();
        let graph = |title: &str, metric: &Metric| Graph::lines(title, "Average", of(metric));
        Section { text: of_domains(domains), graphs: by_domain(graph) }
    });
    let scopes = listed.scopes.chunks(LINES).map(|scopes| {
        let label = |account: &str, region: &str| format!("{account} {region}");
        let of = |metric: &Metric| {
            let row =
                |(account, region): &(String, String)| series(metric, &[account, region], &label(account, region));
            scopes.iter().map(row).collect()
        };
        let graph = |title: &str, metric: &Metric| Graph::lines(title, "Sum", of(metric));
        Section { text: "## By account and region".to_owned(), graphs: by_scope(graph) }
    });
    types.chain(domains).chain(scopes).collect()
}

fn searched(period: u32) -> Section {
    let found = |title: &str, metric: &Metric, stat: &'static str| {
        let mut graph = Graph::lines(title, stat, Vec::new());
        graph.metrics.push(search(metric, stat, period));
        graph
    };
    let mut graphs = vec![found("Run rate by instance type", &metric::TYPE_RUN_RATE, "Average").stacked()];
    graphs.extend(by_domain(|title, metric| found(&format!("{title} by domain"), metric, "Average")));
    graphs.extend(by_scope(|title, metric| found(&format!("{title} by account and region"), metric, "Sum")));
    let text = "## By what is found\nA graph shows at most 500 series, of those with data of the last two weeks.";
    Section { text: text.to_owned(), graphs }
}

/// The graphs of domains.
fn by_domain(graph: impl Fn(&str, &Metric) -> Graph) -> Vec<Graph> {
    let titles = ["Apps running", "Apps idle", "Apps covered", "Run rate, USD an hour", "Unpriced apps", "Violations"];
    titles.iter().zip(metric::OF_DOMAIN).map(|(title, metric)| graph(title, metric)).collect()
}

/// The graphs of accounts and regions.
fn by_scope(graph: impl Fn(&str, &Metric) -> Graph) -> Vec<Graph> {
    let titles = ["Complete sweeps", "Not seen", "Actions done", "Actions failed or stuck"];
    titles.iter().zip(metric::OF_SCOPE).map(|(title, metric)| graph(title, metric).wide()).collect()
}

/// The sections of each dashboard, in order; the first has room for the overview.
fn packed(sections: Vec<Section>) -> Vec<Vec<Section>> {
    let mut used = overview(String::new()).size();
    let mut dashboards = vec![Vec::new()];
    for section in sections {
        let [widgets, metrics] = section.size();
        if used[0] + widgets > MOST_WIDGETS || used[1] + metrics > MOST_METRICS {
            // Each has a heading.
            used = [1, 0];
            dashboards.push(Vec::new());
        }
        used = [used[0] + widgets, used[1] + metrics];
        dashboards.last_mut().expect("there is one from the beginning").push(section);
    }
    dashboards
}

fn called(id: &str, name: &str) -> String {
    // CloudWatch reads ${…} in a label as a placeholder.
    format!("{} ({id})", name.replace('$', ""))
}

fn of_domains(domains: &[(String, String)]) -> String {
    match domains {
        [(first, _)] => format!("## By domain\n{first}"),
        [(first, _), .., (last, _)] => format!("## By domain\n{first} to {last}"),
        [] => "## By domain".to_owned(),
    }
}

fn about(links: &str) -> String {
    format!(
        "# SageMaker costs\nBy `costctl sweep --metrics`: money at list prices, idle time by the agents in the apps. \
         What was not seen has no point: that is not zero.\n{links}"
    )
}

fn heading(n: usize, links: &str) -> String {
    format!("# SageMaker costs, part {}\n{links}", n + 1)
}

/// Links to the other parts.
fn links(names: &[String], this: usize) -> String {
    let others = names.iter().enumerate().filter(|(n, _)| *n != this);
    let links: Vec<String> = others.map(|(_, name)| format!("[{name}](#dashboards:name={name})")).collect();
    if links.is_empty() {
        "All of it is on this page.".to_owned()
    } else {
        format!("Other parts: {}", links.join(" · "))
    }
}
