//! `prices refresh`: from AWS to the cache.

use anyhow::Result;
use cost_planner::prices::{Offer, PriceList};
use idle_core::Region;
use jiff::Timestamp;

use super::super::{print, told};
use super::{NoFolder, folder};
use crate::aws::{RegionError, config};
use crate::cli::{Global, PricesFrom, PricesRefresh};
use crate::exit::{Exit, Tally};
use crate::observe::{Pace, PriceApi, PriceFiles, PricesError, Ways, ways};
use crate::record::PriceCache;
use crate::render::{self, Fetched, Progress};

pub(super) async fn run(global: &Global, args: &PricesRefresh) -> Result<Exit> {
    let folder = folder(&args.lists).ok_or(NoFolder)?;
    let cache = PriceCache::new(folder.clone());
    let progress = Progress::new(global.no_progress);
    let mut rows = Vec::new();
    for region in regions(global).await? {
        progress.say(&format!("prices of {region}"));
        let refresh = Refresh { global, args, ways: ways(&region), region: region.clone(), now: Timestamp::now() };
        for (offer, list) in refresh.lists().await {
            let kept = list.and_then(|list| cache.put(&list).map(|_| list).map_err(Into::into));
            rows.push(Fetched { region: region.clone(), offer, list: kept.map_err(|error| told(&error)) });
        }
    }
    progress.clear();
    let failed = rows.iter().filter(|row| row.list.is_err()).count();
    print(&render::fetched(&rows, &folder))?;
    Ok(Tally { well: rows.len() - failed, failed, ..Tally::default() }.exit())
}

/// The regions that the flags name, or the one that the AWS CLI would work in.
async fn regions(global: &Global) -> Result<Vec<Region>> {
    let mut regions = Vec::new();
    for text in &global.region {
        let region = Region::parse(text).map_err(RegionError::Form)?;
        if !regions.contains(&region) {
            regions.push(region);
        }
    }
    if regions.is_empty() {
        let config = config(None).await;
        let region = config.region().ok_or(RegionError::None)?;
        regions.push(Region::parse(region.as_ref()).map_err(RegionError::Form)?);
    }
    Ok(regions)
}

/// One region.
struct Refresh<'a> {
    global: &'a Global,
    args: &'a PricesRefresh,
    region: Region,
    ways: Ways,
    now: Timestamp,
}

type Asked = (&'static str, Result<PriceList>);

impl Refresh<'_> {
    /// Everything that was asked for: what it is, and the list or why there is none.
    async fn lists(&self) -> Vec<Asked> {
        let mut lists = self.on_demand().await;
        if let Some(plan) = self.args.savings_plans {
            let list = match self.files() {
                Ok(files) => files.savings_plan(plan, &self.region, self.now).await,
                Err(error) => Err(error),
            };
            lists.push(("savings plan", list.map_err(Into::into)));
        }
        lists
    }

    async fn on_demand(&self) -> Vec<Asked> {
        let region = &self.region;
        match self.args.from {
            PricesFrom::Bulk => vec![(SAGEMAKER, self.of_files().await)],
            PricesFrom::Auto if self.ways.is_foreign => {
                eprintln!(
                    "{region}: the Price List API has no place in this partition, and takes credentials of a commercial \
                     account alone: taking the public file; hint: --from api with such credentials"
                );
                vec![(SAGEMAKER, self.of_files().await)]
            }
            PricesFrom::Api => self.of_api().await,
            PricesFrom::Auto => {
                let lists = self.of_api().await;
                match &lists[..] {
                    [(_, Err(error)), ..] => {
                        eprintln!("{region}: {}; taking the public file", told(error));
                        vec![(SAGEMAKER, self.of_files().await)]
                    }
                    _ => lists,
                }
            }
        }
    }

    /// The lists that the API has; after a failure there is no second one.
    async fn of_api(&self) -> Vec<Asked> {
        let pace = Pace::new(self.global.reads_per_second, self.global.writes_per_second);
        let api = PriceApi::new(&config(Some(self.ways.api)).await, self.ways.api, &pace);
        let list = api.list(Offer::SageMaker, &self.region, self.now).await;
        let mut lists = vec![(SAGEMAKER, list.map_err(Into::into))];
        if lists[0].1.is_ok() {
            let list = api.list(Offer::Vpc, &self.region, self.now).await;
            lists.push(("VPC endpoints", list.map_err(Into::into)));
        }
        lists
    }

    async fn of_files(&self) -> Result<PriceList> {
        eprintln!(
            "{}: the public file has no prices of VPC endpoints: without an earlier list they stay unpriced; hint: --from api",
            self.region
        );
        Ok(self.files()?.list(&self.region, self.now).await?)
    }

    fn files(&self) -> Result<PriceFiles, PricesError> {
        let url = self.args.prices_url.as_deref();
        PriceFiles::of(&self.region, self.ways, url, |name| std::env::var(name).ok())
    }
}

const SAGEMAKER: &str = "SageMaker";
