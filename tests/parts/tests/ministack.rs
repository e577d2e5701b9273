//! What Ministack does of Step Functions and Lambda, and what it passes over.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::time::Duration;

use serde_json::{Value, json};
use studio_parts::ministack::Ministack;
use studio_parts::python;
use studio_parts::workspace::workspace_root;
use tempfile::TempDir;

/// The longest wait for an execution: generous, because machines are busy.
const PATIENCE: Duration = Duration::from_secs(120);

#[test]
fn two_maps_with_a_merge_between_them_run_a_real_function() {
    let ministack = stand();
    let scopes = ["us-east-1", "eu-west-1", "ap-south-1"].map(|region| json!({ "region": region }).to_string());
    ministack.put_object("sweeps", "in/scopes.jsonl", &scopes.join("\n")).unwrap();
    let plan = map(&json!({ "InputType": "JSONL" }), "in/scopes.jsonl", "plan");
    let apply = map(&json!({ "InputType": "JSON", "ItemsPointer": "/actions" }), "out/plan.json", "apply");
    let definition = json!({ "StartAt": "Plan", "States": {
        "Plan": with(plan, &json!({ "ResultPath": "$.plans", "Next": "Merge" })),
        "Merge": { "Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Next": "Worth it", "ResultPath": "$.merged",
            "Parameters": { "FunctionName": "sweep", "Payload": { "step": "merge", "plans.$": "$.plans", "to": "out/plan.json" } },
            "ResultSelector": { "actions.$": "$.Payload.actions" } },
        "Worth it": { "Type": "Choice", "Default": "Nothing to do",
            "Choices": [{ "Variable": "$.merged.actions", "NumericGreaterThan": 0, "Next": "Apply" }] },
        "Apply": with(apply, &json!({ "End": true })),
        "Nothing to do": { "Type": "Succeed" },
    } });
    let machine = ministack.create_state_machine("two-phases", &definition).unwrap();
    let execution = ministack.execute(&machine, &json!({ "run": "run-1" }), PATIENCE).unwrap();
    assert_eq!(execution.status, "SUCCEEDED", "{execution:?}");
    let applied: Vec<&str> =
        execution.output.as_array().unwrap().iter().map(|done| done["applied"].as_str().unwrap()).collect();
    assert_eq!(applied, ["us-east-1", "eu-west-1", "ap-south-1"]);
    // The function itself wrote it, to the endpoint that its own variables name.
    let plan: Value = serde_json::from_str(&ministack.object("sweeps", "out/plan.json").unwrap()).unwrap();
    assert_eq!(plan["actions"][1], json!({ "region": "eu-west-1", "run": "run-1" }));
    let runs = ministack.states("ListMapRuns", &json!({ "executionArn": execution_of(&ministack, &machine) })).unwrap();
    assert_eq!(runs["mapRuns"].as_array().unwrap().len(), 2, "{runs}");
}

#[test]
fn a_function_sees_its_own_variables_and_the_accounts_credentials() {
    let ministack = stand();
    let execution = one_task(&ministack, &json!({ "step": "environment" }));
    let seen = &execution["Payload"];
    let got = |name: &str| seen[name].as_str().unwrap_or("-").to_owned();
    assert_eq!(got("AWS_ENDPOINT_URL_SAGEMAKER"), "http://127.0.0.1:9/sagemaker");
    assert_eq!(got("AWS_ENDPOINT_URL"), "-");
    assert_eq!(got("AWS_REGION"), "us-east-1");
    assert_eq!(got("AWS_LAMBDA_FUNCTION_NAME"), "sweep");
    assert_eq!((got("AWS_ACCESS_KEY_ID"), got("AWS_SESSION_TOKEN")), ("111122223333".to_owned(), String::new()));
    assert!(got("AWS_LAMBDA_RUNTIME_API").starts_with("127.0.0.1:"), "{seen}");
}

