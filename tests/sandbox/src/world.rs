//! The state of each account and region, and how it changes with time.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use crate::auth::Caller;
use crate::resource::Resource;
use crate::service::auto_scaling::ScalableTargets;
use crate::service::cloudwatch::{Alarms, Dashboards, Metrics};
use crate::service::cost_explorer::Costs;
use crate::service::datazone::Domains as DataZoneDomains;
use crate::service::ec2::{Network, VpcEndpoints};
use crate::service::quotas::Quotas;
use crate::service::sns::Topics;
use crate::service::ssm::Parameters;
use crate::shelf::Shelf;

/// Everything there is.
#[derive(Debug, Default)]
pub(crate) struct World {
    regions: HashMap<(String, String), Region>,
}

/// One account's resources in one region. Keys order as AWS lists.
#[derive(Debug, Default)]
pub(crate) struct Region {
    pub(crate) domains: Shelf<String>,
    /// By domain and name.
    pub(crate) user_profiles: Shelf<(String, String)>,
    /// By domain and name.
    pub(crate) spaces: Shelf<(String, String)>,
    /// By domain, owner (`space/…` or `profile/…`), type and name.
    pub(crate) apps: Shelf<(String, String, String, String)>,
    pub(crate) lifecycle_configs: Shelf<String>,
    pub(crate) notebook_instances: Shelf<String>,
    pub(crate) notebook_lifecycle_configs: Shelf<String>,
    pub(crate) endpoint_configs: Shelf<String>,
    pub(crate) endpoints: Shelf<String>,
    pub(crate) inference_components: Shelf<String>,
    /// By ARN.
    pub(crate) tags: BTreeMap<String, BTreeMap<String, String>>,
    pub(crate) metrics: Metrics,
    pub(crate) alarms: Alarms,
    /// Of the whole account: in one region alone.
    pub(crate) dashboards: Dashboards,
    pub(crate) scalable_targets: ScalableTargets,
    pub(crate) quotas: Quotas,
    pub(crate) topics: Topics,
    pub(crate) parameters: Parameters,
    pub(crate) vpc_endpoints: VpcEndpoints,
    /// What stands around them.
    pub(crate) network: Network,
    pub(crate) datazone: DataZoneDomains,
    /// Of the account; Cost Explorer is in one region of each partition.
    pub(crate) costs: Costs,
    created: u64,
}

/// What every operation needs to know.
#[derive(Debug, Clone)]
pub(crate) struct Context {
    pub(crate) caller: Caller,
    pub(crate) caller_arn: String,
    /// Epoch seconds.
    pub(crate) now: f64,
    pub(crate) create_takes: Duration,
    pub(crate) update_takes: Duration,
    pub(crate) delete_takes: Duration,
    pub(crate) stop_takes: Duration,
    /// Whether an update replaces settings instead of merging them.
    pub(crate) replaces_settings: bool,
    /// Whether a read shows what was there before the last update.
    pub(crate) reads_stale: bool,
    /// The status of metric data that do not come.
    pub(crate) metric_data: Option<&'static str>,
}

impl Context {
    /// An ARN of SageMaker in this account and region.
    pub(crate) fn arn(&self, resource: &str) -> String {
        self.arn_of("sagemaker", resource)
    }

    /// An ARN of another service in this account and region; roles are in no region.
    pub(crate) fn arn_of(&self, service: &str, resource: &str) -> String {
        let Caller { account, region, .. } = &self.caller;
        let partition = self.caller.partition();
        let region = if service == "iam" { "" } else { region };
        format!("arn:{partition}:{service}:{region}:{account}:{resource}")
    }
}

impl World {
    /// The caller's region, with everything that was due done.
    pub(crate) fn region(&mut self, caller: &Caller, now: f64) -> &mut Region {
        // Ids are unique across regions, as AWS's are.
        let first = self.regions.len() as u64 * 1_000_000;
        let key = (caller.account.clone(), caller.region.clone());
        let region = self.regions.entry(key).or_insert_with(|| Region { created: first, ..Region::default() });
        region.settle(now);
        region
    }
}

impl Region {
    /// A number that no resource had before.
    pub(crate) fn next_number(&mut self) -> u64 {
        self.created += 1;
        self.created
    }

    fn settle(&mut self, now: f64) {
        let Self {
            domains,
            user_profiles,
            spaces,
            apps,
            lifecycle_configs: _,
            notebook_instances,
            notebook_lifecycle_configs: _,
            endpoint_configs: _,
            endpoints,
            inference_components,
            tags,
            metrics: _,
            alarms: _,
            dashboards: _,
            scalable_targets: _,
            quotas: _,
            topics: _,
            parameters: _,
            vpc_endpoints: _,
            network: _,
            datazone: _,
            costs: _,
            created: _,
        } = self;
        let mut gone = |resource: &Resource| {
            resource.arn().map(|arn| tags.remove(arn));
        };
        for by_domain in [user_profiles, spaces] {
            by_domain.settle(now, &mut gone);
        }
        apps.settle(now, &mut gone);
        for named in [domains, notebook_instances, endpoints, inference_components] {
            named.settle(now, &mut gone);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn context(now: f64) -> Context {
        let caller = Caller {
            access_key: "AKIAIOSFODNN7EXAMPLE".to_owned(),
            account: "111122223333".to_owned(),
            region: "us-east-1".to_owned(),
            service: "sagemaker".to_owned(),
            program: None,
        };
        let takes = Duration::from_secs(10);
        Context {
            caller,
            caller_arn: "arn".to_owned(),
            now,
            create_takes: takes,
            update_takes: takes,
            delete_takes: takes,
            stop_takes: takes,
            replaces_settings: false,
            reads_stale: false,
            metric_data: None,
        }
    }

    fn world_with_app(now: f64) -> (World, (String, String, String, String)) {
        let mut world = World::default();
        let key = ("d-1".to_owned(), "space/s".to_owned(), "JupyterLab".to_owned(), "default".to_owned());
        let context = context(now);
        let app = Resource::pending(json!({ "AppArn": "arn" }), &context);
        let region = world.region(&context.caller, now);
        region.tags.insert("arn".to_owned(), BTreeMap::new());
        region.apps.insert(key.clone(), app);
        (world, key)
    }

    #[test]
    fn an_app_goes_its_way_as_time_passes() {
        let (mut world, key) = world_with_app(1000.0);
        let caller = context(0.0).caller;
        let mut status = |now: f64| world.region(&caller, now).apps.get(&key).map(|app| app.status().to_owned());
        assert_eq!(status(1009.9).as_deref(), Some("Pending"));
        assert_eq!(status(1010.0).as_deref(), Some("InService"));

        let region = world.region(&caller, 2000.0);
        if let Some(app) = region.apps.get_mut(&key) {
            app.delete_app(&context(2000.0));
        }
        let mut status = |now: f64| world.region(&caller, now).apps.get(&key).map(|app| app.status().to_owned());
        assert_eq!(status(2009.0).as_deref(), Some("Deleting"));
        assert_eq!(status(2010.0).as_deref(), Some("Deleted"));
        assert_eq!(status(2009.0 + 86_400.0).as_deref(), Some("Deleted"));
        assert_eq!(status(2010.0 + 86_400.0), None);
        assert!(world.region(&caller, 2010.0 + 86_400.0).tags.is_empty());
    }
}
