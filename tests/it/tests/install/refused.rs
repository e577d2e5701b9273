//! What is refused, each with its reason, and what is then not sent.

use serde_json::{Value, json};
use studio_parts::sandbox::SandboxOptions;

use crate::fleet::{Fleet, Ran, TEAM};

fn small() -> Fleet {
    Fleet::with(SandboxOptions::default(), 6)
}

const GO: &[&str] = &["--execute", "--yes"];

fn described(fleet: &Fleet, domain: &str) -> Value {
    fleet.sandbox.call("DescribeDomain", &json!({ "DomainId": domain })).unwrap()
}

#[test]
fn what_cannot_be_installed_is_refused_before_any_call() {
    let fleet = small();
    let dir = fleet.dir().display().to_string();
    std::fs::write(fleet.dir().join("script"), "#!/bin/sh\n").unwrap();
    std::fs::write(fleet.dir().join("bad.toml"), "[defaults\n").unwrap();
    std::fs::write(fleet.dir().join("odd.toml"), "[default]\nidle-timeout = \"5m\"\n").unwrap();
    let long = format!("[defaults]\npre-stop = \"{}\"\n", "x".repeat(13_000));
    std::fs::write(fleet.dir().join("long.toml"), long).unwrap();
    let (script, bad) = (format!("{dir}/script"), format!("{dir}/bad.toml"));
    let (odd, long) = (format!("{dir}/odd.toml"), format!("{dir}/long.toml"));
    std::fs::write(fleet.dir().join("typo.toml"), "[defaults]\nidle-timeoot = \"5m\"\n").unwrap();
    let typo = format!("{dir}/typo.toml");
    let cases: [(&[&str], &[&str]); 14] = [
        (&["--binary", &script], &["script is no static Linux binary", "no ELF file", "hint"]),
        (&["--binary", "/nonexistent"], &["/nonexistent", "hint"]),
        (&["--agent-settings", &bad], &["bad.toml", "not TOML"]),
        (&["--agent-settings", &odd], &["odd.toml", "\"default\"", "[defaults]"]),
        (&["--agent-settings", &long], &["characters of base64", "16384"]),
        (&["--file-in-app", "it's"], &["the file in the app", "quote"]),
        (&["--agent-settings", &typo], &["[defaults] has no setting \"idle-timeoot\"", "hint"]),
        (&["--idle-timeout", "0s"], &["idle-timeout = \"0m\": it is zero", "hint"]),
        (&["--artifacts", "s3:/bucket/x"], &["s3:/bucket/x", "hint: s3://BUCKET/PREFIX"]),
        (&["--artifacts", "s3:bucket"], &["hint: s3://BUCKET/PREFIX"]),
        (&["--artifacts", "S3://bucket"], &["hint: s3://BUCKET/PREFIX"]),
        (&["--artifacts", "ftp://x"], &["--artifacts ftp://x", "s3://BUCKET/PREFIX"]),
        (&["--native", "30m"], &["60m to 525600m"]),
        (&["--canary", "Team=ml"], &["tag:Key=Value"]),
    ];
    for (args, parts) in cases {
        let mut command = fleet.command(&["install", "--all-domains"]);
        command.env("COSTCTL_BINARY", fleet.dir().join("idle-agent")).args(args);
        command.env("COSTCTL_FILE_IN_APP", "/opt/idle-agent");
        let output = command.output().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{args:?}: {stderr}");
        for part in parts {
            assert!(stderr.contains(part), "{args:?}: {part} is missing in {stderr}");
        }
    }
    assert_eq!(fleet.sandbox.calls().unwrap(), Vec::<Value>::new());
}

#[test]
fn a_folder_that_only_we_can_reach_is_baked_into_no_script() {
    let fleet = small();
    let mut command = fleet.command(&["install", "--all-domains", "--idle-timeout", "60m"]);
    command.env("COSTCTL_BINARY", fleet.dir().join("idle-agent"));
    let ran = Ran::of(&command.output().unwrap()).expect(2);
    assert!(ran.stderr.contains("hint: --file-in-app PATH, or --artifacts s3://BUCKET/PREFIX"), "{}", ran.stderr);
    assert_eq!(fleet.sandbox.calls().unwrap(), Vec::<Value>::new());
}

