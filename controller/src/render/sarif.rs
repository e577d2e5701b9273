//! Findings as SARIF 2.1.0 (OASIS), for whatever shows the results of analyses.

use cost_planner::drift::{Finding, Level, Place, Rule, Unseen};
use serde_json::{Value, json};

use super::drift::DriftReport;
use crate::script::hex;

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// The report as one run of SARIF. What could not be seen is a notification of the run: an
/// execution that saw less than all of it was not successful.
pub(crate) fn sarif(report: &DriftReport) -> Value {
    let regions = || report.regions.iter();
    let results: Vec<Value> = regions().flat_map(|region| &region.findings).map(result).collect();
    let unseen = regions().flat_map(|region| &region.unseen).map(notification);
    let failed = regions().filter_map(|region| {
        let why = region.error.as_ref()?;
        Some(json!({ "level": "error", "message": { "text": format!("{} {}: {why}", region.account, region.region) } }))
    });
    let notifications: Vec<Value> = unseen.chain(failed).collect();
    let rules: Vec<Value> = Rule::ALL.into_iter().map(rule).collect();
    json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "costctl",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            } },
            "automationDetails": { "id": "costctl/drift/" },
            "invocations": [{
                "executionSuccessful": notifications.is_empty(),
                "endTimeUtc": report.at.to_string(),
                "toolExecutionNotifications": notifications,
            }],
            "columnKind": "unicodeCodePoints",
            "results": results,
            "properties": { "policySha256": report.policy_sha256 },
        }],
    })
}

fn rule(rule: Rule) -> Value {
    let (short, help) = words(rule);
    json!({
        "id": rule.as_str(),
        "shortDescription": { "text": short },
        "fullDescription": { "text": help },
        "help": { "text": help },
        "defaultConfiguration": { "level": "error" },
    })
}

fn result(finding: &Finding) -> Value {
    let Finding { rule, level, place, setting, expected, found, since, changed_at, who, fix } = finding;
    let index = Rule::ALL.iter().position(|known| known == rule);
    let text = format!("{}: {setting} is {found}, not {expected}. To mend it: {}", at(place), fix.how);
    json!({
        "ruleId": rule.as_str(),
        "ruleIndex": index,
        "level": match level {
            Level::Error => "error",
            Level::Warning => "warning",
        },
        "message": { "text": unlinked(&text) },
        "locations": [{ "logicalLocations": [location(place, Some(setting))] }],
        // Of what it is of alone, so that it stays the same for as long as it is not mended.
        "partialFingerprints": { "costctl/v1": hex(finding.key().as_bytes()) },
        "properties": {
            "expected": expected,
            "found": found,
            "since": since,
            "changedAt": changed_at,
            "who": who,
            "fixedByCostctl": fix.owned,
        },
    })
}

fn notification(unseen: &Unseen) -> Value {
    let Unseen { rule, place, why } = unseen;
    let mut notification = json!({
        "level": "error",
        "message": { "text": unlinked(&format!("{}: not seen: {why}", at(place))) },
        "locations": [{ "logicalLocations": [location(place, None)] }],
    });
    if let Some(rule) = rule {
        notification["associatedRule"] = json!({ "id": rule.as_str() });
    }
    notification
}

/// A text in which a name that somebody chose makes no link: SARIF takes `[words](address)` for one.
fn unlinked(text: &str) -> String {
    if text.contains("](") { text.replace('[', "\\[").replace(']', "\\]") } else { text.to_owned() }
}

fn location(place: &Place, setting: Option<&str>) -> Value {
    let name = setting.map_or_else(|| place.to_string(), |setting| format!("{place}/{setting}"));
    json!({ "fullyQualifiedName": name, "kind": "resource" })
}

fn at(place: &Place) -> String {
    super::drift::place(place)
}

/// What a rule asks for, in short and in full.
fn words(rule: Rule) -> (&'static str, &'static str) {
    match rule {
        Rule::LifecycleConfiguration => (
            "The agent's lifecycle configuration is attached",
            "The lifecycle configuration of idle-agent stands where costctl install puts it, so that every app starts \
             with an agent. Without it nothing stops an idle app from within.",
        ),
        Rule::LifecycleConfigurationContent => (
            "The agent's lifecycle configuration is what it says",
            "Name and tag of a lifecycle configuration carry the SHA-256 of its content. One that differs was made by \
             somebody else, and runs in every app.",
        ),
        Rule::IdleShutdown => (
            "SageMaker's own idle shutdown is set",
            "SageMaker's own idle shutdown is on by the desired timeout, and users cannot set a longer one than the \
             desired maximum. User profiles override their domain.",
        ),
        Rule::HiddenInstanceTypes => (
            "Studio hides what the allowlist leaves out",
            "HiddenInstanceTypes holds exactly the instance types that the policy does not allow. It changes what \
             people are offered, not what they may do.",
        ),
        Rule::NetworkMode => (
            "The network mode is the desired one",
            "AppNetworkAccessType says whether apps reach the internet through a VPC of SageMaker's or only the VPC \
             of the domain.",
        ),
        Rule::KmsKey => (
            "Volumes are encrypted with the desired key",
            "KmsKeyId names a key of the customer's. Where none is named, a key of AWS's is used, of which nobody \
             decides who may use it. A key is set when a domain is made.",
        ),
        Rule::Tags => (
            "Mandatory tags are there",
            "Domains, user profiles and spaces carry the desired tags, each with a value: costs are attributed by them.",
        ),
        Rule::ExecutionRole => (
            "Execution roles are not too mighty",
            "No execution role has one of the names that are denied, and none has one of the denied policies attached, \
             such as *FullAccess.",
        ),
        Rule::NotebookSharing => (
            "Sharing of notebook output is as desired",
            "NotebookOutputOption says whether the output of cells is kept when a notebook is shared: it may hold data.",
        ),
        Rule::Storage => (
            "Volumes are no larger than desired",
            "MaximumEbsVolumeSizeInGb bounds what a space may ask for, and no space has more already. Volumes bill \
             also while nothing runs, and cannot shrink.",
        ),
        Rule::TagPropagation => (
            "Tag propagation is as desired",
            "With TagPropagation the tags of domains and spaces reach what is made in them, and with it the bill.",
        ),
        Rule::SourceIdentity => (
            "Sessions carry the user's name",
            "ExecutionRoleIdentityConfig USER_PROFILE_NAME sets the source identity of sessions, by which CloudTrail \
             tells users of one role apart.",
        ),
        Rule::ProjectQuota => (
            "Unified Studio: projects are within their quota",
            "The number of projects in a domain of Unified Studio against its quota: at the quota none can be made.",
        ),
        Rule::ToolingIdleShutdown => (
            "Unified Studio: idle shutdown of the Tooling blueprint",
            "lifecycleManagement and idleTimeoutInMinutes of the Tooling blueprint are as desired in every project \
             profile, and projects cannot change them.",
        ),
        Rule::ToolingStorage => (
            "Unified Studio: the largest volume of the Tooling blueprint",
            "maxEbsVolumeSize of the Tooling blueprint is no larger than desired in every project profile.",
        ),
        Rule::Blueprints => (
            "Unified Studio: only allowed blueprints",
            "Project profiles use only the blueprints that the policy allows.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_no_link() {
        assert_eq!(unlinked("profile [mend it](https://example.com)"), "profile \\[mend it\\](https://example.com)");
        assert_eq!(unlinked("with [{1}]; (see"), "with [{1}]; (see");
    }
}
