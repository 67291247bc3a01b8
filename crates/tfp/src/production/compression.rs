//! Exact compression of the innovation's moments: one pass over the rows, then an evaluation costs the same for a
//! thousand rows or a million.
//!
//! With a law of motion of degree `g`, the moments depend on the rows only through means of the monomials of
//! `(x_{t-1}, φ_{t-1})` up to order `2g` and through their cross means, up to order `g`, with `φ_t`, `x_t`, instruments and
//! process. The variables are whitened first: `ω_{t-1}` is then a unit vector times `u`, whatever `β`, and nothing cancels.

mod squares;

use numerics::roots::Moments;
use numerics::triangle::Triangle;

use super::innovation::{Innovation, Unidentified, cholesky, triangle};
use super::monomials::Monomials;

/// More monomials than this are not compressed.
pub const MOST: usize = 60_000;

const ROWS: usize = 32;
const LANES: usize = 8;

/// How rows are whitened: set once for a sample, and kept for all its replicates, which need not be white for exactness.
#[derive(Clone, Debug)]
pub struct Frame {
    monomials: Monomials,
    /// Means of the lags of the inputs, then of `φ`.
    centre: Vec<f64>,
    /// `R` of the centred lags divided by `√N`.
    triangle: Triangle,
    /// Means of `φ_t`, `x_t`, instruments, process.
    means: Vec<f64>,
}

/// Sums of a sample or of a replicate.
#[derive(Clone, Debug)]
pub struct Compression<'a> {
    frame: &'a Frame,
    degree: usize,
    inputs: usize,
    instruments: usize,
    process: usize,
    /// `E[u^α]` up to order `2g`.
    plain: Vec<f64>,
    /// `E[u^α c]` up to order `g`, for each column `c`: `φ_t`, `x_t`, instruments, process.
    cross: Vec<f64>,
    /// `E[c c']`.
    gram: Vec<f64>,
}

impl Frame {
    /// The frame of a sample.
    ///
    /// # Errors
    /// [`Unidentified::Collinear`] where the lags have no full rank.
    pub fn new(columns: &Innovation, phi: &[f64], phi_before: &[f64]) -> Result<Self, Unidentified> {
        let n = columns.rows() as f64;
        let mean = |c: &[f64]| c.iter().sum::<f64>() / n;
        let lags: Vec<&[f64]> = columns.before.iter().map(Vec::as_slice).chain([phi_before]).collect();
        let centre: Vec<f64> = lags.iter().map(|c| mean(c)).collect();
        let centred: Vec<Vec<f64>> =
            lags.iter().zip(&centre).map(|(c, m)| c.iter().map(|v| (v - m) / n.sqrt()).collect()).collect();
        let triangle = triangle(&centred.iter().map(Vec::as_slice).collect::<Vec<_>>());
        if triangle.independent(lags.len()).len() < lags.len() {
            return Err(Unidentified::Collinear);
        }
        let means = columns.cross(phi, None).iter().map(|c| mean(c)).collect();
        Ok(Self { monomials: Monomials::new(lags.len(), 2 * columns.degree), centre, triangle, means })
    }
}

impl Frame {
    /// Monomials of the lags.
    pub fn monomials(&self) -> usize {
        self.monomials.len()
    }
}

impl Innovation {
    /// `φ_t`, `x_t`, instruments, process; `first` stands for the first column of the process where it is given.
    fn cross<'a>(&'a self, phi: &'a [f64], first: Option<&'a [f64]>) -> Vec<&'a [f64]> {
        let columns = self.now.iter().chain(&self.instruments).map(Vec::as_slice);
        let process = first.into_iter().chain(self.process.iter().skip(usize::from(first.is_some())).map(Vec::as_slice));
        std::iter::once(phi).chain(columns).chain(process).collect()
    }

    /// Whether the monomials are few enough.
    pub fn compressible(&self) -> bool {
        let (v, d) = (self.now.len() + 1, 2 * self.degree);
        (1..=d).fold(1.0, |c, i| c * (v + i) as f64 / i as f64) <= MOST as f64
    }
}

