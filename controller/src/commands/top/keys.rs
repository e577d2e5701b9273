//! Keys, read by a thread of its own: reading them blocks, and drawing must not.

use std::io;
use std::time::Duration;

use ratatui::crossterm::event::{Event, poll, read};
use tokio::sync::mpsc::{Receiver, Sender, channel};

/// So long the thread waits for a key before it asks whether anybody still listens.
const WAIT: Duration = Duration::from_millis(250);
/// Keys that wait to be taken; whoever types faster waits.
const WAITING: usize = 64;

/// What is typed, and how the terminal's size changes.
pub(super) struct Keys(Receiver<io::Result<Event>>);

impl Keys {
    /// Begins to read; ends when it is dropped.
    pub(super) fn listen() -> Self {
        let (sender, receiver) = channel(WAITING);
        std::thread::spawn(move || while pass_on(&sender) {});
        Self(receiver)
    }

    /// The next one.
    ///
    /// # Errors
    /// When the terminal cannot be read any more.
    pub(super) async fn next(&mut self) -> io::Result<Event> {
        let gone = || io::Error::new(io::ErrorKind::UnexpectedEof, "nobody reads them any more");
        self.0.recv().await.unwrap_or_else(|| Err(gone()))
    }
}

/// Passes one on, if there is one; whether to go on.
fn pass_on(sender: &Sender<io::Result<Event>>) -> bool {
    match poll(WAIT) {
        Ok(false) => !sender.is_closed(),
        Ok(true) => {
            let event = read();
            let is_well = event.is_ok();
            sender.blocking_send(event).is_ok() && is_well
        }
        Err(error) => {
            // The last that is passed on; where nobody listens there is nobody to tell.
            let _ = sender.blocking_send(Err(error));
            false
        }
    }
}
