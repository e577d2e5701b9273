//! What a key does to the view, and what it asks of the command.

use jiff::Timestamp;
use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use super::view::{Over, View};

/// What is asked of whoever has the view.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wish {
    Nothing,
    LookNow,
    Quit,
}

/// A filter is no longer than this.
const MOST_LETTERS: usize = 60;

impl View {
    /// Does what this key does.
    pub(crate) fn press(&mut self, key: KeyEvent, now: Timestamp) -> Wish {
        if key.kind == KeyEventKind::Release {
            return Wish::Nothing;
        }
        if key.modifiers.contains(KeyModifiers::CONTROL) {
            return if key.code == KeyCode::Char('c') { Wish::Quit } else { Wish::Nothing };
        }
        if self.is_typing {
            self.type_key(key.code, now);
            return Wish::Nothing;
        }
        match key.code {
            KeyCode::Char('q') => return Wish::Quit,
            KeyCode::Esc if self.over == Over::Nothing => return Wish::Quit,
            KeyCode::Esc | KeyCode::Enter => self.over = Over::Nothing,
            KeyCode::Char('r') => return Wish::LookNow,
            KeyCode::Char('w') => self.is_paused = !self.is_paused,
            KeyCode::Char('?') => self.show(Over::Help),
            KeyCode::Char('n') => self.show(Over::Unseen),
            KeyCode::Char('s') => {
                self.sort = self.sort.following();
                (self.chosen, self.first) = (0, 0);
                self.arrange(now);
            }
            KeyCode::Char('/') => (self.is_typing, self.over) = (true, Over::Nothing),
            code => self.go(code),
        }
        Wish::Nothing
    }

    /// The same key shows it and takes it away.
    fn show(&mut self, over: Over) {
        self.over = if self.over == over { Over::Nothing } else { over };
    }

    fn type_key(&mut self, code: KeyCode, now: Timestamp) {
        match code {
            KeyCode::Enter => self.is_typing = false,
            KeyCode::Esc => {
                self.is_typing = false;
                self.filter.clear();
            }
            KeyCode::Backspace => drop(self.filter.pop()),
            KeyCode::Char(letter) if self.filter.chars().count() < MOST_LETTERS => self.filter.push(letter),
            code => return self.go(code),
        }
        (self.chosen, self.first) = (0, 0);
        self.arrange(now);
    }

    fn go(&mut self, code: KeyCode) {
        let last = self.order.len().saturating_sub(1);
        self.chosen = match code {
            KeyCode::Up => self.chosen.saturating_sub(1),
            KeyCode::Down => (self.chosen + 1).min(last),
            KeyCode::PageUp => self.chosen.saturating_sub(self.page),
            KeyCode::PageDown => (self.chosen + self.page).min(last),
            KeyCode::Home => 0,
            KeyCode::End => last,
            _ => self.chosen,
        };
    }
}
