//! The largest volume that a space may ask for, and spaces that are larger already.

use crate::drift::check::Checked;
use crate::drift::finding::Rule;
use crate::drift::how::{by_hand, by_update, settings_flag, word};
use crate::drift::view::{Kind, Number, Thing, View, number};

const RULE: Rule = Rule::Storage;

pub(in crate::drift) fn check(view: &View<'_>, most: u32, into: &mut Checked) {
    for thing in &view.things {
        if thing.kind == Kind::Space {
            of_space(view, thing, most, into);
        } else {
            of_settings(view, thing, most, into);
        }
    }
}

fn of_settings(view: &View<'_>, thing: &Thing<'_>, most: u32, into: &mut Checked) {
    for settings in thing.settings() {
        let setting =
            format!("{}.SpaceStorageSettings.DefaultEbsStorageSettings.MaximumEbsVolumeSizeInGb", settings.name);
        let is = &settings.value["SpaceStorageSettings"]["DefaultEbsStorageSettings"]["MaximumEbsVolumeSizeInGb"];
        let found = match number(is) {
            Number::Is(is) if is <= u64::from(most) => continue,
            Number::Is(is) => format!("{is} GB"),
            Number::Absent if settings.follows => continue,
            Number::Absent => "not set".to_owned(),
            Number::Odd => {
                view.odd(into, thing, RULE, &setting);
                continue;
            }
        };
        let default = match number(
            &settings.value["SpaceStorageSettings"]["DefaultEbsStorageSettings"]["DefaultEbsVolumeSizeInGb"],
        ) {
            Number::Is(default) => default.min(u64::from(most)),
            _ => u64::from(most).min(5),
        };
        let value = format!(
            "SpaceStorageSettings={{DefaultEbsStorageSettings={{DefaultEbsVolumeSizeInGb={default},\
             MaximumEbsVolumeSizeInGb={most}}}}}"
        );
        let fix = by_update(&thing.place, &format!("{} {}", settings_flag(settings.name), word(&value)));
        view.found(into, thing, (RULE, setting), (format!("{most} GB at most"), found), fix);
    }
}

fn of_space(view: &View<'_>, thing: &Thing<'_>, most: u32, into: &mut Checked) {
    let settings = &thing.body["SpaceSettings"];
    let setting = "SpaceSettings.SpaceStorageSettings.EbsStorageSettings.EbsVolumeSizeInGb";
    match number(&settings["SpaceStorageSettings"]["EbsStorageSettings"]["EbsVolumeSizeInGb"]) {
        Number::Is(is) if is <= u64::from(most) => {}
        Number::Is(is) => {
            let fix = by_hand("a volume cannot shrink: its owner copies what is needed to a new space");
            let texts = (format!("{most} GB at most"), format!("{is} GB"));
            view.found(into, thing, (RULE, setting.to_owned()), texts, fix);
        }
        // Only spaces of these app types have a volume of their own.
        Number::Absent if matches!(settings["AppType"].as_str(), Some("JupyterLab" | "CodeEditor")) => {
            view.blind(into, thing, RULE, format!("the answer lacks {setting}"));
        }
        Number::Absent => {}
        Number::Odd => view.odd(into, thing, RULE, setting),
    }
}
