//! Price lists as they are known, and as they were fetched.

use std::path::Path;

use cost_planner::prices::{Component, PriceList};
use idle_core::{InstanceType, Region};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;

use super::table::{counted, json, table, wrapped};

/// The version of the JSON document of `prices show`.
const SCHEMA_VERSION: u32 = 1;

/// What `prices show` says.
#[derive(Debug)]
pub(crate) struct PricesReport {
    pub(crate) rows: Vec<PriceRow>,
    pub(crate) unpriced: Vec<UnpricedRow>,
}

/// One price.
#[derive(Debug, Serialize)]
pub(crate) struct PriceRow {
    pub(crate) region: Region,
    /// The usage type without its region.
    pub(crate) item: String,
    pub(crate) component: Option<Component>,
    pub(crate) instance_type: Option<InstanceType>,
    /// A decimal, exactly.
    pub(crate) usd: String,
    pub(crate) per: &'static str,
    /// UTC.
    pub(crate) effective_at: Timestamp,
    pub(crate) list: String,
    pub(crate) document: String,
    pub(crate) sku: Option<String>,
}

/// What has none.
#[derive(Debug, Serialize)]
pub(crate) struct UnpricedRow {
    pub(crate) region: Region,
    pub(crate) what: String,
    pub(crate) why: String,
}

/// A list that was asked for.
#[derive(Debug)]
pub(crate) struct Fetched {
    pub(crate) region: Region,
    /// What is offered, in a word.
    pub(crate) offer: &'static str,
    /// The list, once it is kept; or why there is none.
    pub(crate) list: Result<PriceList, String>,
}

/// What is priced, list by list, and what is not.
pub(crate) fn prices(is_json: bool, report: &PricesReport) -> String {
    let PricesReport { rows, unpriced } = report;
    if is_json {
        return json(&serde_json::json!({ "schema_version": SCHEMA_VERSION, "prices": rows, "unpriced": unpriced }));
    }
    let is_of_one = |a: &PriceRow, b: &PriceRow| (&a.region, &a.list, &a.document) == (&b.region, &b.list, &b.document);
    let mut sorted: Vec<&PriceRow> = rows.iter().collect();
    sorted.sort_by_key(|row| (&row.region, &row.list, &row.document));
    let groups = sorted.chunk_by(|a, b| is_of_one(a, b));
    let mut parts: Vec<String> = groups.map(of_document).collect();
    if !unpriced.is_empty() {
        let row = |row: &UnpricedRow| [row.region.to_string(), row.what.clone(), row.why.clone()];
        parts.push(table(["REGION", "UNPRICED", "WHY"], unpriced.iter().map(row)));
    }
    parts.push(format!("{}, {} unpriced", counted(rows.len(), "price", "prices"), unpriced.len()));
    parts.join("\n\n")
}

fn of_document(rows: &[&PriceRow]) -> String {
    let Some(first) = rows.first() else { return String::new() };
    let head = wrapped(&format!("{}, {}: {}", first.region, first.list, first.document));
    let digits = |usd: &str| usd.split_once('.').map_or(0, |(_, part)| part.len());
    let most = rows.iter().map(|row| digits(&row.usd)).max().unwrap_or(0);
    // Points stand below each other: what has fewer digits has blanks for them.
    let behind = |usd: &str| format!("{usd}{}", " ".repeat(most - digits(usd)));
    let widest = rows.iter().map(|row| behind(&row.usd).len()).max().unwrap_or(0);
    let row = |row: &&PriceRow| {
        let what = match (row.component, &row.instance_type) {
            (Some(component), Some(instance_type)) => format!("{component} {instance_type}"),
            _ => row.item.clone(),
        };
        let usd = format!("{:>widest$}", behind(&row.usd));
        [what, usd, row.per.to_owned(), TimeZone::UTC.to_datetime(row.effective_at).date().to_string()]
    };
    format!("{head}\n{}", table(["WHAT", "USD", "PER", "SINCE"], rows.iter().map(row)))
}

/// What came of a refresh, and the folder that keeps it.
pub(crate) fn fetched(rows: &[Fetched], folder: &Path) -> String {
    let row = |Fetched { region, offer, list }: &Fetched| {
        let (outcome, how) = match list {
            Ok(list) => (list.name(), how(list)),
            Err(why) => ("FAILED".to_owned(), why.clone()),
        };
        [region.to_string(), (*offer).to_owned(), outcome, how]
    };
    let kept = rows.iter().filter(|row| row.list.is_ok()).count();
    let summary = format!("{} kept in {}", counted(kept, "list", "lists"), folder.display());
    format!("{}\n\n{}", table(["REGION", "OFFER", "LIST", "HOW"], rows.iter().map(row)), wrapped(&summary))
}

fn how(list: &PriceList) -> String {
    let PriceList { rows, contradictory, left_out, document, .. } = list;
    let mut text = format!("{} from {document}", counted(rows.len(), "price", "prices"));
    if !contradictory.is_empty() {
        text.push_str(&format!("; {} left out, as there are several prices of each", contradictory.len()));
    }
    for (why, n) in left_out {
        text.push_str(&format!("; left out: {n} {why}"));
    }
    text
}
