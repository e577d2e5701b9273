//! How much memory a fleet takes: a hundred thousand apps must fit.

use std::mem::size_of;

use cost_planner::plan::Row;
use cost_planner::snapshot::{App, Space};

/// In bytes, the shared texts of names left out. An app in a space of its own and its row in a plan are
/// below 300 together; a kept row owns nothing more.
#[test]
fn an_app_its_space_and_its_row_are_small() {
    let (app, space, row) = (size_of::<App>(), size_of::<Space>(), size_of::<Row>());
    println!("app {app}, space {space}, row {row}");
    assert!(app + space + row <= 300, "app {app}, space {space}, row {row}");
}
