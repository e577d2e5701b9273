//! `"Generate"` of a seed: a fleet as large as a benchmark wants, made in the server.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Changed, Refusal, seed};
use crate::resource::Resource;
use crate::world::{Context, Region};

/// More than any organization has in one region.
const MOST: u64 = 1_000_000;

/// As many spaces belong to one user.
const SPACES_PER_USER: u64 = 10;

/// The types of the apps of one space, in this order.
const APP_TYPES: &[&str] = &["JupyterLab", "CodeEditor"];

/// Makes `{"Domains", "Spaces", "AppsPerSpace", "InstanceType", "CreationTime"}`, all
/// but the spaces optional: `space-000001` and so on, spread over the domains
/// `d-fleet0001` and so on, owned by `user-0001` and so on, ten each, with apps named
/// `default`. Answers how many there are of what.
pub(super) fn generate(region: &mut Region, context: &Context, fleet: &Value) -> Changed {
    let known = ["Domains", "Spaces", "AppsPerSpace", "InstanceType", "CreationTime"];
    let members = fleet.as_object().ok_or_else(|| Refusal::new("Generate is not an object"))?;
    if let Some(unknown) = members.keys().find(|member| !known.contains(&member.as_str())) {
        return Err(Refusal::new(format!("Generate has no member {unknown}; hint: one of {known:?}")));
    }
    let number = |member: &str, default: u64, most: u64| match &fleet[member] {
        Value::Null => Ok(default),
        value => value
            .as_u64()
            .filter(|number| *number <= most)
            .ok_or_else(|| Refusal::new(format!("{member} must be a number up to {most}"))),
    };
    let spaces = number("Spaces", 0, MOST)?;
    let domains = number("Domains", 1, MOST)?.max(1);
    let apps_per_space = number("AppsPerSpace", 1, APP_TYPES.len() as u64)?;
    let created = fleet["CreationTime"].as_f64().unwrap_or(context.now);
    let instance_type = fleet["InstanceType"].as_str().unwrap_or("ml.t3.medium");
    let mut maker = Maker { region, context, created };
    for domain in 0..domains {
        maker.domain(domain);
    }
    let (mut apps, mut last_user) = (0, None);
    for space in 0..spaces {
        let (domain, user) = (space * domains / spaces, space / SPACES_PER_USER);
        if last_user.replace((domain, user)) != Some((domain, user)) {
            maker.user_profile(domain, user);
        }
        let types = APP_TYPES.iter().take(usize::try_from(apps_per_space).unwrap_or(usize::MAX));
        maker.space(domain, user, space);
        for app_type in types {
            maker.app(domain, space, app_type, instance_type);
            apps += 1;
        }
    }
    Ok(json!({ "Domains": domains, "Spaces": spaces, "Apps": apps }))
}

/// Puts members of the fleet there, all of one age.
struct Maker<'a> {
    region: &'a mut Region,
    context: &'a Context,
    created: f64,
}

impl Maker<'_> {
    fn domain(&mut self, domain: u64) {
        let id = domain_id(domain);
        let body = json!({ "DomainId": id, "DomainName": format!("fleet-{:04}", domain + 1), "AuthMode": "IAM",
            "DomainArn": self.context.arn(&format!("domain/{id}")), "LastModifiedTime": self.created });
        self.put("Domains", body);
    }

    fn user_profile(&mut self, domain: u64, user: u64) {
        let (id, name) = (domain_id(domain), user_name(user));
        let arn = self.context.arn(&format!("user-profile/{id}/{name}"));
        let body = json!({ "DomainId": id, "UserProfileName": name, "UserProfileArn": arn,
            "LastModifiedTime": self.created });
        self.put("UserProfiles", body);
    }

    fn space(&mut self, domain: u64, user: u64, space: u64) {
        let (id, name) = (domain_id(domain), space_name(space));
        let arn = self.context.arn(&format!("space/{id}/{name}"));
        let body = json!({ "DomainId": id, "SpaceName": name, "SpaceArn": arn, "LastModifiedTime": self.created,
            "SpaceSettings": { "AppType": APP_TYPES[0] }, "SpaceSharingSettings": { "SharingType": "Private" },
            "OwnershipSettings": { "OwnerUserProfileName": user_name(user) } });
        self.put("Spaces", body);
    }

    fn app(&mut self, domain: u64, space: u64, app_type: &str, instance_type: &str) {
        let (id, name) = (domain_id(domain), space_name(space));
        let arn = self.context.arn(&format!("app/{id}/{name}/{app_type}/default"));
        let body = json!({ "DomainId": id, "SpaceName": name, "AppType": app_type, "AppName": "default",
            "AppArn": arn, "RecoveryMode": false, "ResourceSpec": { "InstanceType": instance_type },
            "LastHealthCheckTimestamp": self.created, "LastUserActivityTimestamp": self.created });
        self.put("Apps", body);
    }

    fn put(&mut self, list: &str, mut body: Value) {
        body["CreationTime"] = json!(self.created);
        body["Status"] = json!("InService");
        seed::put(self.region, list, Resource::given(body), BTreeMap::new()).expect("it has every name");
    }
}

fn domain_id(domain: u64) -> String {
    format!("d-fleet{:04}", domain + 1)
}

fn user_name(user: u64) -> String {
    format!("user-{:04}", user + 1)
}

fn space_name(space: u64) -> String {
    format!("space-{:06}", space + 1)
}