impl<'a> Compression<'a> {
    /// One pass over the rows; `weight` is that of each row, and rows without weight are passed over. `first` replaces the
    /// first column of the process where it is given: what a replicate estimates anew. `None` where no row has weight.
    pub fn new(
        frame: &'a Frame,
        columns: &Innovation,
        (phi, phi_before): (&[f64], &[f64]),
        first: Option<&[f64]>,
        weight: impl Fn(usize) -> f64,
    ) -> Option<Self> {
        let cross = columns.cross(phi, first);
        let lags: Vec<&[f64]> = columns.before.iter().map(Vec::as_slice).chain([phi_before]).collect();
        let (d, width, all) = (lags.len(), cross.len(), frame.monomials.len());
        let low = frame.monomials.up_to(columns.degree);
        let mut plain = vec![0.0; all * LANES];
        let mut crossed = vec![0.0; low * width * LANES];
        let mut gram = vec![0.0; width * width * LANES];
        let mut u = vec![0.0; d * ROWS];
        let mut values = vec![0.0; width * ROWS];
        let mut powers = vec![0.0; all * ROWS];
        let mut weighted = vec![0.0; ROWS];
        let mut total = 0.0;
        let mut next = 0;
        // Coefficients of the whitening, in the order they are used.
        let r = |i: usize, j: usize| frame.triangle.at(i, j);
        while next < columns.rows() {
            let mut rows = [0; ROWS];
            let mut filled = 0;
            while filled < ROWS && next < columns.rows() {
                let w = weight(next);
                if w != 0.0 {
                    rows[filled] = next;
                    powers[filled] = w;
                    total += w;
                    filled += 1;
                }
                next += 1;
            }
            // Places beyond the last row carry no weight.
            powers[filled..ROWS].fill(0.0);
            let rows = &rows[..filled];
            for (j, (lag, centre)) in lags.iter().zip(&frame.centre).enumerate() {
                let (done, rest) = u.split_at_mut(j * ROWS);
                for (o, &i) in rest.iter_mut().zip(rows) {
                    *o = lag[i] - centre;
                }
                for i in 0..j {
                    let by = r(i, j);
                    for (o, v) in rest[..ROWS].iter_mut().zip(&done[i * ROWS..(i + 1) * ROWS]) {
                        *o -= by * v;
                    }
                }
                let by = 1.0 / r(j, j);
                rest[..ROWS].iter_mut().for_each(|o| *o *= by);
            }
            for ((c, mean), out) in cross.iter().zip(&frame.means).zip(values.chunks_mut(ROWS)) {
                for (o, &i) in out.iter_mut().zip(rows) {
                    *o = c[i] - mean;
                }
            }
            frame.monomials.block(&u, ROWS, &mut powers);
            for (sum, power) in plain.chunks_mut(LANES).zip(powers.chunks(ROWS)) {
                for eight in power.chunks_exact(LANES) {
                    sum.iter_mut().zip(eight).for_each(|(s, v)| *s += v);
                }
            }
            for (sums, power) in crossed.chunks_mut(LANES * width).zip(powers.chunks(ROWS)) {
                for (sum, value) in sums.chunks_mut(LANES).zip(values.chunks(ROWS)) {
                    multiply(sum, power, value);
                }
            }
            for a in 0..width {
                let value = &values[a * ROWS..(a + 1) * ROWS];
                weighted.iter_mut().zip(value).zip(&powers).for_each(|((o, v), w)| *o = v * w);
                for b in a..width {
                    let at = (a * width + b) * LANES;
                    multiply(&mut gram[at..at + LANES], &weighted, &values[b * ROWS..(b + 1) * ROWS]);
                }
            }
        }
        if total <= 0.0 {
            return None;
        }
        let mean = |sums: &[f64]| -> Vec<f64> { sums.chunks(LANES).map(|s| s.iter().sum::<f64>() / total).collect() };
        let half = mean(&gram);
        let gram = (0..width * width).map(|at| half[(at / width).min(at % width) * width + (at / width).max(at % width)]);
        Some(Self {
            frame,
            degree: columns.degree,
            inputs: columns.now.len(),
            instruments: columns.instruments.len(),
            process: columns.process.len(),
            plain: mean(&plain),
            cross: mean(&crossed),
            gram: gram.collect(),
        })
    }
}

fn multiply(sum: &mut [f64], a: &[f64], b: &[f64]) {
    for (a, b) in a.chunks_exact(LANES).zip(b.chunks_exact(LANES)) {
        for ((s, a), b) in sum.iter_mut().zip(a).zip(b) {
            *s += a * b;
        }
    }
}

/// Moments of `ω_{t-1}`, scaled to a unit vector times `u`, at some coefficients.
struct Powers {
    /// Length of the vector before scaling.
    sigma: f64,
    /// `E[ω^(n-1) u]`.
    along: Vec<Vec<f64>>,
    /// `E[ω^n]`.
    power: Vec<f64>,
    /// `E[ω^(n-1) u_i c]`, for each `u_i` the columns `c`.
    with: Vec<Vec<f64>>,
    /// `E[ω^n c]`.
    mixed: Vec<Vec<f64>>,
}

