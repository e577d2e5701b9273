//! Reports as one page of HTML that needs nothing else: no network, no other file.
//!
//! **Invariant**: whatever AWS or a user named stands in the page escaped, and with what is
//! invisible in it shown. The page runs one script, known by its hash, and loads nothing.

mod chart;
mod headline;
mod idle;
mod made;
mod numbers;
mod savings;
mod section;
mod spend;
mod table;
mod text;

use askama::Template;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cost_ledger::report::{SavingsReport, SpendReport, Window};
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use headline::Headline;
use section::Section;

const STYLE: &str = include_str!("../../../templates/page/page.css");
const SCRIPT: &str = include_str!("../../../templates/page/page.js");

/// The page around the sections.
#[derive(Debug, Template)]
#[template(path = "page/page.html")]
struct Page {
    policy: String,
    style: &'static str,
    script: &'static str,
    made_at: Vec<(String, String)>,
    headlines: Vec<Headline>,
    sections: Vec<Section>,
}

/// The page of these reports; without any, it says so.
pub(crate) fn page(spend: Option<&SpendReport>, savings: Option<&SavingsReport>) -> String {
    let mut sections = Vec::new();
    if let Some(spend) = spend {
        sections.extend(spend::sections(spend));
        sections.extend(idle::sections(spend));
    }
    sections.extend(savings.into_iter().flat_map(savings::sections));
    if spend.is_some() || savings.is_some() {
        sections.extend(made::sections(spend, savings));
    }
    section::rendered(&Page {
        policy: policy(),
        style: STYLE,
        script: SCRIPT,
        made_at: about(spend, savings),
        headlines: headline::headlines(spend, savings),
        sections,
    })
}

/// What the page may do: apply this style and run this script.
fn policy() -> String {
    let hash = |text: &str| STANDARD.encode(Sha256::digest(text.as_bytes()));
    let (style, script) = (hash(STYLE), hash(SCRIPT));
    format!(
        "default-src 'none'; style-src 'sha256-{style}'; script-src 'sha256-{script}'; base-uri 'none'; \
         form-action 'none'"
    )
}

/// The windows of the reports and when they were made; once where both are the same.
fn about(spend: Option<&SpendReport>, savings: Option<&SavingsReport>) -> Vec<(String, String)> {
    let said = |window: &Window, made_at: Timestamp| {
        let (since, until) = (numbers::minute(window.since), numbers::minute(window.until));
        (format!("{since} to {until} UTC"), format!("{} UTC", numbers::minute(made_at)))
    };
    let spend = spend.map(|report| said(&report.window, report.made_at));
    let savings = savings.map(|report| said(&report.window, report.made_at));
    match (spend, savings) {
        (Some(spend), Some(savings)) if spend != savings => {
            let of = |(window, made): (String, String), what: &str| (format!("{what}: {window}"), made);
            vec![of(spend, "Spend"), of(savings, "Savings")]
        }
        (spend, savings) => spend.or(savings).into_iter().collect(),
    }
}
