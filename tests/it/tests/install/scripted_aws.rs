//! An AWS whose every answer is scripted, for what no honest one says.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::Value;
use studio_parts::binaries::binary;

use crate::fleet::Ran;

const IDENTITY: &str = "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\
    <GetCallerIdentityResult><Arn>arn:aws:sts::111122223333:assumed-role/r/s</Arn><UserId>x</UserId>\
    <Account>111122223333</Account></GetCallerIdentityResult></GetCallerIdentityResponse>";
const SOCKET_LIMIT: Option<Duration> = Some(Duration::from_secs(30));

/// Tells the answer to the n-th call, from 1, of an operation.
type Script = dyn Fn(&str, usize) -> Value + Send + Sync;

/// The server. Its thread ends with the test's process.
pub(crate) struct ScriptedAws {
    port: u16,
    calls: Arc<AtomicUsize>,
}

impl ScriptedAws {
    pub(crate) fn start(script: impl Fn(&str, usize) -> Value + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (script, calls): (Arc<Script>, _) = (Arc::new(script), Arc::new(AtomicUsize::new(0)));
        let counted = Arc::clone(&calls);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (script, calls) = (Arc::clone(&script), Arc::clone(&counted));
                // A client that goes away has its answer.
                std::thread::spawn(move || drop(serve(&stream, &*script, &calls)));
            }
        });
        Self { port, calls }
    }

    /// How often anything but who we are was asked.
    pub(crate) fn calls(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }

    /// `costctl` with these arguments against it.
    pub(crate) fn run(&self, args: &[&str]) -> Ran {
        let mut command = Command::new(binary("costctl").unwrap());
        command.env_clear().args(["--reads-per-second", "10000"]).args(args);
        command.env("AWS_ENDPOINT_URL", format!("http://127.0.0.1:{}", self.port)).env("AWS_REGION", "us-east-1");
        command.env("AWS_ACCESS_KEY_ID", "AKIA111122223333").env("AWS_SECRET_ACCESS_KEY", "secret");
        command.env("AWS_EC2_METADATA_DISABLED", "true");
        Ran::of(&command.output().unwrap())
    }
}

/// Requests of one connection, one after the other.
fn serve(stream: &TcpStream, script: &Script, calls: &AtomicUsize) -> std::io::Result<()> {
    stream.set_read_timeout(SOCKET_LIMIT)?;
    let (mut reader, mut writer) = (BufReader::new(stream.try_clone()?), stream.try_clone()?);
    loop {
        let mut head: Vec<String> = Vec::new();
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line)? == 0 {
                return Ok(());
            }
            match line.trim_end() {
                "" => break,
                line => head.push(line.to_owned()),
            }
        }
        let header = |name: &str| {
            let mut pairs = head.iter().filter_map(|line| line.split_once(':'));
            pairs.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim().to_owned())
        };
        let mut body = vec![0; header("content-length").map_or(0, |length| length.parse().unwrap())];
        reader.read_exact(&mut body)?;
        let target = header("x-amz-target").and_then(|target| target.rsplit('.').next().map(str::to_owned));
        let path = head[0].split(' ').nth(1).and_then(|path| path.rsplit('/').next()).unwrap_or_default();
        let answer = |operation: &str| script(operation, calls.fetch_add(1, Ordering::SeqCst) + 1);
        let (kind, body) = match (target, header("smithy-protocol")) {
            (Some(operation), _) => ("application/x-amz-json-1.1", answer(&operation).to_string().into_bytes()),
            (None, Some(_)) => ("application/cbor", cbor(&answer(path))),
            (None, None) => ("text/xml", IDENTITY.into()),
        };
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\nsmithy-protocol: rpc-v2-cbor\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        writer.write_all(&[head.as_bytes(), &body].concat())?;
    }
}

/// Objects, lists of fewer than 24 and texts in CBOR (RFC 8949).
fn cbor(value: &Value) -> Vec<u8> {
    let head = |major: u8, length: usize| match u8::try_from(length).unwrap() {
        short @ 0..24 => vec![major << 5 | short],
        long => vec![major << 5 | 24, long],
    };
    match value {
        Value::Object(members) => {
            let pairs = members.iter().flat_map(|(name, value)| [cbor(&Value::from(name.as_str())), cbor(value)]);
            [head(5, members.len()), pairs.flatten().collect()].concat()
        }
        Value::Array(elements) => [head(4, elements.len()), elements.iter().flat_map(cbor).collect()].concat(),
        Value::String(text) => [head(3, text.len()), text.clone().into_bytes()].concat(),
        other => panic!("{other} is not scripted"),
    }
}
