//! Starts the real parts that tests and the demo run on: Python, Jupyter, the
//! sandbox, our own binaries. Blocking, on loopback, each ended by its own pid.

pub mod binaries;
pub mod fake_jupyter;
pub mod jupyter;
pub mod kernel_client;
pub mod process;
pub mod python;
pub mod sandbox;
pub mod studio;
pub mod workspace;

mod http;
