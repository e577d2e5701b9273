//! A small HTTP server whose every answer is scripted, on loopback or a unix socket.

use std::collections::HashMap;
use std::io::{ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::reply::Reply;

const MOST_CONNECTIONS: usize = 64;
const MOST_HEAD: usize = 65_536;
const SOCKET_LIMIT: Option<Duration> = Some(Duration::from_secs(10));

/// Tells the API that a request line asks and its answer in good health.
pub(crate) type Script = dyn Fn(&str) -> (&'static str, Reply) + Send + Sync;

/// A running server. Dropping it ends it, whatever it is in the middle of.
#[derive(Debug)]
pub(crate) struct Server {
    address: Address,
    shared: Arc<Shared>,
}

#[derive(Debug)]
enum Address {
    Loopback(u16),
    Socket(PathBuf),
}

struct Shared {
    script: Box<Script>,
    /// What is answered in place of the script, by API.
    replies: Mutex<HashMap<String, Reply>>,
    hits: Mutex<HashMap<&'static str, usize>>,
    connections: AtomicUsize,
    ended: AtomicBool,
}

impl Server {
    /// A server on a free port of loopback.
    pub(crate) fn on_loopback(script: Box<Script>) -> std::io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = Address::Loopback(listener.local_addr()?.port());
        let shared = Shared::new(script);
        let serving = Arc::clone(&shared);
        std::thread::spawn(move || {
            serve_all(&serving, listener.incoming().map_while(Result::ok), |stream: &TcpStream| {
                stream.set_read_timeout(SOCKET_LIMIT).and_then(|()| stream.set_write_timeout(SOCKET_LIMIT))
            });
        });
        Ok(Self { address, shared })
    }

    /// A server on a new unix socket.
    pub(crate) fn on_socket(path: &Path, script: Box<Script>) -> std::io::Result<Self> {
        let listener = UnixListener::bind(path)?;
        let shared = Shared::new(script);
        let serving = Arc::clone(&shared);
        std::thread::spawn(move || {
            serve_all(&serving, listener.incoming().map_while(Result::ok), |stream: &UnixStream| {
                stream.set_read_timeout(SOCKET_LIMIT).and_then(|()| stream.set_write_timeout(SOCKET_LIMIT))
            });
        });
        Ok(Self { address: Address::Socket(path.to_owned()), shared })
    }

    /// Its port; 0 on a unix socket.
    pub(crate) fn port(&self) -> u16 {
        if let Address::Loopback(port) = self.address { port } else { 0 }
    }

    /// Answers one API like this in place of the script.
    pub(crate) fn set(&self, api: &str, reply: Reply) {
        self.shared.replies.lock().unwrap_or_else(PoisonError::into_inner).insert(api.to_owned(), reply);
    }

    /// Follows the script again everywhere.
    pub(crate) fn heal(&self) {
        self.shared.replies.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// How often one API was asked.
    pub(crate) fn hits(&self, api: &str) -> usize {
        self.shared.hits.lock().unwrap_or_else(PoisonError::into_inner).get(api).copied().unwrap_or_default()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.ended.store(true, Ordering::SeqCst);
        // Wakes the listener so that it sees the end.
        match &self.address {
            Address::Loopback(port) => drop(TcpStream::connect(("127.0.0.1", *port))),
            Address::Socket(path) => drop(UnixStream::connect(path)),
        }
    }
}

impl Shared {
    fn new(script: Box<Script>) -> Arc<Self> {
        let (replies, hits) = (Mutex::default(), Mutex::default());
        Arc::new(Self { script, replies, hits, connections: AtomicUsize::new(0), ended: AtomicBool::new(false) })
    }

    fn reply(&self, request: &str) -> Reply {
        let (api, healthy) = (self.script)(request);
        *self.hits.lock().unwrap_or_else(PoisonError::into_inner).entry(api).or_default() += 1;
        self.replies.lock().unwrap_or_else(PoisonError::into_inner).get(api).cloned().unwrap_or(healthy)
    }
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared").field("hits", &self.hits).finish_non_exhaustive()
    }
}

fn serve_all<S: Read + Write + Send + 'static>(
    shared: &Arc<Shared>,
    streams: impl Iterator<Item = S>,
    limit: impl Fn(&S) -> std::io::Result<()>,
) {
    for mut stream in streams {
        if shared.ended.load(Ordering::SeqCst) {
            return;
        }
        if limit(&stream).is_err() || shared.connections.load(Ordering::SeqCst) >= MOST_CONNECTIONS {
            continue;
        }
        shared.connections.fetch_add(1, Ordering::SeqCst);
        let shared = Arc::clone(shared);
        std::thread::spawn(move || {
            // A client that goes away is what these replies are for.
            let _ = serve(&shared, &mut stream);
            shared.connections.fetch_sub(1, Ordering::SeqCst);
        });
    }
}

/// One request a connection: the client learns that from `connection: close`.
fn serve(shared: &Shared, stream: &mut (impl Read + Write)) -> std::io::Result<()> {
    let request = read_through(stream, b"\r\n")?;
    let reply = shared.reply(&request);
    if matches!(reply, Reply::Reset) {
        // Closing a socket with unread bytes in it is what makes the kernel reset it.
        return Ok(());
    }
    read_through(stream, b"\r\n\r\n")?;
    reply.send(&shared.ended, stream)
}

/// Reads up to the end of a line or head, and not a byte more.
fn read_through(stream: &mut impl Read, end: &[u8]) -> std::io::Result<String> {
    // A head's end may begin with the line feed that ended the request line.
    let mut text = if end.len() > 2 { b"\r\n".to_vec() } else { Vec::new() };
    while !text.ends_with(end) {
        let mut byte = [0];
        if text.len() > MOST_HEAD || stream.read(&mut byte)? == 0 {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        text.extend(byte);
    }
    Ok(String::from_utf8_lossy(&text).trim().to_owned())
}
