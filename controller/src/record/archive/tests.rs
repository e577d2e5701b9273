use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::*;
use crate::record::Store;
use crate::record::chain::{Checked, Expected, Problem, head, link_key, seal};

const RUN: &str = "evidence/account=111122223333/region=eu-west-1/dt=2026-11-25/r/000000.jsonl";
const OTHER: &str = "evidence/account=444455556666/region=eu-west-1/dt=2026-11-25/r/000000.jsonl";
const PLAN: &str = "plans/ab.json";

fn now() -> Timestamp {
    "2026-11-25T12:00:00Z".parse().expect("a time")
}

/// An archive of one of two accounts, with both links.
fn archive(folder: &Path) -> (PathBuf, Written) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    runtime.block_on(async {
        let store = Store::in_memory();
        for key in [RUN, OTHER, PLAN] {
            store.create(key, key.as_bytes().to_vec()).await.expect("written");
            seal(&store, store.take_created(), None, now()).await.expect("sealed");
        }
        let last = head(&store).await.expect("read").expect("a head");
        let day = "2026-11-25".parse().expect("a day");
        let accounts = vec![idle_core::AccountId::parse("111122223333").expect("an account")];
        let selection = Selection { since: day, until: day, accounts, regions: Vec::new() };
        let links = Some(Links { first: 1, last: last.number, head: last.sha256 });
        let header = Header { place: "s3://amzn-s3-demo-bucket/costctl".to_owned(), selection, links };
        let path = folder.join("evidence.tar.gz");
        let mut writer = Writer::new(File::create(&path).expect("made"), &header).expect("written");
        for number in 1..=last.number {
            let bytes = store.get(&link_key(number)).await.expect("read").expect("there");
            writer.add(&link_key(number), &bytes, None).expect("written");
        }
        writer.add(RUN, RUN.as_bytes(), Some(1)).expect("written");
        writer.add(PLAN, PLAN.as_bytes(), Some(3)).expect("written");
        let mut rows = tempfile::tempfile().expect("made");
        rows.write_all(b"a,b\r\n").expect("written");
        writer.add_spool(SUMMARY, &mut rows).expect("written");
        (path.clone(), writer.finish().expect("written"))
    })
}

/// The archive with each file as this makes it; `None` leaves it out.
fn made_anew(path: &Path, change: impl Fn(&str, Vec<u8>) -> Option<Vec<u8>>) {
    let mut files = Vec::new();
    let mut old = tar::Archive::new(flate2::read::GzDecoder::new(File::open(path).expect("there")));
    for entry in old.entries().expect("an archive") {
        let mut entry = entry.expect("an entry");
        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).expect("read");
        files.extend(change(&name, bytes).map(|bytes| (name, bytes)));
    }
    let out = flate2::write::GzEncoder::new(File::create(path).expect("made"), flate2::Compression::fast());
    let mut new = tar::Builder::new(out);
    for (name, bytes) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        new.append_data(&mut header, name, bytes.as_slice()).expect("written");
    }
    new.into_inner().and_then(flate2::write::GzEncoder::finish).expect("written");
}

fn problems(change: impl Fn(&str, Vec<u8>) -> Option<Vec<u8>>) -> Vec<Problem> {
    let folder = tempfile::tempdir().expect("a folder");
    let (path, _) = archive(folder.path());
    made_anew(&path, change);
    verify(&path, None).expect("read").problems.named
}

#[test]
fn what_nobody_touched_is_whole_and_the_same_each_time() {
    let folder = tempfile::tempdir().expect("a folder");
    let (path, written) = archive(folder.path());
    let Checked { links, objects, passed_over, problems, unsealed, head, .. } = verify(&path, None).expect("read");
    assert_eq!(problems.named, []);
    assert_eq!((links, objects, passed_over, unsealed.count), (3, 2, 1, 0));
    let bytes = std::fs::read(&path).expect("read");
    assert_eq!(written.sha256, crate::script::hex(&bytes));
    let (_, again) = archive(folder.path());
    assert_eq!((again, std::fs::read(&path).expect("read")), (written, bytes), "byte for byte");
    let head = head.expect("a head");
    let expected = |sha256: &str| Expected { number: Some(3), sha256: sha256.to_owned() };
    assert_eq!(verify(&path, Some(&expected(&head.sha256))).expect("read").problems.count, 0);
    assert_eq!(verify(&path, Some(&expected(&"0".repeat(64)))).expect("read").problems.count, 1);
    made_anew(&path, |_, bytes| Some(bytes));
    assert_eq!(verify(&path, None).expect("read").problems.named, [], "packed by somebody else");
}

