//! Drift: what is not as it should be, and what could not be seen.

use std::collections::BTreeMap;

use cost_planner::drift::{Finding, Level, Place, Rule, Unseen, Who};
use idle_core::DomainId;
use jiff::Timestamp;
use serde::Serialize;

use super::report::Outcome;
use super::table::{counted, printable, table, wrapped};

/// The version of the JSON document of `drift`.
const SCHEMA_VERSION: u32 = 1;

/// What `drift` found.
#[derive(Debug, Serialize)]
pub(crate) struct DriftReport {
    schema_version: u32,
    pub(crate) at: Timestamp,
    /// SHA-256 of the policy's text.
    pub(crate) policy_sha256: String,
    /// What was looked for.
    pub(crate) rules: Vec<Rule>,
    pub(crate) regions: Vec<DriftRegion>,
    /// What came of mending it, where that was asked for and done.
    pub(crate) fixed: Option<Vec<Outcome>>,
}

/// One account and region of it.
#[derive(Debug, Default, Serialize)]
pub(crate) struct DriftRegion {
    pub(crate) account: String,
    pub(crate) region: String,
    pub(crate) role: String,
    /// Why nothing was seen here.
    pub(crate) error: Option<String>,
    pub(crate) domains: Vec<DomainId>,
    pub(crate) findings: Vec<Finding>,
    pub(crate) unseen: Vec<Unseen>,
    /// Why it is not told of all who changed it.
    pub(crate) who_unread: Option<String>,
    /// Why it is not known when it was found first, or not kept that it was.
    pub(crate) history_unread: Option<String>,
}

impl DriftReport {
    pub(crate) fn new(at: Timestamp, policy_sha256: &str, rules: Vec<Rule>, regions: Vec<DriftRegion>) -> Self {
        let policy_sha256 = policy_sha256.to_owned();
        Self { schema_version: SCHEMA_VERSION, at, policy_sha256, rules, regions, fixed: None }
    }

    /// Everything that was found.
    pub(crate) fn findings(&self) -> impl Iterator<Item = &Finding> {
        self.regions.iter().flat_map(|region| &region.findings)
    }

    /// How much could not be seen.
    pub(crate) fn unseen(&self) -> usize {
        self.regions.iter().map(|region| region.unseen.len() + usize::from(region.error.is_some())).sum()
    }
}

/// The report as tables, each region with what mends what was found there.
pub(crate) fn drift(report: &DriftReport) -> String {
    let mut parts: Vec<String> = report.regions.iter().map(of_region).collect();
    if let Some(fixed) = report.fixed.as_ref().filter(|fixed| !fixed.is_empty()) {
        parts.push(format!("mended:\n{}", table(["WHAT", "OUTCOME"], fixed.iter().map(outcome))));
    }
    parts.push(summary(report));
    parts.join("\n\n")
}

fn of_region(region: &DriftRegion) -> String {
    let head = format!("{} {}", region.account, region.region);
    if let Some(error) = &region.error {
        return wrapped(&format!("{head}: FAILED: {error}"));
    }
    let mut parts = vec![format!("{head}, {}", counted(region.domains.len(), "domain", "domains"))];
    for of_place in region.findings.chunk_by(|a, b| a.place == b.place) {
        parts.push(findings(of_place));
    }
    if !region.findings.is_empty() {
        parts.push(fixes(&region.findings));
    }
    if !region.unseen.is_empty() {
        let row = |unseen: &Unseen| {
            let rule = unseen.rule.map_or("every rule", Rule::as_str).to_owned();
            [place(&unseen.place), rule, unseen.why.clone()]
        };
        parts.push(table(["NOT SEEN", "RULE", "WHY"], region.unseen.iter().map(row)));
    }
    for (what, why) in [("who changed it", &region.who_unread), ("since when", &region.history_unread)] {
        parts.extend(why.as_ref().map(|why| wrapped(&format!("{what} is not known of all: {why}"))));
    }
    parts.join("\n")
}

/// What was found of one place.
fn findings(findings: &[Finding]) -> String {
    let head = findings.first().map(|finding| place(&finding.place)).unwrap_or_default();
    let text = if findings.iter().any(|finding| finding.who.is_some()) {
        let row = |finding: &Finding| {
            let [what, expected, found] = cells(finding);
            let who = finding.who.as_ref().map_or_else(|| "unknown".to_owned(), who);
            [what, expected, found, since(finding), who]
        };
        table(["RULE", "EXPECTED", "FOUND", "SINCE", "WHO"], findings.iter().map(row))
    } else {
        let row = |finding: &Finding| {
            let [what, expected, found] = cells(finding);
            [what, expected, found, since(finding)]
        };
        table(["RULE", "EXPECTED", "FOUND", "SINCE"], findings.iter().map(row))
    };
    format!("{head}\n{text}")
}

fn cells(finding: &Finding) -> [String; 3] {
    let warning = if finding.level == Level::Warning { " (warning)" } else { "" };
    // Words of their own, so that a narrow column breaks none.
    let rule = finding.rule.as_str().replace('-', " ");
    let found = match member(finding) {
        Some(member) => format!("{member} {}", finding.found),
        None => finding.found.clone(),
    };
    [format!("{rule}{}{warning}", within(&finding.setting)), finding.expected.clone(), found]
}

