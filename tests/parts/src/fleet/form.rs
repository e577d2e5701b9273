//! What can be said of a fleet. Unknown words are errors, so that nothing is said
//! that does not stand there.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Deserializer};

/// A fleet.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Fleet {
    /// Tags of domains, by id.
    pub domain_tags: BTreeMap<String, BTreeMap<String, String>>,
    /// Tags of user profiles, by name.
    pub user_profile_tags: BTreeMap<String, BTreeMap<String, String>>,
    /// Studio apps, with the domains, user profiles and spaces that they need.
    #[serde(rename = "app")]
    pub apps: Vec<App>,
    /// Endpoints with one variant each.
    #[serde(rename = "endpoint")]
    pub endpoints: Vec<Endpoint>,
    /// Notebook instances.
    #[serde(rename = "notebook-instance")]
    pub notebook_instances: Vec<NotebookInstance>,
}

/// An account and region.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Place {
    /// Twelve digits.
    pub account: String,
    /// Such as `us-east-1`.
    pub region: String,
}

impl Default for Place {
    fn default() -> Self {
        Self { account: "111122223333".to_owned(), region: "us-east-1".to_owned() }
    }
}

/// What is heard of an agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Agent {
    /// It publishes, every five minutes.
    #[default]
    Heard,
    /// It published until two hours ago.
    Silent,
    /// It never did.
    None,
}

/// One app, or as many alike as `count` says.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct App {
    /// Where.
    pub place: Place,
    /// Its domain.
    pub domain: String,
    /// Its space; several get `-1`, `-2`, … after it.
    pub space: String,
    /// The space's owner; empty is nobody, as of a space made from a presigned URL.
    pub owner: String,
    /// A shared space.
    pub shared: bool,
    /// A user profile instead of a space, as of Studio Classic, RStudio and Canvas.
    pub user_profile: String,
    /// Its app type.
    #[serde(rename = "type")]
    pub app_type: String,
    /// Its instance type.
    pub instance: String,
    /// Its status.
    pub status: String,
    /// Since when it exists.
    #[serde(deserialize_with = "age")]
    pub age: Duration,
    /// When its space was changed last.
    #[serde(deserialize_with = "age")]
    pub space_changed: Duration,
    /// What is heard of its agent.
    pub agent: Agent,
    /// For how long it is idle by its agent; `0s` is at work.
    #[serde(deserialize_with = "age")]
    pub idle: Duration,
    /// When a user did something, by SageMaker; at the last health check where it is absent.
    #[serde(deserialize_with = "some_age")]
    pub user_activity: Option<Duration>,
    /// SageMaker recovers it.
    pub recovery_mode: bool,
    /// It runs on reserved capacity.
    pub training_plan: bool,
    /// Its own tags.
    pub tags: BTreeMap<String, String>,
    /// Its space's tags.
    pub space_tags: BTreeMap<String, String>,
    /// The size of its space's volume, in GB.
    pub volume_gb: u32,
    /// No app stands in the space.
    pub only_space: bool,
    /// How many alike.
    pub count: usize,
}

impl Default for App {
    fn default() -> Self {
        Self {
            place: Place::default(),
            domain: "d-research0001".to_owned(),
            space: String::new(),
            owner: "alice".to_owned(),
            shared: false,
            user_profile: String::new(),
            app_type: "JupyterLab".to_owned(),
            instance: "ml.t3.medium".to_owned(),
            status: "InService".to_owned(),
            age: Duration::from_secs(2 * 86_400),
            space_changed: Duration::from_secs(2 * 86_400),
            agent: Agent::Heard,
            idle: Duration::ZERO,
            user_activity: None,
            recovery_mode: false,
            training_plan: false,
            tags: BTreeMap::new(),
            space_tags: BTreeMap::new(),
            volume_gb: 5,
            only_space: false,
            count: 1,
        }
    }
}

/// How an endpoint was invoked.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Invocations {
    /// CloudWatch knows no such series.
    Absent,
    /// The series is there and holds zeros since the endpoint exists.
    Zeros,
    /// Zeros, and the last invocation so long ago.
    #[serde(deserialize_with = "age")]
    Last(Duration),
}

/// An endpoint with one variant.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Endpoint {
    /// Where.
    pub place: Place,
    /// Its name.
    pub name: String,
    /// The variant's instance type; empty for a serverless one.
    pub instance: String,
    /// How many.
    pub instances: u32,
    /// Provisioned concurrency of a serverless one.
    pub provisioned_concurrency: u32,
    /// It has an `AsyncInferenceConfig`.
    pub asynchronous: bool,
    /// A scalable target of Application Auto Scaling with this `MinCapacity`.
    pub min_capacity: Option<u32>,
    /// Inference components, by name, each with one copy.
    pub inference_components: Vec<String>,
    /// Its status.
    pub status: String,
    /// Since when it exists.
    #[serde(deserialize_with = "age")]
    pub age: Duration,
    /// How it was invoked.
    pub invocations: Invocations,
    /// Its configuration was deleted.
    pub config_deleted: bool,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
}

impl Default for Endpoint {
    fn default() -> Self {
        Self {
            place: Place::default(),
            name: "endpoint".to_owned(),
            instance: "ml.m5.xlarge".to_owned(),
            instances: 1,
            provisioned_concurrency: 0,
            asynchronous: false,
            min_capacity: None,
            inference_components: Vec::new(),
            status: "InService".to_owned(),
            age: Duration::from_secs(60 * 86_400),
            invocations: Invocations::Zeros,
            config_deleted: false,
            tags: BTreeMap::new(),
        }
    }
}

/// A notebook instance.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct NotebookInstance {
    /// Where.
    pub place: Place,
    /// Its name.
    pub name: String,
    /// Its instance type.
    pub instance: String,
    /// Its status.
    pub status: String,
    /// Since when it exists, and runs.
    #[serde(deserialize_with = "age")]
    pub age: Duration,
    /// What is heard of its agent.
    pub agent: Agent,
    /// For how long it is idle by its agent.
    #[serde(deserialize_with = "age")]
    pub idle: Duration,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
}

impl Default for NotebookInstance {
    fn default() -> Self {
        Self {
            place: Place::default(),
            name: "notebook".to_owned(),
            instance: "ml.m5.xlarge".to_owned(),
            status: "InService".to_owned(),
            age: Duration::from_secs(2 * 86_400),
            agent: Agent::Heard,
            idle: Duration::ZERO,
            tags: BTreeMap::new(),
        }
    }
}

fn age<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    let text = String::deserialize(deserializer)?;
    humantime::parse_duration(&text).map_err(|error| serde::de::Error::custom(format!("{text:?}: {error}")))
}

fn some_age<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
    age(deserializer).map(Some)
}
