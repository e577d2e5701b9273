//! Tables of at most 80 columns, readable without colour.

use comfy_table::{ContentArrangement, Table, presets};

/// The table of these rows below this header, without trailing blanks.
pub(super) fn table<const N: usize>(header: [&str; N], rows: impl IntoIterator<Item = [String; N]>) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic).set_width(80);
    table.set_header(header);
    table.add_rows(rows);
    table.trim_fmt()
}

/// Writes a document to stdout; a reader that went away is no failure.
///
/// # Errors
/// Any other failure of stdout.
pub(super) fn print(text: &str) -> std::io::Result<()> {
    use std::io::Write;
    match writeln!(std::io::stdout(), "{text}") {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error),
        _ => Ok(()),
    }
}
