//! A Lambda runtime API on loopback, and the function that asks it.

use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde_json::Value;
use studio_it::PATIENCE;
use studio_parts::binaries::binary;
use studio_parts::process::Running;

/// The function, which answers one event after the other.
pub(crate) struct Function {
    listener: TcpListener,
    process: Running,
    /// So much time it is told to have for an event.
    pub(crate) time: Duration,
}

impl Function {
    /// The function with this environment and nothing of the caller's.
    pub(crate) fn start(env: &[(String, String)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let mut command = Command::new(binary("costctl-lambda").unwrap());
        command.env_clear().env("AWS_LAMBDA_RUNTIME_API", listener.local_addr().unwrap().to_string());
        command.env("AWS_LAMBDA_FUNCTION_NAME", "sweep").env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512");
        command.env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST").envs(env.iter().cloned());
        Self { listener, process: Running::spawn(command).unwrap(), time: Duration::from_secs(900) }
    }

    /// Its answer to an event, or the sentence by which it fails.
    pub(crate) fn answer(&self, event: &Value) -> Result<Value, String> {
        loop {
            let (mut stream, line, body) = self.request();
            if line.starts_with("GET ") && line.contains("/runtime/invocation/next ") {
                let deadline = (SystemTime::now() + self.time).duration_since(UNIX_EPOCH).unwrap().as_millis();
                let head = format!(
                    "lambda-runtime-aws-request-id: 1\r\nlambda-runtime-deadline-ms: {deadline}\r\n\
                     lambda-runtime-invoked-function-arn: arn:aws:lambda:us-east-1:111122223333:function:sweep\r\n\
                     content-type: application/json\r\n"
                );
                reply(&mut stream, "200 OK", &head, &event.to_string());
                continue;
            }
            reply(&mut stream, "202 Accepted", "", "");
            let body: Value = serde_json::from_slice(&body).unwrap();
            if line.contains("/1/response ") {
                return Ok(body);
            }
            assert!(line.contains("/1/error "), "{line}");
            return Err(body["errorMessage"].as_str().unwrap().to_owned());
        }
    }

    /// Waits until this stands in its log.
    pub(crate) fn wait_for_log(&self, text: &str) {
        let end = Instant::now() + PATIENCE;
        while !self.process.stderr_so_far().contains(text) {
            assert!(Instant::now() < end, "{text:?} never stood in the log: {}", self.process.stderr_so_far());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// The next request: its stream, its first line and its body.
    fn request(&self) -> (TcpStream, String, Vec<u8>) {
        let end = Instant::now() + PATIENCE;
        let stream = loop {
            match self.listener.accept() {
                Ok((stream, _)) => break stream,
                Err(error) => assert_eq!(error.kind(), ErrorKind::WouldBlock, "{error}"),
            }
            assert!(Instant::now() < end, "the function does not ask: {}", self.process.stderr_so_far());
            std::thread::sleep(Duration::from_millis(5));
        };
        stream.set_nonblocking(false).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let mut reader = BufReader::new(stream);
        let head: Vec<String> =
            reader.by_ref().lines().map(Result::unwrap).take_while(|line| !line.is_empty()).collect();
        let length =
            head.iter().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok());
        let mut body = vec![0; length.unwrap_or(0)];
        reader.read_exact(&mut body).unwrap();
        (reader.into_inner(), head[0].clone(), body)
    }
}

fn reply(stream: &mut TcpStream, status: &str, head: &str, body: &str) {
    let length = body.len();
    write!(stream, "HTTP/1.1 {status}\r\n{head}content-length: {length}\r\nconnection: close\r\n\r\n{body}").unwrap();
    stream.flush().unwrap();
}
