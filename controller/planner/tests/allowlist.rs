//! The allowlist: which rule holds, what is hidden, which quotas should be 0, and how
//! long a policy document may be. What the documents deny, an evaluator says that is not
//! ours: tests/it.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::collections::{BTreeMap, BTreeSet};

use cost_planner::allowlist::{
    AllowRule, Allowlist, CompileError, Covered, Glob, HiddenEntry, HiddenPlan, PolicyFormat, QuotaUse, QuotaVerdict,
    QuotasWanted, Selector, Subject, TagGlob, check_quotas, compile, hidden, plan_hidden, plan_hidden_rollback, quotas,
};
use cost_planner::install::{DomainSeen, Holder, HolderSeen, Scope, Why};
use cost_planner::policy::FleetPolicy;
use idle_core::{AccountId, DomainId, Partition, Region, UserProfileName};
use proptest::prelude::*;
use serde_json::{Value, json};

const KNOWN: [&str; 6] = ["system", "ml.t3.medium", "ml.t3.large", "ml.g5.xlarge", "ml.g5.2xlarge", "ml.p4d.24xlarge"];
const ACCOUNT: &str = "111122223333";

fn globs(texts: &[&str]) -> Vec<Glob> {
    texts.iter().map(|text| Glob::parse(text).unwrap()).collect()
}

fn rule(selector: Selector, patterns: &[&str]) -> AllowRule {
    AllowRule { origin: "a rule".to_owned(), selector, patterns: globs(patterns) }
}

fn everybody(patterns: &[&str]) -> AllowRule {
    rule(Selector::default(), patterns)
}

fn domain(id: &str) -> Selector {
    Selector { domains: Some(globs(&[id])), ..Selector::default() }
}

fn user_profile(name: &str) -> Selector {
    Selector { user_profiles: Some(globs(&[name])), ..Selector::default() }
}

fn team(value: &str) -> Selector {
    let tag = TagGlob { key: "Team".to_owned(), value: Glob::parse(value).unwrap() };
    Selector { tag: Some(tag), ..Selector::default() }
}

fn list(rules: Vec<AllowRule>) -> Allowlist {
    Allowlist { rules, also: BTreeSet::new() }
}

fn scope() -> Scope {
    let (partition, account) = (Partition::parse("aws").unwrap(), AccountId::parse(ACCOUNT).unwrap());
    Scope { partition, account, region: Region::parse("us-east-1").unwrap() }
}

fn partition() -> Partition {
    Partition::parse("aws").unwrap()
}

/// A domain `d-1` with this portal, and user profiles with theirs.
fn seen(portal: &Value, profiles: &[(&str, Value)]) -> DomainSeen {
    let id = DomainId::parse("d-1").unwrap();
    let holder = |name: Option<&str>, section: &str, portal: &Value| HolderSeen {
        holder: Holder { domain: id.clone(), user_profile: name.map(|name| UserProfileName::parse(name).unwrap()) },
        body: json!({ "Status": "InService", "LastModifiedTime": 1, section: { "StudioWebPortalSettings": portal } }),
        tags: Some(Ok(BTreeMap::from([("Team".to_owned(), "ml".to_owned())]))),
    };
    let profiles = profiles.iter().map(|(name, portal)| holder(Some(name), "UserSettings", portal)).collect();
    DomainSeen { id: id.clone(), domain: Ok(holder(None, "DefaultUserSettings", portal)), user_profiles: Ok(profiles) }
}

fn planned(allowlist: &Allowlist, seen: &DomainSeen) -> HiddenPlan {
    plan_hidden(allowlist, &scope(), seen, &KNOWN, &[], false)
}

const LARGE: [&str; 3] = ["ml.g5.xlarge", "ml.g5.2xlarge", "ml.p4d.24xlarge"];

