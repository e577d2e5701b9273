//! What AWS billed for SageMaker, and how far Savings Plans reached, by Cost Explorer.
//! Each of its requests costs a cent: nobody asks it unless told to.

mod amount;
mod explorer;
mod savings_plans;
mod usage_type;

use std::collections::{BTreeMap, BTreeSet};

use aws_config::SdkConfig;
use idle_core::{AccountId, Partition, Region};
use jiff::civil::Date;
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::CallError;
use super::pages::each_page;
use amount::Amount;
use explorer::Explorer;

pub(crate) use savings_plans::SavingsPlans;

const GET: &str = "GetCostAndUsage";

/// The service, as Cost Explorer names it. VPC endpoints and EFS are billed by other services.
const SAGEMAKER: &str = "Amazon SageMaker";

/// Records that are no use of anything: an estimate has nothing to set against them.
const NO_USE: [&str; 3] = ["Credit", "Refund", "Tax"];

/// What is said before anything is asked.
pub(crate) const COST: &str = "Cost Explorer is asked at least 3 times, once more for each further page of its answer and \
    once more for each answer that it is too busy to give; AWS bills 0.01 USD for each";

/// Whose bill.
#[derive(Debug, Clone)]
pub(crate) struct BillAsked {
    /// Where Cost Explorer is found.
    pub(crate) partition: Partition,
    /// Only these accounts' part of the caller's bill; all of it where there are none.
    pub(crate) accounts: Vec<AccountId>,
    /// Only what was used in these regions; all where there are none.
    pub(crate) regions: Vec<Region>,
    /// Whole days, UTC, the last not included.
    pub(crate) days: (Date, Date),
}

/// A bill for SageMaker.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Billed {
    /// By day and component. A day without costs has none.
    pub(crate) rows: Vec<BilledRow>,
    /// Days to which AWS may still add.
    pub(crate) preliminary: BTreeSet<Date>,
    /// How far Savings Plans for machine learning reached; `None` where there are none, and the reason where
    /// that is not known.
    pub(crate) savings_plans: Result<Option<SavingsPlans>, String>,
    /// So many requests were made, which AWS bills.
    pub(crate) requests: u32,
}

/// What was billed on one day for one component: amortized, so that what a Savings Plan covers is
/// there at the plan's rate, without credits, refunds and tax.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BilledRow {
    pub(crate) day: Date,
    /// Such as `Studio:JupyterLab` or `Hosting`; of what is not known, the usage type itself.
    pub(crate) component: String,
    /// Below zero where more was taken back than given, as by a Savings Plan's negation.
    pub(crate) micro_usd: i64,
}

/// The whole days of this time that are over; `None` where there is none.
pub(crate) fn whole_days(since: Timestamp, until: Timestamp, now: Timestamp) -> Option<(Date, Date)> {
    let day = |at: Timestamp| Offset::UTC.to_datetime(at).date();
    let begun =
        since.checked_add(SignedDuration::from_hours(24)).ok()?.checked_sub(SignedDuration::from_nanos(1)).ok()?;
    let (first, end) = (day(begun), day(until.min(now)));
    (first < end).then_some((first, end))
}

/// What AWS billed. Says nothing of how good the bill is: Cost Explorer is up to a day late.
///
/// # Errors
/// In one line, when it is refused, is not in US dollars, or not all of it could be read.
pub(crate) async fn billed(config: &SdkConfig, asked: &BillAsked) -> Result<Billed, CallError> {
    let explorer = Explorer::new(config, &asked.partition)?;
    billed_by(&explorer, asked).await
}

async fn billed_by(explorer: &Explorer<'_>, asked: &BillAsked) -> Result<Billed, CallError> {
    let (rows, preliminary) = rows(explorer, asked).await?;
    let savings_plans = savings_plans::reach(explorer, asked).await;
    Ok(Billed { rows, preliminary, savings_plans, requests: explorer.requests() })
}

type Sums = BTreeMap<(Date, String), Amount>;

