//! The columns, as many as there is room for.

use jiff::Timestamp;

use super::row::Row;
use super::text::{left, name, right};
use super::view::Sort;
use crate::render::sweep::dollars;

/// A column: what stands above it, how wide it is, and what it shows of a row.
pub(super) struct Column {
    title: &'static str,
    sort: Option<Sort>,
    columns: usize,
    fit: fn(&str, usize) -> String,
    cell: fn(&Row, Timestamp) -> String,
}

/// From this width on, what it runs on has a column.
const WITH_TYPE: usize = 110;
/// From this width on, account and region have one.
const WITH_PLACE: usize = 140;

/// The columns for so much room.
pub(super) fn columns(room: usize) -> Vec<Column> {
    let is_wide = room >= WITH_TYPE;
    let mut columns = vec![
        Column { title: "IDLE", sort: Some(Sort::Idle), columns: 6, fit: right, cell: |row, _| row.idle_words() },
        Column { title: "USD/H", sort: Some(Sort::Rate), columns: 8, fit: right, cell: |row, _| rate(row) },
        Column {
            title: "OWNER",
            sort: Some(Sort::Owner),
            columns: if is_wide { 20 } else { 11 },
            fit: left,
            cell: |row, _| row.owner.words().to_owned(),
        },
        Column { title: "STATE", sort: None, columns: 11, fit: left, cell: |row, now| row.state_words(now) },
        Column { title: "WHAT", sort: None, columns: 0, fit: name, cell: |row, _| row.short.clone() },
        Column {
            title: "NEXT",
            sort: Some(Sort::Next),
            columns: if is_wide { 28 } else { 19 },
            fit: left,
            cell: |row, now| row.next_words(now),
        },
    ];
    if is_wide {
        columns.push(Column { title: "TYPE", sort: None, columns: 20, fit: left, cell: |row, _| row.on.clone() });
    }
    if room >= WITH_PLACE {
        let cell = |row: &Row, _| format!("{} {}", row.account, row.region);
        columns.push(Column { title: "ACCOUNT AND REGION", sort: None, columns: 28, fit: left, cell });
    }
    let taken: usize = columns.iter().map(|column| column.columns).sum::<usize>() + columns.len() - 1;
    if let Some(what) = columns.iter_mut().find(|column| column.columns == 0) {
        what.columns = room.saturating_sub(taken);
    }
    columns
}

/// The line above the rows; the column that they are sorted by is marked.
pub(super) fn titles(columns: &[Column], sort: Sort) -> String {
    let title = |column: &Column| {
        let mark = if column.sort == Some(sort) { "↓" } else { "" };
        (column.fit)(&format!("{}{mark}", column.title), column.columns)
    };
    columns.iter().map(title).collect::<Vec<_>>().join(" ")
}

/// The line of a row.
pub(super) fn line(columns: &[Column], row: &Row, now: Timestamp) -> String {
    let cell = |column: &Column| (column.fit)(&(column.cell)(row, now), column.columns);
    columns.iter().map(cell).collect::<Vec<_>>().join(" ")
}

fn rate(row: &Row) -> String {
    row.price.micro_usd_per_hour().map_or("unpriced".to_owned(), dollars)
}
