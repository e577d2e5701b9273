//! The table of Athena has a column for each member of a line, and no other.

use std::collections::BTreeSet;

use cost_ledger::line::{Fact, IdleEnd, Line, Rate};

use crate::lines::*;

const TABLE: &str = include_str!("../../../../packaging/athena/ledger.sql");

fn columns() -> BTreeSet<String> {
    let (_, rest) = TABLE.split_once("costctl_ledger (\n").expect("the table");
    let (columns, _) = rest.split_once("\n)\n").expect("the end of its columns");
    columns.lines().map(|line| line.trim().split('`').nth(1).expect("a quoted name").to_owned()).collect()
}

fn members(line: &Line, path: &[&str]) -> BTreeSet<String> {
    let mut value = &serde_json::to_value(line).expect("plain data");
    for member in path {
        value = &value[member];
    }
    value.as_object().expect("an object").keys().cloned().collect()
}

#[test]
fn columns_are_the_members_of_lines() {
    let lines = [
        look(10),
        ran(10, LAB, 2, 2),
        gone(20, LAB, 2),
        line(20, Fact::Stopped(as_stopped(LAB, 2, 20))),
        idle(20, 2, 3, 20, IdleEnd::Gone),
    ];
    let mut expected: BTreeSet<String> = lines.iter().flat_map(|line| members(line, &[])).collect();
    for partition in ["account", "region"] {
        assert!(expected.remove(partition), "partitions stand in the path");
        assert!(
            TABLE.contains(&format!("`{partition}` string"))
                && TABLE.contains(&format!("{partition}=${{{partition}}}"))
        );
    }
    assert_eq!(columns(), expected);
    let mut unpriced = as_ran(LAB, 2, 2);
    unpriced.rate = Rate::Unpriced { unpriced: "why".to_owned() };
    let rates = [ran(10, LAB, 2, 2), line(10, Fact::Ran(unpriced))];
    let rates: BTreeSet<String> = rates.iter().flat_map(|line| members(line, &["rate"])).collect();
    let (_, of_rate) = TABLE.split_once("`rate` struct<").expect("the rate");
    let (of_rate, _) = of_rate.split_once('>').expect("its end");
    let of_rate = of_rate.split(',').filter_map(|member| Some(member.split_once(':')?.0.to_owned()));
    assert_eq!(of_rate.collect::<BTreeSet<_>>(), rates);
}
