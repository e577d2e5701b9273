//! Spend as rows of FOCUS, the FinOps Open Cost and Usage Specification, version 1.2.
//!
//! One row for each run, UTC day and price: RFC 4180, with all columns that the
//! specification calls mandatory, the conditional ones that are known, and ours with `x_`.
//! Where a row is no charge of a provider's bill, two of its rules are bent, and only those:
//!
//! - `BilledCost` is 0. These rows invoice nothing, and so they can stand beside AWS's own
//!   export without a sum that counts twice. What was spent is `ListCost` and `EffectiveCost`.
//! - Costs of what has no price are empty, not 0, though the specification allows no null
//!   there; `x_UnpricedReason` says why.
//!
//! `ContractedCost` is the list's, because no negotiated price is known; `EffectiveCost`
//! is with Savings Plans where they are known, else the list's. `BillingAccountId` is the
//! account in which it ran: which one pays for it is not known here.

use std::io::Write;

use cost_ledger::Resource;
use cost_ledger::report::ChargeRow;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// The columns, in the specification's order; ours last.
const COLUMNS: [&str; 46] = [
    "BilledCost",
    "BillingAccountId",
    "BillingAccountName",
    "BillingCurrency",
    "BillingPeriodEnd",
    "BillingPeriodStart",
    "ChargeCategory",
    "ChargeClass",
    "ChargeDescription",
    "ChargeFrequency",
    "ChargePeriodEnd",
    "ChargePeriodStart",
    "ConsumedQuantity",
    "ConsumedUnit",
    "ContractedCost",
    "ContractedUnitPrice",
    "EffectiveCost",
    "InvoiceIssuerName",
    "ListCost",
    "ListUnitPrice",
    "PricingCategory",
    "PricingQuantity",
    "PricingUnit",
    "ProviderName",
    "PublisherName",
    "RegionId",
    "RegionName",
    "ResourceId",
    "ResourceName",
    "ResourceType",
    "ServiceCategory",
    "ServiceName",
    "ServiceSubcategory",
    "SubAccountId",
    "SubAccountName",
    "Tags",
    "x_Component",
    "x_DomainId",
    "x_IdleHours",
    "x_IdleListCost",
    "x_InstanceType",
    "x_Owner",
    "x_PriceList",
    "x_Units",
    "x_UnpricedReason",
    "x_ResourceBegan",
];

/// Rows of charges, as they come.
pub(crate) struct Charges<W: Write>(csv::Writer<W>);

/// An export with its header.
///
/// # Errors
/// When it cannot be written.
pub(crate) fn charges<W: Write>(out: W) -> csv::Result<Charges<W>> {
    let mut csv = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
    csv.write_record(COLUMNS)?;
    Ok(Charges(csv))
}

impl<W: Write> Charges<W> {
    /// One more row.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn write(&mut self, row: &ChargeRow<'_>) -> csv::Result<()> {
        self.0.write_record(record(row))
    }

    /// The end.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn finish(mut self) -> std::io::Result<()> {
        self.0.flush()
    }
}

fn record(row: &ChargeRow<'_>) -> [String; COLUMNS.len()] {
    let ChargeRow { run, span, from, to, micro_usd_per_hour, money, idle, .. } = row;
    let scope = run.scope();
    let text = str::to_owned;
    let (month, next_month) = billing_period(*from);
    let cost = |micro_usd: u64| micro_usd_per_hour.map_or(String::new(), |_| decimal(micro_usd));
    let list = cost(money.list_micro_usd);
    let unit_price = micro_usd_per_hour.map_or(String::new(), decimal);
    let resource = run.resource().ok();
    let domain = resource.as_ref().and_then(Resource::domain).map_or(String::new(), ToString::to_string);
    let name = run.resource_text();
    let of_type = name.split('/').next().unwrap_or_default();
    let tags: serde_json::Map<String, serde_json::Value> =
        row.tags().iter().map(|(key, value)| (key.to_owned(), value.into())).collect();
    [
        text("0"),
        text(scope.account),
        String::new(),
        text("USD"),
        next_month,
        month,
        text("Usage"),
        String::new(),
        described(row),
        text("Usage-Based"),
        time(*to),
        time(*from),
        quantity(money.seconds),
        text("Hours"),
        list.clone(),
        unit_price.clone(),
        cost(money.net_micro_usd.unwrap_or(money.list_micro_usd)),
        text("AWS"),
        list,
        unit_price,
        text("Standard"),
        quantity(money.seconds),
        text("Hours"),
        text("AWS"),
        text("AWS"),
        text(scope.region),
        text(scope.region),
        text(name),
        text(name.split_once('/').map_or(name, |(_, rest)| rest)),
        text(of_type),
        text("AI and Machine Learning"),
        text("Amazon SageMaker"),
        text("Machine Learning"),
        text(scope.account),
        String::new(),
        serde_json::Value::Object(tags).to_string(),
        text(span.component()),
        domain,
        quantity(idle.seconds),
        cost(idle.list_micro_usd),
        text(span.instance_type().unwrap_or_default()),
        text(span.owner().unwrap_or_default()),
        text(row.list().unwrap_or_default()),
        span.units().to_string(),
        text(row.unpriced().unwrap_or_default()),
        began(run.began()),
    ]
}

fn described(row: &ChargeRow<'_>) -> String {
    let component = row.span.component();
    let on = row.span.instance_type().map_or(String::new(), |on| format!(" on {on}"));
    match row.micro_usd_per_hour {
        Some(rate) => format!("{component}{on} at ${} an hour by list price, estimated", decimal(rate)),
        None => format!("{component}{on}, which has no price"),
    }
}

/// Millionths as a decimal, exactly.
fn decimal(micro: u64) -> String {
    let text = format!("{}.{:06}", micro / 1_000_000, micro % 1_000_000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Hours with ten decimals: with fewer, unit price by quantity would not come to the cost.
fn quantity(seconds: u64) -> String {
    const TEN: u128 = 10_000_000_000;
    let parts = u128::from(seconds) * TEN / 3600;
    let text = format!("{}.{:010}", parts / TEN, parts % TEN);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// The calendar month of a time, from and to.
fn billing_period(at: Timestamp) -> (String, String) {
    let first = TimeZone::UTC.to_datetime(at).date().first_of_month();
    let next = first.last_of_month().tomorrow().unwrap_or(Date::MAX);
    (format!("{first}T00:00:00Z"), format!("{next}T00:00:00Z"))
}

/// When there is this one of its name; of some, such as volumes, that is not known.
fn began(at: Timestamp) -> String {
    if at == Timestamp::UNIX_EPOCH { String::new() } else { time(at) }
}

fn time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_plain_decimals() {
        assert_eq!([decimal(0), decimal(1), decimal(736_400), decimal(2_000_000)], ["0", "0.000001", "0.7364", "2"]);
        assert_eq!([quantity(0), quantity(1), quantity(5400)], ["0", "0.0002777777", "1.5"]);
    }

    #[test]
    fn a_billing_period_is_a_month() {
        let at = "2026-12-31T23:59:59Z".parse().expect("a time");
        assert_eq!(billing_period(at), ("2026-12-01T00:00:00Z".to_owned(), "2027-01-01T00:00:00Z".to_owned()));
    }
}
