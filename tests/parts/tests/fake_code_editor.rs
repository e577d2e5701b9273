//! The scripted Code Editor server.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use studio_parts::fake_code_editor::FakeCodeEditor;
use studio_parts::fake_jupyter::Reply;

#[test]
fn it_tells_the_stamp_the_window_and_the_version() {
    let editor = FakeCodeEditor::idle().unwrap();
    assert_eq!(get(&editor, "/api/idle").unwrap(), r#"{"lastActiveTimestamp":"2026-01-01T00:00:00.000Z"}"#);
    assert_eq!(get(&editor, "/healthz").unwrap(), r#"{"hasActiveConnections":false}"#);
    assert_eq!(get(&editor, "/version").unwrap().len(), 40);
    editor.set_stamp("yesterday").unwrap();
    editor.set_active_connections(true);
    assert_eq!(get(&editor, "/api/idle").unwrap(), r#"{"lastActiveTimestamp":"yesterday"}"#);
    assert_eq!(get(&editor, "/healthz").unwrap(), r#"{"hasActiveConnections":true}"#);
    assert!(get(&editor, "/api/kernels").is_err());
    assert_eq!((editor.hits("idle"), editor.hits("other")), (2, 1));
}

#[test]
fn a_missing_stamp_file_is_made_as_by_the_real_one() {
    let editor = FakeCodeEditor::idle().unwrap();
    std::fs::remove_file(editor.stamp_file()).unwrap();
    let first = get(&editor, "/api/idle").unwrap();
    assert!(
        first.ends_with("Z\"}") && first.len() == r#"{"lastActiveTimestamp":"2026-01-01T00:00:00.000Z"}"#.len(),
        "{first}"
    );
    std::thread::sleep(std::time::Duration::from_millis(5));
    assert_eq!(get(&editor, "/api/idle").unwrap(), first);
}

#[test]
fn failures_are_as_scripted() {
    let editor = FakeCodeEditor::idle().unwrap();
    editor.set_all(&Reply::Status(500));
    assert!(get(&editor, "/api/idle").is_err() && get(&editor, "/healthz").is_err());
    editor.set("idle", Reply::Html200);
    assert!(get(&editor, "/api/idle").unwrap().contains("<title>"));
    editor.heal();
    assert!(get(&editor, "/api/idle").unwrap().contains("2026"));
}

fn get(editor: &FakeCodeEditor, path: &str) -> Result<String, ureq::Error> {
    ureq::get(format!("{}{path}", editor.url())).call()?.body_mut().read_to_string()
}
