//! The file in which Studio's own tools stamp the user's last activity: Code
//! Editor's extension, the remote IDE toolkit, and whoever wants to be kept.

use std::io::{ErrorKind, Read};
use std::path::PathBuf;

use idle_core::{Item, ItemState, Sight, parse_stamp};

/// Where those tools put it.
pub(crate) const DEFAULT_PATH: &str = "/tmp/.sagemaker-last-active-timestamp";
/// A stamp has about thirty bytes.
const MAX_BYTES: u64 = 1024;

/// The file; anybody in the app can write it, so its content is weighed, not trusted.
#[derive(Debug)]
pub(crate) struct ActivityFile {
    path: PathBuf,
}

impl ActivityFile {
    /// The file at `path`.
    pub(crate) fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// The stamp in it. The file's own times are not asked: on a persistent
    /// volume they may be years old, and a copy makes them new.
    pub(crate) fn look(&self) -> Sight {
        let mut text = String::new();
        match std::fs::File::open(&self.path).and_then(|file| file.take(MAX_BYTES).read_to_string(&mut text)) {
            Ok(_) => Sight::Seen { items: vec![item("last activity", text.trim())], run: None },
            Err(error) if error.kind() == ErrorKind::NotFound => Sight::Absent("there is no such file".to_owned()),
            // Not text: damaged, and no more than that.
            Err(error) if error.kind() == ErrorKind::InvalidData => {
                Sight::Seen { items: vec![item("last activity", "")], run: None }
            }
            Err(error) => Sight::Unknown(format!("{}: {error}", self.path.display())),
        }
    }
}

/// An item that says nothing but its stamp. One that cannot be read counts for
/// a bounded time: garbage in a file that anybody may write keeps no app for ever.
pub(crate) fn item(label: &str, stamp: &str) -> Item {
    match parse_stamp(stamp) {
        Ok(stamp) => Item::new("stamp", label, ItemState::Quiet).active_at(stamp),
        Err(error) => Item::new("stamp", label, ItemState::Unsettled(error.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(content: Option<&[u8]>) -> Sight {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let path = dir.path().join("stamp");
        if let Some(content) = content {
            std::fs::write(&path, content).expect("writable");
        }
        ActivityFile::new(path).look()
    }

    #[test]
    fn a_stamp_counts_and_garbage_is_bounded() {
        assert!(matches!(look(None), Sight::Absent(_)));
        for (content, has_stamp) in [
            (&b"2026-11-24T05:06:07.890Z"[..], true),
            (b"2026-11-24T05:06:07.890123z\n", true),
            (b"", false),
            (b"tomorrow", false),
            (b"\xff\xfe", false),
        ] {
            let Sight::Seen { items, .. } = look(Some(content)) else { panic!("{content:?}") };
            assert_eq!(items[0].last_active.is_some(), has_stamp, "{content:?}");
            assert_eq!(items[0].state == ItemState::Quiet, has_stamp, "{content:?}");
        }
    }
}
