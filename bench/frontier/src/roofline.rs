//! What this machine can do: memory bandwidth, and point-dots per second of the inner loop of pricing.
//!
//! Pricing a hyperplane over F points of dimension D is F dot products of D numbers. The loops below
//! are that and nothing else: points in blocks, sums in registers, the largest value kept.
//! They bound from above what a kernel can reach with one hyperplane or four at a time, in double or
//! single precision, out of each level of the memory.

use std::{hint::black_box, time::Instant};

use pulp::{Arch, Simd, WithSimd};
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

/// Working sets: first, second and third level of an ordinary cache, and memory.
const SIZES: [usize; 4] = [16 << 10, 512 << 10, 4 << 20, 256 << 20];

/// All loops on all sizes; some seconds.
pub(crate) fn measure() -> Vec<Rate> {
    let mut out = Vec::new();
    for bytes in SIZES {
        out.push(read(bytes));
        out.push(double::<4, 1, 8>("f64, 1 hyperplane", bytes));
        out.push(double::<4, 4, 2>("f64, 4 hyperplanes", bytes));
        out.push(single::<4, 4, 2>("f32, 4 hyperplanes", bytes));
        out.push(double::<10, 1, 8>("f64, 1 hyperplane", bytes));
        out.push(double::<10, 4, 2>("f64, 4 hyperplanes", bytes));
        out.push(single::<10, 4, 2>("f32, 4 hyperplanes", bytes));
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

/// The largest value of `H` hyperplanes over points of dimension `D`, in blocks of `U` vectors of points.
struct Price<'a, T, const D: usize, const H: usize, const U: usize> {
    points: &'a [T],
    prices: [[T; D]; H],
}

macro_rules! price {
    ($loop:ident, $real:ty, $vectors:ident, $splat:ident, $add:ident, $larger:ident, $reduce:ident) => {
        impl<const D: usize, const H: usize, const U: usize> WithSimd for Price<'_, $real, D, H, U> {
            type Output = $real;

            #[inline(always)]
            fn with_simd<S: Simd>(self, simd: S) -> $real {
                let (vectors, _) = S::$vectors(self.points);
                let prices = self.prices.map(|h| h.map(|p| simd.$splat(p)));
                let mut largest = [[simd.$splat(0.0); U]; H];
                for block in vectors.chunks_exact(D * U) {
                    let mut sums = [[simd.$splat(0.0); U]; H];
                    for d in 0..D {
                        for u in 0..U {
                            for h in 0..H {
                                sums[h][u] = simd.$add(prices[h][d], block[d * U + u], sums[h][u]);
                            }
                        }
                    }
                    for h in 0..H {
                        for u in 0..U {
                            largest[h][u] = simd.$larger(largest[h][u], sums[h][u]);
                        }
                    }
                }
                largest.iter().flatten().map(|&v| simd.$reduce(v)).fold(0.0, <$real>::max)
            }
        }

        fn $loop<const D: usize, const H: usize, const U: usize>(kernel: &'static str, bytes: usize) -> Rate {
            let points: Vec<$real> = (0..bytes / size_of::<$real>()).map(|i| (i % 11) as $real).collect();
            let prices = std::array::from_fn(|h| std::array::from_fn(|d| 0.1 + (h + d) as $real * 0.01));
            let arch = Arch::new();
            let seconds = best(bytes, || {
                black_box(arch.dispatch(Price::<$real, D, H, U> { points: black_box(&points), prices: black_box(prices) }));
            });
            let entries = points.len() as f64 * 1e-9;
            Rate {
                kernel,
                bytes,
                dimension: D,
                gigaflops: 2.0 * entries * H as f64 / seconds,
                gigabytes: entries * size_of::<$real>() as f64 / seconds,
            }
        }
    };
}

price!(double, f64, as_simd_f64s, splat_f64s, mul_add_e_f64s, max_f64s, reduce_max_f64s);
price!(single, f32, as_simd_f32s, splat_f32s, mul_add_e_f32s, max_f32s, reduce_max_f32s);

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
