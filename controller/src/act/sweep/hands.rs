//! The calls that stop something, each sent once: nothing here tries again.

use async_trait::async_trait;
use aws_sdk_sagemaker::Client;
use aws_sdk_sagemaker::operation::RequestId;
use aws_sdk_sagemaker::types::{DesiredWeightAndCapacity, InferenceComponentRuntimeConfig};
use cost_planner::plan::EndpointRef;
use idle_core::{AppOwner, AppRef, InferenceComponentName, NotebookInstanceRef, VariantName};

use super::Actuator;
use crate::act::Consent;
use crate::observe::{CallError, Pace};

/// The hands of one account and region, whose turn to write was waited for.
#[derive(Debug)]
pub(crate) struct Hands<'a> {
    pub(crate) sagemaker: &'a Client,
    pub(crate) pace: &'a Pace,
}

#[async_trait(?Send)]
impl Actuator for Hands<'_> {
    async fn stop_app(&self, _: &Consent, app: &AppRef) -> Result<Option<String>, CallError> {
        let deleted = self.pace.write_now("DeleteApp", async || {
            let call = self.sagemaker.delete_app().domain_id(app.domain.as_str()).app_name(app.name.as_str());
            let call = call.app_type(app.app_type.as_str().into());
            match &app.owner {
                AppOwner::Space(space) => call.space_name(space.as_str()),
                AppOwner::UserProfile(profile) => call.user_profile_name(profile.as_str()),
            }
            .send()
            .await
        });
        deleted.await.map(|answer| id(&answer)).map_err(|error| error.of(app))
    }

    async fn stop_notebook_instance(
        &self,
        _: &Consent,
        instance: &NotebookInstanceRef,
    ) -> Result<Option<String>, CallError> {
        let name = instance.name.as_str();
        let stopped = self.pace.write_now("StopNotebookInstance", async || {
            self.sagemaker.stop_notebook_instance().notebook_instance_name(name).send().await
        });
        stopped.await.map(|answer| id(&answer)).map_err(|error| error.of(name))
    }

    async fn scale_variant_to_zero(
        &self,
        _: &Consent,
        endpoint: &EndpointRef,
        variant: &VariantName,
    ) -> Result<Option<String>, CallError> {
        let name = endpoint.endpoint.as_str();
        let scaled = self.pace.write_now("UpdateEndpointWeightsAndCapacities", async || {
            let none = DesiredWeightAndCapacity::builder().variant_name(variant.as_str()).desired_instance_count(0);
            let call = self.sagemaker.update_endpoint_weights_and_capacities().endpoint_name(name);
            call.desired_weights_and_capacities(none.build()).send().await
        });
        scaled.await.map(|answer| id(&answer)).map_err(|error| error.of(format!("{name}, variant {variant}")))
    }

    async fn scale_inference_component_to_zero(
        &self,
        _: &Consent,
        component: &InferenceComponentName,
    ) -> Result<Option<String>, CallError> {
        let scaled = self.pace.write_now("UpdateInferenceComponentRuntimeConfig", async || {
            let none = InferenceComponentRuntimeConfig::builder().copy_count(0).build();
            let call = self.sagemaker.update_inference_component_runtime_config();
            call.inference_component_name(component.as_str()).desired_runtime_config(none).send().await
        });
        scaled.await.map(|answer| id(&answer)).map_err(|error| error.of(component))
    }

    async fn delete_endpoint(&self, _: &Consent, endpoint: &EndpointRef) -> Result<Option<String>, CallError> {
        let name = endpoint.endpoint.as_str();
        let deleted = self
            .pace
            .write_now("DeleteEndpoint", async || self.sagemaker.delete_endpoint().endpoint_name(name).send().await);
        deleted.await.map(|answer| id(&answer)).map_err(|error| error.of(name))
    }
}

fn id(answer: &impl RequestId) -> Option<String> {
    answer.request_id().map(str::to_owned)
}
