//! Callers of several accounts and regions, and faults that hit only some of them.

use serde_json::json;

use crate::server::Server;

const KEY: &str = "AKIAIOSFODNN7EXAMPLE";
const THEIRS: &str = "AKIA444455556666AAAA";

/// The call that assumes a role of this account, and the part of the answer between two tags.
fn assume(server: &Server, account: &str, element: &str) -> String {
    let form = format!(
        "Action=AssumeRole&Version=2011-06-15&RoleSessionName=sweep%2B1\
         &RoleArn=arn%3Aaws%3Aiam%3A%3A{account}%3Arole%2Fcostctl-reader"
    );
    let answer = server.query(&form, (KEY, "us-east-1", "sts")).into_body();
    let (_, rest) = answer.split_once(&format!("<{element}>")).unwrap_or_else(|| panic!("{answer}"));
    rest.split_once(&format!("</{element}>")).unwrap().0.to_owned()
}

#[test]
fn a_session_is_of_the_account_of_its_role() {
    let server = Server::start(&[]);
    let keys = [(); 2].map(|()| assume(&server, "444455556666", "AccessKeyId"));
    assert_ne!(keys[0], keys[1]);
    let whoami = server.query("Action=GetCallerIdentity", (&keys[1], "eu-west-1", "sts")).into_body();
    let arn = "<Arn>arn:aws:sts::444455556666:assumed-role/costctl-reader/sweep+1</Arn>";
    assert!(whoami.contains(arn) && whoami.contains("<Account>444455556666</Account>"), "{whoami}");
    let here = server.signed("ListDomains", &json!({}), KEY, "us-east-1").into_body();
    let there = server.signed("ListDomains", &json!({}), &keys[0], "us-east-1").into_body();
    assert!(here.contains("DomainId") && !there.contains("DomainId"), "{here} {there}");
    let call = server.calls().into_iter().find(|call| call["operation"] == "AssumeRole").unwrap();
    let role = "arn:aws:iam::444455556666:role/costctl-reader";
    assert_eq!(call["request"], json!({ "RoleArn": role, "RoleSessionName": "sweep+1" }));

    server.faults("[[fault]]\noperation = \"ListApps\"\nkind = \"deny\"\n");
    let denied = server.signed("ListApps", &json!({}), &keys[0], "us-east-1").into_body();
    assert!(denied.contains("User: arn:aws:sts::444455556666:assumed-role/costctl-reader/sweep+1 is not"), "{denied}");
}

#[test]
fn a_fault_can_be_of_one_account_or_one_region() {
    let server = Server::start(&[]);
    let code = |key: &str, region: &str| {
        let answer = server.signed("ListApps", &json!({}), key, region);
        let named = answer.headers().get("x-amzn-errortype").map(|kind| kind.to_str().unwrap().to_owned());
        (answer.status().as_u16(), named.unwrap_or_default())
    };
    let fine = || (200, String::new());
    server.faults("[[fault]]\noperation = \"*\"\nkind = \"disabled-region\"\nregion = \"me-south-1\"\n");
    assert_eq!(code(KEY, "me-south-1"), (403, "UnrecognizedClientException".to_owned()));
    assert_eq!(code(KEY, "us-east-1"), fine());
    let whoami = server.query("Action=GetCallerIdentity", (KEY, "me-south-1", "sts"));
    assert_eq!(whoami.status(), 403);
    assert!(whoami.body().contains("<Code>InvalidClientTokenId</Code>"), "{}", whoami.body());

    server.faults("[[fault]]\noperation = \"*\"\nkind = \"suspended\"\naccount = \"444455556666\"\n");
    assert_eq!(code(THEIRS, "us-east-1"), (400, "AccessDeniedException".to_owned()));
    assert_eq!(code(KEY, "us-east-1"), fine());
    assert_eq!(assume(&server, "444455556666", "Code"), "AccessDenied");
    assert!(assume(&server, "111122223333", "AccessKeyId").starts_with("ASIA111122223333"));

    // Both, and counted among those calls alone.
    server.faults(
        "[[fault]]\noperation = \"ListApps\"\nkind = \"throttle\"\nskip = 1\n\
         account = \"444455556666\"\nregion = \"us-west-2\"\n",
    );
    assert_eq!(
        [code(KEY, "us-west-2"), code(THEIRS, "us-east-1"), code(THEIRS, "us-west-2")],
        [(); 3].map(|()| fine())
    );
    assert_eq!(code(THEIRS, "us-west-2"), (400, "ThrottlingException".to_owned()));
}

#[test]
fn a_delete_of_what_is_gone_can_be_an_invalid_request() {
    let server = Server::start(&[]);
    assert_eq!(server.error("DeleteApp", server.app()), "ResourceNotFound", "it was never there");
    server.ok("CreateApp", server.app());
    server.faults("[[fault]]\noperation = \"DeleteApp\"\nkind = \"validation\"\ntimes = 1\n");
    assert_eq!(server.error("DeleteApp", server.app()), "ValidationException");
    assert_eq!(server.ok("DescribeApp", server.app())["Status"], "InService");
    server.ok("DeleteApp", server.app());
}
