//! A Jupyter server that does everything wrong, on request.

use std::collections::HashMap;
use std::io::{ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};

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

/// A scripted server on loopback, below the base URL that Studio uses.
#[derive(Debug)]
pub struct FakeJupyter {
    port: u16,
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    replies: Mutex<HashMap<String, Reply>>,
    hits: [AtomicUsize; APIS.len()],
    connections: AtomicUsize,
    ended: AtomicBool,
}

const APIS: [&str; 4] = ["kernels", "terminals", "sessions", "status"];
const MOST_CONNECTIONS: usize = 64;
const OLD: &str = "2026-01-01T00:00:00.000000Z";

impl FakeJupyter {
    /// A healthy server with one kernel that has long been idle.
    #[must_use]
    pub fn idle() -> Self {
        Self::start(Self::idle_replies())
    }

    /// A healthy server with one kernel in a silent cell.
    #[must_use]
    pub fn busy() -> Self {
        let server = Self::idle();
        server.set("kernels", Reply::Json(json!([kernel("busy")])));
        server
    }

    /// What a healthy, idle server answers.
    #[must_use]
    pub fn idle_replies() -> HashMap<String, Reply> {
        let status = json!({ "connections": 0, "kernels": 1, "last_activity": OLD, "started": OLD });
        let bodies = [
            ("kernels", json!([kernel("idle")])),
            ("terminals", json!([])),
            ("sessions", json!([])),
            ("status", status),
        ];
        bodies.into_iter().map(|(api, body)| (api.to_owned(), Reply::Json(body))).collect()
    }

    /// Its URL, base URL included.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/jupyterlab/default", self.port)
    }

    /// Changes the answer of one API (`kernels`, `terminals`, `sessions`, `status`).
    pub fn set(&self, api: &str, reply: Reply) {
        if let Ok(mut replies) = self.shared.replies.lock() {
            replies.insert(api.to_owned(), reply);
        }
    }

    /// Changes every answer.
    pub fn set_all(&self, reply: &Reply) {
        for api in APIS {
            self.set(api, reply.clone());
        }
    }

    /// How often one API was asked.
    #[must_use]
    pub fn hits(&self, api: &str) -> usize {
        APIS.iter().position(|known| *known == api).map_or(0, |n| self.shared.hits[n].load(Ordering::SeqCst))
    }

    fn start(replies: HashMap<String, Reply>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
        let port = listener.local_addr().expect("the listener is bound").port();
        let shared = Arc::new(Shared { replies: Mutex::new(replies), ..Shared::default() });
        let serving = Arc::clone(&shared);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if serving.ended.load(Ordering::SeqCst) {
                    return;
                }
                if serving.connections.fetch_add(1, Ordering::SeqCst) >= MOST_CONNECTIONS {
                    serving.connections.fetch_sub(1, Ordering::SeqCst);
                    continue;
                }
                let shared = Arc::clone(&serving);
                std::thread::spawn(move || {
                    // A client that goes away is what these replies are for.
                    let _ = serve(&shared, stream);
                    shared.connections.fetch_sub(1, Ordering::SeqCst);
                });
            }
        });
        Self { port, shared }
    }
}

