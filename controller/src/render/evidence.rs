//! Whether evidence is whole, as a table and as JSON; and its actions as CSV.

use std::io::Write;

use idle_core::{AccountId, Region};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

use super::table::{cell, printable};
use super::{counted, table, wrapped};
use crate::observe::{Keeping, LockAsked, ObjectLock, Versioning};

/// The version of the JSON document.
pub(crate) const VERIFY_SCHEMA_VERSION: u32 = 1;

/// The whole of `costctl evidence verify`.
#[derive(Debug, Serialize)]
pub(crate) struct VerifyReport {
    pub(crate) schema_version: u32,
    /// The place or the archive.
    pub(crate) of: String,
    /// What an archive says that it is of, which nothing seals; `None` for a place.
    pub(crate) selection: Option<EvidenceSelection>,
    pub(crate) links: u64,
    /// The last link; `None` where there is none.
    pub(crate) head: Option<EvidenceHead>,
    /// Whether somebody kept the digest of a link elsewhere.
    pub(crate) is_head_expected: bool,
    /// As they were sealed.
    pub(crate) objects: u64,
    pub(crate) bytes: u64,
    /// Sealed, and not looked at: of another time, or not in this archive.
    pub(crate) passed_over: u64,
    pub(crate) wrong_count: u64,
    /// The first of them.
    pub(crate) wrong: Vec<WrongRow>,
    /// What could not be read, each in one line.
    pub(crate) unread: Vec<String>,
    pub(crate) unsealed: EvidenceUnsealed,
    /// How the bucket keeps what is in it; `None` for a folder or an archive.
    pub(crate) bucket: Option<Keeping>,
}

/// Days, accounts and regions; all of those where none is named.
#[derive(Debug, Serialize)]
pub(crate) struct EvidenceSelection {
    pub(crate) since: Date,
    pub(crate) until: Date,
    pub(crate) accounts: Vec<AccountId>,
    pub(crate) regions: Vec<Region>,
}

#[derive(Debug, Serialize)]
pub(crate) struct EvidenceHead {
    pub(crate) link: u64,
    pub(crate) sha256: String,
    /// When it was made, where it says so.
    pub(crate) sealed_at: Option<Timestamp>,
}

/// Something that was removed or changed.
#[derive(Debug, Serialize)]
pub(crate) struct WrongRow {
    pub(crate) what: &'static str,
    pub(crate) name: String,
    /// The link that says so.
    pub(crate) link: Option<u64>,
    pub(crate) how: String,
}

/// Objects that no link names.
#[derive(Debug, Serialize)]
pub(crate) struct EvidenceUnsealed {
    pub(crate) count: u64,
    /// Those of days before that of the last link.
    pub(crate) late: u64,
    pub(crate) first: Vec<String>,
}

/// What is wrong, and what an auditor can rely on.
pub(crate) fn verified(report: &VerifyReport) -> String {
    let mut parts = Vec::new();
    if !report.wrong.is_empty() {
        let rows = report.wrong.iter().map(|WrongRow { what, name, link, how }| {
            [(*what).to_owned(), name.clone(), link.map_or("–".to_owned(), |link| link.to_string()), how.clone()]
        });
        parts.push(table(["WHAT", "NAME", "LINK", "HOW"], rows));
    }
    if report.wrong_count > report.wrong.len() as u64 {
        parts.push(format!("and {} more", report.wrong_count - report.wrong.len() as u64));
    }
    parts.extend(report.unread.iter().map(|why| wrapped(&format!("not read: {why}"))));
    parts.push(sums(report));
    parts.push(wrapped(&verdict(report)));
    parts.join("\n\n")
}

