//! How a bucket keeps what is in it: Object Lock and versioning.

use aws_config::SdkConfig;
use reqwest::Url;
use roxmltree::Document;
use serde::Serialize;

use crate::bucket;
use crate::signed_call::{S3, SignedCallError, signed_get};

/// What S3 answers where a bucket has no Object Lock (`GetObjectLockConfiguration`).
const ABSENT: &str = "ObjectLockConfigurationNotFoundError";

/// What is known of a bucket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Keeping {
    pub(crate) object_lock: Asked<ObjectLock>,
    pub(crate) versioning: Asked<Versioning>,
}

/// What came of a question. What could not be asked is not known; it is never taken for absent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Asked<T> {
    Known(T),
    NotKnown(String),
}

/// Whether what is in the bucket can be deleted or overwritten before its time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub(crate) enum ObjectLock {
    Absent,
    /// Objects may be locked, and a new one is not by itself.
    WithoutDefault,
    /// Every new object is locked for so long.
    Default {
        mode: String,
        days: Option<u32>,
        years: Option<u32>,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Versioning {
    Enabled,
    Suspended,
    Never,
}

/// How this bucket of this region keeps what is in it.
pub(crate) async fn keeping(config: &SdkConfig, (name, region): (&str, &str)) -> Keeping {
    let ask = async |query: &str| {
        let address = format!("{}?{query}", bucket::address(name, region));
        let url = Url::parse(&address).map_err(|error| SignedCallError::Unavailable(format!("{address}: {error}")))?;
        signed_get(config, S3, &url, region).await
    };
    let object_lock = match ask("object-lock").await {
        Ok(text) => object_lock(&text),
        Err(SignedCallError::Refused { code, .. }) if code == ABSENT => Asked::Known(ObjectLock::Absent),
        Err(error) => Asked::NotKnown(error.to_string()),
    };
    let versioning = match ask("versioning").await {
        Ok(text) => versioning(&text),
        Err(error) => Asked::NotKnown(error.to_string()),
    };
    Keeping { object_lock, versioning }
}

fn object_lock(text: &str) -> Asked<ObjectLock> {
    let Ok(document) = Document::parse(text) else { return unclear() };
    let of = |name: &str| {
        document.descendants().find(|node| node.has_tag_name(name) || node.tag_name().name() == name)?.text()
    };
    if of("ObjectLockEnabled") != Some("Enabled") {
        return unclear();
    }
    let number = |name: &str| of(name).and_then(|text| text.trim().parse().ok());
    let Some(mode) = of("Mode") else { return Asked::Known(ObjectLock::WithoutDefault) };
    Asked::Known(ObjectLock::Default { mode: mode.to_owned(), days: number("Days"), years: number("Years") })
}

fn versioning(text: &str) -> Asked<Versioning> {
    let Ok(document) = Document::parse(text) else { return unclear() };
    let status = document.descendants().find(|node| node.tag_name().name() == "Status");
    match status.and_then(|node| node.text()) {
        Some("Enabled") => Asked::Known(Versioning::Enabled),
        Some("Suspended") => Asked::Known(Versioning::Suspended),
        None if document.root_element().tag_name().name().contains("Versioning") => Asked::Known(Versioning::Never),
        _ => unclear(),
    }
}

fn unclear<T>() -> Asked<T> {
    Asked::NotKnown("the answer is not understood".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_as_s3_words_them() {
        let lock = |rule: &str| {
            object_lock(&format!(
                "<?xml version=\"1.0\"?><ObjectLockConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\
                 <ObjectLockEnabled>Enabled</ObjectLockEnabled>{rule}</ObjectLockConfiguration>"
            ))
        };
        assert_eq!(lock(""), Asked::Known(ObjectLock::WithoutDefault));
        let rule = "<Rule><DefaultRetention><Mode>COMPLIANCE</Mode><Years>7</Years></DefaultRetention></Rule>";
        let (mode, days, years) = ("COMPLIANCE".to_owned(), None, Some(7));
        assert_eq!(lock(rule), Asked::Known(ObjectLock::Default { mode, days, years }));
        for odd in ["", "<a/>", "<ObjectLockConfiguration/>"] {
            assert!(matches!(object_lock(odd), Asked::NotKnown(_)), "{odd}");
            assert!(matches!(versioning(odd), Asked::NotKnown(_)), "{odd}");
        }
        assert_eq!(versioning("<VersioningConfiguration/>"), Asked::Known(Versioning::Never));
        let status = |word: &str| {
            versioning(&format!("<VersioningConfiguration><Status>{word}</Status></VersioningConfiguration>"))
        };
        assert_eq!(status("Enabled"), Asked::Known(Versioning::Enabled));
        assert_eq!(status("Suspended"), Asked::Known(Versioning::Suspended));
        assert!(matches!(status("Perhaps"), Asked::NotKnown(_)));
    }
}
