//! `cargo xtask dist`: the binaries as they are shipped, static, and proven to be.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail, ensure};
use object::Endianness;
use object::read::elf::{Dyn, ElfFile64, FileHeader, ProgramHeader};
use sha2::{Digest, Sha256};
use studio_parts::workspace::{target_dir, workspace_root};

use crate::function_zip::function_zip;
use crate::{pages, std_from_source};

/// What is shipped, each with its package.
const BINARIES: &[(&str, &str)] = &[("idle-agent", "idle-agent"), ("costctl", "costctl"), (FUNCTION, "costctl")];
/// The one that is also shipped as the zip of a function.
const FUNCTION: &str = "costctl-lambda";
/// Where it runs, if nobody says otherwise.
const TARGET: &str = "x86_64-unknown-linux-musl";

/// What to build, and with what.
#[derive(Debug)]
pub(crate) struct Dist {
    binaries: Vec<(&'static str, &'static str)>,
    target: String,
    by: By,
}

/// Where the standard library and the linker come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum By {
    /// rustup, and Debian's `musl-tools`.
    Rustup,
    /// rustup, and zig as the linker, on hosts without `musl-tools` or for other processors.
    Zig,
    /// Debian's compiler and source.
    Debian,
}

impl Dist {
    /// What these words ask for.
    ///
    /// # Errors
    /// One sentence about the word that is not understood.
    pub(crate) fn parse(args: &[&str]) -> anyhow::Result<Self> {
        let mut dist = Self { binaries: Vec::new(), target: TARGET.to_owned(), by: By::Rustup };
        let mut args = args.iter();
        while let Some(arg) = args.next() {
            match *arg {
                "--target" => dist.target = (*args.next().context("--target wants a target triple")?).to_owned(),
                "--zig" => dist.by = By::Zig,
                "--std-from-source" => dist.by = By::Debian,
                other => match BINARIES.iter().find(|(binary, _)| *binary == other) {
                    Some(binary) => dist.binaries.push(*binary),
                    None => bail!(
                        "dist does not understand {other:?}; hint: one of {:?}, --target TRIPLE, --zig, \
                         --std-from-source",
                        BINARIES.iter().map(|(binary, _)| binary).collect::<Vec<_>>()
                    ),
                },
            }
        }
        if dist.binaries.is_empty() {
            dist.binaries.extend(BINARIES);
        }
        Ok(dist)
    }

    /// Builds, proves and writes everything into `target/dist/TARGET`; prints a table.
    ///
    /// # Errors
    /// When something that the build takes is missing, with the command that installs it; when a
    /// build fails; when a binary is not static.
    pub(crate) fn run(&self) -> anyhow::Result<()> {
        if self.by != By::Debian {
            self.check_toolchain()?;
        }
        let out = target_dir().join("dist").join(&self.target);
        fs::create_dir_all(&out).with_context(|| format!("making {}", out.display()))?;
        let mut sums = String::new();
        println!("{:18} {:>8}  SHA-256", "FILE", "MB");
        for (binary, package) in &self.binaries {
            self.build(binary, package)?;
            let dir = if self.by == By::Debian { target_dir().join("std-from-source") } else { target_dir() };
            let built = dir.join(&self.target).join("dist").join(binary);
            let bytes = fs::read(&built).with_context(|| format!("reading {}", built.display()))?;
            prove_static(&bytes).with_context(|| format!("{} is not what is shipped", built.display()))?;
            replace(&built, &out.join(binary))?;
            sums += &summed(binary, &bytes);
            if *binary == FUNCTION {
                let name = format!("{binary}.zip");
                let zip = function_zip(&bytes)?;
                fs::write(out.join(&name), &zip).with_context(|| format!("writing {name}"))?;
                sums += &summed(&name, &zip);
            }
        }
        // A release has them; a test that wants one binary does not.
        if self.binaries.len() == BINARIES.len() {
            for page in pages::write(&out)? {
                sums += &line(&page.path.display().to_string(), &page.bytes);
            }
            println!("manual pages in man/man1, completions in completions/");
        }
        let file = out.join("SHA256SUMS");
        fs::write(&file, sums).with_context(|| format!("writing {}", file.display()))?;
        println!("\nstatic: no interpreter, no shared library; in {}", out.display());
        println!("to check: cd there, sha256sum --check SHA256SUMS");
        Ok(())
    }

    fn check_toolchain(&self) -> anyhow::Result<()> {
        let Self { target, by, .. } = self;
        let libs = Command::new("rustc").args(["--print", "target-libdir", "--target", target]).output();
        let libs = libs.context("starting rustc")?;
        ensure!(libs.status.success(), "rustc knows no target {target}; hint: rustc --print target-list");
        let libs = PathBuf::from(String::from_utf8_lossy(&libs.stdout).trim());
        let has_std = fs::read_dir(&libs).is_ok_and(|mut files| {
            files.any(|file| file.is_ok_and(|file| file.file_name().to_string_lossy().starts_with("libstd-")))
        });
        ensure!(
            has_std,
            "the standard library of {target} is missing; hint: rustup target add {target}, or --std-from-source"
        );
        if *by == By::Zig {
            let found = runs("cargo-zigbuild", "--version");
            ensure!(found, "cargo-zigbuild is missing; hint: pip install cargo-zigbuild ziglang");
        } else if let Some(compiler) = musl_compiler(target) {
            let found = runs(compiler, "--version");
            ensure!(
                found,
                "{compiler} is missing; hint: apt-get install musl-tools, or --zig with pip install cargo-zigbuild ziglang"
            );
        }
        Ok(())
    }

