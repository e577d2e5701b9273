//! What the scripts keep to before they run.

use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};

use studio_it::lifecycle::{COMMON, SCRIPTS, Values, render, source};

/// `StudioLifecycleConfigContent` in the API's model.
const MOST_BASE64: usize = 16_384;
const TOKENS: [&str; 6] = ["@VERSION@", "@SHA256@", "@S3_URI@", "@S3_REGION@", "@FILE@", "@ADMIN_TOML@"];

/// Values as long as they come in earnest.
fn values() -> Values {
    Values {
        version: "10.20.30".to_owned(),
        sha256: "e".repeat(64),
        s3_uri: format!("s3://{}/tools/idle-agent/10.20.30/x86_64/idle-agent", "b".repeat(63)),
        s3_region: "ap-southeast-7".to_owned(),
        file: "/opt/tools/idle-agent/10.20.30/idle-agent".to_owned(),
        admin_toml: "# a comment of an administrator, who has a lot to say\n".repeat(40)[..2048].to_owned(),
    }
}

fn shellcheck(text: &str) {
    let checker = Command::new("shellcheck")
        .args(["--shell=sh", "--severity=style", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("shellcheck cannot be started; hint: apt-get install shellcheck");
    checker.stdin.as_ref().unwrap().write_all(text.as_bytes()).unwrap();
    let said = checker.wait_with_output().unwrap();
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stdout));
}

#[test]
fn shellcheck_finds_nothing_in_the_sources() {
    for name in SCRIPTS.iter().chain([&COMMON]) {
        shellcheck(&source(name).unwrap());
    }
}

#[test]
fn shellcheck_finds_nothing_in_the_rendered_scripts() {
    for name in SCRIPTS {
        shellcheck(&render(name, &values()).unwrap());
    }
}

#[test]
fn the_scripts_are_ascii_without_carriage_returns() {
    for name in SCRIPTS.iter().chain([&COMMON]) {
        let text = source(name).unwrap();
        assert!(text.is_ascii() && !text.contains('\r') && text.ends_with('\n'), "{name}");
        assert!(text.starts_with("#!/bin/sh\n"), "{name}");
    }
}

#[test]
fn a_rendered_script_with_two_kib_of_settings_fits() {
    for name in SCRIPTS {
        let bytes = render(name, &values()).unwrap().len();
        let base64 = bytes.div_ceil(3) * 4;
        assert!(base64 <= MOST_BASE64, "{name}: {base64} characters of base64 from {bytes} bytes");
    }
}

#[test]
fn every_token_stands_once_in_single_quotes_and_none_is_left() {
    for name in SCRIPTS {
        let text = source(name).unwrap();
        for token in TOKENS {
            assert_eq!(text.matches(token).count(), 1, "{name}: {token}");
        }
        for token in &TOKENS[..5] {
            assert!(text.contains(&format!("='{token}'\n")), "{name}: {token}");
        }
        assert!(text.contains("<<'ADMIN_TOML'\n@ADMIN_TOML@\nADMIN_TOML\n"), "{name}");
        let rendered = render(name, &values()).unwrap();
        assert!(TOKENS.iter().all(|token| !rendered.contains(token)), "{name}");
    }
    let common = source(COMMON).unwrap();
    assert!(TOKENS.iter().all(|token| !common.contains(token)));
}

#[test]
fn the_scripts_call_nothing_that_an_app_may_lack() {
    for name in SCRIPTS.iter().chain([&COMMON]) {
        for line in source(name).unwrap().lines().map(str::trim).filter(|line| !line.starts_with('#')) {
            for word in ["sudo", "crontab", "pip", "apt", "python", "systemctl", "set -e", "pkill", "killall"] {
                let words = format!(" {line} ");
                assert!(!words.contains(&format!(" {word} ")), "{name}: {line}");
            }
        }
    }
}

/// The commands of the README's section "By hand", run as they stand there.
#[test]
fn the_recipe_by_hand_renders_the_same() {
    let readme = source("README.md").unwrap();
    let (_, section) = readme.split_once("## By hand").unwrap();
    let recipe = section.split("```").nth(1).unwrap().strip_prefix("sh\n").unwrap();
    let dir = tempfile::tempdir().unwrap();
    for name in SCRIPTS.iter().chain([&COMMON]) {
        fs::write(dir.path().join(name), source(name).unwrap()).unwrap();
    }
    let admin_toml = "[defaults]\nidle-timeout = \"60m\"\n";
    fs::write(dir.path().join("admin.toml"), admin_toml).unwrap();
    fs::write(dir.path().join("idle-agent"), "").unwrap();
    let aws = dir.path().join("aws");
    fs::write(&aws, "#!/bin/sh\necho \"$*\" >>aws.calls\n").unwrap();
    fs::set_permissions(&aws, fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:/usr/bin:/bin", dir.path().display());
    let ran = Command::new("sh").args(["-e", "-c", recipe]).current_dir(dir.path()).env("PATH", path).output().unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    let values = Values {
        version: "0.1.0".to_owned(),
        sha256: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855".to_owned(),
        s3_uri: "s3://my-tools/idle-agent/0.1.0/idle-agent".to_owned(),
        s3_region: "eu-west-1".to_owned(),
        file: String::new(),
        admin_toml: admin_toml.to_owned(),
    };
    let made = fs::read_to_string(dir.path().join("on-start.sh")).unwrap();
    assert_eq!(made, render("jupyterlab.sh", &values).unwrap());
    let calls = fs::read_to_string(dir.path().join("aws.calls")).unwrap();
    assert!(calls.contains("create-studio-lifecycle-config") && calls.contains("s3 cp"), "{calls}");
}

/// Each line that a script can log stands in the README's table.
#[test]
fn the_readme_explains_every_line_of_the_log() {
    let readme = source("README.md").unwrap();
    let mut lines = 0;
    for name in SCRIPTS.iter().chain([&COMMON]) {
        let text = source(name).unwrap();
        for said in text.lines().filter_map(|line| line.split("say ").nth(1)) {
            // Up to the first value that differs from run to run.
            let said = said.trim_start_matches(['"', '\'']).split(['$', '"', '\'']).next().unwrap().trim_end();
            assert!(readme.contains(&format!("`{said}")) || said.is_empty(), "{name}: {said:?}");
            lines += 1;
        }
    }
    assert!(lines > 15, "{lines}");
}