async fn rows(explorer: &Explorer<'_>, asked: &BillAsked) -> Result<(Vec<BilledRow>, BTreeSet<Date>), CallError> {
    let request = json!({
        "TimePeriod": period(asked),
        "Granularity": "DAILY",
        "Metrics": ["AmortizedCost"],
        "GroupBy": [{ "Type": "DIMENSION", "Key": "USAGE_TYPE" }],
        "Filter": filter(asked, &[one_of("SERVICE", [SAGEMAKER]), json!({ "Not": one_of("RECORD_TYPE", NO_USE) })]),
    });
    let ask = async |token: Option<String>| {
        let mut request = request.clone();
        if let Some(token) = token {
            request["NextPageToken"] = json!(token);
        }
        explorer.ask(GET, &request).await
    };
    let (mut sums, mut preliminary, mut odd) = (Sums::new(), BTreeSet::new(), None);
    let next = |page: &Value| page["NextPageToken"].as_str().map(str::to_owned);
    each_page(GET, ask, next, |page| {
        if let Err(why) = add(&page, &mut sums, &mut preliminary) {
            odd.get_or_insert(why);
        }
    })
    .await?;
    let unclear = |why: &str| CallError::unclear(GET, why);
    if let Some(why) = odd {
        return Err(unclear(&why));
    }
    let rows = sums.into_iter().map(|((day, component), sum)| {
        let micro_usd = sum.micro().ok_or_else(|| unclear("a sum has too many digits"))?;
        Ok(BilledRow { day, component, micro_usd })
    });
    Ok((rows.collect::<Result<_, CallError>>()?, preliminary))
}

/// Adds a page, which may hold a part of a day.
///
/// # Errors
/// In one line, when something is not understood: a part of a bill is not the bill.
fn add(page: &Value, sums: &mut Sums, preliminary: &mut BTreeSet<Date>) -> Result<(), String> {
    let results = page["ResultsByTime"].as_array().ok_or("a page has no ResultsByTime")?;
    for result in results {
        let day = result["TimePeriod"]["Start"].as_str().unwrap_or_default();
        let day: Date = day.parse().map_err(|_| format!("{day:?} is no day"))?;
        if result["Estimated"] == true {
            preliminary.insert(day);
        }
        for group in result["Groups"].as_array().into_iter().flatten() {
            let cost = &group["Metrics"]["AmortizedCost"];
            let usage_type = group["Keys"][0].as_str().ok_or("a group has no usage type")?;
            if cost["Unit"] != "USD" {
                return Err(format!("{usage_type} was billed in {}, not in USD", cost["Unit"]));
            }
            let amount = cost["Amount"].as_str().and_then(Amount::parse);
            let amount = amount.ok_or_else(|| format!("{} of {usage_type} is no amount", cost["Amount"]))?;
            let sum = sums.entry((day, usage_type::component(usage_type))).or_default();
            *sum = sum.plus(amount).ok_or("a sum has too many digits")?;
        }
    }
    Ok(())
}

fn period(asked: &BillAsked) -> Value {
    json!({ "Start": asked.days.0.to_string(), "End": asked.days.1.to_string() })
}

/// These conditions, and those of whose bill it is.
fn filter(asked: &BillAsked, conditions: &[Value]) -> Value {
    let mut all = conditions.to_vec();
    if !asked.accounts.is_empty() {
        all.push(one_of("LINKED_ACCOUNT", asked.accounts.iter().map(AccountId::as_str)));
    }
    if !asked.regions.is_empty() {
        all.push(one_of("REGION", asked.regions.iter().map(Region::as_str)));
    }
    // An `And` of one is refused.
    if all.len() == 1 { all.remove(0) } else { json!({ "And": all }) }
}

fn one_of<'a>(key: &str, values: impl IntoIterator<Item = &'a str>) -> Value {
    json!({ "Dimensions": { "Key": key, "Values": values.into_iter().collect::<Vec<_>>() } })
}

#[cfg(test)]
mod tests;
