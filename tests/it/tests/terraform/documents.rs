//! What is written about the module, and what costctl would have made in its place.

use std::fs;

use serde_json::{Value, json};
use studio_parts::sandbox::{Sandbox, SandboxOptions};
use studio_parts::terraform::Terraform;
use studio_parts::workspace::workspace_root;

use crate::elsewhere::{Elsewhere, project};
use crate::world::costctl;

/// All that the examples of AWS's documents stand for.
const EXAMPLES: &[&str] = &["amzn-s3-demo-bucket", "1234abcd-12ab", "example-external-id", "111122223333", "us-east-1"];
/// Every part of the module that is there only where it is asked for.
const EVERYTHING: &str = r#"
  organization_id          = "o-exampleorgid"
  source_vpce_ids          = ["vpce-1a2b3c4d"]
  source_vpce_exempt_arns  = ["arn:aws:iam::444455556666:role/terraform"]
  object_lock              = { days = 30 }
  access_logs              = { bucket = "access-logs" }
  more_agent_policies      = ["agent-shared-spaces", "agent-notebook-instances"]
  act_on_endpoints         = true
  permissions_boundary_arn = "arn:aws:iam::444455556666:policy/boundary"
  organization             = true
  regions                  = ["eu-west-1", "eu-central-1"]
  function_vpc             = { subnet_ids = ["subnet-1a2b3c4d"], security_group_ids = ["sg-1a2b3c4d"] }
  alarm_emails             = ["costs@example.com"]
  coverage_below_percent   = 90
  usd_per_month            = 5000

  vpc_endpoints = {
    vpc_id             = "vpc-1a2b3c4d"
    subnet_ids         = ["subnet-1a2b3c4d"]
    route_table_ids    = ["rtb-1a2b3c4d"]
    client_cidr_blocks = ["10.0.0.0/16"]
  }
"#;

#[test]
fn everything_is_formatted() {
    let Some(terraform) = Terraform::find().unwrap() else { return };
    assert_eq!(terraform.unformatted().unwrap(), "");
}

/// `  name = "…"` and `description = "…"` of each variable, in the order of the file.
fn variables() -> Vec<(String, String)> {
    let text = fs::read_to_string(workspace_root().join("packaging/terraform/variables.tf")).unwrap();
    let blocks = text.split("\nvariable \"").skip(1);
    let variables = blocks.map(|block| {
        let (name, rest) = block.split_once('"').unwrap();
        let (_, description) = rest.split_once("description = \"").unwrap();
        let (description, _) = description.split_once("\"\n").unwrap();
        (name.to_owned(), description.replace("\\\"", "\""))
    });
    variables.collect()
}

#[test]
fn the_readme_names_every_variable_and_no_other() {
    let readme = fs::read_to_string(workspace_root().join("packaging/terraform/README.md")).unwrap();
    let (_, section) = readme.split_once("\n## Variables\n").unwrap();
    let (section, _) = section.split_once("\n## ").unwrap();
    let rows = section.lines().filter_map(|line| line.strip_prefix("| `")).map(|row| {
        let cells: Vec<&str> = row.trim_end_matches(" |").split(" | ").collect();
        (cells[0].trim_end_matches('`').to_owned(), cells[2..].join(" | "))
    });
    assert_eq!(rows.collect::<Vec<_>>(), variables());
}

