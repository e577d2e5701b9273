//! Cost Explorer: what a test says that was billed.

mod filter;

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde_json::{Value, json};

use crate::error::{Answer, ApiError};
use crate::page::{Sizes, page};

/// Rows in a page. AWS does not say how many; so few, that a day is cut in two.
const ROWS: Sizes = Sizes { least: 1, most: 25, default: 25 };

/// Of savings plans' coverage twenty a page.
const COVERAGES: Sizes = Sizes { least: 1, most: 100, default: 20 };

/// What was billed to one account.
#[derive(Debug, Default)]
pub(crate) struct Costs {
    lines: Vec<Line>,
    savings_plans: Option<Value>,
}

/// Something billed on one day.
#[derive(Debug)]
struct Line {
    day: Date,
    usage_type: String,
    /// Ten-billionths, as Cost Explorer counts.
    amount: i128,
    unit: String,
    is_estimated: bool,
    /// What filters go by: `SERVICE`, `REGION`, ….
    dimensions: BTreeMap<&'static str, String>,
}

impl Costs {
    /// Adds lines: `{"Day", "UsageType", "Amount"}` each, with `Service` (Amazon `SageMaker`),
    /// `Region`, `Account`, `RecordType` (Usage), `Unit` (USD) and `Estimated` where they differ; and
    /// replaces the savings plans: `{"SpendCoveredBySavingsPlans", "OnDemandCost", "TotalCommitment",
    /// "UsedCommitment"}`.
    ///
    /// # Errors
    /// A text that says what is wrong with which line.
    pub(crate) fn add(&mut self, account: &str, lines: &[Value], savings_plans: &Value) -> Result<(), String> {
        for line in lines {
            self.lines.push(Line::of(account, line).ok_or_else(|| format!("{line} is no line of a bill"))?);
        }
        if savings_plans.is_object() {
            self.savings_plans = Some(savings_plans.clone());
        }
        Ok(())
    }

    /// The answer of one operation.
    ///
    /// # Errors
    /// As Cost Explorer answers it; `UnknownOperationException` for what is not built.
    pub(crate) fn answer(&self, operation: &str, request: &Value) -> Answer {
        match operation {
            "GetCostAndUsage" => self.cost_and_usage(request),
            "GetSavingsPlansCoverage" => self.coverage(request),
            "GetSavingsPlansUtilization" => self.utilization(request),
            other => Err(ApiError::unknown_operation(other)),
        }
    }

    /// `GetCostAndUsage`, by day and usage type. Every day of the period is there, and one that
    /// a page's end cuts comes again on the next.
    fn cost_and_usage(&self, request: &Value) -> Answer {
        let [from, until] = period(request)?;
        if request["Granularity"] != "DAILY" || request["Metrics"] != json!(["AmortizedCost"]) {
            return Err(ApiError::validation("the sandbox has DAILY AmortizedCost alone"));
        }
        if request["GroupBy"] != json!([{ "Type": "DIMENSION", "Key": "USAGE_TYPE" }]) {
            return Err(ApiError::validation("the sandbox groups by USAGE_TYPE alone"));
        }
        let is_wanted = filter::of(&request["Filter"])?;
        let mut rows: BTreeMap<(Date, &str, &str), (i128, bool)> = BTreeMap::new();
        let days: Vec<Date> = from.series(jiff::Span::new().days(1)).take_while(|day| *day < until).collect();
        for day in &days {
            // A day without costs has no groups.
            rows.insert((*day, "", ""), (0, false));
        }
        for line in self.lines.iter().filter(|line| (from..until).contains(&line.day)) {
            if is_wanted(&|key| line.dimensions.get(key).map(String::as_str)) {
                let (sum, is_estimated) = rows.entry((line.day, &line.usage_type, &line.unit)).or_default();
                *sum += line.amount;
                *is_estimated |= line.is_estimated;
            }
        }
        let rows: Vec<_> = rows.into_iter().collect();
        let paged = json!({ "NextToken": request["NextPageToken"] });
        let mut paged = page(&paged, ROWS, "Rows", rows.len(), |n| json!(n))?;
        let on_page = paged["Rows"].as_array().into_iter().flatten().filter_map(Value::as_u64);
        let on_page = on_page.filter_map(|n| rows.get(usize::try_from(n).ok()?));
        let mut results: BTreeMap<Date, (Vec<Value>, bool)> = BTreeMap::new();
        for ((day, usage_type, unit), (amount, is_estimated)) in on_page {
            let (groups, estimated) = results.entry(*day).or_default();
            if !usage_type.is_empty() {
                let cost = json!({ "AmortizedCost": { "Amount": written(*amount), "Unit": unit } });
                groups.push(json!({ "Keys": [usage_type], "Metrics": cost }));
            }
            *estimated |= is_estimated;
        }
        let results = results.into_iter().map(|(day, (groups, estimated))| {
            let next = day.tomorrow().unwrap_or(day);
            json!({ "TimePeriod": { "Start": day.to_string(), "End": next.to_string() }, "Total": {},
                "Groups": groups, "Estimated": estimated })
        });
        let mut answer = json!({ "ResultsByTime": results.collect::<Vec<_>>(), "GroupDefinitions": request["GroupBy"],
            "DimensionValueAttributes": [] });
        if !paged["NextToken"].is_null() {
            answer["NextPageToken"] = paged["NextToken"].take();
        }
        Ok(answer)
    }

