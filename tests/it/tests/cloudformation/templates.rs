//! What can be told without making anything.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

use serde_json::Value;
use studio_parts::cfn_lint::{findings, other_documents, read};
use studio_parts::workspace::workspace_root;

use crate::cloud::{NAMES, template_path};

fn all() -> Vec<PathBuf> {
    NAMES.iter().map(|name| template_path(name)).collect()
}

/// Each with its path, read once: cfn-lint takes its time to start.
fn parsed() -> impl Iterator<Item = (PathBuf, &'static Value)> {
    static READ: OnceLock<Vec<Value>> = OnceLock::new();
    all().into_iter().zip(READ.get_or_init(|| read(&all()).unwrap()))
}

/// A copy in which this stands instead of that.
fn changed(dir: &std::path::Path, name: &str, from: &str, to: &str) -> PathBuf {
    let text = fs::read_to_string(template_path(name)).unwrap();
    assert!(text.contains(from), "{name} has no {from}");
    let path = dir.join(template_path(name).file_name().unwrap());
    fs::write(&path, text.replacen(from, to, 1)).unwrap();
    path
}

#[test]
fn every_template_is_listed_here() {
    let folders = ["packaging/cloudformation", "packaging/service-catalog"].map(|dir| workspace_root().join(dir));
    let files = folders.iter().flat_map(|dir| fs::read_dir(dir).unwrap()).map(|entry| entry.unwrap().path());
    let mut there: Vec<PathBuf> = files.filter(|path| path.extension().is_some_and(|end| end == "yaml")).collect();
    let mut listed = all();
    there.sort();
    listed.sort();
    assert_eq!(there, listed);
}

#[test]
fn cfn_lint_finds_nothing() {
    assert_eq!(findings(&all()).unwrap(), Vec::<String>::new());
}

#[test]
fn cfn_lint_finds_an_idle_timeout_that_sagemaker_refuses() {
    let dir = tempfile::tempdir().unwrap();
    let low = changed(dir.path(), "studio-domain", "MinIdleTimeoutInMinutes: 60", "MinIdleTimeoutInMinutes: 30");
    let found = findings(&[low]).unwrap();
    assert!(found.len() == 1 && found[0].contains("30 is less than the minimum of 60"), "{found:#?}");
}

#[test]
fn every_document_is_that_of_its_source() {
    let differ = other_documents(&all(), None).unwrap();
    assert!(differ.is_empty(), "{differ:#?}; hint: tests/parts/python/templates.py write packaging/*/*.yaml");
}

#[test]
fn a_right_more_or_less_is_found() {
    let dir = tempfile::tempdir().unwrap();
    for (name, from, to) in [
        ("member", "'sagemaker:DeleteApp'", "'sagemaker:DeleteSpace'"),
        ("agent", "- IdleAgent", "- IdleAgents"),
        ("sweep", "\"MaxConcurrency\": 100", "\"MaxConcurrency\": 10"),
    ] {
        let other = changed(dir.path(), name, from, to);
        assert_eq!(other_documents(&[other], None).unwrap().len(), 1, "{name}");
    }
}

/// IAM counts without white space: 6,144 characters in a managed policy, 10,240 in all of a role's own.
#[test]
fn every_policy_has_a_place_for_it() {
    for (path, template) in parsed() {
        for (name, resource) in template["Resources"].as_object().unwrap() {
            let properties = &resource["Properties"];
            let most = if resource["Type"] == "AWS::IAM::ManagedPolicy" { 6_144 } else { 10_240 };
            let own = properties.get("Policies").or(properties.get("PolicyDocument"));
            let length = own.map(|own| own.to_string().len()).unwrap_or_default();
            // Short forms are longer than what they come to, but not by much.
            assert!(length <= most, "{} {name} has {length} characters", path.display());
        }
    }
}

#[test]
fn the_script_of_parameters_is_clean_and_says_what_it_lacks() {
    let script = workspace_root().join("packaging/cloudformation/parameters.sh");
    let checked = Command::new("shellcheck").arg(&script).output();
    let checked = checked.expect("shellcheck cannot be started; hint: apt-get install shellcheck");
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stdout));
    let bucket = ("COSTCTL_ARTIFACTS", "s3://amzn-s3-demo-bucket/idle-agent");
    for (env, args, said) in [
        (&[][..], &[][..], "COSTCTL_ARTIFACTS is not set"),
        (&[("COSTCTL_ARTIFACTS", "s3://amzn-s3-demo-bucket")], &[], "hint: s3://BUCKET/PREFIX"),
        (&[bucket], &[], "COSTCTL_KMS_KEY is not set"),
        (&[bucket, ("COSTCTL_KMS_KEY", "arn"), ("COSTCTL", "echo")], &["rstudio"], "no app type rstudio"),
    ] {
        let mut command = Command::new(&script);
        command.env_remove("COSTCTL_ARTIFACTS").env_remove("COSTCTL_KMS_KEY").envs(env.iter().copied()).args(args);
        let refused = command.output().unwrap();
        let told = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(refused.status.code() == Some(2) && told.contains(said), "{args:?}: {told}");
        assert!(refused.stdout.is_empty(), "half of it was printed");
    }
}

#[test]
fn the_readmes_tables_are_the_parameters() {
    for (path, template) in parsed() {
        let file = path.file_name().unwrap().to_string_lossy().into_owned();
        let readme = fs::read_to_string(path.with_file_name("README.md")).unwrap();
        let section = readme.split_once(&format!("### {file}\n")).unwrap_or_else(|| panic!("no section on {file}")).1;
        let section = section.split("\n##").next().unwrap();
        let table: Vec<&str> = section.lines().filter(|line| line.starts_with("| `")).collect();
        let rows = template["Parameters"].as_object().unwrap().iter().map(|(name, parameter)| {
            let default = match &parameter["Default"] {
                Value::Null => "required".to_owned(),
                Value::String(text) if text.is_empty() => "empty".to_owned(),
                Value::String(text) => format!("`{text}`"),
                other => format!("`{other}`"),
            };
            format!("| `{name}` | {default} | {} |", parameter["Description"].as_str().unwrap())
        });
        // The sixteen pieces of scripts are one row of their own.
        let mut rows: Vec<String> = rows.filter(|row| !is_piece(row)).collect();
        let mut table: Vec<&str> = table.into_iter().filter(|row| !row.contains('…')).collect();
        rows.sort();
        table.sort_unstable();
        assert_eq!(table, rows, "{file}");
    }
}

fn is_piece(row: &str) -> bool {
    ["JupyterLab", "CodeEditor", "JupyterServer", "KernelGateway"].iter().any(|host| {
        let rest = row.strip_prefix(&format!("| `{host}"));
        rest.is_some_and(|rest| ["Sha256`", "Name`", "Script"].iter().any(|end| rest.starts_with(end)))
    })
}