#[test]
fn the_first_rule_that_holds_decides() {
    let rules = vec![
        rule(user_profile("alice"), &["ml.p4d.*"]),
        rule(team("ml"), &["ml.g5.*"]),
        rule(domain("d-1"), &["ml.t3.large"]),
        everybody(&["ml.t3.medium"]),
    ];
    let (allowlist, account) = (list(rules), AccountId::parse(ACCOUNT).unwrap());
    let (ml, none) = (BTreeMap::from([("Team".to_owned(), "ml".to_owned())]), BTreeMap::new());
    for (id, name, tags, allowed) in [
        ("d-1", Some("alice"), &ml, "ml.p4d.24xlarge"),
        ("d-1", Some("bob"), &ml, "ml.g5.xlarge"),
        ("d-1", Some("bob"), &none, "ml.t3.large"),
        ("d-1", None, &none, "ml.t3.large"),
        ("d-2", Some("bob"), &none, "ml.t3.medium"),
    ] {
        let (id, name) = (DomainId::parse(id).unwrap(), name.map(|name| UserProfileName::parse(name).unwrap()));
        let subject = Subject { account: &account, domain: &id, user_profile: name.as_ref(), tags: &[tags] };
        let rule = allowlist.rule(&subject).unwrap();
        let is_allowed = |name: &&&str| rule.allows(name);
        assert_eq!(KNOWN.iter().filter(is_allowed).filter(|name| **name == allowed).count(), 1, "{id} {name:?}");
        assert!(rule.allows("system"));
    }
}

#[test]
fn a_policy_says_the_rules_with_their_lines() {
    let policy = |text: &str| FleetPolicy::parse(&format!("schema_version = 1\n{text}"), "costctl.toml").unwrap();
    let text = "[apps]\nallowed-instance-types = [\"ml.t3.*\"]\n[[override]]\nname = \"ml\"\n\
                for = { domain = [\"d-1\", \"d-2\"], tag = \"Team=ml\" }\napps.allowed-instance-types = [\"ml.g5.*\"]\n";
    let allowlist = Allowlist::of(&policy(text), BTreeSet::new()).unwrap();
    let tag = Some(TagGlob { key: "Team".to_owned(), value: Glob::parse("ml").unwrap() });
    let selector = Selector { domains: Some(globs(&["d-1", "d-2"])), tag, ..Selector::default() };
    let rule =
        |origin: &str, selector, text| AllowRule { origin: origin.to_owned(), selector, patterns: globs(&[text]) };
    let rules =
        vec![rule("ml, line 7", selector, "ml.g5.*"), rule("the policy, line 3", Selector::default(), "ml.t3.*")];
    assert_eq!(allowlist.rules, rules);
    assert_eq!(Allowlist::of(&policy(""), BTreeSet::new()).unwrap().rules, [], "the default is no rule");
    for (text, says) in [
        ("[[override]]\nfor = { space = \"x\" }\napps.allowed-instance-types = [\"ml.g5.*\"]\n", "spaces"),
        ("[[override]]\nfor = { domain = \"d-?\" }\napps.allowed-instance-types = [\"ml.g5.*\"]\n", "line 4"),
    ] {
        let error = Allowlist::of(&policy(text), BTreeSet::new()).unwrap_err();
        assert!(error.to_string().contains(says), "{error}");
    }
}

#[test]
fn what_is_hidden_is_all_that_is_not_allowed_but_system() {
    assert_eq!(hidden(&everybody(&["ml.t3.*"]), &KNOWN), LARGE);
    assert_eq!(hidden(&everybody(&[]), &KNOWN), KNOWN[1..]);
    assert_eq!(hidden(&everybody(&["*"]), &KNOWN), Vec::<String>::new());
}

#[test]
fn a_domain_gets_the_list_and_profiles_without_portal_settings_inherit_it() {
    let seen = seen(&json!({ "HiddenMlTools": ["JumpStart"] }), &[("alice", Value::Null), ("bob", json!({}))]);
    let plan = planned(&list(vec![everybody(&["ml.t3.*"])]), &seen);
    assert_eq!((plan.edits.len(), plan.refusals.len()), (1, 0));
    assert_eq!((&plan.edits[0].before, plan.edits[0].holder.user_profile.as_ref()), (&Vec::new(), None));
    assert_eq!(plan.edits[0].after, LARGE);
}

#[test]
fn a_profile_with_portal_settings_of_its_own_gets_the_list_too() {
    let seen = seen(&json!({ "HiddenInstanceTypes": LARGE }), &[("alice", json!({ "HiddenAppTypes": ["Canvas"] }))]);
    let plan = planned(&list(vec![everybody(&["ml.t3.*"])]), &seen);
    assert_eq!((plan.edits.len(), plan.unchanged), (1, 1));
    assert_eq!(plan.edits[0].holder.user_profile.as_ref().unwrap().as_str(), "alice");
}

