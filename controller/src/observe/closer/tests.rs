//! From an inventory to a plan to the last look, at a sandbox over real sockets.

use cost_planner::plan::{Action, AppLook, EndpointRef, Look, Past, Prices, Target, candidates, plan, still_due};
use cost_planner::policy::FleetPolicy;
use cost_planner::snapshot::{Kind, Series, Snapshot, TagsSeen};
use idle_core::{EndpointName, Reason};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use studio_parts::sandbox::{Sandbox, SandboxOptions};

use super::{look, look_closer};
use crate::aws::Session;
use crate::observe::{Asked, Watcher, snapshot};

struct Nobody;

impl Watcher for Nobody {
    fn say(&self, _: &str) {}

    fn step(&self, _: usize, _: usize) {}
}

/// One domain with an app and a notebook instance that have been idle for three hours, an
/// app at work and an endpoint.
struct Scene {
    sandbox: Sandbox,
    session: Session,
    past: Past,
}

fn body(space: &str, tags: &Value) -> Value {
    json!({ "DomainId": "d-one", "SpaceName": space, "AppType": "JupyterLab", "AppName": "default", "Tags": tags,
        "ResourceSpec": { "InstanceType": "ml.g5.xlarge" }, "CreationTime": 1_700_000_000 })
}

fn space(name: &str) -> Value {
    json!({ "DomainId": "d-one", "SpaceName": name, "CreationTime": 1_700_000_000,
        "OwnershipSettings": { "OwnerUserProfileName": "Ada" } })
}

impl Scene {
    async fn new() -> Self {
        Self::with(SandboxOptions::default()).await
    }

    async fn with(options: SandboxOptions) -> Self {
        let sandbox = Sandbox::start(options).expect("a sandbox");
        let since = 1_700_000_000;
        sandbox
            .seed(&json!({
                "Domains": [{ "DomainId": "d-one", "DomainName": "one", "CreationTime": since, "Tags": [{ "Key": "team", "Value": "search" }] }],
                "UserProfiles": [{ "DomainId": "d-one", "UserProfileName": "Ada", "CreationTime": since }],
                "Spaces": [space("idle"), space("busy")],
                "Apps": [body("idle", &json!([{ "Key": "stage", "Value": "trial" }])), body("busy", &json!([]))],
                "NotebookInstances": [{ "NotebookInstanceName": "nb", "InstanceType": "ml.t3.medium", "CreationTime": since }],
                "EndpointConfigs": [{ "EndpointConfigName": "e", "ProductionVariants": [{ "VariantName": "all", "InstanceType": "ml.m5.large" }] }],
                "Endpoints": [{ "EndpointName": "e", "EndpointConfigName": "e", "CreationTime": since,
                    "ProductionVariants": [{ "VariantName": "all", "CurrentInstanceCount": 1, "DesiredInstanceCount": 1 }] }],
            }))
            .expect("resources");
        let session = Session::at(sandbox.endpoint()).await;
        let past = Past { known_accounts: [session.scope.account.clone()].into() };
        let scene = Self { sandbox, session, past };
        scene.heard("idle", 2, 10_800);
        scene.heard("busy", 2, 0);
        scene.datum("IdleAgent", "IdleSeconds", &[("NotebookInstanceName", "nb")], 2, 10_800);
        scene.datum("AWS/SageMaker", "Invocations", &[("EndpointName", "e"), ("VariantName", "all")], 600, 3);
        scene
    }

    fn heard(&self, space: &str, minutes: i64, idle_seconds: u32) {
        let dimensions = [("DomainId", "d-one"), ("Owner", space), ("AppType", "JupyterLab"), ("AppName", "default")];
        self.datum("IdleAgent", "IdleSeconds", &dimensions, minutes, idle_seconds);
    }

    fn datum(&self, namespace: &str, name: &str, dimensions: &[(&str, &str)], minutes: i64, value: u32) {
        let at = (Timestamp::now() - SignedDuration::from_mins(minutes)).as_second();
        let pairs = dimensions.iter().map(|(name, value)| json!({ "Name": name, "Value": value }));
        let datum = json!({ "Namespace": namespace, "MetricName": name, "Dimensions": pairs.collect::<Vec<_>>(),
            "Timestamp": at, "Value": value, "Unit": "None" });
        self.sandbox.metrics(&json!({ "Data": [datum] })).expect("a datum");
    }

    async fn snapshot(&self) -> Snapshot {
        let hours = SignedDuration::from_hours;
        let (heartbeats, invocations) = (hours(3), hours(720));
        let kinds = Kind::ALL.to_vec();
        let asked = Asked { kinds, concurrency: 2, heartbeats, idle_times: true, invocations };
        snapshot(std::slice::from_ref(&self.session), Vec::new(), &asked, &Nobody).await
    }

