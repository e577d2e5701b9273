//! `report page`: a page of HTML of reports that were kept as JSON.

use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use cost_ledger::report::{SavingsReport, SpendReport};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use thiserror::Error;

use crate::cli::ReportPage;
use crate::exit::Exit;
use crate::render;

/// The version of reports that this program reads.
const SCHEMA_VERSION: u32 = 1;

/// No report is larger: a hundred thousand stops take a fifth of it.
const MOST_BYTES: u64 = 256 << 20;

/// A file that holds no report.
#[derive(Debug, Error)]
pub(crate) enum ReportFileError {
    #[error("reading the report {}", path.display())]
    File {
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error("{} is no {kind} report: {problem}; hint: costctl report {kind} --output json", path.display())]
    Form { path: PathBuf, kind: &'static str, problem: String },
    #[error("the report {} is of version {version}, newer than this program; hint: update costctl", path.display())]
    Newer { path: PathBuf, version: u32 },
}

pub(super) fn run(args: &ReportPage) -> Result<Exit> {
    let spend: Option<SpendReport> = args.spend.as_deref().map(|path| report(path, "spend")).transpose()?;
    let savings: Option<SavingsReport> = args.savings.as_deref().map(|path| report(path, "savings")).transpose()?;
    let page = render::page(spend.as_ref(), savings.as_ref());
    match &args.out {
        Some(path) => write(path, &page).with_context(|| format!("writing the page {}", path.display()))?,
        None => super::print(&page)?,
    }
    Ok(Exit::Done)
}

/// The report in a file.
fn report<R: DeserializeOwned>(path: &Path, kind: &'static str) -> Result<R, ReportFileError> {
    let failed = |source| ReportFileError::File { path: path.to_owned(), source };
    let mut bytes = Vec::new();
    File::open(path).and_then(|file| file.take(MOST_BYTES + 1).read_to_end(&mut bytes)).map_err(failed)?;
    if bytes.len() as u64 > MOST_BYTES {
        let problem = "more than 256 MiB".to_owned();
        return Err(ReportFileError::Form { path: path.to_owned(), kind, problem });
    }
    parsed(&bytes, path, kind)
}

fn parsed<R: DeserializeOwned>(bytes: &[u8], path: &Path, kind: &'static str) -> Result<R, ReportFileError> {
    #[derive(Deserialize)]
    struct Version {
        schema_version: u32,
    }
    let form =
        |error: serde_json::Error| ReportFileError::Form { path: path.to_owned(), kind, problem: error.to_string() };
    // First the version: a later one may have another form.
    let Version { schema_version } = serde_json::from_slice(bytes).map_err(form)?;
    if schema_version > SCHEMA_VERSION {
        return Err(ReportFileError::Newer { path: path.to_owned(), version: schema_version });
    }
    serde_json::from_slice(bytes).map_err(form)
}

/// Writes a page, in place of what stood there only once it is whole.
fn write(path: &Path, page: &str) -> std::io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(page.as_bytes())?;
    file.persist(path).map(drop).map_err(|error| error.error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_report_is_told_apart() {
        let told = |text: &str| {
            let error =
                parsed::<SpendReport>(text.as_bytes(), Path::new("spend.json"), "spend").expect_err("no report");
            error.to_string()
        };
        assert!(told(r#"{"schema_version": 2}"#).contains("of version 2, newer than this program"));
        assert!(told(r#"{"schema_version": 1}"#).contains("is no spend report: missing field"));
        assert!(told("<html>").contains("hint: costctl report spend --output json"));
    }
}
