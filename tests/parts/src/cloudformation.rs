//! A CloudFormation that makes stacks: Ministack's, with Studio by the sandbox.
//!
//! Ministack knows no type of SageMaker and none of Service Catalog. `python/ministack_studio.py` gives
//! it the first as CloudFormation's own handlers are, by calls to the sandbox; of the second it keeps
//! the resolved properties, so that they can be looked at: nobody makes them.

use std::collections::BTreeMap;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use serde_json::Value;
use tempfile::TempDir;
use ureq::http::Method;

use crate::http;
use crate::ministack::Ministack;
use crate::python;
use crate::sandbox::Sandbox;
use crate::workspace::workspace_root;

const LIMIT: Duration = Duration::from_secs(120);
const SIGNED: &str = "AWS4-HMAC-SHA256 Credential=111122223333/20260101/us-east-1/cloudformation/aws4_request, \
                      SignedHeaders=host, Signature=0";

/// A running CloudFormation, and all else that Ministack is.
#[derive(Debug)]
pub struct CloudFormation {
    ministack: Ministack,
    kept: TempDir,
}

/// A stack that has come to rest.
#[derive(Debug)]
pub struct Stack {
    /// Such as `CREATE_COMPLETE` or `ROLLBACK_COMPLETE`.
    pub status: String,
    /// Its outputs.
    pub outputs: BTreeMap<String, String>,
    /// What failed in it, and why.
    pub failures: String,
}

impl CloudFormation {
    /// The server, answering; Studio is made in this sandbox.
    ///
    /// # Errors
    /// When its packages cannot be installed or it does not start.
    pub fn start(sandbox: &Sandbox) -> anyhow::Result<Self> {
        let kept = tempfile::tempdir()?;
        let mut server = Command::new(python::venv("ministack")?);
        server.arg(workspace_root().join("tests/parts/python/ministack_studio.py"));
        let env = [("STUDIO_SANDBOX", sandbox.endpoint().into()), ("STUDIO_KEPT", kept.path().as_os_str().to_owned())];
        Ok(Self { ministack: Ministack::start_by(server, &env)?, kept })
    }

    /// The rest of it.
    #[must_use]
    pub fn ministack(&self) -> &Ministack {
        &self.ministack
    }

    /// The stack of this template, with these parameters and tags.
    ///
    /// # Errors
    /// When the template or a parameter is refused, or nothing is settled in time.
    pub fn create(
        &self,
        name: &str,
        template: &str,
        parameters: &[(&str, &str)],
        tags: &[(&str, &str)],
    ) -> anyhow::Result<Stack> {
        self.put("CreateStack", name, template, parameters, tags)
    }

    /// The same stack by another template or with other parameters.
    ///
    /// # Errors
    /// As for [`CloudFormation::create`].
    pub fn update(&self, name: &str, template: &str, parameters: &[(&str, &str)]) -> anyhow::Result<Stack> {
        self.put("UpdateStack", name, template, parameters, &[])
    }

    /// Deletes a stack, and returns how that ended.
    ///
    /// # Errors
    /// When there is none, or it is not gone in time.
    pub fn delete(&self, name: &str) -> anyhow::Result<Stack> {
        let id = self.ask(&[("Action", "DescribeStacks"), ("StackName", name)])?;
        let id = within(&id, "StackId").context("a stack has an id")?;
        self.ask(&[("Action", "DeleteStack"), ("StackName", name)])?;
        self.settled(&id)
    }