/// The list of names that is checked where the agent does not run is the agent's.
#[test]
fn every_setting_of_the_agent_is_known() {
    let fleet = small();
    let agent = studio_parts::binaries::binary("idle-agent").unwrap();
    let explained =
        std::process::Command::new(agent).args(["explain", "--output", "json"]).env_clear().output().unwrap();
    let explained: Value = serde_json::from_slice(&explained.stdout).unwrap();
    let settings = explained["settings"].as_array().unwrap();
    assert!(settings.len() > 20, "{explained}");
    let names = settings.iter().map(|setting| setting["setting"].as_str().unwrap());
    let text: String = names.map(|name| format!("{name} = \"1h\"\n")).collect();
    std::fs::write(fleet.dir().join("all.toml"), format!("[defaults]\n{text}[enforce]\n{text}")).unwrap();
    let all = fleet.dir().join("all.toml").display().to_string();
    let ran = fleet.install(&["--domain", &fleet.plain, "--agent-settings", &all]).expect(0);
    assert!(ran.stderr.contains("only names and durations of its settings were checked"), "{}", ran.stderr);
}

#[test]
fn a_binary_that_is_gone_is_seen_and_stored_again() {
    let fleet = small();
    let go = [&["--domain", &fleet.plain], GO].concat();
    fleet.install(&go).expect(0);
    fleet.install(&["--domain", &fleet.plain, "--check"]).expect(0).says(&["0 to change"]);
    let stored = fleet.artifacts().join("idle-agent");
    std::fs::remove_dir_all(&stored).unwrap();
    fleet.install(&["--domain", &fleet.plain, "--check"]).expect(3).says(&["binary", "store", "1 to change"]);
    assert!(!stored.exists());
    fleet.install(&go).expect(0).says(&["1 done, 0 failed"]);
    let file = std::fs::read_dir(&stored).unwrap().next().unwrap().unwrap().path().join("idle-agent");
    // What is stored is never overwritten: one that is another is told.
    std::fs::write(file, "other").unwrap();
    let damaged = fleet.install(&["--domain", &fleet.plain]).expect(1);
    assert!(damaged.stderr.contains("is not what was stored"), "{}", damaged.stderr);
}

#[test]
fn who_we_are_is_asked_in_each_region_on_its_own() {
    let fleet = small();
    let fault = "[[fault]]\noperation = \"GetCallerIdentity\"\nkind = \"deny\"\ntimes = 1\n";
    let both = ["--region", "eu-west-1", "--region", "us-east-1", "--all-domains"];
    fleet.sandbox.set_faults(fault).unwrap();
    fleet.run(&[&["coverage"][..], &both].concat()).expect(4).says(&["in no count: eu-west-1: asking who we are"]);
    fleet.sandbox.set_faults(fault).unwrap();
    let ran = fleet.install(&[&both[..], GO].concat()).expect(4);
    ran.says(&["FAILED: asking who we are in eu-west-1", "GetCallerIdentity"]);
    assert!(described(&fleet, &fleet.plain).to_string().contains("idle-agent-jupyterlab-"));
}

#[test]
fn who_cannot_call_is_told_what_to_do_in_one_line() {
    let fleet = small();
    let coverage = |change: &dyn Fn(&mut std::process::Command)| {
        let mut command = fleet.command(&["coverage", "--all-domains"]);
        change(&mut command);
        let ran = Ran::of(&command.output().unwrap());
        assert_eq!(ran.stderr.trim_end().lines().count(), 1, "{}", ran.stderr);
        (ran.code, ran.stderr)
    };
    let (code, said) = coverage(&|command| {
        command.env("AWS_SESSION_TOKEN", "expired");
    });
    assert!(code == Some(1) && said.contains("hint: log in again"), "{said}");
    let (code, said) = coverage(&|command| {
        for name in ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"] {
            command.env_remove(name);
        }
    });
    assert!(code == Some(1) && said.contains("hint: credentials come from AWS_PROFILE"), "{said}");
    let (code, said) = coverage(&|command| {
        command.env_remove("AWS_REGION").env_remove("AWS_DEFAULT_REGION");
    });
    assert!(code == Some(2) && said.contains("no region; hint: --region"), "{said}");
}

