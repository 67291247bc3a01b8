//! The second stage: coefficients of the states under a polynomial law of motion of productivity, by a scan of a box and
//! a refinement of every minimum met.

use numerics::least_squares::{self, Fit};

use super::super::polynomial;

/// What the second stage reads, one entry a row that has a lag; rows of equal weight 1 unless `weights`.
#[derive(Clone, Debug)]
pub(super) struct Stage {
    /// `y - β_w w - γ c`.
    pub(super) net: Vec<f64>,
    /// `φ̂` of the row.
    pub(super) phi: Vec<f64>,
    /// `φ̂` of its lag.
    pub(super) phi_lag: Vec<f64>,
    /// Inputs whose coefficients are sought, and their lags.
    pub(super) x: Vec<Vec<f64>>,
    pub(super) x_lag: Vec<Vec<f64>>,
    /// What stands beside `ω` of the period before in the law of motion: `P̂`, then the process.
    pub(super) beside: Vec<Vec<f64>>,
    /// Degree of the law of motion.
    pub(super) degree: usize,
    /// Whether the law is fitted to `φ̂ - xθ` (the other: to `net - xθ`).
    pub(super) on_phi: bool,
    /// Square roots of the weights of rows.
    pub(super) root: Vec<f64>,
    /// Orthonormal instruments; without them the criterion is the sum of squares.
    pub(super) instruments: Option<Vec<Vec<f64>>>,
}

/// A minimum of the criterion of the second stage.
#[derive(Clone, Debug, PartialEq)]
pub struct Minimum {
    /// Coefficients.
    pub point: Vec<f64>,
    /// Criterion: sum of squared innovations, or the squared length of their projection on the instruments.
    pub criterion: f64,
}

/// Criterion and its derivatives at a point.
struct Value {
    residual: Vec<f64>,
    jacobian: Vec<Vec<f64>>,
}

/// The law of motion at a point.
struct Law {
    columns: Vec<Vec<f64>>,
    /// Derivatives of the columns along `ω`.
    slopes: Vec<Vec<f64>>,
    fit: Fit,
}

impl Value {
    fn criterion(&self) -> f64 {
        self.residual.iter().map(|r| r * r).sum()
    }

    /// Half the gradient.
    fn gradient(&self) -> Vec<f64> {
        self.jacobian.iter().map(|j| dot(j, &self.residual)).collect()
    }
}

impl Stage {
    /// Makes the columns of the law of motion independent of units: what enters is centred and scaled once.
    pub(super) fn scaled(mut self) -> Self {
        let n = self.phi_lag.len() as f64;
        let mean = |v: &[f64]| v.iter().sum::<f64>() / n;
        let at = mean(&self.phi_lag);
        let spread = (self.phi_lag.iter().map(|v| (v - at) * (v - at)).sum::<f64>() / n).sqrt();
        let spread = if spread > 0.0 { spread } else { 1.0 };
        self.phi_lag.iter_mut().for_each(|v| *v = (*v - at) / spread);
        for x in &mut self.x_lag {
            let at = mean(x);
            x.iter_mut().for_each(|v| *v = (*v - at) / spread);
        }
        self.beside = self.beside.iter().map(|z| polynomial::standardised(z)).collect();
        self
    }

    pub(super) fn rows(&self) -> usize {
        self.net.len()
    }

    /// Terms of the law of motion with its constant.
    pub(super) fn terms(&self) -> usize {
        polynomial::exponents(1 + self.beside.len(), self.degree).len() + 1
    }

    fn law(&self, theta: &[f64]) -> Option<Law> {
        let n = self.rows();
        let omega: Vec<f64> =
            (0..n).map(|i| self.phi_lag[i] - theta.iter().zip(&self.x_lag).map(|(b, x)| b * x[i]).sum::<f64>()).collect();
        let mut columns = vec![self.root.clone()];
        let mut slopes = vec![vec![0.0; n]];
        for powers in polynomial::exponents(1 + self.beside.len(), self.degree) {
            let rest = |i: usize| {
                let other: f64 = self.beside.iter().zip(&powers[1..]).map(|(z, &e)| z[i].powi(e as i32)).product();
                self.root[i] * other
            };
            let e = powers[0];
            columns.push((0..n).map(|i| rest(i) * omega[i].powi(e as i32)).collect());
            slopes.push(if e == 0 {
                vec![0.0; n]
            } else {
                (0..n).map(|i| rest(i) * e as f64 * omega[i].powi(e as i32 - 1)).collect()
            });
        }
        let from = if self.on_phi { &self.phi } else { &self.net };
        let target: Vec<f64> = (0..n).map(|i| self.root[i] * (from[i] - self.inputs(theta, i))).collect();
        let fit = least_squares::fit(&columns, &target).ok()?;
        Some(Law { columns, slopes, fit })
    }

