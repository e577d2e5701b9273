//! A function of AWS Lambda as a zip: one file, `bootstrap`, that may be executed.

use std::io::Write;

use anyhow::Context;
use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};

const NAME: &[u8] = b"bootstrap";
/// 1980-01-01, the first day that a zip knows: the same binary makes the same zip.
const DAY: u16 = (1 << 5) | 1;
/// A regular file that everybody may read and execute, as Unix keeps it.
const MODE: u32 = 0o100_755 << 16;
/// Version 2.0, made on Unix.
const MADE_BY: u16 = (3 << 8) | 20;
const NEEDS: u16 = 20;
const DEFLATED: u16 = 8;

/// The bytes of the zip.
///
/// # Errors
/// When the binary is larger than a zip without extensions holds.
pub(crate) fn function_zip(binary: &[u8]) -> anyhow::Result<Vec<u8>> {
    let mut packer = DeflateEncoder::new(Vec::new(), Compression::best());
    packer.write_all(binary).context("packing")?;
    let packed = packer.finish().context("packing")?;
    let mut crc = Crc::new();
    crc.update(binary);
    let size = |bytes: &[u8]| u32::try_from(bytes.len()).context("it is larger than 4 GiB");
    // What the file's own header and its entry in the directory both say.
    let mut about = Vec::new();
    for word in [NEEDS, 0, DEFLATED, 0, DAY] {
        about.extend(word.to_le_bytes());
    }
    for word in [crc.sum(), size(&packed)?, size(binary)?] {
        about.extend(word.to_le_bytes());
    }
    about.extend(u16::try_from(NAME.len()).context("the name is short")?.to_le_bytes());
    about.extend(0_u16.to_le_bytes());
    let mut zip = b"PK\x03\x04".to_vec();
    zip.extend([about.as_slice(), NAME, packed.as_slice()].concat());
    let directory_at = size(&zip)?;
    zip.extend([b"PK\x01\x02".as_slice(), &MADE_BY.to_le_bytes(), &about].concat());
    // No comment, the first disk, no text.
    zip.extend([0; 6]);
    zip.extend([MODE.to_le_bytes(), [0; 4]].concat());
    zip.extend(NAME);
    let directory = size(&zip)? - directory_at;
    zip.extend(b"PK\x05\x06");
    for word in [0_u16, 0, 1, 1] {
        zip.extend(word.to_le_bytes());
    }
    zip.extend([directory.to_le_bytes(), directory_at.to_le_bytes()].concat());
    zip.extend(0_u16.to_le_bytes());
    Ok(zip)
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    /// What a zip holds, as Python's own reader sees it.
    const READ: &str = "import sys, zipfile\n\
        with zipfile.ZipFile(sys.argv[1]) as z:\n    assert z.testzip() is None\n    \
        print([(i.filename, oct(i.external_attr >> 16), i.file_size) for i in z.infolist()], z.read('bootstrap')[:4])";

    #[test]
    fn others_read_it_as_one_executable_file() {
        let binary = [b"\x7fELF".to_vec(), vec![7; 100_000]].concat();
        let zip = function_zip(&binary).expect("packed");
        assert_eq!(zip, function_zip(&binary).expect("packed"));
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("f.zip");
        std::fs::write(&path, zip).expect("written");
        let read = Command::new("python3").args(["-c", READ]).arg(&path).output().expect("Python");
        let told = String::from_utf8_lossy(&read.stdout);
        assert_eq!(
            told.trim(),
            r"[('bootstrap', '0o100755', 100004)] b'\x7fELF'",
            "{}",
            String::from_utf8_lossy(&read.stderr)
        );
    }
}
