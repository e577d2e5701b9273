//! The one hand: the only folder that changes anything in AWS.

mod delete_app;
mod outcome;
mod pace;
pub(crate) mod preflight;
mod stop_notebook_instance;

use idle_core::ResourceRef;

pub(crate) use outcome::Outcome;
pub(crate) use pace::Pace;

use delete_app::{DeleteApp, NeverDeleted};
use stop_notebook_instance::StopNotebookInstance;

/// The leave to change something. Only [`consent`] makes one, and an actuator
/// cannot be built without it: a rehearsal is a program without an actuator.
#[derive(Debug)]
pub(crate) struct Consent(());

/// The leave to act, unless this is a rehearsal.
pub(crate) fn consent(rehearse: bool) -> Option<Consent> {
    (!rehearse).then_some(Consent(()))
}

/// The only thing in this program that can stop what is watched.
#[derive(Debug)]
pub(crate) struct Actuator {
    way: Way,
    _consent: Consent,
}

#[derive(Debug)]
enum Way {
    DeleteApp(DeleteApp),
    StopNotebookInstance(StopNotebookInstance),
}

impl Actuator {
    /// The actuator of this resource.
    ///
    /// # Errors
    /// [`NeverDeleted`] for a Classic JupyterServer.
    pub(crate) fn new(resource: &ResourceRef, consent: Consent) -> Result<Self, NeverDeleted> {
        let way = match resource {
            ResourceRef::App(app) => Way::DeleteApp(DeleteApp::new(app)?),
            ResourceRef::NotebookInstance(instance) => Way::StopNotebookInstance(StopNotebookInstance::new(instance)),
        };
        Ok(Self { way, _consent: consent })
    }

    /// Asks SageMaker for the stop. Files survive.
    pub(crate) async fn stop(&self) -> Outcome {
        match &self.way {
            Way::DeleteApp(app) => app.stop().await,
            Way::StopNotebookInstance(instance) => instance.stop().await,
        }
    }
}

/// The IAM action that a stop of this resource needs.
pub(crate) fn action(resource: &ResourceRef) -> &'static str {
    match resource {
        ResourceRef::App(_) => "sagemaker:DeleteApp",
        ResourceRef::NotebookInstance(_) => "sagemaker:StopNotebookInstance",
    }
}

/// The IAM action that looks at it.
pub(crate) fn describe_action(resource: &ResourceRef) -> &'static str {
    match resource {
        ResourceRef::App(_) => "sagemaker:DescribeApp",
        ResourceRef::NotebookInstance(_) => "sagemaker:DescribeNotebookInstance",
    }
}
