//! The data of the comparison: made from a counter, the same on every machine and in every language.
//!
//! All arithmetic is IEEE double; logarithm, exponential, power and cosine are those of `libm`, so that
//! another library differs by an ulp or two at most.
//!
//! ```text
//! mix(z)     z ^= z >> 30; z *= 0xBF58476D1CE4E5B9; z ^= z >> 27; z *= 0x94D049BB133111EB; z ^= z >> 31
//!            (unsigned 64-bit arithmetic that wraps; the finaliser of splitmix64)
//! key        mix(seed)
//! U(i, j)    (mix(key + 0x9E3779B97F4A7C15 * (64 i + j + 1)) >> 11) * 2^-53 + 2^-54,   j = 0..63
//! N(i, j)    sqrt(-2 ln U(i, 2j)) * cos(2 pi U(i, 2j + 1))
//! ```
//!
//! `i` is the unit, so that the data of N units are the first rows of the data of more. Columns of
//! each case, inputs before outputs before undesirable outputs:
//!
//! ```text
//! cd31-N        seed 1   x_k = exp(U(k) ln 10), k = 0..2
//!                        y = x_0^.3 x_1^.3 x_2^.35 exp(-.3 |N(8)|)
//! ces55-N       seed 2   x_k = exp(.5 N(k)), k = 0..4;  F = (mean_k x_k^-.5)^(.9 / -.5)
//!                        d_k = |N(5 + k)| + .05;  y_k = d_k F exp(-.3 |N(10)|) / sqrt(mean_k d_k^2)
//! sph22-pQ-N    seed 3   z = |N(0..D-1)| / length, D = 4 (sph22) or 10 (sph55)
//! sph55-pQ-N    seed 4   r = 1 where U(40) < Q/100, else .6 + .35 U(41);  z = r z
//!                        inputs 1.1 - z of the first half, outputs z of the second half
//! panel-U-T     seed 5   rows by period, then unit; a = U(u, .) of unit u, w = N(U + u + t U, .) of row
//!                        x_k = exp(a(k) ln 10 + .02 t + .05 w(k)), k = 0..2
//!                        y = exp(.02 t) x_0^.3 x_1^.3 x_2^.35 exp(-.3 |w(3)|)
//!                        b = exp(-.01 t) x_0^.4 x_1^.3 x_2^.3 exp(.2 |w(4)|)
//! mixed-U-T     seed 11  like panel with this seed, and a second output y_1 = y_0 (.5 + U(u, 9)) exp(.1 w(5))
//! ties-N        seed 6   2 inputs, 2 outputs, each 1 + floor(5 U(k))
//! zeros-N       seed 7   3 inputs exp(N(k)); 2 outputs exp(N(3 + k)), of which the output [U(40) < .5] is 0
//!                        (half of all output cells; each unit keeps one)
//! wild-N        seed 8   ces55 with the seed 8, then x_k, y_k times exp(2 N(16 + k)), k over all 10 columns,
//!                        then column k times 10^(-6, -3, 0, 3, 6, 9, -6, 9, 0, 3)[k]
//! triples-N     seed 9   cd31 with the seed 9, row i = unit floor(i / 3)
//! collinear-E-N seed 10  ces55 with the seed 10, then near copies of columns: x_3 = x_0 (1 + 10^-E N(12)),
//!                        x_4 = x_1 (1 + 10^-E N(13)), y_4 = y_0 (1 + 10^-E N(14))
//! ```
//!
//! A case lies in two files: `CASE.f64`, raw little-endian doubles, one column after the other; and
//! `CASE.json`, `{"units":..,"inputs":..,"outputs":..,"bad_outputs":..,"periods":..}`. `units` counts rows.
//! A pair of files under any other name is a case as well.

use std::{
    fs,
    io::{self, BufReader, BufWriter, Read, Write},
    path::Path,
};

use frontier::Technology;
use serde::{Deserialize, Serialize};

/// How many rows and columns, in this order of roles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Shape {
    pub(crate) units: usize,
    pub(crate) inputs: usize,
    pub(crate) outputs: usize,
    pub(crate) bad_outputs: usize,
    pub(crate) periods: usize,
}

/// A case in memory, one column after the other.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) shape: Shape,
    pub(crate) columns: Vec<Vec<f64>>,
}

