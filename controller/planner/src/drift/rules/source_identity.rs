//! Whether sessions of execution roles carry the user profile's name, by which CloudTrail
//! tells users apart. By SageMaker's default they do not.

use crate::drift::check::Checked;
use crate::drift::desired::OnOff;
use crate::drift::finding::Rule;
use crate::drift::how::by_update;
use crate::drift::view::{Text, View, text};

const RULE: Rule = Rule::SourceIdentity;
const SETTING: &str = "DomainSettings.ExecutionRoleIdentityConfig";

pub(in crate::drift) fn check(view: &View<'_>, wanted: OnOff, into: &mut Checked) {
    let domain = view.domain();
    let (is, found) = match text(&domain.body["DomainSettings"]["ExecutionRoleIdentityConfig"]) {
        Text::Is(is) => (is, is),
        Text::Absent => ("DISABLED", "not set"),
        Text::Odd => return view.odd(into, domain, RULE, SETTING),
    };
    let wanted = match wanted {
        OnOff::On => "USER_PROFILE_NAME",
        OnOff::Off => "DISABLED",
    };
    if is != wanted {
        let flags = format!(
            "--domain-settings-for-update ExecutionRoleIdentityConfig={wanted} # once its apps are stopped; the roles \
             must trust sts:SetSourceIdentity"
        );
        let texts = (wanted.to_owned(), found.to_owned());
        view.found(into, domain, (RULE, SETTING.to_owned()), texts, by_update(&domain.place, &flags));
    }
}
