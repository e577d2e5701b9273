//! What the scripts keep to before they run.

use std::io::Write;
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