    /// `GetSavingsPlansCoverage` of the whole period.
    fn coverage(&self, request: &Value) -> Answer {
        let period = period(request)?;
        let plans = self.savings_plans.as_ref().ok_or_else(unavailable)?;
        let number = |member: &str| plans[member].as_str().and_then(amount).unwrap_or_default();
        let (covered, on_demand) = (number("SpendCoveredBySavingsPlans"), number("OnDemandCost"));
        let coverage = json!({
            "SpendCoveredBySavingsPlans": written(covered),
            "OnDemandCost": written(on_demand),
            "TotalCost": written(covered + on_demand),
            "CoveragePercentage": percent(covered, covered + on_demand),
        });
        let element = |_| json!({ "Attributes": {}, "Coverage": coverage, "TimePeriod": told(period) });
        page(request, COVERAGES, "SavingsPlansCoverages", 1, element)
    }

    /// `GetSavingsPlansUtilization` of the whole period.
    fn utilization(&self, request: &Value) -> Answer {
        period(request)?;
        let plans = self.savings_plans.as_ref().ok_or_else(unavailable)?;
        let number = |member: &str| plans[member].as_str().and_then(amount).unwrap_or_default();
        let (total, used) = (number("TotalCommitment"), number("UsedCommitment"));
        let utilization = json!({
            "TotalCommitment": written(total),
            "UsedCommitment": written(used),
            "UnusedCommitment": written(total - used),
            "UtilizationPercentage": percent(used, total),
        });
        Ok(json!({ "Total": { "Utilization": utilization }, "SavingsPlansUtilizationsByTime": [] }))
    }
}

impl Line {
    fn of(account: &str, line: &Value) -> Option<Self> {
        let text = |member: &str, default: &str| line[member].as_str().unwrap_or(default).to_owned();
        let dimensions = BTreeMap::from([
            ("SERVICE", text("Service", "Amazon SageMaker")),
            ("REGION", text("Region", "us-east-1")),
            ("LINKED_ACCOUNT", text("Account", account)),
            ("RECORD_TYPE", text("RecordType", "Usage")),
            ("USAGE_TYPE", text("UsageType", "")),
        ]);
        Some(Self {
            day: line["Day"].as_str()?.parse().ok()?,
            usage_type: line["UsageType"].as_str().filter(|text| !text.is_empty())?.to_owned(),
            amount: amount(line["Amount"].as_str()?)?,
            unit: text("Unit", "USD"),
            is_estimated: line["Estimated"].as_bool().unwrap_or_default(),
            dimensions,
        })
    }
}

fn period(request: &Value) -> Result<[Date; 2], ApiError> {
    let day = |member: &str| request["TimePeriod"][member].as_str().and_then(|day| day.parse::<Date>().ok());
    let (Some(from), Some(until)) = (day("Start"), day("End")) else {
        return Err(ApiError::validation("Start and End must be days, such as 2026-11-25"));
    };
    if from < until {
        Ok([from, until])
    } else {
        Err(ApiError::validation("Start date (and hour) should be before end date (and hour)"))
    }
}

fn told([from, until]: [Date; 2]) -> Value {
    json!({ "Start": from.to_string(), "End": until.to_string() })
}

fn unavailable() -> ApiError {
    ApiError::new("DataUnavailableException", "The requested data is unavailable.")
}

/// Ten-billionths of a decimal number with at most ten digits behind its point.
fn amount(text: &str) -> Option<i128> {
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |digits| (-1, digits));
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let is_number =
        !whole.is_empty() && part.len() <= 10 && (whole.bytes().chain(part.bytes())).all(|b| b.is_ascii_digit());
    is_number.then(|| format!("{whole}{part:0<10}").parse::<i128>().ok().map(|number| sign * number)).flatten()
}

fn written(amount: i128) -> String {
    let sign = if amount < 0 { "-" } else { "" };
    let digits = amount.unsigned_abs();
    format!("{sign}{}.{:010}", digits / 10_000_000_000, digits % 10_000_000_000)
}

/// In percent, as Cost Explorer writes it.
fn percent(part: i128, of: i128) -> String {
    if of == 0 { "0".to_owned() } else { written(part * 100 * 10_000_000_000 / of) }
}
