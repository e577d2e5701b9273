//! The state of each account and region, and how it changes with time.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use serde_json::{Value, json};

use crate::auth::Caller;
use crate::error::ApiError;

/// A deleted app stays listed for a day.
const DELETED_APPS_STAY: f64 = 24.0 * 3600.0;

/// Everything there is.
#[derive(Debug, Default)]
pub(crate) struct World {
    regions: HashMap<(String, String), Region>,
}

/// One account's resources in one region. Keys order as AWS lists.
#[derive(Debug, Default)]
pub(crate) struct Region {
    pub(crate) domains: BTreeMap<String, Resource>,
    /// By domain and name.
    pub(crate) user_profiles: BTreeMap<(String, String), Resource>,
    /// By domain and name.
    pub(crate) spaces: BTreeMap<(String, String), Resource>,
    /// By domain, owner (`space/…` or `profile/…`), type and name.
    pub(crate) apps: BTreeMap<(String, String, String, String), Resource>,
    pub(crate) lifecycle_configs: BTreeMap<String, Resource>,
    /// By ARN.
    pub(crate) tags: BTreeMap<String, BTreeMap<String, String>>,
    created: u64,
}

/// One resource: what Describe returns, and what becomes of it.
#[derive(Debug, Clone)]
pub(crate) struct Resource {
    pub(crate) body: Value,
    next: Option<(f64, Next)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Next {
    InService,
    Deleted,
    Gone,
}

/// What every operation needs to know.
#[derive(Debug, Clone)]
pub(crate) struct Context {
    pub(crate) caller: Caller,
    /// Epoch seconds.
    pub(crate) now: f64,
    pub(crate) create_takes: Duration,
    pub(crate) update_takes: Duration,
    pub(crate) delete_takes: Duration,
}

impl Context {
    /// An ARN of this account and region.
    pub(crate) fn arn(&self, resource: &str) -> String {
        let Caller { account, region, .. } = &self.caller;
        let partition = match region.split('-').next() {
            Some("cn") => "aws-cn",
            Some("us") if region.starts_with("us-gov-") => "aws-us-gov",
            _ => "aws",
        };
        format!("arn:{partition}:sagemaker:{region}:{account}:{resource}")
    }
}

impl World {
    /// The caller's region, with everything that was due done.
    pub(crate) fn region(&mut self, caller: &Caller, now: f64) -> &mut Region {
        let region = self.regions.entry((caller.account.clone(), caller.region.clone())).or_default();
        region.settle(now);
        region
    }
}

impl Region {
    /// A number that no resource of this region had before.
    pub(crate) fn next_number(&mut self) -> u64 {
        self.created += 1;
        self.created
    }

    fn settle(&mut self, now: f64) {
        self.domains.retain(|_, r| r.settle(now));
        self.user_profiles.retain(|_, r| r.settle(now));
        self.spaces.retain(|_, r| r.settle(now));
        self.apps.retain(|_, r| r.settle(now));
    }
}

impl Resource {
    /// A new resource: Pending for a while, then InService.
    pub(crate) fn pending(mut body: Value, context: &Context) -> Self {
        body["CreationTime"] = json!(context.now);
        body["LastModifiedTime"] = json!(context.now);
        body["Status"] = json!("Pending");
        let mut resource =
            Self { body, next: Some((context.now + context.create_takes.as_secs_f64(), Next::InService)) };
        resource.settle(context.now);
        resource
    }

    /// A resource that has no status.
    pub(crate) fn fixed(mut body: Value, context: &Context) -> Self {
        body["CreationTime"] = json!(context.now);
        body["LastModifiedTime"] = json!(context.now);
        Self { body, next: None }
    }

    /// Its status.
    pub(crate) fn status(&self) -> &str {
        self.body["Status"].as_str().unwrap_or_default()
    }

    /// Merges an update: members left out are kept, structures merged, lists
    /// replaced whole. Updating for a while.
    ///
    /// # Errors
    /// `ResourceInUse` while it is not in service.
    pub(crate) fn update(&mut self, change: &Value, context: &Context) -> Result<(), ApiError> {
        if !matches!(self.status(), "InService" | "Update_Failed") {
            return Err(ApiError::in_use(format!("The resource is in status {}.", self.status())));
        }
        merge(&mut self.body, change);
        self.body["LastModifiedTime"] = json!(context.now);
        self.body["Status"] = json!("Updating");
        self.next = Some((context.now + context.update_takes.as_secs_f64(), Next::InService));
        self.settle(context.now);
        Ok(())
    }

    /// Begins the deletion; afterwards it is gone.
    pub(crate) fn delete(&mut self, context: &Context) {
        self.body["Status"] = json!("Deleting");
        self.next = Some((context.now + context.delete_takes.as_secs_f64(), Next::Gone));
    }

    /// Begins the deletion of an app, which stays listed as Deleted.
    pub(crate) fn delete_app(&mut self, context: &Context) {
        self.body["Status"] = json!("Deleting");
        self.next = Some((context.now + context.delete_takes.as_secs_f64(), Next::Deleted));
    }

    /// Does what is due; returns whether the resource is still there.
    fn settle(&mut self, now: f64) -> bool {
        while let Some((at, next)) = self.next.filter(|(at, _)| *at <= now) {
            match next {
                Next::InService => {
                    self.body["Status"] = json!("InService");
                    self.next = None;
                }
                Next::Deleted => {
                    self.body["Status"] = json!("Deleted");
                    self.next = Some((at + DELETED_APPS_STAY, Next::Gone));
                }
                Next::Gone => return false,
            }
        }
        true
    }
}

fn merge(into: &mut Value, from: &Value) {
    match (into, from) {
        (Value::Object(into), Value::Object(from)) => {
            for (key, value) in from {
                merge(into.entry(key.clone()).or_insert(Value::Null), value);
            }
        }
        (into, from) => *into = from.clone(),
    }
}
