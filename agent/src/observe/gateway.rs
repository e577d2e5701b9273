//! Studio Classic: the apps whose kernels one JupyterServer app sees.
//!
//! A KernelGateway app has no server of its own. The agent in the JupyterServer
//! app sees its kernels; only an agent inside it sees its processes and GPU. The
//! two meet in a folder of the home directory, which both mount.

use std::collections::BTreeSet;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;

use idle_core::{AppName, AppRef, AppType, Instants, Item, ItemState, Reading, Sight, Source};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Look;

/// Nobody has more Classic apps open; each costs a judgement a look.
const MOST_GATEWAYS: usize = 64;
const MAX_BYTES: u64 = 256 * 1024;
const MOST_LINES: usize = 64;

/// What the agent inside a KernelGateway app sees there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Report {
    schema_version: u32,
    at: Timestamp,
    app: AppRef,
    /// What is at work.
    busy: Vec<String>,
    /// What could not be read, and why.
    blind: Vec<String>,
    /// The latest stamp.
    last_active: Option<Timestamp>,
}

impl Report {
    /// The report of these readings of `app`.
    pub(crate) fn of(app: &AppRef, readings: &[Reading], now: Instants) -> Self {
        let mut report = Self {
            schema_version: 1,
            at: now.wall,
            app: app.clone(),
            busy: Vec::new(),
            blind: Vec::new(),
            last_active: None,
        };
        for Reading { source, sight } in readings {
            match sight {
                Sight::Absent(_) => {}
                Sight::Unknown(why) => report.blind.push(format!("{}: {why}", source.as_str())),
                Sight::Seen { items, .. } => {
                    let at_work = items.iter().filter(|item| item.state != ItemState::Quiet);
                    report.busy.extend(at_work.map(|item| item.label.clone()));
                    report.last_active = report.last_active.max(items.iter().filter_map(|i| i.last_active).max());
                }
            }
        }
        report.busy.truncate(MOST_LINES);
        report
    }

    /// The name of its file.
    pub(crate) fn file_name(&self) -> String {
        format!("{}.json", self.app.name)
    }

    fn sight(self, now: Instants, fresh: Duration) -> Sight {
        let age = now.age_of(self.at);
        if age > fresh {
            return Sight::Unknown(format!("the agent inside last reported {} s ago", age.as_secs()));
        }
        if let Some(why) = self.blind.into_iter().next() {
            return Sight::Unknown(why);
        }
        let busy = self.busy.into_iter().enumerate();
        let mut items: Vec<Item> =
            busy.map(|(n, label)| Item::new(format!("busy:{n}"), label, ItemState::Busy)).collect();
        let rest = Item::new("rest", "the app's processes", ItemState::Quiet);
        items.push(self.last_active.map_or(rest.clone(), |at| rest.active_at(at)));
        Sight::Seen { items, run: None }
    }
}

/// The KernelGateway apps that one JupyterServer app serves.
#[derive(Debug)]
pub(crate) struct Gateways {
    server: AppRef,
    dir: PathBuf,
    /// How old a report may be.
    fresh: Duration,
}

impl Gateways {
    /// The apps beside `server`, whose agents report in `dir`.
    pub(crate) fn new(server: &AppRef, dir: &Path, fresh: Duration) -> Self {
        Self { server: server.clone(), dir: dir.to_owned(), fresh }
    }

    /// Each app that is known of, with the readings that concern it.
    pub(crate) fn split(&self, look: &Look, now: Instants) -> Vec<(AppRef, Vec<Reading>)> {
        let Some(answers) = look.jupyter() else { return Vec::new() };
        let mut names: BTreeSet<String> = answers.gateways().into_iter().map(str::to_owned).collect();
        names.extend(self.reporting());
        let apps = names.iter().filter_map(|name| self.app(name)).take(MOST_GATEWAYS);
        let readings = |app: &AppRef| {
            let mut readings = answers.readings_of_gateway(app.name.as_str());
            readings.push(Reading { source: Source::GatewayReport, sight: self.report(app, now) });
            readings
        };
        apps.map(|app| (app.clone(), readings(&app))).collect()
    }

    fn app(&self, name: &str) -> Option<AppRef> {
        let name = AppName::parse(name).inspect_err(|error| tracing::debug!("{error}")).ok()?;
        Some(AppRef { app_type: AppType::KernelGateway, name, created_at: None, ..self.server.clone() })
    }

    /// Without a report, nothing is known of the app's processes: unknown is not idle.
    fn report(&self, app: &AppRef, now: Instants) -> Sight {
        match read(&self.dir.join(format!("{}.json", app.name))) {
            Ok(report) if report.app.name == app.name && report.app.domain == app.domain => {
                report.sight(now, self.fresh)
            }
            Ok(_) => Sight::Unknown("the report in its place is another app's".to_owned()),
            Err(why) => Sight::Unknown(format!("no agent reports from inside the app: {why}")),
        }
    }

    /// The apps that left a report of late; old ones are of apps that are gone.
    fn reporting(&self) -> Vec<String> {
        let Ok(entries) = std::fs::read_dir(&self.dir) else { return Vec::new() };
        let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        names.filter_map(|name| name.strip_suffix(".json").map(str::to_owned)).take(MOST_GATEWAYS).collect()
    }
}

fn read(path: &Path) -> Result<Report, String> {
    let mut text = String::new();
    let file = std::fs::File::open(path).map_err(|error| error.to_string())?;
    file.take(MAX_BYTES).read_to_string(&mut text).map_err(|error| error.to_string())?;
    parse(&text)
}

/// A report as its file holds it.
pub(crate) fn parse(text: &str) -> Result<Report, String> {
    let report: Report = serde_json::from_str(text).map_err(|error| error.to_string())?;
    if report.schema_version == 1 { Ok(report) } else { Err("written by a later version".to_owned()) }
}
