//! The agent's binary: looked at, named by its content, stored once.

use std::path::{Path, PathBuf};

use thiserror::Error;

use super::{Store, StoreError};
use crate::script::hex;

/// No agent is larger.
const MOST_BYTES: u64 = 64 << 20;

/// A static binary for Linux.
#[derive(Debug)]
pub(crate) struct Binary {
    bytes: Vec<u8>,
    /// SHA-256, in hexadecimal.
    pub(crate) sha256: String,
}

/// A file that is no agent.
#[derive(Debug, Error)]
pub(crate) enum BinaryError {
    #[error("reading the binary {}; hint: --binary /path/to/idle-agent", path.display())]
    Read {
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error("{} is no static Linux binary for x86_64 or aarch64: {problem}; hint: build it for …-linux-musl", path.display())]
    Form { path: PathBuf, problem: &'static str },
}

impl Binary {
    /// The binary at this path; the one beside this program where it is `None`.
    ///
    /// # Errors
    /// When it cannot be read or is not static.
    pub(crate) fn read(path: Option<&Path>) -> Result<Self, BinaryError> {
        let beside = || std::env::current_exe().map(|own| own.with_file_name("idle-agent"));
        let path = match path {
            Some(path) => path.to_owned(),
            None => beside().map_err(|source| BinaryError::Read { path: "idle-agent".into(), source })?,
        };
        let read = std::fs::metadata(&path).and_then(|file| match file.len() {
            0..=MOST_BYTES => std::fs::read(&path),
            _ => Err(std::io::Error::other("more than 64 MiB")),
        });
        let bytes = read.map_err(|source| BinaryError::Read { path: path.clone(), source })?;
        if let Some(problem) = not_static(&bytes) {
            return Err(BinaryError::Form { path, problem });
        }
        let sha256 = hex(&bytes);
        Ok(Self { bytes, sha256 })
    }

    /// The key that its content gives it.
    pub(crate) fn key(&self) -> String {
        format!("idle-agent/{}/idle-agent", self.sha256)
    }

    /// Stores it unless it is there, and reads it back. Returns whether it was there.
    ///
    /// # Errors
    /// When it could not be stored, or is not the same when it is read back.
    pub(crate) async fn store(&self, store: &Store) -> Result<bool, StoreError> {
        let key = self.key();
        let was_there = store.create(&key, self.bytes.clone()).await?;
        let back = store.get(&key).await?.unwrap_or_default();
        if hex(&back) != self.sha256 {
            let problem = format!("its SHA-256 is {}", hex(&back));
            return Err(store.damaged(&key, problem));
        }
        Ok(was_there)
    }
}

/// What is wrong with these bytes as a static ELF executable of 64 bits.
fn not_static(bytes: &[u8]) -> Option<&'static str> {
    const INTERPRETER: u32 = 3;
    let number = |at: usize, length: usize| -> Option<u64> {
        let field = bytes.get(at..at.checked_add(length)?)?;
        Some(field.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte)))
    };
    if bytes.get(..6) != Some(b"\x7fELF\x02\x01") {
        return Some("it is no ELF file of 64 bits");
    }
    if !matches!(number(18, 2), Some(0x3e | 0xb7)) {
        return Some("it is for another processor");
    }
    if !matches!(number(16, 2), Some(2 | 3)) {
        return Some("it is no executable");
    }
    let (Some(table), Some(size), Some(count)) = (number(32, 8), number(54, 2), number(56, 2)) else {
        return Some("it is cut short");
    };
    if size < 56 || count == 0 {
        return Some("it is cut short");
    }
    for n in 0..count {
        let kind = table.checked_add(n * size).and_then(|at| usize::try_from(at).ok()).and_then(|at| number(at, 4));
        match kind {
            None => return Some("it is cut short"),
            Some(kind) if kind == u64::from(INTERPRETER) => return Some("it is linked dynamically"),
            Some(_) => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An ELF header with one program header of this type.
    fn elf(machine: u8, kind: u8) -> Vec<u8> {
        let mut bytes = vec![0; 64 + 56];
        bytes[..6].copy_from_slice(b"\x7fELF\x02\x01");
        (bytes[16], bytes[18], bytes[32], bytes[54], bytes[56], bytes[64]) = (2, machine, 64, 56, 1, kind);
        bytes
    }

    #[test]
    fn only_static_executables_of_the_two_processors_pass() {
        assert_eq!(not_static(&elf(0x3e, 1)), None);
        assert_eq!(not_static(&elf(0xb7, 1)), None);
        assert_eq!(not_static(&elf(0x3e, 3)), Some("it is linked dynamically"));
        assert_eq!(not_static(&elf(0x28, 1)), Some("it is for another processor"));
        assert_eq!(not_static(b"#!/bin/sh\n"), Some("it is no ELF file of 64 bits"));
        assert_eq!(not_static(&elf(0x3e, 1)[..100]).or(Some("fits")), Some("fits"), "the type is within");
        assert_eq!(not_static(&elf(0x3e, 1)[..64]), Some("it is cut short"));
        let mut none = elf(0x3e, 1);
        none[56] = 0;
        assert_eq!(not_static(&none), Some("it is cut short"));
    }
}
