//! Tables and documents on stdout.

use std::borrow::Cow;
use std::io::{BufWriter, Write};

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};
use serde::Serialize;

/// Where a line may be broken; it has no width and is not written.
const BREAK: char = '\u{200b}';

/// Longer names are broken after hyphens, too.
const LONG: usize = 40;

/// The table of these rows below this header, without trailing blanks. Lines are
/// broken at blanks and after slashes, in long names after hyphens; elsewhere only where
/// no line is long enough.
pub(crate) fn table<const N: usize>(header: [&str; N], rows: impl IntoIterator<Item = [String; N]>) -> String {
    table_of_figures(header, &[], rows)
}

/// The same with the columns of these numbers to the right.
pub(crate) fn table_of_figures<const N: usize>(
    header: [&str; N],
    figures: &[usize],
    rows: impl IntoIterator<Item = [String; N]>,
) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic).set_width(80);
    table.set_header(header);
    table.add_rows(rows.into_iter().map(|row| row.map(|cell| breakable(&cell))));
    for column in table.column_iter_mut() {
        column.set_delimiter(BREAK);
    }
    for column in figures {
        if let Some(column) = table.column_mut(*column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    let text = table.trim_fmt().replace(BREAK, "");
    text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
}

fn breakable(cell: &str) -> String {
    let cell = printable(cell);
    let words = cell.split_inclusive([' ', '/']).map(|word| match word.chars().count() {
        0..=LONG => word.to_owned(),
        _ => word.replace('-', &format!("-{BREAK}")),
    });
    words.collect::<Vec<_>>().join(&BREAK.to_string())
}

/// The text without what a terminal takes for orders: names and tags out of files are anybody's.
pub(crate) fn printable(text: &str) -> Cow<'_, str> {
    let is_order = |c: char| c.is_control() && c != '\n';
    if text.contains(is_order) { text.replace(is_order, "\u{fffd}").into() } else { text.into() }
}

/// A text as a spreadsheet shows it: what begins as a formula does would be one, whoever wrote it.
pub(super) fn cell(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}

/// A text in lines of at most 80 columns, broken at blanks; a longer word has a line of its own.
pub(crate) fn wrapped(text: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    for word in printable(text).split(' ') {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= 80 => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines.join("\n")
}

/// So many of one or of many.
pub(crate) fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// A document as JSON.
pub(crate) fn json(document: &impl Serialize) -> String {
    serde_json::to_string_pretty(document).expect("plain data")
}

/// Writes a document to stdout; a reader that went away is no failure.
///
/// # Errors
/// Any other failure of stdout.
pub(crate) fn print(text: &str) -> std::io::Result<()> {
    match writeln!(std::io::stdout(), "{text}") {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error),
        _ => Ok(()),
    }
}

/// Writes a document as JSON to stdout, piece by piece: it may be large. Likewise.
///
/// # Errors
/// Any other failure of stdout.
pub(crate) fn print_json(document: &impl Serialize) -> std::io::Result<()> {
    let mut stdout = BufWriter::new(std::io::stdout().lock());
    let written = serde_json::to_writer_pretty(&mut stdout, document).map_err(std::io::Error::from);
    match written.and_then(|()| writeln!(stdout)).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_broken_where_its_parts_meet() {
        let name = "data-science-team-forecasting-and-planning-shared-lab-0000001";
        let app = format!("d-000000000001/{name}/JupyterLab/default");
        let why = "started without ours; hint: it comes with the next start";
        let cells = [app.as_str(), "UNCOVERED", "0.1.0 current", "20m ago", why].map(str::to_owned);
        let text = table(["APP", "STATE", "VERSION", "HEARD", "WHY"], [cells]);
        assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
        let words: Vec<&str> = text.split_whitespace().collect();
        for part in ["forecasting-", "planning-", "0000001/", "JupyterLab/", "UNCOVERED", "current", "default"] {
            assert!(words.iter().any(|word| word.contains(part)), "{part} is broken:\n{text}");
        }
        assert!(!text.contains(BREAK), "{text}");
    }

    #[test]
    fn a_name_gives_a_terminal_no_orders() {
        let text = table(["WHAT", "N"], [["a\u{1b}]0;x\u{7}\u{9b}2J\r".to_owned(), "1".to_owned()]]);
        for text in [text, wrapped("note: a\u{1b}[2J b")] {
            assert!(!text.contains(|c: char| c.is_control() && c != '\n'), "{text:?}");
        }
    }
}
