//! Puts a fleet into the sandbox.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::form::{Agent, App, Endpoint, Fleet, Invocations, NotebookInstance, Place};
use crate::sandbox::Sandbox;

/// Agents publish every so many seconds.
const HEARTBEAT: u64 = 300;
/// So old is the last heartbeat: between two of them.
const HEARD: Duration = Duration::from_secs(150);
/// So long ago a silent agent was heard last.
const SILENT: Duration = Duration::from_secs(7200);
/// CloudWatch keeps no data that are older.
const KEPT: Duration = Duration::from_secs(454 * 86_400);

/// What is put into one account and region.
#[derive(Default)]
struct Heap {
    lists: BTreeMap<&'static str, Vec<Value>>,
    metrics: Vec<Value>,
    scalable: Vec<Value>,
    known: BTreeSet<String>,
}

impl Fleet {
    /// Puts it into the sandbox, all ages counted from now.
    ///
    /// # Errors
    /// When the sandbox refuses something of it.
    pub fn seed(&self, sandbox: &Sandbox) -> anyhow::Result<()> {
        let now = Timestamp::now();
        let mut heaps: BTreeMap<&Place, Heap> = BTreeMap::new();
        for app in &self.apps {
            let heap = heaps.entry(&app.place).or_default();
            for n in 0..app.count {
                let after = if app.count > 1 { format!("-{}", n + 1) } else { String::new() };
                heap.app(self, app, &after, now);
            }
        }
        for endpoint in &self.endpoints {
            heaps.entry(&endpoint.place).or_default().endpoint(endpoint, now);
        }
        for instance in &self.notebook_instances {
            heaps.entry(&instance.place).or_default().notebook_instance(instance, now);
        }
        for (Place { account, region }, heap) in heaps {
            let Heap { lists, metrics, scalable, known: _ } = heap;
            let mut seed = json!(lists);
            (seed["Account"], seed["Region"]) = (json!(account), json!(region));
            sandbox.seed(&seed)?;
            if !metrics.is_empty() {
                sandbox.metrics(&json!({ "Account": account, "Region": region, "Data": metrics }))?;
            }
            for target in scalable {
                sandbox.call_of(account, region, "application-autoscaling", "RegisterScalableTarget", &target)?;
            }
        }
        sandbox.forget_calls()
    }
}

impl Heap {
    fn put(&mut self, list: &'static str, key: &str, body: Value) {
        if self.known.insert(format!("{list}/{key}")) {
            self.lists.entry(list).or_default().push(body);
        }
    }

    fn app(&mut self, fleet: &Fleet, app: &App, after: &str, now: Timestamp) {
        let old = epoch(now, Duration::from_secs(90 * 86_400));
        let domain = app.domain.as_str();
        let of_domain = tags(fleet.domain_tags.get(domain));
        self.put(
            "Domains",
            domain,
            json!({ "DomainId": domain, "DomainName": domain.trim_start_matches("d-"), "CreationTime": old,
                "LastModifiedTime": old, "Tags": of_domain }),
        );
        let profile = if app.user_profile.is_empty() { &app.owner } else { &app.user_profile };
        if !profile.is_empty() {
            self.put(
                "UserProfiles",
                &format!("{domain}/{profile}"),
                json!({ "DomainId": domain, "UserProfileName": profile, "CreationTime": old, "LastModifiedTime": old,
                    "Tags": tags(fleet.user_profile_tags.get(profile)) }),
            );
        }
        let space = format!("{}{after}", app.space);
        if !app.space.is_empty() {
            let mut body = json!({ "DomainId": domain, "SpaceName": space, "CreationTime": epoch(now, app.age.max(app.space_changed)),
                "LastModifiedTime": epoch(now, app.space_changed), "Tags": tags(Some(&app.space_tags)),
                "SpaceSettings": { "AppType": app.app_type,
                    "SpaceStorageSettings": { "EbsStorageSettings": { "EbsVolumeSizeInGb": app.volume_gb } } },
                "SpaceSharingSettings": { "SharingType": if app.shared { "Shared" } else { "Private" } } });
            if !app.owner.is_empty() {
                body["OwnershipSettings"] = json!({ "OwnerUserProfileName": app.owner });
            }
            self.put("Spaces", &format!("{domain}/{space}"), body);
        }
        if !app.only_space {
            let (member, owner) =
                if app.space.is_empty() { ("UserProfileName", profile.clone()) } else { ("SpaceName", space) };
            self.running(app, member, &owner, now);
        }
    }

