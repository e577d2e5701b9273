//! Tags of all resources of a region at once, to say whose a cost is.

use std::collections::{BTreeMap, BTreeSet};

use cost_planner::snapshot::{ScopeSeen, TagsSeen};
use reqwest::Url;
use serde_json::{Value, json};

use super::CallError;
use super::closer::in_either_case;
use super::pages::each_page;
use crate::aws::Session;
use crate::signed_call::{TAGGING, signed_call};

const GET: &str = "GetResources";

/// Keys in one look: each is a listing of its own.
const MOST_TAG_KEYS: usize = 10;

/// What has tags: the names of the types in ARNs.
const TYPES: [&str; 6] = ["domain", "user-profile", "space", "app", "endpoint", "notebook-instance"];

type Tags = BTreeMap<String, String>;

/// The tags of these keys, by the ARN of their resource in lower case. Resources that have
/// none of them are left out.
///
/// They say whose a cost is. They must never protect anything: what a sweep protects by is
/// read of each resource by `ListTags`. This is the index of the Resource Groups Tagging API,
/// which lags behind, and which by AWS's documentation covers every type of resource; of
/// spaces, user profiles and apps that was never proven to us. So of each type of which it
/// shows none, although there are some, one resource is asked for its own tags: what that one
/// has and the index lacks is an error, never "no tags". One that has none proves nothing.
///
/// # Errors
/// When not all could be read, or the index lacks tags that are there.
pub(super) async fn tags_of_all(
    session: &Session,
    seen: &ScopeSeen,
    keys: &[String],
) -> Result<BTreeMap<String, Tags>, CallError> {
    if keys.len() > MOST_TAG_KEYS {
        return Err(CallError::unclear(GET, &format!("more than {MOST_TAG_KEYS} tag keys are asked for")));
    }
    let region = session.scope.region.as_str();
    let url = TAGGING.url_by(&session.config, region);
    let url = url.map_err(|error| CallError::unclear(GET, &error.to_string()))?;
    let mut found: BTreeMap<String, Tags> = BTreeMap::new();
    // Of several keys in one question AWS answers the resources that have all of them.
    for key in keys {
        listed(session, &url, key, &mut found).await?;
    }
    let shown: BTreeSet<&str> = found.keys().filter_map(|arn| type_of(arn)).collect();
    for missing in TYPES.iter().filter(|name| !shown.contains(*name)) {
        let Some(arn) = sample(seen, missing) else { continue };
        // Where that cannot be read either, nothing speaks against the index.
        let TagsSeen::Read(own) = in_either_case(session, &arn).await else { continue };
        if let Some(key) = keys.iter().find(|key| own.contains_key(*key)) {
            let why = format!("it shows no tag of any {missing}, but {arn} has {key}; try again in some minutes");
            return Err(CallError::unclear(GET, &why));
        }
    }
    Ok(found)
}

/// Adds the tag of this key of all that have it.
async fn listed(session: &Session, url: &Url, key: &str, found: &mut BTreeMap<String, Tags>) -> Result<(), CallError> {
    let types = TYPES.map(|name| format!("sagemaker:{name}"));
    let ask = async |token: Option<String>| {
        let mut request =
            json!({ "ResourceTypeFilters": types, "TagFilters": [{ "Key": key }], "ResourcesPerPage": 100 });
        if let Some(token) = token {
            request["PaginationToken"] = json!(token);
        }
        let place = (url, session.scope.region.as_str());
        let call = async || Ok(signed_call(&session.config, TAGGING, place, GET, &request).await?);
        session.pace.read(GET, call).await
    };
    let mut odd = None;
    let next = |page: &Value| page["PaginationToken"].as_str().map(str::to_owned);
    each_page(GET, ask, next, |page| match page["ResourceTagMappingList"].as_array() {
        Some(resources) => resources.iter().for_each(|resource| match of_key(resource, key) {
            Some((arn, value)) => drop(found.entry(arn).or_default().insert(key.to_owned(), value)),
            None => odd = Some("a resource has no ARN, or not the tag that was asked for"),
        }),
        None => odd = Some("a page has no list of resources"),
    })
    .await?;
    odd.map_or(Ok(()), |why| Err(CallError::unclear(GET, why)))
}

/// The ARN of a resource in lower case, and the value that this key has there.
fn of_key(resource: &Value, key: &str) -> Option<(String, String)> {
    let tags = resource["Tags"].as_array()?;
    let value = tags.iter().find(|tag| tag["Key"] == key)?["Value"].as_str()?;
    Some((resource["ResourceARN"].as_str()?.to_ascii_lowercase(), value.to_owned()))
}

fn type_of(arn: &str) -> Option<&str> {
    arn.splitn(6, ':').nth(5)?.split('/').next()
}

