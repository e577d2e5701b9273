//! `coverage`: which running apps an agent watches.

use anyhow::Result;
use cost_planner::coverage::{row, totals};
use jiff::Timestamp;

use crate::aws::Session;
use crate::cli::{Coverage, Global, Output};
use crate::exit::Exit;
use crate::observe::{Alive, heartbeats, running};
use crate::render::{self, CoverageReport, Progress};

pub(super) async fn run(global: &Global, args: &Coverage) -> Result<Exit> {
    let sessions = Session::of_all(global).await?;
    let progress = Progress::new(global.no_progress);
    let (mut rows, mut unread) = (Vec::new(), Vec::new());
    for session in &sessions {
        match running(session, &args.domains.domain, Alive::InService, &progress).await {
            Ok(mut apps) => {
                let now = Timestamp::now();
                heartbeats(session, &mut apps, now).await;
                rows.extend(apps.iter().map(|app| row(&session.scope, app, now)));
            }
            Err(error) => unread.push(format!("{}: {error}", session.scope.region)),
        }
    }
    progress.clear();
    let exit = match (unread.is_empty(), unread.len() == sessions.len()) {
        (true, _) => Exit::Done,
        (false, true) => Exit::Failed,
        (false, false) => Exit::Partly,
    };
    let report = CoverageReport::new(unread, totals(&rows), rows);
    let text = match args.output {
        Output::Table => render::coverage(&report),
        Output::Json => render::json(&report),
    };
    super::print(&text)?;
    Ok(exit)
}
