//! Whether an agent would start with these settings: the agent that is installed
//! says so itself where it runs here; else the least is checked.

use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// The agent answers within milliseconds.
const LIMIT: Duration = Duration::from_secs(5);
const PAUSE: Duration = Duration::from_millis(10);
/// The agent's exit code for settings that are not usable.
const UNUSABLE: i32 = 2;
const MOST_SAID: u64 = 4096;

/// The agent's settings that are a duration, among them those of `[bounds]`.
const DURATIONS: &[&str] = &[
    "idle-timeout",
    "idle-timeout-gpu",
    "idle-timeout-quiet",
    "warn-before",
    "stuck-after",
    "max-age",
    "blind-after",
    "snooze-max",
    "poll-every",
    "pre-stop-limit",
    "refresh-native-max",
    "idle-timeout-min",
    "idle-timeout-max",
];
/// Idle timeouts, which are never zero.
const TIMEOUTS: &[&str] = &["idle-timeout", "idle-timeout-gpu", "idle-timeout-quiet"];
/// The others of `[defaults]` and `[enforce]`.
const OTHERS: &[&str] = &[
    "quiet-hours",
    "office-hours",
    "when-blind",
    "snoozes-max",
    "rehearse",
    "jupyter-url",
    "server-url",
    "cpu-at-work",
    "io-at-work",
    "gpu-at-work",
    "ignore-processes",
    "process-root",
    "activity-file",
    "metadata-file",
    "internal-metadata-file",
    "gateway-dir",
    "pre-stop",
    "time-zone",
    "refresh-native",
    "metrics",
    "state-dir",
    "record-file",
    "output",
];
/// Those of `[bounds]`.
const BOUNDS: &[&str] = &["idle-timeout-min", "idle-timeout-max", "snooze-max", "snoozes-max"];

