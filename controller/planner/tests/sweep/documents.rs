//! A whole plan of a mixed fleet, as the document that is written and applied.

use cost_planner::install::Scope;
use cost_planner::plan::{Allowed, Past, PlanDocument, Prices, plan};
use cost_planner::policy::EndpointMode;
use cost_planner::snapshot::{App, AppStatus, Blind, Heartbeat, Snapshot, TagsSeen, Unreached};
use idle_core::{AccountId, AppOwner, AppType, InstanceType, Region, UserProfileName};
use jiff::SignedDuration;

use crate::fleet::{
    ACCOUNT, OTHER, ago, app, close_up, days, endpoint, idle, many, notebook_instance, now, policy, series, snapshot,
    space, tags, user_profile, variant,
};

/// Idle and busy apps, silent agents, a forbidden type, exemptions, and what cannot be seen.
fn fleet() -> Snapshot {
    let busy = std::iter::repeat_n(idle(0), 20);
    let mut first = many(ACCOUNT, [idle(192), idle(1300), idle(130), idle(60)].into_iter().chain(busy));
    first.user_profiles.push(user_profile("bob"));
    first.apps[1].instance_type = Some(InstanceType::parse("ml.g4dn.xlarge").unwrap());
    first.spaces[1].owner = None;
    first.apps[2].instance_type = Some(InstanceType::parse("ml.g6e.xlarge").unwrap());
    first.apps[4].instance_type = Some(InstanceType::parse("ml.p4d.24xlarge").unwrap());
    first.apps[5].heartbeat = Heartbeat::Heard { at: ago(90), idle_seconds: 0 };
    first.apps[6].heartbeat = Heartbeat::Unread("GetMetricData: PartialData".into());
    first.apps[7].heartbeat = idle(300);
    close_up(&mut first.apps[7]).tags = TagsSeen::Unread("ListTags: throttled".to_owned());
    first.apps[8].heartbeat = idle(300);
    first.spaces[8].tags = Some(Box::new(tags(&[("costctl:exempt-until", "2026-12-01")])));
    first.apps[9].status = AppStatus::Pending;
    let owner = AppOwner::UserProfile(UserProfileName::parse("bob").unwrap());
    first.apps.push(App { owner, app_type: AppType::Canvas, instance_type: None, ..app("x", Heartbeat::NotAsked) });
    let mut unused = space("zz-old", Some("bob"));
    unused.modified_at = Some(ago(days(100)));
    first.spaces.push(unused);
    first.endpoints.push(endpoint("llm", vec![variant("one", series(Some(20)))]));
    first.endpoints.push(endpoint("month-end", vec![variant("one", series(Some(25)))]));
    first.notebook_instances.push(notebook_instance(idle(240)));
    first.sort();
    let mut second = many(OTHER, [idle(192), idle(0)]);
    second.scope = Scope { region: Region::parse("eu-west-1").unwrap(), ..second.scope };
    second.blind = vec![Blind { operation: "ListUserProfiles".to_owned(), why: "AccessDenied".to_owned() }];
    let mut snapshot = snapshot(vec![first, second]);
    let account = Some(AccountId::parse("444455556666").unwrap());
    let why = "sts:AssumeRole denied".to_owned();
    snapshot.unreached.push(Unreached { account, region: Some("us-west-2".to_owned()), why });
    snapshot
}

fn document(snapshot: &Snapshot) -> PlanDocument {
    let policy = policy(
        "[apps]\nallowed-instance-types = [\"ml.t3.*\", \"ml.g*\", \"ml.x9.*\"]\n[endpoints]\naction = \"delete\"\nnames = \"llm\"\n\
         [[budget]]\nname = \"three\"\nmax-apps = 3\n",
    );
    let known_accounts = [AccountId::parse(ACCOUNT).unwrap()].into();
    let allowed = Allowed { endpoints: EndpointMode::Delete };
    let plan = plan(&policy, snapshot, &Past { known_accounts }, &Prices::bundled(), &allowed, now());
    plan.document(snapshot, &"ab".repeat(32), SignedDuration::from_hours(1))
}

#[test]
fn a_mixed_fleet_is_planned_for_as_ever() {
    insta::assert_json_snapshot!(document(&fleet()));
}

#[test]
fn a_document_and_a_snapshot_read_back_as_they_were_written() {
    let snapshot = fleet();
    let document = document(&snapshot);
    let text = serde_json::to_string(&document).unwrap();
    assert_eq!(serde_json::from_str::<PlanDocument>(&text).unwrap(), document);
    let text = serde_json::to_string(&snapshot).unwrap();
    assert_eq!(serde_json::from_str::<Snapshot>(&text).unwrap(), snapshot);
}

#[test]
fn a_document_of_the_first_version_is_read_for_ever() {
    let document: PlanDocument = serde_json::from_str(include_str!("../fixtures/plan-v1.json")).unwrap();
    assert_eq!((document.schema_version, document.actions.len(), document.held_back.len()), (1, 3, 5));
    assert_eq!(document.actions[0].must.idle_at_least_seconds, Some(7200));
}

#[test]
fn everything_that_was_seen_is_in_the_document_or_counted_as_kept() {
    let snapshot = fleet();
    let document = document(&snapshot);
    let seen: usize =
        snapshot.scopes.iter().map(|s| s.apps.len() + s.endpoints.len() + s.notebook_instances.len()).sum();
    let (told, kept) = (
        document.actions.len() + document.held_back.len() + document.reported.len(),
        document.kept.values().sum::<usize>(),
    );
    // One volume beside.
    assert_eq!(told + kept, seen + 1);
}
