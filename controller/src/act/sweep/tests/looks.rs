//! The real eyes, by looks of a script: each single change keeps the app.

use cost_planner::plan::{AppLook, Count, Look};
use cost_planner::snapshot::{App, AppCloseUp, AppStatus, Domain, Heartbeat, Sharing, Space, TagsSeen};

use super::*;
use crate::act::sweep::{Again, Clock, Eyes};
use crate::observe::CallError;

fn idle_app() -> Action {
    let mut action = app("lab");
    action.planned.heard_at = Some(at("2026-11-25T11:50:00Z"));
    action.planned.space_modified_at = Some(at("2026-11-20T08:00:00Z"));
    action.must = Must {
        idle_at_least_seconds: Some(7_200),
        space_unchanged_for_seconds: 600,
        protecting_tags: vec!["costctl:protect".to_owned()],
        ..Must::default()
    };
    action
}

/// What is seen of it at noon while nothing changed.
fn as_planned(action: &Action) -> AppLook {
    let Target::App(app) = &action.target else { panic!("{action:?}") };
    let no_tags = || TagsSeen::Read(std::collections::BTreeMap::new());
    let close_up = AppCloseUp {
        seen_at: at("2026-11-25T12:00:00Z"),
        status: AppStatus::InService,
        created_at: app.created_at,
        recovery_mode: false,
        training_plan: None,
        last_user_activity_at: None,
        last_health_check_at: None,
        built_in_lifecycle_config: None,
        tags: no_tags(),
    };
    let AppOwner::Space(space) = &app.owner else { panic!("{app}") };
    AppLook {
        app: App {
            domain: app.domain.clone(),
            owner: app.owner.clone(),
            app_type: app.app_type,
            name: app.name.clone(),
            status: AppStatus::InService,
            created_at: app.created_at,
            instance_type: None,
            heartbeat: Heartbeat::Heard { at: at("2026-11-25T11:55:00Z"), idle_seconds: 9_000 },
            close_up: Some(Box::new(Ok(close_up))),
        },
        space: Some(Space {
            domain: app.domain.clone(),
            name: space.clone(),
            owner: None,
            sharing: Sharing::Private,
            in_service: true,
            modified_at: action.planned.space_modified_at,
            volume_gb: Some(5),
            tags: Some(Box::new(no_tags())),
        }),
        user_profile: None,
        domain: Some(Domain {
            id: app.domain.clone(),
            name: "studio".to_owned(),
            status: "InService".to_owned(),
            tags: Some(Box::new(no_tags())),
        }),
    }
}

/// One thing that is otherwise than it was planned for.
type Change = fn(&mut AppLook);

#[test]
fn an_app_is_acted_on_only_as_it_was_planned() {
    let changes: [(Change, Option<Reason>); 7] = [
        (|_| {}, None),
        (|look| look.app.created_at = Some(at("2026-11-25T11:59:30Z")), Some(Reason::Changed)),
        (
            |look| look.app.heartbeat = Heartbeat::Heard { at: at("2026-11-25T11:58:00Z"), idle_seconds: 0 },
            Some(Reason::Busy),
        ),
        (|look| look.app.heartbeat = Heartbeat::Silent, Some(Reason::SilentAgent)),
        (|look| look.app.heartbeat = Heartbeat::Unread("denied".into()), Some(Reason::SourceUnknown)),
        (
            |look| look.space.as_mut().expect("a space").modified_at = Some(at("2026-11-25T11:59:30Z")),
            Some(Reason::Changed),
        ),
        (|look| look.app.close_up = Some(Box::new(Err("denied".to_owned()))), Some(Reason::SourceUnknown)),
    ];
    for (n, (change, expected)) in changes.into_iter().enumerate() {
        block_on(async {
            let actions = vec![idle_app()];
            let world = World::with(&actions);
            let mut look = as_planned(&actions[0]);
            change(&mut look);
            let eyes = Eyes {
                look: async |_: &Action| Look::App(Box::new(look.clone())),
                state: async |target: &Target| Looker::state(&world, target).await,
                clock: &world.clock,
            };
            let came = go_with(&world, ("r1", &eyes, &world), &plan(actions), limits()).await;
            assert_eq!(refusal(&came.outcomes[0]), expected, "change {n}: {came:?}");
            assert_eq!(world.called.borrow().len(), usize::from(expected.is_none()), "change {n}");
        });
    }
}

#[test]
fn what_was_not_seen_is_a_failure_and_what_is_gone_a_refusal() {
    block_on(async {
        let action = idle_app();
        let world = World::with(&[]);
        for (look, is_refused) in [(Look::Gone, true), (Look::Unseen("denied".to_owned()), false)] {
            let eyes = Eyes {
                look: async |_: &Action| look.clone(),
                state: async |_: &Target| -> Result<State, CallError> { Ok(State::Gone) },
                clock: &world.clock,
            };
            let again = eyes.look_again(&action).await;
            assert!(matches!(again, Again::Refused(_)) == is_refused, "{again:?}");
            assert!(matches!(again, Again::Unseen(_)) != is_refused, "{again:?}");
            assert_eq!(eyes.state(&action.target).await.expect("told"), State::Gone);
        }
        assert!(world.clock.now() == at("2026-11-25T12:00:00Z"));
    });
}

#[test]
fn what_stood_there_before_is_told_by_the_look() {
    use cost_planner::snapshot::{CloseUp, Endpoint, InferenceComponent, Series, Variant};
    let of = endpoint("async");
    let close_up = CloseUp {
        config_name: "c".to_owned(),
        config_missing: None,
        is_async: true,
        variants: vec![Variant {
            name: VariantName::parse("blue").expect("a name"),
            is_shadow: false,
            instance_type: None,
            instances: 2,
            desired_instances: 3,
            serverless: None,
            managed_min_instances: None,
            invocations: Series::Absent,
        }],
        inference_components: vec![InferenceComponent {
            name: InferenceComponentName::parse("copies").expect("a name"),
            variant: None,
            status: "Updating".to_owned(),
            copies: 1,
            desired_copies: 4,
            invocations: Series::Absent,
        }],
        scalable_targets: Ok(Vec::new()),
        backlog: None,
        tags: TagsSeen::Read(std::collections::BTreeMap::new()),
    };
    let look = Look::Endpoint(Box::new(Endpoint {
        name: of.endpoint.clone(),
        status: "InService".to_owned(),
        created_at: Some(at(CREATED)),
        modified_at: None,
        close_up: Ok(close_up),
    }));
    let there =
        |status: &str, count| Some(State::There { status: status.to_owned(), created_at: Some(at(CREATED)), count });
    let state_of = super::super::eyes::state_of;
    assert_eq!(state_of(&Target::Endpoint(of), &look), there("InService", None));
    assert_eq!(state_of(&variant("async"), &look), there("InService", Some(Count { desired: 3, current: 2 })));
    assert_eq!(state_of(&component("copies"), &look), there("Updating", Some(Count { desired: 4, current: 1 })));
    assert_eq!(state_of(&component("others"), &look), None);
}
