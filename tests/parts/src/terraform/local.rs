//! What Terraform is told of the servers of this machine, and what is left out for them.

use std::fmt::Write;

/// The URLs of the servers, each for what it does best: Studio is the sandbox's alone, Ministack runs
/// functions and state machines, moto keeps networks and alarms as AWS does.
#[derive(Debug, Clone)]
pub struct Endpoints {
    /// The sandbox.
    pub sandbox: String,
    /// Ministack.
    pub ministack: String,
    /// Moto.
    pub moto: String,
}

/// The services of each, as the provider names them.
const OF_SANDBOX: &[&str] = &["sagemaker"];
const OF_MOTO: &[&str] = &["cloudwatch", "ec2"];
const OF_MINISTACK: &[&str] =
    &["cloudwatchlogs", "iam", "kms", "lambda", "s3", "scheduler", "sfn", "sns", "sqs", "ssm", "sts"];

/// What is left out of the module, since the servers lack it, and why it cannot be made up for:
///
/// - the rules that expire objects: for a minute the provider looks whether they are settled, and
///   no server here expires anything;
/// - whether a state machine traces: Ministack takes it and does not tell it again.
pub(super) const MODULE: &str = r#"
resource "aws_s3_bucket_lifecycle_configuration" "artifacts" {
  count = 0
}

resource "aws_sfn_state_machine" "sweep" {
  lifecycle {
    ignore_changes = [tracing_configuration]
  }
}
"#;

impl Endpoints {
    /// Overrides of the provider and of its aliases, each with its account.
    pub(super) fn providers(&self, aliases: &[(&str, &str)]) -> String {
        let mut text = String::new();
        let own = (String::new(), ACCOUNT);
        let aliased = aliases.iter().map(|(alias, account)| (format!("  alias = \"{alias}\"\n"), *account));
        for (alias, account) in std::iter::once(own).chain(aliased) {
            let _ = write!(text, "provider \"aws\" {{\n{alias}  access_key = \"{account}\"{SETTINGS}  endpoints {{\n");
            for (services, url) in [(OF_SANDBOX, &self.sandbox), (OF_MINISTACK, &self.ministack), (OF_MOTO, &self.moto)]
            {
                for service in services {
                    let _ = writeln!(text, "    {service} = \"{url}\"");
                }
            }
            text.push_str("  }\n}\n");
        }
        text
    }
}

/// The caller's account. Sandbox and Ministack take it from an access key that is made of its digits.
const ACCOUNT: &str = "111122223333";

/// Nothing here checks a signature, and nothing beyond this machine is asked.
const SETTINGS: &str = r#"
  secret_key                  = "not-a-secret"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  s3_use_path_style           = true
  max_retries                 = 3
"#;
