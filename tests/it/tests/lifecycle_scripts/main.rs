//! The on-start scripts, run for real: in a container with the layout of SageMaker's
//! images, with a local S3 and SageMaker, the static binary and a real Jupyter.
//!
//! Exit 0 in time, nothing on stderr and nothing with a wrong digest ever run is what
//! every run has to keep to: `Stand::run` sees to it.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod downloads;
mod places;
mod sources;
mod stories;

use std::fs;

use studio_it::lifecycle::{Kind, Stand, release};

/// A JupyterLab app whose image has these programs.
fn jupyterlab(tools: &[&str]) -> Stand {
    Stand::new(Kind::JupyterLab, tools).unwrap()
}

fn set(stand: &mut Stand, name: &str, value: &str) {
    stand.env.insert(name.to_owned(), value.to_owned());
}

/// The binary where a script can reach it as a file.
fn share_binary(stand: &mut Stand) {
    let file = stand.shared.path().join("idle-agent");
    fs::copy(&release().unwrap().binary, &file).unwrap();
    stand.values.file = file.display().to_string();
}

/// A second run in the same app, to which nothing stands in the way any more.
fn converges(stand: &mut Stand) {
    let release = release().unwrap();
    set(stand, "AWS_CONTAINER_CREDENTIALS_FULL_URI", release.s3.allowed());
    set(stand, "AWS_ENDPOINT_URL_S3", release.s3.endpoint());
    stand.values.s3_uri = release.s3.uri("0.1.0/idle-agent");
    stand.run().unwrap();
    stand.wait_for_start().unwrap();
}