    fn inputs(&self, theta: &[f64], i: usize) -> f64 {
        theta.iter().zip(&self.x).map(|(b, x)| b * x[i]).sum()
    }

    /// Innovations `(net - xθ) - ĝ` times the root of the weight, and their derivatives: the coefficients of the law
    /// move with `θ` too (variable projection).
    fn value(&self, theta: &[f64], derivatives: bool) -> Option<Value> {
        let n = self.rows();
        let Law { columns, slopes, fit } = self.law(theta)?;
        let m = columns.len();
        let c = &fit.coefficients;
        let law: Vec<f64> = (0..n).map(|i| columns.iter().zip(c).map(|(w, c)| w[i] * c).sum()).collect();
        let residual: Vec<f64> = (0..n).map(|i| self.root[i] * (self.net[i] - self.inputs(theta, i)) - law[i]).collect();
        let mut jacobian = Vec::new();
        if derivatives {
            let slope: Vec<f64> = (0..n).map(|i| slopes.iter().zip(c).map(|(s, c)| s[i] * c).sum()).collect();
            for (x, lag) in self.x.iter().zip(&self.x_lag) {
                // d ω = -x_{-1}: dW c = -slope · x_{-1}.
                let direct: Vec<f64> = (0..n).map(|i| -self.root[i] * x[i] + slope[i] * lag[i]).collect();
                let right: Vec<f64> = (0..m)
                    .map(|j| {
                        let turn: f64 = (0..n).map(|i| -slopes[j][i] * lag[i] * fit.residuals[i]).sum();
                        turn + dot(&columns[j], &direct)
                    })
                    .collect();
                let moved: Vec<f64> = (0..m).map(|r| dot(&fit.inverse[r * m..(r + 1) * m], &right)).collect();
                let along = |i: usize| direct[i] - columns.iter().zip(&moved).map(|(w, c)| w[i] * c).sum::<f64>();
                jacobian.push((0..n).map(along).collect());
            }
        }
        let project = |v: Vec<f64>| match &self.instruments {
            Some(q) => q.iter().map(|q| dot(q, &v)).collect(),
            None => v,
        };
        Some(Value { residual: project(residual), jacobian: jacobian.into_iter().map(project).collect() })
    }

    /// All minima in the box, the least criterion first. Empty where the criterion has none inside.
    pub(super) fn minima(&self, range: [f64; 2]) -> Vec<Minimum> {
        let d = self.x.len();
        let per = match d {
            1 => 201,
            2 => 41,
            _ => (4096_f64.powf(1.0 / d as f64).floor() as usize).max(3),
        };
        let place = |g: usize| range[0] + (range[1] - range[0]) * g as f64 / (per - 1) as f64;
        let point = |cell: usize| -> Vec<f64> { (0..d).map(|l| place(cell / per.pow(l as u32) % per)).collect() };
        let mut found: Vec<Minimum> = Vec::new();
        let mut keep = |m: Option<Minimum>| {
            let inside = |m: &Minimum| m.point.iter().all(|v| (range[0]..=range[1]).contains(v));
            if let Some(m) = m.filter(inside)
                && !found.iter().any(|f| f.point.iter().zip(&m.point).all(|(a, b)| (a - b).abs() < 1e-5))
            {
                found.push(m);
            }
        };
        if d == 1 && self.instruments.is_none() {
            let slope = |b: f64| self.value(&[b], true).map_or(f64::NAN, |v| v.gradient()[0]);
            let slopes: Vec<f64> = (0..per).map(|g| slope(place(g))).collect();
            for g in (1..per).filter(|&g| slopes[g - 1] < 0.0 && slopes[g] >= 0.0) {
                let at = falling_to_rising(&slope, [place(g - 1), place(g)], [slopes[g - 1], slopes[g]]);
                keep(self.value(&[at], false).map(|v| Minimum { point: vec![at], criterion: v.criterion() }));
            }
        } else {
            let cells = per.pow(d as u32);
            let values: Vec<f64> =
                (0..cells).map(|c| self.value(&point(c), false).map_or(f64::INFINITY, |v| v.criterion())).collect();
            for cell in (0..cells).filter(|&c| values[c].is_finite()) {
                let lower = |l: usize| {
                    let (stride, at) = (per.pow(l as u32), cell / per.pow(l as u32) % per);
                    (at == 0 || values[cell - stride] >= values[cell]) && (at + 1 == per || values[cell + stride] > values[cell])
                };
                if (0..d).all(lower) {
                    keep(self.refine(point(cell)));
                }
            }
        }
        found.sort_by(|a, b| a.criterion.total_cmp(&b.criterion));
        found
    }

