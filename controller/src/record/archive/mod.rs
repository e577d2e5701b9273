//! An archive for an auditor: what runs wrote down in a time, the links that seal it, and a manifest.
//!
//! `README.txt` in it says what is what and how to check it with nothing but `sha256sum`. The same
//! objects make the same bytes: files are sorted, and bear neither times nor owners.

mod manifest;
mod selection;
#[cfg(test)]
mod tests;
mod verify;
mod write;

use std::io::{self, Read};

use sha2::{Digest, Sha256};

pub(crate) use manifest::{Header, Links};
pub(crate) use selection::Selection;
pub(crate) use verify::verify;
pub(crate) use write::{Writer, Written};

const README: &str = "README.txt";
const MANIFEST: &str = "manifest.jsonl";
const SUMS: &str = "SHA256SUMS";
/// Before-images stand below this: they are of another place.
pub(crate) const ARTIFACTS: &str = "artifacts";
/// Every action, and what came of it.
pub(crate) const SUMMARY: &str = "summary.csv";

/// SHA-256 in hexadecimal and the length of what is read to its end.
fn measure(mut from: impl Read) -> io::Result<(String, u64)> {
    let (mut digest, mut buffer, mut bytes) = (Sha256::new(), vec![0; 64 << 10], 0);
    loop {
        let count = from.read(&mut buffer)?;
        if count == 0 {
            return Ok((digits(digest), bytes));
        }
        digest.update(&buffer[..count]);
        bytes += count as u64;
    }
}

fn digits(digest: Sha256) -> String {
    digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
