//! Where artifacts are kept: a prefix of an S3 bucket, or a folder.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use async_trait::async_trait;
use aws_config::SdkConfig;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use object_store::aws::{AmazonS3Builder, AwsCredential};
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{CredentialProvider, ObjectStore, ObjectStoreExt, PutMode, PutOptions};
use thiserror::Error;

use crate::cli::Artifacts;

/// Objects that only ever come into being: none is overwritten, none is deleted.
#[derive(Debug)]
pub(crate) struct Store {
    /// Not set while its folder is not there: only what is written makes it.
    objects: OnceLock<Box<dyn ObjectStore>>,
    prefix: String,
    place: Where,
}

#[derive(Debug)]
enum Where {
    Bucket { name: String, region: String },
    Folder(PathBuf),
}

/// An object that could not be read or written.
#[derive(Debug, Error)]
pub(crate) enum StoreError {
    #[error("--artifacts {url}: {problem}; hint: s3://BUCKET/PREFIX, or a folder")]
    Url { url: String, problem: String },
    #[error("--artifacts {url}: there is no such folder; hint: the same as at the install")]
    Missing { url: String },
    #[error("{doing} {url}; hint: --artifacts, --artifacts-region, and s3:GetObject, PutObject and ListBucket")]
    Object {
        doing: &'static str,
        url: String,
        #[source]
        source: object_store::Error,
    },
    #[error("{url} is not what was stored: {problem}; hint: another --artifacts, and find out who changed it")]
    Damaged { url: String, problem: String },
}

impl Store {
    /// The store that these flags name. Nothing is asked yet.
    ///
    /// # Errors
    /// For a URL that names none.
    pub(crate) fn open(artifacts: &Artifacts, config: &SdkConfig) -> Result<Self, StoreError> {
        let url = artifacts.artifacts.as_str();
        let problem = |problem: String| StoreError::Url { url: url.to_owned(), problem };
        if let Some(rest) = url.strip_prefix("s3://") {
            let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
            let own = artifacts.artifacts_region.clone();
            let region = own.or_else(|| config.region().map(ToString::to_string));
            let region = region.ok_or_else(|| problem("no region is known".to_owned()))?;
            let objects = bucket_of(bucket, &region, artifacts, config).map_err(|error| problem(error.to_string()))?;
            let place = Where::Bucket { name: bucket.to_owned(), region };
            let objects: Box<dyn ObjectStore> = Box::new(objects);
            return Ok(Self { objects: objects.into(), prefix: prefix.trim_matches('/').to_owned(), place });
        }
        if url.contains("://") || url.is_empty() {
            return Err(problem("neither S3 nor a folder".to_owned()));
        }
        let folder = std::path::absolute(url).map_err(|error| problem(error.to_string()))?;
        let objects = if folder.exists() {
            folder_of(&folder).map_err(|error| problem(error.to_string()))?.into()
        } else {
            OnceLock::new()
        };
        Ok(Self { objects, prefix: String::new(), place: Where::Folder(folder) })
    }

    /// For what only reads.
    ///
    /// # Errors
    /// Where the folder is not there. Whether a bucket is shows with the first call.
    pub(crate) fn must_be_there(&self) -> Result<(), StoreError> {
        match &self.place {
            Where::Folder(folder) if self.objects.get().is_none() => {
                Err(StoreError::Missing { url: folder.display().to_string() })
            }
            _ => Ok(()),
        }
    }

    /// `s3://bucket/key`, or the path of a file.
    pub(crate) fn url(&self, key: &str) -> String {
        match &self.place {
            Where::Bucket { name, .. } => format!("s3://{name}/{}", self.path(key)),
            Where::Folder(folder) => folder.join(key).display().to_string(),
        }
    }

    /// The bucket's region; `None` for a folder.
    pub(crate) fn bucket_region(&self) -> Option<&str> {
        match &self.place {
            Where::Bucket { region, .. } => Some(region),
            Where::Folder(_) => None,
        }
    }

    /// Creates an object; returns whether it was there already.
    ///
    /// # Errors
    /// When it could not be written.
    pub(crate) async fn create(&self, key: &str, bytes: Vec<u8>) -> Result<bool, StoreError> {
        let options = PutOptions { mode: PutMode::Create, ..PutOptions::default() };
        match self.made(key)?.put_opts(&self.path(key), bytes.into(), options).await {
            Ok(_) => Ok(false),
            Err(object_store::Error::AlreadyExists { .. }) => Ok(true),
            Err(source) => Err(StoreError::Object { doing: "writing", url: self.url(key), source }),
        }
    }

