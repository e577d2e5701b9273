//! What goes wrong on the way of the binary into the app: a line that says it, and a
//! later run that gets there.

use std::fs;
use std::net::TcpListener;
use std::time::Duration;

use studio_it::lifecycle::{Kind, LONGEST, Stand, release};
use studio_parts::app_root::{AppRoot, User};
use studio_parts::process::Running;

use crate::{converges, jupyterlab, set, share_binary};

const HOME: &str = "/home/sagemaker-user";

#[test]
fn s3_denies() {
    let mut stand = jupyterlab(&["aws", "curl"]);
    set(&mut stand, "AWS_CONTAINER_CREDENTIALS_FULL_URI", release().unwrap().s3.denied());
    let ran = stand.run().unwrap();
    let by_aws = stand.wait_for_log("aws s3 cp failed (exit 1)").unwrap();
    assert!(by_aws.contains("403"), "{by_aws}");
    let by_curl = stand.wait_for_log("curl --aws-sigv4 failed (exit 22)").unwrap();
    assert!(by_curl.contains("403"), "{by_curl}");
    stand.wait_for_log("no binary yet; trying again in 15 s").unwrap();
    assert!(ran.stdout.contains("still at work in the background"), "{ran:?}");
    assert!(stand.agents().unwrap().is_empty());
    for secret in release().unwrap().s3.secrets() {
        assert!(!stand.log().contains(&secret) && !ran.stdout.contains(&secret));
    }
    converges(&mut stand);
}

#[test]
fn s3_denies_and_a_file_system_has_it() {
    let mut stand = jupyterlab(&["aws", "curl"]);
    set(&mut stand, "AWS_CONTAINER_CREDENTIALS_FULL_URI", release().unwrap().s3.denied());
    share_binary(&mut stand);
    stand.run().unwrap();
    stand.wait_for_start().unwrap();
    assert!(stand.log().contains(", by the file "), "{}", stand.log());
}

#[test]
fn a_wrong_digest_is_never_run_whichever_way_it_came() {
    let mut stand = jupyterlab(&["aws", "curl"]);
    stand.values.s3_uri = release().unwrap().s3.uri("wrong");
    let file = stand.shared.path().join("wrong");
    fs::write(&file, "#!/bin/sh\ntouch /tmp/what-was-wrong-ran\n").unwrap();
    stand.values.file = file.display().to_string();
    stand.run().unwrap();
    for way in ["aws s3 cp", "curl --aws-sigv4", "the file"] {
        let line = stand.wait_for_log(&format!("REFUSED what came by {way}")).unwrap();
        assert!(line.contains(&format!("not {}", stand.values.sha256)), "{line}");
    }
    stand.wait_for_log("trying again").unwrap();
    assert_eq!(stand.files("/home/sagemaker-user/.idle-agent/bin"), Vec::<String>::new());
    stand.values.file = String::new();
    converges(&mut stand);
}

#[test]
fn a_kept_binary_that_was_changed_is_never_run_and_replaced() {
    let stand = jupyterlab(&["curl"]);
    let bin = format!("{HOME}/.idle-agent/bin");
    let kept = format!("{bin}/idle-agent-{}", &stand.values.sha256[..12]);
    let wrong = r"printf '#!/bin/sh\ntouch /tmp/what-was-wrong-ran\n'";
    stand.sh(User::SAGEMAKER_USER, &format!("mkdir -p {bin}; {wrong} >{kept}; chmod 755 {kept}")).unwrap();
    stand.run().unwrap();
    stand.wait_for_log(&format!("REFUSED {kept}")).unwrap();
    stand.wait_for_start().unwrap();
}

#[test]
fn there_is_neither_aws_nor_curl() {
    let mut stand = jupyterlab(&[]);
    stand.run().unwrap();
    stand.wait_for_log("no aws here").unwrap();
    stand.wait_for_log("no curl here").unwrap();
    stand.wait_for_log("no binary yet").unwrap();
    share_binary(&mut stand);
    converges(&mut stand);
}

#[test]
fn what_comes_late_is_still_taken() {
    let mut stand = jupyterlab(&[]);
    stand.values.file = stand.shared.path().join("idle-agent").display().to_string();
    stand.run().unwrap();
    stand.wait_for_log("idle-agent failed (exit 1)").unwrap();
    share_binary(&mut stand);
    stand.wait_for_start().unwrap();
}

