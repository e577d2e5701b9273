//! Filters of `GetProducts`: all of them must accept a product.

use serde_json::Value;

use crate::error::ApiError;

/// So many filters in one call.
const MOST: usize = 50;

/// All filters of a call.
pub(super) struct Filters(Vec<Filter>);

struct Filter {
    accepts: fn(&str, &str) -> bool,
    field: String,
    value: String,
}

/// The filters of a request.
///
/// # Errors
/// `ValidationException` for a filter that is none.
pub(super) fn of(request: &Value) -> Result<Filters, ApiError> {
    let all = request["Filters"].as_array().cloned().unwrap_or_default();
    if all.len() > MOST {
        return Err(ApiError::validation(format!("more than {MOST} filters")));
    }
    let one = |filter: &Value| {
        let text = |member: &str| {
            let text = filter[member].as_str().filter(|text| !text.is_empty());
            text.map(str::to_owned).ok_or_else(|| ApiError::validation(format!("a filter has a {member}")))
        };
        let accepts: fn(&str, &str) -> bool = match text("Type")?.as_str() {
            "TERM_MATCH" | "EQUALS" => |found, wanted| found == wanted,
            "CONTAINS" => |found, wanted| found.contains(wanted),
            "ANY_OF" => |found, wanted| wanted.split(',').any(|wanted| wanted == found),
            "NONE_OF" => |found, wanted| wanted.split(',').all(|wanted| wanted != found),
            other => return Err(ApiError::validation(format!("there is no filter {other}"))),
        };
        Ok(Filter { accepts, field: text("Field")?, value: text("Value")? })
    };
    all.iter().map(one).collect::<Result<_, _>>().map(Filters)
}

impl Filters {
    /// Whether all accept this record; what it lacks is empty.
    pub(super) fn accept(&self, record: &Value) -> bool {
        let product = &record["product"];
        self.0.iter().all(|Filter { accepts, field, value }| {
            let found = match field.as_str() {
                "productFamily" | "sku" => &product[field.as_str()],
                _ => &product["attributes"][field.as_str()],
            };
            accepts(found.as_str().unwrap_or_default(), value)
        })
    }
}
