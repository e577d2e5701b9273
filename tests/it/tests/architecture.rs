//! Who may know whom, held by a test over `cargo metadata`.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;

/// Every package with the packages that it depends on, dev-dependencies left out.
fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["metadata", "--format-version=1", "--filter-platform=x86_64-unknown-linux-gnu"])
        .current_dir(root)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let names: BTreeMap<&str, &str> = metadata["packages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|package| (package["id"].as_str().unwrap(), package["name"].as_str().unwrap()))
        .collect();
    let mut graph: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for node in metadata["resolve"]["nodes"].as_array().unwrap() {
        let known = graph.entry(names[node["id"].as_str().unwrap()].to_owned()).or_default();
        for dependency in node["deps"].as_array().unwrap() {
            let is_normal = dependency["dep_kinds"].as_array().unwrap().iter().any(|kind| kind["kind"] != "dev");
            if is_normal {
                known.insert(names[dependency["pkg"].as_str().unwrap()].to_owned());
            }
        }
    }
    graph
}

/// Everything below a package.
fn below(graph: &BTreeMap<String, BTreeSet<String>>, package: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut open: Vec<&str> = vec![package];
    while let Some(name) = open.pop() {
        for dependency in &graph[name] {
            if found.insert(dependency.clone()) {
                open.push(dependency);
            }
        }
    }
    found
}

#[test]
fn no_input_or_output_below_the_pure_crates() {
    let graph = dependencies();
    for pure in ["idle-core", "cost-planner", "cost-ledger"] {
        for package in below(&graph, pure) {
            let is_io = ["tokio", "reqwest", "hyper", "rustix", "mio"].contains(&package.as_str())
                || package.starts_with("aws-");
            assert!(!is_io, "{pure} depends on {package}");
        }
    }
}

#[test]
fn the_arrows_of_the_architecture_hold() {
    let graph = dependencies();
    let knows = |package: &str, other: &str| below(&graph, package).contains(other);
    assert!(!knows("costctl", "idle-agent") && !knows("idle-agent", "costctl"));
    assert!(!knows("idle-core", "cost-planner") && knows("cost-planner", "idle-core"));
    for product in ["idle-core", "cost-planner", "cost-ledger", "idle-agent", "costctl"] {
        for test_part in ["studio-sandbox", "studio-parts", "studio-it", "studio-bench"] {
            assert!(!knows(product, test_part), "{product} depends on {test_part}");
        }
    }
}

/// Within each of the two programs, what looks knows nothing of what changes, keeps or shows.
#[test]
fn no_arrow_points_back_between_folders() {
    let root = studio_parts::workspace::workspace_root();
    for (folder, others) in [
        ("agent/src/observe", &["act", "record", "tell", "watch", "commands"][..]),
        ("agent/src/act", &["observe", "record", "tell", "watch", "commands"]),
        ("agent/src/record", &["observe", "act", "tell", "watch", "commands"]),
        ("controller/src/observe", &["act", "record", "render", "commands"]),
        ("controller/src/act", &["render", "commands"]),
        ("controller/src/record", &["observe", "act", "render", "commands"]),
        ("controller/src/render", &["act", "record", "commands"]),
    ] {
        let mut open = vec![root.join(folder)];
        while let Some(path) = open.pop() {
            if path.is_dir() {
                open.extend(std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            for other in others {
                let knows =
                    [format!("crate::{other}::"), format!("crate::{other};")].iter().any(|use_| text.contains(use_));
                assert!(!knows, "{} knows {other}/", path.display());
            }
        }
    }
}
