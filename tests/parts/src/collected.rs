//! The output of a process, read by a thread until its end.

use std::io::{BufRead, BufReader, Read};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

/// What is kept of each stream; the rest is read and dropped, so that a child
/// that talks without end neither blocks nor eats the memory.
const MOST_OUTPUT: usize = 32 * 1024 * 1024;

/// One stream.
#[derive(Debug)]
pub(crate) struct Collected {
    text: Arc<Mutex<Text>>,
    reader: JoinHandle<()>,
}

#[derive(Debug, Default)]
struct Text {
    /// Each ended by a line feed.
    lines: String,
    /// The line that has not ended yet, such as a prompt.
    rest: Vec<u8>,
}

impl Collected {
    pub(crate) fn of(stream: impl Read + Send + 'static) -> Self {
        let text = Arc::new(Mutex::new(Text::default()));
        let shared = Arc::clone(&text);
        let reader = std::thread::spawn(move || {
            let mut stream = BufReader::new(stream);
            while let Ok(piece) = stream.fill_buf() {
                let bytes = piece.len();
                if bytes == 0 {
                    break;
                }
                shared.lock().unwrap_or_else(PoisonError::into_inner).add(piece);
                stream.consume(bytes);
            }
            shared.lock().unwrap_or_else(PoisonError::into_inner).end();
        });
        Self { text, reader }
    }

    /// The whole lines so far.
    pub(crate) fn lines(&self) -> String {
        self.text.lock().unwrap_or_else(PoisonError::into_inner).lines.clone()
    }

    /// The lines so far and what was written of the next one.
    pub(crate) fn everything(&self) -> String {
        let text = self.text.lock().unwrap_or_else(PoisonError::into_inner);
        format!("{}{}", text.lines, String::from_utf8_lossy(&text.rest))
    }

    pub(crate) fn find(&self, wanted: impl Fn(&str) -> bool) -> Option<String> {
        let text = self.text.lock().unwrap_or_else(PoisonError::into_inner);
        text.lines.lines().find(|line| wanted(line)).map(str::to_owned)
    }

    pub(crate) fn is_complete(&self) -> bool {
        self.reader.is_finished()
    }
}

impl Text {
    fn add(&mut self, piece: &[u8]) {
        for part in piece.split_inclusive(|byte| *byte == b'\n') {
            if self.lines.len() + self.rest.len() + part.len() > MOST_OUTPUT {
                return;
            }
            self.rest.extend_from_slice(part);
            if part.ends_with(b"\n") {
                self.end();
            }
        }
    }

    /// Makes a line of what is there of it.
    fn end(&mut self) {
        if !self.rest.is_empty() {
            self.lines.push_str(String::from_utf8_lossy(&self.rest).trim_end_matches(['\r', '\n']));
            self.lines.push('\n');
            self.rest.clear();
        }
    }
}
