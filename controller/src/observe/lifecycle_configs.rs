//! Our Studio lifecycle configurations.

use cost_planner::install::ConfigName;

use super::CallError;
use crate::aws::Session;

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
    let mut found = Vec::new();
    let mut token: Option<String> = None;
    loop {
        let page = session
            .pace
            .read("ListStudioLifecycleConfigs", async || {
                let call = session.sagemaker.list_studio_lifecycle_configs().name_contains("idle-agent-");
                call.max_results(100).set_next_token(token.clone()).send().await
            })
            .await?;
        found.extend(page.studio_lifecycle_configs().iter().filter_map(|config| {
            let name = ConfigName::parse(config.studio_lifecycle_config_name()?)?;
            Some(ListedConfig { name, arn: config.studio_lifecycle_config_arn()?.to_owned() })
        }));
        token = page.next_token().filter(|next| Some(*next) != token.as_deref()).map(str::to_owned);
        if token.is_none() {
            return Ok(found);
        }
    }
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
