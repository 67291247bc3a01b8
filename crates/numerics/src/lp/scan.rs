//! Loops over the columns of a desk, compiled for the instructions the machine has: combinations of rows, ratio tests.

use pulp::{Arch, Simd, WithSimd};

/// `out[j] = Σ_i coefficients[i] rows[i * stride + j]` for `j < width`; `stride` is a multiple of 32.
pub(super) struct Combine<'a> {
    pub(super) rows: &'a [f64],
    pub(super) stride: usize,
    pub(super) width: usize,
    pub(super) coefficients: &'a [f64],
    pub(super) out: &'a mut [f64],
}

impl WithSimd for Combine<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        const V: usize = 4;
        let step = V * S::F64_LANES;
        let zero = simd.splat_f64s(0.0);
        for at in (0..self.width).step_by(step) {
            let mut acc = [zero; V];
            for (line, &c) in self.rows.chunks_exact(self.stride).zip(self.coefficients) {
                let (a, _) = S::as_simd_f64s(&line[at..at + step]);
                let c = simd.splat_f64s(c);
                for v in 0..V {
                    acc[v] = simd.mul_add_e_f64s(c, a[v], acc[v]);
                }
            }
            let (out, _) = S::as_mut_simd_f64s(&mut self.out[at..at + step]);
            out[..V].copy_from_slice(&acc);
        }
    }
}

/// Entries looked at together in the scans below; the arrays are padded to a multiple.
pub(super) const LANES: usize = 16;

/// A plain function of its arguments, compiled for the instructions the machine has. (A closure would be
/// dispatched too, but its body need not be inlined into what is compiled for them.)
pub(super) trait Plain {
    type Output;
    fn run(self) -> Self::Output;
}

pub(super) struct On<P>(pub(super) P);

impl<P: Plain> WithSimd for On<P> {
    type Output = P::Output;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> P::Output {
        self.0.run()
    }
}

/// Least entry, with the place where it stands first.
pub(super) fn least(arch: Arch, xs: &[f64]) -> (f64, usize) {
    struct Least<'a>(&'a [f64]);
    impl Plain for Least<'_> {
        type Output = (f64, usize);
        #[inline(always)]
        fn run(self) -> (f64, usize) {
            let xs = self.0;
            let mut low = [f64::INFINITY; LANES];
            for chunk in xs.as_chunks::<LANES>().0 {
                for l in 0..LANES {
                    low[l] = if chunk[l] < low[l] { chunk[l] } else { low[l] };
                }
            }
            let least = low.iter().copied().fold(f64::INFINITY, f64::min);
            (least, first(xs, least))
        }
    }
    arch.dispatch(On(Least(xs)))
}

#[inline(always)]
fn first(xs: &[f64], value: f64) -> usize {
    for (c, chunk) in xs.as_chunks::<LANES>().0.iter().enumerate() {
        let mut hit = false;
        for x in chunk {
            hit |= *x == value;
        }
        if hit {
            return c * LANES + chunk.iter().position(|x| *x == value).unwrap_or(0);
        }
    }
    xs.len()
}

/// Harris' ratio test on reduced costs `d >= 0` (infinite: out of the question) along a row `a`: the column
/// with the largest `-a` among those whose ratio `d / -a` is within the least `(d + slip) / -a`.
pub(super) fn harris(arch: Arch, a: &[f64], d: &[f64], zero: f64, slip: f64) -> Option<usize> {
    struct Harris<'a>(&'a [f64], &'a [f64], f64, f64);
    impl WithSimd for Harris<'_> {
        type Output = Option<usize>;

        #[inline(always)]
        fn with_simd<S: Simd>(self, simd: S) -> Option<usize> {
            let Self(a, d, zero, slip) = self;
            let (a, d) = (S::as_simd_f64s(a).0, S::as_simd_f64s(d).0);
            let nothing = simd.splat_f64s(0.0);
            let infinite = simd.splat_f64s(f64::INFINITY);
            let (zero, slip) = (simd.splat_f64s(zero), simd.splat_f64s(slip));
            // The least ratio lane by lane, as a fraction: nothing is divided. Two chains, so that neither waits.
            let (mut low, mut under) = ([infinite; 2], [simd.splat_f64s(1.0); 2]);
            for (a, d) in a.as_chunks::<2>().0.iter().zip(d.as_chunks::<2>().0) {
                for c in 0..2 {
                    let fall = simd.sub_f64s(nothing, a[c]);
                    let room = simd.add_f64s(simd.max_f64s(d[c], nothing), slip);
                    let less = simd.less_than_f64s(simd.mul_f64s(room, under[c]), simd.mul_f64s(low[c], fall));
                    let less = simd.and_m64s(less, simd.greater_than_f64s(fall, zero));
                    low[c] = simd.select_f64s(less, room, low[c]);
                    under[c] = simd.select_f64s(less, fall, under[c]);
                }
            }
            let entries = |v: &S::f64s, start: f64, f: fn(f64, f64) -> f64| {
                pulp::bytemuck::cast_slice::<S::f64s, f64>(std::slice::from_ref(v)).iter().copied().fold(start, f)
            };
            let ratios = [simd.div_f64s(low[0], under[0]), simd.div_f64s(low[1], under[1])];
            let bound = entries(&simd.min_f64s(ratios[0], ratios[1]), f64::INFINITY, f64::min);
            if bound == f64::INFINITY {
                return None;
            }
            let bound = simd.splat_f64s(bound);
            let fit = |a: S::f64s, d: S::f64s| {
                let fall = simd.sub_f64s(nothing, a);
                let falls = simd.greater_than_f64s(fall, zero);
                let fits = simd.less_than_or_equal_f64s(d, simd.mul_f64s(bound, fall));
                simd.select_f64s(simd.and_m64s(falls, fits), fall, nothing)
            };
            let mut most = nothing;
            for (&a, &d) in a.iter().zip(d) {
                most = simd.max_f64s(most, fit(a, d));
            }
            let best = entries(&most, 0.0, f64::max);
            let lanes = S::F64_LANES;
            let wanted = simd.splat_f64s(best);
            a.iter().zip(d).enumerate().find_map(|(c, (&a, &d))| {
                let fit = fit(a, d);
                if simd.first_true_m64s(simd.equal_f64s(fit, wanted)) >= lanes {
                    return None;
                }
                let hit = pulp::bytemuck::cast_slice::<S::f64s, f64>(std::slice::from_ref(&fit));
                hit.iter().position(|&x| x == best).map(|l| c * lanes + l)
            })
        }
    }
    arch.dispatch(Harris(a, d, zero, slip))
}

