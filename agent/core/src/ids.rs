//! Names of SageMaker's things, parsed once and carried as types. A copy shares its
//! text: one name stands at every app of a fleet.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A name that SageMaker would not have given out.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{kind} {value:?} is not valid: {rule}")]
pub struct IdError {
    kind: &'static str,
    value: String,
    rule: &'static str,
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident, $kind:literal, $rule:literal, $check:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Arc<str>);

        impl $name {
            /// The name, if it keeps the rule of its kind.
            ///
            /// # Errors
            /// [`IdError`] names the kind, the value and the rule.
            pub fn parse(value: &str) -> Result<Self, IdError> {
                let check: fn(&str) -> bool = $check;
                if check(value) {
                    Ok(Self(value.into()))
                } else {
                    Err(IdError { kind: $kind, value: value.chars().take(80).collect(), rule: $rule })
                }
            }

            /// The name as SageMaker writes it.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;
            fn try_from(value: String) -> Result<Self, IdError> {
                Self::parse(&value)
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> Self {
                name.0.as_ref().to_owned()
            }
        }
    )*};
}

ids! {
    /// A SageMaker domain, `d-…`.
    DomainId, "domain id", "d- followed by letters, digits and hyphens, at most 63 characters",
        |v| v.strip_prefix("d-").is_some_and(|rest| !rest.is_empty() && v.len() <= 63 && rest.chars().all(word_or_hyphen));
    /// A user profile of a domain.
    UserProfileName, "user profile name", "letters, digits and inner hyphens, at most 63 characters", sagemaker_name;
    /// A space of a domain.
    SpaceName, "space name", "letters, digits and inner hyphens, at most 63 characters", sagemaker_name;
    /// An app, nearly always `default`: names are reused.
    AppName, "app name", "letters, digits and inner hyphens, at most 63 characters", sagemaker_name;
    /// A notebook instance.
    NotebookInstanceName, "notebook instance name", "letters, digits and inner hyphens, at most 63 characters",
        sagemaker_name;
    /// An endpoint.
    EndpointName, "endpoint name", "letters, digits and inner hyphens, at most 63 characters", sagemaker_name;
    /// A production or shadow variant of an endpoint.
    VariantName, "variant name", "letters, digits and inner hyphens, at most 63 characters", sagemaker_name;
    /// An inference component.
    InferenceComponentName, "inference component name", "letters, digits and inner hyphens, at most 63 characters",
        sagemaker_name;
    /// An instance type such as `ml.g5.xlarge`, or `system`.
    InstanceType, "instance type", "such as ml.g5.xlarge", |v| !v.is_empty() && v.len() <= 63
        && v.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'-'));
    /// An AWS account: twelve digits.
    AccountId, "account id", "twelve digits", |v| v.len() == 12 && v.bytes().all(|b| b.is_ascii_digit());
    /// An AWS region such as `eu-west-1`.
    Region, "region", "lower-case letters, digits and hyphens, such as eu-west-1",
        |v| v.contains('-') && v.len() <= 32 && v.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    /// An AWS partition: `aws`, `aws-cn`, `aws-us-gov`, ….
    Partition, "partition", "aws or aws-…",
        |v| (v == "aws" || v.starts_with("aws-")) && v.len() <= 32 && v.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
}

/// The pattern of the API model: `[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}`.
fn sagemaker_name(value: &str) -> bool {
    !value.is_empty()
        && value.len() <= 63
        && value.chars().all(word_or_hyphen)
        && !value.starts_with('-')
        && !value.ends_with('-')
}

fn word_or_hyphen(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '-'
}