#[test]
fn any_byte_that_is_flipped_is_found() {
    let folder = tempfile::tempdir().expect("a folder");
    let (path, _) = archive(folder.path());
    let whole = std::fs::read(&path).expect("read");
    // The first ten are the header of gzip, which says nothing of what is in it.
    for place in (10..whole.len()).step_by(7) {
        let mut bytes = whole.clone();
        bytes[place] ^= 1;
        std::fs::write(&path, bytes).expect("written");
        let found = verify(&path, None);
        assert!(found.is_err() || found.is_ok_and(|found| found.problems.count > 0), "byte {place}");
    }
    std::fs::write(&path, &whole[..whole.len() / 2]).expect("written");
    assert!(verify(&path, None).is_err(), "half of it");
}

#[test]
fn a_file_that_is_changed_gone_or_added_is_named() {
    let is_of = |problems: &[Problem], name: &str| {
        problems.iter().any(|problem| matches!(problem, Problem::File { path, .. } if path == name))
    };
    let changed = problems(|name, bytes| Some(if name == RUN { b"another".to_vec() } else { bytes }));
    assert!(is_of(&changed, RUN), "{changed:?}");
    assert!(changed.iter().any(|problem| matches!(problem, Problem::Changed { key, link: 1, .. } if key == RUN)));
    let gone = problems(|name, bytes| (name != RUN).then_some(bytes));
    assert!(is_of(&gone, RUN) && gone.contains(&Problem::Removed { key: RUN.to_owned(), link: 1 }), "{gone:?}");
    let gone = problems(|name, bytes| (name != PLAN).then_some(bytes));
    assert!(is_of(&gone, PLAN), "{gone:?}");
    let renamed = problems(|name, bytes| {
        // A file whose line was changed with it.
        let text = String::from_utf8(bytes).expect("text");
        Some(if name == MANIFEST { text.replace(PLAN, "plans/cd.json") } else { text }.into_bytes())
    });
    assert!(is_of(&renamed, PLAN) && is_of(&renamed, "plans/cd.json"), "{renamed:?}");
    assert!(renamed.iter().any(|problem| matches!(problem, Problem::Manifest { .. })), "{renamed:?}");
}

#[test]
fn a_line_of_the_manifest_that_is_gone_or_cut_off_is_named() {
    let without = |n: usize| {
        problems(move |name, bytes| {
            let text = String::from_utf8(bytes).expect("text");
            let lines = text.split_inclusive('\n').enumerate().filter(|(at, _)| name != MANIFEST || *at != n);
            Some(lines.map(|(_, line)| line).collect::<String>().into_bytes())
        })
    };
    for n in [1, 3, 5] {
        let found = without(n);
        assert!(found.iter().any(|problem| matches!(problem, Problem::Manifest { .. })), "line {n}: {found:?}");
    }
    let ended = without(8);
    assert!(
        ended.iter().any(|problem| matches!(problem, Problem::Manifest { text, .. } if text.contains("end"))),
        "{ended:?}"
    );
    let folder = tempfile::tempdir().expect("a folder");
    let (path, _) = archive(folder.path());
    made_anew(&path, |name, bytes| (name != MANIFEST).then_some(bytes));
    assert!(verify(&path, None).expect_err("told").to_string().contains("no manifest"));
}

#[test]
fn a_link_that_is_gone_is_named() {
    let found = problems(|name, bytes| (name != link_key(2)).then_some(bytes));
    assert!(found.contains(&Problem::LinkMissing { link: 2 }), "{found:?}");
    let cut = problems(|name, bytes| (name != link_key(3)).then_some(bytes));
    assert!(cut.iter().any(|problem| matches!(problem, Problem::HeadMissing { .. })), "{cut:?}");
}
