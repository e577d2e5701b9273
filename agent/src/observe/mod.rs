//! The eyes: one file a source of evidence. Nothing here changes anything.

mod http;
mod jupyter;

use idle_core::{Activity, AppRef, AppType, Snooze};
use reqwest::Url;
use thiserror::Error;

pub(crate) use http::Http;
pub(crate) use jupyter::Jupyter;

/// Every source of evidence of one app.
#[derive(Debug)]
pub(crate) struct Observer {
    jupyter: Jupyter,
}

/// An app that this version has no eyes for.
#[derive(Debug, Error)]
#[error("{0} apps cannot be watched by this version; hint: JupyterLab apps can")]
pub(crate) struct CannotWatch(AppType);

impl Observer {
    /// The observer of `app`, whose Jupyter server is at `jupyter_url` or where
    /// Studio starts it for its app type.
    ///
    /// # Errors
    /// When this version cannot see all work in such an app, or no HTTP client can be built.
    pub(crate) fn new(app: &AppRef, jupyter_url: Option<&Url>) -> anyhow::Result<Self> {
        // Also with a URL given: a Jupyter server says nothing of the work in a Code Editor.
        let default = default_jupyter_url(app.app_type)?;
        let url = jupyter_url.cloned().unwrap_or(default);
        Ok(Self { jupyter: Jupyter::new(Http::new()?, url) })
    }

    /// What is to be seen now. Takes at most the time limit of one request.
    pub(crate) async fn look(&self, snooze: Option<Snooze>) -> Activity {
        Activity { readings: self.jupyter.look().await, snooze }
    }
}

/// Where SageMaker starts the Jupyter server of an app: on port 8888, below a
/// base URL that carries the app type in lower case.
fn default_jupyter_url(app_type: AppType) -> Result<Url, CannotWatch> {
    let path = match app_type {
        AppType::JupyterLab => "jupyterlab",
        AppType::JupyterServer => "jupyter",
        other => return Err(CannotWatch(other)),
    };
    Url::parse(&format!("http://127.0.0.1:8888/{path}/default")).map_err(|_| CannotWatch(app_type))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_does_not_make_an_app_watchable_whose_work_jupyter_does_not_show() {
        let url = Url::parse("http://127.0.0.1:8888/").expect("valid");
        for (app_type, watchable) in [("JupyterLab", true), ("CodeEditor", false), ("KernelGateway", false)] {
            let arn = format!("arn:aws:sagemaker:us-east-1:111122223333:app/d-abc123/space-1/{app_type}/default");
            let app = AppRef::from_arn(&arn, true).expect("valid");
            assert_eq!(Observer::new(&app, Some(&url)).is_ok(), watchable, "{app_type}");
        }
    }
}