    /// The snapshot after a closer look, and what is to be done.
    async fn planned(&self) -> (Snapshot, Vec<Action>) {
        let (policy, mut snapshot) = (FleetPolicy::by_default(), self.snapshot().await);
        let candidates = candidates(&policy, &snapshot, Timestamp::now());
        look_closer(std::slice::from_ref(&self.session), &mut snapshot, &candidates, 2, &Nobody).await;
        let now = Timestamp::now();
        let plan =
            plan(&policy, &snapshot, &self.past, &Prices::bundled(), &cost_planner::plan::Allowed::default(), now);
        let actions = plan.document(&snapshot, "", SignedDuration::from_hours(1)).actions;
        (snapshot, actions)
    }

    /// Why an action is not due any more by a fresh look.
    async fn refused(&self, action: &Action) -> Option<Reason> {
        let seen = look(&self.session, action).await;
        still_due(action, &seen, Timestamp::now()).err().map(|why| why.code)
    }
}

fn tags(seen: Option<&TagsSeen>) -> Vec<(&str, &str)> {
    match seen {
        Some(TagsSeen::Read(tags)) => tags.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect(),
        other => panic!("not read: {other:?}"),
    }
}

#[tokio::test]
async fn only_what_comes_into_question_is_looked_at_closely() {
    let scene = Scene::new().await;
    let mut listed = scene.snapshot().await;
    scene.sandbox.forget_calls().expect("no calls");
    let policy = FleetPolicy::by_default();
    let candidates = candidates(&policy, &listed, Timestamp::now());
    look_closer(std::slice::from_ref(&scene.session), &mut listed, &candidates, 2, &Nobody).await;
    let scope = &listed.scopes[0];
    let close_ups: Vec<_> = scope.apps.iter().map(|app| app.close_up.as_deref()).collect();
    let idle = scope.apps.iter().position(|app| app.owner.name() == "idle").expect("the idle app");
    assert!(close_ups[1 - idle].is_none(), "what is at work is left alone");
    let close_up = close_ups[idle].expect("looked at").as_ref().expect("described");
    assert_eq!((tags(Some(&close_up.tags)), close_up.recovery_mode), (vec![("stage", "trial")], false));
    assert_eq!(close_up.last_user_activity_at, close_up.last_health_check_at);
    assert_eq!(tags(scope.domains[0].tags.as_deref()), [("team", "search")]);
    assert_eq!(tags(scope.user_profiles[0].tags.as_deref()), []);
    assert_eq!(tags(scope.notebook_instances[0].tags.as_deref()), []);
    let calls = scene.sandbox.call_counts().expect("counts");
    // The app, its space, its domain, the notebook instance; and a user profile whose
    // ARN may be written in lower case, by both forms.
    assert_eq!((calls["DescribeApp"], calls["ListTags"], calls.len()), (1, 6, 2), "{calls:?}");
}

#[tokio::test]
async fn what_cannot_be_looked_at_closely_says_so() {
    let scene = Scene::new().await;
    scene.sandbox.set_faults("[[fault]]\noperation = \"ListTags\"\nkind = \"deny\"\n").expect("faults");
    let (snapshot, actions) = scene.planned().await;
    assert!(matches!(snapshot.scopes[0].domains[0].tags.as_deref(), Some(TagsSeen::Unread(_))));
    assert_eq!(actions, []);
    scene.sandbox.set_faults("[[fault]]\noperation = \"DescribeApp\"\nkind = \"deny\"\n").expect("faults");
    let (snapshot, actions) = scene.planned().await;
    assert!(snapshot.scopes[0].apps.iter().any(|app| matches!(app.close_up.as_deref(), Some(Err(_)))));
    assert!(actions.iter().all(|action| !matches!(action.target, Target::App(_))));
}

#[tokio::test]
async fn what_stays_as_it_was_is_still_due() {
    let scene = Scene::new().await;
    let (_, actions) = scene.planned().await;
    let mut targets: Vec<String> = actions.iter().map(|action| action.target.to_string()).collect();
    targets.sort();
    assert_eq!(targets, ["d-one/idle/JupyterLab/default", "notebook-instance/nb"]);
    for action in &actions {
        assert_eq!(scene.refused(action).await, None, "{}", action.target);
    }
    let app = actions.iter().find(|action| matches!(action.target, Target::App(_))).expect("the app");
    let Look::App(seen) = look(&scene.session, app).await else { panic!("no app") };
    let AppLook { space, user_profile, domain, .. } = *seen;
    assert_eq!(space.and_then(|space| space.owner), user_profile.map(|profile| profile.name));
    assert_eq!(tags(domain.expect("a domain").tags.as_deref()), [("team", "search")]);
}

/// What somebody else does between the plan and the act.
type Change<'a> = &'a dyn Fn(&Scene);

