//! How a scripted server answers: well, badly, or not at all.

use std::io::{ErrorKind, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::Value;

/// How a request is answered.
#[derive(Debug, Clone)]
pub enum Reply {
    /// 200 with this JSON.
    Json(Value),
    /// 200 with the JSON made at each request, for stamps that follow the clock.
    JsonNow(fn() -> Value),
    /// These bytes below these headers (`content-length` and `connection: close` are added).
    Raw {
        /// The HTTP status.
        status: u16,
        /// Names and values.
        headers: Vec<(String, String)>,
        /// The body.
        body: Vec<u8>,
    },
    /// 200 with a page.
    Html200,
    /// A redirect to a login page.
    Redirect302,
    /// This status with a JSON message.
    Status(u16),
    /// Bytes that are not HTTP.
    Garbage,
    /// Nothing, for as long as the client waits (at most a minute).
    Stall,
    /// Half a body, then nothing.
    StallMidBody,
    /// The connection is reset without an answer.
    Reset,
    /// Less body than announced.
    Truncated,
    /// A body of this many bytes: an empty JSON list with much space in it.
    Huge(usize),
    /// Chunks without end (up to 64 MiB).
    ChunkedEndless,
    /// A byte each tenth of a second.
    SlowDrip,
}

impl Reply {
    /// A status with a JSON body.
    pub(crate) fn json(status: u16, body: &Value) -> Self {
        let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
        Self::Raw { status, headers, body: body.to_string().into_bytes() }
    }

    /// 200 with a text.
    pub(crate) fn text(body: &str) -> Self {
        let headers = vec![("content-type".to_owned(), "text/plain".to_owned())];
        Self::Raw { status: 200, headers, body: body.into() }
    }

    /// Answers on a connection; gives up once `ended` is set.
    pub(crate) fn send(&self, ended: &AtomicBool, stream: &mut impl Write) -> std::io::Result<()> {
        let json = |status: u16, body: &str| head(status, "application/json", body.len()) + body;
        match self {
            Self::Json(value) => stream.write_all(json(200, &value.to_string()).as_bytes()),
            Self::JsonNow(make) => stream.write_all(json(200, &make().to_string()).as_bytes()),
            Self::Status(status) => stream.write_all(json(*status, r#"{"message":"no","reason":null}"#).as_bytes()),
            Self::Garbage => stream.write_all(b"\x00\xff\xfenot HTTP at all\r\n\r\n{]"),
            Self::Raw { status, headers, body } => {
                let headers: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
                let end = format!("content-length: {}\r\nconnection: close\r\n\r\n", body.len());
                stream.write_all(format!("HTTP/1.1 {status} X\r\n{headers}{end}").as_bytes())?;
                stream.write_all(body)
            }
            Self::Html200 => {
                let page = "<!DOCTYPE HTML><title>Jupyter Server</title>";
                stream.write_all((head(200, "text/html", page.len()) + page).as_bytes())
            }
            Self::Redirect302 => stream.write_all(
                b"HTTP/1.1 302 Found\r\nlocation: /jupyterlab/default/login\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
            ),
            Self::Stall => {
                wait(ended);
                Ok(())
            }
            Self::StallMidBody => {
                stream.write_all((head(200, "application/json", 1000) + "[{").as_bytes())?;
                wait(ended);
                Ok(())
            }
            Self::Reset => Ok(()),
            Self::Truncated => stream.write_all((head(200, "application/json", 1000) + "[]").as_bytes()),
            Self::Huge(bytes) => {
                stream.write_all(head(200, "application/json", *bytes).as_bytes())?;
                // A client that reads all of it finds an empty list.
                let spaces = std::iter::repeat_n(b' ', bytes.saturating_sub(2));
                let mut body = std::iter::once(b'[').chain(spaces).chain([b']']);
                loop {
                    let piece: Vec<u8> = body.by_ref().take(65_536).collect();
                    if piece.is_empty() {
                        return Ok(());
                    }
                    write_unless_ended(ended, stream, &piece)?;
                }
            }
            Self::ChunkedEndless => {
                stream.write_all(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n")?;
                let chunk = format!("10000\r\n{}\r\n", " ".repeat(65_536));
                (0..1024).try_for_each(|_| write_unless_ended(ended, stream, chunk.as_bytes()))
            }
            Self::SlowDrip => {
                stream.write_all(head(200, "application/json", 600).as_bytes())?;
                (0..600).try_for_each(|_| {
                    std::thread::sleep(Duration::from_millis(100));
                    write_unless_ended(ended, stream, b" ")
                })
            }
        }
    }
}

fn write_unless_ended(ended: &AtomicBool, stream: &mut impl Write, bytes: &[u8]) -> std::io::Result<()> {
    if ended.load(Ordering::SeqCst) {
        return Err(ErrorKind::ConnectionAborted.into());
    }
    stream.write_all(bytes)
}

fn head(status: u16, content_type: &str, length: usize) -> String {
    format!(
        "HTTP/1.1 {status} X\r\ncontent-type: {content_type}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n"
    )
}

fn wait(ended: &AtomicBool) {
    for _ in 0..600 {
        if ended.load(Ordering::SeqCst) {
            return;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
}
