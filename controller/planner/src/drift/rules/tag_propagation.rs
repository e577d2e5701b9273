//! `TagPropagation`: by SageMaker's default it is off.

use crate::drift::check::Checked;
use crate::drift::desired::OnOff;
use crate::drift::finding::Rule;
use crate::drift::how::by_update;
use crate::drift::view::{Text, View, text};

const RULE: Rule = Rule::TagPropagation;
const SETTING: &str = "TagPropagation";

pub(in crate::drift) fn check(view: &View<'_>, wanted: OnOff, into: &mut Checked) {
    let domain = view.domain();
    let (is, found) = match text(&domain.body[SETTING]) {
        Text::Is(is) => (is, is),
        Text::Absent => ("DISABLED", "not set"),
        Text::Odd => return view.odd(into, domain, RULE, SETTING),
    };
    let wanted = match wanted {
        OnOff::On => "ENABLED",
        OnOff::Off => "DISABLED",
    };
    if is != wanted {
        let fix = by_update(&domain.place, &format!("--tag-propagation {wanted}"));
        view.found(into, domain, (RULE, SETTING.to_owned()), (wanted.to_owned(), found.to_owned()), fix);
    }
}
