//! The scripted Docker Engine, asked over its socket.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use serde_json::Value;
use studio_parts::fake_docker::{DockerContainer, FakeDocker};
use studio_parts::fake_jupyter::Reply;

#[test]
fn cpu_time_grows_in_a_busy_container_only() {
    let docker = FakeDocker::start(vec![DockerContainer::new("train", 1.5), DockerContainer::new("db", 0.0)]).unwrap();
    let list = body(&docker, "/v1.47/containers/json");
    assert_eq!(list.as_array().unwrap().len(), 2);
    assert_eq!((&list[0]["Names"][0], &list[1]["State"]), (&Value::from("/train"), &Value::from("running")));
    let id = list[0]["Id"].as_str().unwrap();
    assert_eq!(id.len(), 64);
    let (train, db) = (usage(&docker, id), usage(&docker, "db"));
    std::thread::sleep(Duration::from_millis(100));
    let later = usage(&docker, &id[..12]);
    assert!(later - train >= 150_000_000, "{train} {later}");
    assert_eq!(usage(&docker, "db"), db);
    docker.set_cores_in_use("train", 0.0);
    let stopped = usage(&docker, "train");
    assert!(stopped >= later);
    assert_eq!(usage(&docker, "train"), stopped);
    assert_eq!((docker.hits("containers"), docker.hits("stats")), (1, 6));
}

#[test]
fn failures_are_as_scripted() {
    let docker = FakeDocker::start(vec![]).unwrap();
    assert_eq!(body(&docker, "/containers/json"), Value::Array(vec![]));
    assert!(ask(&docker, "/containers/none/stats?stream=false").unwrap().starts_with("HTTP/1.1 404"));
    docker.set("containers", Reply::Status(500));
    assert!(ask(&docker, "/containers/json").unwrap().starts_with("HTTP/1.1 500"));
    docker.set("containers", Reply::Reset);
    assert!(ask(&docker, "/containers/json").is_err());
    docker.set("containers", Reply::Garbage);
    assert!(!ask(&docker, "/containers/json").unwrap().starts_with("HTTP"));
    docker.set("containers", Reply::Stall);
    assert!(ask(&docker, "/containers/json").is_err());
    assert_eq!(ask(&docker, "/_ping").unwrap().lines().last(), Some("OK"));
    docker.heal();
    docker.set_containers((0..5000).map(|n| DockerContainer::new(&format!("worker-{n}"), 0.0)).collect());
    assert_eq!(body(&docker, "/containers/json").as_array().unwrap().len(), 5000);
    let socket = docker.socket();
    drop(docker);
    assert!(UnixStream::connect(socket).is_err());
}

fn usage(docker: &FakeDocker, id: &str) -> u64 {
    let stats = body(docker, &format!("/containers/{id}/stats?stream=false&one-shot=true"));
    stats["cpu_stats"]["cpu_usage"]["total_usage"].as_u64().unwrap()
}

fn body(docker: &FakeDocker, path: &str) -> Value {
    let answer = ask(docker, path).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    serde_json::from_str(body).unwrap()
}

fn ask(docker: &FakeDocker, path: &str) -> std::io::Result<String> {
    let mut stream = UnixStream::connect(docker.socket())?;
    stream.set_read_timeout(Some(Duration::from_secs(1)))?;
    stream.write_all(format!("GET {path} HTTP/1.1\r\nhost: docker\r\n\r\n").as_bytes())?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}