#[test]
fn without_leave_nothing_is_changed() {
    let fleet = small();
    fleet.install(&["--domain", &fleet.plain]).expect(0).says(&["binary", "9 to change, 0 refused"]);
    fleet.install(&["--domain", &fleet.plain, "--check"]).expect(3);
    let alone = fleet.install(&["--domain", &fleet.plain, "--execute"]).expect(5);
    assert!(alone.stderr.contains("--yes"), "{}", alone.stderr);
    assert_eq!(fleet.changing_calls(), Vec::<Value>::new());
    assert!(!fleet.artifacts().join("idle-agent").exists());
    fleet.install(&[&["--domain", &fleet.plain], GO].concat()).expect(0);
    fleet.install(&["--domain", &fleet.plain, "--check"]).expect(0);
}

#[test]
fn domains_that_are_not_ours_to_change_are_left_alone() {
    let fleet = small();
    let unified = json!({ "DomainName": "unified", "AuthMode": "IAM",
        "DefaultUserSettings": { "ExecutionRole": "arn:aws:iam::111122223333:role/r" },
        "DomainSettings": { "UnifiedStudioSettings": { "ProjectId": "abc", "DomainId": "dzd-1" } } });
    let arn = fleet.sandbox.call("CreateDomain", &unified).unwrap()["DomainArn"].as_str().unwrap().to_owned();
    let unified = arn.rsplit('/').next().unwrap();
    for (domain, status, parts) in [
        (unified, "InService", ["managed by a Unified Studio project profile", "UpdateProjectProfile"]),
        (fleet.plain.as_str(), "Updating", ["REFUSED: status Updating", "run again"]),
        (fleet.plain.as_str(), "Update_Failed", ["REFUSED: status Update_Failed", "FailureReason"]),
    ] {
        fleet.sandbox.force_domain(domain, status).unwrap();
        fleet.install(&[&["--domain", domain], GO].concat()).expect(5).says(&parts);
    }
    assert_eq!(fleet.configs().len(), 1, "no lifecycle configuration for nothing");
}

#[test]
fn a_scan_that_is_not_whole_changes_nothing_in_its_domain() {
    let fleet = small();
    for (operation, skip, code, part) in [
        ("ListUserProfiles", 0, 1, "ListUserProfiles"),
        ("DescribeUserProfile", 3, 1, "DescribeUserProfile"),
        ("ListDomains", 0, 1, "ListDomains"),
    ] {
        let fault = format!("[[fault]]\noperation = \"{operation}\"\nkind = \"deny\"\nskip = {skip}\n");
        fleet.sandbox.set_faults(&fault).unwrap();
        let scope: &[&str] = if operation == "ListDomains" { &["--all-domains"] } else { &["--domain", &fleet.plain] };
        let ran = fleet.install(&[scope, GO].concat()).expect(code);
        ran.says(&[part, "hint: allow"]);
    }
    // One that cannot be read is named; the others are done.
    fleet.sandbox.set_faults("[[fault]]\noperation = \"ListUserProfiles\"\nkind = \"deny\"\ntimes = 1\n").unwrap();
    fleet.install(&["--domain", &fleet.plain, "--domain", &fleet.rich, "--execute", "--yes"]).expect(4);
    assert_eq!(described(&fleet, &fleet.plain)["DefaultUserSettings"].as_object().unwrap().len(), 1);
    assert!(described(&fleet, &fleet.rich).to_string().contains("idle-agent-jupyterlab-"));
}

