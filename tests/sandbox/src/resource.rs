//! One resource, and how it changes with time.

use std::time::Duration;

use serde_json::{Value, json};

use crate::clock::whole_milliseconds;
use crate::error::ApiError;
use crate::world::Context;

/// A deleted app stays listed for a day.
const DELETED_APPS_STAY: f64 = 24.0 * 3600.0;

/// One resource: what Describe returns, and what becomes of it.
#[derive(Debug, Clone)]
pub(crate) struct Resource {
    pub(crate) body: Value,
    next: Option<(f64, Next)>,
    /// What changes in the body when it comes into service.
    then: Option<Box<Value>>,
    /// The body before the last update.
    previous: Option<Box<Value>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Next {
    InService,
    Stopped,
    Deleted,
    Gone,
}

impl Resource {
    /// A new resource: Pending for a while, then InService.
    pub(crate) fn pending(body: Value, context: &Context) -> Self {
        Self::begun("Pending", body, context)
    }

    /// A new resource that has another status until it is InService.
    pub(crate) fn begun(status: &str, body: Value, context: &Context) -> Self {
        let mut resource = Self::fixed(body, context);
        resource.goes(status, context, context.create_takes, Next::InService);
        resource
    }

    /// A resource that has no status.
    pub(crate) fn fixed(mut body: Value, context: &Context) -> Self {
        body["CreationTime"] = json!(context.now);
        body["LastModifiedTime"] = json!(context.now);
        Self::given(body)
    }

    /// A resource that is as this body says, and does not change by itself.
    pub(crate) fn given(body: Value) -> Self {
        Self { body, next: None, then: None, previous: None }
    }

    /// Removes a member that this kind of resource does not have.
    pub(crate) fn forget(&mut self, member: &str) {
        if let Some(members) = self.body.as_object_mut() {
            members.remove(member);
        }
    }

    /// Its ARN.
    pub(crate) fn arn(&self) -> Option<&str> {
        // An inference component also names its endpoint.
        let members = [
            "DomainArn",
            "UserProfileArn",
            "SpaceArn",
            "AppArn",
            "NotebookInstanceArn",
            "InferenceComponentArn",
            "EndpointArn",
            "EndpointConfigArn",
        ];
        members.iter().find_map(|member| self.body[*member].as_str())
    }

    /// Whether it stands in the way of deleting its parent: what is deleted or
    /// has failed is only still listed.
    pub(crate) fn exists(&self) -> bool {
        !matches!(self.status(), "Deleted" | "Failed")
    }

    /// What Describe answers.
    pub(crate) fn described(&self, context: &Context) -> Value {
        let previous = self.previous.as_deref().filter(|_| context.reads_stale);
        previous.unwrap_or(&self.body).clone()
    }

    /// Its status.
    pub(crate) fn status(&self) -> &str {
        self.body["Status"].as_str().unwrap_or_default()
    }

    /// Merges an update: members left out are kept, structures merged, lists
    /// replaced whole. Updating for a while.
    ///
    /// # Errors
    /// `ResourceInUse` while it is not in service.
    pub(crate) fn update(&mut self, change: &Value, context: &Context) -> Result<(), ApiError> {
        if !matches!(self.status(), "InService" | "Update_Failed") {
            return Err(ApiError::in_use(format!("The resource is in status {}.", self.status())));
        }
        self.previous = Some(Box::new(self.body.clone()));
        if context.replaces_settings {
            change.as_object().into_iter().flatten().for_each(|(member, _)| self.forget(member));
        }
        merge(&mut self.body, change);
        // There is no other sign of a change: two never have the same time.
        let last = self.body["LastModifiedTime"].as_f64().unwrap_or_default();
        self.body["LastModifiedTime"] = json!(context.now.max(whole_milliseconds(last + 0.001)));
        self.body["Status"] = json!("Updating");
        self.next = Some((context.now + context.update_takes.as_secs_f64(), Next::InService));
        self.settle(context.now);
        Ok(())
    }

    /// Merges changes into what has no status, as [`Self::update`] does.
    pub(crate) fn change(&mut self, change: &Value, context: &Context) {
        merge(&mut self.body, change);
        self.body["LastModifiedTime"] = json!(context.now);
    }

    /// Starts what is stopped: Pending for a while.
    pub(crate) fn start(&mut self, context: &Context) {
        self.goes("Pending", context, context.create_takes, Next::InService);
    }

