//! What `doctor` found: checks, and the VPC endpoints of domains.

use cost_planner::vpc::{DomainReport, Network, ServiceRow, Standing};
use serde::Serialize;

use super::figures::usd;
use super::table::printable;
use super::{counted, table, table_of_figures, wrapped};
use crate::exit::Tally;

/// The version of the JSON document.
const SCHEMA_VERSION: u32 = 1;

/// The whole of `costctl doctor`.
#[derive(Debug, Serialize)]
pub(crate) struct DoctorReport {
    schema_version: u32,
    checks: Vec<Check>,
    /// Where it was asked for.
    vpc: Option<VpcReport>,
}

/// One check.
#[derive(Debug, Serialize)]
pub(crate) struct Check {
    check: &'static str,
    pub(crate) ok: bool,
    detail: String,
}

/// Domains and their VPCs.
#[derive(Debug, Default, Serialize)]
pub(crate) struct VpcReport {
    pub(crate) domains: Vec<DomainReport>,
    /// Regions and domains that could not be looked at.
    pub(crate) unseen: Vec<String>,
}

impl Check {
    pub(crate) fn new(check: &'static str, ok: bool, detail: String) -> Self {
        Self { check, ok, detail }
    }
}

impl DoctorReport {
    pub(crate) fn new(checks: Vec<Check>, vpc: Option<VpcReport>) -> Self {
        Self { schema_version: SCHEMA_VERSION, checks, vpc }
    }
}

impl VpcReport {
    /// What lacks is pending, what nobody can tell was not seen.
    pub(crate) fn tally(&self) -> Tally {
        let Self { domains, unseen } = self;
        Tally {
            well: domains.len(),
            failed: unseen.len() + domains.iter().map(DomainReport::unknown).sum::<usize>(),
            pending: domains.iter().map(DomainReport::lacking).sum(),
            ..Tally::default()
        }
    }
}

/// The checks as a table, and a table for each domain.
pub(crate) fn doctor(report: &DoctorReport) -> String {
    let DoctorReport { schema_version: _, checks, vpc } = report;
    let row =
        |Check { check, ok, detail }: &Check| [*check, if *ok { "ok" } else { "FAIL" }, detail].map(str::to_owned);
    let mut parts = vec![table(["CHECK", "RESULT", "DETAIL"], checks.iter().map(row))];
    if let Some(VpcReport { domains, unseen }) = vpc {
        parts.extend(domains.iter().map(of_domain));
        if !unseen.is_empty() {
            parts.push(unseen_lines(unseen));
        }
        let lacking: usize = domains.iter().map(DomainReport::lacking).sum();
        let unknown = unseen.len() + domains.iter().map(DomainReport::unknown).sum::<usize>();
        parts.push(wrapped(&format!(
            "{}; of the endpoints that are needed {lacking} missing or broken, {unknown} not known",
            counted(domains.len(), "domain", "domains"),
        )));
    }
    parts.join("\n\n")
}

fn of_domain(domain: &DomainReport) -> String {
    let DomainReport { domain: id, account, region, vpc, network, services, unseen, notes } = domain;
    let way = match network {
        Network::PublicInternetOnly => "PublicInternetOnly: apps reach AWS through SageMaker's own VPC, no endpoint \
            is needed"
            .to_owned(),
        Network::Endpoints => "VpcOnly without a default route: only endpoints lead out".to_owned(),
        Network::Nat(by) => format!("VpcOnly; what has no endpoint goes out by {by}"),
        Network::Other(by) => format!("VpcOnly; what has no endpoint goes to {by}"),
        Network::Unknown => "VpcOnly".to_owned(),
    };
    let mut parts = vec![wrapped(&format!("{id} in {vpc}, account {account}, {region}: {way}"))];
    if !services.is_empty() {
        let header = ["ENDPOINT", "STATE", "USD/MONTH", "WHY"];
        let (left_out, shown): (Vec<_>, Vec<_>) = services.iter().partition(|row| is_left_out(row));
        parts.push(table_of_figures(header, &[2], shown.into_iter().map(row)));
        if !left_out.is_empty() {
            let names: Vec<String> = left_out.iter().map(|row| format!("{} ({})", row.name, row.for_what)).collect();
            parts.push(wrapped(&format!("not there, and optional: {}", names.join(", "))));
        }
    }
    let whole = parts.join("\n");
    let mut parts = vec![whole];
    if !unseen.is_empty() {
        parts.push(unseen_lines(unseen));
    }
    parts.extend(notes.iter().map(|note| wrapped(&format!("note: {note}"))));
    parts.extend(remedies(services));
    parts.join("\n\n")
}

