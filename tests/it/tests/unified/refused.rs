//! What a project profile manages is edited by nobody else: install, allowlist, uninstall and
//! rollback leave its domain alone and say why.

use serde_json::{Value, json};

use crate::world::{ADA, World};

const ROLE: &str = "arn:aws:iam::111122223333:role/StudioExecutionRole";

/// A world with a domain that has ours, and hidden types, since before a project took it over.
fn world() -> (World, String) {
    let world = World::new();
    let request = json!({ "DomainName": "plain-name", "AuthMode": "IAM", "VpcId": "vpc-0123456789abcdef0",
        "SubnetIds": ["subnet-0123456789abcdef0"], "DefaultUserSettings": { "ExecutionRole": ROLE } });
    let arn = world.sandbox.call("CreateDomain", &request).unwrap()["DomainArn"].as_str().unwrap().to_owned();
    let domain = arn.rsplit('/').next().unwrap().to_owned();
    world.sandbox.call("CreateUserProfile", &json!({ "DomainId": domain, "UserProfileName": ADA })).unwrap();
    std::fs::write(world.dir.path().join("idle-agent"), static_elf()).unwrap();
    let types = "schema_version = 1\n[apps]\nallowed-instance-types = [\"ml.t3.*\"]\n";
    std::fs::write(world.dir.path().join("types.toml"), types).unwrap();
    for words in [
        "install --idle-timeout 60m --file-in-app /opt/idle-agent --binary idle-agent",
        "allowlist apply --policy types.toml",
    ] {
        world.run(words, &go(&domain)).expect(0);
    }
    let project = json!({ "UnifiedStudioSettings": { "DomainId": "dzd-corp1", "ProjectId": "p1forecast" } });
    let take = json!({ "DomainId": domain, "DomainSettingsForUpdate": project });
    world.sandbox.call("UpdateDomain", &take).unwrap();
    world.sandbox.forget_calls().unwrap();
    (world, domain)
}

fn go(domain: &str) -> [&str; 6] {
    ["--domain", domain, "--artifacts", "artifacts", "--execute", "--yes"]
}

#[test]
fn a_domain_that_a_project_took_over_is_left_alone_by_every_command() {
    let (world, domain) = world();
    let before = described(&world, &domain);
    assert!(before.to_string().contains("idle-agent-jupyterlab-"), "{before}");
    let install = "install --idle-timeout 90m --file-in-app /opt/idle-agent --binary idle-agent";
    for words in [install, "uninstall", "rollback", "allowlist apply --policy types.toml", "allowlist rollback"] {
        let ran = world.run(words, &go(&domain)).expect(5);
        ran.says(&[&domain, "managed by a Unified Studio project profile", "UpdateProjectProfile"]);
        let told = ran.stdout.matches("Unified").count();
        assert_eq!(told, 1, "{words}: once for the domain:\n{}", ran.stdout);
    }
    assert_eq!(described(&world, &domain), before);
    // What still stands there keeps its lifecycle configuration.
    assert_eq!(world.changes().iter().filter(|operation| operation.starts_with("Update")).count(), 0);
    let kept = world.sandbox.call("ListStudioLifecycleConfigs", &json!({})).unwrap();
    assert!(kept.to_string().contains("idle-agent-jupyterlab-"), "{kept}");
}

#[test]
fn a_domain_of_which_nothing_is_ours_is_no_refusal_of_an_uninstall() {
    let world = World::new();
    let more = ["--all-domains", "--artifacts", "artifacts", "--without-before-images", "--execute", "--yes"];
    world.run("uninstall", &more).expect(0);
    assert_eq!(world.changes(), Vec::<String>::new());
}

fn described(world: &World, domain: &str) -> Value {
    world.sandbox.call("DescribeDomain", &json!({ "DomainId": domain })).unwrap()
}

/// The head of a static ELF: it is only looked at.
fn static_elf() -> Vec<u8> {
    let mut bytes = vec![0; 64 + 56 + 1];
    bytes[..6].copy_from_slice(b"\x7fELF\x02\x01");
    (bytes[16], bytes[18], bytes[32], bytes[54], bytes[56], bytes[64]) = (2, 0x3e, 64, 56, 1, 1);
    bytes
}