#[test]
fn a_profile_whose_first_portal_setting_would_hide_the_domains_is_left_alone() {
    let rules = || list(vec![rule(user_profile("alice"), &["*.p4d.*"]), everybody(&["ml.t3.*"])]);
    let others =
        seen(&json!({ "HiddenInstanceTypes": LARGE, "HiddenMlTools": ["JumpStart"] }), &[("alice", Value::Null)]);
    let refused = planned(&rules(), &others);
    assert_eq!((refused.edits.len(), &refused.refusals[0].why), (0, &Why::WouldHideDomain));
    let alone = seen(&json!({ "HiddenInstanceTypes": LARGE }), &[("alice", Value::Null)]);
    assert_eq!(
        planned(&rules(), &alone).edits[0].after,
        ["ml.t3.medium", "ml.t3.large", "ml.g5.xlarge", "ml.g5.2xlarge"]
    );
}

#[test]
fn where_no_rule_speaks_nothing_is_planned() {
    let seen = seen(&json!({ "HiddenInstanceTypes": LARGE }), &[("alice", json!({ "HiddenAppTypes": ["Canvas"] }))]);
    assert_eq!(planned(&list(vec![rule(domain("d-2"), &["ml.t3.*"])]), &seen), HiddenPlan::default());
}

#[test]
fn what_somebody_else_hides_is_shown_again_only_when_asked_for() {
    let theirs = json!({ "HiddenInstanceTypes": ["ml.t3.large", "ml.p4d.24xlarge"] });
    let (allowlist, seen) = (list(vec![everybody(&["ml.t3.*"])]), seen(&theirs, &[]));
    let refused = planned(&allowlist, &seen);
    assert_eq!(refused.refusals[0].why, Why::HiddenByOthers { types: vec!["ml.t3.large".to_owned()] });
    assert_eq!(plan_hidden(&allowlist, &scope(), &seen, &KNOWN, &[], true).edits.len(), 1);
    let ours = entry("a", 1, &[], &["ml.p4d.24xlarge", "ml.t3.large"]);
    assert_eq!(plan_hidden(&allowlist, &scope(), &seen, &KNOWN, &[ours], false).edits.len(), 1, "it is our own");
}

#[test]
fn what_was_not_seen_or_is_not_in_service_or_is_managed_is_left_alone() {
    let allowlist = list(vec![everybody(&["ml.t3.*"])]);
    let mut unseen = seen(&Value::Null, &[]);
    unseen.user_profiles = Err("throttled".to_owned());
    let mut updating = seen(&Value::Null, &[]);
    updating.domain.as_mut().unwrap().body["Status"] = json!("Updating");
    let mut unified = seen(&Value::Null, &[]);
    unified.domain.as_mut().unwrap().body["DomainName"] = json!("SageMakerUnifiedStudio-1-2");
    let mut untagged = seen(&Value::Null, &[]);
    untagged.domain.as_mut().unwrap().tags = Some(Err("denied".to_owned()));
    for (allowlist, seen, why) in [
        (&allowlist, unseen, Why::Unseen { error: "throttled".to_owned() }),
        (&allowlist, updating, Why::Status { status: "Updating".to_owned() }),
        (&allowlist, unified, Why::UnifiedStudio),
        (&list(vec![rule(team("ml"), &["*"])]), untagged, Why::Unseen { error: "its tags: denied".to_owned() }),
    ] {
        let plan = planned(allowlist, &seen);
        assert_eq!((plan.edits.len(), &plan.refusals[0].why), (0, &why));
    }
}

fn entry(run: &str, hour: u32, before: &[&str], after: &[&str]) -> HiddenEntry {
    let texts = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect();
    let holder = Holder { domain: DomainId::parse("d-1").unwrap(), user_profile: None };
    let at = format!("2026-11-25T{hour:02}:00:00Z");
    HiddenEntry { run: run.to_owned(), at, holder, before: texts(before), after: texts(after) }
}

