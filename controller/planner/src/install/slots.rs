//! The leaves of one structure that the product may write, and no others.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::place::Place;

/// SageMaker's word for "no lifecycle configuration", where an ARN could stand.
const NONE: &str = "None";

/// What stands in the slots of one app settings structure. Absent, null, empty
/// and the literal `None` are the same.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slots {
    /// `BuiltInLifecycleConfigArn`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub built_in: Option<String>,
    /// `DefaultResourceSpec.LifecycleConfigArn`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    /// `LifecycleConfigArns`: the allowed ones, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub arns: Vec<String>,
    /// `AppLifecycleManagement.IdleSettings`.
    #[serde(default, skip_serializing_if = "IdleSlot::is_empty")]
    pub idle: IdleSlot,
}

/// SageMaker's own idle shutdown.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdleSlot {
    /// `LifecycleManagement`: `ENABLED` or `DISABLED`.
    pub management: Option<String>,
    /// `IdleTimeoutInMinutes`.
    pub minutes: Option<i32>,
}

impl IdleSlot {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl Slots {
    /// What stands in this structure.
    #[must_use]
    pub fn of(structure: &Value) -> Self {
        let arn = |value: &Value| value.as_str().filter(|arn| *arn != NONE).map(str::to_owned);
        let idle = &structure["AppLifecycleManagement"]["IdleSettings"];
        let arns = structure["LifecycleConfigArns"].as_array();
        Self {
            built_in: arn(&structure["BuiltInLifecycleConfigArn"]),
            default: arn(&structure["DefaultResourceSpec"]["LifecycleConfigArn"]),
            arns: arns.into_iter().flatten().filter_map(|arn| arn.as_str().map(str::to_owned)).collect(),
            idle: IdleSlot {
                management: idle["LifecycleManagement"].as_str().map(str::to_owned),
                minutes: idle["IdleTimeoutInMinutes"].as_i64().and_then(|minutes| i32::try_from(minutes).ok()),
            },
        }
    }

    /// What stands at this place of an answer of Describe.
    #[must_use]
    pub fn at(place: &Place, body: &Value) -> Self {
        let [section, structure] = place.path();
        Self::of(&body[section][structure])
    }

    /// Writes the slots into a structure's JSON, as SageMaker would show them afterwards.
    pub fn put(&self, structure: &mut Value) {
        let Self { built_in, default, arns, idle: IdleSlot { management, minutes } } = self;
        for (path, value) in [
            (&["BuiltInLifecycleConfigArn"][..], json!(built_in)),
            (&["DefaultResourceSpec", "LifecycleConfigArn"], json!(default)),
            (&["LifecycleConfigArns"], json!(arns)),
            (&["AppLifecycleManagement", "IdleSettings", "LifecycleManagement"], json!(management)),
            (&["AppLifecycleManagement", "IdleSettings", "IdleTimeoutInMinutes"], json!(minutes)),
        ] {
            let empty = value.is_null() || value.as_array().is_some_and(Vec::is_empty);
            let there = path.iter().try_fold(&*structure, |value, member| value.get(member)).is_some();
            if there || !empty {
                *path.iter().fold(&mut *structure, |value, member| &mut value[*member]) = value;
            }
        }
    }

    /// Every lifecycle configuration that is named.
    pub fn named(&self) -> impl Iterator<Item = &str> {
        self.built_in.iter().chain(&self.default).chain(&self.arns).map(String::as_str)
    }
}
