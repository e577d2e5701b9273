//! The kill switch: a file, parameter or object by which anybody stops every sweep.

use std::io::ErrorKind;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use aws_config::SdkConfig;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt};
use reqwest::Url;
use serde_json::json;

use crate::bucket;
use crate::signed_call::{SSM, SignedCallError, signed_call};

/// Tries of one look at it, half a second apart and more: what stays unread is on.
const TRIES: u32 = 3;
const PAUSE: Duration = Duration::from_millis(500);

/// Where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum KillSwitchPlace {
    /// On while there is a file.
    File(PathBuf),
    /// On while a parameter says so: anything but off, false or 0.
    Parameter(String),
    /// On while there is an object.
    Object { bucket: String, key: String },
}

impl FromStr for KillSwitchPlace {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let form = || "file:PATH, ssm:NAME or s3://BUCKET/KEY".to_owned();
        if let Some((bucket, key)) = bucket::split(text) {
            let is_whole = !bucket.is_empty() && !key.is_empty() && !key.ends_with('/');
            let place = Self::Object { bucket: bucket.to_owned(), key: key.to_owned() };
            return if is_whole { Ok(place) } else { Err(form()) };
        }
        match text.split_once(':') {
            Some(("file", path)) if !path.is_empty() => Ok(Self::File(path.into())),
            Some(("ssm", name)) if !name.is_empty() => Ok(Self::Parameter(name.to_owned())),
            _ => Err(form()),
        }
    }
}

/// Reads it.
#[derive(Debug)]
pub(crate) struct KillSwitch {
    place: KillSwitchPlace,
    config: SdkConfig,
    /// Of a parameter or object.
    region: String,
    /// Where parameters are asked for.
    url: Option<Url>,
    /// Between two tries; longer each time.
    pause: Duration,
    object: Option<Box<dyn ObjectStore>>,
}

impl KillSwitch {
    /// The kill switch at this place; a parameter's ARN names its region, everything else
    /// is in that of the configuration. Nothing is asked yet.
    ///
    /// # Errors
    /// A sentence where no region is known or a bucket's name is of no use.
    pub(crate) fn at(place: KillSwitchPlace, config: &SdkConfig) -> Result<Self, String> {
        let of_arn = match &place {
            KillSwitchPlace::Parameter(name) if name.starts_with("arn:") => name.split(':').nth(3),
            _ => None,
        };
        let region = of_arn.map(str::to_owned);
        let region = region.or_else(|| config.region().map(ToString::to_string));
        let needs_none = matches!(place, KillSwitchPlace::File(_));
        let region = region.or_else(|| needs_none.then(String::new));
        let region = region.ok_or("no region is known for the kill switch; hint: --region")?;
        let object: Option<Box<dyn ObjectStore>> = match &place {
            KillSwitchPlace::Object { bucket, .. } => {
                let opened = bucket::open(bucket, &region, None, config).map_err(|error| error.to_string())?;
                Some(Box::new(opened))
            }
            _ => None,
        };
        let url = match &place {
            KillSwitchPlace::Parameter(_) => SSM.url(&region, |name| std::env::var(name).ok()).map(Some),
            _ => Ok(None),
        };
        let url = url.map_err(|error| error.to_string())?;
        Ok(Self { place, config: config.clone(), region, url, pause: PAUSE, object })
    }

    /// Why nothing may be done; `None` where it is off. What cannot be read is on: nobody
    /// knows whether somebody means to stop us.
    pub(crate) async fn on(&self) -> Option<String> {
        let mut tries = 1;
        loop {
            match self.look().await {
                Ok(on) => return on,
                Err(why) if tries == TRIES => {
                    return Some(format!("the kill switch could not be read, so it is on: {why}"));
                }
                Err(_) => tokio::time::sleep(self.pause * tries).await,
            }
            tries += 1;
        }
    }

    async fn look(&self) -> Result<Option<String>, String> {
        match &self.place {
            KillSwitchPlace::File(path) => match std::fs::symlink_metadata(path) {
                Ok(_) => Ok(Some(format!("the kill switch is on: there is {}", path.display()))),
                Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
                Err(error) => Err(format!("{}: {error}", path.display())),
            },
            KillSwitchPlace::Parameter(name) => self.parameter(name).await,
            KillSwitchPlace::Object { bucket, key } => {
                let object = self.object.as_ref().expect("a bucket has a client since it was opened");
                object_there(object.as_ref(), key, &format!("s3://{bucket}/{key}")).await
            }
        }
    }

    async fn parameter(&self, name: &str) -> Result<Option<String>, String> {
        let request = json!({ "Name": name, "WithDecryption": true });
        let url = self.url.as_ref().expect("a parameter has a URL since it was opened");
        match signed_call(&self.config, SSM, (url, &self.region), "GetParameter", &request).await {
            Ok(answer) => {
                let value = answer["Parameter"]["Value"].as_str().ok_or("the parameter has no value")?;
                let is_off = ["off", "false", "0"].iter().any(|off| value.trim().eq_ignore_ascii_case(off));
                Ok((!is_off).then(|| format!("the kill switch is on: parameter {name} is neither off, false nor 0")))
            }
            Err(SignedCallError::Refused { code, .. }) if code == "ParameterNotFound" => Ok(None),
            Err(error) => Err(format!("GetParameter {name}: {error}")),
        }
    }
}

