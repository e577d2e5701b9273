//! The Price List API: the only way to prices that no small file holds.

use aws_config::SdkConfig;
use aws_sdk_pricing::types::{Filter, FilterType};
use cost_planner::prices::{Offer, PriceList, ReadError, Reader, Source};
use idle_core::Region;
use jiff::Timestamp;

use super::PricesError;
use crate::observe::{CallError, Pace, each_page};

const GET: &str = "GetProducts";
/// As many as `GetProducts` gives: a region has some 6,000 of SageMaker.
const PAGE: i32 = 100;

/// The API in one of the regions where it is.
pub(crate) struct PriceApi<'a> {
    client: aws_sdk_pricing::Client,
    home: String,
    pace: &'a Pace,
}

impl<'a> PriceApi<'a> {
    /// The API with these settings, of the region where it is.
    pub(crate) fn new(config: &SdkConfig, home: &str, pace: &'a Pace) -> Self {
        Self { client: aws_sdk_pricing::Client::new(config), home: home.to_owned(), pace }
    }

    /// What SageMaker bills on demand in a region, or VPC endpoints do.
    ///
    /// # Errors
    /// When not all could be listed, or there is no price among it.
    pub(crate) async fn list(&self, offer: Offer, region: &Region, now: Timestamp) -> Result<PriceList, PricesError> {
        let (service, filters) = asked(offer, region);
        let ask = async |token: Option<String>| {
            let call = async || {
                let call = self.client.get_products().service_code(service).set_filters(Some(filters.clone()));
                call.max_results(PAGE).set_next_token(token.clone()).send().await
            };
            self.pace.read(GET, call).await
        };
        let document = format!("{GET} of {service} in {}", self.home);
        let unread = |source: ReadError| PricesError::Read { from: document.clone(), source };
        let mut reader = Reader::new(offer, region.clone(), now);
        let mut read = Ok(());
        each_page(
            GET,
            ask,
            |page| page.next_token().map(str::to_owned),
            |page| {
                if read.is_ok() {
                    read = page.price_list().iter().try_for_each(|record| reader.record(record));
                }
            },
        )
        .await
        .map_err(|error: CallError| error.of(format!("of {service} for {region}")))?;
        read.and_then(|()| reader.finish(Source { document: document.clone(), fetched_at: now })).map_err(unread)
    }
}

/// The offer of VPCs has every line of networking: of it only what ends so is asked for.
fn asked(offer: Offer, region: &Region) -> (&'static str, Vec<Filter>) {
    let filter = |kind: FilterType, field: &str, value: &str| {
        Filter::builder().r#type(kind).field(field).value(value).build().expect("all three are there")
    };
    let of_region = filter(FilterType::TermMatch, "regionCode", region.as_str());
    match offer {
        Offer::Vpc => ("AmazonVPC", vec![of_region, filter(FilterType::Contains, "usagetype", "VpcEndpoint-Hours")]),
        Offer::SageMaker | Offer::SavingsPlan(_) | Offer::Bundled => ("AmazonSageMaker", vec![of_region]),
    }
}