    fn running(&mut self, app: &App, member: &str, owner: &str, now: Timestamp) {
        let (domain, app_type) = (&app.domain, &app.app_type);
        let health_check = epoch(now, Duration::from_secs(60));
        let mut body = json!({ "DomainId": domain, member: owner, "AppType": app_type, "AppName": "default",
            "Status": app.status, "CreationTime": epoch(now, app.age), "RecoveryMode": app.recovery_mode,
            "ResourceSpec": { "InstanceType": app.instance }, "Tags": tags(Some(&app.tags)),
            "LastHealthCheckTimestamp": health_check,
            "LastUserActivityTimestamp": app.user_activity.map_or(health_check, |ago| epoch(now, ago)) });
        if app.training_plan {
            body["ResourceSpec"]["TrainingPlanArn"] =
                json!("arn:aws:sagemaker:us-east-1:111122223333:training-plan/reserved");
        }
        self.put("Apps", &format!("{domain}/{owner}/{app_type}"), body);
        let dimensions = json!([{ "Name": "DomainId", "Value": domain }, { "Name": "Owner", "Value": owner },
            { "Name": "AppType", "Value": app_type }, { "Name": "AppName", "Value": "default" }]);
        self.heartbeats(app.agent, &dimensions, app.idle, app.age, now);
    }

    /// As the agent publishes them: a value that grows while it is idle.
    fn heartbeats(&mut self, agent: Agent, dimensions: &Value, idle: Duration, age: Duration, now: Timestamp) {
        let last = match agent {
            Agent::None => return,
            Agent::Heard => HEARD,
            Agent::Silent => SILENT,
        };
        let steps = age.saturating_sub(last).as_secs() / HEARTBEAT;
        for step in 0..=steps.min(12) {
            let value = idle.as_secs().saturating_sub(step * HEARTBEAT);
            self.metrics.push(json!({ "Namespace": "IdleAgent", "MetricName": "IdleSeconds", "Dimensions": dimensions,
                "Timestamp": epoch(now, last + Duration::from_secs(step * HEARTBEAT)), "Value": value,
                "Unit": "Seconds" }));
        }
    }

    fn endpoint(&mut self, endpoint: &Endpoint, now: Timestamp) {
        let Endpoint { name, instances, asynchronous, .. } = endpoint;
        let (created, config) = (epoch(now, endpoint.age), format!("{name}-config"));
        let mut of_config = json!({ "VariantName": "AllTraffic", "ModelName": format!("{name}-model") });
        let mut running = json!({ "VariantName": "AllTraffic" });
        if endpoint.instance.is_empty() {
            let serverless = json!({ "MemorySizeInMB": 2048, "MaxConcurrency": 20,
                "ProvisionedConcurrency": endpoint.provisioned_concurrency });
            of_config["ServerlessConfig"] = serverless.clone();
            running["CurrentServerlessConfig"] = serverless;
        } else {
            (of_config["InstanceType"], of_config["InitialInstanceCount"]) =
                (json!(endpoint.instance), json!(instances));
            (running["CurrentInstanceCount"], running["DesiredInstanceCount"]) = (json!(instances), json!(instances));
        }
        let mut of_endpoint = json!({ "EndpointName": name, "EndpointConfigName": config, "ProductionVariants": [running],
            "EndpointStatus": endpoint.status, "CreationTime": created, "LastModifiedTime": created,
            "Tags": tags(Some(&endpoint.tags)) });
        let mut configuration =
            json!({ "EndpointConfigName": config, "ProductionVariants": [of_config], "CreationTime": created });
        if *asynchronous {
            let output = json!({ "OutputConfig": { "S3OutputPath": "s3://example-bucket/out" } });
            of_endpoint["AsyncInferenceConfig"] = output.clone();
            configuration["AsyncInferenceConfig"] = output;
        }
        self.put("Endpoints", name, of_endpoint);
        if !endpoint.config_deleted {
            self.put("EndpointConfigs", &config, configuration);
        }
        let dimensions =
            json!([{ "Name": "EndpointName", "Value": name }, { "Name": "VariantName", "Value": "AllTraffic" }]);
        self.invocations(endpoint, &dimensions, now);
        if *asynchronous {
            let dimensions = json!([{ "Name": "EndpointName", "Value": name }]);
            self.metrics.push(json!({ "Namespace": "AWS/SageMaker", "MetricName": "ApproximateBacklogSize",
                "Dimensions": dimensions, "Unit": "Count", "Every": 3600, "From": epoch(now, endpoint.age.min(KEPT)),
                "To": epoch(now, Duration::ZERO), "Value": 0 }));
        }
        self.scalable(
            endpoint,
            &format!("endpoint/{name}/variant/AllTraffic"),
            "sagemaker:variant:DesiredInstanceCount",
        );
        for component in &endpoint.inference_components {
            let body = json!({ "InferenceComponentName": component, "EndpointName": name, "VariantName": "AllTraffic",
                "CreationTime": created, "RuntimeConfig": { "DesiredCopyCount": 1, "CurrentCopyCount": 1 } });
            self.put("InferenceComponents", component, body);
            self.invocations(endpoint, &json!([{ "Name": "InferenceComponentName", "Value": component }]), now);
            let id = format!("inference-component/{component}");
            self.scalable(endpoint, &id, "sagemaker:inference-component:DesiredCopyCount");
        }
    }

