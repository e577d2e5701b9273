//! Links between documents: the file is there, and so is the heading.

use std::fs;
use std::path::Path;

use studio_parts::workspace::workspace_root;

/// The links of a document that lead nowhere, by line.
pub(super) fn broken(document: &Path, text: &str) -> Vec<(usize, String)> {
    let folder = workspace_root().join(document.parent().unwrap_or(Path::new("")));
    let mut broken = Vec::new();
    for (number, link) in links(text) {
        let (file, heading) = link.split_once('#').unwrap_or((link.as_str(), ""));
        let path = folder.join(file);
        let there = if file.is_empty() { Some(text.to_owned()) } else { fs::read_to_string(&path).ok() };
        let has = |there: &str| heading.is_empty() || headings(there).iter().any(|known| known == heading);
        if !path.exists() || there.is_some_and(|there| !has(&there)) {
            broken.push((number, format!("{link} leads nowhere")));
        }
    }
    broken
}

/// The links that stay in the repository, by line. A label may end on one line and begin on the one before.
fn links(text: &str) -> Vec<(usize, String)> {
    let of_line = |(number, line): (usize, &str)| {
        let targets = line.split("](").skip(1).filter_map(|rest| rest.split_once(')'));
        let ours = targets.map(|(target, _)| target).filter(|target| !target.contains("://"));
        ours.map(|target| (number, target.to_owned())).collect::<Vec<_>>()
    };
    (1..).zip(text.lines()).flat_map(of_line).collect()
}

/// The headings of a document, as links name them.
fn headings(text: &str) -> Vec<String> {
    let name = |line: &str| {
        let title = line.trim_start_matches('#').trim().to_lowercase();
        title.chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c)).collect::<String>().replace(' ', "-")
    };
    text.lines().filter(|line| line.starts_with('#')).map(name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_needs_its_file_and_its_heading() {
        let text =
            "# All of it (now)\n[a](#all-of-it-now) [b](#gone) [c](no-such.md)\n[d](agent/SEMANTICS.md#the-rule)\n";
        let found: Vec<usize> = broken(Path::new("README.md"), text).iter().map(|(line, _)| *line).collect();
        assert_eq!(found, [2, 2], "{:?}", broken(Path::new("README.md"), text));
    }
}
