//! Where artifacts and evidence are kept: a prefix of an S3 bucket, or a folder.

use std::path::PathBuf;
use std::sync::{Mutex, OnceLock, PoisonError};

use aws_config::SdkConfig;
use futures_util::{StreamExt, TryStreamExt};
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt, PutMode, PutOptions};
use thiserror::Error;

use super::chain::Sealable;
use crate::bucket;

/// Which store, and the flag that named it.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    /// Such as `--artifacts`; the flag of its region ends in `-region`.
    pub(crate) flag: &'static str,
    /// `s3://BUCKET/PREFIX`, or a folder.
    pub(crate) url: String,
    /// The bucket's region; that of the configuration where it is `None`.
    pub(crate) region: Option<String>,
    /// Objects are encrypted with this KMS key.
    pub(crate) kms_key: Option<String>,
}

/// Objects that only ever come into being: none is overwritten, none is deleted.
#[derive(Debug)]
pub(crate) struct Store {
    /// Not set while its folder is not there: only what is written makes it.
    objects: OnceLock<Box<dyn ObjectStore>>,
    prefix: String,
    place: Where,
    flag: &'static str,
    /// What was created through this store and nobody took yet, for whoever seals it.
    created: Mutex<Vec<Sealable>>,
}

#[derive(Debug)]
enum Where {
    Bucket { name: String, region: String },
    Folder(PathBuf),
}

/// What stands directly below a folder.
#[derive(Debug, Default)]
pub(crate) struct Listed {
    pub(crate) objects: Vec<String>,
    pub(crate) folders: Vec<String>,
}

