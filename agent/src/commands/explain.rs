//! `explain`: every setting, its value, and where it came from.

use serde_json::json;

use crate::exit::Exit;
use crate::settings::{Origin, Output, Settings};

use super::table::{print, table};

/// Prints the settings in force: a table, or one JSON document.
///
/// # Errors
/// When stdout cannot be written, other than by a closed pipe.
pub(crate) fn run(settings: &Settings) -> anyhow::Result<Exit> {
    let text = match settings.output {
        Output::Json => {
            let row = |o: &Origin| json!({ "setting": o.key, "value": o.value, "from": o.place });
            json!({ "schema_version": 1, "settings": settings.origins.iter().map(row).collect::<Vec<_>>() }).to_string()
        }
        Output::Human => {
            let row = |o: &Origin| [o.key.to_owned(), o.value.clone(), o.place.clone()];
            table(["SETTING", "VALUE", "FROM"], settings.origins.iter().map(row))
        }
    };
    print(&text)?;
    Ok(Exit::Done)
}
