//! A plan, in another account and region than those of the examples in AWS's documents.

use std::fs;

use serde_json::Value;
use studio_parts::sandbox::{Sandbox, SandboxOptions};
use studio_parts::terraform::{Endpoints, Project, Terraform};

pub(crate) const KEY: &str = "arn:aws:kms:eu-west-1:444455556666:key/00000000-0000-4000-8000-000000000000";

/// The plan of the example for domains that are there, in another account and region than AWS's examples.
pub(crate) struct Elsewhere {
    pub(crate) sandbox: Sandbox,
    plan: Value,
}

impl Elsewhere {
    /// The plan with this in the call of the module.
    pub(crate) fn plan(terraform: &Terraform, more: &str) -> Self {
        let sandbox = Sandbox::start(SandboxOptions::default()).unwrap();
        let mut project = project(terraform, "existing-domain", &sandbox, &[]);
        project.override_example("their_account", "provider \"aws\" {\n  access_key = \"444455556666\"\n}\n").unwrap();
        let module = format!("module \"costctl\" {{\n  existing_key = {{ arn = \"{KEY}\" }}\n{more}\n}}\n");
        project.override_example("their_module", &module).unwrap();
        project.set("region", "eu-west-1");
        project.set("installer_principal_arns", r#"["arn:aws:iam::444455556666:role/platform"]"#);
        let plan = project.plan_document().unwrap();
        Self { sandbox, plan }
    }

    /// The planned values of each resource of this type.
    pub(crate) fn planned(&self, kind: &str) -> Vec<&Value> {
        let module = &self.plan["planned_values"]["root_module"]["child_modules"][0]["resources"];
        let of_kind = module.as_array().unwrap().iter().filter(|resource| resource["type"] == kind);
        of_kind.map(|resource| &resource["values"]).collect()
    }
}

/// A copy of an example whose plan asks nobody but this sandbox's STS, with a release of a few bytes.
pub(crate) fn project(terraform: &Terraform, example: &str, sandbox: &Sandbox, aliases: &[(&str, &str)]) -> Project {
    let mut project = terraform.project(example).unwrap();
    let url = || sandbox.endpoint().to_owned();
    project.use_servers(&Endpoints { sandbox: url(), ministack: url(), moto: url() }, aliases).unwrap();
    let artifacts = project.dir().join("artifacts");
    fs::create_dir(&artifacts).unwrap();
    for name in ["idle-agent", "costctl-lambda.zip"] {
        fs::write(artifacts.join(name), name).unwrap();
    }
    project.set("artifacts_dir", &artifacts.display().to_string());
    project
}
