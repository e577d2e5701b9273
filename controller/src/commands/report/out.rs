//! Where a report goes: a file, or stdout.

use std::io::{BufWriter, ErrorKind, Write};
use std::path::Path;

use anyhow::{Context, Result};

/// A report as somebody wants to have it.
pub(crate) type Wanted<'a> = dyn FnMut(&mut dyn Write) -> Result<()> + 'a;

/// Writes a report to this file, whole or not at all, or to stdout: a reader that went away is no failure.
///
/// # Errors
/// When it cannot be made or written.
pub(crate) fn write(file: Option<&Path>, report: &mut Wanted<'_>) -> Result<()> {
    let Some(file) = file else {
        let mut stdout = BufWriter::new(std::io::stdout().lock());
        let written = report(&mut stdout).and_then(|()| stdout.flush().map_err(anyhow::Error::from));
        return match written {
            Err(error) if is_broken_pipe(&error) => Ok(()),
            written => written.context("writing to stdout"),
        };
    };
    let doing = || format!("writing {}; hint: --out in a folder that is there", file.display());
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut part = tempfile::NamedTempFile::new_in(folder).with_context(doing)?;
    let mut buffer = BufWriter::new(&mut part);
    report(&mut buffer)?;
    buffer.flush().with_context(doing)?;
    drop(buffer);
    part.persist(file).with_context(doing)?;
    Ok(())
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let of_io = |error: &std::io::Error| error.kind() == ErrorKind::BrokenPipe;
    error.chain().any(|cause| match cause.downcast_ref::<csv::Error>().map(csv::Error::kind) {
        Some(csv::ErrorKind::Io(error)) => of_io(error),
        _ => cause.downcast_ref::<std::io::Error>().is_some_and(of_io),
    })
}
