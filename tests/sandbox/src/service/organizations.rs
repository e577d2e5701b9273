//! Organizations: the accounts, which only the management account may list.

use serde_json::{Value, json};

use super::refused_as;
use crate::error::{Answer, ApiError};
use crate::page::{Sizes, page};
use crate::world::Context;

/// Twenty a page at most, which is also what is not asked for.
const SIZES: Sizes = Sizes { least: 1, most: 20, default: 20 };

const ID: &str = "o-exampleorgid";
const STATUSES: &[&str] = &["ACTIVE", "SUSPENDED", "PENDING_CLOSURE"];

/// The organization; without accounts there is none.
#[derive(Debug, Default)]
pub(crate) struct Organization {
    management: String,
    accounts: Vec<Value>,
}

impl Organization {
    /// An organization of these accounts: `{"Id", "Name", "Status"}` each, active unless it says so.
    ///
    /// # Errors
    /// A text that says what is wrong with which account.
    pub(crate) fn new(management: &str, accounts: &[Value]) -> Result<Self, String> {
        let accounts = accounts.iter().map(|account| {
            let id = account["Id"].as_str().unwrap_or_default();
            if id.len() != 12 || !id.bytes().all(|b| b.is_ascii_digit()) {
                return Err(format!("an account's Id is not twelve digits: {account}"));
            }
            let status = account["Status"].as_str().unwrap_or("ACTIVE");
            if !STATUSES.contains(&status) {
                return Err(format!("the Status of account {id} is not one of {STATUSES:?}"));
            }
            Ok(json!({
                "Id": id,
                "Arn": format!("arn:aws:organizations::{management}:account/{ID}/{id}"),
                "Email": format!("account-{id}@example.com"),
                "Name": account["Name"].as_str().unwrap_or(id),
                "Status": status,
                "State": status,
                "JoinedMethod": "CREATED",
                "JoinedTimestamp": 1_600_000_000,
            }))
        });
        Ok(Self { management: management.to_owned(), accounts: accounts.collect::<Result<_, _>>()? })
    }

    /// Whether this account is suspended.
    pub(crate) fn has_suspended(&self, account: &str) -> bool {
        self.accounts.iter().any(|known| known["Id"] == account && known["Status"] == "SUSPENDED")
    }

    /// The answer of one operation.
    ///
    /// # Errors
    /// As Organizations answers it; `UnknownOperationException` for what is not built.
    pub(crate) fn answer(&self, context: &Context, operation: &str, request: &Value) -> Answer {
        let caller = &context.caller.account;
        let is_member = *caller == self.management || self.accounts.iter().any(|known| known["Id"] == caller.as_str());
        if !matches!(operation, "DescribeOrganization" | "ListAccounts") {
            return Err(ApiError::unknown_operation(operation));
        }
        if self.accounts.is_empty() || !is_member {
            return Err(ApiError::new(
                "AWSOrganizationsNotInUseException",
                "Your account is not a member of an organization.",
            ));
        }
        if operation == "DescribeOrganization" {
            return Ok(json!({ "Organization": self.described() }));
        }
        if *caller != self.management {
            return Err(ApiError::new("AccessDeniedException", "You don't have permissions to access this resource."));
        }
        let page = page(request, SIZES, "Accounts", self.accounts.len(), |n| self.accounts[n].clone());
        refused_as("InvalidInputException", page)
    }

    fn described(&self) -> Value {
        let management = &self.management;
        json!({
            "Id": ID,
            "Arn": format!("arn:aws:organizations::{management}:organization/{ID}"),
            "FeatureSet": "ALL",
            "MasterAccountArn": format!("arn:aws:organizations::{management}:account/{ID}/{management}"),
            "MasterAccountId": management,
            "MasterAccountEmail": format!("account-{management}@example.com"),
            "AvailablePolicyTypes": [],
        })
    }
}