impl Compression<'_> {
    fn powers(&self, theta: &[f64]) -> Option<Powers> {
        let (p, g, d) = (self.inputs, self.degree, self.inputs + 1);
        let (table, width) = (&self.frame.monomials, 1 + p + self.instruments + self.process);
        let r = |i: usize, j: usize| self.frame.triangle.at(i, j);
        // ω_{t-1} less its mean is direction · u with direction = R (-β, 1).
        let direction: Vec<f64> = (0..d).map(|i| r(i, p) - (i..p).map(|j| r(i, j) * theta[j]).sum::<f64>()).collect();
        let sigma = direction.iter().map(|c| c * c).sum::<f64>().sqrt();
        if !sigma.is_finite() || sigma == 0.0 {
            return None;
        }
        let s: Vec<f64> = direction.iter().map(|c| c / sigma).collect();
        let mut terms = vec![0.0; table.up_to(2 * g - 1)];
        table.at(&s, 1.0, &mut terms);
        terms.iter_mut().zip(&table.multiplicity).for_each(|(t, c)| *t *= c);
        // along[n] = E[ω^(n-1) u], power[n] = E[ω^n].
        let mut along = vec![vec![0.0; d]; 2 * g + 1];
        let mut power = vec![self.plain[0]; 2 * g + 1];
        for n in 1..=2 * g {
            for (at, term) in terms.iter().enumerate().take(table.begins[n]).skip(table.begins[n - 1]) {
                for (i, a) in along[n].iter_mut().enumerate() {
                    *a += term * self.plain[table.times(at, i)];
                }
            }
            power[n] = along[n].iter().zip(&s).map(|(a, s)| a * s).sum();
        }
        // with[n][i][c] = E[ω^(n-1) u_i c], mixed[n][c] = E[ω^n c].
        let mut with = vec![vec![0.0; d * width]; g + 1];
        let mut mixed = vec![self.cross[..width].to_vec()];
        for (n, with) in with.iter_mut().enumerate().skip(1) {
            for (at, term) in terms.iter().enumerate().take(table.begins[n]).skip(table.begins[n - 1]) {
                for i in 0..d {
                    let from = table.times(at, i) * width;
                    let to = &mut with[i * width..(i + 1) * width];
                    to.iter_mut().zip(&self.cross[from..from + width]).for_each(|(o, v)| *o += term * v);
                }
            }
            mixed.push((0..width).map(|c| (0..d).map(|i| s[i] * with[i * width + c]).sum()).collect());
        }
        Some(Powers { sigma, along, power, with, mixed })
    }
}

impl Moments for Compression<'_> {
    fn unknowns(&self) -> usize {
        self.inputs
    }

    fn moments(&self) -> usize {
        self.instruments
    }

    fn evaluate(&mut self, theta: &[f64], moments: &mut [f64], jacobian: &mut [f64]) -> bool {
        let (p, m, g, d) = (self.inputs, self.instruments, self.degree, self.inputs + 1);
        let width = 1 + p + m + self.process;
        let r = |i: usize, j: usize| self.frame.triangle.at(i, j);
        let Some(Powers { sigma, along, power, with, mixed }) = self.powers(theta) else { return false };
        // The law: 1, ω, …, ω^g, the process. `law(a, c)` is E[P_a c].
        let k = g + 1 + self.process;
        let process = 1 + p + m;
        let law = |a: usize, c: usize| if a <= g { mixed[a][c] } else { self.gram[(process + a - g - 1) * width + c] };
        let omega = |row: &dyn Fn(usize) -> f64| row(0) - (0..p).map(|j| theta[j] * row(1 + j)).sum::<f64>();
        let pair = |a: usize, b: usize| match (a <= g, b <= g) {
            (true, true) => power[a + b],
            (true, false) => law(a, process + b - g - 1),
            (false, true) => law(b, process + a - g - 1),
            (false, false) => self.gram[(process + a - g - 1) * width + process + b - g - 1],
        };
        let mut gram: Vec<f64> = (0..k * k).map(|at| pair(at / k, at % k)).collect();
        let mut right: Vec<f64> = (0..k).map(|a| omega(&|c| law(a, c))).collect();
        for i in 0..m {
            right.extend((0..k).map(|a| law(a, 1 + p + i)));
        }
        let crossed = right[k..].to_vec();
        if cholesky(&mut gram, k, &mut right).is_none() {
            return false;
        }
        let gamma = &right[..k];
        // E[P_a ω^(r-1) u]: what the derivative of the law's term r is made of.
        let slope = |a: usize, r: usize, e: usize| match a <= g {
            true => along[a + r][e],
            false => with[r][e * width + process + a - g - 1],
        };
        for i in 0..m {
            let b = &right[(i + 1) * k..(i + 2) * k];
            let z = (1 + p + i) * width;
            let own = crossed[i * k..(i + 1) * k].iter().zip(gamma).map(|(x, y)| x * y).sum::<f64>();
            moments[i] = omega(&|c| self.gram[z + c]) - own;
            let turn = |e: usize| -> f64 {
                let term = |r: usize| {
                    let left: f64 = with[r][e * width + 1 + p + i] - (0..k).map(|a| b[a] * slope(a, r, e)).sum::<f64>();
                    let xi: f64 = omega(&|c| with[r][e * width + c]) - (0..k).map(|a| gamma[a] * slope(a, r, e)).sum::<f64>();
                    r as f64 * (gamma[r] * left + b[r] * xi)
                };
                (1..=g).map(term).sum()
            };
            let turn: Vec<f64> = (0..d).map(turn).collect();
            for j in 0..p {
                let now = self.gram[z + 1 + j] - (0..k).map(|a| b[a] * law(a, 1 + j)).sum::<f64>();
                let lag: f64 = (0..=j).map(|e| r(e, j) * turn[e]).sum::<f64>() / sigma;
                jacobian[i * p + j] = lag - now;
            }
        }
        true
    }
}
