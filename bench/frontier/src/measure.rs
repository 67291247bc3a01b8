//! CPU time, wall time and memory of this process.

use std::{io, time::Instant};

use serde::Serialize;

/// Seconds spent in a piece of work.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Spent {
    /// User and system time of all threads.
    pub(crate) cpu: f64,
    /// Time on the clock.
    pub(crate) wall: f64,
}

/// Does the work and tells what it took.
pub(crate) fn spent<T>(work: impl FnOnce() -> T) -> io::Result<(T, Spent)> {
    let (cpu, clock) = (cpu_seconds()?, Instant::now());
    let out = work();
    let wall = clock.elapsed().as_secs_f64();
    Ok((out, Spent { cpu: cpu_seconds()? - cpu, wall }))
}

#[cfg(unix)]
fn cpu_seconds() -> io::Result<f64> {
    let t = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Ok(t.tv_sec as f64 + t.tv_nsec as f64 * 1e-9)
}

#[cfg(not(unix))]
fn cpu_seconds() -> io::Result<f64> {
    Err(io::Error::other("CPU time is measured on Unix only"))
}

/// Peak resident memory in MB; `None` where the system does not tell.
pub(crate) fn peak_megabytes() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|l| l.starts_with("VmHWM:"))?;
    Some(line.split_whitespace().nth(1)?.parse::<f64>().ok()? / 1024.0)
}
