//! Frames as a terminal shows them, and what keys make of them.

mod fleet;
mod frames;
mod looks;
mod presses;

use jiff::{SignedDuration, Timestamp};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;

use super::View;

/// The frame of twelve seconds later, on a terminal of this size.
fn buffer(view: &mut View, (width, height): (u16, u16)) -> Buffer {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).expect("a terminal");
    terminal.draw(|frame| view.draw(frame, later())).expect("drawn");
    terminal.backend().buffer().clone()
}

fn later() -> Timestamp {
    fleet::now() + SignedDuration::from_secs(12)
}

/// Its text, blanks at the ends of lines left out.
fn frame(view: &mut View, size: (u16, u16)) -> String {
    let buffer = buffer(view, size);
    let line = |y: u16| {
        let mut text = String::new();
        let mut x = 0;
        while x < buffer.area.width {
            let symbol = buffer[(x, y)].symbol();
            text.push_str(symbol);
            // A wide letter covers the cell after it.
            x += u16::try_from(super::text::width(symbol)).unwrap_or(1).max(1);
        }
        text.trim_end().to_owned()
    };
    (0..buffer.area.height).map(line).collect::<Vec<_>>().join("\n")
}
