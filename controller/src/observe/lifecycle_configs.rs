//! Our Studio lifecycle configurations.

use cost_planner::install::ConfigName;

use super::CallError;
use super::pages::pages;
use crate::aws::Session;

const LIST: &str = "ListStudioLifecycleConfigs";

/// One of ours, as it is listed.
#[derive(Debug, Clone)]
pub(crate) struct ListedConfig {
    pub(crate) name: ConfigName,
    pub(crate) arn: String,
}

/// Every lifecycle configuration whose name is one of ours, old versions included.
///
/// # Errors
/// When not all could be listed.
pub(crate) async fn configs(session: &Session) -> Result<Vec<ListedConfig>, CallError> {
    let ask = async |token: Option<String>| {
        let call = async || {
            let call = session.sagemaker.list_studio_lifecycle_configs().name_contains("idle-agent-");
            call.max_results(100).set_next_token(token.clone()).send().await
        };
        session.pace.read(LIST, call).await
    };
    let pages = pages(LIST, ask, |page| page.next_token()).await?;
    let mut found = Vec::new();
    for config in pages.iter().flat_map(|page| page.studio_lifecycle_configs()) {
        let (Some(name), Some(arn)) = (config.studio_lifecycle_config_name(), config.studio_lifecycle_config_arn())
        else {
            return Err(CallError::unclear(LIST, "one has no name or no ARN"));
        };
        // The others are somebody else's.
        found.extend(ConfigName::parse(name).map(|name| ListedConfig { name, arn: arn.to_owned() }));
    }
    Ok(found)
}

/// ARN and content (base64) of the lifecycle configuration of this name.
///
/// # Errors
/// With [`super::Kind::NotFound`] where there is none.
pub(crate) async fn content(session: &Session, name: &str) -> Result<(String, String), CallError> {
    let config = session
        .pace
        .read("DescribeStudioLifecycleConfig", async || {
            session.sagemaker.describe_studio_lifecycle_config().studio_lifecycle_config_name(name).send().await
        })
        .await
        .map_err(|error| error.of(name))?;
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    Ok((text(config.studio_lifecycle_config_arn()), text(config.studio_lifecycle_config_content())))
}
