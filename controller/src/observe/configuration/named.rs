//! What domains and user profiles name: our lifecycle configurations, and execution roles.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cost_planner::drift::{ConfigSeen, DomainLook};

use crate::aws::Session;
use crate::observe::roles::attached_policies;
use crate::observe::{Kind, content, tags};
use crate::script::hex;

/// Our lifecycle configurations that are named anywhere, by ARN.
pub(super) async fn configs(session: &Session, domains: &[DomainLook]) -> BTreeMap<String, ConfigSeen> {
    let named: BTreeSet<String> = domains.iter().flat_map(|domain| domain.configs(&session.scope)).collect();
    let mut seen = BTreeMap::new();
    for arn in named {
        let config = config(session, &arn).await;
        seen.insert(arn, config);
    }
    seen
}

async fn config(session: &Session, arn: &str) -> ConfigSeen {
    let name = arn.rsplit('/').next().unwrap_or_default();
    let content = match content(session, name).await {
        Ok((found, _)) if found != arn => return ConfigSeen::Unread(format!("{name} has the ARN {found}")),
        Ok((_, content)) => content,
        Err(error) if error.kind == Kind::NotFound => return ConfigSeen::Gone,
        Err(error) => return ConfigSeen::Unread(error.to_string()),
    };
    match STANDARD.decode(content) {
        Ok(bytes) => {
            let tags = tags(session, arn).await.map_err(|error| error.to_string());
            ConfigSeen::There { sha256: hex(&bytes), tags }
        }
        Err(error) => ConfigSeen::Unread(format!("the content of {name} is not base64: {error}")),
    }
}

/// The names of the policies that are attached to every execution role, by the role's ARN.
pub(super) async fn roles(session: &Session, domains: &[DomainLook]) -> BTreeMap<String, Result<Vec<String>, String>> {
    let named: BTreeSet<String> = domains.iter().flat_map(DomainLook::execution_roles).collect();
    let mut seen = BTreeMap::new();
    for arn in named {
        let name = arn.rsplit('/').next().unwrap_or_default();
        let attached = attached_policies(session, name).await.map_err(|error| error.to_string());
        seen.insert(arn, attached);
    }
    seen
}
