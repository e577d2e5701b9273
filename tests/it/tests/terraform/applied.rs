//! A new domain from nothing to nothing, with a day of work in between: the whole product, by the
//! parts that a company would use.

use std::time::Duration;

use serde_json::{Value, json};
use studio_parts::terraform::{Planned, Terraform};

use crate::day::{IDLE_TIMEOUT, Studio};
use crate::world::World;

/// What the networks of moto do not tell again: the description of rules that name a group or list.
const NETWORK: &str = r#"
resource "aws_vpc_security_group_egress_rule" "apps_to_s3" {
  description = null
}

resource "aws_vpc_security_group_ingress_rule" "apps_from_apps" {
  description = null
}
"#;

/// The function finds its servers as costctl does; a bucket with evidence goes, too.
const DESTROYABLE: &str = r#"
module "costctl" {
  force_destroy = true
}
"#;

#[test]
fn a_new_domain_is_made_watched_swept_audited_and_destroyed() {
    let Some(terraform) = Terraform::find().unwrap() else { return };
    let world = World::start();
    let mut project = world.project(&terraform, "new-domain");
    project.set("idle_timeout", IDLE_TIMEOUT);
    project.override_example("network", NETWORK).unwrap();
    project.override_example("destroyable", DESTROYABLE).unwrap();
    let variables: String = world.env().iter().map(|(name, value)| format!("      {name} = \"{value}\"\n")).collect();
    // Ministack gives a function credentials and a region of its own.
    let environment = format!(
        "resource \"aws_lambda_function\" \"sweep\" {{\n  environment {{\n    variables = merge(local.sweep_environment, \
         {{\n{variables}    }})\n  }}\n}}\n"
    );
    project.override_module("function", &environment).unwrap();

    project.apply().unwrap();
    let outputs = project.outputs().unwrap();
    let text = |name: &str| outputs[name].as_str().unwrap().to_owned();

    // costctl finds its own: binary, lifecycle configurations, and where they are attached.
    let (artifacts, domain) = (text("artifacts_url"), text("domain_id"));
    let admin = project.dir().join("admin.toml");
    std::fs::write(&admin, "[bounds]\nsnooze-max = \"4h\"\nsnoozes-max = 3\nidle-timeout-max = \"8h\"\n").unwrap();
    let install = [
        "install",
        "--all-domains",
        "--artifacts",
        &artifacts,
        "--idle-timeout",
        IDLE_TIMEOUT,
        "--agent-settings",
        admin.to_str().unwrap(),
        "--output",
        "json",
        "--check",
    ];
    let plan = world.costctl(&install).expect(0).json()["regions"][0].take();
    assert_eq!((&plan["binary"], &plan["plan"]["edits"]), (&Value::Null, &json!([])), "{plan}");
    assert!(plan["plan"]["unchanged"].as_u64() >= Some(7), "every place was looked at: {plan}");

    let studio = Studio {
        world: &world,
        domain,
        artifacts,
        evidence: text("evidence_url"),
        ledger: text("ledger_url"),
        agent_settings: admin,
        dir: project.dir(),
    };
    studio.somebody_works_and_leaves();
    studio.somebody_left_long_ago();
    studio.savings_are_told();
    studio.dashboards_show_it();
    studio.somebody_changes_it();
    studio.an_auditor_asks();

    // The state machine sweeps: a rehearsal, by the roles and the policy that Terraform made.
    let input = json!({});
    let swept = world.ministack.execute(&text("state_machine_arn"), &input, Duration::from_secs(300)).unwrap();
    assert_eq!(swept.status, "SUCCEEDED", "{swept:?}");

    studio.everybody_leaves();
    assert_eq!(project.plan().unwrap(), Planned::NoChange, "after all that");
    project.destroy().unwrap();
    for (operation, member) in [
        ("ListDomains", "Domains"),
        ("ListUserProfiles", "UserProfiles"),
        ("ListStudioLifecycleConfigs", "StudioLifecycleConfigs"),
        ("ListNotebookInstanceLifecycleConfigs", "NotebookInstanceLifecycleConfigs"),
    ] {
        assert_eq!(world.sandbox.call(operation, &json!({})).unwrap()[member], json!([]), "{operation}");
    }
}
