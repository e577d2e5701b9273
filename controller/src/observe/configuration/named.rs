//! What domains and user profiles name: our lifecycle configurations, and execution roles.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cost_planner::drift::{ConfigSeen, DomainLook};
use idle_core::AccountId;

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
        let attached = match own_role(&arn, &session.scope.account) {
            Some(name) => attached_policies(session, name).await.map_err(|error| error.to_string()),
            // One of ours by the same name says nothing of it.
            None => Err(format!("{arn} is no role of {}", session.scope.account)),
        };
        seen.insert(arn, attached);
    }
    seen
}

/// The name of a role of this account.
fn own_role<'a>(arn: &'a str, account: &AccountId) -> Option<&'a str> {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    match parts[..] {
        ["arn", _, "iam", "", of, role] if of == account.as_str() => {
            role.strip_prefix("role/")?.rsplit('/').next().filter(|name| !name.is_empty())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_of_another_account_is_not_one_of_ours_by_its_name() {
        let account = AccountId::parse("111122223333").expect("an account");
        let of = |arn| own_role(arn, &account);
        assert_eq!(of("arn:aws:iam::111122223333:role/service-role/Studio"), Some("Studio"));
        for other in ["arn:aws:iam::444455556666:role/Studio", "arn:aws:iam::111122223333:user/Studio", "Studio", ""] {
            assert_eq!(of(other), None, "{other}");
        }
    }
}
