//! `evidence verify`: whether a record was removed or changed.

use anyhow::Result;
use jiff::Timestamp;

use crate::cli::{EvidenceVerify, Global, Output};
use crate::exit::Exit;
use crate::record::archive::{self, Selection};
use crate::record::chain::{Checked, Head, Problem, verify};
use crate::render::{self, EvidenceHead, EvidenceSelection, EvidenceUnsealed, Progress, VerifyReport, WrongRow};

pub(super) async fn run(global: &Global, args: &EvidenceVerify) -> Result<Exit> {
    let expected = args.expect_head.as_ref();
    let (of, checked, bucket) = match &args.archive {
        Some(file) => (file.display().to_string(), archive::verify(file, expected)?, None),
        None => {
            let (store, config) = super::place(global, &args.evidence).await?;
            let since = args.since.map(|since| since.at(Timestamp::now()));
            let progress = Progress::new(global.no_progress);
            let bucket = super::bucket(&store, &config).await;
            let say = |count| progress.say(&format!("{count} objects are as they were sealed"));
            let checked = verify(&store, expected, since, &say).await;
            progress.clear();
            (store.url(""), checked?, bucket)
        }
    };
    let report = report(of, checked, expected.is_some(), bucket);
    let exit = exit(&report);
    match args.output {
        Output::Table => crate::commands::print(&render::verified(&report))?,
        Output::Json => render::print_json(&report)?,
    }
    Ok(exit)
}

fn exit(report: &VerifyReport) -> Exit {
    if report.wrong_count > 0 || report.head.is_none() {
        return Exit::Failed;
    }
    if report.unread.is_empty() { Exit::Done } else { Exit::Partly }
}

fn report(
    of: String,
    checked: Checked,
    is_head_expected: bool,
    bucket: Option<crate::observe::Keeping>,
) -> VerifyReport {
    let Checked { links, head, sealed_at, objects, bytes, passed_over, problems, unread, unsealed, selection } =
        checked;
    VerifyReport {
        schema_version: render::VERIFY_SCHEMA_VERSION,
        of,
        selection: selection.map(|Selection { since, until, accounts, regions }| EvidenceSelection {
            since,
            until,
            accounts,
            regions,
        }),
        links,
        head: head.map(|Head { number, sha256 }| EvidenceHead { link: number, sha256, sealed_at }),
        is_head_expected,
        objects,
        bytes,
        passed_over,
        wrong_count: problems.count,
        wrong: problems.named.into_iter().map(row).collect(),
        unread,
        unsealed: EvidenceUnsealed { count: unsealed.count, late: unsealed.late, first: unsealed.named },
        bucket,
    }
}

fn row(problem: Problem) -> WrongRow {
    let of_link = |what, link, how: String| WrongRow { what, name: format!("link {link}"), link: Some(link), how };
    match problem {
        Problem::LinkMissing { link } => of_link("REMOVED", link, "it is not there, and later ones are".to_owned()),
        Problem::LinkChanged { link } => {
            let how = format!("it is not the one that link {} was made after: one of them was changed", link + 1);
            of_link("CHANGED", link, how)
        }
        Problem::LinkDamaged { link, text } => of_link("CHANGED", link, text),
        Problem::HeadMissing { text } => {
            let how = format!("{text}: the end was cut off, or it was made anew");
            WrongRow { what: "CUT", name: "the chain".to_owned(), link: None, how }
        }
        Problem::Removed { key, link } => {
            WrongRow { what: "REMOVED", name: key, link: Some(link), how: "it was sealed and is not there".to_owned() }
        }
        Problem::Changed { key, link, sealed, found } => {
            let short = |digest: &str| digest.chars().take(16).collect::<String>();
            let how = format!("sealed as {}…, now {}…", short(&sealed), short(&found));
            WrongRow { what: "CHANGED", name: key, link: Some(link), how }
        }
        Problem::SealedTwice { key, link, before } => {
            let how = format!("link {before} gave it another digest: it was changed between them");
            WrongRow { what: "CHANGED", name: key, link: Some(link), how }
        }
        Problem::File { path, text } => WrongRow { what: "WRONG", name: path, link: None, how: text },
        Problem::Manifest { line, text } => {
            WrongRow { what: "WRONG", name: format!("manifest.jsonl, line {line}"), link: None, how: text }
        }
    }
}