async fn object_there(objects: &dyn ObjectStore, key: &str, url: &str) -> Result<Option<String>, String> {
    match objects.head(&Path::from(key)).await {
        Ok(_) => Ok(Some(format!("the kill switch is on: there is {url}"))),
        // An answer without a body: a bucket that is not there looks the same. Its listing does not.
        Err(object_store::Error::NotFound { .. }) => {
            let listed = objects.list_with_delimiter(Some(&Path::from(key))).await;
            listed.map(|_| None).map_err(|error| format!("{url}: {error}"))
        }
        Err(error) => Err(format!("{url}: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use aws_credential_types::Credentials;
    use aws_credential_types::provider::SharedCredentialsProvider;

    use super::*;
    use crate::scripted_http::ScriptedHttp;

    fn now<T>(work: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(work)
    }

    fn config() -> SdkConfig {
        let credentials = Credentials::new("AKIDEXAMPLE", "secret", None, None, "test");
        SdkConfig::builder()
            .region(aws_config::Region::new("eu-west-1"))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .build()
    }

    #[test]
    fn places_are_told_apart() {
        for (text, place) in [
            ("file:/run/stop", KillSwitchPlace::File("/run/stop".into())),
            ("ssm:/costctl/stop", KillSwitchPlace::Parameter("/costctl/stop".to_owned())),
            (
                "ssm:arn:aws:ssm:eu-west-1:111122223333:parameter/stop",
                KillSwitchPlace::Parameter("arn:aws:ssm:eu-west-1:111122223333:parameter/stop".to_owned()),
            ),
            ("s3://bucket/a/stop", KillSwitchPlace::Object { bucket: "bucket".to_owned(), key: "a/stop".to_owned() }),
        ] {
            assert_eq!(text.parse(), Ok(place), "{text}");
        }
        for text in ["", "/run/stop", "file:", "ssm:", "s3://", "s3://bucket", "s3://bucket/", "s3://bucket/a/", "S3:x"]
        {
            assert!(text.parse::<KillSwitchPlace>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_file_is_on_while_it_is_there_and_when_nobody_can_tell() {
        now(async {
            let folder = tempfile::tempdir().expect("a folder");
            let path = folder.path().join("stop");
            let switch = KillSwitch::at(KillSwitchPlace::File(path.clone()), &config()).expect("opened");
            assert_eq!(switch.on().await, None);
            std::fs::write(&path, "").expect("written");
            assert!(switch.on().await.is_some_and(|why| why.contains("there is")));
            let below = KillSwitchPlace::File(path.join("below-a-file"));
            let mut unread = KillSwitch::at(below, &config()).expect("opened");
            unread.pause = Duration::ZERO;
            assert!(unread.on().await.is_some_and(|why| why.contains("could not be read")));
            std::fs::remove_file(&path).expect("removed");
            std::os::unix::fs::symlink("/nowhere/at/all", &path).expect("linked");
            assert!(switch.on().await.is_some(), "a link to nothing is there");
        });
    }

    #[test]
    fn an_object_is_on_while_it_is_there() {
        now(async {
            let objects = object_store::memory::InMemory::new();
            assert_eq!(object_there(&objects, "a/stop", "s3://b/a/stop").await, Ok(None));
            objects.put(&Path::from("a/stop"), b"".to_vec().into()).await.expect("written");
            assert!(object_there(&objects, "a/stop", "s3://b/a/stop").await.is_ok_and(|on| on.is_some()));
            let gone = tempfile::tempdir().expect("a folder");
            let folder = object_store::local::LocalFileSystem::new_with_prefix(gone.path()).expect("opened");
            std::fs::write(gone.path().join("a"), "in the way").expect("written");
            assert!(object_there(&folder, "a/stop", "s3://b/a/stop").await.is_err(), "neither there nor absent");
        });
    }

    #[test]
    fn a_parameter_is_on_unless_it_says_off_or_is_not_there() {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let value = |value: &str| (200, json!({ "Parameter": { "Value": value } }).to_string());
        let error = |status, name: &str| (status, json!({ "__type": name, "message": "m" }).to_string());
        let denied = || error(400, "AccessDeniedException");
        for (answers, on) in [
            (vec![value("off")], None),
            (vec![value(" False\n")], None),
            (vec![value("0")], None),
            (vec![error(400, "ParameterNotFound")], None),
            (vec![value("on")], Some("neither off")),
            (vec![value("no")], Some("neither off")),
            (vec![error(400, "ThrottlingException"), value("off")], None),
            (
                vec![denied(), denied(), denied()],
                Some("could not be read, so it is on: GetParameter /stop: AccessDenied"),
            ),
        ] {
            now(async {
                let server = ScriptedHttp::new(answers.clone()).await;
                let place = KillSwitchPlace::Parameter("/stop".to_owned());
                let mut switch = KillSwitch::at(place, &config()).expect("opened");
                switch.pause = Duration::ZERO;
                switch.url = Some(Url::parse(&server.url).expect("a URL"));
                let told = switch.on().await;
                match on {
                    None => assert_eq!(told, None, "{answers:?}"),
                    Some(part) => assert!(told.as_ref().is_some_and(|why| why.contains(part)), "{told:?}"),
                }
                let asked = server.asked();
                assert_eq!(asked.len(), answers.len());
                for request in asked {
                    let lower = request.to_ascii_lowercase();
                    assert!(lower.contains("x-amz-target: amazonssm.getparameter"), "{request}");
                    assert!(lower.contains("/eu-west-1/ssm/aws4_request"), "{request}");
                    assert!(request.ends_with(r#"{"Name":"/stop","WithDecryption":true}"#), "{request}");
                }
            });
        }
    }
}
