//! Tables of the page: captioned, sortable, in a region of their own that scrolls.

use askama::Template;
use jiff::Timestamp;

use super::numbers::{count, minute};
use super::text::shown;

/// A table, or one sentence where it would be empty.
#[derive(Debug, Template)]
#[template(path = "page/table.html")]
pub(super) struct Table {
    /// Unique on the page.
    pub(super) id: String,
    /// What it shows.
    pub(super) caption: String,
    /// Its columns.
    pub(super) columns: Vec<Column>,
    /// The column that the rows are sorted by, and how: `ascending` or `descending`.
    pub(super) sorted: Option<(usize, &'static str)>,
    /// Its rows; the first cell of each is its header.
    pub(super) rows: Vec<Vec<Cell>>,
    /// What is said where there is no row.
    pub(super) empty: &'static str,
    /// Folded away: the same figures stand in a chart.
    pub(super) folded: bool,
}

/// A column.
#[derive(Debug)]
pub(super) struct Column {
    title: String,
    /// How its cells are set.
    class: &'static str,
}

/// What stands in a row and a column.
#[derive(Debug)]
pub(super) struct Cell {
    text: String,
    /// What it is sorted by where that is not its text; empty for what is not known, which comes last.
    key: Option<String>,
    /// Said below, small.
    beside: String,
}

/// A column of words.
pub(super) fn words(title: impl Into<String>) -> Column {
    Column { title: title.into(), class: "w" }
}

/// A column of times and other words that are not broken.
pub(super) fn whole(title: impl Into<String>) -> Column {
    Column { title: title.into(), class: "t" }
}

/// A column of figures.
pub(super) fn figures(title: impl Into<String>) -> Column {
    Column { title: title.into(), class: "n" }
}

impl Table {
    /// The table with its rows in the order that it names, whatever order they came in.
    pub(super) fn in_order(mut self) -> Self {
        if let Some((column, "descending")) = self.sorted {
            let key = |row: &Vec<Cell>| row.get(column).and_then(|cell| cell.key.as_ref()?.parse::<i128>().ok());
            self.rows.sort_by_key(|row| std::cmp::Reverse(key(row)));
        }
        self
    }

    /// How many rows, as it is said.
    fn size(&self) -> String {
        count(self.rows.len() as u64)
    }

    /// How cells of a column are set.
    fn class(&self, column: &usize) -> &'static str {
        self.columns.get(*column).map_or("w", |column| column.class)
    }

    /// How a column is sorted.
    fn sort(&self, column: &usize) -> &'static str {
        self.sorted.filter(|(sorted, _)| sorted == column).map_or("none", |(_, how)| how)
    }
}

impl Cell {
    /// A name that somebody chose, or a word of ours.
    pub(super) fn text(text: &str) -> Self {
        Self { text: shown(text), key: None, beside: String::new() }
    }

    /// A name, or what is said where there is none.
    pub(super) fn name(name: Option<&str>, otherwise: &str) -> Self {
        name.map_or_else(|| Self::unknown(otherwise), Self::text)
    }

    /// A figure as it is read, sorted by its value.
    pub(super) fn figure(text: String, value: impl Into<i128>) -> Self {
        Self { text, key: Some(value.into().to_string()), beside: String::new() }
    }

    /// What is said where a figure is not known.
    pub(super) fn unknown(words: impl Into<String>) -> Self {
        Self { text: words.into(), key: Some(String::new()), beside: String::new() }
    }

    /// A count.
    pub(super) fn count(number: u64) -> Self {
        Self::figure(count(number), number)
    }

    /// A time, UTC.
    pub(super) fn time(at: Option<Timestamp>) -> Self {
        let key = at.map_or(String::new(), |at| at.as_second().to_string());
        Self { text: at.map_or("never".to_owned(), minute), key: Some(key), beside: String::new() }
    }

    /// The same cell with something said below.
    pub(super) fn with(mut self, beside: impl Into<String>) -> Self {
        self.beside = shown(&beside.into());
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_stand_in_the_order_that_is_named_and_what_is_not_known_comes_last() {
        let cell = |number: u64| Cell::figure(format!("<{number}>"), number);
        let rows = [cell(3), Cell::unknown("<>"), cell(20), cell(1)].map(|cell| vec![cell]);
        let table = Table {
            id: "t".to_owned(),
            caption: "T".to_owned(),
            columns: vec![figures("N")],
            sorted: Some((0, "descending")),
            rows: rows.into(),
            empty: "none",
            folded: false,
        };
        let html = table.in_order().to_string();
        let places = ["&#60;20&#62;", "&#60;3&#62;", "&#60;1&#62;", "&#60;&#62;"].map(|text| html.find(text));
        assert!(places.is_sorted() && places[0].is_some(), "{html}");
        assert!(html.contains("aria-sort=\"descending\""));
    }
}
