//! The query protocol of the oldest services: a form asks, XML answers.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value};

use super::query_mode;
use crate::auth::Caller;
use crate::error::{Answer, ApiError};
use crate::sandbox::Sandbox;

/// The services that speak it, by what signatures call them, and the namespaces of their answers.
const SERVICES: &[(&str, &str)] = &[
    ("sts", "https://sts.amazonaws.com/doc/2011-06-15/"),
    ("sns", "http://sns.amazonaws.com/doc/2010-03-31/"),
    ("iam", "https://iam.amazonaws.com/doc/2010-05-08/"),
    (EC2, "http://ec2.amazonaws.com/doc/2016-11-15/"),
];

/// Has a dialect of its own: neither results nor errors are wrapped as others wrap them.
const EC2: &str = "ec2";

/// Error types, and what EC2 calls them.
const EC2_NAMES: &[(&str, &str)] = &[
    ("ExpiredTokenException", "RequestExpired"),
    ("InternalFailure", "InternalError"),
    ("MissingAuthenticationToken", "AuthFailure"),
    ("UnknownOperationException", "InvalidAction"),
    ("UnrecognizedClientException", "AuthFailure"),
];

/// The response to a form.
pub(super) async fn call(
    sandbox: &Sandbox,
    caller: Result<Caller, ApiError>,
    body: &[u8],
    request_id: &str,
) -> Response {
    let mut members = form(&String::from_utf8_lossy(body));
    members.remove("Version");
    let action = members.remove("Action");
    let operation = action.as_ref().and_then(Value::as_str).unwrap_or("(no action)").to_owned();
    let named = |service: &str| SERVICES.iter().find(|(name, _)| *name == service);
    let service = caller.as_ref().ok().and_then(|caller| named(&caller.service));
    let answer = match caller {
        Ok(caller) if service.is_some() => sandbox.answer(&caller, &operation, &Value::Object(members)).await,
        Ok(caller) => sandbox.refused(Some(&caller), &operation, ApiError::unknown_operation(&operation)),
        Err(error) => sandbox.refused(None, &operation, error),
    };
    response(answer, &operation, service.unwrap_or(&SERVICES[0]), request_id)
}

/// The members of a form. What stands in lists keeps its numbered name.
fn form(text: &str) -> Map<String, Value> {
    let pairs = text.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decoded(name), Value::String(decoded(value)))
        })
        .collect()
}

/// The text that a form writes like this; a percent sign that encodes nothing stands for itself.
fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let (mut decoded, mut at) = (Vec::with_capacity(bytes.len()), 0);
    while let Some(byte) = bytes.get(at) {
        let encoded = bytes.get(at + 1..at + 3).and_then(|digits| std::str::from_utf8(digits).ok());
        match (byte, encoded.and_then(|digits| u8::from_str_radix(digits, 16).ok())) {
            (b'%', Some(byte)) => {
                decoded.push(byte);
                at += 3;
                continue;
            }
            (b'+', _) => decoded.push(b' '),
            (byte, _) => decoded.push(*byte),
        }
        at += 1;
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

fn response(answer: Answer, operation: &str, service: &(&str, &str), request_id: &str) -> Response {
    let (name, namespace) = service;
    let headers = [("content-type", "text/xml")];
    match answer {
        Ok(result) if *name == EC2 => {
            let body = format!(
                "<{operation}Response xmlns=\"{namespace}\"><requestId>{request_id}</requestId>{}</{operation}Response>",
                xml(&result, "item")
            );
            (StatusCode::OK, headers, body).into_response()
        }
        Err(error) if *name == EC2 => {
            let own = EC2_NAMES.iter().find(|(usual, _)| *usual == error.kind);
            let (kind, message) = (escaped(own.map_or(&error.kind, |(_, own)| own)), escaped(&error.message));
            let body = format!(
                "<Response><Errors><Error><Code>{kind}</Code><Message>{message}</Message></Error></Errors>\
                 <RequestID>{request_id}</RequestID></Response>"
            );
            (error.status, headers, body).into_response()
        }
        Ok(result) => {
            let result = xml(&result, "member");
            let body = format!(
                "<{operation}Response xmlns=\"{namespace}\"><{operation}Result>{result}</{operation}Result>\
                 <ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata></{operation}Response>"
            );
            (StatusCode::OK, headers, body).into_response()
        }
        Err(error) => {
            let fault = if error.status.is_server_error() { "Receiver" } else { "Sender" };
            let (kind, message) = (escaped(query_mode::old_name(&error.kind)), escaped(&error.message));
            let body = format!(
                "<ErrorResponse xmlns=\"{namespace}\"><Error><Type>{fault}</Type><Code>{kind}</Code>\
                 <Message>{message}</Message></Error><RequestId>{request_id}</RequestId></ErrorResponse>"
            );
            (error.status, headers, body).into_response()
        }
    }
}

/// Structures and scalars as elements; the elements of lists by this name.
fn xml(value: &Value, element: &str) -> String {
    match value {
        Value::Object(members) => {
            members.iter().map(|(name, value)| format!("<{name}>{}</{name}>", xml(value, element))).collect()
        }
        Value::Array(elements) => {
            elements.iter().map(|value| format!("<{element}>{}</{element}>", xml(value, element))).collect()
        }
        Value::String(text) => escaped(text),
        other => other.to_string(),
    }
}

/// Refusals quote what they refuse, such as an operation or a faults file.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_form_is_read_as_browsers_and_sdks_write_it() {
        let form = Value::Object(form("Message=a+b%20%C3%A9%26c%3D%2b&Subject=&Odd=100%&Tags.member.1.Key=k&&Flag"));
        let read =
            json!({ "Message": "a b é&c=+", "Subject": "", "Odd": "100%", "Tags.member.1.Key": "k", "Flag": "" });
        assert_eq!(form, read);
    }
}
