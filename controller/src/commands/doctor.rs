//! `doctor`: who am I, where, and what can be read.

use std::process::ExitCode;

use aws_config::{BehaviorVersion, Region};
use aws_sdk_sagemaker::error::DisplayErrorContext;
use aws_smithy_http_client::tls;
use comfy_table::{ContentArrangement, Table, presets};

/// Checks identity, region and reading rights and prints them as a table.
/// Returns 0 if all went well, 1 otherwise. Changes nothing.
pub(crate) async fn run(region: Option<String>) -> ExitCode {
    let ring = tls::Provider::Rustls(tls::rustls_provider::CryptoMode::Ring);
    let http = aws_smithy_http_client::Builder::new().tls_provider(ring).build_https();
    let mut loader = aws_config::defaults(BehaviorVersion::v2026_01_12()).http_client(http);
    if let Some(region) = region {
        loader = loader.region(Region::new(region));
    }
    let config = loader.load().await;
    let identity = aws_sdk_sts::Client::new(&config).get_caller_identity().send().await;
    let domains = aws_sdk_sagemaker::Client::new(&config).list_domains().max_results(100).send().await;
    let rows = [
        match config.region() {
            Some(region) => ("region", true, region.to_string()),
            None => ("region", false, "none; hint: --region, or AWS_REGION".to_owned()),
        },
        match &identity {
            Ok(identity) => ("identity", true, identity.arn().unwrap_or("without an ARN").to_owned()),
            Err(error) => ("identity", false, first_words(&DisplayErrorContext(error).to_string())),
        },
        match &domains {
            Ok(page) => {
                let more = if page.next_token().is_some() { " or more" } else { "" };
                ("list-domains", true, format!("{}{more} seen", page.domains().len()))
            }
            Err(error) => ("list-domains", false, first_words(&DisplayErrorContext(error).to_string())),
        },
    ];
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic).set_width(80);
    table.set_header(["CHECK", "RESULT", "DETAIL"]);
    table.add_rows(rows.iter().map(|(check, ok, detail)| [*check, if *ok { "ok" } else { "FAIL" }, detail]));
    println!("{}", table.trim_fmt());
    if rows.iter().all(|(_, ok, _)| *ok) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn first_words(text: &str) -> String {
    text.chars().take(300).collect()
}
