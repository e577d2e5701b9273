//! The on-start scripts, rendered. Everything that AWS or a shell would trip over
//! is refused here, before any call.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cost_planner::install::{ConfigName, Host, short_hash};
use sha2::{Digest, Sha256};
use thiserror::Error;

/// As long as a lifecycle configuration's content may be, in base64.
const MOST_CONTENT: usize = 16_384;
const INCLUDE: &str = "# include: start-agent.sh";
const START_AGENT: &str = include_str!("../../lifecycle-scripts/start-agent.sh");

/// Which script.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Script {
    Studio(Host),
    NotebookInstance,
}

/// What is filled in.
#[derive(Debug, Clone, Default)]
pub(crate) struct Values {
    pub(crate) version: String,
    /// SHA-256 of the binary, in hexadecimal.
    pub(crate) sha256: String,
    /// `s3://bucket/key`; empty where apps find the binary in their file system.
    pub(crate) s3_uri: String,
    pub(crate) s3_region: String,
    /// Where apps find it; empty where they fetch it.
    pub(crate) file: String,
    /// The administrator's settings.
    pub(crate) admin_toml: String,
}

/// A rendered script.
#[derive(Debug, Clone)]
pub(crate) struct Rendered {
    pub(crate) text: String,
    /// As AWS takes it.
    pub(crate) base64: String,
    /// SHA-256 of the text, in hexadecimal.
    pub(crate) sha256: String,
}

/// A script that cannot be installed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(crate) enum ScriptError {
    #[error("{what} {value:?} has a quote, a line break or another control character")]
    Value { what: &'static str, value: String },
    #[error("the agent's settings have a line ADMIN_TOML, which would end them early")]
    Delimiter,
    #[error("the script has a carriage return; hint: settings with plain line ends")]
    CarriageReturn,
    #[error("the script takes {length} characters of base64, AWS takes {MOST_CONTENT}; hint: shorter settings")]
    TooLong { length: usize },
}

/// The script with everything in it.
///
/// # Errors
/// For values that a shell would misread, and for what AWS would not take.
pub(crate) fn render(script: Script, values: &Values) -> Result<Rendered, ScriptError> {
    let template = match script {
        Script::Studio(Host::JupyterLab) => include_str!("../../lifecycle-scripts/jupyterlab.sh"),
        Script::Studio(Host::CodeEditor) => include_str!("../../lifecycle-scripts/code-editor.sh"),
        Script::Studio(Host::JupyterServer) => include_str!("../../lifecycle-scripts/jupyter-server.sh"),
        Script::Studio(Host::KernelGateway) => include_str!("../../lifecycle-scripts/kernel-gateway.sh"),
        Script::NotebookInstance => include_str!("../../lifecycle-scripts/notebook-instance.sh"),
    };
    let common = START_AGENT.split_once('\n').filter(|(first, _)| first.starts_with("#!")).map_or(START_AGENT, |c| c.1);
    let lines = template.lines().map(|line| if line == INCLUDE { common.trim_end_matches('\n') } else { line });
    let whole = lines.collect::<Vec<_>>().join("\n") + "\n";
    let text = fill(&whole, values)?;
    if text.contains('\r') {
        return Err(ScriptError::CarriageReturn);
    }
    let base64 = STANDARD.encode(&text);
    if base64.len() > MOST_CONTENT {
        return Err(ScriptError::TooLong { length: base64.len() });
    }
    let sha256 = hex(text.as_bytes());
    Ok(Rendered { text, base64, sha256 })
}

impl Rendered {
    /// The name of its Studio lifecycle configuration.
    pub(crate) fn name(&self, host: Host) -> ConfigName {
        ConfigName { host, hash: short_hash(&self.sha256).to_owned() }
    }
}

