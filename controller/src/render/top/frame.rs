//! The frame: header, notices, rows, the chosen row in full, keys.

use jiff::Timestamp;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier, Style};
use ratatui::text::Line;

use super::columns::{columns, line, titles};
use super::header::{as_of, not_seen, sums};
use super::row::{Next, Row, State};
use super::text::{left, lines};
use super::view::View;
use cost_planner::plan::Price;

/// The least that the rows are shown on.
const LEAST: (u16, u16) = (80, 24);
/// Lines of the chosen row in full.
const DETAIL: usize = 3;

/// Lines of a frame, drawn from the top on.
struct Canvas<'f, 'b> {
    frame: &'f mut Frame<'b>,
    at: u16,
}

impl View {
    /// Draws all of it.
    pub(crate) fn draw(&mut self, frame: &mut Frame<'_>, now: Timestamp) {
        let area = frame.area();
        let (room, height) = (usize::from(area.width), usize::from(area.height));
        let mut canvas = Canvas { frame, at: 0 };
        if area.width < LEAST.0 || area.height < LEAST.1 {
            return self.draw_small(&mut canvas, (area.width, area.height), now);
        }
        let [first, second, third] = self.header(room, now);
        canvas.put(&first, Modifier::BOLD.into());
        canvas.put(&second, Style::new());
        canvas.put(&third, Style::new());
        for notice in self.notices(room) {
            canvas.put(&notice, self.loud());
        }
        let used = usize::from(canvas.at);
        // The titles, a rule, the chosen row and the keys.
        let page = height.saturating_sub(used + 1 + 1 + DETAIL + 1);
        match self.over(room, page + 1 + 1 + DETAIL) {
            Some(text) => text.iter().for_each(|line| canvas.put(line, Style::new())),
            None => self.draw_rows(&mut canvas, room, page, now),
        }
        canvas.at = area.height - 1;
        canvas.put(&left(&self.footer(), room), Modifier::REVERSED.into());
    }

    fn draw_rows(&mut self, canvas: &mut Canvas<'_, '_>, room: usize, page: usize, now: Timestamp) {
        self.page = page.max(1);
        self.first = self.first.min(self.chosen).max((self.chosen + 1).saturating_sub(self.page));
        let columns = columns(room);
        canvas.put(&titles(&columns, self.sort), Modifier::BOLD.into());
        let bottom = canvas.at + u16::try_from(page).unwrap_or(u16::MAX);
        if self.order.is_empty() {
            canvas.put(self.nothing(), Style::new());
        }
        for place in (self.first..self.order.len()).take(page) {
            let Some(row) = self.row(self.order[place]) else { continue };
            let style = if place == self.chosen { Modifier::REVERSED.into() } else { self.style(row) };
            canvas.put(&line(&columns, row, now), style);
        }
        canvas.at = bottom;
        let rule = format!("── {} ", self.place());
        let rest = room.saturating_sub(super::text::width(&rule));
        canvas.put(&format!("{rule}{}", "─".repeat(rest)), Style::new());
        if let Some(row) = self.chosen_row() {
            for text in detail(row, room, now) {
                canvas.put(&text, Style::new());
            }
        }
    }

    /// Too little room: what matters most, in sentences.
    fn draw_small(&self, canvas: &mut Canvas<'_, '_>, (width, height): (u16, u16), now: Timestamp) {
        let mut parts = vec![format!(
            "This terminal has {width} × {height}; costctl top needs {} × {}. Make it larger, or: costctl inventory --all",
            LEAST.0, LEAST.1
        )];
        match &self.fleet {
            Some(fleet) => parts.extend([sums(fleet), as_of(fleet, now)]),
            None => parts.push("nothing was seen yet".to_owned()),
        }
        parts.extend(self.fleet.as_ref().and_then(not_seen));
        parts.extend(self.failed.as_ref().map(|why| format!("THE LAST LOOK FAILED: {why}")));
        parts.push("q quits; it changes nothing".to_owned());
        for part in parts {
            lines(&part, usize::from(width), 3).iter().for_each(|line| canvas.put(line, Style::new()));
        }
    }

    /// Why there are no rows.
    fn nothing(&self) -> &'static str {
        match &self.fleet {
            None if self.failed.is_some() => "nothing is known: the look failed",
            None => "the first look is under way",
            Some(fleet) if !fleet.rows.is_empty() => "no row has these words",
            Some(fleet) if !fleet.unseen.is_empty() => "nothing runs in what was seen, which is not all",
            Some(_) => "nothing runs",
        }
    }

    fn place(&self) -> String {
        let all = self.fleet.as_ref().map_or(0, |fleet| fleet.rows.len());
        let chosen = if self.order.is_empty() { 0 } else { self.chosen + 1 };
        match self.filter.as_str() {
            "" => format!("{chosen} of {all}"),
            filter => format!("{chosen} of {} with “{filter}”, of {all}", self.order.len()),
        }
    }

    fn footer(&self) -> String {
        match self.is_typing {
            true => format!("/{}▏  Enter keeps it, Esc shows all rows", self.filter),
            false => {
                format!("q quit  ↑↓ choose  s sort: {}  / filter  r look  w wait  n not seen  ? help", self.sort.word())
            }
        }
    }

    /// What a row says in words, with weight, and colours that are told apart by all.
    fn style(&self, row: &Row) -> Style {
        let plain = Style::new();
        match (row.is_stale, row.next, row.state) {
            (true, ..) => plain.add_modifier(Modifier::DIM),
            (false, Next::Due(_), _) => self.coloured(Color::Yellow).add_modifier(Modifier::BOLD),
            (false, _, State::Unread | State::Silent { .. }) => self.coloured(Color::Cyan),
            _ => plain,
        }
    }

    fn loud(&self) -> Style {
        self.coloured(Color::Yellow).add_modifier(Modifier::REVERSED | Modifier::BOLD)
    }

    fn coloured(&self, colour: Color) -> Style {
        if self.ground.colour { Style::new().fg(colour) } else { Style::new() }
    }
}

impl Canvas<'_, '_> {
    /// The next line; none where there is no more room.
    fn put(&mut self, text: &str, style: Style) {
        let area = self.frame.area();
        if self.at < area.height {
            let at = Rect { y: self.at, height: 1, ..area };
            self.frame.render_widget(Line::styled(text, style), at);
            self.at += 1;
        }
    }
}

/// The chosen row in full.
fn detail(row: &Row, room: usize, now: Timestamp) -> Vec<String> {
    let name = format!("{} {} {} {}", row.account, row.region, row.name, row.on);
    let state = row.state.sentence(now);
    let mut why = match row.is_stale {
        true => format!("the last look could not see it; before that: {state}; {}", row.why),
        false => format!("{state}; {}: {}", row.next_words(now), row.why),
    };
    if let Price::Unpriced(reason) = &row.price {
        why.push_str(&format!("; unpriced: {reason}"));
    }
    let mut text = vec![super::text::middle(&name, room)];
    text.extend(lines(&why, room, DETAIL - 1));
    text
}
