//! What is kept of a run: without what differs from run to run.

use std::path::Path;

use serde_json::Value;

/// Operations that change something, by how their names begin.
const CHANGING: &[&str] = &["Delete", "Stop", "Update", "Create", "Put", "Publish", "Add", "Register"];

/// A text without paths of this machine, times, ages that move on, and digests.
pub(super) fn timeless(text: &str, dir: &Path, endpoint: &str) -> String {
    let text = text.replace(&dir.display().to_string(), "DIR").replace(endpoint, "ENDPOINT");
    let text = unbroken(&text);
    let lines = text.lines().map(|line| line.split(' ').map(timeless_word).collect::<Vec<_>>().join(" "));
    lines.collect::<Vec<_>>().join("\n")
}

/// Where lines of a sentence are broken depends on the length of paths.
fn unbroken(text: &str) -> String {
    let paragraphs = text.split("\n\n").map(|paragraph| match paragraph.starts_with("REFUSED:") {
        true => paragraph.replace('\n', " "),
        false => paragraph.to_owned(),
    });
    paragraphs.collect::<Vec<_>>().join("\n\n")
}

fn timeless_word(word: &str) -> String {
    let inner = word.trim_matches(|c: char| !c.is_ascii_alphanumeric());
    let is_time =
        inner.len() >= 16 && inner.as_bytes()[4] == b'-' && inner.as_bytes()[7] == b'-' && inner.contains('T');
    let is_run = inner.len() == 25 && inner.as_bytes()[8] == b'T' && inner.as_bytes()[15] == b'Z';
    let is_digest = inner.len() >= 12 && inner.bytes().all(|b| b.is_ascii_hexdigit()) && inner.len() != 12;
    // The age of a heartbeat, which was published two and a half minutes before.
    let is_age = ["2m", "3m", "4m"].contains(&inner);
    if is_age {
        word.replace(inner, "Nm")
    } else if is_run {
        word.replace(inner, "RUN")
    } else if is_time {
        word.replace(inner, "TIME")
    } else if is_digest {
        word.replace(inner, "HEX")
    } else {
        word.to_owned()
    }
}

/// The calls that changed something or tried to, in order of their names: sweeps act
/// on several at once.
pub(super) fn changes(calls: &[Value]) -> String {
    let mut lines: Vec<String> = calls.iter().filter_map(change).collect();
    lines.sort();
    if lines.is_empty() { "no call that changes anything".to_owned() } else { lines.join("\n") }
}

fn change(call: &Value) -> Option<String> {
    let operation = call["operation"].as_str()?;
    if !CHANGING.iter().any(|begin| operation.starts_with(begin)) {
        return None;
    }
    let request = &call["request"];
    let names = [
        "DomainId",
        "SpaceName",
        "UserProfileName",
        "AppType",
        "AppName",
        "EndpointName",
        "NotebookInstanceName",
        "InferenceComponentName",
        "TopicArn",
    ];
    let names: Vec<&str> = names.iter().filter_map(|name| request[*name].as_str()).collect();
    let account = call["access_key"].as_str().and_then(account);
    let place =
        account.filter(|account| *account != "111122223333").map_or(String::new(), |account| format!("{account} "));
    let error = call["error"].as_str().map_or(String::new(), |error| format!(" → {error}"));
    Some(format!("{place}{operation} {}{error}", names.join("/")))
}

fn account(access_key: &str) -> Option<&str> {
    let digits =
        |start: usize| access_key.get(start..start + 12).filter(|part| part.bytes().all(|b| b.is_ascii_digit()));
    (0..access_key.len().saturating_sub(11)).find_map(digits)
}
