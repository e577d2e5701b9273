//! A dashboard's body, checked as CloudWatch checks it: errors refuse it, warnings are told.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::error::ApiError;

const MOST_WIDGETS: usize = 500;
const MOST_OF_WIDGET: usize = 500;
const MOST_METRICS: usize = 2500;

const TYPES: [&str; 7] = ["metric", "text", "log", "alarm", "explorer", "chart", "custom"];
const VIEWS: [&str; 6] = ["timeSeries", "singleValue", "bar", "pie", "table", "gauge"];

/// What a metric widget may have; anything else does nothing.
const MEMBERS: [&str; 18] = [
    "accountId",
    "annotations",
    "end",
    "legend",
    "liveData",
    "metrics",
    "period",
    "region",
    "setPeriodToTimeRange",
    "singleValueFullPrecision",
    "sparkline",
    "stacked",
    "start",
    "stat",
    "table",
    "title",
    "view",
    "yAxis",
];

/// A place in the body and what is said of it.
type Message = (String, String);

/// What is odd about a body that can be shown.
///
/// # Errors
/// `DashboardInvalidInputError` with everything that is wrong.
pub(super) fn warnings(body: &str) -> Result<Value, ApiError> {
    let body: Value = serde_json::from_str(body)
        .map_err(|_| refused("The field DashboardBody must be a valid JSON object".to_owned()))?;
    let mut found = Found::default();
    found.body(&body);
    let told = |messages: &[Message], path: &str, message: &str| {
        let one = |(at, text): &Message| json!({ path: at, message: text });
        Value::Array(messages.iter().map(one).collect())
    };
    if found.errors.is_empty() {
        return Ok(told(&found.warnings, "DataPath", "Message"));
    }
    let errors = told(&found.errors, "dataPath", "message");
    let count = found.errors.len();
    Err(refused(format!("The dashboard body is invalid, there are {count} validation errors: {errors}")))
}

fn refused(message: String) -> ApiError {
    ApiError::new("DashboardInvalidInputError", message)
}

#[derive(Debug, Default)]
struct Found {
    errors: Vec<Message>,
    warnings: Vec<Message>,
    metrics: usize,
}

impl Found {
    fn error(&mut self, path: &str, message: &str) {
        self.errors.push((path.to_owned(), message.to_owned()));
    }

    fn check(&mut self, holds: bool, path: &str, message: &str) {
        if !holds {
            self.error(path, message);
        }
    }

    fn body(&mut self, body: &Value) {
        if !body.is_object() {
            return self.error("", "Should be object");
        }
        let Some(widgets) = body["widgets"].as_array() else {
            return self.error("", "Should have required property 'widgets'");
        };
        self.check(widgets.len() <= MOST_WIDGETS, "/widgets", "Should NOT have more than 500 items");
        self.check(
            matches!(body["periodOverride"].as_str(), None | Some("auto" | "inherit")),
            "/periodOverride",
            "Should be equal to one of the allowed values",
        );
        self.check(body["end"].is_null() || !body["start"].is_null(), "/end", "Should have property start");
        for (n, widget) in widgets.iter().enumerate() {
            self.widget(&format!("/widgets/{n}"), widget);
        }
        let most = self.metrics <= MOST_METRICS;
        self.check(most, "/widgets", "The dashboard should not have more than 2500 metrics");
    }

    fn widget(&mut self, path: &str, widget: &Value) {
        for (member, least, most) in [("x", 0, 23), ("y", 0, u64::MAX), ("width", 1, 24), ("height", 1, 1000)] {
            let within = |value: &Value| value.as_u64().is_some_and(|n| (least..=most).contains(&n));
            let (value, path) = (&widget[member], format!("{path}/{member}"));
            self.check(value.is_null() || within(value), &path, &format!("Should be >= {least} and <= {most}"));
        }
        self.check(widget["x"].is_null() == widget["y"].is_null(), path, "Should have both x and y, or none");
        let Some(properties) = widget["properties"].as_object() else {
            return self.error(path, "Should have required property 'properties'");
        };
        let at = format!("{path}/properties");
        match widget["type"].as_str() {
            Some("metric") => self.metric_widget(&at, properties),
            Some("text") => {
                let has_text = properties.get("markdown").is_some_and(Value::is_string);
                self.check(has_text, &at, "Should have required property 'markdown'");
            }
            Some(known) if TYPES.contains(&known) => {}
            _ => self.error(&format!("{path}/type"), "Should be equal to one of the allowed values"),
        }
    }

    fn metric_widget(&mut self, path: &str, properties: &Map<String, Value>) {
        let get = |member: &str| properties.get(member).unwrap_or(&Value::Null);
        for member in properties.keys().filter(|member| !MEMBERS.contains(&member.as_str())) {
            self.warnings.push((path.to_owned(), format!("Should NOT have additional property '{member}'")));
        }
        let has_data = get("metrics").is_array() || get("annotations").is_object();
        self.check(has_data, path, "Should have required property 'metrics'");
        let says = "The metric widget should have specified a region and a data source or an alarm annotation";
        self.check(get("region").as_str().is_some_and(|region| !region.is_empty()), path, says);
        let view = get("view");
        let is_view = view.is_null() || view.as_str().is_some_and(|view| VIEWS.contains(&view));
        self.check(is_view, &format!("{path}/view"), "Should be equal to one of the allowed values");
        let period = get("period");
        let is_period = period.as_u64().is_some_and(|n| n > 0 && (n % 60 == 0 || [1, 5, 10, 20, 30].contains(&n)));
        self.check(period.is_null() || is_period, &format!("{path}/period"), "Should be a multiple of 60");
        for (member, is_kind) in [
            ("stat", Value::is_string as fn(&Value) -> bool),
            ("title", Value::is_string),
            ("stacked", Value::is_boolean),
        ] {
            let value = get(member);
            self.check(value.is_null() || is_kind(value), &format!("{path}/{member}"), "Should be of its type");
        }
        self.rows(&format!("{path}/metrics"), get("metrics"));
    }

    fn rows(&mut self, path: &str, rows: &Value) {
        let rows = rows.as_array().map(Vec::as_slice).unwrap_or_default();
        self.metrics += rows.len();
        self.check(rows.len() <= MOST_OF_WIDGET, path, "Should NOT have more than 500 items");
        let mut ids = BTreeSet::new();
        for (n, row) in rows.iter().enumerate() {
            let path = format!("{path}/{n}");
            let Some(cells) = row.as_array() else {
                self.error(&path, "Should be array");
                continue;
            };
            let options = cells.last().filter(|last| last.is_object());
            let words = &cells[..cells.len() - usize::from(options.is_some())];
            let says = "Field \"metrics\" has to be an array of array of strings, with an optional metricRenderer \
                        object as last element";
            self.check(words.iter().all(Value::is_string), &path, says);
            let is_expression = options.is_some_and(|options| options["expression"].is_string());
            let is_metric = words.len() >= 2 && words.len() % 2 == 0;
            self.check(is_expression && words.is_empty() || !is_expression && is_metric, &path, says);
            if let Some(id) = options.and_then(|options| options["id"].as_str()) {
                let in_id = |c: char| c.is_ascii_alphanumeric() || c == '_';
                let is_id = id.starts_with(|c: char| c.is_ascii_lowercase()) && id.chars().all(in_id);
                self.check(is_id, &path, "The id should begin with a lower case letter");
                self.check(ids.insert(id), &path, "The id should be unique");
            }
        }
    }
}
