//! A port whose requests go to one of two servers, as their `X-Amz-Target` says.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};

/// The URL of a server that sends what names this operation to `there`, and everything
/// else to `elsewhere`. It serves until the process ends.
pub(crate) fn route(operation: &'static str, there: &str, elsewhere: &str) -> std::io::Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let url = format!("http://{}", listener.local_addr()?);
    let [there, elsewhere] = [there, elsewhere].map(|url| url.trim_start_matches("http://").to_owned());
    std::thread::spawn(move || {
        for client in listener.incoming().map_while(Result::ok) {
            let (there, elsewhere) = (there.clone(), elsewhere.clone());
            std::thread::spawn(move || {
                // A client that goes away asked for nothing more.
                let _ = pass_on(&client, operation, &there, &elsewhere);
            });
        }
    });
    Ok(url)
}

/// One request a connection: both sides learn that from `connection: close`.
fn pass_on(client: &TcpStream, operation: &str, there: &str, elsewhere: &str) -> std::io::Result<()> {
    let mut reader = BufReader::new(client.try_clone()?);
    let (mut head, mut length, mut server) = (String::new(), 0, elsewhere);
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let (name, value) = line.trim_end().split_once(": ").unwrap_or_default();
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.parse().unwrap_or(0),
            "x-amz-target" if value.ends_with(&format!(".{operation}")) => server = there,
            "connection" => continue,
            _ if line.trim_end().is_empty() => break,
            _ => {}
        }
        head += &line;
    }
    let mut server = TcpStream::connect(server)?;
    server.write_all(format!("{head}connection: close\r\n\r\n").as_bytes())?;
    std::io::copy(&mut reader.take(length), &mut server)?;
    std::io::copy(&mut server, &mut &*client).map(drop)
}