    fn invocations(&mut self, endpoint: &Endpoint, dimensions: &Value, now: Timestamp) {
        let series = json!({ "Namespace": "AWS/SageMaker", "MetricName": "Invocations", "Dimensions": dimensions,
            "Unit": "None" });
        if endpoint.invocations == Invocations::Absent {
            return;
        }
        let mut zeros = series.clone();
        let from = epoch(now, endpoint.age.min(KEPT));
        (zeros["Every"], zeros["From"], zeros["To"], zeros["Value"]) =
            (json!(3600), json!(from), json!(epoch(now, Duration::ZERO)), json!(0));
        self.metrics.push(zeros);
        if let Invocations::Last(ago) = endpoint.invocations {
            let mut last = series;
            (last["Timestamp"], last["Value"]) = (json!(epoch(now, ago)), json!(3));
            self.metrics.push(last);
        }
    }

    fn scalable(&mut self, endpoint: &Endpoint, resource_id: &str, dimension: &str) {
        if let Some(min) = endpoint.min_capacity {
            self.scalable.push(json!({ "ServiceNamespace": "sagemaker", "ResourceId": resource_id,
                "ScalableDimension": dimension, "MinCapacity": min, "MaxCapacity": 4 }));
        }
    }

    fn notebook_instance(&mut self, instance: &NotebookInstance, now: Timestamp) {
        let started = epoch(now, instance.age);
        let body = json!({ "NotebookInstanceName": instance.name, "InstanceType": instance.instance,
            "NotebookInstanceStatus": instance.status, "CreationTime": started, "LastModifiedTime": started,
            "Tags": tags(Some(&instance.tags)) });
        self.put("NotebookInstances", &instance.name, body);
        let dimensions = json!([{ "Name": "NotebookInstanceName", "Value": instance.name }]);
        self.heartbeats(instance.agent, &dimensions, instance.idle, instance.age, now);
    }
}

/// Epoch seconds of so long ago, as SageMaker's JSON carries them.
fn epoch(now: Timestamp, ago: Duration) -> f64 {
    let milliseconds = now.as_millisecond() - i64::try_from(ago.as_millis()).unwrap_or(i64::MAX);
    #[expect(clippy::cast_precision_loss, reason = "a float holds the milliseconds of our time exactly")]
    let milliseconds = milliseconds as f64;
    milliseconds / 1000.0
}

fn tags(tags: Option<&BTreeMap<String, String>>) -> Value {
    let tags = tags.into_iter().flatten().map(|(key, value)| json!({ "Key": key, "Value": value }));
    Value::Array(tags.collect())
}
