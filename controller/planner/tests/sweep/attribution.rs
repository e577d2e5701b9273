//! Whose a cost is, by tags.

use std::collections::BTreeMap;

use cost_planner::snapshot::{Extras, Heartbeat, ScopeSeen, VpcEndpointSeen};
use idle_core::{AppOwner, DomainId, EndpointName, NotebookInstanceName, UserProfileName};

use crate::fleet::{app, one};

fn pairs(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

/// Alice's app, with these tags.
fn scope(tags: &[(&str, &[(&str, &str)])]) -> ScopeSeen {
    let mut scope = one(app("s-1", Heartbeat::Silent));
    let tags = tags.iter().map(|(resource, tags)| (scope.arn(resource), pairs(tags))).collect();
    let tag_keys = vec!["Team".to_owned(), "Stage".to_owned()];
    scope.extras = Some(Box::new(Extras { tag_keys, tags, ..Extras::default() }));
    scope
}

#[test]
fn the_more_special_tag_wins() {
    let domain = ("domain/d-1", &[("Team", "domain"), ("Stage", "domain")][..]);
    let profile = ("user-profile/d-1/alice", &[("Team", "alice")][..]);
    let space = ("space/d-1/s-1", &[("Team", "space")][..]);
    let own = ("app/d-1/s-1/JupyterLab/default", &[("Team", "app")][..]);
    for (tags, team) in [
        (&[domain][..], "domain"),
        (&[domain, profile], "alice"),
        (&[domain, space, profile], "space"),
        (&[domain, own, profile, space], "app"),
    ] {
        let scope = scope(tags);
        let merged = scope.tags_of_app(&scope.apps[0]);
        assert_eq!(merged, Ok(pairs(&[("Team", team), ("Stage", "domain")])), "{tags:?}");
    }
    let scope = scope(&[domain, own, profile, space]);
    assert_eq!(scope.tags_of_space(&scope.spaces[0]).unwrap()["Team"], "space");
    assert_eq!(scope.tags_of_domain(&DomainId::parse("d-1").unwrap()).unwrap()["Team"], "domain");
    let instance = NotebookInstanceName::parse("n").unwrap();
    assert_eq!(scope.tags_of_notebook_instance(&instance), Ok(BTreeMap::new()));
    assert_eq!(scope.tags_of_endpoint(&EndpointName::parse("e").unwrap()), Ok(BTreeMap::new()));
    let mut in_profile = scope.apps[0].clone();
    in_profile.owner = AppOwner::UserProfile(UserProfileName::parse("alice").unwrap());
    assert_eq!(scope.tags_of_app(&in_profile).unwrap()["Team"], "alice");
}

#[test]
fn what_is_not_known_is_not_untagged() {
    let mut scope = scope(&[]);
    assert_eq!(scope.tags_of_app(&scope.apps[0]), Ok(BTreeMap::new()));
    scope.extras.as_mut().unwrap().tags_unread = Some("denied".to_owned());
    assert_eq!(scope.tags_of_app(&scope.apps[0]), Err("denied"));
    for extras in [None, Some(Box::default())] {
        scope.extras = extras;
        assert_eq!(scope.tags_of_app(&scope.apps[0]), Err("no tags were asked for"));
    }
}

#[test]
fn an_endpoint_bills_while_it_is_provisioned() {
    let seen = |state: &str| VpcEndpointSeen {
        domain: DomainId::parse("d-1").unwrap(),
        shared_with: Vec::new(),
        id: "vpce-1".to_owned(),
        vpc: "vpc-1".to_owned(),
        service_name: "com.amazonaws.us-east-1.sts".to_owned(),
        state: state.to_owned(),
        created_at: None,
        availability_zones: 2,
    };
    for (state, bills) in [("available", true), ("pendingAcceptance", true), ("rejected", true), ("a new one", true)] {
        assert_eq!(seen(state).bills(), bills, "{state}");
    }
    for state in ["deleted", "Deleting", "failed", "expired"] {
        assert!(!seen(state).bills(), "{state}");
    }
}
