//! The reasons that documents explain, against the closed list of them.

use std::collections::BTreeSet;

use idle_core::Reason;

/// The head of such a table.
const TABLE: &str = "| Reason | ";

/// The codes in the first column of tables of reasons that no decision carries, by line.
pub(super) fn unknown(document: &str) -> Vec<(usize, String)> {
    let known: BTreeSet<&str> = Reason::ALL.iter().map(|reason| reason.code()).collect();
    let (mut unknown, mut inside) = (Vec::new(), false);
    for (number, line) in (1..).zip(document.lines()) {
        inside = line.starts_with(TABLE) || (inside && line.starts_with('|'));
        let cell = line.split('|').nth(1).filter(|_| inside).unwrap_or_default();
        let codes = cell.split('`').skip(1).step_by(2).filter(|code| !known.contains(code));
        unknown.extend(codes.map(|code| (number, format!("no decision has the reason {code}"))));
    }
    unknown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_that_is_none_is_found() {
        let document = "| Reason | Means |\n|---|---|\n| `busy`, `bsy` | work |\n\n| `other` | table |\n";
        assert_eq!(unknown(document), [(3, "no decision has the reason bsy".to_owned())]);
    }
}