/// Which app type's settings a setting is of, where it is of one, and whether of shared
/// spaces: the rest of its path is in the document alone.
fn within(setting: &str) -> String {
    let app_type = setting.split('.').find_map(|member| member.strip_suffix("AppSettings"));
    let shared = setting.starts_with("DefaultSpaceSettings").then_some("shared spaces");
    app_type.into_iter().chain(shared).map(|part| format!(", {part}")).collect()
}

/// The member that was found so, where a rule looks at several.
fn member(finding: &Finding) -> Option<&str> {
    let last = finding.setting.rsplit('.').next().filter(|_| finding.rule == Rule::IdleShutdown)?;
    Some(last.strip_suffix("InMinutes").unwrap_or(last))
}

/// Each way to mend something once, with how much it mends.
fn fixes(findings: &[Finding]) -> String {
    let mut ways: BTreeMap<(bool, &str), usize> = BTreeMap::new();
    for finding in findings {
        *ways.entry((!finding.fix.owned, finding.fix.how.as_str())).or_default() += 1;
    }
    let line = |((not_owned, how), count): (&(bool, &str), &usize)| {
        let by = if *not_owned { "" } else { ", or --fix" };
        let head = format!("- {}{by}", counted(*count, "finding", "findings"));
        let (command, note) = how.split_once(" # ").unwrap_or((how, ""));
        if !(command.starts_with("costctl ") || command.starts_with("aws ")) {
            return wrapped(&format!("{head}: {how}"));
        }
        let note = if note.is_empty() { String::new() } else { format!(", {note}") };
        format!("{}\n{}", wrapped(&format!("{head}{note}:")), pasted(command))
    };
    format!("to mend it:\n{}", ways.iter().map(line).collect::<Vec<_>>().join("\n"))
}

/// A command in lines of at most 80 columns that a shell takes for one: within quotes no line ends.
fn pasted(command: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    for word in printable(command).split(' ') {
        match lines.last_mut() {
            Some(line) if line.matches('\'').count() % 2 == 1 => {
                line.push(' ');
                line.push_str(word);
            }
            Some(line) if line.chars().count() + 1 + word.chars().count() <= 74 => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(format!("    {word}")),
        }
    }
    lines.join(" \\\n")
}

/// Since when it is known; else when it was changed last.
fn since(finding: &Finding) -> String {
    let day = |at: &Timestamp| at.strftime("%Y-%m-%d").to_string();
    match (&finding.since, &finding.changed_at) {
        (Some(since), _) => day(since),
        (None, Some(changed)) => format!("{} or before", day(changed)),
        (None, None) => "unknown".to_owned(),
    }
}

fn who(who: &Who) -> String {
    let Who { principal, source_identity, event, at: _ } = who;
    // `arn:aws:sts::111122223333:assumed-role/Admin/alice` without what is the same everywhere.
    let name = principal.rsplit(':').next().unwrap_or(principal);
    let name = name.strip_prefix("assumed-role/").unwrap_or(name);
    let name = source_identity.as_ref().map_or_else(|| name.to_owned(), |user| format!("{user}, {name}"));
    format!("{name}: {event}")
}

/// What a finding is of, within its account and region.
pub(super) fn place(place: &Place) -> String {
    let Place { account: _, region: _, domain, user_profile, space, unified_studio } = place;
    let domain = domain.as_ref().map(ToString::to_string);
    let profile = user_profile.as_ref().map(|name| format!("user profile {name}"));
    let space = space.as_ref().map(|name| format!("space {name}"));
    let parts: Vec<String> = [domain, profile, space, unified_studio.clone()].into_iter().flatten().collect();
    if parts.is_empty() { "the account".to_owned() } else { parts.join(", ") }
}

fn outcome(outcome: &Outcome) -> [String; 2] {
    let text = match (&outcome.error, outcome.already) {
        (Some(error), _) => format!("FAILED: {error}"),
        (None, true) => "was done already".to_owned(),
        (None, false) => "done".to_owned(),
    };
    [outcome.what.clone(), text]
}

fn summary(report: &DriftReport) -> String {
    let (count, ours) = (report.findings().count(), report.findings().filter(|finding| finding.fix.owned).count());
    let found = if count == 0 { "no drift was found".to_owned() } else { counted(count, "finding", "findings") };
    let ours = if ours > 0 { format!(", {ours} of them --fix mends") } else { String::new() };
    let unseen = match report.unseen() {
        0 => "everything was seen".to_owned(),
        unseen => format!("{unseen} NOT SEEN: that is neither drift nor none"),
    };
    format!("{found}{ours}; {unseen}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_broken_between_its_words_alone() {
        let text = pasted(&format!("aws sagemaker add-tags --tags {} 'Key=Cost Center,Value=VALUE' x", "y".repeat(48)));
        let tags = "'Key=Cost Center,Value=VALUE'";
        assert!(text.lines().count() > 1 && text.lines().any(|line| line.contains(tags)), "{text}");
        assert!(!pasted("aws \u{1b}[2J").contains('\u{1b}'));
    }
}
