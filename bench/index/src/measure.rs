//! CPU time of short calls, in batches.

use std::{error::Error, hint::black_box, io};

/// What may go wrong, from any thread.
pub(crate) type Failure = Box<dyn Error + Send + Sync>;

/// CPU seconds a batch takes at least.
const BATCH: f64 = 0.02;

/// What a call gives, and the CPU seconds of one call in every batch.
pub(crate) fn repeated<T>(batches: usize, call: impl Fn() -> Result<T, Failure>) -> Result<(T, Vec<f64>), Failure> {
    let (mut found, mut calls) = (call()?, 1_usize);
    loop {
        let start = cpu_seconds()?;
        for _ in 0..calls {
            found = black_box(call()?);
        }
        let spent = cpu_seconds()? - start;
        if spent >= BATCH || calls >= 1 << 24 {
            break;
        }
        calls = if spent < BATCH / 16.0 { calls * 8 } else { (calls as f64 * 1.2 * BATCH / spent).ceil() as usize };
    }
    let mut seconds = Vec::with_capacity(batches);
    for _ in 0..batches {
        let start = cpu_seconds()?;
        for _ in 0..calls {
            found = black_box(call()?);
        }
        seconds.push((cpu_seconds()? - start) / calls as f64);
    }
    Ok((found, seconds))
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
