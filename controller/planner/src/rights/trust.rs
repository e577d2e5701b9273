//! Who may take on the roles in each account.

use super::document::{Document, Statement};

/// The trust policy of the roles to look, to act and to install with: these principals, by
/// this external id, and never without saying who asks (the source identity).
#[must_use]
pub fn trust(principals: &[String], external_id: &str) -> Document {
    let named = |mut statement: Statement| {
        statement.principal.insert("AWS", principals.to_vec());
        statement.when("Null", "sts:SourceIdentity", &["false"])
    };
    let assume = Statement::allow("Assume", &["sts:AssumeRole"], Vec::new());
    let assume = named(assume).when("StringEquals", "sts:ExternalId", &[external_id]);
    let say_who = Statement::allow("SayWhoAsks", &["sts:SetSourceIdentity"], Vec::new());
    Document::new(vec![assume, named(say_who)])
}
