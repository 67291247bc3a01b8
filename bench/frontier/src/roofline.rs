//! What this machine can do: memory bandwidth, and point-dots per second of the inner loop of pricing.
//!
//! Pricing a hyperplane over F points of dimension D is F dot products of D numbers. The loops below
//! are that and nothing else: points in blocks of columns, sums in registers, the largest value kept.
//! They bound from above what a kernel can reach with one hyperplane or four at a time, in double or
//! single precision, out of each level of the memory.

use std::{hint::black_box, time::Instant};

use pulp::Arch;
use serde::Serialize;

/// One measured loop.
#[derive(Debug, Serialize)]
pub(crate) struct Rate {
    /// Which loop.
    pub(crate) kernel: &'static str,
    /// Bytes of the points.
    pub(crate) bytes: usize,
    /// Dimension.
    pub(crate) dimension: usize,
    /// Floating-point operations per nanosecond: two per entry and hyperplane.
    pub(crate) gigaflops: f64,
    /// Bytes of points read per nanosecond.
    pub(crate) gigabytes: f64,
}

/// Points of one block: a cache line of doubles, or two of single precision.
const BLOCK: usize = 16;
/// Working sets: first, second and third level of an ordinary cache, and memory.
const SIZES: [usize; 4] = [16 << 10, 512 << 10, 4 << 20, 256 << 20];

trait Real: Copy + Default + PartialOrd + Send + Sync + 'static {
    fn of(x: f64) -> Self;
    fn fused(self, a: Self, b: Self) -> Self;
}

impl Real for f64 {
    fn of(x: f64) -> Self {
        x
    }
    #[inline(always)]
    fn fused(self, a: Self, b: Self) -> Self {
        self.mul_add(a, b)
    }
}

impl Real for f32 {
    fn of(x: f64) -> Self {
        x as f32
    }
    #[inline(always)]
    fn fused(self, a: Self, b: Self) -> Self {
        self.mul_add(a, b)
    }
}

/// All loops on all sizes; some seconds.
pub(crate) fn measure() -> Vec<Rate> {
    let mut out = Vec::new();
    for bytes in SIZES {
        out.push(read(bytes));
        out.push(dots::<f64, 4, 1>("f64, 1 hyperplane", bytes));
        out.push(dots::<f64, 4, 4>("f64, 4 hyperplanes", bytes));
        out.push(dots::<f32, 4, 4>("f32, 4 hyperplanes", bytes));
        out.push(dots::<f64, 10, 1>("f64, 1 hyperplane", bytes));
        out.push(dots::<f64, 10, 4>("f64, 4 hyperplanes", bytes));
        out.push(dots::<f32, 10, 4>("f32, 4 hyperplanes", bytes));
    }
    out
}

/// The instruction set that the loops were dispatched to.
pub(crate) fn instruction_set() -> String {
    format!("{:?}", Arch::new()).split(['(', ' ', '{']).next().unwrap_or_default().to_owned()
}

fn read(bytes: usize) -> Rate {
    let data: Vec<f64> = (0..bytes / 8).map(|i| (i % 7) as f64).collect();
    let arch = Arch::new();
    let seconds = best(bytes, || {
        black_box(arch.dispatch(
            #[inline(always)]
            || {
                let mut sums = [0.0_f64; 64];
                for chunk in black_box(&data).as_chunks::<64>().0 {
                    for k in 0..64 {
                        sums[k] += chunk[k];
                    }
                }
                sums
            },
        ));
    });
    let length = (data.len() * 8) as f64 * 1e-9;
    Rate { kernel: "read", bytes, dimension: 0, gigaflops: length / 8.0 / seconds, gigabytes: length / seconds }
}

fn dots<T: Real, const D: usize, const H: usize>(kernel: &'static str, bytes: usize) -> Rate {
    let size = size_of::<T>();
    let blocks = (bytes / (size * D * BLOCK)).max(1);
    let data: Vec<[[T; BLOCK]; D]> =
        (0..blocks).map(|b| std::array::from_fn(|d| std::array::from_fn(|k| T::of(((b + d * 3 + k * 7) % 11) as f64)))).collect();
    let prices: [[T; D]; H] = std::array::from_fn(|h| std::array::from_fn(|d| T::of(0.1 + (h + d) as f64 * 0.01)));
    let arch = Arch::new();
    let seconds = best(bytes, || {
        black_box(arch.dispatch(
            #[inline(always)]
            || price(black_box(&data), black_box(&prices)),
        ));
    });
    let entries = (blocks * D * BLOCK) as f64 * 1e-9;
    Rate {
        kernel,
        bytes,
        dimension: D,
        gigaflops: 2.0 * entries * H as f64 / seconds,
        gigabytes: entries * size as f64 / seconds,
    }
}

/// The largest value of each hyperplane over all points, lane by lane.
#[inline(always)]
fn price<T: Real, const D: usize, const H: usize>(data: &[[[T; BLOCK]; D]], prices: &[[T; D]; H]) -> [[T; BLOCK]; H] {
    let mut largest = [[T::default(); BLOCK]; H];
    for block in data {
        let mut sums = [[T::default(); BLOCK]; H];
        for d in 0..D {
            for h in 0..H {
                for k in 0..BLOCK {
                    sums[h][k] = prices[h][d].fused(block[d][k], sums[h][k]);
                }
            }
        }
        for h in 0..H {
            for k in 0..BLOCK {
                largest[h][k] = if sums[h][k] > largest[h][k] { sums[h][k] } else { largest[h][k] };
            }
        }
    }
    largest
}

/// Seconds of one pass, the best of several rounds.
fn best(bytes: usize, mut pass: impl FnMut()) -> f64 {
    let passes = ((64 << 20) / bytes).max(1);
    let mut seconds = f64::INFINITY;
    for _ in 0..7 {
        let clock = Instant::now();
        (0..passes).for_each(|_| pass());
        seconds = seconds.min(clock.elapsed().as_secs_f64() / passes as f64);
    }
    seconds
}
