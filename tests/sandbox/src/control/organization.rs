//! Accounts, roles, quotas and bills, which only AWS itself makes.

use serde_json::{Value, json};

use super::{Changed, Refusal, elements};
use crate::sandbox::Inner;
use crate::service::organizations::Organization;
use crate::service::{iam, quotas};
use crate::world::Context;

/// `POST /_sandbox/organization`: replaces the organization by one of `{"Accounts":
/// [{"Id", "Name", "Status"}]}`, managed by `Account`, which is listed only if it is
/// among them. Nobody gets into a suspended account.
pub(super) fn organization(inner: &mut Inner, context: &Context, request: &Value) -> Changed {
    let accounts = elements(request, "Accounts")?;
    inner.organization = Organization::new(&context.caller.account, accounts).map_err(Refusal::new)?;
    Ok(json!({ "Accounts": accounts.len() }))
}

/// `POST /_sandbox/quotas`: adds `{"Quotas": [{"QuotaCode", "QuotaName", "Value"}]}` of SageMaker.
pub(super) fn quotas(inner: &mut Inner, context: &Context, request: &Value) -> Changed {
    let all = elements(request, "Quotas")?;
    let region = inner.world.region(&context.caller, context.now);
    for quota in all {
        quotas::add(&mut region.quotas, context, quota).map_err(Refusal::new)?;
    }
    Ok(json!({ "Quotas": all.len() }))
}

/// `POST /_sandbox/costs`: adds `{"Lines": [{"Day", "UsageType", "Amount"}]}` to what Cost Explorer says
/// of `Account`, and replaces its `SavingsPlans`. `Region` is where its partition has Cost Explorer.
pub(super) fn costs(inner: &mut Inner, context: &Context, request: &Value) -> Changed {
    let lines = elements(request, "Lines")?;
    let region = inner.world.region(&context.caller, context.now);
    region.costs.add(&context.caller.account, lines, &request["SavingsPlans"]).map_err(Refusal::new)?;
    Ok(json!({ "Lines": lines.len() }))
}

/// `POST /_sandbox/roles`: puts `{"Roles": [{"RoleName", "AttachedPolicies": [ARN]}]}` of `Account` there.
pub(super) fn roles(inner: &mut Inner, context: &Context, request: &Value) -> Changed {
    let all = elements(request, "Roles")?;
    for role in all {
        iam::put(&mut inner.roles, context, role).map_err(Refusal::new)?;
    }
    Ok(json!({ "Roles": all.len() }))
}

/// `POST /_sandbox/trail`: from now on CloudTrail shows an event `{"VisibleAfterSeconds"}` after its call.
pub(super) fn trail(inner: &mut Inner, request: &Value) -> Changed {
    let seconds = request["VisibleAfterSeconds"].as_f64().filter(|seconds| *seconds >= 0.0);
    inner.trail.delay = seconds.ok_or_else(|| Refusal::new("VisibleAfterSeconds is no number from 0 up"))?;
    Ok(json!({}))
}