impl Case {
    /// A technology of some rows; without undesirable outputs unless asked for.
    pub(crate) fn technology(&self, rows: std::ops::Range<usize>, bad_outputs: bool) -> Technology<'_> {
        let (m, s) = (self.shape.inputs, self.shape.outputs);
        let part = |from: usize, to: usize| self.columns[from..to].iter().map(|c| &c[rows.clone()]).collect();
        Technology {
            inputs: part(0, m),
            outputs: part(m, m + s),
            bad_outputs: if bad_outputs { part(m + s, self.columns.len()) } else { Vec::new() },
        }
    }

    /// Rows of each period.
    pub(crate) fn periods(&self) -> impl Iterator<Item = std::ops::Range<usize>> + use<> {
        let units = self.shape.units / self.shape.periods;
        (0..self.shape.periods).map(move |t| t * units..(t + 1) * units)
    }

    /// Reads a case of that name, or makes it and writes it first.
    pub(crate) fn open(folder: &Path, name: &str) -> io::Result<Self> {
        let header = folder.join(format!("{name}.json"));
        if !header.exists() {
            let case = Self::make(name).ok_or_else(|| io::Error::other(format!("{name}: no case of that name")))?;
            case.write(folder, name)?;
            return Ok(case);
        }
        let shape: Shape = serde_json::from_slice(&fs::read(header)?)?;
        let width = shape.inputs + shape.outputs + shape.bad_outputs;
        let file = fs::File::open(folder.join(format!("{name}.f64")))?;
        if shape.units == 0 || file.metadata()?.len() != (width * shape.units * 8) as u64 {
            return Err(io::Error::other(format!("{name}: the numbers do not fit {shape:?}")));
        }
        // Number by number, so that peak memory is that of the columns.
        let mut bytes = BufReader::new(file);
        let mut number = || {
            let mut eight = [0; 8];
            bytes.read_exact(&mut eight).map(|()| f64::from_le_bytes(eight))
        };
        let mut column = || (0..shape.units).map(|_| number()).collect::<io::Result<Vec<f64>>>();
        let columns = (0..width).map(|_| column()).collect::<io::Result<_>>()?;
        Ok(Self { shape, columns })
    }

    fn write(&self, folder: &Path, name: &str) -> io::Result<()> {
        fs::create_dir_all(folder)?;
        write_numbers(&folder.join(format!("{name}.f64")), self.columns.iter().flatten().copied())?;
        fs::write(folder.join(format!("{name}.json")), serde_json::to_vec(&self.shape)?)
    }

    fn make(name: &str) -> Option<Self> {
        let mut parts = name.split('-');
        let family = parts.next()?;
        let rest: Vec<&str> = parts.collect();
        let count = |i: usize| rest.get(i)?.parse::<usize>().ok().filter(|&n| n > 0);
        match (family, rest.len()) {
            ("cd31", 1) => Some(cross((3, 1), count(0)?, cd31(1))),
            ("ces55", 1) => Some(cross((5, 5), count(0)?, ces55(2))),
            ("sph22" | "sph55", 2) => {
                let percent: f64 = rest[0].strip_prefix('p')?.parse().ok()?;
                let (half, seed) = if family == "sph22" { (2, 3) } else { (5, 4) };
                Some(cross((half, half), count(1)?, sphere(seed, half, percent / 100.0)))
            }
            ("panel", 2) => Some(panel(5, 1, count(0)?, count(1)?)),
            ("mixed", 2) => Some(panel(11, 2, count(0)?, count(1)?)),
            ("ties", 1) => Some(cross((2, 2), count(0)?, ties)),
            ("zeros", 1) => Some(cross((3, 2), count(0)?, zeros)),
            ("wild", 1) => Some(cross((5, 5), count(0)?, wild)),
            ("triples", 1) => Some(cross((3, 1), count(0)?, |i| cd31(9)(i / 3))),
            ("collinear", 2) => {
                let exponent = count(0)?;
                Some(cross((5, 5), count(1)?, move |i| collinear(i, exponent)))
            }
            _ => None,
        }
    }
}

/// Writes raw little-endian doubles.
pub(crate) fn write_numbers(path: &Path, values: impl Iterator<Item = f64>) -> io::Result<()> {
    let mut out = BufWriter::new(fs::File::create(path)?);
    for x in values {
        out.write_all(&x.to_le_bytes())?;
    }
    out.flush()
}

/// The counter-based stream of a seed.
#[derive(Clone, Copy)]
struct Stream {
    key: u64,
}

fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

impl Stream {
    fn new(seed: u64) -> Self {
        Self { key: mix(seed) }
    }

    fn uniform(self, unit: usize, draw: usize) -> f64 {
        let counter = (unit as u64).wrapping_mul(64).wrapping_add(draw as u64 + 1);
        let word = mix(self.key.wrapping_add(counter.wrapping_mul(0x9E37_79B9_7F4A_7C15)));
        (word >> 11) as f64 / 9_007_199_254_740_992.0 + 0.5 / 9_007_199_254_740_992.0
    }

    fn normal(self, unit: usize, draw: usize) -> f64 {
        let (u, v) = (self.uniform(unit, 2 * draw), self.uniform(unit, 2 * draw + 1));
        libm::sqrt(-2.0 * libm::log(u)) * libm::cos(2.0 * std::f64::consts::PI * v)
    }
}