#[test]
fn a_rollback_brings_back_what_stood_before_the_last_run_where_that_still_stands() {
    let entries = [entry("a", 1, &[], &["ml.t3.large"]), entry("b", 2, &["ml.t3.large"], &LARGE)];
    let back = |portal: Value| plan_hidden_rollback(&seen(&portal, &[]), &entries);
    let reversed: Vec<&str> = LARGE.iter().rev().copied().collect();
    let plan = back(json!({ "HiddenInstanceTypes": reversed }));
    assert_eq!(plan.edits[0].after, ["ml.t3.large"]);
    assert_eq!(back(json!({ "HiddenInstanceTypes": ["ml.t3.large"] })).unchanged, 1);
    assert_eq!(back(json!({ "HiddenInstanceTypes": ["ml.t3.medium"] })).refusals[0].why, Why::HiddenSince);
    let again =
        [entry("a", 1, &[], &["ml.t3.large"]), entry("b", 2, &[], &LARGE), entry("b", 3, &["ml.t3.large"], &LARGE)];
    let of_first = plan_hidden_rollback(&seen(&json!({ "HiddenInstanceTypes": ["ml.t3.large"] }), &[]), &again);
    assert_eq!((of_first.unchanged, of_first.edits.len()), (1, 0), "the last of the last run counts");
    assert_eq!(plan_hidden_rollback(&seen(&Value::Null, &[]), &[]).refusals[0].why, Why::NoBeforeImage);
}

#[test]
fn a_before_image_of_version_1_is_read_for_ever() {
    let entry: HiddenEntry = serde_json::from_str(include_str!("fixtures/hidden-types-v1.json")).unwrap();
    let texts = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    assert_eq!((entry.run.as_str(), entry.holder.to_string().as_str()), ("0123456789abcdef", "d-1/alice"));
    assert_eq!((entry.before, entry.after), (texts(&["ml.p5.48xlarge"]), texts(&["ml.g5.xlarge", "ml.p5.48xlarge"])));
}

#[test]
fn quotas_of_types_that_no_rule_allows_should_be_0() {
    let rules = vec![rule(domain("d-1"), &["ml.g5.*"]), everybody(&["ml.t3.*"])];
    let wishes = quotas(&list(rules.clone()), &KNOWN);
    assert_eq!(wishes.len(), 4 * 5, "four kinds of apps, and no system");
    let wanted = |name: &str| wishes.iter().find(|wish| wish.quota == name).unwrap().wanted;
    assert_eq!(wanted("Studio JupyterLab Apps running on ml.t3.medium instances"), QuotasWanted::Positive);
    assert_eq!(wanted("Studio KernelGateway Apps running on ml.g5.xlarge instance"), QuotasWanted::Positive);
    assert_eq!(wanted("Studio CodeEditor Apps running on ml.p4d.24xlarge instances"), QuotasWanted::Zero);
    assert_eq!(quotas(&list(rules[..1].to_vec()), &KNOWN), [], "elsewhere everything is allowed");
    let also = BTreeSet::from([Covered::TrainingJobs]);
    assert_eq!(quotas(&Allowlist { also, ..list(rules) }, &KNOWN).len(), 7 * 5);
}

#[test]
fn a_quota_that_is_not_there_is_unknown_and_never_0() {
    let name = |kind: &str, of: &str| format!("Studio {kind} Apps running on {of} instances");
    let there = BTreeMap::from([
        (name("JupyterLab", "ml.t3.medium"), 5.0),
        (name("JupyterLab", "ml.t3.large"), 0.0),
        (name("JupyterLab", "ml.p4d.24xlarge"), 1.0),
        (name("CodeEditor", "ml.p4d.24xlarge"), 0.0),
        (name("JupyterLab", "ml.p9.tomorrow"), 2.0),
        ("ml.p4d.24xlarge for training job usage".to_owned(), 9.0),
        ("Rate of StopNotebookInstance requests".to_owned(), 4.0),
    ]);
    let rows = check_quotas(&list(vec![everybody(&["ml.t3.*"])]), &KNOWN, &there);
    assert_eq!(rows.len(), 4 * 5 + 1, "with the type that only the region knows");
    let verdict = |quota: String| rows.iter().find(|row| row.wish.quota == quota).unwrap().verdict;
    assert_eq!(verdict(name("JupyterLab", "ml.t3.medium")), QuotaVerdict::Right);
    assert_eq!(verdict(name("JupyterLab", "ml.t3.large")), QuotaVerdict::TooLow);
    assert_eq!(verdict(name("JupyterLab", "ml.p4d.24xlarge")), QuotaVerdict::TooHigh);
    assert_eq!(verdict(name("CodeEditor", "ml.p4d.24xlarge")), QuotaVerdict::Right);
    assert_eq!(verdict(name("JupyterLab", "ml.p9.tomorrow")), QuotaVerdict::TooHigh);
    let unknown = rows.iter().filter(|row| row.verdict == QuotaVerdict::Unknown);
    assert!(unknown.clone().count() == 16 && unknown.clone().all(|row| row.value.is_none()));
}

