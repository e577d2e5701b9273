//! Which app or notebook instance this is: the metadata file that SageMaker puts there.

use std::io::Read;
use std::path::{Path, PathBuf};

use idle_core::{
    AppArnError, AppName, AppOwner, AppRef, AppType, DomainId, IdError, NotebookInstanceRef, ResourceRef, SpaceName,
    UserProfileName,
};
use serde::Deserialize;
use thiserror::Error;

/// The public members of `resource-metadata.json`; the file holds more.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ResourceMetadata {
    app_type: Option<String>,
    domain_id: Option<String>,
    space_name: Option<String>,
    user_profile_name: Option<String>,
    resource_arn: Option<String>,
    resource_name: Option<String>,
}

/// A metadata file from which no app can be told.
#[derive(Debug, Error)]
#[error("metadata file {}: {problem}", path.display())]
pub(crate) struct MetadataError {
    path: PathBuf,
    problem: Problem,
}

#[derive(Debug, Error)]
pub(crate) enum Problem {
    #[error("{0}; hint: the agent runs inside a Studio app, or takes --metadata-file")]
    Read(std::io::Error),
    #[error("larger than {MAX_BYTES} bytes")]
    Size,
    #[error("not the JSON of Studio's metadata: {0}")]
    Json(serde_json::Error),
    #[error("{0} is missing; hint: this is not the metadata of a Studio app or notebook instance")]
    Missing(&'static str),
    #[error("{0} is {1:?}, but ResourceArn says {2}")]
    Contradiction(&'static str, String, String),
    #[error(transparent)]
    Id(#[from] IdError),
    #[error(transparent)]
    Arn(#[from] AppArnError),
}

/// The file is about 1 KB; Unified Studio's about 3.
const MAX_BYTES: u64 = 256 * 1024;

/// The app or notebook instance that the metadata file names.
///
/// # Errors
/// [`MetadataError`] names the file and what is wrong with it.
pub(crate) fn load(path: &Path) -> Result<ResourceRef, MetadataError> {
    read(path).and_then(|text| parse(&text)).map_err(|problem| MetadataError { path: path.to_owned(), problem })
}

fn read(path: &Path) -> Result<String, Problem> {
    let mut text = String::new();
    let file = std::fs::File::open(path).map_err(Problem::Read)?;
    file.take(MAX_BYTES + 1).read_to_string(&mut text).map_err(Problem::Read)?;
    if text.len() as u64 > MAX_BYTES { Err(Problem::Size) } else { Ok(text) }
}

/// Names come from their own members, because `ResourceArn` may be lower-cased;
/// partition, region and account come from the ARN. The two must agree.
pub(crate) fn parse(text: &str) -> Result<ResourceRef, Problem> {
    let ResourceMetadata { app_type, domain_id, space_name, user_profile_name, resource_arn, resource_name } =
        serde_json::from_str(text).map_err(Problem::Json)?;
    let arn = resource_arn.ok_or(Problem::Missing("ResourceArn"))?;
    if app_type.is_none() && arn.contains(":notebook-instance/") {
        let name = resource_name.ok_or(Problem::Missing("ResourceName"))?;
        return Ok(ResourceRef::NotebookInstance(NotebookInstanceRef::from_arn(&arn, &name)?));
    }
    let app_type: AppType = app_type.ok_or(Problem::Missing("AppType"))?.parse()?;
    let domain = DomainId::parse(&domain_id.ok_or(Problem::Missing("DomainId"))?)?;
    let name = AppName::parse(&resource_name.ok_or(Problem::Missing("ResourceName"))?)?;
    let owner = match (space_name, user_profile_name) {
        (Some(space), _) => AppOwner::Space(SpaceName::parse(&space)?),
        (None, Some(profile)) => AppOwner::UserProfile(UserProfileName::parse(&profile)?),
        (None, None) => return Err(Problem::Missing("SpaceName or UserProfileName")),
    };
    let of_arn = AppRef::from_arn(&arn, matches!(owner, AppOwner::Space(_)))?;
    agree("DomainId", domain.as_str(), of_arn.domain.as_str())?;
    agree("SpaceName or UserProfileName", owner.name(), of_arn.owner.name())?;
    agree("AppType", app_type.as_str(), of_arn.app_type.as_str())?;
    agree("ResourceName", name.as_str(), of_arn.name.as_str())?;
    Ok(ResourceRef::App(AppRef { domain, owner, app_type, name, ..of_arn }))
}

fn agree(member: &'static str, value: &str, of_arn: &str) -> Result<(), Problem> {
    if value.eq_ignore_ascii_case(of_arn) {
        Ok(())
    } else {
        Err(Problem::Contradiction(member, value.to_owned(), of_arn.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPACE: &str = r#"{"AppType":"JupyterLab","DomainId":"d-abc123","SpaceName":"Space-1","UserProfileName":"ds-1",
        "ResourceArn":"arn:aws:sagemaker:eu-west-1:111122223333:app/d-abc123/space-1/jupyterlab/default",
        "ResourceName":"default","AppImageVersion":"","AdditionalMetadata":{"DataZoneScopeName":"x"}}"#;

    #[test]
    fn an_app_in_a_space_is_named_by_its_space() {
        let app = parse(SPACE).expect("valid");
        assert_eq!(app.arn(), "arn:aws:sagemaker:eu-west-1:111122223333:app/d-abc123/Space-1/JupyterLab/default");
    }

    #[test]
    fn a_notebook_instance_is_named_by_its_arn_and_name() {
        let text = r#"{"ResourceArn":"arn:aws:sagemaker:eu-west-1:111122223333:notebook-instance/my-nb","ResourceName":"My-nb"}"#;
        let resource = parse(text).expect("valid");
        assert_eq!(resource.to_string(), "notebook-instance/My-nb");
        assert_eq!(resource.arn(), "arn:aws:sagemaker:eu-west-1:111122223333:notebook-instance/my-nb");
        assert!(parse(&text.replace("my-nb", "other")).is_err());
    }

    #[test]
    fn a_damaged_file_names_what_is_wrong() {
        for (from, to, hint) in [
            ("\"DomainId\":\"d-abc123\"", "\"DomainId\":\"d-zzz\"", "DomainId"),
            ("\"ResourceName\":\"default\"", "\"ResourceName\":\"other\"", "ResourceName"),
            ("\"AppType\":\"JupyterLab\"", "\"AppType\":\"CodeEditor\"", "AppType"),
            ("\"SpaceName\":\"Space-1\",\"UserProfileName\":\"ds-1\",", "", "SpaceName"),
            ("{", "", "JSON"),
            ("arn:aws:sagemaker", "arn:aws:s3", "ARN"),
        ] {
            let error = parse(&SPACE.replacen(from, to, 1)).expect_err(to).to_string();
            assert!(error.contains(hint), "{error}");
        }
    }
}
