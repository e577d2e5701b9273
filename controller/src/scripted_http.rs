//! A server for tests: it answers each connection by a script and keeps what it was asked.

use std::sync::{Arc, Mutex};

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Answers by their turn, on this machine alone.
pub(crate) struct ScriptedHttp {
    pub(crate) url: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl ScriptedHttp {
    /// A server with these answers, each a status and a body; then it is gone.
    pub(crate) async fn new(answers: impl IntoIterator<Item = (u16, String)>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}/", listener.local_addr().expect("an address"));
        let (asked, answers): (Arc<Mutex<Vec<String>>>, Vec<_>) = (Arc::default(), answers.into_iter().collect());
        let log = asked.clone();
        tokio::spawn(async move {
            for (status, body) in answers {
                let (mut stream, _) = listener.accept().await.expect("a connection");
                let request = read(&mut stream).await;
                log.lock().expect("nobody panicked").push(request);
                let length = body.len();
                let head = format!("HTTP/1.1 {status} X\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n");
                stream.write_all(format!("{head}{body}").as_bytes()).await.expect("answered");
            }
        });
        Self { url, asked }
    }

    /// Each request, head and body, in order.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().expect("nobody panicked").clone()
    }

    /// The settings of clients that ask this server.
    pub(crate) async fn config(&self) -> aws_config::SdkConfig {
        crate::prepare();
        let credentials = Credentials::new("AKIDEXAMPLE", "secret", None, None, "test");
        let builder = crate::aws::config(Some("eu-west-1")).await.into_builder();
        builder.endpoint_url(&self.url).credentials_provider(SharedCredentialsProvider::new(credentials)).build()
    }
}

async fn read(stream: &mut TcpStream) -> String {
    let mut request = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&request).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.to_ascii_lowercase();
            let length = length.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
            if body.len() >= length.unwrap_or(0_usize) {
                return text;
            }
        }
        let mut chunk = [0; 4096];
        match stream.read(&mut chunk).await.expect("a request") {
            0 => return text,
            read => request.extend_from_slice(&chunk[..read]),
        }
    }
}