impl Drop for FakeJupyter {
    fn drop(&mut self) {
        self.shared.ended.store(true, Ordering::SeqCst);
        // Wakes the listener so that it sees the end.
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

/// A loopback URL at which nothing listens.
///
/// # Panics
/// When loopback has no free port.
#[must_use]
pub fn refused_url() -> String {
    let port = crate::http::free_port().expect("loopback has a free port");
    format!("http://127.0.0.1:{port}/jupyterlab/default")
}

fn kernel(state: &str) -> Value {
    json!({ "id": "k1", "name": "python3", "last_activity": OLD, "execution_state": state, "connections": 0 })
}

/// One request a connection: the client learns that from `connection: close`.
fn serve(shared: &Shared, mut stream: TcpStream) -> std::io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    stream.set_write_timeout(Some(Duration::from_secs(10)))?;
    let request = peek_head(&stream)?;
    let api = APIS.iter().position(|api| request.contains(&format!("/jupyterlab/default/api/{api}")));
    if let Some(n) = api {
        shared.hits[n].fetch_add(1, Ordering::SeqCst);
    }
    let replies = shared.replies.lock().map(|replies| replies.clone()).unwrap_or_default();
    let reply = api.and_then(|n| replies.get(APIS[n]).cloned()).unwrap_or(Reply::Status(404));
    if matches!(reply, Reply::Reset) {
        // Closing a socket with unread bytes in it is what makes the kernel reset it.
        return Ok(());
    }
    stream.read_exact(&mut vec![0; request.len()])?;
    send(shared, &mut stream, reply)
}

/// The head of a request, not taken from the socket.
fn peek_head(stream: &TcpStream) -> std::io::Result<String> {
    let mut buffer = [0; 8192];
    for _ in 0..1000 {
        let bytes = stream.peek(&mut buffer)?;
        let end = buffer[..bytes].windows(4).position(|four| four == b"\r\n\r\n").map(|at| at + 4);
        if let Some(end) = end.or((bytes == 0 || bytes == buffer.len()).then_some(bytes)) {
            // Request heads are ASCII: as many characters as bytes.
            return Ok(buffer[..end].iter().map(|byte| char::from(byte & 0x7f)).collect());
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    Err(ErrorKind::TimedOut.into())
}

fn send(shared: &Shared, stream: &mut TcpStream, reply: Reply) -> std::io::Result<()> {
    let json = |status: u16, body: &str| head(status, "application/json", body.len()) + body;
    match reply {
        Reply::Json(value) => stream.write_all(json(200, &value.to_string()).as_bytes()),
        Reply::JsonNow(make) => stream.write_all(json(200, &make().to_string()).as_bytes()),
        Reply::Status(status) => stream.write_all(json(status, r#"{"message":"no","reason":null}"#).as_bytes()),
        Reply::Raw { status, headers, body } => {
            let headers: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
            let end = format!("content-length: {}\r\nconnection: close\r\n\r\n", body.len());
            stream.write_all(format!("HTTP/1.1 {status} X\r\n{headers}{end}").as_bytes())?;
            stream.write_all(&body)
        }
        Reply::Html200 => {
            let page = "<!DOCTYPE HTML><title>Jupyter Server</title>";
            stream.write_all((head(200, "text/html", page.len()) + page).as_bytes())
        }
        Reply::Redirect302 => stream.write_all(
            b"HTTP/1.1 302 Found\r\nlocation: /jupyterlab/default/login\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
        ),
        Reply::Stall => {
            wait(shared);
            Ok(())
        }
        Reply::StallMidBody => {
            stream.write_all((head(200, "application/json", 1000) + "[{").as_bytes())?;
            wait(shared);
            Ok(())
        }
        Reply::Reset => Ok(()),
        Reply::Truncated => stream.write_all((head(200, "application/json", 1000) + "[]").as_bytes()),
        Reply::Huge(bytes) => {
            stream.write_all(head(200, "application/json", bytes).as_bytes())?;
            // A client that reads all of it finds an empty list.
            let mut body = std::iter::once(b'[').chain(std::iter::repeat_n(b' ', bytes.saturating_sub(2))).chain([b']']);
            loop {
                let piece: Vec<u8> = body.by_ref().take(65_536).collect();
                if piece.is_empty() {
                    return Ok(());
                }
                write_unless_ended(shared, stream, &piece)?;
            }
        }
        Reply::ChunkedEndless => {
            stream.write_all(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n")?;
            let chunk = format!("10000\r\n{}\r\n", " ".repeat(65_536));
            (0..1024).try_for_each(|_| write_unless_ended(shared, stream, chunk.as_bytes()))
        }
        Reply::SlowDrip => {
            stream.write_all(head(200, "application/json", 600).as_bytes())?;
            (0..600).try_for_each(|_| {
                std::thread::sleep(Duration::from_millis(100));
                write_unless_ended(shared, stream, b" ")
            })
        }
    }
}

fn write_unless_ended(shared: &Shared, stream: &mut TcpStream, bytes: &[u8]) -> std::io::Result<()> {
    if shared.ended.load(Ordering::SeqCst) {
        return Err(ErrorKind::ConnectionAborted.into());
    }
    stream.write_all(bytes)
}

fn head(status: u16, content_type: &str, length: usize) -> String {
    format!(
        "HTTP/1.1 {status} X\r\ncontent-type: {content_type}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n"
    )
}

fn wait(shared: &Shared) {
    for _ in 0..600 {
        if shared.ended.load(Ordering::SeqCst) {
            return;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
}
