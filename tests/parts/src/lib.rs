//! Starts the real parts that tests and the demo run on: Python, Jupyter, the
//! sandbox, our own binaries, containers. Blocking, on loopback, each ended by its own pid.

pub mod app_root;
pub mod binaries;
pub mod boto3;
pub mod browser;
pub mod cfn_lint;
pub mod cleancloud;
pub mod cloudformation;
pub mod code_server;
pub mod container;
pub mod cost;
pub mod custodian;
pub mod fake_code_editor;
pub mod fake_docker;
pub mod fake_jupyter;
pub mod fake_nvidia_smi;
pub mod fleet;
pub mod iam_policies;
pub mod jupyter;
pub mod kernel_client;
pub mod local_s3;
pub mod metadata;
pub mod ministack;
pub mod moto;
pub mod no_route;
pub mod process;
pub mod pty;
pub mod python;
pub mod sandbox;
pub mod studio;
pub mod terraform;
pub mod workspace;

mod collected;
mod http;
mod reply;
mod scripted;
mod setup;
