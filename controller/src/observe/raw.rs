//! The body of an answer as it came, with members that the SDK does not know.

use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_sagemaker::config::interceptors::AfterDeserializationInterceptorContextRef;
use aws_sdk_sagemaker::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_smithy_runtime_api::box_error::BoxError;
use serde_json::Value;

/// Keeps the body of one answer.
#[derive(Debug, Clone, Default)]
pub(super) struct Raw(Arc<Mutex<Value>>);

impl Raw {
    /// The body; null where it was not JSON.
    pub(super) fn body(&self) -> Value {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl Intercept for Raw {
    fn name(&self) -> &'static str {
        "raw body"
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let body = context.response().body().bytes().and_then(|bytes| serde_json::from_slice(bytes).ok());
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = body.unwrap_or_default();
        Ok(())
    }
}