    /// The minimum reached from a point by damped Gauss-Newton steps and Newton steps at the end; `None` where no
    /// stationary point is reached.
    pub(super) fn refine(&self, start: Vec<f64>) -> Option<Minimum> {
        let d = start.len();
        let mut at = start;
        let mut value = self.value(&at, true)?;
        let mut damping = 1e-3;
        for _ in 0..200 {
            let old = value.criterion();
            let (gradient, normal) = (value.gradient(), normal(&value.jacobian));
            let mut moved = None;
            while damping < 1e12 {
                let damped: Vec<f64> =
                    (0..d * d).map(|i| if i / d == i % d { normal[i] * (1.0 + damping) } else { normal[i] }).collect();
                let step = solve(&damped, &gradient)?;
                let to: Vec<f64> = at.iter().zip(&step).map(|(a, s)| a - s).collect();
                if let Some(v) = self.value(&to, true).filter(|v| v.criterion() <= old) {
                    let far = step.iter().fold(0.0_f64, |m, s| m.max(s.abs()));
                    moved = Some((to, v, far));
                    damping = (damping * 0.1).max(1e-12);
                    break;
                }
                damping *= 10.0;
            }
            let Some((to, v, far)) = moved else { break };
            (at, value) = (to, v);
            if far < 1e-10 {
                break;
            }
        }
        for _ in 0..8 {
            let gradient = value.gradient();
            let mut second = vec![0.0; d * d];
            for l in 0..d {
                let by = |h: f64| {
                    let to: Vec<f64> = at.iter().enumerate().map(|(i, v)| if i == l { v + h } else { *v }).collect();
                    self.value(&to, true).map(|v| v.gradient())
                };
                let (up, down) = (by(1e-5)?, by(-1e-5)?);
                for r in 0..d {
                    second[r * d + l] = (up[r] - down[r]) / 2e-5;
                }
            }
            let Some(step) = solve(&second, &gradient) else { break };
            let to: Vec<f64> = at.iter().zip(&step).map(|(a, s)| a - s).collect();
            let Some(v) = self.value(&to, true) else { break };
            if norm(&v.gradient()) >= norm(&gradient) || v.criterion() > value.criterion() * (1.0 + 1e-9) {
                break;
            }
            (at, value) = (to, v);
        }
        // Stationary in the units of the problem: a Gauss-Newton step from here is negligible.
        let step = solve(&normal(&value.jacobian), &value.gradient())?;
        let scale = 1.0 + at.iter().fold(0.0_f64, |m, v| m.max(v.abs()));
        (norm(&step) < 1e-6 * scale).then(|| Minimum { criterion: value.criterion(), point: at })
    }
}

fn normal(jacobian: &[Vec<f64>]) -> Vec<f64> {
    jacobian.iter().flat_map(|a| jacobian.iter().map(move |b| dot(a, b))).collect()
}

/// Zero of a slope that is negative at the left and not at the right, to the last digit worth having.
fn falling_to_rising(slope: &dyn Fn(f64) -> f64, mut at: [f64; 2], mut value: [f64; 2]) -> f64 {
    let mut kept = 0;
    for _ in 0..100 {
        if value[1] == 0.0 || at[1] - at[0] <= 1e-14 * (1.0 + at[0].abs()) {
            return at[1];
        }
        // Regula falsi; the end that stays twice is halved (Illinois).
        let guess = (at[0] * value[1] - at[1] * value[0]) / (value[1] - value[0]);
        let next = if guess > at[0] && guess < at[1] { guess } else { 0.5 * (at[0] + at[1]) };
        let v = slope(next);
        if v.is_nan() {
            return f64::NAN;
        }
        let end = usize::from(v >= 0.0);
        (at[end], value[end]) = (next, v);
        kept = if end == 1 { (kept + 1).max(1) } else { (kept - 1).min(-1) };
        if kept >= 2 {
            value[0] *= 0.5;
        } else if kept <= -2 {
            value[1] *= 0.5;
        }
    }
    at[1]
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

fn norm(a: &[f64]) -> f64 {
    dot(a, a).sqrt()
}

/// `A x = b` for a small square matrix in rows; `None` where it is singular.
fn solve(a: &[f64], b: &[f64]) -> Option<Vec<f64>> {
    let d = b.len();
    let columns: Vec<Vec<f64>> = (0..d).map(|c| (0..d).map(|r| a[r * d + c]).collect()).collect();
    least_squares::fit(&columns, b).ok().map(|f| f.coefficients)
}