fn sums(report: &VerifyReport) -> String {
    let VerifyReport { of, selection, links, head, objects, passed_over, unsealed, bucket, .. } = report;
    let mut lines = vec![wrapped(&format!("looked at {of}"))];
    lines.extend(selection.iter().map(|selection| wrapped(&format!("by its own words of {}", said(selection)))));
    if let Some(EvidenceHead { link, sha256, sealed_at }) = head {
        let at = sealed_at.map_or(String::new(), |at| format!(", the last of {at:.0}"));
        lines.push(format!("{}{at}", number(*links, "link", "links")));
        lines.push(format!("head {link}:{sha256}"));
    }
    lines.push(format!("{} as sealed", number(*objects, "object", "objects")));
    if *passed_over > 0 {
        lines.push(format!("{} sealed, and not looked at here", number(*passed_over, "object", "objects")));
    }
    lines.extend(not_sealed(unsealed));
    lines.extend(bucket.iter().map(|bucket| wrapped(&kept(bucket))));
    lines.join("\n")
}

/// What an archive is of, in words.
fn said(EvidenceSelection { since, until, accounts, regions }: &EvidenceSelection) -> String {
    let list = |what: &str, names: Vec<String>| match names.is_empty() {
        true => format!("all {what}s"),
        false => format!("{what} {}", names.join(", ")),
    };
    let accounts = list("account", accounts.iter().map(ToString::to_string).collect());
    let regions = list("region", regions.iter().map(ToString::to_string).collect());
    format!("{since} to {until}, {accounts}, {regions}")
}

fn number(count: u64, one: &str, many: &str) -> String {
    counted(usize::try_from(count).unwrap_or(usize::MAX), one, many)
}

fn not_sealed(EvidenceUnsealed { count, late, first }: &EvidenceUnsealed) -> Vec<String> {
    if *count == 0 {
        return Vec::new();
    }
    let mut text =
        format!("{} not sealed yet, and nobody can tell whether they change", number(*count, "object", "objects"));
    if *late > 0 {
        text.push_str(&format!(
            "; {late} of them of days before the last link: left by runs that were cut short, or added later"
        ));
    }
    // An archive can name a file as it likes.
    let names = first.iter().map(|name| format!("  {}", printable(name)));
    let more = *count - (first.len() as u64).min(*count);
    let more = (more > 0).then(|| format!("  and {more} more"));
    [wrapped(&text)].into_iter().chain(names).chain(more).collect()
}

/// How a bucket keeps what is in it, in one sentence.
pub(crate) fn kept(Keeping { object_lock, versioning }: &Keeping) -> String {
    let lock = match object_lock {
        LockAsked::Known(ObjectLock::Absent) => {
            "without Object Lock: whoever may delete can delete evidence".to_owned()
        }
        LockAsked::Known(ObjectLock::WithoutDefault) => {
            "Object Lock without a default retention: new objects are not locked".to_owned()
        }
        LockAsked::Known(ObjectLock::Default { mode, days, years }) => {
            let long = match (days, years) {
                (Some(days), _) => format!("{days} days"),
                (None, Some(years)) => format!("{years} years"),
                (None, None) => "a time that is not understood".to_owned(),
            };
            format!("Object Lock {mode} for {long} by default")
        }
        LockAsked::NotKnown(why) => format!("Object Lock not known: {why}"),
    };
    let versioning = match versioning {
        LockAsked::Known(Versioning::Enabled) => "versioning enabled".to_owned(),
        LockAsked::Known(Versioning::Suspended) => "versioning suspended".to_owned(),
        LockAsked::Known(Versioning::Never) => "no versioning".to_owned(),
        LockAsked::NotKnown(why) => format!("versioning not known: {why}"),
    };
    format!("bucket: {lock}; {versioning}")
}

