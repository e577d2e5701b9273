//! `prices show`: what is known.

use std::collections::BTreeSet;

use anyhow::Result;
use cost_planner::allowlist::Glob;
use cost_planner::prices::{Item, Offer, PriceList, Prices, Row, Unpriced};
use idle_core::{InstanceType, Region};

use super::super::print;
use super::known;
use crate::aws::RegionError;
use crate::cli::{Global, Output, PricesShow};
use crate::exit::Exit;
use crate::render::{self, PriceRow, PricesReport, UnpricedRow};

pub(super) fn run(global: &Global, args: &PricesShow) -> Result<Exit> {
    let prices = known(&args.lists)?;
    let mut regions = BTreeSet::new();
    for region in &global.region {
        regions.insert(Region::parse(region).map_err(RegionError::Form)?);
    }
    if regions.is_empty() {
        regions = prices.lists().map(|list| list.region.clone()).collect();
    }
    let of_region = |region: &Region| -> Vec<PriceRow> {
        let lists = prices.lists().filter(|list| list.region == *region);
        lists.flat_map(|list| rows(&prices, list, args)).collect()
    };
    let rows: Vec<PriceRow> = regions.iter().flat_map(of_region).collect();
    let unpriced = regions.iter().flat_map(|region| unpriced(&prices, region, args, &rows)).collect();
    let report = PricesReport { rows, unpriced };
    print(&render::prices(args.output == Output::Json, &report))?;
    Ok(Exit::Done)
}

/// What a list answers, of what was asked for.
fn rows(prices: &Prices, list: &PriceList, args: &PricesShow) -> Vec<PriceRow> {
    let answers = |item: &Item| match list.offer {
        Offer::SavingsPlan(_) => true,
        _ => prices.row(&list.region, item).is_some_and(|(of, _)| std::ptr::eq(of, list)),
    };
    let wanted = list.rows.iter().filter(|(item, _)| is_wanted(item, args) && answers(item));
    wanted.map(|(item, row)| price_row(list, item, row)).collect()
}

fn is_wanted(item: &Item, args: &PricesShow) -> bool {
    let PricesShow { component, instance_type, .. } = args;
    match item {
        Item::Instance(of, typed) => {
            (component.is_empty() || component.contains(of))
                && (instance_type.is_empty() || instance_type.iter().any(|glob| glob.takes(typed.as_str())))
        }
        _ => component.is_empty() && instance_type.is_empty(),
    }
}

fn price_row(list: &PriceList, item: &Item, row: &Row) -> PriceRow {
    let (component, instance_type) = match item {
        Item::Instance(component, instance_type) => (Some(*component), Some(instance_type.clone())),
        _ => (None, None),
    };
    PriceRow {
        region: list.region.clone(),
        item: item.to_string(),
        component,
        instance_type,
        usd: row.rate.usd(),
        per: row.rate.per.as_str(),
        effective_at: row.effective_at,
        list: list.name(),
        document: list.document_of(row).to_owned(),
        sku: row.sku.clone(),
    }
}

/// What was asked for by name and has no price, with the reason.
fn unpriced(prices: &Prices, region: &Region, args: &PricesShow, rows: &[PriceRow]) -> Vec<UnpricedRow> {
    let say = |what: String, why: String| UnpricedRow { region: region.clone(), what, why };
    let of_region = |row: &&PriceRow| row.region == *region && !row.list.contains("savings plan");
    let mut unpriced = Vec::new();
    for glob in &args.instance_type {
        let takes = |row: &PriceRow| row.instance_type.as_ref().is_some_and(|typed| glob.takes(typed.as_str()));
        for component in &args.component {
            let why = match exact(glob) {
                Some(typed) => prices.instance(region, *component, Some(&typed)).err().map(|Unpriced(why)| why),
                None if rows.iter().filter(of_region).any(|row| row.component == Some(*component) && takes(row)) => {
                    None
                }
                None => Some(nothing(prices, region)),
            };
            unpriced.extend(why.map(|why| say(format!("{component} {}", glob.as_str()), why)));
        }
        if args.component.is_empty() && !rows.iter().filter(of_region).any(takes) {
            unpriced.push(say(glob.as_str().to_owned(), nothing(prices, region)));
        }
    }
    if args.instance_type.is_empty() {
        let has = |component| rows.iter().filter(of_region).any(|row| row.component == Some(component));
        let missing = args.component.iter().filter(|component| !has(**component));
        unpriced.extend(missing.map(|component| say(component.to_string(), nothing(prices, region))));
        if args.component.is_empty() && !rows.iter().any(|row| row.region == *region) {
            unpriced.push(say("everything".to_owned(), nothing(prices, region)));
        }
    }
    unpriced
}

/// The type that a pattern is, where it is no pattern.
fn exact(glob: &Glob) -> Option<InstanceType> {
    if glob.as_str().contains('*') { None } else { InstanceType::parse(glob.as_str()).ok() }
}

fn nothing(prices: &Prices, region: &Region) -> String {
    let names: Vec<String> = prices.lists().filter(|list| list.region == *region).map(PriceList::name).collect();
    if names.is_empty() {
        return format!("there is no list of {region}; hint: costctl prices refresh --region {region}");
    }
    format!("no price in {}", names.join(" or "))
}