/// Wherever the documents of `packaging/iam` name an example, the module puts what it is here; and
/// what the dashboards and alarms of `costctl dashboard put` are, the module's are, too.
#[test]
fn documents_dashboard_and_alarms_are_those_of_costctl() {
    let Some(terraform) = Terraform::find().unwrap() else { return };
    let elsewhere = Elsewhere::plan(&terraform, EVERYTHING);
    let mut documents = 0;
    for (kind, member) in [
        ("aws_iam_policy", "policy"),
        ("aws_iam_role_policy", "policy"),
        ("aws_iam_role", "assume_role_policy"),
        ("aws_s3_bucket_policy", "policy"),
    ] {
        for values in elsewhere.planned(kind) {
            let Some(document) = values[member].as_str() else { continue };
            documents += 1;
            let found: Vec<_> = EXAMPLES.iter().filter(|example| document.contains(**example)).collect();
            assert_eq!(found, Vec::<&&str>::new(), "in {kind} {}: {document}", values["name"]);
            serde_json::from_str::<Value>(document).unwrap();
        }
    }
    assert!(documents >= 14, "only {documents} documents are known to the plan");

    let mut command = costctl(&elsewhere.sandbox.aws_env());
    command.args(["dashboard", "plan", "--search", "--alarms", "--coverage-below", "90", "--usd-per-month", "5000"]);
    let output = command.args(["--region", "eu-west-1", "--output", "json"]).output().unwrap();
    let wanted: Value = serde_json::from_slice(&output.stdout).unwrap();
    let body = elsewhere.planned("aws_cloudwatch_dashboard")[0]["dashboard_body"].as_str().unwrap();
    assert_eq!(serde_json::from_str::<Value>(body).unwrap(), wanted["dashboards"][0]["body"]);

    let planned = elsewhere.planned("aws_cloudwatch_metric_alarm");
    let alarms = wanted["alarms"].as_array().unwrap();
    assert_eq!(alarms.len(), 4);
    for alarm in alarms.iter().map(|row| &row["alarm"]) {
        let ours = planned.iter().find(|values| values["alarm_name"] == alarm["name"]).unwrap();
        assert_eq!(as_costctl_says(ours), *alarm);
    }
}

/// Before anything is there: what a member takes from the central account is not known yet.
#[test]
fn a_member_is_planned_together_with_the_central_account() {
    let Some(terraform) = Terraform::find().unwrap() else { return };
    let sandbox = Sandbox::start(SandboxOptions::default()).unwrap();
    let mut project = project(&terraform, "multi-account", &sandbox, &[("research", "444455556666")]);
    project.set("deployer_role", "");
    let plan = project.plan_document().unwrap();
    let modules = plan["planned_values"]["root_module"]["child_modules"].as_array().unwrap();
    let made = |module: &str, kind: &str| {
        let module = modules.iter().find(|found| found["address"] == module).unwrap();
        module["resources"].as_array().unwrap().iter().filter(|resource| resource["type"] == kind).count()
    };
    for (kind, central, member) in [
        ("aws_sagemaker_studio_lifecycle_config", 4, 4),
        ("aws_iam_role", 5, 2),
        ("aws_s3_bucket", 1, 0),
        ("aws_kms_key", 1, 0),
        ("aws_lambda_function", 1, 0),
        ("aws_sfn_state_machine", 1, 0),
        ("aws_scheduler_schedule", 1, 0),
    ] {
        assert_eq!((made("module.central", kind), made("module.research", kind)), (central, member), "{kind}");
    }
}

/// The alarm in costctl's words, without those whom it tells, whom nobody knows before the topic is made.
fn as_costctl_says(values: &Value) -> Value {
    let queries = values["metric_query"].as_array().unwrap();
    let of_metric = |query: &&Value| !query["metric"].as_array().unwrap().is_empty();
    let metrics: Vec<&Value> = queries.iter().filter(of_metric).collect();
    let mut measures: Vec<Value> = metrics
        .iter()
        .map(|query| {
            let metric = &query["metric"][0];
            assert_eq!(metric["namespace"], "CostControl");
            json!({ "id": query["id"], "metric": metric["metric_name"], "stat": metric["stat"] })
        })
        .collect();
    measures.sort_by_key(|measure| measure["id"].to_string());
    let expression = queries.iter().filter_map(|query| query["expression"].as_str()).find(|text| !text.is_empty());
    assert_eq!(values["datapoints_to_alarm"], values["evaluation_periods"]);
    let number = |value: &Value| value.as_f64().unwrap();
    json!({
        "name": values["alarm_name"], "description": values["alarm_description"], "measures": measures,
        "expression": expression, "period": metrics[0]["metric"][0]["period"], "points": values["evaluation_periods"],
        "comparison": values["comparison_operator"], "threshold": number(&values["threshold"]),
        "missing": values["treat_missing_data"], "actions": [],
    })
}