/// What is not there and optional has no row of its own.
fn is_left_out(row: &ServiceRow) -> bool {
    !row.is_needed && row.standing >= Standing::GoesOut && row.endpoint.is_none()
}

fn unseen_lines(unseen: &[String]) -> String {
    let lines: Vec<String> = unseen.iter().map(|why| wrapped(&format!("not seen: {why}"))).collect();
    lines.join("\n")
}

fn row(row: &ServiceRow) -> [String; 4] {
    let state = match row.standing {
        Standing::Ready => "ready",
        Standing::Weak => "weak",
        Standing::GoesOut => "goes out",
        Standing::Unknown => "unknown",
        Standing::Broken => "BROKEN",
        Standing::Missing => "MISSING",
    };
    let usd = match (row.micro_usd_per_month, &row.unpriced) {
        (Some(micro_usd), _) => usd(micro_usd),
        (None, Some(_)) => "unpriced".to_owned(),
        (None, None) => "–".to_owned(),
    };
    let optional = if row.is_needed { "" } else { "optional: " };
    let why = if row.why.is_empty() { row.for_what.to_owned() } else { row.why.join("; ") };
    [row.name.to_owned(), state.to_owned(), usd, format!("{optional}{why}")]
}

/// What makes those that are needed and missing, what they bill together or why they have no
/// price, and what mends the others.
fn remedies(services: &[ServiceRow]) -> Vec<String> {
    let mut parts = Vec::new();
    let missing: Vec<&ServiceRow> =
        services.iter().filter(|row| row.is_needed && row.standing == Standing::Missing).collect();
    if let Some(first) = missing.first() {
        parts.push(bill(&missing));
        let names: Vec<String> = missing.iter().map(|row| format!("{:?}", row.name)).collect();
        let names = names.join(", ");
        let hint = format!("hint: the Terraform module makes them (vpc_endpoints = [{names}]); or one by one:");
        parts.push(with_commands(&hint, first.remedy.iter()));
    }
    let mut mends =
        services.iter().filter(|row| row.endpoint.is_some()).filter_map(|row| row.remedy.as_ref()).peekable();
    if mends.peek().is_some() {
        parts.push(with_commands("hint: to mend what stands:", mends));
    }
    parts
}

fn bill(missing: &[&ServiceRow]) -> String {
    if let Some(why) = missing.iter().find_map(|row| row.unpriced.as_ref()) {
        return wrapped(&format!("what is missing is unpriced: {why}"));
    }
    let sum = missing.iter().filter_map(|row| row.micro_usd_per_month).sum();
    let zones = missing.iter().map(|row| row.zones).max().unwrap_or(0);
    wrapped(&format!(
        "what is missing would bill {} USD a month of 730 hours in {}, and what is sent through it",
        usd(sum),
        counted(zones as usize, "availability zone", "availability zones")
    ))
}

/// A line, and commands below it as a shell takes them.
fn with_commands<'a>(line: &str, commands: impl Iterator<Item = &'a String>) -> String {
    let commands = commands.map(|command| format!("  {}", printable(command).replace(" --", " \\\n    --")));
    std::iter::once(wrapped(line)).chain(commands).collect::<Vec<_>>().join("\n")
}
