//! The TOML of documents, read by who reads it: the policy, scopes, and the agent's settings.

use super::blocks::Block;
use super::world::World;

/// Tables that stand in an administrator's file alone.
const OF_AN_ADMINISTRATOR: &[&str] = &["enforce", "defaults", "bounds"];

/// What its reader says against a block, with its line; nothing where it takes it.
///
/// # Errors
/// When the reader cannot be run.
pub(super) fn refused(world: &mut World, block: &Block) -> anyhow::Result<Option<(usize, String)>> {
    let parsed: toml::Table = match toml::from_str(&block.text) {
        Ok(parsed) => parsed,
        Err(error) => return Ok(Some((block.line, error.to_string()))),
    };
    let has = |names: &[&str]| names.iter().any(|name| parsed.contains_key(*name));
    let (file, command) = if has(&["scope"]) {
        ("shown-scopes.toml", "costctl inventory --resources notebook-instances --scopes shown-scopes.toml")
    } else if has(OF_AN_ADMINISTRATOR) {
        ("shown-admin.toml", "idle-agent explain --admin-file shown-admin.toml")
    } else if has(&["idle-timeout"]) {
        ("shown-settings.toml", "idle-agent explain --config-file shown-settings.toml")
    } else {
        ("shown-policy.toml", "costctl sweep --resources notebook-instances --policy shown-policy.toml")
    };
    let version = if file == "shown-policy.toml" && !has(&["schema_version"]) { "schema_version = 1\n" } else { "" };
    world.write(file, &format!("{version}{}", block.text))?;
    Ok(world.run(command)?.map(|told| (block.line, told)))
}