#[test]
fn the_names_of_quotas_are_told_apart() {
    for (name, found) in [
        ("ml.m5.xlarge for training job usage", Some((QuotaUse::TrainingJob, "ml.m5.xlarge"))),
        ("ml.m5.xlarge for spot training job usage", Some((QuotaUse::SpotTrainingJob, "ml.m5.xlarge"))),
        ("TensorBoard Apps running on system instances", None),
        ("Studio JupyterLab Apps running on system instances", None),
        ("ml.m5.xlarge for cluster usage", None),
    ] {
        assert_eq!(QuotaUse::of_name(name), found);
    }
}

#[test]
fn a_document_that_is_too_long_says_so_and_what_to_do() {
    let types: Vec<String> = (0..400).map(|n| format!("ml.g5.{n}xlarge")).collect();
    let types: Vec<&str> = types.iter().map(String::as_str).collect();
    let allowlist = list(vec![everybody(&types)]);
    for (format, limit) in [(PolicyFormat::Scp, "5120"), (PolicyFormat::Iam, "6144")] {
        let error = compile(&allowlist, format, &partition()).unwrap_err();
        let text = error.to_string();
        assert!(
            matches!(error, CompileError::TooLong { .. }) && text.contains(limit) && text.contains("hint"),
            "{text}"
        );
    }
    let fits: Vec<&str> = types[..300].to_vec();
    let allowlist = list(vec![everybody(&fits)]);
    assert!(compile(&allowlist, PolicyFormat::Scp, &partition()).is_err());
    let text = compile(&allowlist, PolicyFormat::Iam, &partition()).unwrap().text();
    assert!(text.chars().count() <= 6144 && !text.contains(char::is_whitespace), "{text}");
}

#[test]
fn what_no_document_can_say_is_an_error() {
    let nothing = compile(&list(vec![everybody(&["*"])]), PolicyFormat::Scp, &partition());
    assert_eq!(nothing, Err(CompileError::NothingDenied));
    assert_eq!(compile(&list(vec![]), PolicyFormat::Iam, &partition()), Err(CompileError::NothingDenied));
    let inner = list(vec![rule(domain("*-1"), &["ml.t3.*"])]);
    assert!(matches!(compile(&inner, PolicyFormat::Scp, &partition()), Err(CompileError::Domain { .. })));
    let tangled = list(vec![rule(domain("d-ab"), &["ml.t3.*"]), rule(domain("d-a*"), &["ml.g5.*"])]);
    assert!(matches!(compile(&tangled, PolicyFormat::Scp, &partition()), Err(CompileError::Tangled { .. })));
}

#[test]
fn a_text_that_iam_would_take_for_more_than_itself_is_refused() {
    for text in ["", "ml.?", "${aws:username}", "a\"b", "a\\b", "a\nb", &"x".repeat(257)] {
        assert!(Glob::parse(text).is_err(), "{text:?}");
    }
}

#[test]
fn no_statement_denies_what_deletes_or_stops() {
    let also = [
        Covered::NotebookInstances,
        Covered::EndpointConfigs,
        Covered::TrainingJobs,
        Covered::ProcessingJobs,
        Covered::TransformJobs,
    ];
    let allowlist = Allowlist { also: also.into(), ..list(vec![everybody(&["ml.t3.*"])]) };
    let document = serde_json::to_value(compile(&allowlist, PolicyFormat::Scp, &partition()).unwrap()).unwrap();
    let actions = document["Statement"][0]["Action"].as_array().unwrap();
    assert_eq!(actions.len(), 7 + 7);
    for action in actions {
        let action = action.as_str().unwrap();
        assert!(action.starts_with("sagemaker:Create") || action.starts_with("sagemaker:Update"), "{action}");
    }
}

proptest! {
    #[test]
    fn a_glob_takes_what_the_plain_definition_takes(pattern in "[ab*]{1,6}", name in "[ab]{0,8}") {
        fn takes(pattern: &[u8], name: &[u8]) -> bool {
            match (pattern, name) {
                ([], []) => true,
                ([b'*', rest @ ..], name) => (0..=name.len()).any(|n| takes(rest, &name[n..])),
                ([one, pattern @ ..], [other, name @ ..]) => one == other && takes(pattern, name),
                _ => false,
            }
        }
        let found = Glob::parse(&pattern).unwrap().takes(&name);
        prop_assert_eq!(found, takes(pattern.as_bytes(), name.as_bytes()));
    }
}
