//! From a sweep to an archive that is checked elsewhere, and what is found when somebody meddles.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::world::{POLICY, Said, World, alone};

/// Every file below a folder, sorted.
fn files(folder: &Path) -> Vec<PathBuf> {
    let (mut found, mut open) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(path) = open.pop() {
        for entry in std::fs::read_dir(path).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { open.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    found
}

/// The word after this one on its line.
fn after<'a>(text: &'a str, word: &str) -> &'a str {
    let line = text.lines().find_map(|line| line.strip_prefix(word)).unwrap_or_else(|| panic!("{word} in {text}"));
    line.trim()
}

fn assert_says(said: &Said, words: &[&str]) {
    for word in words {
        assert!(said.stdout.contains(word), "{word} is not in\n{}\n{}", said.stdout, said.stderr);
    }
}

#[test]
fn a_sweep_is_sealed_exported_and_verified_elsewhere() {
    let world = World::new();
    let swept = world.ends(0, "sweep --execute --yes");
    assert!(swept.stderr.contains("evidence is sealed by link 1, SHA-256 "), "{}", swept.stderr);
    world.ends(0, "coverage --all-domains");
    let head = world.ends(0, "evidence seal");
    assert_says(&head, &["nothing was left to seal", "head 2:"]);
    let head = after(&head.stdout, "head ").to_owned();

    let verified = world.ends(0, &format!("evidence verify --expect-head {head}"));
    assert_says(&verified, &["whole: nothing that was sealed was removed or changed", &head]);
    world.ends(0, "evidence --since 1d --out first.tar.gz");
    let told = world.ends(0, "evidence export --since 1d --out second.tar.gz");
    assert_says(&told, &[": 1 run, 2 actions and refusals", &format!("head {head}"), "sha256 "]);
    let [first, second] = ["first.tar.gz", "second.tar.gz"].map(|name| std::fs::read(world.path(name)).unwrap());
    assert!(first == second, "the same objects make the same bytes");

    let elsewhere = tempfile::tempdir().unwrap();
    std::fs::write(elsewhere.path().join("e.tar.gz"), &first).unwrap();
    let verified = alone(elsewhere.path(), &format!("evidence verify --archive e.tar.gz --expect-head {head}"));
    assert_eq!(verified.code, Some(0), "{}\n{}", verified.stdout, verified.stderr);
    let mut flipped = first.clone();
    flipped[first.len() / 2] ^= 1;
    std::fs::write(elsewhere.path().join("flipped.tar.gz"), flipped).unwrap();
    assert_eq!(alone(elsewhere.path(), "evidence verify --archive flipped.tar.gz").code, Some(1));
    assert_checks_without_us(elsewhere.path(), &first);
}