    /// The bytes of an object; `None` where there is none.
    ///
    /// # Errors
    /// When it could not be read.
    pub(crate) async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let failed = |source| StoreError::Object { doing: "reading", url: self.url(key), source };
        let Some(objects) = self.objects.get() else { return Ok(None) };
        match objects.get(&self.path(key)).await {
            Ok(object) => Ok(Some(object.bytes().await.map_err(failed)?.to_vec())),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(source) => Err(failed(source)),
        }
    }

    /// The names of the objects directly below a folder, sorted.
    ///
    /// # Errors
    /// When not all could be listed.
    pub(crate) async fn names(&self, folder: &str) -> Result<Vec<String>, StoreError> {
        let Some(objects) = self.objects.get() else { return Ok(Vec::new()) };
        let listed = objects.list_with_delimiter(Some(&self.path(folder))).await;
        let listed = listed.map_err(|source| StoreError::Object { doing: "listing", url: self.url(folder), source })?;
        let mut names: Vec<String> =
            listed.objects.iter().filter_map(|object| object.location.filename().map(str::to_owned)).collect();
        names.sort();
        Ok(names)
    }

    /// What is there, or is now.
    fn made(&self, key: &str) -> Result<&dyn ObjectStore, StoreError> {
        if let (None, Where::Folder(folder)) = (self.objects.get(), &self.place) {
            let made = std::fs::create_dir_all(folder)
                .map_err(|error| object_store::Error::Generic { store: "folder", source: Box::new(error) })
                .and_then(|()| folder_of(folder));
            let failed = |source| StoreError::Object { doing: "writing", url: self.url(key), source };
            let objects = made.map_err(failed)?;
            return Ok(self.objects.get_or_init(|| objects).as_ref());
        }
        Ok(self.objects.get().expect("a bucket's is set from the beginning").as_ref())
    }

    fn path(&self, key: &str) -> Path {
        if self.prefix.is_empty() { Path::from(key) } else { Path::from(format!("{}/{key}", self.prefix)) }
    }
}

fn folder_of(folder: &std::path::Path) -> object_store::Result<Box<dyn ObjectStore>> {
    // What is written ahead must be there after a power failure, too.
    Ok(Box::new(LocalFileSystem::new_with_prefix(folder)?.with_fsync(true)))
}

fn bucket_of(
    bucket: &str,
    region: &str,
    artifacts: &Artifacts,
    config: &SdkConfig,
) -> object_store::Result<impl ObjectStore + use<>> {
    let mut builder = AmazonS3Builder::new().with_bucket_name(bucket).with_region(region);
    if let Some(credentials) = config.credentials_provider() {
        builder = builder.with_credentials(Arc::new(Chain(credentials)));
    }
    // The one partition whose names end otherwise.
    let of_partition = region.starts_with("cn-").then(|| format!("https://s3.{region}.amazonaws.com.cn"));
    if let Some(url) = endpoint_url().or(of_partition) {
        // Another endpoint has no host name of its own for each bucket.
        builder = builder.with_allow_http(url.starts_with("http:")).with_endpoint(url);
    } else {
        builder = builder.with_virtual_hosted_style_request(true);
    }
    if let Some(key) = &artifacts.kms_key {
        builder = builder.with_sse_kms_encryption(key);
    }
    builder.build()
}

/// The SDK's own variables for another endpoint: the service's own before the one for all.
fn endpoint_url() -> Option<String> {
    let set = |name: &str| std::env::var(name).ok().filter(|url| !url.is_empty());
    set("AWS_ENDPOINT_URL_S3").or_else(|| set("AWS_ENDPOINT_URL"))
}

/// The credentials of all our clients, for this one, too.
#[derive(Debug)]
struct Chain(SharedCredentialsProvider);

#[async_trait]
impl CredentialProvider for Chain {
    type Credential = AwsCredential;

    async fn get_credential(&self) -> object_store::Result<Arc<AwsCredential>> {
        let credentials = self.0.provide_credentials().await;
        let credentials =
            credentials.map_err(|error| object_store::Error::Generic { store: "S3", source: Box::new(error) })?;
        Ok(Arc::new(AwsCredential {
            key_id: credentials.access_key_id().to_owned(),
            secret_key: credentials.secret_access_key().to_owned(),
            token: credentials.session_token().map(str::to_owned),
        }))
    }
}
