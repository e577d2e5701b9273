//! `evidence seal`: what no link names yet.

use anyhow::Result;
use jiff::Timestamp;

use crate::cli::{EvidenceSeal, Global};
use crate::exit::Exit;
use crate::record::chain::{Seal, head, seal_rest};
use crate::render;

pub(super) async fn run(global: &Global, args: &EvidenceSeal) -> Result<Exit> {
    let (store, _) = super::place(global, &args.evidence).await?;
    let Seal { objects, links, head: made } = seal_rest(&store, Timestamp::now()).await?;
    let last = match made {
        Some(made) => Some(made),
        None => head(&store).await?,
    };
    let count = render::counted(objects, "object", "objects");
    let text = match (links, last) {
        (_, None) => "there is nothing to seal".to_owned(),
        (0, Some(last)) => format!("nothing was left to seal\nhead {}:{}", last.number, last.sha256),
        (_, Some(last)) => {
            let links = render::counted(links, "link", "links");
            format!("{count} sealed by {links}\nhead {}:{}", last.number, last.sha256)
        }
    };
    crate::commands::print(&text)?;
    Ok(Exit::Done)
}
