//! What tests put into the sandbox, force there and ask of it, in any account and
//! region. The bodies are those of its own routes.

use std::collections::BTreeMap;

use anyhow::{Context, bail};
use serde_json::{Value, json};
use ureq::http::Method;

use super::Sandbox;
use crate::http;

/// What the targets of each service begin with, by what signatures call it.
const TARGETS: &[(&str, &str)] = &[
    ("sagemaker", "SageMaker"),
    ("monitoring", "GraniteServiceVersion20100801"),
    ("application-autoscaling", "AnyScaleFrontendService"),
    ("organizations", "AWSOrganizationsV20161128"),
    ("ssm", "AmazonSSM"),
    ("servicequotas", "ServiceQuotasV20190624"),
    ("pricing", "AWSPriceListService"),
    ("tagging", "ResourceGroupsTaggingAPI_20170126"),
    ("ce", "AWSInsightsIndexService"),
    ("cloudtrail", "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101"),
];

impl Sandbox {
    /// How many it made: resources as they are given, as in
    /// `{"Account", "Region", "Apps": [{…}]}`, or with `Generate` a fleet.
    ///
    /// # Errors
    /// When a body is refused.
    pub fn seed(&self, request: &Value) -> anyhow::Result<Value> {
        self.change(Method::POST, "seed", request)
    }

    /// The resource, of which it forced members, as in
    /// `{"Kind": "space", "DomainId", "SpaceName", "Set": {…}}`.
    ///
    /// # Errors
    /// When the sandbox does not know the resource, or the member cannot be forced.
    pub fn force(&self, request: &Value) -> anyhow::Result<Value> {
        self.change(Method::PATCH, "resource", request)
    }

    /// Puts data of metrics of any namespace and age, as in `{"Data": [{…}]}`.
    ///
    /// # Errors
    /// When a datum is refused.
    pub fn metrics(&self, request: &Value) -> anyhow::Result<()> {
        self.change(Method::POST, "metrics", request).map(drop)
    }

    /// Adds what stands in VPCs, as in `{"Subnets": [{"subnetId", "vpcId", …}]}`, with the
    /// names of EC2's XML.
    ///
    /// # Errors
    /// When a body is refused.
    pub fn network(&self, request: &Value) -> anyhow::Result<Value> {
        self.change(Method::POST, "network", request)
    }

    /// Replaces the organization, as in `{"Accounts": [{"Id", "Name", "Status"}]}`.
    ///
    /// # Errors
    /// When an account is refused.
    pub fn organization(&self, request: &Value) -> anyhow::Result<()> {
        self.change(Method::POST, "organization", request).map(drop)
    }

    /// Adds quotas, as in `{"Quotas": [{"QuotaCode", "QuotaName", "Value"}]}`.
    ///
    /// # Errors
    /// When a quota is refused.
    pub fn quotas(&self, request: &Value) -> anyhow::Result<()> {
        self.change(Method::POST, "quotas", request).map(drop)
    }

    /// Puts roles there, as in `{"Account", "Roles": [{"RoleName", "AttachedPolicies": [ARN]}]}`.
    ///
    /// # Errors
    /// When a role is refused.
    pub fn roles(&self, request: &Value) -> anyhow::Result<()> {
        self.change(Method::POST, "roles", request).map(drop)
    }

    /// From now on CloudTrail shows an event `{"VisibleAfterSeconds"}` after its call.
    ///
    /// # Errors
    /// When that is no number.
    pub fn trail(&self, request: &Value) -> anyhow::Result<()> {
        self.change(Method::POST, "trail", request).map(drop)
    }

    /// Replaces all price lists, as in `{"Prices": [{"Region", "UsageType", "Usd"}]}`.
    ///
    /// # Errors
    /// When a price is refused.
    pub fn prices(&self, request: &Value) -> anyhow::Result<()> {
        self.change(Method::POST, "prices", request).map(drop)
    }

    /// Adds to a bill, as in `{"Account", "Lines": [{"Day", "UsageType", "Amount"}], "SavingsPlans": {…}}`.
    ///
    /// # Errors
    /// When a line is refused.
    pub fn costs(&self, request: &Value) -> anyhow::Result<()> {
        self.change(Method::POST, "costs", request).map(drop)
    }

    /// Puts domains of `DataZone` there, as in `{"Domains": [{"id", "projects": [{"id", "name"}]}]}`.
    ///
    /// # Errors
    /// When a domain is refused.
    pub fn datazone(&self, request: &Value) -> anyhow::Result<()> {
        self.change(Method::POST, "datazone", request).map(drop)
    }

    /// Makes a change when a call comes, as in
    /// `{"Operation", "Skip": 0, "Before": true, "Do": {"resource": {…}}}`.
    ///
    /// # Errors
    /// When there is no such change.
    pub fn when(&self, request: &Value) -> anyhow::Result<()> {
        self.change(Method::POST, "when", request).map(drop)
    }

    /// How many calls of each operation it received since they were forgotten last.
    ///
    /// # Errors
    /// When the sandbox does not answer.
    pub fn call_counts(&self) -> anyhow::Result<BTreeMap<String, u64>> {
        let counts = http::expect_ok(Method::GET, &format!("{}/_sandbox/call-counts", self.endpoint), &[], None)?;
        let counts = counts.as_object().context("an object of counts")?;
        Ok(counts.iter().map(|(operation, count)| (operation.clone(), count.as_u64().unwrap_or_default())).collect())
    }

    /// The environment of somebody in this account and region.
    #[must_use]
    pub fn aws_env_of(&self, account: &str, region: &str) -> Vec<(String, String)> {
        self.env(&access_key(account), region)
    }

    /// The answer of one operation of a service, named as signatures name it, to
    /// somebody in this account and region. Of services with the query protocol, such
    /// as `sns`, the log does not show it.
    ///
    /// # Errors
    /// When it is answered with an error.
    pub fn call_of(
        &self,
        account: &str,
        region: &str,
        service: &str,
        operation: &str,
        request: &Value,
    ) -> anyhow::Result<Value> {
        let Some((_, target)) = TARGETS.iter().find(|(name, _)| *name == service) else {
            let call = json!({ "Account": account, "Region": region, "Service": service, "Operation": operation,
                "Request": request });
            return self.change(Method::POST, "call", &call);
        };
        let target = format!("{target}.{operation}");
        match self.send_as(&access_key(account), region, service, &target, request)? {
            (200, answer) => Ok(answer),
            (status, answer) => bail!("{operation} answered HTTP {status}: {answer}"),
        }
    }

    fn change(&self, method: Method, name: &str, request: &Value) -> anyhow::Result<Value> {
        http::expect_ok(method, &format!("{}/_sandbox/{name}", self.endpoint), &[], Some(request))
    }
}

/// An access key of this account.
fn access_key(account: &str) -> String {
    format!("AKIA{account}AAAA")
}