/// Asserts that what the archive's `README.txt` says works with `tar` and `sha256sum` alone.
fn assert_checks_without_us(folder: &Path, archive: &[u8]) {
    std::fs::write(folder.join("e.tar.gz"), archive).unwrap();
    let sh = |script: &str| {
        let output = Command::new("sh").args(["-ec", script]).current_dir(folder).output().unwrap();
        assert!(output.status.success(), "{script}\n{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    sh("mkdir open && tar -xzf e.tar.gz -C open && cd open && sha256sum -c --quiet SHA256SUMS");
    let first = sh("cd open && sha256sum chain/000000000001.json");
    let second = sh("cat open/chain/000000000002.json");
    assert!(second.contains(&format!("\"previous\": \"{}\"", &first[..64])), "{second}");
    let line = sh("sed -n 4p open/manifest.jsonl | tr -d '\\n' | sha256sum");
    let next = sh("sed -n 5p open/manifest.jsonl");
    assert!(next.contains(&line[..64]), "{next}");
    let summary = sh("cat open/summary.csv");
    let rows: Vec<&str> = summary.lines().skip(1).collect();
    assert_eq!(rows.len(), 2, "{summary}");
    for row in rows {
        for word in ["111122223333,us-east-1,", "assumed-role", ",delete-app,", ",done,", "idle-timeout"] {
            assert!(row.contains(word) || word == ",delete-app,", "{word}: {row}");
        }
    }
    assert_eq!(sh("cat open/policies/*.toml"), POLICY);
    assert!(sh("cat open/plans/*.json").contains("alice-lab"));
    assert!(sh("cat open/coverage/account=111122223333/region=us-east-1/dt=*/*.json").contains("carol-lab"));
    assert!(sh("cat open/README.txt").contains("Links        1 to 2 of the chain"));
    for line in sh("cat open/README.txt").lines() {
        assert!(line.len() <= 80 || line.starts_with("Taken from") || line.starts_with("Head"), "{line}");
    }
}

#[test]
fn what_somebody_removed_changed_or_cut_off_is_named() {
    let world = World::new();
    world.ends(0, "sweep --execute --yes");
    let head = world.ends(0, "evidence seal").stdout;
    let head = after(&head, "head ");
    let folder = world.path("evidence");
    let lines = files(&folder.join("evidence"));
    let ended = lines.iter().find(|path| path.to_string_lossy().ends_with(".ended.jsonl")).unwrap();
    let first = lines.iter().find(|path| path.ends_with("000000.jsonl")).unwrap();
    let text = std::fs::read_to_string(first).unwrap();

    // Who did it is hidden by one letter, and how it ended by a file that is gone.
    std::fs::write(first, text.replacen("alice", "alicf", 1)).unwrap();
    std::fs::rename(ended, world.path("kept")).unwrap();
    let verified = world.ends(1, "evidence verify");
    assert_says(&verified, &["CHANGED", "REMOVED", "NOT WHOLE: 2 things are not as sealed"]);
    assert!(verified.stdout.lines().all(|line| line.chars().count() <= 80), "{}", verified.stdout);
    let told = world.ends(4, "evidence --since 1d --out tampered.tar.gz");
    assert!(told.stderr.contains("is not what was sealed") && told.stderr.contains("is not there"), "{}", told.stderr);
    world.ends(1, "evidence verify --archive tampered.tar.gz");
    std::fs::write(first, text).unwrap();
    std::fs::rename(world.path("kept"), ended).unwrap();
    world.ends(0, "evidence verify");

    // A run is taken out with its link: only a digest that was kept elsewhere tells.
    std::fs::remove_file(folder.join("chain/000000000001.json")).unwrap();
    let cut = world.ends(1, &format!("evidence verify --expect-head {head}"));
    assert_says(&cut, &["CUT", "not sealed yet"]);
    assert_says(&world.ends(1, "evidence verify"), &["NOT SEALED: there is no chain"]);
    world.ends(0, "evidence seal");
    world.ends(0, "evidence verify");
    world.ends(1, &format!("evidence verify --expect-head {head}"));
}

#[test]
fn a_plan_that_is_applied_elsewhere_brings_its_policy() {
    let world = World::new();
    world.ends(0, "plan --out plan.json");
    std::fs::remove_file(world.path("costctl.toml")).unwrap();
    world.ends(0, "apply plan.json --yes");
    let policies = files(&world.path("evidence/policies"));
    assert_eq!(policies.len(), 1);
    assert_eq!(std::fs::read_to_string(&policies[0]).unwrap(), POLICY);
    let verified = world.ends(0, "evidence verify --output json");
    let verified: serde_json::Value = serde_json::from_str(&verified.stdout).unwrap();
    assert_eq!((&verified["schema_version"], &verified["unsealed"]["count"]), (&1.into(), &0.into()), "{verified}");
}

#[test]
fn flags_that_are_missing_are_said() {
    let folder = tempfile::tempdir().unwrap();
    for (words, code, said) in [
        ("evidence --since 1d", 2, "no --out is named"),
        ("evidence --out e.tar.gz", 2, "no --evidence is named"),
        ("evidence verify", 2, "no --evidence is named"),
        ("evidence verify --evidence nowhere", 2, "there is no such folder"),
        ("evidence verify --archive nowhere.tar.gz", 1, "reading the archive"),
        ("evidence verify --evidence nowhere --expect-head 12", 2, "64 hexadecimal digits"),
        ("evidence --since 2026-11-20 --until 2026-11-10 --out e --evidence nowhere", 2, "is after --until"),
    ] {
        let ended = alone(folder.path(), words);
        assert!(ended.code == Some(code) && ended.stderr.contains(said), "{words}: {:?} {}", ended.code, ended.stderr);
    }
}
