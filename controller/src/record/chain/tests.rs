use std::path::Path;

use jiff::Timestamp;
use proptest::prelude::*;

use super::seal::append;
use super::*;
use crate::record::Store;

const DAY: &str = "evidence/account=111122223333/region=eu-west-1/dt=2026-11-25";

fn at(hour: i64) -> Timestamp {
    let noon: Timestamp = "2026-11-25T12:00:00Z".parse().expect("a time");
    noon + jiff::SignedDuration::from_hours(hour)
}

fn run<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(work)
}

/// Three runs of two objects, each sealed by a link of its own, in a folder.
async fn filled(folder: &Path) -> Store {
    let store = Store::in_folder(folder);
    for n in 0..3 {
        for part in ["000000", "000001"] {
            let key = format!("{DAY}/r{n}/{part}.jsonl");
            store.create(&key, format!("line {n} {part}\n").into_bytes()).await.expect("written");
        }
        store.create(&format!("leases/111122223333/eu-west-1/{n}.json"), vec![b'x']).await.expect("written");
        let made = seal(&store, store.take_created(), Some("r"), at(n)).await.expect("sealed");
        assert_eq!((made.objects, made.links, made.head.map(|head| head.number)), (2, 1, Some(n as u64 + 1)));
    }
    store
}

async fn checked(store: &Store, expected: Option<&Expected>) -> Checked {
    verify(store, expected, None, &|_| {}).await.expect("read")
}

/// What is wrong after somebody did this to the folder.
async fn after(change: impl FnOnce(&Path)) -> Vec<Problem> {
    let folder = tempfile::tempdir().expect("a folder");
    let store = filled(folder.path()).await;
    change(folder.path());
    checked(&store, None).await.problems.named
}

fn write(folder: &Path, key: &str, text: &str) {
    std::fs::write(folder.join(key), text).expect("written");
}

fn remove(folder: &Path, key: &str) {
    std::fs::remove_file(folder.join(key)).expect("removed");
}

#[test]
fn what_nobody_touched_is_whole() {
    run(async {
        let folder = tempfile::tempdir().expect("a folder");
        let store = filled(folder.path()).await;
        let Checked { links, head, objects, problems, unread, unsealed, sealed_at, .. } = checked(&store, None).await;
        assert_eq!((links, objects, problems.count, unread.len(), unsealed.count), (3, 6, 0, 0, 0));
        assert_eq!((head.map(|head| head.number), sealed_at), (Some(3), Some(at(2))));
        assert!(seal_rest(&store, at(3)).await.expect("sealed").head.is_none(), "nothing is left");
        let later = verify(&store, None, Some(at(2)), &|_| {}).await.expect("read");
        assert_eq!((later.objects, later.passed_over), (2, 4), "of one link alone");
    });
}

#[test]
fn an_object_that_is_gone_or_differs_by_a_byte_is_named() {
    run(async {
        let (first, second) = (format!("{DAY}/r0/000000.jsonl"), format!("{DAY}/r1/000001.jsonl"));
        let problems = after(|folder| {
            remove(folder, &first);
            write(folder, &second, "line 1 000002\n");
        });
        let problems = problems.await;
        assert_eq!(problems[0], Problem::Removed { key: first, link: 1 });
        assert!(matches!(&problems[1], Problem::Changed { key, link: 2, .. } if *key == second), "{problems:?}");
        assert_eq!(problems.len(), 2);
    });
}

#[test]
fn another_object_under_an_old_name_is_named_and_a_new_name_is_only_told() {
    run(async {
        let folder = tempfile::tempdir().expect("a folder");
        let store = filled(folder.path()).await;
        let old = format!("{DAY}/r0/000000.jsonl");
        remove(folder.path(), &old);
        store.create(&old, b"another line\n".to_vec()).await.expect("written");
        let earlier = DAY.replace("2026-11-25", "2026-11-20");
        for key in [format!("{earlier}/r9/000000.jsonl"), format!("{DAY}/r9/000000.jsonl")] {
            store.create(&key, b"a new line\n".to_vec()).await.expect("written");
        }
        let found = checked(&store, None).await;
        assert!(matches!(&found.problems.named[..], [Problem::Changed { key, .. }] if *key == old));
        assert_eq!((found.unsealed.count, found.unsealed.late), (2, 1));
        // To seal what is there now does not make it what was there.
        seal(&store, store.take_created(), None, at(9)).await.expect("sealed");
        let found = checked(&store, None).await.problems.named;
        let twice = Problem::SealedTwice { key: old.clone(), link: 4, before: 1 };
        assert!(found.contains(&twice) && found.len() == 2, "{found:?}");
    });
}

