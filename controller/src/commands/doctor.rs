//! `doctor`: who am I, where, and what can be read.

use crate::aws::config;
use crate::cli::Global;
use crate::exit::Exit;
use crate::observe::Pace;
use crate::render::{print, table};

/// Checks identity, region and reading rights and prints them as a table.
/// Returns 0 if all went well, 1 otherwise. Changes nothing.
pub(super) async fn run(global: &Global) -> Exit {
    let config = config(global.region.first().map(String::as_str)).await;
    let pace = Pace::new(global.reads_per_second, global.writes_per_second);
    let (sts, sagemaker) = (aws_sdk_sts::Client::new(&config), aws_sdk_sagemaker::Client::new(&config));
    let identity = pace.read("GetCallerIdentity", async || sts.get_caller_identity().send().await).await;
    let domains = pace.read("ListDomains", async || sagemaker.list_domains().max_results(100).send().await).await;
    let rows = [
        match config.region() {
            Some(region) => ("region", true, region.to_string()),
            None => ("region", false, "none; hint: --region, or AWS_REGION".to_owned()),
        },
        match &identity {
            Ok(identity) => ("identity", true, identity.arn().unwrap_or("without an ARN").to_owned()),
            Err(error) => ("identity", false, error.to_string()),
        },
        match &domains {
            Ok(page) => {
                let more = if page.next_token().is_some() { " or more" } else { "" };
                ("list-domains", true, format!("{}{more} seen", page.domains().len()))
            }
            Err(error) => ("list-domains", false, error.to_string()),
        },
    ];
    let all_well = rows.iter().all(|(_, ok, _)| *ok);
    let cells = rows.map(|(check, ok, detail)| [check, if ok { "ok" } else { "FAIL" }, &detail].map(str::to_owned));
    let printed = print(&table(["CHECK", "RESULT", "DETAIL"], cells));
    if all_well && printed.is_ok() { Exit::Done } else { Exit::Failed }
}
