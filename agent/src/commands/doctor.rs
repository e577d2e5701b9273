//! `doctor`: would the agent be able to do its work here?

use idle_core::{ResourceRef, Sight};
use serde_json::json;

use crate::act;
use crate::act::preflight::{self, Answer};
use crate::cli::DoctorArgs;
use crate::clock;
use crate::exit::Exit;
use crate::metadata;
use crate::observe::Observer;
use crate::record::StateDir;
use crate::settings::{Output, Settings};

use super::table::{print, table};

/// How one check went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    Ok,
    Warn,
    Fail,
}

/// One line of the table.
#[derive(Debug)]
struct Finding {
    check: &'static str,
    mark: Mark,
    text: String,
}

/// Checks everything and prints it as a table; exit 1 if something failed.
///
/// # Errors
/// When stdout cannot be written.
pub(crate) async fn run(settings: &Settings, args: &DoctorArgs) -> anyhow::Result<Exit> {
    let mut findings = Vec::new();
    match metadata::load(&settings.metadata_file) {
        Ok(resource) => {
            findings.push(found("identity", Mark::Ok, resource.arn()));
            findings.extend(sources(&resource, settings).await);
            findings.extend(aws(&resource, args.probe_stop).await);
        }
        Err(error) => findings.push(found("identity", Mark::Fail, error.to_string())),
    }
    findings.push(state_dir(settings));
    print(&render(&findings, settings.output))?;
    Ok(if findings.iter().any(|f| f.mark == Mark::Fail) { Exit::Failed } else { Exit::Done })
}

fn found(check: &'static str, mark: Mark, text: String) -> Finding {
    Finding { check, mark, text }
}

/// Two looks: CPU time is known from the second on.
async fn sources(resource: &ResourceRef, settings: &Settings) -> Vec<Finding> {
    let policy = settings.machine.in_a_hurry();
    let mut observer = match Observer::new(resource, settings.server_url.as_ref(), &policy) {
        Ok(observer) => observer,
        Err(error) => return vec![found("sources", Mark::Fail, format!("{error:#}"))],
    };
    observer.look(clock::now()).await;
    tokio::time::sleep(policy.cpu.window).await;
    let look = observer.look(clock::now()).await;
    let line = |reading: &idle_core::Reading| match &reading.sight {
        Sight::Seen { items, .. } => found(reading.source.as_str(), Mark::Ok, format!("{} seen", items.len())),
        Sight::Absent(why) => found(reading.source.as_str(), Mark::Ok, why.clone()),
        Sight::Unknown(why) => found(reading.source.as_str(), Mark::Fail, why.clone()),
    };
    look.readings().iter().map(line).collect()
}

async fn aws(resource: &ResourceRef, probe_stop: bool) -> Vec<Finding> {
    let report = preflight::ask(resource, probe_stop).await;
    let credentials = match &report.credentials {
        Ok(key) => found("credentials", Mark::Ok, format!("from the container, access key {key}")),
        Err(why) => found("credentials", Mark::Fail, format!("{why}; hint: the agent uses the container's only")),
    };
    let clock = match report.clock_ahead_seconds {
        Some(ahead) if ahead.abs() <= 60 => found("clock", Mark::Ok, format!("{ahead:+} s from SageMaker's")),
        Some(ahead) => found("clock", Mark::Fail, format!("{ahead:+} s from SageMaker's: signatures will be refused")),
        None => found("clock", Mark::Warn, "not told: SageMaker did not answer".to_owned()),
    };
    let (describe, stop) = (act::describe_action(resource), act::action(resource));
    vec![
        credentials,
        clock,
        permission("describe", &report.describe, &format!("optional; hint: allow {describe}"), Mark::Warn),
        permission("stop", &report.stop, &format!("hint: allow {stop} to the execution role"), Mark::Fail),
    ]
}

fn permission(check: &'static str, answer: &Answer, hint: &str, if_denied: Mark) -> Finding {
    match answer {
        Answer::Allowed => found(check, Mark::Ok, "allowed".to_owned()),
        Answer::Denied(why) => found(check, if_denied, format!("{why}; {hint}")),
        Answer::NotTold(why) => found(check, Mark::Warn, why.clone()),
    }
}

fn state_dir(settings: &Settings) -> Finding {
    let path = settings.state_dir.display();
    let agent =
        if StateDir::is_agent_running(&settings.state_dir) { "an agent is running" } else { "no agent is running" };
    match StateDir::open(&settings.state_dir) {
        Ok(_) => found("state", Mark::Ok, format!("{path}; {agent}")),
        Err(error) => found("state", Mark::Warn, format!("{:#}", anyhow::Error::from(error))),
    }
}

fn render(findings: &[Finding], output: Output) -> String {
    let word = |mark| match mark {
        Mark::Ok => "ok",
        Mark::Warn => "warn",
        Mark::Fail => "FAIL",
    };
    match output {
        Output::Json => {
            let row =
                |f: &Finding| json!({ "check": f.check, "result": word(f.mark).to_lowercase(), "detail": f.text });
            json!({ "schema_version": 1, "checks": findings.iter().map(row).collect::<Vec<_>>() }).to_string()
        }
        Output::Human => {
            let row = |f: &Finding| [f.check.to_owned(), word(f.mark).to_owned(), f.text.clone()];
            table(["CHECK", "RESULT", "DETAIL"], findings.iter().map(row))
        }
    }
}