/// SHA-256 in hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Replaces each token once, from left to right: what is filled in is not looked at again.
fn fill(whole: &str, values: &Values) -> Result<String, ScriptError> {
    let Values { version, sha256, s3_uri, s3_region, file, admin_toml } = values;
    let quoted = [
        ("@VERSION@", "the version", version),
        ("@SHA256@", "the digest", sha256),
        ("@S3_URI@", "the S3 URI", s3_uri),
        ("@S3_REGION@", "the bucket's region", s3_region),
        ("@FILE@", "the file in the app", file),
    ];
    for (_, what, value) in quoted {
        if value.chars().any(|c| c == '\'' || c.is_control()) {
            return Err(ScriptError::Value { what, value: value.clone() });
        }
    }
    if admin_toml.lines().any(|line| line == "ADMIN_TOML") {
        return Err(ScriptError::Delimiter);
    }
    let admin_toml = admin_toml.trim_end_matches('\n').to_owned();
    let tokens: Vec<(&str, &str)> = quoted
        .iter()
        .map(|(token, _, value)| (*token, value.as_str()))
        .chain([("@ADMIN_TOML@", admin_toml.as_str())])
        .collect();
    let (mut text, mut rest) = (String::new(), whole);
    while let Some(at) = rest.find('@') {
        let (before, from) = rest.split_at(at);
        text.push_str(before);
        let (value, length) = match tokens.iter().find(|(token, _)| from.starts_with(token)) {
            Some((token, value)) => (*value, token.len()),
            None => ("@", 1),
        };
        text.push_str(value);
        rest = &from[length..];
    }
    text.push_str(rest);
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values() -> Values {
        let text = str::to_owned;
        Values {
            version: text("1.2.3"),
            sha256: "a".repeat(64),
            s3_uri: text("s3://bucket/key"),
            s3_region: text("eu-west-1"),
            file: String::new(),
            admin_toml: text("[defaults]\nidle-timeout = \"60m\"\n"),
        }
    }

    const ALL: [Script; 5] = [
        Script::Studio(Host::JupyterLab),
        Script::Studio(Host::CodeEditor),
        Script::Studio(Host::JupyterServer),
        Script::Studio(Host::KernelGateway),
        Script::NotebookInstance,
    ];

    #[test]
    fn every_script_is_whole() {
        for script in ALL {
            let rendered = render(script, &values()).expect("renders");
            for part in ["'1.2.3'", "'s3://bucket/key'", "'eu-west-1'", "idle-timeout = \"60m\""] {
                assert!(rendered.text.contains(part), "{script:?} lacks {part}:\n{}", rendered.text);
            }
            for token in ["@VERSION@", "@SHA256@", "@S3_URI@", "@S3_REGION@", "@FILE@", "@ADMIN_TOML@", INCLUDE] {
                assert!(!rendered.text.contains(token), "{script:?} still has {token}");
            }
            assert_eq!(
                rendered.text.lines().filter(|line| line.starts_with("#!")).count(),
                1,
                "one shebang:\n{}",
                rendered.text
            );
            assert_eq!(STANDARD.decode(&rendered.base64).expect("base64"), rendered.text.as_bytes());
            assert_eq!(rendered.sha256.len(), 64);
        }
    }

    #[test]
    fn what_is_filled_in_is_not_filled_in_again() {
        let values = Values { version: "@SHA256@".to_owned(), ..values() };
        assert!(render(ALL[0], &values).expect("renders").text.contains("'@SHA256@'"));
    }

    #[test]
    fn what_a_shell_or_aws_would_misread_is_refused() {
        for bad in ["it's", "a\nb", "a\tb", "a\u{7f}"] {
            let values = Values { file: bad.to_owned(), ..values() };
            assert!(matches!(render(ALL[0], &values), Err(ScriptError::Value { .. })), "{bad:?}");
        }
        let with = |admin_toml: &str| render(ALL[0], &Values { admin_toml: admin_toml.to_owned(), ..values() });
        assert_eq!(with("a = 1\nADMIN_TOML\n").expect_err("refused"), ScriptError::Delimiter);
        assert_eq!(with("a = 1\r\n").expect_err("refused"), ScriptError::CarriageReturn);
        assert!(matches!(with(&"# x\n".repeat(4000)), Err(ScriptError::TooLong { .. })));
    }
}
