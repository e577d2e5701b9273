//! Lists of many pages: as they are cut, retried, and changed meanwhile.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::server::Server;

const KEY: &str = "AKIAIOSFODNN7EXAMPLE";

/// Every element of a list, by pages of a hundred; a throttled page is asked for again.
fn all(server: &Server, operation: &str, member: &str, filter: Value) -> Vec<Value> {
    let (mut seen, mut request) = (Vec::new(), filter);
    request["MaxResults"] = json!(100);
    for _ in 0..10_000 {
        let answer = server.signed(operation, &request, KEY, "us-east-1");
        let page: Value = serde_json::from_str(answer.body()).unwrap();
        if answer.status() == 400 {
            assert_eq!(page["__type"], "ThrottlingException");
            continue;
        }
        seen.extend(page[member].as_array().unwrap().iter().cloned());
        request["NextToken"] = page["NextToken"].clone();
        if request["NextToken"].is_null() {
            return seen;
        }
    }
    panic!("{operation} has no last page");
}

fn names(spaces: &[Value]) -> Vec<&str> {
    spaces.iter().map(|space| space["SpaceName"].as_str().unwrap()).collect()
}

#[test]
fn every_page_of_a_fleet_comes_once_also_if_it_is_asked_for_twice() {
    let server = Server::start(&[]);
    server.change("seed", json!({ "Generate": { "Spaces": 1050, "Domains": 3 } }));
    server.faults("[[fault]]\noperation = \"*\"\nkind = \"throttle\"\nevery = 2\n");
    let apps = all(&server, "ListApps", "Apps", json!({}));
    let distinct: BTreeSet<&str> = names(&apps).into_iter().collect();
    assert_eq!((apps.len(), distinct.len()), (1050, 1050));
    let of_domain = |order: &str| {
        all(&server, "ListSpaces", "Spaces", json!({ "DomainIdEquals": "d-fleet0002", "SortOrder": order }))
    };
    let (there, mut back) = (of_domain("Ascending"), of_domain("Descending"));
    back.reverse();
    assert_eq!((there.len(), names(&there)), (350, names(&back)));
}

#[test]
fn a_list_shows_what_changed_since_its_first_page() {
    let server = Server::start(&[]);
    server.change("seed", json!({ "Generate": { "Spaces": 200 } }));
    let page = |token: &Value| server.ok("ListApps", json!({ "MaxResults": 100, "NextToken": token }));
    let first = page(&Value::Null);
    let app = page(&first["NextToken"])["Apps"][99].clone();
    let key = json!({ "DomainId": app["DomainId"], "SpaceName": app["SpaceName"], "AppType": app["AppType"],
        "AppName": app["AppName"] });
    server.ok("DeleteApp", key.clone());
    assert_eq!(page(&first["NextToken"])["Apps"][99]["Status"], "Deleting");
    server.until("Deleted", "DescribeApp", &key);
    assert_eq!(page(&first["NextToken"])["Apps"][99]["Status"], "Deleted", "also what changes by itself");
    let old = json!({ "DomainId": "d-a", "SpaceName": "new", "AppType": "JupyterLab", "AppName": "default",
        "CreationTime": 1 });
    server.change("seed", json!({ "Apps": [old] }));
    assert_eq!(page(&Value::Null)["Apps"][0]["SpaceName"], "new", "the oldest comes first");
    server.ok("CreateApp", server.app());
    assert_eq!(all(&server, "ListApps", "Apps", json!({})).last().unwrap()["SpaceName"], "lab");
}