#[test]
fn an_update_that_changes_anything_else_is_put_back() {
    let fleet = small();
    let before = fleet.state();
    let fault = "[[fault]]\noperation = \"UpdateDomain\"\nkind = \"replace-settings\"\ntimes = 1\n";
    fleet.sandbox.set_faults(fault).unwrap();
    let ran = fleet.install(&[&["--domain", &fleet.rich], GO].concat()).expect(4);
    ran.says(&["what nobody asked for", "all of it was put back", "left out, because an earlier change failed"]);
    let shown: String = ran.stdout.split_whitespace().collect();
    assert!(shown.contains("DefaultUserSettings.ExecutionRole"), "{}", ran.stdout);
    assert_eq!(fleet.changing_calls().iter().filter(|c| c["operation"] == "UpdateUserProfile").count(), 0);
    let mut after = described(&fleet, &fleet.rich);
    let lab = &mut after["DefaultUserSettings"]["JupyterLabAppSettings"];
    assert_eq!(lab.as_object_mut().unwrap().remove("BuiltInLifecycleConfigArn"), Some(json!("None")));
    assert_eq!(after["DefaultUserSettings"], before[&fleet.rich]["DefaultUserSettings"]);

    // Where even that does not help, it says so.
    let always = "[[fault]]\noperation = \"UpdateDomain\"\nkind = \"replace-settings\"\ntimes = 1\n\
                  [[fault]]\noperation = \"UpdateDomain\"\nkind = \"deny\"\n";
    fleet.sandbox.set_faults(always).unwrap();
    fleet.install(&[&["--domain", &fleet.rich], GO].concat()).expect(4).says(&["not all could be put back; hint"]);
}

