//! Pricing of a whole cloud: which points lie at or below a hyperplane.
//!
//! A hyperplane is a vector of duals `π`; a point `a` without cost has reduced cost
//! `d = -π'a = hold - pull`, the rows with negative duals holding it up and those with positive duals
//! pulling it down. The screen works in single precision on four hyperplanes at once and lets a point
//! pass only where `hold (1 - e) > pull (1 + e)` with `e` above anything rounding can do; the few that
//! do not pass are computed again in double precision. Nothing is assumed about units or sizes. A row with
//! entries of both signs is screened as two, one of each sign.

use pulp::{Arch, Simd, WithSimd};

use super::Cloud;

/// Hyperplanes priced in one pass.
pub(super) const WIDTH: usize = 4;
/// Points of one block, whose rows follow one another in memory.
const BLOCK: usize = 64;
/// Points kept for one hyperplane; beyond, only a worse one than all before is taken.
const KEPT: usize = 256;

/// A cloud in single precision, lines scaled to size one, points in padded blocks.
#[derive(Clone, Debug)]
pub(super) struct Screen {
    /// Block by block, within a block line by line.
    blocks: Vec<f32>,
    lines: Vec<Line>,
    columns: usize,
    /// Rows without a negative entry, where there are others.
    firm: Option<Vec<bool>>,
    arch: Arch,
}

/// A row of the cloud, or the entries of one sign in it.
#[derive(Clone, Copy, Debug)]
struct Line {
    row: usize,
    /// Entry of the line = `scale` x entry of the row, negative where the entries are.
    scale: f64,
}

/// Reduced cost of a point with what holds it up and pulls it down.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Price {
    pub(super) point: u32,
    /// `hold - pull`, in double precision.
    pub(super) reduced: f64,
    /// Sum of the terms that hold.
    pub(super) hold: f64,
    /// Sum of the terms that pull.
    pub(super) pull: f64,
    /// Reduced cost as a share of its terms.
    pub(super) relative: f64,
}

/// Price of one point under duals of the unscaled rows.
pub(super) fn price(cloud: &Cloud, duals: &[f64], point: usize) -> Price {
    let (mut hold, mut pull) = (0.0, 0.0);
    for (row, &p) in cloud.rows.iter().zip(duals) {
        let t = p * row[point];
        hold += (-t).max(0.0);
        pull += t.max(0.0);
    }
    let relative = (hold - pull) / (hold + pull).max(f64::MIN_POSITIVE);
    Price { point: point as u32, reduced: hold - pull, hold, pull, relative }
}

impl Screen {
    pub(super) fn new(cloud: &Cloud) -> Self {
        let columns = cloud.columns();
        let firm: Vec<bool> = cloud.rows.iter().map(|row| row.iter().all(|&x| x >= 0.0)).collect();
        let mut lines = Vec::with_capacity(cloud.rows());
        for (i, row) in cloud.rows.iter().enumerate() {
            for sign in [1.0, -1.0] {
                let sum: f64 = row.iter().map(|x| (sign * x).max(0.0)).sum();
                if sum > 0.0 {
                    lines.push(Line { row: i, scale: sign * super::scaled::power(sum / columns as f64) });
                }
            }
        }
        if lines.is_empty() {
            lines.push(Line { row: 0, scale: 1.0 });
        }
        let mut blocks = vec![0.0; columns.div_ceil(BLOCK) * BLOCK * lines.len()];
        for (at, line) in lines.iter().enumerate() {
            let row = cloud.rows.get(line.row).map_or(&[][..], Vec::as_slice);
            // Padding repeats the first point: never anything new.
            let entry = |j: usize| (row.get(j).or(row.first()).unwrap_or(&0.0) * line.scale).max(0.0) as f32;
            for (b, block) in blocks.chunks_exact_mut(BLOCK * lines.len()).enumerate() {
                let part = &mut block[at * BLOCK..(at + 1) * BLOCK];
                part.iter_mut().enumerate().for_each(|(l, x)| *x = entry(b * BLOCK + l));
            }
        }
        let firm = firm.contains(&false).then_some(firm);
        Self { blocks, lines, columns, firm, arch: Arch::new() }
    }

    /// Whether every entry of the cloud is non-negative.
    pub(super) fn one_sided(&self) -> bool {
        self.firm.is_none()
    }

    /// Rows without a negative entry, where there are others.
    pub(super) fn firm(&self) -> Option<&[bool]> {
        self.firm.as_deref()
    }

    pub(super) fn arch(&self) -> Arch {
        self.arch
    }

    /// Points at or below each of up to [`WIDTH`] hyperplanes (duals of the unscaled rows), priced in
    /// double precision, into `found`, which is cleared.
    pub(super) fn price(&self, cloud: &Cloud, planes: &[&[f64]], found: &mut [Vec<Price>]) {
        debug_assert!(planes.len() <= WIDTH);
        found.iter_mut().for_each(Vec::clear);
        if self.columns == 0 {
            return;
        }
        let mut top = [0.0_f64; WIDTH];
        for (h, plane) in planes.iter().enumerate() {
            top[h] = self.lines.iter().fold(0.0, |m, line| m.max((plane[line.row] / line.scale).abs()));
        }
        // Rounding takes at most this share of each term: of its factors, of the product, of the sums it enters.
        let e = f64::from((self.lines.len() as f32 + 5.0) * f32::EPSILON);
        let mut terms = Vec::with_capacity(self.lines.len());
        for line in &self.lines {
            let mut term = [0.0; WIDTH];
            for (h, plane) in planes.iter().enumerate().filter(|(h, _)| top[*h] > 0.0) {
                let p = plane[line.row] / line.scale / top[h];
                term[h] = (if p < 0.0 { -p * (1.0 - e) } else { -p * (1.0 + e) }) as f32;
            }
            terms.push(term);
        }
        let pass = Pass { blocks: &self.blocks, terms: &terms, planes: planes.len() };
        let columns = self.columns;
        let mut worst = [0.0_f64; WIDTH];
        self.arch.dispatch(Run(pass, |h: usize, j: usize| {
            if j >= columns {
                return;
            }
            let p = price(cloud, planes[h], j);
            let r = p.relative;
            if found[h].len() < KEPT || r < worst[h] || r > -1e-10 {
                found[h].push(p);
            }
            worst[h] = worst[h].min(r);
        }));
    }
}

