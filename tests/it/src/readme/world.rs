//! Where documents come true: a company in the sandbox, an S3 by moto, a home, an app
//! with an agent, and the two programs on the path.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use studio_parts::binaries::binary;
use studio_parts::fake_jupyter::FakeJupyter;
use studio_parts::fleet::Fleet;
use studio_parts::moto::Moto;
use studio_parts::process::Running;
use studio_parts::sandbox::{Sandbox, SandboxOptions};
use studio_parts::studio::{Studio, write_metadata};
use tempfile::TempDir;

use super::blocks::Block;
use super::company;
use crate::PATIENCE;

const FLEET: &str = include_str!("../../readme/fleet.toml");
const POLICY: &str = include_str!("../../readme/costctl.toml");
const PARAMETERS: &str = include_str!("../../../../packaging/cloudformation/parameters.sh");
/// Where the reader works.
pub(super) const REGION: &str = "eu-west-1";
pub(super) const ACCOUNT: &str = "111122223333";
/// The buckets of the documents.
const BUCKETS: &[&str] = &["my-bucket", "amzn-s3-demo-bucket"];
/// What fills the ledger of the documents.
const NOTED: &str = "costctl inventory --ledger s3://my-bucket/costctl-ledger";
/// What ends otherwise than with 0 as it is shown, with a word of why.
const ENDS: &[(&str, &[i32], &str)] = &[
    ("costctl top", &[2], "it needs a terminal"),
    ("costctl drift", &[3], "the domain is not what the policy asks for"),
    ("costctl doctor --vpc", &[3], "the company's VPC lacks an endpoint"),
    ("costctl unified-studio --region eu-west-1 --policy", &[3], "its idle timeout is too long"),
];
/// `costctl` as somebody calls it who says yes when asked.
const COSTCTL: &str = r#"#!/bin/sh
case " $* " in
*" --yes "* | *" top "*) ;;
*" --execute "* | " apply "*) set -- "$@" --yes ;;
esac
exec "$COSTCTL_ITSELF" "$@"
"#;
/// `idle-agent` as in an app; `run` comes as far as its first record.
const IDLE_AGENT: &str = r#"#!/bin/sh
AWS_CONTAINER_CREDENTIALS_FULL_URI=$CONTAINER_CREDENTIALS
export AWS_CONTAINER_CREDENTIALS_FULL_URI
unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY
[ "$1" = run ] || exec "$AGENT_ITSELF" "$@"
IDLE_AGENT_STATE_DIR=$HOME/another-state "$AGENT_ITSELF" "$@" >"$HOME/run.out" &
pid=$! looks=0
until [ -s "$HOME/run.out" ]; do
  looks=$((looks + 1))
  kill -0 "$pid" && [ "$looks" -lt 900 ] || { wait "$pid"; exit 1; }
  sleep 0.1
done
kill "$pid"
wait "$pid"
exit 0
"#;

/// The world of one document.
pub(super) struct World {
    sandbox: Sandbox,
    moto: Option<Moto>,
    jupyter: FakeJupyter,
    /// The agent of the app that the reader is in.
    _agent: Option<Running>,
    home: TempDir,
}

impl World {
    /// A fresh one, with what these blocks need.
    pub(super) fn new(blocks: &[Block]) -> anyhow::Result<Self> {
        let mentions = |text: &str| blocks.iter().any(|block| block.text.contains(text));
        let at_once = || Some("0s".to_owned());
        let sandbox = Sandbox::start(SandboxOptions {
            delete_takes: at_once(),
            create_takes: at_once(),
            update_takes: at_once(),
            stop_takes: at_once(),
            ..SandboxOptions::default()
        })?;
        toml::from_str::<Fleet>(FLEET).context("the documents' fleet")?.seed(&sandbox)?;
        company::found(&sandbox)?;
        let accounts = [ACCOUNT, "444455556666"].map(|id| json!({ "Id": id, "Name": id, "Status": "ACTIVE" }));
        sandbox.organization(&json!({ "Accounts": accounts }))?;
        let prices = json!([
            { "Region": REGION, "UsageType": "Studio:JupyterLab-ml.g5.xlarge", "Usd": "1.57" },
            { "Region": REGION, "UsageType": "VpcEndpoint-Hours", "Usd": "0.011", "Offer": "AmazonVPC" },
        ]);
        sandbox.prices(&json!({ "Prices": prices }))?;
        sandbox.call_of(ACCOUNT, REGION, "sns", "CreateTopic", &json!({ "Name": "costctl" }))?;
        let studio = Studio::create(&sandbox)?;
        let home = tempfile::tempdir()?;
        write_metadata(home.path(), studio.app(0))?;
        let mut world = Self { sandbox, moto: None, jupyter: FakeJupyter::idle(), _agent: None, home };
        world.furnish()?;
        if mentions("s3://") {
            world.moto = Some(world.s3()?);
            // Somebody looked before the reader came.
            if let Some(told) = world.run(NOTED)? {
                bail!("{told}");
            }
        }
        if mentions("idle-agent ") {
            world._agent = Some(world.agent()?);
        }
        Ok(world)
    }

    /// Puts a file into the folder in which commands run.
    pub(super) fn write(&self, name: &str, text: &str) -> anyhow::Result<()> {
        fs::write(self.home.path().join(name), text).with_context(|| format!("writing {name}"))
    }