#[test]
fn who_changes_a_domain_meanwhile_is_not_overwritten() {
    let fleet = small();
    // The answer that the plan is made of comes late, so that there is time between plan and change.
    let fault =
        "[[fault]]\noperation = \"DescribeStudioLifecycleConfig\"\nkind = \"late-answer\"\ndelay = \"3s\"\ntimes = 1\n";
    fleet.sandbox.set_faults(fault).unwrap();
    let command = fleet.install_command(&["--domain", &fleet.plain, "--execute", "--yes"]);
    let mut install = studio_parts::process::Running::spawn(command).unwrap();
    let end = std::time::Instant::now() + studio_it::PATIENCE;
    while fleet.sandbox.calls_of("DescribeStudioLifecycleConfig").unwrap().is_empty() {
        assert!(std::time::Instant::now() < end && install.is_running(), "{}", install.stderr_so_far());
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    let theirs = json!({ "JupyterLabAppSettings": { "BuiltInLifecycleConfigArn": TEAM } });
    let update = json!({ "DomainId": fleet.plain, "DefaultUserSettings": theirs });
    fleet.sandbox.call("UpdateDomain", &update).unwrap();
    let status = install.wait_with_timeout(studio_it::PATIENCE).unwrap();
    assert_eq!(status.code(), Some(4), "{}{}", install.stdout_so_far(), install.stderr_so_far());
    let words: String = install.stdout_so_far().split_whitespace().collect();
    assert!(words.contains("changedbysomebodyelse"), "{words}");
    assert_eq!(
        described(&fleet, &fleet.plain)["DefaultUserSettings"]["JupyterLabAppSettings"],
        theirs["JupyterLabAppSettings"]
    );
    let updates = fleet.sandbox.calls_of("UpdateDomain").unwrap();
    assert_eq!(updates.len(), 1, "only theirs");
}

#[test]
fn a_canary_is_a_tag_or_a_stable_share() {
    let fleet = small();
    let tag = |arn: String| json!({ "ResourceArn": arn, "Tags": [{ "Key": "Team", "Value": "ml" }] });
    let profile = |name: &str| format!("arn:aws:sagemaker:us-east-1:111122223333:user-profile/{}/{name}", fleet.plain);
    fleet.sandbox.call("AddTags", &tag(profile("user-03"))).unwrap();
    let one = ["--domain", &fleet.plain, "--canary", "tag:Team=ml"];
    fleet.install(&[&one, GO].concat()).expect(0);
    let state = fleet.state();
    let has = |name: &str| state[&format!("{}/{name}", fleet.plain)].to_string().contains("idle-agent-");
    assert!(has("user-03") && !has("user-02"));
    assert!(!state[&fleet.plain].to_string().contains("idle-agent-"), "only the profile is in the canary");
    // In a domain with settings of its own a new structure could hide them.
    let rich = format!("arn:aws:sagemaker:us-east-1:111122223333:user-profile/{}/user-05", fleet.rich);
    fleet.sandbox.call("AddTags", &tag(rich)).unwrap();
    let hidden = fleet.install(&["--domain", &fleet.rich, "--canary", "tag:Team=ml"]).expect(5);
    hidden.says(&["could hide the domain's; hint: take the whole domain into the canary"]);
    // A domain that carries the tag takes part as a whole.
    fleet.install(&["--domain", &fleet.plain, "--canary", "tag:Team=plain"]).expect(0).says(&["built-in: none →"]);

    fleet.sandbox.set_faults("[[fault]]\noperation = \"ListTags\"\nkind = \"deny\"\n").unwrap();
    fleet.install(&one).expect(1).says(&["its tags", "ListTags"]);
    fleet.sandbox.set_faults("").unwrap();
    let none = fleet.install(&["--all-domains", "--domains-percent", "0", "--output", "json"]).expect(0).json();
    assert_eq!(none["regions"][0]["plan"]["edits"], json!([]));
}

#[test]
fn a_lifecycle_script_is_printed_without_any_call() {
    let fleet = small();
    let binary = fleet.dir().join("idle-agent").display().to_string();
    for app_type in ["JupyterLab", "code-editor", "JupyterServer", "KernelGateway", "notebook-instance"] {
        let args = [
            "lifecycle-script",
            "--app-type",
            app_type,
            "--binary",
            &binary,
            "--idle-timeout",
            "90m",
            "--file-in-app",
            "/opt/idle-agent",
        ];
        let printed = fleet.run(&args).expect(0);
        assert!(printed.stdout.starts_with("#!/bin/sh\n"), "{}", printed.stdout);
        assert!(printed.stdout.contains("idle-timeout = \"90m\""), "{}", printed.stdout);
    }
    assert_eq!(fleet.sandbox.calls().unwrap(), Vec::<Value>::new());
}

#[test]
fn a_region_that_cannot_be_read_does_not_stop_the_other() {
    let fleet = small();
    fleet.sandbox.set_faults("[[fault]]\noperation = \"ListDomains\"\nkind = \"deny\"\ntimes = 1\n").unwrap();
    let both = ["--region", "eu-west-1", "--region", "us-east-1", "--all-domains", "--execute", "--yes"];
    let ran = fleet.install(&both).expect(4);
    ran.says(&["eu-west-1", "FAILED: ListDomains failed: AccessDeniedException"]);
    assert!(ran.stdout.contains("111122223333 us-east-1: "), "{}", ran.stdout);
    assert!(described(&fleet, &fleet.plain).to_string().contains("idle-agent-jupyterlab-"));
}

#[test]
fn a_plan_reads_like_this() {
    let fleet = small();
    let ran = fleet.install(&["--domain", &fleet.plain, "--native", "90m"]).expect(0);
    let mut shown = ran.stdout.replace(&fleet.plain, "d-000000000001");
    for slug in ["jupyterlab", "code-editor", "jupyter-server", "kernel-gateway"] {
        // The hash of the content changes with every script.
        let prefix = format!("idle-agent-{slug}-");
        let parts: Vec<&str> = shown.split(&prefix).collect();
        let rest = parts[1..].iter().map(|part| format!("{prefix}0123456789ab{}", &part[12..]));
        shown = parts[..1].iter().map(|part| (*part).to_owned()).chain(rest).collect();
    }
    assert_eq!(shown, include_str!("plan.txt"), "{shown}");
}

#[test]
fn a_lifecycle_config_with_another_content_than_its_name_says_is_not_used() {
    let fleet = small();
    let planned = fleet.install(&["--domain", &fleet.plain, "--output", "json"]).expect(0).json();
    let configs = planned["regions"][0]["lifecycle_configs"].as_array().unwrap();
    let name = configs.iter().map(|c| c["name"].as_str().unwrap()).find(|n| n.contains("code-editor")).unwrap();
    let lcc = json!({ "StudioLifecycleConfigName": name, "StudioLifecycleConfigContent": "QQ==",
        "StudioLifecycleConfigAppType": "CodeEditor" });
    fleet.sandbox.call("CreateStudioLifecycleConfig", &lcc).unwrap();
    let ran = fleet.install(&["--domain", &fleet.plain, "--execute", "--yes"]).expect(4);
    ran.says(&["has another content than its name says"]);
    let domain = described(&fleet, &fleet.plain);
    assert!(domain["DefaultUserSettings"]["CodeEditorAppSettings"].is_null(), "{domain}");
    assert!(domain["DefaultUserSettings"]["JupyterLabAppSettings"].is_object(), "{domain}");
}
