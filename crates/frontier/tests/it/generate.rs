//! The data sets of the tests, in the arithmetic of `tests/oracle/sets.py`.
//!
//! Numbers come from splitmix64 by counter, so that a unit needs no unit before it. What passes through a
//! logarithm, an exponential or a cosine is rounded to multiples of 2^-32: the last digit of a
//! mathematical library changes nothing.

use std::f64::consts::PI;

use frontier::Technology;

const STRIDE: u64 = 64;
const GRID: f64 = 4_294_967_296.0;

/// What kind of data.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// Three inputs, one output, Cobb-Douglas.
    Cd31,
    /// Five inputs, five outputs, constant elasticities.
    Ces55,
    /// Points in and on a sphere, so many columns on each side; a share of them extreme.
    Sphere(usize, f64),
    /// 1 to 5, three inputs, two outputs: ties and duplicates.
    Integers,
    /// Three inputs, four outputs, half of them zero.
    Zeros,
    /// Units of 1e-6 and 1e9, heavy tails; three inputs, two outputs.
    Units,
    /// Every unit of `Cd31` three times.
    Triples,
    /// Five inputs and five outputs that differ from the first of their side by this share.
    Collinear(f64),
}

/// Every kind by the name it has in `sets.json`.
pub const KINDS: [(&str, Kind); 13] = [
    ("cd31", Kind::Cd31),
    ("ces55", Kind::Ces55),
    ("sph22", Kind::Sphere(2, 0.5)),
    ("sph55", Kind::Sphere(5, 0.5)),
    ("integers", Kind::Integers),
    ("zeros", Kind::Zeros),
    ("units", Kind::Units),
    ("triples", Kind::Triples),
    ("collinear-3", Kind::Collinear(1e-3)),
    ("collinear-4", Kind::Collinear(1e-4)),
    ("collinear-5", Kind::Collinear(1e-5)),
    ("collinear-6", Kind::Collinear(1e-6)),
    ("collinear-7", Kind::Collinear(1e-7)),
];

/// A data set by columns.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Columns {
    /// `inputs[variable][unit]`.
    pub inputs: Vec<Vec<f64>>,
    /// `outputs[variable][unit]`.
    pub outputs: Vec<Vec<f64>>,
}

impl Columns {
    /// The first `n` units of a kind.
    pub fn new(kind: Kind, n: usize, seed: u64) -> Self {
        let mut columns = Self::default();
        for u in 0..n as u64 {
            let (x, y) = unit(kind, seed, u);
            columns.inputs.resize(x.len(), Vec::new());
            columns.outputs.resize(y.len(), Vec::new());
            columns.inputs.iter_mut().zip(x).for_each(|(c, v)| c.push(v));
            columns.outputs.iter_mut().zip(y).for_each(|(c, v)| c.push(v));
        }
        columns
    }

    /// As a method takes them.
    pub fn technology(&self) -> Technology<'_> {
        Technology {
            inputs: self.inputs.iter().map(Vec::as_slice).collect(),
            outputs: self.outputs.iter().map(Vec::as_slice).collect(),
            bad_outputs: Vec::new(),
        }
    }

    /// All columns, inputs first.
    pub fn all_mut(&mut self) -> impl Iterator<Item = &mut Vec<f64>> {
        self.inputs.iter_mut().chain(&mut self.outputs)
    }
}

fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// Number `k` of a unit, uniform in [0, 1).
pub fn uniform(seed: u64, unit: u64, k: u64) -> f64 {
    let counter = unit * STRIDE + k + 1;
    let z = mix(mix(seed).wrapping_add(counter.wrapping_mul(0x9e37_79b9_7f4a_7c15)));
    (z >> 11) as f64 / 9_007_199_254_740_992.0
}

/// Box and Muller (1958), from the uniforms `2k` and `2k + 1`.
fn normal(seed: u64, unit: u64, k: u64) -> f64 {
    let (a, b) = (uniform(seed, unit, 2 * k), uniform(seed, unit, 2 * k + 1));
    (-2.0 * (1.0 - a).ln()).sqrt() * (2.0 * PI * b).cos()
}

fn grid(v: f64) -> f64 {
    (v * GRID + 0.5).floor() / GRID
}

/// Inputs and outputs of one unit.
pub fn unit(kind: Kind, seed: u64, u: u64) -> (Vec<f64>, Vec<f64>) {
    let (r, n) = (|k| uniform(seed, u, k), |k| normal(seed, u, k));
    let split = |mut v: Vec<f64>, at| {
        let y = v.split_off(at);
        (v, y)
    };
    match kind {
        Kind::Cd31 => {
            let logs: Vec<f64> = (0..3).map(|k| r(k) * 10.0_f64.ln()).collect();
            let loss = 0.3 * n(4).abs();
            let y = (0.3 * logs[0] + 0.3 * logs[1] + 0.35 * logs[2] - loss).exp();
            (logs.iter().map(|v| grid(v.exp())).collect(), vec![grid(y)])
        }
        Kind::Ces55 => {
            let logs: Vec<f64> = (0..5).map(|k| 0.5 * n(k)).collect();
            let total = logs.iter().map(|v| (-0.5 * v).exp()).sum::<f64>() / 5.0;
            let size = (-1.8 * total.ln() - 0.3 * n(5).abs()).exp();
            let way: Vec<f64> = (6..11).map(|k| n(k).abs() + 0.05).collect();
            let length = (way.iter().map(|v| v * v).sum::<f64>() / 5.0).sqrt();
            let y = way.iter().map(|v| grid(size * v / length)).collect();
            (logs.iter().map(|v| grid(v.exp())).collect(), y)
        }
        Kind::Sphere(half, share) => {
            let z: Vec<f64> = (0..2 * half as u64).map(|k| n(k).abs()).collect();
            let length = z.iter().map(|v| v * v).sum::<f64>().sqrt();
            let at = 4 * half as u64;
            let radius = if r(at) < share { 1.0 } else { 0.6 + 0.35 * r(at + 1) };
            let (x, y) = split(z.iter().map(|v| grid(radius * v / length)).collect(), half);
            (x.iter().map(|v| 1.1 - v).collect(), y)
        }
        Kind::Integers => split((0..5).map(|k| 1.0 + (5.0 * r(k)).floor()).collect(), 3),
        Kind::Zeros => {
            let output = |k| if k == u % 4 || r(7 + k) < 0.5 { 0.05 + r(3 + k) } else { 0.0 };
            ((0..3).map(|k| 0.05 + r(k)).collect(), (0..4).map(output).collect())
        }
        Kind::Units => {
            let size = 2.0 * n(0);
            let cell = |k: u64| {
                let v = grid((size + 0.7 * n(1 + k)).exp()) + 1.0 / GRID;
                v * if k.is_multiple_of(2) { 1e-6 } else { 1e9 }
            };
            split((0..5).map(cell).collect(), 3)
        }
        Kind::Triples => unit(Kind::Cd31, seed, u / 3),
        Kind::Collinear(by) => {
            let size = n(0);
            let x = grid((0.5 * size).exp());
            let y = grid((0.45 * size - 0.3 * n(1).abs()).exp());
            let near = |v: f64, k: u64| if k == 0 { v } else { v * (1.0 + by * r(3 + k)) };
            ((0..5).map(|k| near(x, k)).collect(), (0..5).map(|k| near(y, if k == 0 { 0 } else { 4 + k })).collect())
        }
    }
}