/// Judges the administrator's settings; says on stderr if not all could be judged.
///
/// # Errors
/// What no agent starts with, as a sentence.
pub(super) fn judge(binary: Option<&Path>, admin_toml: &str) -> Result<(), String> {
    let settings: toml::Table = admin_toml.parse().map_err(|error: toml::de::Error| error.to_string())?;
    least(&settings)?;
    if settings.is_empty() {
        return Ok(());
    }
    let beside = || std::env::current_exe().map(|own| own.with_file_name("idle-agent"));
    let asked = match binary {
        Some(path) => ask(path, admin_toml),
        None => beside().and_then(|path| ask(&path, admin_toml)),
    };
    match asked {
        Ok(Answer::Fine) => Ok(()),
        Ok(Answer::Refused(problem)) => Err(problem),
        Err(error) => {
            eprintln!(
                "note: the agent does not run here ({error}); only names and durations of its settings were checked"
            );
            Ok(())
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Answer {
    Fine,
    Refused(String),
}

/// What the agent says of the settings.
///
/// # Errors
/// When it says nothing that we understand: it is for another processor, or no agent.
fn ask(binary: &Path, admin_toml: &str) -> std::io::Result<Answer> {
    let mut file = tempfile::NamedTempFile::new()?;
    file.write_all(admin_toml.as_bytes())?;
    let mut command = Command::new(std::path::absolute(binary)?);
    command.args(["explain", "--output", "json", "--admin-file"]).arg(file.path()).env_clear();
    let said = tempfile::tempfile()?;
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(said.try_clone()?);
    let mut agent = command.spawn()?;
    let end = Instant::now() + LIMIT;
    let status = loop {
        if let Some(status) = agent.try_wait()? {
            break status;
        }
        if Instant::now() >= end {
            agent.kill()?;
            agent.wait()?;
            return Err(std::io::Error::other("it does not answer"));
        }
        std::thread::sleep(PAUSE);
    };
    match status.code() {
        Some(0) => Ok(Answer::Fine),
        Some(UNUSABLE) => Ok(Answer::Refused(sentence(said, file.path())?)),
        _ => Err(std::io::Error::other(status.to_string())),
    }
}

/// Its sentence in one line, without the name of our file.
fn sentence(mut said: std::fs::File, path: &Path) -> std::io::Result<String> {
    use std::io::Seek;
    said.rewind()?;
    let mut bytes = Vec::new();
    said.take(MOST_SAID).read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes).replace(&format!(" {}", path.display()), "");
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    Ok(line.strip_prefix("error: ").unwrap_or(&line).to_owned())
}

/// Names and durations alone.
fn least(settings: &toml::Table) -> Result<(), String> {
    for (section, values) in settings {
        for (key, value) in values.as_table().into_iter().flatten() {
            let is_known = match section.as_str() {
                "bounds" => BOUNDS.contains(&key.as_str()),
                _ => {
                    OTHERS.contains(&key.as_str())
                        || DURATIONS.contains(&key.as_str()) && !BOUNDS[..2].contains(&key.as_str())
                }
            };
            if !is_known {
                return Err(format!("[{section}] has no setting {key:?}; hint: idle-agent explain lists them"));
            }
            if DURATIONS.contains(&key.as_str()) {
                duration(key, value).map_err(|problem| format!("[{section}] {key} = {value}: {problem}"))?;
            }
        }
    }
    Ok(())
}

fn duration(key: &str, value: &toml::Value) -> Result<(), String> {
    let hint = "hint: give a duration such as 60m";
    let text = value.as_str().ok_or_else(|| format!("not a text; {hint}"))?;
    match humantime::parse_duration(text) {
        Err(error) => Err(format!("{error}; {hint}")),
        Ok(duration) if duration.is_zero() && TIMEOUTS.contains(&key) => Err(format!("it is zero; {hint}")),
        Ok(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    /// A program in place of the agent.
    fn program(text: &str) -> tempfile::TempPath {
        let mut file = tempfile::NamedTempFile::new().expect("a file");
        file.write_all(text.as_bytes()).expect("written");
        file.as_file().set_permissions(std::fs::Permissions::from_mode(0o700)).expect("executable");
        file.into_temp_path()
    }

    #[test]
    fn what_the_agent_refuses_is_told_in_its_words() {
        let agent = program("#!/bin/sh\necho \"error: file $5: no such setting\" >&2\nexit 2\n");
        let asked = ask(&agent, "[defaults]\n").expect("asked");
        assert_eq!(asked, Answer::Refused("file: no such setting".to_owned()));
        let agent = program("#!/bin/sh\ntest \"$1 $2 $3 $4 $HOME\" = 'explain --output json --admin-file '\n");
        assert_eq!(ask(&agent, "[defaults]\n").expect("asked"), Answer::Fine);
        // One that does not run here says nothing. In one test, because a program that another
        // thread's child still holds open for writing cannot be started.
        assert!(ask(Path::new("/nonexistent"), "").is_err());
        assert!(ask(&program("\u{7f}ELF"), "").is_err());
        assert!(ask(&program("#!/bin/sh\nexit 1\n"), "").is_err());
    }

    #[test]
    fn names_and_durations_are_checked_anyway() {
        let least = |text: &str| least(&text.parse().expect("TOML"));
        assert_eq!(least("[defaults]\nidle-timeout = \"60m\"\nmetrics = false\n[bounds]\nsnoozes-max = 3\n"), Ok(()));
        for (text, problem) in [
            ("[defaults]\nidle-timeoot = \"60m\"\n", "no setting \"idle-timeoot\""),
            ("[enforce]\nidle-timeout = \"0s\"\n", "[enforce] idle-timeout = \"0s\": it is zero"),
            ("[defaults]\nmax-age = \"6 parsecs\"\n", "hint: give a duration"),
            ("[defaults]\nidle-timeout = 60\n", "not a text"),
            ("[bounds]\nmetrics = true\n", "[bounds] has no setting"),
            ("[defaults]\nidle-timeout-min = \"5m\"\n", "[defaults] has no setting"),
        ] {
            let told = least(text).expect_err(text);
            assert!(told.contains(problem), "{text}: {told}");
        }
    }
}
