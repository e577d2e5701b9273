//! What a command line does not say of itself: exit codes, the environment beside the
//! flags' twins, files. Exit codes are those of the READMEs, so that they stand in one place.

use anyhow::{Context, ensure};
use clap::Command;

const README: &str = include_str!("../../../../README.md");
const CONTROLLER: &str = include_str!("../../../../controller/README.md");

/// A term and what is to be said of it.
type Row = (String, String);

/// A program, and what its pages say beside its command line.
pub(super) struct Program {
    pub(super) command: Command,
    /// The other one.
    pub(super) beside: &'static [&'static str],
    exits: Vec<Row>,
    environment: &'static [(&'static str, &'static str)],
    files: &'static [(&'static str, &'static str)],
}

impl Program {
    pub(super) fn costctl() -> anyhow::Result<Self> {
        let environment: &[(&str, &str)] = &[
            (
                "AWS_PROFILE, AWS_REGION, AWS_ACCESS_KEY_ID, \u{2026}",
                "Credentials and region are found as the AWS CLI finds them.",
            ),
            (
                "AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_SAGEMAKER, \u{2026}",
                "Other endpoints than AWS's own, of all services or of one.",
            ),
            ("XDG_CACHE_HOME", "Where price lists are kept, in costctl/prices, unless --prices says otherwise."),
            ("NO_COLOR", "No colour in costctl top."),
        ];
        let files: &[(&str, &str)] = &[
            ("costctl.toml", "The policy, in the working directory, where --policy names no other."),
            ("~/.cache/costctl/prices/", "The price lists that were fetched last."),
        ];
        Ok(Self {
            command: costctl::command(),
            beside: &["idle-agent"],
            exits: of_table(CONTROLLER).context("controller/README.md")?,
            environment,
            files,
        })
    }

    pub(super) fn idle_agent() -> anyhow::Result<Self> {
        let environment: &[(&str, &str)] = &[
            (
                "AWS_CONTAINER_CREDENTIALS_FULL_URI, AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
                "Where SageMaker gives the app its credentials. Profiles, keys and proxies of the user change nothing.",
            ),
            ("AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_SAGEMAKER, \u{2026}", "Another endpoint, such as of a VPC."),
            ("RESOURCE_METADATA_FILE", "Where the app's own name stands."),
            ("DOCKER_HOST", "Where Docker listens."),
            ("NO_COLOR", "No colour in messages."),
        ];
        let files: &[(&str, &str)] = &[
            ("/opt/ml/metadata/resource-metadata.json", "Which app this is, by SageMaker."),
            ("/etc/idle-agent/admin.toml", "The administrator's settings and bounds."),
            ("~/.config/idle-agent.toml", "The user's settings, within the bounds."),
            ("~/.idle-agent/snooze", "Made by touch, it asks to be left running for a while."),
        ];
        Ok(Self {
            command: idle_agent::command(),
            beside: &["costctl"],
            exits: of_line(README).context("README.md")?,
            environment,
            files,
        })
    }

    /// The sections of one of its commands with their rows, in the order of man-pages(7).
    pub(super) fn sections(&self, command: &Command) -> [(&'static str, Vec<Row>); 3] {
        let owned = |rows: &[(&str, &str)]| {
            rows.iter().map(|(term, text)| ((*term).to_owned(), (*text).to_owned())).collect::<Vec<Row>>()
        };
        let environment = twins(command).into_iter().chain(owned(self.environment)).collect();
        [("EXIT STATUS", self.exits.clone()), ("ENVIRONMENT", environment), ("FILES", owned(self.files))]
    }
}

/// The variables that stand for flags; a flag wins over its own.
fn twins(command: &Command) -> Vec<Row> {
    let shown = command.get_arguments().filter(|argument| !argument.is_hide_set());
    let twin = |argument: &clap::Arg| {
        let flag = argument.get_long()?;
        Some((argument.get_env()?.to_str()?.to_owned(), format!("As --{flag}, which wins.")))
    };
    let mut rows: Vec<Row> = shown.filter_map(twin).collect();
    rows.sort();
    rows
}

/// The rows of the table `| Exit | |`.
fn of_table(text: &str) -> anyhow::Result<Vec<Row>> {
    let (_, table) = text.split_once("| Exit | |\n|---|---|\n").context("there is no table of exit codes")?;
    let row = |line: &str| {
        let (code, says) = line.strip_prefix("| ")?.strip_suffix(" |")?.split_once(" | ")?;
        Some((code.to_owned(), plain(says)))
    };
    let rows: Vec<Row> = table.lines().map_while(row).collect();
    numbered(rows)
}

/// The parts of the line of the agent's codes, ` · ` between them.
fn of_line(text: &str) -> anyhow::Result<Vec<Row>> {
    let (_, below) = text.split_once("\n## Exit codes\n\n").context("there is no section of exit codes")?;
    let line = below.lines().next().context("the section says nothing")?;
    let mut rows = Vec::new();
    for part in line.trim_end_matches('.').split(" · ") {
        // `check` has codes of its own, which one part lists.
        let (lead, codes) = part.split_once(": ").unwrap_or(("", part));
        for code in codes.split(", ") {
            match code.split_once(' ') {
                Some((number, says)) if number.parse::<u8>().is_ok() => {
                    let lead = if lead.is_empty() { String::new() } else { format!("{lead}: ") };
                    rows.push((number.to_owned(), plain(&format!("{lead}{says}"))));
                }
                _ => rows.last_mut().context("a code begins with its number")?.1 += &format!(", {}", plain(code)),
            }
        }
    }
    numbered(rows)
}

fn numbered(rows: Vec<Row>) -> anyhow::Result<Vec<Row>> {
    let done = rows.first().is_some_and(|(code, _)| code == "0");
    ensure!(done && rows.iter().all(|(code, _)| code.parse::<u8>().is_ok()), "these are no exit codes: {rows:?}");
    Ok(rows)
}

/// Without Markdown's marks.
fn plain(text: &str) -> String {
    text.replace('`', "").replace("**", "")
}
