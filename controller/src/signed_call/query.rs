//! The query protocol: a form asks, XML answers.

use aws_config::SdkConfig;
use reqwest::{Method, Url};
use roxmltree::Document;

use super::{Answer, Protocol, Request, Service, SignedCallError, in_time, named_refusal, send};

/// The XML that answers one operation of a service that speaks the query protocol, asked of
/// this URL in this region. `members` are those of the form, lists with numbered names.
///
/// # Errors
/// When the service refuses it or does not answer within 20 seconds.
pub(crate) async fn signed_query(
    config: &SdkConfig,
    service: Service,
    place: (&Url, &str),
    operation: &str,
    members: &[(String, String)],
) -> Result<String, SignedCallError> {
    let Protocol::Query { version } = service.protocol else {
        return Err(SignedCallError::Unavailable(format!("{} does not speak the query protocol", service.name)));
    };
    let first = [("Action", operation), ("Version", version)];
    let rest = members.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let form = first.into_iter().chain(rest).map(|(name, value)| format!("{}={}", encoded(name), encoded(value)));
    let form = form.collect::<Vec<_>>().join("&");
    let headers = [("content-type", "application/x-www-form-urlencoded; charset=utf-8")];
    let (url, region) = place;
    let request = Request { method: Method::POST, url, region, headers: &headers, body: form };
    let Answer { status, bytes, .. } = in_time(send(config, service, request)).await?;
    let text = String::from_utf8(bytes);
    let text = text.map_err(|_| SignedCallError::Unavailable("the answer is not UTF-8".to_owned()))?;
    if status.is_success() { Ok(text) } else { Err(refused(status.as_u16(), &text)) }
}

/// The text as forms write it: all but letters, digits and `-._~` as `%` and two digits.
fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => encoded.push(char::from(byte)),
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}

/// What an answer that is no success says: services differ in what stands around the error.
pub(super) fn refused(status: u16, text: &str) -> SignedCallError {
    let document = Document::parse(text);
    let of = |name: &str| {
        let document = document.as_ref().ok()?;
        let error = document.descendants().find(|node| node.tag_name().name() == "Error")?;
        error.children().find(|node| node.tag_name().name() == name)?.text().map(str::to_owned)
    };
    match of("Code") {
        Some(code) => named_refusal(&code, &of("Message").unwrap_or_default()),
        None => SignedCallError::Unavailable(format!("HTTP {status} without the name of an error")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scripted_http::ScriptedHttp;
    use crate::signed_call::{EC2, SSM};

    #[tokio::test]
    async fn a_form_is_signed_and_its_refusals_are_named() {
        let denied = "<?xml version=\"1.0\"?><Response><Errors><Error><Code>UnauthorizedOperation</Code>\
            <Message>You are not authorized.</Message></Error></Errors><RequestID>1</RequestID></Response>";
        let old = "<ErrorResponse><Error><Type>Sender</Type><Code>Throttling</Code></Error></ErrorResponse>";
        let answers = [(200, "<a/>"), (403, denied), (400, old), (502, "<html>"), (500, "")];
        let server = ScriptedHttp::new(answers.map(|(status, body)| (status, body.to_owned()))).await;
        let config = server.config().await;
        let url = Url::parse(&server.url).expect("a URL");
        let members = [("Filter.1.Value.1".to_owned(), "a b&é~".to_owned())];
        let ask = || signed_query(&config, EC2, (&url, "eu-west-1"), "DescribeVpcEndpoints", &members);
        assert_eq!(ask().await.expect("an answer"), "<a/>");
        for said in [
            "UnauthorizedOperation: You are not authorized.",
            "Throttling: ",
            "HTTP 502 without the name of an error",
            "HTTP 500 without the name of an error",
        ] {
            assert_eq!(ask().await.expect_err("refused").to_string(), said);
        }
        let asked = server.asked().remove(0);
        assert!(
            asked.ends_with("\r\n\r\nAction=DescribeVpcEndpoints&Version=2016-11-15&Filter.1.Value.1=a%20b%26%C3%A9~")
        );
        assert!(asked.contains("/eu-west-1/ec2/aws4_request") && asked.contains("x-amz-date"), "{asked}");
        assert!(signed_query(&config, SSM, (&url, "eu-west-1"), "GetParameter", &[]).await.is_err());
    }
}
