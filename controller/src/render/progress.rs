//! One line on stderr that says what is being looked at, with a bar where it is known
//! how much there is; none where nobody looks.

use std::io::IsTerminal;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::observe::Watcher;

/// The line.
#[derive(Debug)]
pub(crate) struct Progress(ProgressBar);

impl Progress {
    /// A line on stderr, if that is a terminal and nobody asked for quiet.
    pub(crate) fn new(quiet: bool) -> Self {
        let bar = ProgressBar::new_spinner();
        if quiet || !std::io::stderr().is_terminal() {
            bar.set_draw_target(ProgressDrawTarget::hidden());
        } else {
            bar.set_style(ProgressStyle::default_spinner());
            bar.enable_steady_tick(Duration::from_millis(100));
        }
        Self(bar)
    }

    /// What is being looked at now.
    pub(crate) fn say(&self, what: &str) {
        self.0.set_message(what.to_owned());
    }

    /// Takes the line away, before anything else is written.
    pub(crate) fn clear(&self) {
        self.0.finish_and_clear();
    }
}

impl Watcher for Progress {
    fn say(&self, text: &str) {
        Self::say(self, text);
    }

    fn step(&self, done: usize, of: usize) {
        if let Ok(style) = ProgressStyle::with_template("{spinner} [{bar:24}] {pos}/{len} {wide_msg}") {
            self.0.set_style(style.progress_chars("=> "));
        }
        self.0.set_length(of as u64);
        self.0.set_position(done as u64);
    }
}
