//! `lifecycle-script`: an on-start script as `install` would install it.

use anyhow::Result;

use super::payload::Payload;
use crate::aws::config;
use crate::cli::{Global, LifecycleScript};
use crate::exit::Exit;
use crate::record::Store;
use crate::script::Script;

pub(super) async fn run(global: &Global, args: &LifecycleScript) -> Result<Exit> {
    let store = Store::open(&args.artifacts.place(), &config(global.region.first().map(String::as_str)).await)?;
    let payload = Payload::of(&args.agent, &store)?;
    let rendered = match args.app_type {
        Script::Studio(host) => &payload.scripts[&host],
        Script::NotebookInstance => &payload.notebook,
    };
    super::print(rendered.text.trim_end_matches('\n'))?;
    Ok(Exit::Done)
}