/// An object that could not be read or written.
#[derive(Debug, Error)]
pub(crate) enum StoreError {
    #[error("{flag} {url}: {problem}; hint: s3://BUCKET/PREFIX, or a folder")]
    Url { flag: &'static str, url: String, problem: String },
    #[error("{flag} {url}: there is no such folder; hint: the same place as before")]
    Missing { flag: &'static str, url: String },
    #[error("{doing} {url}; hint: {flag}, {flag}-region, and s3:GetObject, PutObject and ListBucket")]
    Object {
        doing: &'static str,
        url: String,
        flag: &'static str,
        #[source]
        source: Box<object_store::Error>,
    },
    #[error("{url} is not what was stored: {problem}; hint: another {flag}, and find out who changed it")]
    Damaged { url: String, problem: String, flag: &'static str },
}

impl Store {
    /// The store at this place. Nothing is asked yet.
    ///
    /// # Errors
    /// For a URL that names none.
    pub(crate) fn open(place: &Place, config: &SdkConfig) -> Result<Self, StoreError> {
        let Place { flag, url, region, kms_key } = place;
        let problem = |problem: String| StoreError::Url { flag, url: url.clone(), problem };
        if let Some((name, prefix)) = bucket::split(url) {
            let region = region.clone().or_else(|| config.region().map(ToString::to_string));
            let region = region.ok_or_else(|| problem("no region is known".to_owned()))?;
            let objects = bucket::open(name, &region, kms_key.as_deref(), config);
            let objects: Box<dyn ObjectStore> = Box::new(objects.map_err(|error| problem(error.to_string()))?);
            let prefix = prefix.trim_matches('/').to_owned();
            return Ok(Self {
                objects: objects.into(),
                prefix,
                place: Where::Bucket { name: name.to_owned(), region },
                flag,
                created: Mutex::default(),
            });
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
        Ok(Self { objects, prefix: String::new(), place: Where::Folder(folder), flag, created: Mutex::default() })
    }

    /// For what only reads.
    ///
    /// # Errors
    /// Where the folder is not there. Whether a bucket is shows with the first call.
    pub(crate) fn must_be_there(&self) -> Result<(), StoreError> {
        match &self.place {
            Where::Folder(folder) if self.objects.get().is_none() => {
                Err(StoreError::Missing { flag: self.flag, url: folder.display().to_string() })
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

    /// The bucket's name and region; `None` for a folder.
    pub(crate) fn bucket(&self) -> Option<(&str, &str)> {
        match &self.place {
            Where::Bucket { name, region } => Some((name, region)),
            Where::Folder(_) => None,
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
        let sealable = super::chain::is_evidence(key).then(|| Sealable::of(key, &bytes));
        match self.made(key)?.put_opts(&self.path(key), bytes.into(), options).await {
            Ok(_) => {
                self.created.lock().unwrap_or_else(PoisonError::into_inner).extend(sealable);
                Ok(false)
            }
            Err(object_store::Error::AlreadyExists { .. }) => Ok(true),
            Err(source) => Err(self.failed("writing", key, source)),
        }
    }

    /// What was created through this store since the last time that this was asked.
    pub(crate) fn take_created(&self) -> Vec<Sealable> {
        std::mem::take(&mut *self.created.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The bytes of an object; `None` where there is none.
    ///
    /// # Errors
    /// When it could not be read.
    pub(crate) async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.shared(key).await?.map(|bytes| bytes.as_ref().to_vec()))
    }

    /// The same without a copy, for what is read and let go.
    ///
    /// # Errors
    /// When it could not be read.
    pub(crate) async fn shared(&self, key: &str) -> Result<Option<impl AsRef<[u8]> + use<>>, StoreError> {
        let failed = |source| self.failed("reading", key, source);
        let Some(objects) = self.objects.get() else { return Ok(None) };
        match objects.get(&self.path(key)).await {
            Ok(object) => Ok(Some(object.bytes().await.map_err(failed)?)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(source) => Err(failed(source)),
        }
    }

    /// The names of the objects directly below a folder, sorted.
    ///
    /// # Errors
    /// When not all could be listed.
    pub(crate) async fn names(&self, folder: &str) -> Result<Vec<String>, StoreError> {
        Ok(self.listed(folder).await?.objects)
    }

    /// The names of what stands directly below a folder: objects and folders, each sorted.
    ///
    /// # Errors
    /// When not all could be listed.
    pub(crate) async fn listed(&self, folder: &str) -> Result<Listed, StoreError> {
        let Some(objects) = self.objects.get() else { return Ok(Listed::default()) };
        let listed = objects.list_with_delimiter(Some(&self.path(folder))).await;
        let listed = listed.map_err(|source| self.failed("listing", folder, source))?;
        let name = |path: &Path| path.filename().map(str::to_owned);
        let mut names: Vec<String> = listed.objects.iter().filter_map(|object| name(&object.location)).collect();
        let mut folders: Vec<String> = listed.common_prefixes.iter().filter_map(name).collect();
        names.sort();
        folders.sort();
        Ok(Listed { objects: names, folders })
    }

    /// The keys of all objects below a folder, however deep, sorted; those after `offset` alone, a
    /// key below it, where there is one.
    ///
    /// # Errors
    /// When not all could be listed.
    pub(crate) async fn below(&self, folder: &str, offset: Option<&str>) -> Result<Vec<String>, StoreError> {
        let Some(objects) = self.objects.get() else { return Ok(Vec::new()) };
        let (folder_path, root) = (self.path(folder), self.path(""));
        let listed = match offset {
            Some(offset) => objects.list_with_offset(Some(&folder_path), &self.path(offset)),
            None => objects.list(Some(&folder_path)),
        };
        let listed: Vec<_> = listed.try_collect().await.map_err(|source| self.failed("listing", folder, source))?;
        let key = |path: &Path| {
            let parts = path.prefix_match(&root)?;
            Some(parts.map(|part| part.as_ref().to_owned()).collect::<Vec<_>>().join("/"))
        };
        let mut keys: Vec<String> = listed.iter().filter_map(|object| key(&object.location)).collect();
        keys.sort();
        Ok(keys)
    }

    /// Whether there is any object below a folder after `offset`, a key below it. Asks for one page.
    ///
    /// # Errors
    /// When it could not be listed.
    pub(crate) async fn is_any_after(&self, folder: &str, offset: &str) -> Result<bool, StoreError> {
        let Some(objects) = self.objects.get() else { return Ok(false) };
        let mut listed = objects.list_with_offset(Some(&self.path(folder)), &self.path(offset));
        let first = listed.next().await.transpose();
        Ok(first.map_err(|source| self.failed("listing", folder, source))?.is_some())
    }

    /// An object that says something else than it should.
    pub(crate) fn damaged(&self, key: &str, problem: String) -> StoreError {
        StoreError::Damaged { url: self.url(key), problem, flag: self.flag }
    }

    fn failed(&self, doing: &'static str, key: &str, source: object_store::Error) -> StoreError {
        StoreError::Object { doing, url: self.url(key), flag: self.flag, source: Box::new(source) }
    }

    /// What is there, or is now.
    fn made(&self, key: &str) -> Result<&dyn ObjectStore, StoreError> {
        if let (None, Where::Folder(folder)) = (self.objects.get(), &self.place) {
            let made = std::fs::create_dir_all(folder)
                .map_err(|error| object_store::Error::Generic { store: "folder", source: Box::new(error) })
                .and_then(|()| folder_of(folder));
            let objects = made.map_err(|source| self.failed("writing", key, source))?;
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

#[cfg(test)]
impl Store {
    /// A store that lives as long as the test.
    pub(crate) fn in_memory() -> Self {
        let objects: Box<dyn ObjectStore> = Box::new(object_store::memory::InMemory::new());
        let place = Where::Folder(PathBuf::from("/memory"));
        Self { objects: objects.into(), prefix: String::new(), place, flag: "--evidence", created: Mutex::default() }
    }

    /// The store in this folder.
    pub(crate) fn in_folder(folder: &std::path::Path) -> Self {
        let url = folder.display().to_string();
        let place = Place { flag: "--evidence", url, region: None, kms_key: None };
        Self::open(&place, &SdkConfig::builder().build()).expect("a folder")
    }
}
