//! Whether the output of cells is kept when a notebook is shared. By SageMaker's default it is not.

use crate::drift::check::Checked;
use crate::drift::desired::OnOff;
use crate::drift::finding::Rule;
use crate::drift::how::{by_update, settings_flag};
use crate::drift::view::{Text, View, text};

const RULE: Rule = Rule::NotebookSharing;

pub(in crate::drift) fn check(view: &View<'_>, wanted: OnOff, into: &mut Checked) {
    let wanted = match wanted {
        OnOff::On => "Allowed",
        OnOff::Off => "Disabled",
    };
    for thing in &view.things {
        for settings in thing.settings().iter().filter(|settings| !settings.shared) {
            let setting = format!("{}.SharingSettings.NotebookOutputOption", settings.name);
            let (is, found) = match text(&settings.value["SharingSettings"]["NotebookOutputOption"]) {
                Text::Is(is) => (is, is),
                Text::Absent if settings.follows => continue,
                Text::Absent => ("Disabled", "not set"),
                Text::Odd => {
                    view.odd(into, thing, RULE, &setting);
                    continue;
                }
            };
            if is != wanted {
                let flags = format!(
                    "{} 'SharingSettings={{NotebookOutputOption={wanted}}}' # with what else stands in SharingSettings",
                    settings_flag(settings.name)
                );
                let texts = (wanted.to_owned(), found.to_owned());
                view.found(into, thing, (RULE, setting), texts, by_update(&thing.place, &flags));
            }
        }
    }
}
