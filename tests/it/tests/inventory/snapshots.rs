//! What was seen, kept in a file and taken back.

use serde_json::{Value, json};

use crate::region::Region;

#[test]
fn a_snapshot_is_taken_back_without_aws() {
    let region = Region::with(&json!({ "Generate": { "Domains": 2, "Spaces": 120 } }));
    let file = region.file("snapshot.json");
    let path = file.to_str().unwrap();
    let seen = region.snapshot(&["--snapshot", path], 0);
    assert_eq!(serde_json::from_slice::<Value>(&std::fs::read(&file).unwrap()).unwrap(), seen);
    region.sandbox.forget_calls().unwrap();
    assert_eq!(region.snapshot(&["--from-snapshot", path], 0), seen);
    region.run(&["--from-snapshot", path]).expect(0).says(&["apps 120 120", "0 not seen"]);
    assert!(region.sandbox.calls().unwrap().is_empty());

    // What could not be seen then is not seen now either.
    region.faults("[[fault]]\noperation = \"ListSpaces\"\nkind = \"deny\"\n");
    region.run(&["--snapshot", path]).expect(4);
    region.faults("");
    region.run(&["--from-snapshot", path]).expect(4).says(&["ListSpaces failed"]);
    let left: Vec<_> = std::fs::read_dir(file.parent().unwrap()).unwrap().collect();
    assert_eq!(left.len(), 1, "nothing but the snapshot is left: {left:?}");
}

/// Written by the first version; it is never changed, so that old files are read for ever.
const OLD: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/inventory/snapshot-v1.json");

#[test]
fn a_snapshot_of_the_first_version_is_read() {
    let region = Region::new();
    let ran = region.run(&["--from-snapshot", OLD, "--all"]).expect(4);
    ran.says(&["apps 3 3", "apps, unattributed 1 1", "endpoints 2 2", "notebook instances 1 1"]);
    ran.says(&["JupyterLab ml.g5.xlarge 2", "ada; idle for 120m", "444455556666", "not enabled", "was deleted"]);
    // Nothing of it is lost.
    let old: Value = serde_json::from_slice(&std::fs::read(OLD).unwrap()).unwrap();
    assert_eq!(region.snapshot(&["--from-snapshot", OLD], 4), old);
    assert!(region.sandbox.calls().unwrap().is_empty());
}

#[test]
fn a_file_that_is_no_snapshot_is_an_error_and_asks_nothing() {
    let region = Region::with(&json!({ "Generate": { "Spaces": 3 } }));
    let file = region.file("snapshot.json");
    let path = file.to_str().unwrap();
    region.run(&["--snapshot", path]).expect(0);
    let whole = std::fs::read_to_string(&file).unwrap();
    region.sandbox.forget_calls().unwrap();
    let newer = json!({ "schema_version": 999, "shape": "another" }).to_string();
    for (text, problem) in [
        (newer.as_str(), "is of version 999"),
        (&whole[..whole.len() / 2], "line 1 column"),
        ("{}", "missing field `schema_version`"),
        ("", "EOF"),
    ] {
        std::fs::write(&file, text).unwrap();
        let ran = region.run(&["--from-snapshot", path]).expect(2);
        assert!(ran.stderr.contains(problem) && ran.stderr.contains("hint: "), "{problem}: {}", ran.stderr);
        assert_eq!(ran.stderr.trim().lines().count(), 1, "{}", ran.stderr);
    }
    region.run(&["--from-snapshot", "/nonexistent/snapshot.json"]).expect(2);
    region.run(&["--from-snapshot", path, "--accounts", "444455556666"]).expect(2);
    assert!(region.sandbox.calls().unwrap().is_empty());
    region.run(&["--snapshot", "/nonexistent/snapshot.json"]).expect(2);
}