#[test]
fn a_link_that_is_gone_changed_or_another_is_named() {
    run(async {
        assert_eq!(after(|folder| remove(folder, &link_key(2))).await, [Problem::LinkMissing { link: 2 }]);
        assert_eq!(after(|folder| remove(folder, &link_key(1))).await, [Problem::LinkMissing { link: 1 }]);
        let without_object = |folder: &Path| {
            // Whoever removes an object and says so in its link forges the link.
            remove(folder, &format!("{DAY}/r1/000001.jsonl"));
            let bytes = std::fs::read(folder.join(link_key(2))).expect("read");
            let mut link = Link::parse(&bytes, 2).expect("a link");
            link.objects.pop();
            write(folder, &link_key(2), &serde_json::to_string(&link).expect("plain data"));
        };
        assert_eq!(after(without_object).await, [Problem::LinkChanged { link: 2 }]);
        let exchanged = after(|folder| {
            let first = std::fs::read_to_string(folder.join(link_key(1))).expect("read");
            write(folder, &link_key(2), &first);
        });
        let exchanged = exchanged.await;
        assert!(matches!(&exchanged[..], [Problem::LinkDamaged { link: 2, .. }, Problem::LinkChanged { link: 2 }]));
        let garbled = after(|folder| write(folder, &link_key(2), "{")).await;
        assert!(matches!(&garbled[..], [Problem::LinkDamaged { link: 2, .. }, Problem::LinkChanged { link: 2 }]));
    });
}

#[test]
fn a_chain_that_was_cut_is_found_by_who_kept_a_digest() {
    run(async {
        let folder = tempfile::tempdir().expect("a folder");
        let store = filled(folder.path()).await;
        let kept = head(&store).await.expect("read").expect("a head");
        let expected = |number| Expected { number, sha256: kept.sha256.clone() };
        store.create(&format!("{DAY}/r3/000000.jsonl"), b"later\n".to_vec()).await.expect("written");
        seal(&store, store.take_created(), None, at(4)).await.expect("sealed");
        for number in [None, Some(3)] {
            assert_eq!(checked(&store, Some(&expected(number))).await.problems.count, 0, "it has grown since");
        }
        assert_eq!(checked(&store, Some(&expected(Some(2)))).await.problems.count, 1, "another number");
        for link in [3, 4] {
            remove(folder.path(), &link_key(link));
        }
        for run in ["r2/000000.jsonl", "r2/000001.jsonl", "r3/000000.jsonl"] {
            remove(folder.path(), &format!("{DAY}/{run}"));
        }
        assert_eq!(checked(&store, None).await.problems.count, 0, "without a digest it looks whole");
        for number in [None, Some(3)] {
            let found = checked(&store, Some(&expected(number))).await.problems.named;
            assert!(matches!(&found[..], [Problem::HeadMissing { .. }]), "{found:?}");
        }
    });
}

#[test]
fn fifty_writers_at_once_make_one_chain() {
    let folder = tempfile::tempdir().expect("a folder");
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(4).build().expect("a runtime");
    runtime.block_on(async {
        let path = folder.path().to_owned();
        Store::in_folder(&path).create("accounts/111122223333.json", vec![b'1']).await.expect("written");
        let writers = (0..50).map(|n| {
            let store = Store::in_folder(&path);
            tokio::spawn(async move {
                store.create(&format!("{DAY}/r{n:02}/000000.jsonl"), vec![b'0'; n]).await.expect("written");
                let made = seal(&store, store.take_created(), None, at(0)).await.expect("sealed");
                made.head.expect("a link").number
            })
        });
        let mut numbers: Vec<u64> = Vec::new();
        for writer in writers.collect::<Vec<_>>() {
            numbers.push(writer.await.expect("it ended well"));
        }
        numbers.sort_unstable();
        assert_eq!(numbers, (1..=50).collect::<Vec<_>>(), "each number once");
        let store = Store::in_folder(&path);
        let found = checked(&store, None).await;
        assert_eq!((found.problems.count, found.objects, found.unsealed.count), (0, 50, 1));
    });
}

#[test]
fn what_a_run_left_that_was_cut_short_is_sealed_by_the_next_seal() {
    run(async {
        let store = Store::in_memory();
        // Objects of before there was a chain, more than one link takes.
        for n in 0..1_001 {
            store.create(&format!("{DAY}/old/{n:06}.jsonl"), vec![b'o']).await.expect("written");
        }
        drop(store.take_created());
        let found = checked(&store, None).await;
        assert_eq!((found.links, found.unsealed.count, found.unsealed.named.len()), (0, 1_001, MOST_NAMED));
        let sealed = seal_rest(&store, at(1)).await.expect("sealed");
        assert_eq!((sealed.objects, sealed.links), (1_001, 2));
        store.create(&format!("{DAY}/new/000000.jsonl"), vec![b'n']).await.expect("written");
        let sealed = seal_rest(&store, at(2)).await.expect("sealed");
        assert_eq!((sealed.objects, sealed.links, sealed.head.map(|head| head.number)), (1, 1, Some(3)));
        // The run itself comes late: the same object twice is the same object.
        seal(&store, store.take_created(), Some("new"), at(3)).await.expect("sealed");
        let found = checked(&store, None).await;
        assert_eq!((found.links, found.objects, found.problems.count, found.unsealed.count), (4, 1_002, 0, 0));
    });
}

