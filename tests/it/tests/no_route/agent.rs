//! The script and the static agent in an app, beside a real Jupyter server.

use std::fs;
use std::time::{Duration, Instant};

use studio_it::PATIENCE;
use studio_it::lifecycle::{Kind, Stand};
use studio_parts::app_root::User;
use studio_parts::jupyter::{Jupyter, JupyterOptions};
use studio_parts::no_route::NoRoute;

const LOG: &str = "/var/log/apps/app_container.log";

#[test]
fn the_agent_is_installed_watches_and_stops_its_app() {
    let name = "agent::the_agent_is_installed_watches_and_stops_its_app";
    let Some(network) = NoRoute::within(name, &["jupyter", "moto"]).unwrap() else { return };
    let mut stand = Stand::new(Kind::JupyterLab, &["curl"]).unwrap();
    // As apps in a VPC have it: names are asked of somebody, who does not answer here.
    fs::copy("/etc/resolv.conf", stand.container.path("/etc/resolv.conf")).unwrap();
    fs::write(stand.container.path("/etc/nsswitch.conf"), "passwd: files\ngroup: files\nhosts: files dns\n").unwrap();
    let options = JupyterOptions {
        container: Some(stand.container.clone()),
        homes: Some(stand.shared.path().to_owned()),
        ..JupyterOptions::default()
    };
    let jupyter = Jupyter::start(options).unwrap();
    stand.values.admin_toml.push_str(&format!("server-url = \"{}\"\nmetrics = true\n", jupyter.url()));
    // Who asks a name in there is counted, too.
    let before_a_name = network.tried().unwrap();
    stand.sh(User::SAGEMAKER_USER, "! getent hosts sts.us-east-1.amazonaws.com").unwrap();
    assert!(network.tried().unwrap() > before_a_name, "nobody would be seen in the app");

    let before = network.tried().unwrap();
    stand.run().unwrap();
    stand.wait_for_start().unwrap();
    assert!(stand.log().contains("by curl --aws-sigv4"), "{}", stand.log());
    let end = Instant::now() + PATIENCE;
    while stand.sandbox.calls_of("DeleteApp").unwrap().is_empty() {
        let log = fs::read_to_string(stand.container.path(LOG)).unwrap();
        assert!(Instant::now() < end, "the app was not deleted:\n{log}");
        std::thread::sleep(Duration::from_millis(200));
    }
    assert_eq!(network.tried().unwrap(), before, "somebody wanted out:\n{}", stand.log());
    let calls = stand.sandbox.calls().unwrap();
    for call in &calls {
        let service = call["service"].as_str().unwrap_or_default();
        assert!(["sagemaker", "monitoring"].contains(&service), "{call:#}");
    }
    assert!(calls.iter().any(|call| call["operation"] == "PutMetricData"), "no heartbeat: {calls:#?}");
}
