//! The standard library built from source, where rustup cannot fetch it for the
//! target: with Debian's own compiler and Debian's source of it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, ensure};
use studio_parts::workspace::target_dir;

const RUSTC: &str = "/usr/bin/rustc";
const CARGO: &str = "/usr/bin/cargo";
const SOURCE: &str = "/usr/lib/rustlib/src/rust/library";
const PACKAGES: &str = "apt-get install rustc-web cargo-web rust-web-src musl-tools";
/// What holds a libunwind that musl can link, but for the one function below.
const UNWIND: &str = "libunwind-14-dev";
/// glibc's checked `fprintf`, which that library was compiled to call.
const FPRINTF_CHK: &str = "\
#include <stdarg.h>
#include <stdio.h>
int __fprintf_chk(FILE *file, int flag, const char *format, ...) {
    (void)flag;
    va_list args;
    va_start(args, format);
    int written = vfprintf(file, format, args);
    va_end(args);
    return written;
}
";

/// A `cargo build` for `target` that compiles the standard library first, with the
/// flags that its linking takes.
///
/// # Errors
/// When something that it takes is missing, with the command that installs it.
pub(crate) fn cargo(target: &str) -> anyhow::Result<(Command, String)> {
    for needed in [RUSTC, CARGO, SOURCE, "/usr/bin/musl-gcc"] {
        ensure!(Path::new(needed).exists(), "{needed} is missing; hint: {PACKAGES}");
    }
    let version = run(Command::new(RUSTC).arg("-vV"))?;
    eprintln!("standard library from source, by {}", version.lines().next().unwrap_or_default());
    let libs = libunwind()?;
    let mut command = Command::new(CARGO);
    // Only the standard library's own code uses what is unstable; the flag is cargo's.
    command.env("RUSTC", RUSTC).env("RUSTC_BOOTSTRAP", "1").args(["build", "-Z", "build-std=std,panic_abort"]);
    command.arg("--target-dir").arg(target_dir().join("std-from-source"));
    command.env(format!("CARGO_TARGET_{}_LINKER", target.to_uppercase().replace('-', "_")), "musl-gcc");
    // musl-gcc links no executable that may be placed anywhere.
    let flags = format!(
        "-Clink-self-contained=no -Crelocation-model=static -Ctarget-feature=+crt-static -Lnative={}",
        libs.display()
    );
    Ok((command, flags))
}

/// The folder of a `libunwind.a` for musl, out of Debian's package, which is only unpacked.
fn libunwind() -> anyhow::Result<PathBuf> {
    let dir = target_dir().join("std-from-source/unwind");
    let library = dir.join("libunwind.a");
    if library.is_file() {
        return Ok(dir);
    }
    fs::create_dir_all(&dir).with_context(|| format!("making {}", dir.display()))?;
    run(Command::new("apt-get").args(["download", "--quiet", UNWIND]).current_dir(&dir))?;
    run(Command::new("sh").args(["-c", "dpkg-deb --extract libunwind-*.deb ."]).current_dir(&dir))?;
    fs::write(dir.join("fprintf_chk.c"), FPRINTF_CHK).context("writing fprintf_chk.c")?;
    run(Command::new("musl-gcc").args(["-O2", "-c", "fprintf_chk.c"]).current_dir(&dir))?;
    let next = dir.join("next.a");
    fs::copy(dir.join("usr/lib/llvm-14/lib/libunwind.a"), &next).context("copying libunwind.a")?;
    run(Command::new("ar").args(["r", "next.a", "fprintf_chk.o"]).current_dir(&dir))?;
    fs::rename(next, library).context("renaming libunwind.a")?;
    Ok(dir)
}

fn run(command: &mut Command) -> anyhow::Result<String> {
    let output = command.output().with_context(|| format!("starting {:?}", command.get_program()))?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{command:?} failed: {}", said.trim());
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