#[test]
fn nothing_computes_a_digest() {
    let root = AppRoot::new().unwrap().without_tools(&["sha256sum"]);
    let stand = Stand::with_root(Kind::KernelGateway, &["curl"], root).unwrap();
    // What was never made has no name, and `rm "".*` would be somebody else's files.
    let bystanders = ["/.dockerenv", "/root/.bashrc"];
    stand.sh(User::ROOT, &format!("touch {}", bystanders.join(" "))).unwrap();
    stand.run().unwrap();
    stand.wait_for_log("NOT STARTED: this script names no SHA-256, or nothing here computes one").unwrap();
    assert!(stand.agents().unwrap().is_empty());
    let of_script = |(_, line): &(u32, String)| line.contains("lifecycle_script.sh");
    let end = std::time::Instant::now() + LONGEST;
    while stand.container.pids().unwrap().iter().any(of_script) {
        assert!(std::time::Instant::now() < end, "the worker does not end");
        std::thread::sleep(Duration::from_millis(50));
    }
    assert!(bystanders.iter().all(|file| stand.container.path(file).exists()));
}

#[test]
fn openssl_computes_it_where_sha256sum_is_missing() {
    let root = AppRoot::new().unwrap().without_tools(&["sha256sum"]);
    let stand = Stand::with_root(Kind::JupyterLab, &["curl", "openssl"], root).unwrap();
    stand.run().unwrap();
    stand.wait_for_start().unwrap();
}

#[test]
fn there_is_no_network() {
    let mut stand = jupyterlab(&["aws", "curl"]);
    let script = stand.command().unwrap();
    let mut command = stand.container.command_as(Some(User::ROOT), "/.tools/bin/unshare");
    command.args(["--net", "/.tools/bin/setpriv", "--reuid=1000", "--regid=100", "--clear-groups"]);
    command.args(["/bin/sh", "/opt/ml/lifecycleconfig/lifecycle_script.sh"]);
    command.env_clear().envs(script.get_envs().filter_map(|(name, value)| Some((name, value?)))).current_dir("/");
    stand.finish(Running::spawn(command).unwrap()).unwrap();
    stand.wait_for_log("aws s3 cp failed").unwrap();
    stand.wait_for_log("no credentials for curl").unwrap();
    stand.wait_for_log("no binary yet").unwrap();
    converges(&mut stand);
}

#[test]
fn a_network_on_which_nothing_answers() {
    let mut stand = jupyterlab(&["aws", "curl"]);
    // The kernel accepts; nobody reads.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", silent.local_addr().unwrap());
    set(&mut stand, "AWS_ENDPOINT_URL_S3", &url);
    let ran = stand.run().unwrap();
    assert!(ran.stdout.contains("still at work in the background"), "{ran:?}");
    stand.wait_for_log("aws s3 cp failed").unwrap();
    stand.wait_for_log("curl --aws-sigv4 failed (exit 28)").unwrap();
    set(&mut stand, "AWS_CONTAINER_CREDENTIALS_FULL_URI", &url);
    stand.run().unwrap();
    stand.wait_for_log("no credentials for curl").unwrap();
    converges(&mut stand);
}

#[test]
fn an_aws_that_hangs_is_ended_also_without_timeout() {
    let root = AppRoot::new().unwrap().without_tools(&["timeout"]);
    let stand = Stand::with_root(Kind::JupyterLab, &["curl"], root).unwrap();
    stand.scripted("aws", "trap '' HUP INT TERM; while :; do sleep 600; done").unwrap();
    let ran = stand.run().unwrap();
    assert!(ran.stdout.contains("still at work in the background"), "{ran:?}");
    stand.wait_for_log("aws s3 cp failed (exit 137)").unwrap();
    stand.wait_for_start().unwrap();
}

#[test]
fn it_is_killed_in_the_middle_of_a_download() {
    let mut stand = jupyterlab(&["curl"]);
    share_binary(&mut stand);
    let half = format!("for last; do :; done; head -c 1000000 {} >\"$last\"; sleep 600", stand.values.file);
    stand.scripted("aws", &half).unwrap();
    let script = Running::spawn(stand.command().unwrap()).unwrap();
    let bin = format!("{HOME}/.idle-agent/bin");
    let part = loop {
        let half =
            |name: &String| fs::metadata(stand.container.path(&bin).join(name)).is_ok_and(|m| m.len() == 1_000_000);
        if let Some(part) = stand.files(&bin).into_iter().find(half) {
            break part;
        }
        assert!(script.is_running() || !stand.files(&bin).is_empty(), "{}", stand.log());
        std::thread::sleep(Duration::from_millis(50));
    };
    let of_script = |line: &str| line.contains("lifecycle_script.sh") || line.contains("/usr/bin/aws");
    for (pid, _) in stand.container.pids().unwrap().iter().filter(|(_, line)| of_script(line)) {
        stand.sh(User::ROOT, &format!("kill -9 {pid} 2>/dev/null; true")).unwrap();
    }
    drop(script);
    assert!(stand.container.path(&bin).join(&part).exists());
    // What is left counts for nothing, and is gone with a start that comes later.
    fs::remove_file(stand.container.path("/usr/bin/aws")).unwrap();
    stand.sh(User::SAGEMAKER_USER, &format!("touch -d '-20 minutes' {bin}/.part-*")).unwrap();
    converges(&mut stand);
    let end = std::time::Instant::now() + LONGEST;
    while stand.files(&bin).len() != 1 {
        assert!(std::time::Instant::now() < end, "{:?}", stand.files(&bin));
        std::thread::sleep(Duration::from_millis(100));
    }
}