/// Each row's share in the reduced costs of each hyperplane; what pulls is taken a little larger than it is, what
/// holds a little smaller.
struct Pass<'a> {
    blocks: &'a [f32],
    terms: &'a [[f32; WIDTH]],
    planes: usize,
}

/// Products below this may have lost digits to underflow.
const TINY: f32 = 1e-30;

impl Pass<'_> {
    /// Calls `flag` with hyperplane and point wherever the point may lie at or below it; `V` vectors at a time.
    #[inline(always)]
    fn run<S: Simd, const V: usize>(&self, simd: S, mut flag: impl FnMut(usize, usize)) {
        let lanes = S::F32_LANES;
        let (zero, tiny) = (simd.splat_f32s(0.0), simd.splat_f32s(TINY));
        let parts = BLOCK / (V * lanes);
        for (b, block) in self.blocks.chunks_exact(BLOCK * self.terms.len()).enumerate() {
            for part in 0..parts {
                let mut sums = [[zero; V]; WIDTH];
                for (row, term) in block.as_chunks::<BLOCK>().0.iter().zip(self.terms) {
                    let Some(Ok(a)) = S::as_simd_f32s(row).0.get(part * V..part * V + V).map(<&[S::f32s; V]>::try_from) else {
                        continue;
                    };
                    for h in 0..WIDTH {
                        let c = simd.splat_f32s(term[h]);
                        for v in 0..V {
                            sums[h][v] = simd.mul_add_e_f32s(c, a[v], sums[h][v]);
                        }
                    }
                }
                // (The masks of this version of the crate tell whether there is a true entry, not which.)
                let any = |low| simd.first_true_m32s(simd.less_than_or_equal_f32s(low, tiny)) < lanes;
                let mut least = sums[0];
                for sum in &sums[1..] {
                    for v in 0..V {
                        least[v] = simd.min_f32s(least[v], sum[v]);
                    }
                }
                let mut lowest = least[0];
                for low in &least[1..] {
                    lowest = simd.min_f32s(lowest, *low);
                }
                if !any(lowest) {
                    continue;
                }
                // A copy, so that the sums themselves stay in registers.
                let kept = sums;
                for (h, sums) in kept.iter().enumerate().take(self.planes) {
                    for (v, sum) in sums.iter().enumerate().filter(|(_, sum)| any(**sum)) {
                        let start = b * BLOCK + (part * V + v) * lanes;
                        let sum = pulp::bytemuck::cast_slice::<S::f32s, f32>(std::slice::from_ref(sum));
                        for l in (0..lanes).filter(|&l| sum[l] <= TINY) {
                            flag(h, start + l);
                        }
                    }
                }
            }
        }
    }
}

struct Run<'a, F>(Pass<'a>, F);

impl<F: FnMut(usize, usize)> WithSimd for Run<'_, F> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        // Sixteen sums, or eight where registers are fewer.
        if S::F32_LANES >= 16 { self.0.run::<S, 4>(simd, self.1) } else { self.0.run::<S, 2>(simd, self.1) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_screen_misses_nothing() {
        let mut state = 7_u64;
        let mut draw = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 11) as f64 / (1_u64 << 53) as f64
        };
        // The last two with a row of both signs, one of zeros, and some points in one half of the rows alone.
        for (n, spread, mixed) in
            [(1, 0.0, false), (63, 1.0, false), (500, 6.0, false), (777, 30.0, false), (63, 1.0, true), (777, 9.0, true)]
        {
            let mut rows: Vec<Vec<f64>> =
                (0..5).map(|_| (0..n).map(|_| (spread * (draw() - 0.5)).exp() * draw()).collect()).collect();
            if mixed {
                rows[0].iter_mut().skip(n / 2).for_each(|x| *x = 0.0);
                rows[1].iter_mut().skip(n / 2).for_each(|x| *x = -*x);
                rows[2].iter_mut().step_by(3).for_each(|x| *x = -*x);
                rows[4].fill(0.0);
            }
            let cloud = Cloud::new(rows).unwrap();
            let screen = Screen::new(&cloud);
            let planes: Vec<Vec<f64>> =
                (0..4).map(|_| (0..5).map(|i| draw() * if i < 3 { -1.0 } else { 1.0 }).collect()).collect();
            let mut found = vec![Vec::new(); 4];
            screen.price(&cloud, &planes.iter().map(Vec::as_slice).collect::<Vec<_>>(), &mut found);
            for (plane, list) in planes.iter().zip(&found) {
                let exact: Vec<Price> = (0..n).map(|j| price(&cloud, plane, j)).filter(|p| p.reduced <= 0.0).collect();
                let least = |l: &[Price]| l.iter().map(|p| p.relative).fold(0.0, f64::min);
                assert_eq!(least(list), least(&exact));
                if exact.len() <= KEPT {
                    assert!(exact.iter().all(|p| list.contains(p)), "{n}");
                }
                // What is flagged without need is little.
                assert!(list.iter().filter(|p| p.relative > 1e-5).count() == 0);
            }
        }
    }
}
