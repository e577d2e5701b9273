//! The developer's tasks: `cargo demo`, `cargo xtask …`.

use std::path::Path;
use std::process::ExitCode;

use studio_parts::workspace::target_dir;

mod demo;
mod dist;
mod function_zip;
mod pages;
mod std_from_source;

const USAGE: &str = "\
usage: cargo xtask <task>

  demo [--keep]   an idle app stops itself, on a real Jupyter server, against a local SageMaker
                  (--keep leaves the local SageMaker running)
  dist [idle-agent] [costctl] [costctl-lambda] [--target TRIPLE] [--zig | --std-from-source]
                  the binaries as they are shipped: static, stripped, with SHA256SUMS, in target/dist;
                  costctl-lambda also as the zip of a function; with manual pages and completions
                  (--zig links with cargo-zigbuild, where there is no musl-gcc; --std-from-source takes
                  Debian's rustc-web, cargo-web and rust-web-src, where rustup cannot fetch the target)
  pages [FOLDER]  manual pages and completions alone, in target/dist/pages or there";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let result = match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["demo"] => demo::run(false),
        ["demo", "--keep"] => demo::run(true),
        ["dist", ref words @ ..] => dist::Dist::parse(words).and_then(|dist| dist.run()),
        ["pages"] => dist::pages(&target_dir().join("dist/pages")),
        ["pages", folder] => dist::pages(Path::new(folder)),
        ["--help" | "-h"] => {
            println!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
