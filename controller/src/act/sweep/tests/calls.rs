//! The real hands, over a real socket.

use serde_json::{Value, json};

use super::*;
use crate::act::sweep::{Clock, Hands, NoSwitch, Switch, WallClock, run_id};
use crate::scripted_http::ScriptedHttp;

#[test]
fn each_call_names_what_was_planned_and_is_sent_once() {
    let app = app("lab").target;
    let Target::App(of_app) = &app else { panic!("{app}") };
    let mut of_profile = of_app.clone();
    of_profile.owner = AppOwner::UserProfile(idle_core::UserProfileName::parse("ana").expect("a name"));
    let Target::NotebookInstance(instance) = notebook_instance("old") else { panic!("another kind") };
    let name = InferenceComponentName::parse("copies").expect("a name");
    let blue = VariantName::parse("blue").expect("a name");
    block_on(async {
        let answers = [(200, "{}"); 6].map(|(status, body)| (status, body.to_owned()));
        let throttled = (400, json!({ "__type": "ThrottlingException", "message": "Rate exceeded" }).to_string());
        let server = ScriptedHttp::new(answers.into_iter().chain([throttled])).await;
        let (client, pace) = (aws_sdk_sagemaker::Client::new(&server.config().await), Pace::new(1e6, 1e6));
        let (hands, consent) = (Hands { sagemaker: &client, pace: &pace }, Consent::of_a_test());
        hands.stop_app(&consent, of_app).await.expect("taken");
        hands.stop_app(&consent, &of_profile).await.expect("taken");
        hands.stop_notebook_instance(&consent, &instance).await.expect("taken");
        hands.scale_variant_to_zero(&consent, &endpoint("async"), &blue).await.expect("taken");
        hands.scale_inference_component_to_zero(&consent, &name).await.expect("taken");
        hands.delete_endpoint(&consent, &endpoint("unused")).await.expect("taken");
        let error = hands.delete_endpoint(&consent, &endpoint("unused")).await.expect_err("throttled");
        assert_eq!(error.kind, crate::observe::Kind::Throttled);
        let app = |owner: &str, name: &str| json!({ "DomainId": "d-abc", "AppType": "JupyterLab", "AppName": "default", owner: name });
        let expected = [
            ("DeleteApp", app("SpaceName", "lab")),
            ("DeleteApp", app("UserProfileName", "ana")),
            ("StopNotebookInstance", json!({ "NotebookInstanceName": "old" })),
            (
                "UpdateEndpointWeightsAndCapacities",
                json!({
                    "EndpointName": "async",
                    "DesiredWeightsAndCapacities": [{ "VariantName": "blue", "DesiredInstanceCount": 0 }],
                }),
            ),
            (
                "UpdateInferenceComponentRuntimeConfig",
                json!({ "InferenceComponentName": "copies", "DesiredRuntimeConfig": { "CopyCount": 0 } }),
            ),
            ("DeleteEndpoint", json!({ "EndpointName": "unused" })),
            ("DeleteEndpoint", json!({ "EndpointName": "unused" })),
        ];
        let asked = server.asked();
        assert_eq!(asked.len(), expected.len(), "none was sent again");
        for (request, (operation, body)) in asked.iter().zip(expected) {
            let (head, sent) = request.split_once("\r\n\r\n").expect("a body");
            assert!(head.contains(&format!("SageMaker.{operation}\r\n")), "{head}");
            assert_eq!(serde_json::from_str::<Value>(sent).expect("JSON"), body, "{operation}");
        }
    });
}

#[test]
fn runs_have_ids_that_sort_by_time() {
    assert_eq!(run_id(at("2026-11-25T12:00:01.9Z"), 0xab), "20261125T120001Z-000000ab");
    assert!(run_id(at("2026-11-25T12:00:00Z"), u32::MAX) < run_id(at("2026-11-25T12:00:01Z"), 0));
}

#[test]
fn without_a_kill_switch_it_is_off_and_the_wall_clock_goes_on() {
    block_on(async {
        assert_eq!(NoSwitch.on().await, None);
        let before = WallClock.now();
        WallClock.sleep(Duration::from_millis(1)).await;
        assert!(WallClock.now() > before);
    });
}
