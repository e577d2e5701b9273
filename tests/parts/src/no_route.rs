//! A network from which nothing leads out, in which a test runs once more; and how often
//! anybody tried.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, bail, ensure};

use crate::binaries::{binary, static_binary};
use crate::process::Running;
use crate::python;

/// How the test that runs within knows that it does.
const WITHIN: &str = "STUDIO_PARTS_WITHIN_NO_ROUTE";
/// Where nobody is (RFC 5737): what is sent there has no route.
const NOBODY: &str = "192.0.2.53";
const LIMIT: Duration = Duration::from_secs(300);

/// The network within: a loopback, on which everything listens that the test starts.
#[derive(Debug)]
pub struct NoRoute(());

impl NoRoute {
    /// The network, for the test of this name, which is run once more in it; `None` outside,
    /// once it has passed within. Binaries and these virtual environments are made before, where
    /// there is a way out.
    ///
    /// # Errors
    /// When it fails within, or no such network can be made: it takes root and `ip`.
    pub fn within(test: &str, venvs: &[&str]) -> anyhow::Result<Option<Self>> {
        if std::env::var_os(WITHIN).is_some() {
            let interfaces = fs::read_to_string("/proc/self/net/dev").context("reading the interfaces")?;
            let names: Vec<&str> = interfaces.lines().filter_map(|line| Some(line.split_once(':')?.0.trim())).collect();
            ensure!(names == ["lo"], "this network has more than a loopback: {names:?}");
            return Ok(Some(Self(())));
        }
        for name in venvs {
            python::venv(name)?;
        }
        run_within(test).map(|()| None)
    }

    /// How often anything was to be sent that no route is for, by anybody within and over
    /// IPv4 or IPv6: connections, datagrams, names that were asked for.
    ///
    /// # Errors
    /// When the kernel does not count it.
    pub fn tried(&self) -> anyhow::Result<u64> {
        Ok(of_ipv4()? + of_ipv6()?)
    }
}

fn run_within(test: &str) -> anyhow::Result<()> {
    let dir = tempfile::tempdir()?;
    let resolv = dir.path().join("resolv.conf");
    fs::write(&resolv, format!("nameserver {NOBODY}\noptions timeout:1 attempts:1\n"))?;
    let script = dir.path().join("no_route.sh");
    fs::write(&script, include_str!("../shell/no_route.sh"))?;
    let folder_of = |path: PathBuf| path.parent().map(PathBuf::from).context("a binary stands in a folder");
    let (ours, shipped) = (folder_of(binary("studio-sandbox")?)?, folder_of(static_binary("idle-agent")?)?);
    let mut command = Command::new("unshare");
    command.args(["--net", "--mount", "bash"]).arg(script).arg(resolv).arg(std::env::current_exe()?);
    command.args(["--exact", "--nocapture", test]).env(WITHIN, "1");
    command.env("STUDIO_PARTS_BIN_DIR", ours).env("STUDIO_PARTS_STATIC_BIN_DIR", shipped);
    let mut within = Running::spawn(command)?;
    let status = within.wait_with_timeout(LIMIT);
    let said = format!("{}{}", within.stdout_so_far(), within.stderr_so_far());
    match status {
        // A name that is none of a test's passes as well.
        Some(status) if status.success() && said.contains("1 passed") => Ok(()),
        Some(status) => bail!(
            "{test}, within a network without a route: {status}\n{said}\nhint: it takes root with CAP_SYS_ADMIN \
             (docker run --privileged) and the package iproute2"
        ),
        None => bail!("{test}, within a network without a route, does not end\n{said}"),
    }
}

/// Of a table of names and a line of values below it.
fn of_ipv4() -> anyhow::Result<u64> {
    let table = fs::read_to_string("/proc/self/net/snmp").context("reading what the kernel counts")?;
    let mut lines = table.lines().filter(|line| line.starts_with("Ip: "));
    let (names, values) = lines.next().zip(lines.next()).context("two lines of IPv4")?;
    let at = names.split(' ').position(|name| name == "OutNoRoutes").context("it counts what has no route")?;
    Ok(values.split(' ').nth(at).context("a value for each name")?.parse()?)
}

/// Of lines of names and values; none where there is no IPv6.
fn of_ipv6() -> anyhow::Result<u64> {
    let Ok(table) = fs::read_to_string("/proc/self/net/snmp6") else { return Ok(0) };
    let line = table.lines().find_map(|line| line.strip_prefix("Ip6OutNoRoutes"));
    Ok(line.context("it counts what has no route")?.trim().parse()?)
}
