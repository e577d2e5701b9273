use super::*;

fn region(name: &str) -> Region {
    Region::parse(name).expect("a region")
}

fn typed(name: &str) -> InstanceType {
    InstanceType::parse(name).expect("a type")
}

#[test]
fn a_price_is_its_own_regions_and_components_or_none() {
    for (at, component, instance_type, micro_usd) in [
        ("us-east-1", Component::JupyterLab, "ml.g4dn.xlarge", Some(736_400)),
        ("us-east-1", Component::Notebook, "ml.g4dn.xlarge", Some(736_000)),
        ("eu-west-1", Component::Hosting, "ml.g4dn.xlarge", Some(821_000)),
        ("us-west-2", Component::JupyterLab, "ml.p4d.24xlarge", Some(25_251_286)),
        ("us-east-1", Component::CodeEditor, "ml.g4dn.xlarge", None),
        ("us-east-1", Component::AsyncInf, "ml.m5.xlarge", None),
        ("us-east-1", Component::Notebook, "ml.r7i.4xlarge", None),
        ("eu-west-1", Component::JupyterLab, "ml.g5.12xlarge", None),
        ("eu-west-2", Component::JupyterLab, "ml.g5.12xlarge", None),
    ] {
        let price = Prices::bundled().instance(&region(at), component, Some(&typed(instance_type)));
        let told = format!("{at} {component} {instance_type}");
        match (price, micro_usd) {
            (Ok(price), Some(micro_usd)) => {
                assert_eq!((price.micro_usd_per_hour, &*price.list), (micro_usd, "bundled 2026-09-24"), "{told}");
            }
            (Err(Unpriced(why)), None) => {
                assert!(why.contains(instance_type) && why.contains(at) && why.contains("2026-09-24"), "{why}");
            }
            (other, _) => panic!("{told}: {other:?}"),
        }
    }
}

#[test]
fn system_bills_nothing_for_the_classic_server_alone() {
    let (prices, system) = (Prices::bundled(), typed("system"));
    for app_type in AppType::ALL {
        let price = prices.app(&region("eu-west-1"), *app_type, Some(&system));
        let is_free = *app_type == AppType::JupyterServer;
        assert_eq!(price.ok().map(|price| price.micro_usd_per_hour), is_free.then_some(0), "{app_type}");
    }
}

#[test]
fn a_volume_is_priced_where_its_size_and_region_are_known() {
    let prices = Prices::bundled();
    let price = prices.volume(&region("us-east-1"), Some(730)).expect("a price");
    assert_eq!(price.micro_usd_per_hour, 112_000);
    assert!(prices.volume(&region("us-east-1"), None).is_err());
    assert!(prices.volume(&region("eu-west-1"), Some(5)).is_err());
}

fn fetched(offer: Offer, day: &str, rows: &[(&str, &str, Per)]) -> PriceList {
    let at = format!("{day}T10:00:00Z").parse().expect("a time");
    let row = |(item, usd, per): &(&str, &str, Per)| {
        let rate = Rate::parse(usd, *per).expect("an amount");
        (item.parse().expect("an item"), Row { rate, effective_at: at, sku: None, document: None })
    };
    PriceList {
        schema_version: LIST_SCHEMA_VERSION,
        offer,
        region: region("us-east-1"),
        published_at: at,
        fetched_at: at,
        document: "a test".to_owned(),
        rows: rows.iter().map(row).collect(),
        contradictory: Default::default(),
        left_out: Default::default(),
    }
}

#[test]
fn a_fetched_list_answers_first_and_every_answer_names_its_list() {
    let lab = "Studio:JupyterLab-ml.g5.xlarge";
    let new = fetched(Offer::SageMaker, "2026-11-20", &[(lab, "1.5", Per::Hour)]);
    let vpc = fetched(Offer::Vpc, "2026-11-18", &[("VpcEndpoint-Hours", "0.01", Per::Hour)]);
    let prices = Prices::bundled().with(fetched(Offer::SageMaker, "2026-10-01", &[(lab, "9", Per::Hour)]));
    let prices = prices.with(new).with(vpc);
    let of =
        |instance_type: &str| prices.instance(&region("us-east-1"), Component::JupyterLab, Some(&typed(instance_type)));
    assert_eq!(of("ml.g5.xlarge"), Ok(Priced { micro_usd_per_hour: 1_500_000, list: "aws 2026-11-20".to_owned() }));
    assert_eq!(of("ml.t3.medium").map(|priced| priced.list).as_deref(), Ok("bundled 2026-09-24"));
    let Err(Unpriced(why)) = of("ml.p3.2xlarge") else { panic!("priced") };
    assert!(why.ends_with("in us-east-1 in aws 2026-11-20 or the table of 2026-09-24"), "{why}");
    let endpoint = prices.vpc_endpoint(&region("us-east-1")).expect("a price");
    assert_eq!((endpoint.micro_usd_per_hour, &*endpoint.list), (10_000, "aws vpc 2026-11-18"));
    assert!(prices.vpc_endpoint(&region("us-west-2")).is_err());
}

#[test]
fn provisioned_concurrency_is_priced_by_its_memory() {
    let warm = [
        ("ProvisionedConcurrency:Usage-2GB", "0.0000086", Per::Second),
        ("ProvisionedConcurrency:Mem-3GB", "1", Per::Second),
    ];
    let prices = Prices::bundled().with(fetched(Offer::SageMaker, "2026-11-20", &warm));
    let of = |memory_mb, units| {
        let price = prices.provisioned_concurrency(&region("us-east-1"), memory_mb, units);
        price.ok().map(|price| price.micro_usd_per_hour)
    };
    assert_eq!((of(2048, 1), of(2048, 5)), (Some(30_960), Some(154_800)));
    assert_eq!((of(3072, 1), of(2000, 1), of(0, 1)), (None, None, None));
}

#[test]
fn two_prices_at_once_are_none_even_where_the_table_has_one() {
    let mut list = fetched(Offer::SageMaker, "2026-11-20", &[]);
    list.contradictory.insert("Studio:JupyterLab-ml.t3.medium".parse().expect("an item"));
    let prices = Prices::bundled().with(list);
    let price = prices.instance(&region("us-east-1"), Component::JupyterLab, Some(&typed("ml.t3.medium")));
    assert!(price.is_err_and(|Unpriced(why)| why.contains("several prices")));
}

#[test]
fn a_savings_plan_answers_only_when_it_is_asked() {
    let lab = "Studio:JupyterLab-ml.g5.xlarge";
    let plan = Offer::SavingsPlan("1yr:no-upfront".parse().expect("a plan"));
    let prices = Prices::bundled();
    let rate = |prices: &Prices| {
        let rate = prices.savings_plan_rate(&region("us-east-1"), Component::JupyterLab, &typed("ml.g5.xlarge"));
        rate.ok().map(|rate| (rate.micro_usd_per_hour, rate.list))
    };
    assert_eq!(rate(&prices), None);
    let prices = prices.with(fetched(plan, "2026-11-20", &[(lab, "1.03", Per::Hour)]));
    assert_eq!(rate(&prices), Some((1_030_000, "aws savings plan 1yr:no-upfront 2026-11-20".to_owned())));
    let listed = prices.instance(&region("us-east-1"), Component::JupyterLab, Some(&typed("ml.g5.xlarge")));
    assert_eq!(listed.map(|price| price.micro_usd_per_hour), Ok(1_410_000));
}
