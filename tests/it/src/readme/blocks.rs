//! Markdown, as far as it holds blocks.

/// What stands between two fences.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Block {
    /// What the first fence says, such as `sh`.
    pub(super) language: String,
    /// The line in the document of its first one.
    pub(super) line: usize,
    /// Its lines.
    pub(super) text: String,
}

/// The blocks of a document, in their order.
pub(super) fn blocks(document: &str) -> Vec<Block> {
    let (mut found, mut open) = (Vec::new(), None::<Block>);
    for (number, line) in (1..).zip(document.lines()) {
        match (line.trim_start().strip_prefix("```"), &mut open) {
            (Some(language), None) => {
                open = Some(Block { language: language.trim().to_owned(), line: number + 1, text: String::new() });
            }
            (Some(_), Some(_)) => found.extend(open.take()),
            (None, Some(block)) => block.text += &format!("{line}\n"),
            (None, None) => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_knows_where_it_stands() {
        let found = blocks("# A\n\n```sh\none\ntwo\n```\n\n- item\n\n  ```toml\n  a = 1\n  ```\n");
        let seen: Vec<_> = found.iter().map(|b| (b.language.as_str(), b.line, b.text.as_str())).collect();
        assert_eq!(seen, [("sh", 4, "one\ntwo\n"), ("toml", 11, "  a = 1\n")]);
    }
}