#[tokio::test]
async fn what_changed_since_it_was_planned_for_is_refused() {
    let key = || json!({ "DomainId": "d-one", "SpaceName": "idle", "AppType": "JupyterLab", "AppName": "default" });
    let at = |minutes: i64| (Timestamp::now() - SignedDuration::from_mins(minutes)).as_second();
    let recreated = |scene: &Scene| {
        let mut request = key();
        request["Set"] = json!({ "CreationTime": at(300) });
        scene.sandbox.force_app(&request).expect("forced");
    };
    let user_came = |scene: &Scene| {
        let mut request = key();
        request["Set"] = json!({ "LastUserActivityTimestamp": at(4) });
        scene.sandbox.force_app(&request).expect("forced");
    };
    let space_changed = |scene: &Scene| {
        let set = json!({ "LastModifiedTime": at(2) });
        let request = json!({ "Kind": "space", "DomainId": "d-one", "SpaceName": "idle", "Set": set });
        scene.sandbox.force(&request).expect("forced");
    };
    let at_work = |scene: &Scene| scene.heard("idle", 0, 0);
    let gone = |scene: &Scene| drop(scene.sandbox.call("DeleteApp", &key()).expect("deleted"));
    let protected = |scene: &Scene| {
        let arn = "arn:aws:sagemaker:us-east-1:111122223333:domain/d-one";
        let request = json!({ "ResourceArn": arn, "Tags": [{ "Key": "costctl:protect", "Value": "" }] });
        scene.sandbox.call("AddTags", &request).expect("tagged");
    };
    let unread = |scene: &Scene| {
        scene
            .sandbox
            .set_faults("[[fault]]\noperation = \"GetMetricData\"\nkind = \"partial-data\"\n")
            .expect("faults");
    };
    let denied = |scene: &Scene| {
        scene.sandbox.set_faults("[[fault]]\noperation = \"DescribeSpace\"\nkind = \"deny\"\n").expect("faults");
    };
    let changes: [(Change<'_>, Reason); 8] = [
        (&recreated, Reason::Changed),
        (&user_came, Reason::RecentActivity),
        (&space_changed, Reason::Changed),
        (&at_work, Reason::Busy),
        (&gone, Reason::NotInService),
        (&protected, Reason::Protected),
        (&unread, Reason::SourceUnknown),
        (&denied, Reason::SourceUnknown),
    ];
    for (n, (change, reason)) in changes.into_iter().enumerate() {
        let scene = Scene::new().await;
        let (_, actions) = scene.planned().await;
        let app = actions.iter().find(|action| matches!(action.target, Target::App(_))).expect("the app");
        change(&scene);
        assert_eq!(scene.refused(app).await, Some(reason), "change {n}");
    }
}

#[tokio::test]
async fn an_endpoint_is_described_anew_with_its_invocations() {
    let options = SandboxOptions { delete_takes: Some("0s".to_owned()), ..SandboxOptions::default() };
    let scene = Scene::with(options).await;
    let (_, actions) = scene.planned().await;
    let scope = scene.session.scope.clone();
    let endpoint = |name: &str| {
        let name = EndpointName::parse(name).expect("valid");
        let (partition, region, account) = (scope.partition.clone(), scope.region.clone(), scope.account.clone());
        let mut action = actions[0].clone();
        action.target = Target::Endpoint(EndpointRef { partition, region, account, endpoint: name });
        action.must.no_invocations_within_seconds = Some(14 * 86_400);
        action
    };
    let Look::Endpoint(seen) = look(&scene.session, &endpoint("e")).await else { panic!("no endpoint") };
    let close_up = seen.close_up.expect("described");
    let Series::Read { sum, from, to, .. } = close_up.variants[0].invocations else { panic!("{close_up:?}") };
    assert!((sum - 3.0).abs() < 1e-9 && to.duration_since(from) >= SignedDuration::from_hours(14 * 24));
    assert_eq!(look(&scene.session, &endpoint("none")).await, Look::Gone);
    // A component that goes meanwhile is not the endpoint.
    let component = json!({ "InferenceComponentName": "c", "EndpointName": "e", "VariantName": "all",
        "RuntimeConfig": { "DesiredCopyCount": 1, "CurrentCopyCount": 1 } });
    scene.sandbox.seed(&json!({ "InferenceComponents": [component] })).expect("a component");
    let delete = json!({ "Operation": "DeleteInferenceComponent", "Request": { "InferenceComponentName": "c" } });
    let when = json!({ "Operation": "DescribeInferenceComponent", "Do": { "call": delete } });
    scene.sandbox.when(&when).expect("scheduled");
    let Look::Endpoint(seen) = look(&scene.session, &endpoint("e")).await else { panic!("no endpoint") };
    assert_eq!(seen.close_up.expect("described").inference_components, []);
    scene.sandbox.set_faults("[[fault]]\noperation = \"ListInferenceComponents\"\nkind = \"deny\"\n").expect("faults");
    let unseen = look(&scene.session, &endpoint("e")).await;
    assert!(matches!(&unseen, Look::Unseen(why) if why.contains("ListInferenceComponents")), "{unseen:?}");
}