    /// The resources that are kept and not made, by stack and logical id: type and properties.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn kept(&self) -> anyhow::Result<BTreeMap<String, Value>> {
        let mut kept = BTreeMap::new();
        for entry in std::fs::read_dir(self.kept.path())? {
            let path = entry?.path();
            let name = path.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            kept.insert(name, serde_json::from_str(&std::fs::read_to_string(&path)?)?);
        }
        Ok(kept)
    }

    /// The text of one answer of a service of AWS's query protocol.
    ///
    /// # Errors
    /// When it is answered with an error, with its message.
    pub fn ask(&self, form: &[(&str, &str)]) -> anyhow::Result<String> {
        self.ask_service("cloudformation", form)
    }

    /// The same of another service than CloudFormation, such as `iam`.
    ///
    /// # Errors
    /// As for [`CloudFormation::ask`].
    pub fn ask_service(&self, service: &str, form: &[(&str, &str)]) -> anyhow::Result<String> {
        let fields: Vec<String> = form.iter().map(|(name, value)| format!("{name}={}", escaped(value))).collect();
        let signed = SIGNED.replace("cloudformation", service);
        let headers = [("content-type", "application/x-www-form-urlencoded"), ("authorization", signed.as_str())];
        let (status, text) = http::exchange(Method::POST, self.ministack.url(), &headers, fields.join("&"))?;
        ensure!(status == 200, "{}: {}", form[0].1, within(&text, "Message").unwrap_or(text));
        Ok(text)
    }

    fn put(
        &self,
        action: &str,
        name: &str,
        template: &str,
        parameters: &[(&str, &str)],
        tags: &[(&str, &str)],
    ) -> anyhow::Result<Stack> {
        let mut form: Vec<(String, String)> = Vec::new();
        let mut add = |name: String, value: &str| form.push((name, value.to_owned()));
        for (field, value) in [("Action", action), ("StackName", name), ("TemplateBody", template)] {
            add(field.to_owned(), value);
        }
        for (n, capability) in ["CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"].iter().enumerate() {
            add(format!("Capabilities.member.{}", n + 1), capability);
        }
        for (n, (key, value)) in parameters.iter().enumerate() {
            add(format!("Parameters.member.{}.ParameterKey", n + 1), key);
            add(format!("Parameters.member.{}.ParameterValue", n + 1), value);
        }
        for (n, (key, value)) in tags.iter().enumerate() {
            add(format!("Tags.member.{}.Key", n + 1), key);
            add(format!("Tags.member.{}.Value", n + 1), value);
        }
        let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let id = within(&self.ask(&form)?, "StackId").with_context(|| format!("{action} answers an id"))?;
        self.settled(&id)
    }

    fn settled(&self, id: &str) -> anyhow::Result<Stack> {
        let end = Instant::now() + LIMIT;
        loop {
            let seen = self.ask(&[("Action", "DescribeStacks"), ("StackName", id)])?;
            let status = within(&seen, "StackStatus").context("a stack has a status")?;
            if !status.ends_with("_IN_PROGRESS") {
                let outputs = all_within(&seen, "OutputKey").into_iter().zip(all_within(&seen, "OutputValue"));
                return Ok(Stack { status, outputs: outputs.collect(), failures: self.failures(id)? });
            }
            if Instant::now() > end {
                bail!("the stack {id} is still {status}");
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    fn failures(&self, id: &str) -> anyhow::Result<String> {
        let events = self.ask(&[("Action", "DescribeStackEvents"), ("StackName", id)])?;
        let failed = events.split("<member>").filter(|event| event.contains("_FAILED<"));
        let line = |event| {
            let text = |tag| within(event, tag).unwrap_or_default();
            format!("{}: {}", text("LogicalResourceId"), text("ResourceStatusReason"))
        };
        Ok(failed.map(line).collect::<Vec<_>>().join("\n"))
    }
}

fn escaped(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    };
    text.bytes().map(byte).collect()
}

fn within(text: &str, tag: &str) -> Option<String> {
    all_within(text, tag).into_iter().next()
}

/// What stands between each pair of these tags, of which AWS's answers nest none in itself.
fn all_within(text: &str, tag: &str) -> Vec<String> {
    let (open, close) = (format!("<{tag}>"), format!("</{tag}>"));
    let pieces = text.split(open.as_str()).skip(1).filter_map(|piece| piece.split_once(close.as_str()));
    let plain = |text: &str| {
        let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&apos;", "'");
        text.replace("&#x27;", "'").replace("&#39;", "'").replace("&amp;", "&")
    };
    pieces.map(|(inner, _)| plain(inner)).collect()
}
