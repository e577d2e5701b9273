//! How far Savings Plans for machine learning reach.

use serde_json::{Value, json};

use super::amount::Amount;
use super::explorer::Explorer;
use super::{BillAsked, SAGEMAKER, filter, one_of, period};
use crate::observe::CallError;
use crate::observe::pages::each_page;

const COVERAGE: &str = "GetSavingsPlansCoverage";
const UTILIZATION: &str = "GetSavingsPlansUtilization";

/// The plans' type, as bills spell it. Cost Explorer's documentation names only those of EC2
/// and of computing: where it does not know this one it answers that it has no data, and
/// nothing is said of a net price.
const TYPE: &str = "SageMakerSavingsPlans";

/// Over the whole time that was asked for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct SavingsPlans {
    /// What part of the spend that plans could cover they covered, 0 to 100.
    pub(crate) coverage_percent: f64,
    /// What part of the plans' commitment was used, 0 to 100.
    pub(crate) utilization_percent: f64,
}

/// The plans' reach; `None` where there are no plans.
///
/// # Errors
/// In one line, when it could not be read.
pub(super) async fn reach(explorer: &Explorer<'_>, asked: &BillAsked) -> Result<Option<SavingsPlans>, String> {
    let coverage_percent = coverage(explorer, asked).await.map_err(|error| error.to_string())?;
    let Some(coverage_percent) = coverage_percent else { return Ok(None) };
    let utilization_percent = utilization(explorer, asked).await.map_err(|error| error.to_string())?;
    Ok(utilization_percent.map(|utilization_percent| SavingsPlans { coverage_percent, utilization_percent }))
}

async fn coverage(explorer: &Explorer<'_>, asked: &BillAsked) -> Result<Option<f64>, CallError> {
    let request = json!({
        "TimePeriod": period(asked),
        "Filter": filter(asked, &[one_of("SERVICE", [SAGEMAKER])]),
        "MaxResults": 100,
    });
    let ask = async |token: Option<String>| {
        let mut request = request.clone();
        if let Some(token) = token {
            request["NextToken"] = json!(token);
        }
        explorer.ask_if_any(COVERAGE, &request).await
    };
    let next = |page: &Option<Value>| page.as_ref()?["NextToken"].as_str().map(str::to_owned);
    let mut sums = Some([Amount::default(); 2]);
    each_page(COVERAGE, ask, next, |page| {
        let entries = page.iter().flat_map(|page| page["SavingsPlansCoverages"].as_array()).flatten();
        for entry in entries {
            let part = |member: &str| Amount::parse(entry["Coverage"][member].as_str()?);
            sums = sums.and_then(|[covered, total]| {
                let (own, rest) = (part("SpendCoveredBySavingsPlans")?, part("OnDemandCost")?);
                Some([covered.plus(own)?, total.plus(own)?.plus(rest)?])
            });
        }
    })
    .await?;
    let [covered, total] = sums.ok_or_else(|| CallError::unclear(COVERAGE, "an amount is none"))?;
    Ok(covered.percent_of(total))
}

/// Those of the account and the region are not told apart: a plan belongs to whoever pays.
async fn utilization(explorer: &Explorer<'_>, asked: &BillAsked) -> Result<Option<f64>, CallError> {
    let request = json!({ "TimePeriod": period(asked), "Filter": one_of("SAVINGS_PLANS_TYPE", [TYPE]) });
    let Some(answer) = explorer.ask_if_any(UTILIZATION, &request).await? else { return Ok(None) };
    let total = &answer["Total"]["Utilization"];
    let amount = |member: &str| total[member].as_str().and_then(Amount::parse);
    match (amount("UsedCommitment"), amount("TotalCommitment")) {
        (Some(used), Some(total)) => Ok(used.percent_of(total)),
        _ => Err(CallError::unclear(UTILIZATION, "it names no commitment")),
    }
}
