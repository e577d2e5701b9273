//! The key that home and space volumes are encrypted with. Where AWS's own is used, the
//! answer names none.

use crate::drift::check::Checked;
use crate::drift::finding::Rule;
use crate::drift::how::by_hand;
use crate::drift::view::{Text, View, text};

/// Any key of the customer's.
pub(crate) const CUSTOMER_MANAGED: &str = "customer-managed";

const RULE: Rule = Rule::KmsKey;
const SETTING: &str = "KmsKeyId";
/// The same in answers about old domains.
const OLD_SETTING: &str = "HomeEfsFileSystemKmsKeyId";

pub(in crate::drift) fn check(view: &View<'_>, wanted: &str, into: &mut Checked) {
    let domain = view.domain();
    let own = &domain.body[SETTING];
    let is = match text(if own.is_null() { &domain.body[OLD_SETTING] } else { own }) {
        Text::Is(is) => Some(is).filter(|is| !is.is_empty()),
        Text::Absent => None,
        Text::Odd => return view.odd(into, domain, RULE, SETTING),
    };
    let is_right = match is {
        None => false,
        Some(is) if wanted == CUSTOMER_MANAGED => !is_of_aws(is),
        Some(is) => short(is) == short(wanted),
    };
    if !is_right {
        let found = match is {
            None => "a key of AWS's (none is named)".to_owned(),
            Some(is) => is.to_owned(),
        };
        let fix = by_hand("the key is set when a domain is made: make a new domain with it, and move users there");
        view.found(into, domain, (RULE, SETTING.to_owned()), (wanted.to_owned(), found), fix);
    }
}

fn is_of_aws(key: &str) -> bool {
    short(key).starts_with("alias/aws/")
}

/// The id or alias without what an ARN has around it.
fn short(key: &str) -> &str {
    let rest = key.strip_prefix("arn:").map_or(key, |rest| rest.splitn(5, ':').nth(4).unwrap_or(rest));
    rest.strip_prefix("key/").unwrap_or(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_the_same_by_id_and_by_arn_and_the_alias_of_aws_is_known() {
        let id = "1234abcd-12ab-34cd-56ef-1234567890ab";
        assert_eq!(short(&format!("arn:aws:kms:us-east-1:111122223333:key/{id}")), id);
        assert_eq!(short(id), id);
        let alias = "arn:aws:kms:us-east-1:111122223333:alias/aws/elasticfilesystem";
        assert!(is_of_aws(alias) && is_of_aws("alias/aws/ebs") && !is_of_aws("alias/studio") && !is_of_aws(id));
    }
}
