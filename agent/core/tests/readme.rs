//! The README's table of metrics is the list in `idle-core::metric`.

use idle_core::metric;

#[test]
fn the_readme_lists_exactly_these_metrics() {
    let readme = include_str!("../../../README.md");
    let section = readme.split("## Metrics").nth(1).and_then(|rest| rest.split("\n## ").next()).unwrap_or_default();
    let rows: Vec<&str> = section.lines().filter(|line| line.starts_with("| `")).collect();
    let expected: Vec<String> =
        metric::ALL.iter().map(|m| format!("| `{}` | {} | {} |", m.name, m.unit, m.dimensions.join(", "))).collect();
    assert_eq!(rows, expected);
}
