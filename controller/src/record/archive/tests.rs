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

/// An archive of one of two accounts, with all links.
fn archive(folder: &Path) -> (PathBuf, Written) {
    archive_from(1, folder)
}

/// The same without the links before this one, and without what they name.
fn archive_from(first: u64, folder: &Path) -> (PathBuf, Written) {
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
        let links = Some(Links { first, last: last.number, head: last.sha256 });
        let header = Header { place: "s3://amzn-s3-demo-bucket/costctl".to_owned(), selection, links };
        let path = folder.join("evidence.tar.gz");
        let mut writer = Writer::new(File::create(&path).expect("made"), &header).expect("written");
        for number in first..=last.number {
            let bytes = store.get(&link_key(number)).await.expect("read").expect("there");
            writer.add(&link_key(number), &bytes, None).expect("written");
        }
        if first == 1 {
            writer.add(RUN, RUN.as_bytes(), Some(1)).expect("written");
        }
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

/// What tar unpacks of an archive, without the end.
fn unpacked(path: &Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    flate2::read::GzDecoder::new(File::open(path).expect("there")).read_to_end(&mut bytes).expect("read");
    let end = bytes.iter().rposition(|byte| *byte != 0).expect("not empty") + 1;
    bytes.truncate(end.next_multiple_of(512));
    bytes
}

/// These bytes as gzip has them.
fn zipped(bytes: &[u8]) -> Vec<u8> {
    let mut zip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    zip.write_all(bytes).and_then(|()| zip.finish()).expect("packed")
}

/// Where the header of a file stands.
fn header_of(tar: &[u8], name: &str) -> usize {
    let start = format!("{name}\0");
    tar.chunks(512).position(|block| block.starts_with(start.as_bytes())).expect("its header") * 512
}

/// One entry, as tar has it.
fn entry(kind: tar::EntryType, name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut header = tar::Header::new_gnu();
    header.set_entry_type(kind);
    header.set_size(bytes.len() as u64);
    // Not by a method: they refuse what a stranger would write.
    header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
    header.set_cksum();
    let mut all = header.as_bytes().to_vec();
    all.extend_from_slice(bytes);
    all.resize(all.len().next_multiple_of(512), 0);
    all
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

#[test]
fn what_stands_behind_the_end_is_found() {
    let folder = tempfile::tempdir().expect("a folder");
    let (path, _) = archive(folder.path());
    let own = unpacked(&path);
    let forged = entry(tar::EntryType::Regular, RUN, b"another");
    let end = [0; 1024];
    let ended = [own.as_slice(), &end].concat();
    // gzip unpacks both parts to one archive, in which the second file of a name wins.
    let in_a_part = [zipped(&own), zipped(&[forged.as_slice(), &end].concat())].concat();
    let behind = zipped(&[ended.as_slice(), &forged, &end].concat());
    let not_zipped = [zipped(&ended), b"more".to_vec()].concat();
    for (what, bytes) in [("a part", in_a_part), ("behind the end", behind), ("not zipped", not_zipped)] {
        std::fs::write(&path, bytes).expect("written");
        let found = verify(&path, None);
        assert!(found.is_err() || found.is_ok_and(|found| found.problems.count > 0), "{what}");
    }
    for bytes in [zipped(&own), zipped(&[ended.as_slice(), &[0; 10_240]].concat())] {
        std::fs::write(&path, bytes).expect("written");
        assert_eq!(verify(&path, None).expect("read").problems.named, [], "blocks of zeros are an end");
    }
}

#[test]
fn what_would_be_unpacked_to_something_else_is_found() {
    let folder = tempfile::tempdir().expect("a folder");
    let (path, _) = archive(folder.path());
    let own = unpacked(&path);
    let at = header_of(&own, RUN);
    let mut linked = own.clone();
    // To the header of a link, with the bytes of the file behind it.
    linked[at + 156] = b'2';
    let sum = |header: &[u8]| (0..512).map(|n| if (148..156).contains(&n) { 32 } else { u32::from(header[n]) }).sum();
    let sum: u32 = sum(&linked[at..at + 512]);
    linked[at + 148..at + 156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    std::fs::write(&path, zipped(&linked)).expect("written");
    let found = verify(&path, None).expect("read").problems.named;
    assert!(matches!(&found[..], [Problem::File { path, .. }] if path == RUN), "{found:?}");
    for name in ["/etc/x", "../x", "evidence/../x", "./x"] {
        let more = entry(tar::EntryType::Regular, name, b"x");
        std::fs::write(&path, zipped(&[more, own.clone()].concat())).expect("written");
        let found = verify(&path, None).expect("read").problems.named;
        let leads =
            |problem: &Problem| matches!(problem, Problem::File { text, .. } if text.contains("leads elsewhere"));
        assert!(found.iter().any(leads), "{name}: {found:?}");
    }
}

#[test]
fn sums_that_name_one_file_twice_and_another_never_are_found() {
    let found = problems(|name, bytes| {
        let text = String::from_utf8(bytes).expect("text");
        let first = text.lines().next().unwrap_or_default().to_owned();
        let twice = |line: &str| if line.ends_with(RUN) { format!("{first}\n") } else { format!("{line}\n") };
        Some(if name == SUMS { text.lines().map(twice).collect::<String>() } else { text }.into_bytes())
    });
    assert!(matches!(&found[..], [Problem::File { path, .. }] if path == SUMS), "{found:?}");
}

#[test]
fn two_manifests_are_one_too_many() {
    let folder = tempfile::tempdir().expect("a folder");
    let (path, _) = archive(folder.path());
    let own = unpacked(&path);
    let at = header_of(&own, MANIFEST);
    std::fs::write(&path, zipped(&[&own[..], &own[at..]].concat())).expect("written");
    let found = verify(&path, None).expect("read").problems.named;
    for name in [MANIFEST, SUMS] {
        let is_it = |problem: &Problem| matches!(problem, Problem::File { path, text } if path == name && text == "it stands in the archive twice");
        assert!(found.iter().any(is_it), "{name}: {found:?}");
    }
}

#[test]
fn an_archive_that_begins_after_a_link_of_its_days_is_not_called_whole() {
    let folder = tempfile::tempdir().expect("a folder");
    let (path, _) = archive_from(2, folder.path());
    let found = verify(&path, None).expect("read");
    assert_eq!(found.problems.named, [], "every line of it is as it should be");
    assert!(found.unread[..].iter().any(|why| why.contains("links before 2")), "{:?}", found.unread);
    let (path, _) = archive(folder.path());
    assert_eq!(verify(&path, None).expect("read").unread, [""; 0]);
}

#[test]
fn a_plan_that_is_left_out_of_an_archive_with_its_run_is_named() {
    let line = include_str!("../evidence/fixtures/v1.jsonl").lines().next().expect("a first line");
    let with = |plan: bool| {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("evidence.tar.gz");
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        runtime.block_on(async {
            let store = Store::in_memory();
            for (key, text) in [(RUN, line), ("plans/d.json", "{}"), ("plans/other.json", "{}")] {
                store.create(key, text.as_bytes().to_vec()).await.expect("written");
            }
            let head = seal(&store, store.take_created(), None, now()).await.expect("sealed").head.expect("a head");
            let day = "2026-11-25".parse().expect("a day");
            let selection = Selection { since: day, until: day, accounts: Vec::new(), regions: Vec::new() };
            let links = Some(Links { first: 1, last: head.number, head: head.sha256 });
            let header = Header { place: "memory".to_owned(), selection, links };
            let mut writer = Writer::new(File::create(&path).expect("made"), &header).expect("written");
            let bytes = store.get(&link_key(1)).await.expect("read").expect("there");
            writer.add(&link_key(1), &bytes, None).expect("written");
            writer.add(RUN, line.as_bytes(), Some(1)).expect("written");
            if plan {
                writer.add("plans/d.json", b"{}", Some(1)).expect("written");
            }
            writer.finish().expect("written");
        });
        verify(&path, None).expect("read").problems.named
    };
    assert_eq!(with(true), []);
    assert_eq!(with(false), [Problem::Removed { key: "plans/d.json".to_owned(), link: 1 }]);
}

#[test]
fn a_number_that_no_link_has_is_no_link() {
    let folder = tempfile::tempdir().expect("a folder");
    let (path, _) = archive(folder.path());
    for number in [u64::MAX, 1_000_000_000_000] {
        let more = entry(tar::EntryType::Regular, &format!("chain/{number}.json"), b"{}");
        std::fs::write(&path, zipped(&[more, unpacked(&path)].concat())).expect("written");
        let found = verify(&path, None).expect("read").problems.named;
        assert!(found.iter().all(|problem| matches!(problem, Problem::File { .. })), "{found:?}");
        assert!(!found.is_empty());
    }
}
