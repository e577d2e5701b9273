//! A local AWS: SageMaker Studio, notebook instances and endpoints, CloudWatch metrics,
//! STS and some smaller services with their awkward semantics, over real sockets, so
//! that the shipped binaries run against it unchanged.
//!
//! Requests go `wire` (protocol, SigV4) → `sandbox` (faults, log of calls) →
//! `service` (one file a resource kind) → `world` (state of each account and
//! region, kinds of resources on a `shelf`). `control` is what tests see and force.

mod auth;
mod calls;
mod clock;
mod control;
mod error;
mod faults;
mod page;
mod recording;
mod resource;
mod sandbox;
mod service;
mod shelf;
mod wire;
mod world;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, ensure};
use clap::Parser;

/// The command line.
#[derive(Debug, Clone, Parser)]
#[command(name = "studio-sandbox", version, about = "A local AWS for tests and the demo")]
pub struct Cli {
    /// Where to listen; only loopback is accepted. Port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// Faults to play, in TOML; read again whenever it changed.
    #[arg(long, value_name = "FILE")]
    faults: Option<PathBuf>,
    /// How long a resource is Deleting.
    #[arg(long, default_value = "2s", value_parser = humantime::parse_duration)]
    delete_takes: Duration,
    /// How long a notebook instance is Stopping.
    #[arg(long, default_value = "2s", value_parser = humantime::parse_duration)]
    stop_takes: Duration,
    /// How long a resource is Pending.
    #[arg(long, default_value = "0s", value_parser = humantime::parse_duration)]
    create_takes: Duration,
    /// How long a resource is Updating.
    #[arg(long, default_value = "0s", value_parser = humantime::parse_duration)]
    update_takes: Duration,
    /// The account of access keys that name none.
    #[arg(long, default_value = "111122223333")]
    account: String,
    /// End after this long, whatever happens.
    #[arg(long, default_value = "1h", value_parser = humantime::parse_duration)]
    max_lifetime: Duration,
    /// Note in a file of this folder what the product's programs call; each call once.
    #[arg(long, env = "STUDIO_SANDBOX_CALLS", value_name = "FOLDER")]
    record_calls: Option<PathBuf>,
    /// End when stdin is closed, so that no sandbox outlives its test.
    #[arg(long)]
    until_stdin_closes: bool,
}

/// Serves until the lifetime is over or stdin is closed.
///
/// # Errors
/// When the address is not loopback or cannot be bound.
pub fn run(cli: Cli) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(serve(cli))
}

async fn serve(cli: Cli) -> anyhow::Result<()> {
    ensure!(cli.listen.ip().is_loopback(), "{} is not loopback; hint: --listen 127.0.0.1:0", cli.listen);
    let listener =
        tokio::net::TcpListener::bind(cli.listen).await.with_context(|| format!("binding {}", cli.listen))?;
    let endpoint = format!("http://{}", listener.local_addr()?);
    let (lifetime, until_stdin_closes) = (cli.max_lifetime, cli.until_stdin_closes);
    let app = wire::router(sandbox::Sandbox::new(cli)?);
    println!("{}", serde_json::json!({ "endpoint": endpoint }));
    let end = async move {
        tokio::select! {
            () = stdin_closed(), if until_stdin_closes => {}
            () = tokio::time::sleep(lifetime) => {}
        }
    };
    tokio::select! {
        served = axum::serve(listener, app).into_future() => served?,
        () = end => {}
    }
    Ok(())
}

/// Returns when stdin is closed. The thread that waits for it ends with the process.
async fn stdin_closed() {
    let (closed, wait) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
        let _ = closed.send(());
    });
    let _ = wait.await;
}