#[test]
fn the_end_of_a_long_chain_is_found_whatever_stands_beside_it() {
    run(async {
        let store = Store::in_memory();
        assert_eq!(head(&store).await.expect("read"), None);
        for n in (1..=3_500).filter(|n| *n != 1_000) {
            store.create(&link_key(n), n.to_string().into_bytes()).await.expect("written");
        }
        assert_eq!(head(&store).await.expect("read").map(|head| head.number), Some(3_500));
        store.create("chain/notes.txt", vec![b'x']).await.expect("written");
        assert_eq!(head(&store).await.expect("read").map(|head| head.number), Some(3_500));
    });
}

#[test]
fn what_the_first_version_wrote_is_read_for_ever() {
    let bytes = include_bytes!("fixtures/v1.json");
    let link = Link::parse(bytes, 2).expect("a link");
    assert_eq!((link.at, link.run.as_deref()), (at(0), Some("20261125T120000Z-00000001")));
    assert_eq!(link.previous.as_deref(), Some("aa".repeat(32).as_str()));
    assert_eq!(link.objects, [Sealable { key: format!("{DAY}/r/000000.jsonl"), sha256: "bb".repeat(32), bytes: 7 }]);
    assert_eq!(link.to_bytes(), bytes, "and written so today");
    let newer = String::from_utf8_lossy(bytes).replace("\"schema_version\": 1", "\"schema_version\": 2");
    assert!(Link::parse(newer.as_bytes(), 2).expect_err("newer").contains("newer than this program"));
}

#[derive(Debug, Clone)]
enum Step {
    /// Looks where the chain ends.
    Look(usize),
    /// Writes an object and seals it after what it saw last, however old that is.
    Seal(usize),
    /// Writes an object and is cut short.
    Die,
    /// Somebody seals what is left.
    Rest,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0..4_usize).prop_map(Step::Look),
        4 => (0..4_usize).prop_map(Step::Seal),
        1 => Just(Step::Die),
        1 => Just(Step::Rest),
    ]
}

proptest! {
    /// In whatever order writers look, write, seal and die: one chain without a gap, which
    /// names everything after the last seal.
    #[test]
    fn there_is_one_chain(steps in prop::collection::vec(step(), 1..60)) {
        run(async {
            let store = Store::in_memory();
            let mut seen: [Option<Head>; 4] = Default::default();
            for (n, step) in steps.iter().enumerate() {
                let key = format!("{DAY}/r{n:02}/000000.jsonl");
                match step {
                    Step::Look(who) => seen[*who] = head(&store).await.expect("read"),
                    Step::Seal(who) => {
                        store.create(&key, vec![b's'; n]).await.expect("written");
                        let object = [Sealable::of(&key, &vec![b's'; n])];
                        append(&store, seen[*who].take(), &object, None, at(0)).await.expect("sealed");
                    }
                    Step::Die => drop(store.create(&key, vec![b'd'; n]).await.expect("written")),
                    Step::Rest => drop(seal_rest(&store, at(0)).await.expect("sealed")),
                }
            }
            let before = checked(&store, None).await;
            assert_eq!((before.problems.count, before.unread.len()), (0, 0));
            seal_rest(&store, at(1)).await.expect("sealed");
            let found = checked(&store, None).await;
            assert_eq!((found.problems.count, found.unsealed.count), (0, 0));
            assert_eq!(found.objects, before.objects + before.unsealed.count);
        });
    }
}

#[test]
fn a_link_far_behind_the_end_is_found_at_once_and_nothing_comes_after_it() {
    run(async {
        let folder = tempfile::tempdir().expect("a folder");
        let store = filled(folder.path()).await;
        write(folder.path(), &link_key(999_999_999_999), "{}");
        write(folder.path(), &format!("{FOLDER}/{}.json", u64::MAX), "{}");
        let found = checked(&store, None).await;
        // All between them, and the last one itself.
        assert_eq!((found.links, found.problems.count), (4, 999_999_999_995 + 1));
        assert!(sealed(&store).await.expect("read").link_of(&format!("{DAY}/r0/000000.jsonl")).is_some());
        store.create(&format!("{DAY}/r4/000000.jsonl"), b"more\n".to_vec()).await.expect("written");
        assert!(seal(&store, store.take_created(), None, at(4)).await.is_err());
    });
}
