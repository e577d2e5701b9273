//! The clocks, read in one place.

use std::time::{Duration, SystemTime};

use idle_core::Instants;
use jiff::Timestamp;
use rustix::time::{ClockId, clock_gettime};

/// Both clocks now. The monotonic one counts from boot, so that two processes
/// of one machine can compare, and goes on while the machine sleeps.
pub(crate) fn now() -> Instants {
    let boot = clock_gettime(ClockId::Boottime);
    let seconds = u64::try_from(boot.tv_sec).unwrap_or(0);
    let nanos = u32::try_from(boot.tv_nsec).unwrap_or(0);
    Instants { wall: Timestamp::now(), mono: Duration::new(seconds, nanos) }
}

/// The wall clock as AWS's signatures take it.
pub(crate) fn system_time() -> SystemTime {
    SystemTime::now()
}