    fn build(&self, binary: &str, package: &str) -> anyhow::Result<()> {
        let (mut command, more) = match self.by {
            By::Debian => std_from_source::cargo(&self.target)?,
            By::Rustup | By::Zig => {
                let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
                command.arg(if self.by == By::Zig { "zigbuild" } else { "build" });
                (command, String::new())
            }
        };
        let flags = format!("{} {more}", no_paths()?);
        command.args(["--profile", "dist", "--locked", "--package", package, "--bin", binary]);
        command.args(["--target", &self.target]);
        command.env(format!("CARGO_TARGET_{}_RUSTFLAGS", self.target.to_uppercase().replace('-', "_")), flags.trim());
        let status = command.current_dir(workspace_root()).status().context("starting cargo")?;
        ensure!(status.success(), "the build of {binary} failed: {status}");
        Ok(())
    }
}

/// Writes the manual pages and completions alone, without a build of what is shipped.
///
/// # Errors
/// When they cannot be made or written.
pub(crate) fn pages(folder: &Path) -> anyhow::Result<()> {
    let pages = pages::write(folder)?;
    println!("{} manual pages and completions in {}", pages.len(), folder.display());
    println!("to read one: man {}", folder.join("man/man1/costctl-sweep.1").display());
    Ok(())
}

/// The line of a file in `SHA256SUMS`; prints its row of the table.
fn summed(name: &str, bytes: &[u8]) -> String {
    let line = line(name, bytes);
    println!("{name:18} {:>8.2}  {}", megabytes(bytes.len()), &line[..64]);
    line
}

/// The line of a file in `SHA256SUMS`.
fn line(name: &str, bytes: &[u8]) -> String {
    let sum = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    format!("{sum}  {name}\n")
}

/// Flags by which a binary carries no path of the machine that built it, and is the
/// same wherever it is built.
fn no_paths() -> anyhow::Result<String> {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| std::env::home_dir().map(|home| home.join(".cargo"))).context("finding CARGO_HOME")?;
    // One folder for each registry, named after it.
    let registries = fs::read_dir(home.join("registry/src")).into_iter().flatten().flatten();
    let mut prefixes: Vec<(PathBuf, &str)> = registries.map(|registry| (registry.path(), "crates")).collect();
    prefixes.push((workspace_root(), "."));
    let flags = prefixes.iter().map(|(path, name)| format!("--remap-path-prefix={}={name}", path.display()));
    let flags: Vec<String> = flags.collect();
    ensure!(
        !flags.iter().any(|flag| flag.contains(' ')),
        "a path holds a blank, which rustc's flags cannot: {flags:?}"
    );
    Ok(flags.join(" "))
}

/// The C compiler that the build takes by itself for this target, from Debian's `musl-tools`.
fn musl_compiler(target: &str) -> Option<&'static str> {
    (target == TARGET).then_some("musl-gcc")
}

fn runs(program: &str, arg: &str) -> bool {
    Command::new(program).arg(arg).output().is_ok_and(|output| output.status.success())
}

/// A static executable has no interpreter, and if it has a dynamic section (as one has that may be
/// placed anywhere), that names no library.
fn prove_static(bytes: &[u8]) -> anyhow::Result<()> {
    let file = ElfFile64::<Endianness>::parse(bytes).context("it is no ELF file of 64 bits")?;
    let (endian, header) = (file.endian(), file.elf_header());
    for segment in header.program_headers(endian, bytes).context("its program headers cannot be read")? {
        ensure!(segment.p_type(endian) != object::elf::PT_INTERP, "it has an interpreter: it is linked dynamically");
        let entries = segment.dynamic(endian, bytes).context("its dynamic section cannot be read")?;
        let needs = entries.unwrap_or_default().iter().any(|entry| entry.tag(endian) == object::elf::DT_NEEDED);
        ensure!(!needs, "it needs a shared library");
    }
    Ok(())
}

/// Copies beside, then renames: what runs from there goes on running.
fn replace(from: &Path, to: &Path) -> anyhow::Result<()> {
    let next = to.with_extension("next");
    fs::copy(from, &next).and_then(|_| fs::rename(&next, to)).with_context(|| format!("writing {}", to.display()))
}

fn megabytes(bytes: usize) -> f64 {
    f64::from(u32::try_from(bytes).unwrap_or(u32::MAX)) / 1e6
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_understood_or_named() {
        let all = Dist::parse(&[]).expect("all");
        assert_eq!((all.binaries.len(), all.target.as_str()), (3, TARGET));
        let one = Dist::parse(&["idle-agent", "--target", "aarch64-unknown-linux-musl", "--zig"]).expect("one");
        assert_eq!((one.binaries, one.by), (vec![("idle-agent", "idle-agent")], By::Zig));
        assert!(Dist::parse(&["idle-agnet"]).expect_err("misspelt").to_string().contains("idle-agnet"));
        assert!(Dist::parse(&["--target"]).is_err());
    }

    #[test]
    fn this_very_test_is_not_static_and_a_script_is_no_binary() {
        let own = fs::read(std::env::current_exe().expect("it has a file")).expect("readable");
        assert!(prove_static(&own).expect_err("dynamic").to_string().contains("interpreter"));
        assert!(prove_static(b"#!/bin/sh\n").is_err());
    }
}