#[test]
fn the_users_own_aws_and_curl_settings_change_nothing() {
    for (tools, by) in [(&["aws"][..], "by aws s3 cp"), (&["curl"][..], "by curl --aws-sigv4")] {
        let mut stand = jupyterlab(tools);
        let own = "mkdir -p ~/.aws; printf '[profile mine]\\ncredential_process=/bin/false\\n' >~/.aws/config; \
                   printf '[default]\\naws_access_key_id=AKIAIOSFODNN7EXAMPLE\\naws_secret_access_key=x\\n' >~/.aws/credentials; \
                   echo 'proxy = http://127.0.0.1:1' >~/.curlrc";
        stand.sh(User::SAGEMAKER_USER, own).unwrap();
        set(&mut stand, "AWS_PROFILE", "mine");
        set(&mut stand, "AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE");
        set(&mut stand, "AWS_SECRET_ACCESS_KEY", "x");
        stand.run().unwrap();
        stand.wait_for_start().unwrap();
        assert!(stand.log().contains(by), "{}", stand.log());
    }
}

#[test]
fn credentials_come_from_the_endpoint_of_the_place_and_are_no_arguments() {
    const GIVEN: &str =
        r#"{"AccessKeyId" : "ASIAEXAMPLE", "SecretAccessKey": "se\/cret+", "Token":"to\/ken==", "Expiration":"x"}"#;
    let container = ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/credentials/1234");
    for (kind, region, variable, asked) in [
        (Kind::JupyterLab, "eu-west-1", container, "http://169.254.170.2/v2/credentials/1234"),
        (Kind::KernelGateway, "cn-north-1", container, "http://169.254.170.2/v2/credentials/1234"),
        (
            Kind::NotebookInstance,
            "us-east-1",
            ("X", ""),
            "http://169.254.169.254/latest/meta-data/iam/security-credentials/Role",
        ),
    ] {
        let mut stand = Stand::new(kind, &[]).unwrap();
        share_binary(&mut stand);
        let file = std::mem::take(&mut stand.values.file);
        let answers = format!(
            r#"echo "$*" >>/tmp/curl.args; case "$*" in *"-K -"*) cat >>/tmp/curl.config ;; esac; for last; do :; done
case "$*" in
*" -o "*) while [ "$1" != -o ]; do shift; done; cp {file} "$2" ;;
*/api/token) printf imds-token ;;
*/security-credentials/) printf 'Role\n' ;;
*/v2/credentials/1234 | */security-credentials/Role) printf '%s' '{GIVEN}' ;;
esac"#
        );
        stand.scripted("curl", &answers).unwrap();
        for name in ["AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"] {
            stand.env.remove(name);
        }
        set(&mut stand, variable.0, variable.1);
        stand.values.s3_region = region.to_owned();
        stand.run().unwrap();
        stand.wait_for_start().unwrap();
        let read = |file: &str| fs::read_to_string(stand.container.path(file)).unwrap();
        let (args, config) = (read("/tmp/curl.args"), read("/tmp/curl.config"));
        let suffix = if region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" };
        let url = format!("https://s3.{region}.{suffix}/tools-111122223333/0.1.0/idle-agent");
        assert!(args.contains(asked) && args.lines().any(|line| line.ends_with(&url)), "{args}");
        assert!(args.contains(&format!("--aws-sigv4 aws:amz:{region}:s3")), "{args}");
        assert!(config.contains("user = \"ASIAEXAMPLE:se/cret+\""), "{config}");
        assert!(config.contains("x-amz-security-token: to/ken=="), "{config}");
        for secret in ["se/cret+", "to/ken==", "imds-token"] {
            assert!(!args.contains(secret) && !stand.log().contains(secret), "{args}");
        }
    }
}
