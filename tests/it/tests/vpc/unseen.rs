//! What could not be seen is told, and is never well.

use serde_json::json;

use crate::world::{World, of, service};

#[test]
fn each_listing_that_is_refused_is_named() {
    let world = World::new();
    world.domain("lab", |_, _| {});
    for operation in ["DescribeVpcEndpoints", "DescribeSubnets", "DescribeRouteTables", "DescribeSecurityGroups"] {
        world.sandbox.set_faults(&format!("[[fault]]\noperation = \"{operation}\"\nkind = \"deny\"\n")).unwrap();
        let told = world.told(&["--vpc"], 4);
        let unseen = told["vpc"]["domains"][0]["unseen"][0].as_str().unwrap().to_owned();
        assert!(unseen.contains(&format!("{operation} vpc-lab failed")), "{unseen}");
        assert!(unseen.contains(&format!("hint: allow {operation}")), "{unseen}");
    }
    world.sandbox.set_faults("[[fault]]\noperation = \"DescribeDomain\"\nkind = \"deny\"\n").unwrap();
    let ran = world.doctor(&["--vpc"]);
    // Nothing at all was seen.
    assert_eq!(ran.code, Some(1), "{}", ran.stdout);
    assert!(ran.stdout.contains("not seen: DescribeDomain d-lab failed"), "{}", ran.stdout);
}

#[test]
fn a_shared_vpc_shows_no_endpoints() {
    let world = World::new();
    world.domain("lab", |_, network| {
        network["VpcEndpoints"] = json!([]);
        for subnet in network["Subnets"].as_array_mut().unwrap() {
            subnet["ownerId"] = json!("444455556666");
        }
    });
    let told = world.told(&["--vpc"], 4);
    assert_eq!(service(&told, "sts")["standing"], "unknown");
    let unseen = told["vpc"]["domains"][0]["unseen"][0].as_str().unwrap();
    assert!(unseen.contains("shared by account 444455556666"), "{unseen}");
}

#[test]
fn a_prefix_list_and_a_group_that_is_not_shown_are_unknown() {
    let world = World::new();
    world.domain("lab", |_, network| {
        let list = json!([{ "ipProtocol": "-1", "prefixListIds": [{ "prefixListId": "pl-1" }] }]);
        network["SecurityGroups"][1]["ipPermissions"] = list;
        of(network, "logs")["groupSet"] = json!([{ "groupId": "sg-elsewhere" }]);
    });
    let told = world.told(&["--vpc", "--domain", "d-lab"], 4);
    let why = |name: &str| service(&told, name)["why"][0].as_str().unwrap().to_owned();
    assert!(why("sts").contains("pl-1"), "{}", why("sts"));
    assert!(why("logs").contains("sg-elsewhere is not shown"), "{}", why("logs"));
}

#[test]
fn doctor_without_vpc_says_who_and_where_and_which_domain() {
    let world = World::new();
    world.domain("lab", |_, _| {});
    let ran = world.doctor(&["--domain", "d-lab"]);
    assert_eq!(ran.code, Some(0), "{}{}", ran.stdout, ran.stderr);
    for text in ["region", "us-east-1", "identity", "list-domains", "1 seen", "d-lab is InService, VpcOnly"] {
        assert!(ran.stdout.contains(text), "{text}:\n{}", ran.stdout);
    }
    let told = world.told(&["--domain", "d-other"], 1);
    assert_eq!((&told["schema_version"], &told["vpc"]), (&json!(1), &json!(null)));
    let checks = told["checks"].as_array().unwrap();
    assert_eq!(checks.iter().filter(|check| check["ok"] == false).count(), 1, "{told:#}");
    assert!(world.sandbox.calls().unwrap().iter().all(|call| call["service"] != "ec2"));
    let none = world.told(&["--vpc", "--domain", "d-other"], 1);
    assert!(none["vpc"]["unseen"][0].as_str().unwrap().contains("there is no such domain; hint: --region"), "{none:#}");
}