fn verdict(report: &VerifyReport) -> String {
    if report.wrong_count > 0 {
        let wrong = number(report.wrong_count, "thing is", "things are");
        return format!("NOT WHOLE: {wrong} not as sealed; hint: the trail of the bucket says who did it");
    }
    if report.head.is_none() {
        return "NOT SEALED: there is no chain; hint: costctl evidence seal, or another --evidence".to_owned();
    }
    if !report.unread.is_empty() {
        return "NOT KNOWN: not all of it could be read".to_owned();
    }
    match report.is_head_expected {
        true => "whole: nothing that was sealed was removed or changed".to_owned(),
        false => "whole as far as it goes: a chain that was cut at its end looks like this, too; hint: --expect-head \
                  with a digest that was kept elsewhere"
            .to_owned(),
    }
}

/// An action and what came of it. What is not known is empty.
#[derive(Debug, Clone, Default)]
pub(crate) struct ActionRow {
    /// What names it in its run; not shown.
    pub(crate) key: String,
    pub(crate) account: String,
    pub(crate) region: String,
    pub(crate) run: String,
    pub(crate) who: String,
    pub(crate) requested_at: String,
    pub(crate) ended_at: String,
    pub(crate) verb: String,
    pub(crate) target: String,
    pub(crate) owner: String,
    pub(crate) instance_type: String,
    pub(crate) reason: String,
    pub(crate) why: String,
    pub(crate) idle_since: String,
    pub(crate) policy: String,
    pub(crate) plan: String,
    pub(crate) before: String,
    pub(crate) outcome: String,
    pub(crate) text: String,
    pub(crate) after: String,
    pub(crate) request_id: String,
}

impl ActionRow {
    /// Whether this is the action of this key.
    pub(crate) fn is_of(&self, key: Option<&str>) -> bool {
        key.is_some_and(|key| self.key == key)
    }
}

/// Actions as CSV (RFC 4180).
pub(crate) struct ActionsCsv<W: Write>(csv::Writer<W>);

impl<W: Write> ActionsCsv<W> {
    /// A table with its header.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn new(out: W) -> csv::Result<Self> {
        let mut csv = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
        csv.write_record([
            "account",
            "region",
            "run",
            "who",
            "requested_at",
            "ended_at",
            "verb",
            "target",
            "owner",
            "instance_type",
            "reason",
            "why",
            "idle_since",
            "policy_sha256",
            "plan_sha256",
            "before",
            "outcome",
            "text",
            "after",
            "request_id",
        ])?;
        Ok(Self(csv))
    }

    /// Writes a row.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn write(&mut self, row: &ActionRow) -> csv::Result<()> {
        let ActionRow { key: _, account, region, run, who, requested_at, ended_at, verb, target, owner, .. } = row;
        let ActionRow { instance_type, reason, why, idle_since, policy, plan, before, outcome, text, .. } = row;
        let first = [account, region, run, who, requested_at, ended_at, verb, target, owner, instance_type];
        let last = [reason, why, idle_since, policy, plan, before, outcome, text, &row.after, &row.request_id];
        self.0.write_record(first.into_iter().chain(last).map(|text| cell(text.as_str())))
    }

    /// What it was written to.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn finish(self) -> std::io::Result<W> {
        self.0.into_inner().map_err(csv::IntoInnerError::into_error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_file_gives_a_terminal_no_orders() {
        let first = vec!["evidence/\u{1b}[2Jwhole".to_owned()];
        let lines = not_sealed(&EvidenceUnsealed { count: 1, late: 0, first });
        assert!(lines.len() == 2 && !lines.join("").contains('\u{1b}'), "{lines:?}");
    }

    #[test]
    fn a_tag_of_somebody_is_no_formula_of_an_auditor() {
        let mut csv = ActionsCsv::new(Vec::new()).expect("written");
        let owner = "=HYPERLINK(\"http://x\")".to_owned();
        csv.write(&ActionRow { owner, text: "@x".to_owned(), ..ActionRow::default() }).expect("written");
        let text = String::from_utf8(csv.finish().expect("written")).expect("text");
        assert!(text.contains(",\"'=HYPERLINK(\"\"http://x\"\")\",") && text.contains(",'@x,"), "{text}");
    }
}