    /// Stops it, which takes a while.
    pub(crate) fn stop(&mut self, context: &Context) {
        self.goes("Stopping", context, context.stop_takes, Next::Stopped);
    }

    /// Merges an update into what is stopped, and stays so after a while.
    pub(crate) fn update_stopped(&mut self, change: &Value, context: &Context) {
        merge(&mut self.body, change);
        self.goes("Updating", context, context.update_takes, Next::Stopped);
    }

    /// Changes what is in service, partly at once and the rest when it is so again.
    pub(crate) fn rescale(&mut self, now: &Value, then: Value, context: &Context) {
        merge(&mut self.body, now);
        self.then = Some(Box::new(then));
        self.goes("Updating", context, context.update_takes, Next::InService);
    }

    /// Begins the deletion, whatever its status; afterwards it is gone.
    pub(crate) fn delete_now(&mut self, context: &Context) {
        self.goes("Deleting", context, context.delete_takes, Next::Gone);
    }

    /// Begins the deletion; afterwards it is gone.
    ///
    /// # Errors
    /// `ResourceInUse` while something else happens to it.
    pub(crate) fn delete(&mut self, context: &Context) -> Result<(), ApiError> {
        if matches!(self.status(), "Pending" | "Updating" | "Deleting") {
            return Err(ApiError::in_use(format!("The resource is in status {}.", self.status())));
        }
        self.begin_delete(context, Next::Gone);
        Ok(())
    }

    /// Begins the deletion of an app, which stays listed as Deleted.
    pub(crate) fn delete_app(&mut self, context: &Context) {
        self.begin_delete(context, Next::Deleted);
    }

    /// Sets members to what a test wants; a status stays until something else changes it.
    pub(crate) fn force(&mut self, members: &Value, now: f64) {
        for (member, value) in members.as_object().into_iter().flatten() {
            match value {
                Value::Object(_) => merge(&mut self.body[member], value),
                value => self.body[member] = value.clone(),
            }
        }
        if !members["Status"].is_null() {
            self.next = (!self.exists()).then_some((now + DELETED_APPS_STAY, Next::Gone));
        }
    }

    fn goes(&mut self, status: &str, context: &Context, takes: Duration, next: Next) {
        self.body["Status"] = json!(status);
        self.body["LastModifiedTime"] = json!(context.now);
        self.next = Some((context.now + takes.as_secs_f64(), next));
        self.settle(context.now);
    }

    fn begin_delete(&mut self, context: &Context, next: Next) {
        self.body["Status"] = json!("Deleting");
        self.next = Some((context.now + context.delete_takes.as_secs_f64(), next));
        self.settle(context.now);
    }

    /// When it changes by itself; never is infinity.
    pub(crate) fn changes_at(&self) -> f64 {
        self.next.map_or(f64::INFINITY, |(at, _)| at)
    }

    /// Does what is due; returns whether the resource is still there.
    pub(crate) fn settle(&mut self, now: f64) -> bool {
        while let Some((at, next)) = self.next.filter(|(at, _)| *at <= now) {
            match next {
                Next::InService => {
                    if let Some(then) = self.then.take() {
                        merge(&mut self.body, &then);
                    }
                    self.body["Status"] = json!("InService");
                    self.next = None;
                }
                Next::Stopped => {
                    self.body["Status"] = json!("Stopped");
                    self.next = None;
                }
                Next::Deleted => {
                    self.body["Status"] = json!("Deleted");
                    self.next = Some((at + DELETED_APPS_STAY, Next::Gone));
                }
                Next::Gone => return false,
            }
        }
        true
    }
}

fn merge(into: &mut Value, from: &Value) {
    match (into, from) {
        (Value::Object(into), Value::Object(from)) => {
            // A null is a member left out.
            for (key, value) in from.iter().filter(|(_, value)| !value.is_null()) {
                merge(into.entry(key.clone()).or_insert(Value::Null), value);
            }
        }
        (into, from) => *into = from.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn structures_merge_and_lists_are_replaced() {
        let mut settings = json!({ "A": { "B": 1, "L": [1, 2] }, "C": 3 });
        merge(&mut settings, &json!({ "A": { "L": [], "D": 4 }, "C": null }));
        assert_eq!(settings, json!({ "A": { "B": 1, "L": [], "D": 4 }, "C": 3 }));
    }
}