/// `d += t a`.
pub(super) fn shift(arch: Arch, d: &mut [f64], t: f64, a: &[f64]) {
    struct Shift<'a>(&'a mut [f64], f64, &'a [f64]);
    impl Plain for Shift<'_> {
        type Output = ();
        #[inline(always)]
        fn run(self) {
            for (d, a) in self.0.iter_mut().zip(self.2) {
                *d += self.1 * a;
            }
        }
    }
    arch.dispatch(On(Shift(d, t, a)));
}

/// `out = c - a + b`.
pub(super) fn subtract(arch: Arch, out: &mut [f64], c: &[f64], a: &[f64], b: &[f64]) {
    struct Subtract<'a>(&'a mut [f64], &'a [f64], &'a [f64], &'a [f64]);
    impl Plain for Subtract<'_> {
        type Output = ();
        #[inline(always)]
        fn run(self) {
            for (((o, c), a), b) in self.0.iter_mut().zip(self.1).zip(self.2).zip(self.3) {
                *o = c - a + b;
            }
        }
    }
    arch.dispatch(On(Subtract(out, c, a, b)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ratio_test_takes_the_largest_pivot_within_the_slip() {
        let mut state = 3_u64;
        let mut draw = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 11) as f64 / (1_u64 << 53) as f64
        };
        for round in 0..200 {
            let n = LANES * (1 + round % 5);
            let a: Vec<f64> = (0..n).map(|_| draw() - if round % 7 == 0 { 0.0 } else { 0.9 }).collect();
            let d: Vec<f64> = (0..n).map(|_| if draw() < 0.3 { f64::INFINITY } else { (draw() * 8.0).floor() / 8.0 }).collect();
            let ratio = |j: usize, slip: f64| (d[j].max(0.0) + slip) / -a[j];
            let falls = |j: &usize| a[*j] < -1e-9 && d[*j].is_finite();
            let bound = (0..n).filter(falls).map(|j| ratio(j, 1e-9)).fold(f64::INFINITY, f64::min);
            let expected =
                (0..n).filter(falls).filter(|&j| ratio(j, 0.0) <= bound).max_by(|&i, &j| a[j].total_cmp(&a[i]).then(j.cmp(&i)));
            assert_eq!(harris(Arch::new(), &a, &d, 1e-9, 1e-9), expected, "{round}");
            let finite: Vec<f64> = d.iter().zip(&a).map(|(d, a)| d.min(1e9) + a).collect();
            let (low, at) = least(Arch::new(), &finite);
            assert_eq!((low, at), (finite[at], finite.iter().position(|x| *x == low).unwrap()));
            assert!(finite.iter().all(|x| *x >= low));
        }
    }

    #[test]
    fn rows_combine() {
        let rows: Vec<f64> = (0..3 * 64).map(f64::from).collect();
        let mut out = vec![0.0; 64];
        Arch::new().dispatch(Combine { rows: &rows, stride: 64, width: 40, coefficients: &[1.0, -2.0, 0.5], out: &mut out });
        for (j, x) in out.iter().enumerate().take(40) {
            assert_eq!(*x, rows[j] - 2.0 * rows[64 + j] + 0.5 * rows[128 + j]);
        }
    }
}