/// The ARN of any resource of this type.
fn sample(seen: &ScopeSeen, of: &str) -> Option<String> {
    let resource = match of {
        "domain" => format!("domain/{}", fastrand::choice(&seen.domains)?.id),
        "user-profile" => {
            let profile = fastrand::choice(&seen.user_profiles)?;
            format!("user-profile/{}/{}", profile.domain, profile.name)
        }
        "space" => {
            let space = fastrand::choice(&seen.spaces)?;
            format!("space/{}/{}", space.domain, space.name)
        }
        "app" => {
            let app = fastrand::choice(&seen.apps)?;
            format!("app/{}/{}/{}/{}", app.domain, app.owner.name(), app.app_type, app.name)
        }
        "notebook-instance" => format!("notebook-instance/{}", fastrand::choice(&seen.notebook_instances)?.name),
        // Endpoints are described one by one, with their tags.
        _ => return None,
    };
    let scope = &seen.scope;
    Some(format!("arn:{}:sagemaker:{}:{}:{resource}", scope.partition, scope.region, scope.account))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scripted_http::ScriptedHttp;

    const IDENTITY: &str = "<GetCallerIdentityResponse><GetCallerIdentityResult>\
        <Arn>arn:aws:sts::111122223333:assumed-role/r/s</Arn><Account>111122223333</Account>\
        </GetCallerIdentityResult></GetCallerIdentityResponse>";

    fn seen() -> ScopeSeen {
        let seen = json!({ "partition": "aws", "account": "111122223333", "region": "us-east-1", "role": "r",
            "taken_at": "2026-11-25T10:00:00Z", "kinds": ["apps"], "blind": [], "domains": [],
            "user_profiles": [], "apps": [], "unclear": [], "endpoints": [], "notebook_instances": [],
            "spaces": [{ "domain": "d-one", "name": "lab", "owner": null, "sharing": "Private", "in_service": true,
                "modified_at": null, "volume_gb": 5 }] });
        serde_json::from_value(seen).expect("a scope")
    }

    /// What is found where the index shows this and the only space has these tags.
    async fn found(index: &Value, own: &Value) -> (Result<BTreeMap<String, Tags>, CallError>, Vec<String>) {
        let answers = [IDENTITY.to_owned(), index.to_string(), own.to_string()];
        let server = ScriptedHttp::new(answers.map(|body| (200, body))).await;
        let session = Session::at(&server.url).await;
        let found = tags_of_all(&session, &seen(), &["Team".to_owned()]).await;
        (found, server.asked())
    }

    #[tokio::test]
    async fn tags_that_the_index_lacks_are_an_error_and_not_none() {
        let of = |pairs: &[(&str, &str)]| -> Value {
            pairs.iter().map(|(key, value)| json!({ "Key": key, "Value": value })).collect()
        };
        let empty = json!({ "ResourceTagMappingList": [], "PaginationToken": "" });
        let (lagging, _) = found(&empty, &json!({ "Tags": of(&[("Team", "search")]) })).await;
        let why = lagging.expect_err("the index lacks a tag").to_string();
        assert!(why.contains("no tag of any space, but arn:aws:sagemaker:") && why.contains("/lab has Team"), "{why}");
        let (none, asked) = found(&empty, &json!({ "Tags": of(&[("Stage", "dev")]) })).await;
        assert_eq!((none.expect("none").len(), asked.len()), (0, 3));
        let tagged = json!({ "ResourceARN": "arn:aws:sagemaker:us-east-1:111122223333:space/D-one/Lab",
            "Tags": of(&[("Stage", "dev"), ("Team", "search")]) });
        let (shown, asked) = found(&json!({ "ResourceTagMappingList": [tagged] }), &Value::Null).await;
        let team = Tags::from([("Team".to_owned(), "search".to_owned())]);
        let arn = "arn:aws:sagemaker:us-east-1:111122223333:space/d-one/lab".to_owned();
        assert_eq!(shown.expect("shown"), BTreeMap::from([(arn, team)]));
        assert_eq!(asked.len(), 2, "nothing is asked again of a type that the index shows");
        assert!(asked[1].contains("x-amz-target: ResourceGroupsTaggingAPI_20170126.GetResources"), "{}", asked[1]);
    }

    #[tokio::test]
    async fn an_answer_of_another_form_is_an_error() {
        let untagged = json!({ "ResourceARN": "arn:aws:sagemaker:us-east-1:111122223333:space/d-one/lab", "Tags": [] });
        for index in [json!({ "ResourceTagMappingList": [untagged] }), json!({})] {
            assert!(found(&index, &json!({ "Tags": [] })).await.0.is_err(), "{index}");
        }
    }
}
