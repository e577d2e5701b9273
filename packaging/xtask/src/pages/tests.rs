//! The pages as others read them: groff, and the shells themselves.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use studio_parts::pty::Pty;

use super::*;

/// Generous: machines are busy.
const PATIENCE: Duration = Duration::from_secs(60);

/// All of them in a folder.
fn written() -> (tempfile::TempDir, Vec<Page>) {
    let folder = tempfile::tempdir().expect("a folder");
    let pages = write(folder.path()).expect("written");
    (folder, pages)
}

fn manuals() -> BTreeMap<String, String> {
    let is_manual = |page: &Page| page.path.starts_with("man");
    let text = |page: Page| (page.path.display().to_string(), String::from_utf8(page.bytes).expect("text"));
    pages().expect("pages").into_iter().filter(is_manual).map(text).collect()
}

#[test]
fn every_command_has_its_page() {
    let manuals = manuals();
    let named = |name: &str| manuals.contains_key(&format!("man/man1/{name}.1"));
    let mut count = 0;
    for program in [costctl::command(), idle_agent::command()] {
        let mut open = vec![(program.get_name().to_owned(), program)];
        while let Some((name, command)) = open.pop() {
            assert!(named(&name), "{name} has no page");
            count += 1;
            let below = command.get_subcommands().filter(|below| !below.is_hide_set());
            open.extend(below.map(|below| (format!("{name}-{}", below.get_name()), below.clone())));
        }
    }
    assert_eq!(manuals.len(), count, "a page of no command: {:?}", manuals.keys());
}

#[test]
fn each_page_says_what_clap_does_not_and_leads_to_pages_that_are_there() {
    let manuals = manuals();
    for (path, text) in &manuals {
        for heading in ["NAME", "SYNOPSIS", "DESCRIPTION", "\"EXIT STATUS\"", "ENVIRONMENT", "FILES", "\"SEE ALSO\""] {
            assert!(text.contains(&format!(".SH {heading}\n")), "{path} has no {heading}");
        }
        let (_, see) = text.split_once(".SH \"SEE ALSO\"\n").expect("looked at above");
        for line in see.lines().filter(|line| line.starts_with("\\fB")) {
            let name = line.trim_start_matches("\\fB").split("\\fR").next().unwrap_or_default().replace("\\-", "-");
            assert!(manuals.contains_key(&format!("man/man1/{name}.1")), "{path} leads to {name}");
        }
    }
    let codes = |path: &str| manuals[path].matches(".TP\n\\fB").count();
    assert!(codes("man/man1/costctl.1") >= 6 && codes("man/man1/idle-agent.1") >= 6);
    let twin = ".TP\n\\fBCOSTCTL_EVIDENCE\\fR\nAs \\-\\-evidence";
    assert!(manuals["man/man1/costctl-sweep.1"].contains(twin), "{}", manuals["man/man1/costctl-sweep.1"]);
    for code in 0..=5 {
        assert!(manuals["man/man1/costctl-sweep.1"].contains(&format!(".TP\n\\fB{code}\\fR\n")), "{code}");
    }
}

#[test]
fn groff_warns_of_nothing_and_shows_each_page_in_80_columns() {
    let (folder, pages) = written();
    for page in pages.iter().filter(|page| page.path.starts_with("man")) {
        let mut command = Command::new("groff");
        command.args(["-man", "-ww", "-Kutf8", "-Tutf8", "-rLL=78n", "-P-cbou"]).arg(folder.path().join(&page.path));
        let output = command.output().expect("groff; hint: apt-get install groff-base");
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success() && told.is_empty(), "{}: {told}", page.path.display());
        assert!(String::from_utf8_lossy(&output.stdout).contains("EXIT STATUS"), "{}", page.path.display());
    }
}

#[test]
fn a_tab_in_a_real_bash_completes() {
    let (folder, _) = written();
    let mut command = Command::new("script");
    command.env_clear().env("PATH", "/usr/bin:/bin").env("HOME", folder.path()).env("PS1", "$ ");
    command.current_dir(folder.path());
    let mut terminal = Pty::open(command, "exec bash --norc --noprofile -i").expect("a terminal");
    terminal.type_text("PS1='rea''dy '; . completions/bash/costctl; . completions/bash/idle-agent\n").expect("typed");
    terminal.wait_for_output("ready ", PATIENCE).expect("bash");
    // Each line is wiped before the next one.
    for (typed, shown) in [
        ("costctl sw\t", "costctl sweep "),
        ("--exe\t", "costctl sweep --execute "),
        ("\u{15}costctl report sav\t", "costctl report savings "),
        ("\u{15}idle-agent sno\t", "idle-agent snooze "),
    ] {
        terminal.type_text(typed).expect("typed");
        terminal.wait_for_output(shown, PATIENCE).expect("completed");
    }
}

/// Of zsh and fish what is installed reads its file; neither is needed to build or test.
#[test]
fn the_other_shells_read_their_files_where_they_are() {
    let (folder, _) = written();
    for (shell, flag, file) in [
        ("bash", "-n", "bash/costctl"),
        ("bash", "-n", "bash/idle-agent"),
        ("zsh", "-n", "zsh/_costctl"),
        ("zsh", "-n", "zsh/_idle-agent"),
        ("fish", "--no-execute", "fish/costctl.fish"),
        ("fish", "--no-execute", "fish/idle-agent.fish"),
    ] {
        let path: PathBuf = folder.path().join("completions").join(file);
        let text = fs::read_to_string(&path).expect("written");
        assert!(text.contains("costctl") || text.contains("idle-agent"), "{file}");
        match Command::new(shell).arg(flag).arg(&path).output() {
            Ok(output) => {
                assert!(output.status.success(), "{file}: {}", String::from_utf8_lossy(&output.stderr));
            }
            Err(error) => assert!(shell != "bash", "{shell}: {error}"),
        }
    }
}