    /// Runs a command as the shell takes it, with what was exported so far; what is wrong with
    /// its end, `None` where it is as shown.
    pub(super) fn run(&mut self, command: &str) -> anyhow::Result<Option<String>> {
        let script = format!("set -e\n. ./exported\n{command}\nexport -p | grep COSTCTL_ >./exported || :\n");
        let Output { status, stdout, stderr } = self.shell(&script)?.output().context("starting sh")?;
        let expected =
            ENDS.iter().find(|(begins, ..)| command.starts_with(begins)).map_or(&[0][..], |(_, ends, _)| ends);
        let (stdout, stderr) = (String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr));
        // Of the exits that are none of ours, 2 is what clap says to a flag that is not there.
        let unusable = stderr.contains("Usage:") || stderr.contains("panicked");
        if status.code().is_some_and(|code| expected.contains(&code)) && !unusable {
            return Ok(None);
        }
        Ok(Some(format!("$ {command}\nended with {status}, not {expected:?}\n{stdout}\n{stderr}")))
    }

    fn shell(&self, script: &str) -> anyhow::Result<Command> {
        let home = self.home.path();
        let mut command = Command::new("sh");
        command.arg("-c").arg(script).current_dir(home).env_clear().env("HOME", home);
        command.env("PATH", format!("{}:/usr/bin:/bin", home.join("bin").display())).env("LC_ALL", "C.UTF-8");
        command.envs(self.sandbox.aws_env_of(ACCOUNT, REGION)).env("AWS_EC2_METADATA_DISABLED", "true");
        command.envs(self.moto.as_ref().map(|moto| ("AWS_ENDPOINT_URL_S3", moto.url())));
        command.env("COSTCTL_ITSELF", binary("costctl")?).env("AGENT_ITSELF", binary("idle-agent")?);
        command.env("COSTCTL_READS_PER_SECOND", "1000").env("COSTCTL_WRITES_PER_SECOND", "1000");
        command.env("COSTCTL_BINARY", home.join("idle-agent"));
        command.env("CONTAINER_CREDENTIALS", format!("{}/container-credentials", self.sandbox.endpoint()));
        command.env("IDLE_AGENT_SERVER_URL", self.jupyter.url()).env("IDLE_AGENT_STATE_DIR", home.join("state"));
        command.env("IDLE_AGENT_METADATA_FILE", home.join("resource-metadata.json"));
        command.env("IDLE_AGENT_ACTIVITY_FILE", home.join("last-active-timestamp"));
        // Of this machine's processes none is the app's.
        command.env("IDLE_AGENT_PROCESS_ROOT", self.sandbox.pid().to_string());
        Ok(command)
    }

    /// The files that a reader has: the programs, a release's binary, a script, a policy.
    fn furnish(&self) -> anyhow::Result<()> {
        let home = self.home.path();
        fs::create_dir(home.join("bin"))?;
        let programs = [("bin/costctl", COSTCTL), ("bin/idle-agent", IDLE_AGENT), ("parameters.sh", PARAMETERS)];
        for (name, text) in programs {
            let path = home.join(name);
            fs::write(&path, text)?;
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755))?;
        }
        let in_a_week = Timestamp::now() + SignedDuration::from_hours(7 * 24);
        self.write("costctl.toml", &POLICY.replace("IN-A-WEEK", &format!("{in_a_week:.0}")))?;
        self.write("exported", "")?;
        fs::write(home.join("idle-agent"), static_elf()).context("writing a binary")
    }

    /// An S3 with the buckets of the documents.
    fn s3(&self) -> anyhow::Result<Moto> {
        let moto = Moto::start()?;
        for bucket in BUCKETS {
            let mut made = Command::new("curl");
            made.args(["--silent", "--show-error", "--fail", "--noproxy", "*", "--request", "PUT"]);
            // Nobody checks the signature; without one moto takes the call for a browser's.
            made.args([
                "--header",
                "authorization: AWS4-HMAC-SHA256 Credential=made/20260101/us-east-1/s3/aws4_request",
            ]);
            let made = made.arg(format!("{}/{bucket}", moto.url())).output().context("starting curl")?;
            if !made.status.success() {
                bail!("making the bucket {bucket}: {}", String::from_utf8_lossy(&made.stderr));
            }
        }
        Ok(moto)
    }

    /// The agent of the app, at work since before the reader came.
    fn agent(&self) -> anyhow::Result<Running> {
        let script = "unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY\n\
            export AWS_CONTAINER_CREDENTIALS_FULL_URI=$CONTAINER_CREDENTIALS; exec \"$AGENT_ITSELF\" run";
        let agent = Running::spawn(self.shell(script)?)?;
        let end = Instant::now() + PATIENCE;
        while agent.stdout_so_far().is_empty() {
            if !agent.is_running() || Instant::now() > end {
                bail!("the agent never looked: {}", agent.stderr_so_far());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(agent)
    }
}

/// The smallest file that is a static executable of x86_64, as far as an install looks at it.
fn static_elf() -> Vec<u8> {
    let mut bytes = vec![0; 64 + 56 + 1];
    bytes[..6].copy_from_slice(b"\x7fELF\x02\x01");
    (bytes[16], bytes[18], bytes[32], bytes[54], bytes[56], bytes[64]) = (2, 0x3e, 64, 56, 1, 1);
    bytes
}