#[test]
fn failed_and_hanging_items_are_tolerated_up_to_the_percentage() {
    let ministack = stand();
    let items = json!([{ "region": "a" }, { "region": "fail" }, { "region": "hang" }, { "region": "b" }]);
    ministack.put_object("sweeps", "in/items.json", &items.to_string()).unwrap();
    let map = |percentage: u32| {
        let tolerated = json!({ "ToleratedFailurePercentage": percentage, "End": true });
        let plan = with(map(&json!({ "InputType": "JSON" }), "in/items.json", "plan"), &tolerated);
        json!({ "StartAt": "Plan", "States": { "Plan": plan } })
    };
    let enough = ministack.create_state_machine("enough", &map(50)).unwrap();
    let execution = ministack.execute(&enough, &json!({ "run": "r" }), PATIENCE).unwrap();
    assert_eq!(execution.status, "SUCCEEDED", "{execution:?}");
    let failed: Vec<bool> = execution.output.as_array().unwrap().iter().map(Value::is_null).collect();
    assert_eq!(failed, [false, true, true, false]);

    let fewer = ministack.create_state_machine("fewer", &map(49)).unwrap();
    let execution = ministack.execute(&fewer, &json!({ "run": "r" }), PATIENCE).unwrap();
    assert_eq!(
        (execution.status.as_str(), execution.error.as_str()),
        ("FAILED", "States.ExceedToleratedFailureThreshold")
    );

    let machine = ministack.create_state_machine("one", &task()).unwrap();
    let hung = ministack.execute(&machine, &json!({ "step": "plan", "item": { "region": "hang" } }), PATIENCE).unwrap();
    assert_eq!(hung.error, "Sandbox.Timedout", "{hung:?}");
    let failed =
        ministack.execute(&machine, &json!({ "step": "plan", "item": { "region": "fail" } }), PATIENCE).unwrap();
    assert_eq!(failed.error, "Refused", "{failed:?}");
    assert!(failed.cause.contains("no such region"), "{failed:?}");
}

/// Once one of them works, a state machine that uses it can be tested here as it is.
#[test]
fn a_batcher_and_a_result_writer_are_passed_over() {
    let ministack = stand();
    ministack.put_object("sweeps", "in/items.json", r#"[{"region":"a"},{"region":"b"}]"#).unwrap();
    let more = json!({
        "ItemBatcher": { "MaxItemsPerBatch": 2 }, "End": true,
        "ResultWriter": { "Resource": "arn:aws:states:::s3:putObject", "Parameters": { "Bucket": "sweeps", "Prefix": "out" } },
    });
    let plan = with(map(&json!({ "InputType": "JSON" }), "in/items.json", "plan"), &more);
    let definition = json!({ "StartAt": "Plan", "States": { "Plan": plan } });
    let machine = ministack.create_state_machine("batched", &definition).unwrap();
    let execution = ministack.execute(&machine, &json!({ "run": "r" }), PATIENCE).unwrap();
    assert_eq!(execution.status, "SUCCEEDED", "{execution:?}");
    assert_eq!(execution.output, json!([{ "region": "a", "run": "r" }, { "region": "b", "run": "r" }]));
}

/// Ministack with a bucket `sweeps` and a function `sweep`.
fn stand() -> Ministack {
    let ministack = Ministack::start().unwrap();
    ministack.create_bucket("sweeps").unwrap();
    let (_dir, bootstrap) = bootstrap();
    let env = [("S3_URL", ministack.url()), ("AWS_ENDPOINT_URL_SAGEMAKER", "http://127.0.0.1:9/sagemaker")];
    ministack.create_function("sweep", &bootstrap, &env, 3).unwrap();
    ministack
}

/// A function in Python: what its zip holds starts with the path of the interpreter.
fn bootstrap() -> (TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("bootstrap");
    let code = fs::read_to_string(workspace_root().join("tests/parts/python/bootstrap.py")).unwrap();
    fs::write(&path, format!("#!{}\n{code}", python::venv("ministack").unwrap().display())).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    (dir, path)
}

/// A distributed map over an object of the bucket, without what follows it.
fn map(reader: &Value, key: &str, step: &str) -> Value {
    json!({ "Type": "Map", "MaxConcurrency": 2, "ItemProcessor": {
            "ProcessorConfig": { "Mode": "DISTRIBUTED", "ExecutionType": "STANDARD" }, "StartAt": "Call", "States": {
                "Call": { "Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true, "OutputPath": "$.Payload",
                    "Parameters": { "FunctionName": "sweep", "Payload.$": "$" } } } },
        "ItemReader": { "Resource": "arn:aws:states:::s3:getObject", "ReaderConfig": reader,
            "Parameters": { "Bucket": "sweeps", "Key": key } },
        "ItemSelector": { "step": step, "run.$": "$.run", "item.$": "$$.Map.Item.Value" } })
}

fn with(mut state: Value, more: &Value) -> Value {
    state.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    state
}

fn task() -> Value {
    json!({ "StartAt": "Call", "States": { "Call": { "Type": "Task", "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": { "FunctionName": "sweep", "Payload.$": "$" }, "End": true } } })
}

fn one_task(ministack: &Ministack, input: &Value) -> Value {
    let machine = ministack.create_state_machine("one", &task()).unwrap();
    let execution = ministack.execute(&machine, input, PATIENCE).unwrap();
    assert_eq!(execution.status, "SUCCEEDED", "{execution:?}");
    execution.output
}

fn execution_of(ministack: &Ministack, machine: &str) -> Value {
    let listed = ministack.states("ListExecutions", &json!({ "stateMachineArn": machine })).unwrap();
    listed["executions"][0]["executionArn"].clone()
}
