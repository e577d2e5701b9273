//! STS: who am I, and credentials of a role in another account.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::auth::Caller;
use crate::error::{Answer, ApiError};
use crate::world::Context;

/// More sessions than the largest sweep opens; the first are forgotten.
const MOST: usize = 100_000;

/// As long as a session lasts at most, unless its role says otherwise, which none here does.
const MOST_SECONDS: i64 = 3600;

/// Letters that end an access key, which tell one session from another.
const LETTERS: u32 = 26;

/// The sessions that `AssumeRole` opened, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Sessions {
    opened: u32,
    /// By the number that their access key ends with: role and session name.
    sessions: BTreeMap<u32, (String, String)>,
}

impl Sessions {
    /// The ARN of the caller: the session's that its access key belongs to, else that of an app's execution role.
    pub(crate) fn arn(&self, caller: &Caller) -> String {
        let (role, session) = self
            .of(&caller.access_key)
            .map_or(("StudioExecutionRole", "SageMaker"), |(role, session)| (role.as_str(), session.as_str()));
        format!("arn:{}:sts::{}:assumed-role/{role}/{session}", caller.partition(), caller.account)
    }

    /// The name of the role whose session calls, if one does.
    pub(crate) fn role(&self, caller: &Caller) -> Option<&str> {
        self.of(&caller.access_key).map(|(role, _)| role.as_str())
    }

    /// The answer of an operation.
    ///
    /// # Errors
    /// As STS answers it; `InvalidAction` for what is not built.
    pub(crate) fn answer(&mut self, context: &Context, operation: &str, request: &Value) -> Answer {
        match operation {
            "GetCallerIdentity" => {
                let session = context.caller_arn.rsplit('/').next().unwrap_or_default();
                let id = format!("{ROLE_ID}:{session}");
                Ok(json!({ "Arn": context.caller_arn, "UserId": id, "Account": context.caller.account }))
            }
            "AssumeRole" => self.assume_role(context, request),
            other => Err(ApiError::new("InvalidAction", format!("Could not find operation {other}"))),
        }
    }

    /// `AssumeRole`. Every role exists; one whose name ends in `-external-<id>`
    /// wants that external id.
    fn assume_role(&mut self, context: &Context, request: &Value) -> Answer {
        let arn = text(request, "RoleArn")?;
        let (account, role) = role(arn).ok_or_else(|| invalid(format!("{arn} is invalid")))?;
        let session = text(request, "RoleSessionName")?;
        let in_name = |c: char| c.is_ascii_alphanumeric() || "_+=,.@-".contains(c);
        if !(2..=64).contains(&session.len()) || !session.chars().all(in_name) {
            return Err(invalid(format!("Value '{session}' at 'roleSessionName' failed to satisfy constraint")));
        }
        let seconds = duration(request)?;
        let wanted = role.rsplit_once("-external-").map(|(_, id)| id);
        if wanted.is_some() && wanted != request["ExternalId"].as_str() {
            return Err(refused(context, request));
        }
        let access_key = self.open(account, role, session);
        let partition = context.caller.partition();
        let mut answer = json!({
            "Credentials": {
                "AccessKeyId": access_key,
                "SecretAccessKey": "not-a-secret",
                "SessionToken": "not-a-token",
                "Expiration": format!("{:.0}", jiff::Timestamp::now() + jiff::SignedDuration::from_secs(seconds)),
            },
            "AssumedRoleUser": {
                "AssumedRoleId": format!("{ROLE_ID}:{session}"),
                "Arn": format!("arn:{partition}:sts::{account}:assumed-role/{role}/{session}"),
            },
        });
        if !request["SourceIdentity"].is_null() {
            answer["SourceIdentity"] = request["SourceIdentity"].clone();
        }
        Ok(answer)
    }