fn cross((inputs, outputs): (usize, usize), units: usize, row: impl Fn(usize) -> Vec<f64>) -> Case {
    let mut columns = vec![Vec::with_capacity(units); inputs + outputs];
    for i in 0..units {
        row(i).into_iter().zip(&mut columns).for_each(|(x, c)| c.push(x));
    }
    Case { shape: Shape { units, inputs, outputs, bad_outputs: 0, periods: 1 }, columns }
}

fn cobb_douglas(x: &[f64]) -> f64 {
    libm::pow(x[0], 0.3) * libm::pow(x[1], 0.3) * libm::pow(x[2], 0.35)
}

fn cd31(seed: u64) -> impl Fn(usize) -> Vec<f64> {
    let s = Stream::new(seed);
    move |i| {
        let mut row: Vec<f64> = (0..3).map(|k| libm::exp(s.uniform(i, k) * std::f64::consts::LN_10)).collect();
        row.push(cobb_douglas(&row) * libm::exp(-0.3 * s.normal(i, 8).abs()));
        row
    }
}

fn ces55(seed: u64) -> impl Fn(usize) -> Vec<f64> {
    let s = Stream::new(seed);
    move |i| {
        let mut row: Vec<f64> = (0..5).map(|k| libm::exp(0.5 * s.normal(i, k))).collect();
        let mean = row.iter().map(|&x| libm::pow(x, -0.5)).sum::<f64>() / 5.0;
        let d: Vec<f64> = (0..5).map(|k| s.normal(i, 5 + k).abs() + 0.05).collect();
        let length = libm::sqrt(d.iter().map(|d| d * d).sum::<f64>() / 5.0);
        let reach = libm::pow(mean, 0.9 / -0.5) * libm::exp(-0.3 * s.normal(i, 10).abs()) / length;
        row.extend(d.iter().map(|d| d * reach));
        row
    }
}

fn sphere(seed: u64, half: usize, density: f64) -> impl Fn(usize) -> Vec<f64> {
    let s = Stream::new(seed);
    move |i| {
        let z: Vec<f64> = (0..2 * half).map(|k| s.normal(i, k).abs()).collect();
        let length = libm::sqrt(z.iter().map(|z| z * z).sum::<f64>());
        let radius = if s.uniform(i, 40) < density { 1.0 } else { 0.6 + 0.35 * s.uniform(i, 41) };
        let z = |k: usize| radius * z[k] / length;
        (0..half).map(|k| 1.1 - z(k)).chain((half..2 * half).map(z)).collect()
    }
}

fn panel(seed: u64, outputs: usize, units: usize, periods: usize) -> Case {
    let s = Stream::new(seed);
    let mut case = cross((3, outputs + 1), units * periods, |row| {
        let (t, u) = ((row / units) as f64, row % units);
        let w = |k: usize| s.normal(units + row, k);
        let x = |k: usize| libm::exp(s.uniform(u, k) * std::f64::consts::LN_10 + 0.02 * t + 0.05 * w(k));
        let mut out: Vec<f64> = (0..3).map(x).collect();
        out.push(libm::exp(0.02 * t) * cobb_douglas(&out) * libm::exp(-0.3 * w(3).abs()));
        if outputs == 2 {
            out.push(out[3] * (0.5 + s.uniform(u, 9)) * libm::exp(0.1 * w(5)));
        }
        let use_of = libm::pow(out[0], 0.4) * libm::pow(out[1], 0.3) * libm::pow(out[2], 0.3);
        out.push(libm::exp(-0.01 * t) * use_of * libm::exp(0.2 * w(4).abs()));
        out
    });
    case.shape = Shape { outputs, bad_outputs: 1, periods, ..case.shape };
    case
}

fn ties(i: usize) -> Vec<f64> {
    let s = Stream::new(6);
    (0..4).map(|k| 1.0 + libm::floor(5.0 * s.uniform(i, k))).collect()
}

fn zeros(i: usize) -> Vec<f64> {
    let s = Stream::new(7);
    let mut row: Vec<f64> = (0..5).map(|k| libm::exp(s.normal(i, k))).collect();
    row[3 + usize::from(s.uniform(i, 40) < 0.5)] = 0.0;
    row
}

fn wild(i: usize) -> Vec<f64> {
    const UNITS: [f64; 10] = [1e-6, 1e-3, 1.0, 1e3, 1e6, 1e9, 1e-6, 1e9, 1.0, 1e3];
    let s = Stream::new(8);
    let row = ces55(8)(i).into_iter().enumerate();
    row.map(|(k, v)| v * libm::exp(2.0 * s.normal(i, 16 + k)) * UNITS[k]).collect()
}

fn collinear(i: usize, exponent: usize) -> Vec<f64> {
    let s = Stream::new(10);
    let mut row = ces55(10)(i);
    let near = libm::pow(10.0, -(exponent as f64));
    for (k, (copy, column)) in [(3, 0), (4, 1), (9, 5)].into_iter().enumerate() {
        row[copy] = row[column] * (1.0 + near * s.normal(i, 12 + k));
    }
    row
}
