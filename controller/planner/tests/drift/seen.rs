//! A domain with a user profile and a space, as SageMaker describes them.

use std::collections::BTreeMap;

use cost_planner::allowlist::Allowlist;
use cost_planner::drift::{Checked, ConfigSeen, DomainLook, ProfileLook, Rule, Seen, SpaceLook, Wish, check};
use cost_planner::install::{ConfigName, Holder, HolderSeen, Host, Scope};
use cost_planner::policy::FleetPolicy;
use idle_core::{AccountId, DomainId, Partition, Region, SpaceName, UserProfileName};
use serde_json::{Value, json};

pub(crate) const ROLE: &str = "arn:aws:iam::111122223333:role/StudioUser";
pub(crate) const KEY: &str = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
const KNOWN: [&str; 3] = ["system", "ml.t3.medium", "ml.p5.48xlarge"];

/// What was not seen: by which rule, all where it is `None`, and of what.
pub(crate) type Blind = Vec<(Option<Rule>, String)>;

/// Everything that can be desired of SageMaker's domains.
pub(crate) const ALL: &str = r#"
[apps]
allowed-instance-types = ["ml.t3.*"]
[desired]
agent = "on"
idle-shutdown = { state = "on", timeout = "2h", max = "8h" }
hidden-instance-types = "on"
network = "VpcOnly"
kms-key = "customer-managed"
tags = ["CostCenter"]
execution-role = { policies = ["*FullAccess"] }
notebook-sharing = "off"
max-storage-gib = 100
tag-propagation = "on"
source-identity = "on"
"#;

pub(crate) fn scope() -> Scope {
    Scope {
        partition: Partition::parse("aws").unwrap(),
        account: AccountId::parse("111122223333").unwrap(),
        region: Region::parse("us-east-1").unwrap(),
    }
}

/// The ARN of ours for this app type.
pub(crate) fn ours(host: Host) -> String {
    ConfigName { host, hash: "0123456789ab".to_owned() }.arn(&scope())
}

/// Three bodies, tags and what they name, all as [`ALL`] desires it.
#[derive(Debug, Clone)]
pub(crate) struct Fleet {
    pub(crate) domain: Value,
    pub(crate) profile: Value,
    pub(crate) space: Value,
    pub(crate) tags: [Result<BTreeMap<String, String>, String>; 3],
    pub(crate) attached: Result<Vec<String>, String>,
    pub(crate) config: ConfigSeen,
}

impl Fleet {
    pub(crate) fn right() -> Self {
        let idle = |host| {
            json!({ "BuiltInLifecycleConfigArn": ours(host), "AppLifecycleManagement": { "IdleSettings":
                { "LifecycleManagement": "ENABLED", "IdleTimeoutInMinutes": 120, "MaxIdleTimeoutInMinutes": 480 } } })
        };
        let classic = |host| {
            let arn = ours(host);
            json!({ "DefaultResourceSpec": { "LifecycleConfigArn": arn }, "LifecycleConfigArns": [arn] })
        };
        let settings = json!({
            "ExecutionRole": ROLE,
            "SpaceStorageSettings": { "DefaultEbsStorageSettings": { "MaximumEbsVolumeSizeInGb": 100 } },
            "SharingSettings": { "NotebookOutputOption": "Disabled" },
            "JupyterLabAppSettings": idle(Host::JupyterLab),
            "CodeEditorAppSettings": idle(Host::CodeEditor),
            "JupyterServerAppSettings": classic(Host::JupyterServer),
            "KernelGatewayAppSettings": classic(Host::KernelGateway),
            "StudioWebPortalSettings": { "HiddenInstanceTypes": ["ml.p5.48xlarge"] },
        });
        let domain = json!({ "DomainId": "d-one", "DomainName": "one", "Status": "InService", "KmsKeyId": KEY,
            "DomainArn": "arn:aws:sagemaker:us-east-1:111122223333:domain/d-one", "AppNetworkAccessType": "VpcOnly",
            "TagPropagation": "ENABLED", "LastModifiedTime": 1_790_000_000.5,
            "DomainSettings": { "ExecutionRoleIdentityConfig": "USER_PROFILE_NAME" }, "DefaultUserSettings": settings });
        let tags = || Ok(BTreeMap::from([("CostCenter".to_owned(), "42".to_owned())]));
        Self {
            domain,
            profile: json!({ "DomainId": "d-one", "UserProfileName": "ann", "Status": "InService" }),
            space: json!({ "DomainId": "d-one", "SpaceName": "lab", "Status": "InService",
                "SpaceSettings": { "AppType": "JupyterLab",
                    "SpaceStorageSettings": { "EbsStorageSettings": { "EbsVolumeSizeInGb": 5 } } } }),
            tags: [tags(), tags(), tags()],
            attached: Ok(vec!["AmazonS3ReadOnlyAccess".to_owned()]),
            config: ConfigSeen::There { sha256: sha256(), tags: Ok(managed()) },
        }
    }

    /// What is found by a policy.
    pub(crate) fn check(&self, policy: &str) -> Checked {
        let policy = FleetPolicy::parse(&format!("schema_version = 1\n{policy}"), "costctl.toml").unwrap();
        let allowlist = Allowlist::of(&policy, Default::default()).unwrap();
        let wish = Wish { desired: policy.desired(), allowlist: &allowlist, known: &KNOWN };
        check(&wish, &self.seen())
    }

    /// The rules that found something, and those that saw nothing, each with its place.
    pub(crate) fn told(&self, policy: &str) -> (Vec<(Rule, String)>, Blind) {
        let Checked { findings, unseen, domains: _ } = self.check(policy);
        let place = |place: &cost_planner::drift::Place| place.to_string().replace("111122223333/us-east-1/", "");
        (
            findings.iter().map(|found| (found.rule, place(&found.place))).collect(),
            unseen.iter().map(|unseen| (unseen.rule, place(&unseen.place))).collect(),
        )
    }

    fn seen(&self) -> Seen {
        let [of_domain, of_profile, of_space] = self.tags.clone();
        let id = DomainId::parse("d-one").unwrap();
        let name = UserProfileName::parse("ann").unwrap();
        let holder = |user_profile| Holder { domain: id.clone(), user_profile };
        let domain = HolderSeen { holder: holder(None), body: self.domain.clone(), tags: Some(of_domain) };
        let profile =
            HolderSeen { holder: holder(Some(name.clone())), body: self.profile.clone(), tags: Some(of_profile) };
        let space =
            SpaceLook { name: SpaceName::parse("lab").unwrap(), body: Ok(self.space.clone()), tags: Some(of_space) };
        Seen {
            scope: scope(),
            domains: vec![DomainLook {
                id: id.clone(),
                domain: Ok(domain),
                user_profiles: Ok(vec![ProfileLook { name, seen: Ok(profile) }]),
                spaces: Ok(vec![space]),
            }],
            configs: Host::ALL.map(|host| (ours(host), self.config.clone())).into(),
            roles: BTreeMap::from([(ROLE.to_owned(), self.attached.clone())]),
            native_ours: Default::default(),
        }
    }
}

/// One that begins with the digits in the names.
pub(crate) fn sha256() -> String {
    format!("0123456789ab{}", "0".repeat(52))
}

pub(crate) fn managed() -> BTreeMap<String, String> {
    BTreeMap::from([("costctl:sha256".to_owned(), sha256())])
}