    /// The access key of a new session.
    fn open(&mut self, account: &str, role: &str, session: &str) -> String {
        let number = self.opened % LETTERS.pow(4);
        self.opened = self.opened.wrapping_add(1);
        if self.sessions.len() == MOST {
            self.sessions.pop_first();
        }
        self.sessions.insert(number, (role.to_owned(), session.to_owned()));
        let letter = |place: u32| char::from(b'A' + u8::try_from(number / LETTERS.pow(place) % LETTERS).unwrap_or(0));
        format!("ASIA{account}{}{}{}{}", letter(3), letter(2), letter(1), letter(0))
    }

    fn of(&self, access_key: &str) -> Option<&(String, String)> {
        let letters = access_key.strip_prefix("ASIA")?.strip_prefix(|c: char| c.is_ascii_digit())?.get(11..)?;
        let is_number = letters.len() == 4 && letters.bytes().all(|b| b.is_ascii_uppercase());
        let number = |letters: &str| letters.bytes().fold(0, |number, b| number * LETTERS + u32::from(b - b'A'));
        self.sessions.get(&is_number.then(|| number(letters))?)
    }
}

const ROLE_ID: &str = "AROAIOSFODNN7EXAMPLE";

/// The account that a call is about: of `AssumeRole` the role's, of others the caller's.
pub(crate) fn account_of<'a>(caller: &'a Caller, operation: &str, request: &'a Value) -> &'a str {
    let of_role = || request["RoleArn"].as_str().and_then(role).map(|(account, _)| account);
    let assumes = caller.service == "sts" && operation == "AssumeRole";
    assumes.then(of_role).flatten().unwrap_or(&caller.account)
}

/// The refusal to let the caller assume a role, which does not say why.
pub(crate) fn refused(context: &Context, request: &Value) -> ApiError {
    let resource = request["RoleArn"].as_str().unwrap_or("*");
    let message =
        format!("User: {} is not authorized to perform: sts:AssumeRole on resource: {resource}", context.caller_arn);
    ApiError::forbidden("AccessDenied", message)
}

/// Account and name of a role's ARN, whose path means nothing here.
fn role(arn: &str) -> Option<(&str, &str)> {
    let (partition, rest) = arn.strip_prefix("arn:")?.split_once(":iam::")?;
    let (account, path) = rest.split_once(":role/")?;
    let name = path.rsplit('/').next().filter(|name| !name.is_empty())?;
    let is_account = account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit());
    (is_account && partition.starts_with("aws")).then_some((account, name))
}

fn duration(request: &Value) -> Result<i64, ApiError> {
    let Some(text) = request["DurationSeconds"].as_str() else { return Ok(MOST_SECONDS) };
    match text.parse() {
        Ok(seconds) if (900..=MOST_SECONDS).contains(&seconds) => Ok(seconds),
        Ok(seconds) if (900..=43_200).contains(&seconds) => {
            Err(invalid("The requested DurationSeconds exceeds the MaxSessionDuration set for this role.".to_owned()))
        }
        _ => Err(invalid(format!("Value '{text}' at 'durationSeconds' failed to satisfy constraint: 900 to 43200"))),
    }
}

fn text<'a>(request: &'a Value, member: &str) -> Result<&'a str, ApiError> {
    request[member].as_str().ok_or_else(|| invalid(format!("{member} is missing")))
}

fn invalid(message: String) -> ApiError {
    ApiError::new("ValidationError", message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_session_has_a_key_of_its_own_and_the_first_are_forgotten() {
        let mut sessions = Sessions::default();
        let keys: Vec<String> =
            (0..=MOST).map(|n| sessions.open("444455556666", "reader", &format!("s-{n}"))).collect();
        assert_eq!(keys[..2], ["ASIA444455556666AAAA", "ASIA444455556666AAAB"]);
        assert_eq!(sessions.of(&keys[0]), None);
        let last = sessions.of(&keys[MOST]).map(|(_, session)| session.clone());
        assert_eq!(last, Some(format!("s-{MOST}")));
        assert!(
            ["AKIAIOSFODNN7EXAMPLE", "ASIAIOSFODNN7EXAMPLE", "ASIA444455556666aaab"]
                .iter()
                .all(|key| sessions.of(key).is_none())
        );
    }
}
