//! Every root and every other local minimum of `½ |m(θ)|²` that a scan of many starts finds.
//!
//! Each start runs damped Gauss-Newton (Levenberg 1944, Marquardt 1963: damping in proportion to the diagonal of `J'J`,
//! so that units of `θ` do not matter) and, where no root is near, Newton with the Hessian of the criterion from
//! differences of its analytic gradient, negative curvature turned round: it ends at minima only, never at saddles.

use crate::jacobi::{eigen, singular_values};

/// Moments whose roots are sought.
pub trait Moments {
    /// Number of unknowns.
    fn unknowns(&self) -> usize;
    /// Number of moments, at least as many.
    fn moments(&self) -> usize;
    /// Moments at `theta` and their derivatives, row-major `moments x unknowns`; `false` where there are none.
    fn evaluate(&mut self, theta: &[f64], moments: &mut [f64], jacobian: &mut [f64]) -> bool;
}

/// How the scan runs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scan {
    /// Norm of the moments below which a point is a root.
    pub exact: f64,
    /// Points closer than this in every coordinate (beside 1 and their size) are one.
    pub same: f64,
    /// Steps a start may take before it counts as lost.
    pub steps: usize,
    /// Points farther from the origin than this are lost.
    pub far: f64,
}

impl Default for Scan {
    fn default() -> Self {
        Self { exact: 1e-10, same: 1e-4, steps: 200, far: 1e4 }
    }
}

/// A root or another local minimum.
#[derive(Clone, Debug, PartialEq)]
pub struct Solution {
    /// Where.
    pub at: Vec<f64>,
    /// `|m|²` there.
    pub criterion: f64,
    /// Whether the moments vanish.
    pub exact: bool,
    /// How many starts ended here.
    pub starts: usize,
    /// Singular values of the Jacobian of the moments here, descending.
    pub singular: Vec<f64>,
}

/// What a scan found: roots first, then minima by criterion; equals by place.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// Roots and other minima.
    pub solutions: Vec<Solution>,
    /// Starts that ended nowhere: too many steps, too far, or no moments.
    pub lost: usize,
}

/// Criterion, moments, Jacobian at a point.
struct Point {
    theta: Vec<f64>,
    moments: Vec<f64>,
    jacobian: Vec<f64>,
    criterion: f64,
}

/// Runs the scan from all starts.
pub fn scan(problem: &mut impl Moments, starts: &[Vec<f64>], options: &Scan) -> Found {
    let mut found = Found { solutions: Vec::new(), lost: 0 };
    for start in starts {
        match descend(problem, start, options) {
            None => found.lost += 1,
            Some(solution) => {
                let near = |s: &Solution| s.exact == solution.exact && close(&s.at, &solution.at, options.same);
                match found.solutions.iter_mut().find(|s| near(s)) {
                    Some(known) => {
                        let starts = known.starts + 1;
                        if solution.criterion < known.criterion {
                            *known = solution;
                        }
                        known.starts = starts;
                    }
                    None => found.solutions.push(solution),
                }
            }
        }
    }
    let order = |a: &Solution, b: &Solution| {
        let size = |s: &Solution| if s.exact { 0.0 } else { s.criterion };
        let place = || a.at.iter().zip(&b.at).map(|(x, y)| x.total_cmp(y)).find(|o| o.is_ne());
        b.exact.cmp(&a.exact).then(size(a).total_cmp(&size(b))).then(place().unwrap_or(std::cmp::Ordering::Equal))
    };
    found.solutions.sort_by(order);
    found
}

/// Whether two points are one.
pub fn close(a: &[f64], b: &[f64], same: f64) -> bool {
    a.iter().zip(b).all(|(x, y)| (x - y).abs() <= same * x.abs().max(1.0))
}

/// The root or minimum that one start leads to; `starts` is 1.
pub fn descend(problem: &mut impl Moments, start: &[f64], options: &Scan) -> Option<Solution> {
    let mut here = Point::at(problem, start)?;
    let mut damping = 1e-3;
    let mut stalled = false;
    for step in 0..options.steps {
        if here.criterion.sqrt() <= options.exact {
            // A few undamped steps more cost nothing and end at the last digits.
            for _ in 0..2 {
                let next = here.marquardt(0.0).and_then(|d| Point::at(problem, &add(&here.theta, &d)));
                match next.filter(|n| n.criterion < here.criterion) {
                    Some(next) => here = next,
                    None => break,
                }
            }
            return Some(here.solution(problem, true));
        }
        if here.theta.iter().any(|t| t.abs() > options.far) {
            return None;
        }
        if stalled || step >= 24 {
            return here.newton(problem, options);
        }
        let mut moved = false;
        for _ in 0..12 {
            let next = here.marquardt(damping).and_then(|d| Point::at(problem, &add(&here.theta, &d)));
            match next.filter(|n| n.criterion < here.criterion) {
                Some(next) => {
                    stalled = next.criterion > 0.99 * here.criterion;
                    damping = (damping / 8.0).max(1e-14);
                    here = next;
                    moved = true;
                    break;
                }
                None => damping = (damping * 8.0).min(1e12),
            }
        }
        stalled |= !moved;
    }
    None
}

impl Point {
    fn at(problem: &mut impl Moments, theta: &[f64]) -> Option<Self> {
        let (k, m) = (problem.unknowns(), problem.moments());
        let mut point = Self { theta: theta.to_vec(), moments: vec![0.0; m], jacobian: vec![0.0; m * k], criterion: f64::NAN };
        if !problem.evaluate(theta, &mut point.moments, &mut point.jacobian) {
            return None;
        }
        point.criterion = point.moments.iter().map(|v| v * v).sum();
        point.criterion.is_finite().then_some(point)
    }

    /// `J'm`.
    fn gradient(&self) -> Vec<f64> {
        let k = self.theta.len();
        (0..k).map(|j| self.moments.iter().enumerate().map(|(i, m)| m * self.jacobian[i * k + j]).sum()).collect()
    }

    /// Solves `(J'J + damping diag J'J) step = -J'm` by QR of the stacked system.
    fn marquardt(&self, damping: f64) -> Option<Vec<f64>> {
        let (k, m) = (self.theta.len(), self.moments.len());
        let mut columns: Vec<Vec<f64>> = Vec::with_capacity(k + 1);
        for j in 0..k {
            let mut column: Vec<f64> = (0..m).map(|i| self.jacobian[i * k + j]).collect();
            if damping > 0.0 {
                let length = column.iter().map(|v| v * v).sum::<f64>().sqrt();
                column.extend((0..k).map(|r| if r == j { damping.sqrt() * length } else { 0.0 }));
            }
            columns.push(column);
        }
        let mut right: Vec<f64> = self.moments.iter().map(|v| -v).collect();
        right.resize(columns[0].len(), 0.0);
        columns.push(right);
        let mut triangle = crate::triangle::Triangle::new(k + 1);
        triangle.absorb(&mut columns);
        let step = triangle.solve(k, k);
        step.iter().all(|v| v.is_finite()).then_some(step)
    }

    /// Newton on the criterion with the absolute values of the Hessian's eigenvalues, scaled by its diagonal.
    fn newton(mut self, problem: &mut impl Moments, options: &Scan) -> Option<Solution> {
        let (k, m) = (self.theta.len(), self.moments.len());
        for _ in 0..options.steps {
            let size = self.criterion.sqrt();
            if size <= options.exact {
                return Some(self.solution(problem, true));
            }
            let mut hessian = vec![0.0; k * k];
            for j in 0..k {
                let h = 1e-5 * self.theta[j].abs().max(1.0);
                let mut shifted = |by: f64| {
                    let mut theta = self.theta.clone();
                    theta[j] += by;
                    Self::at(problem, &theta).map(|p| p.gradient())
                };
                let (up, down) = (shifted(h)?, shifted(-h)?);
                for i in 0..k {
                    hessian[i * k + j] += (up[i] - down[i]) / (4.0 * h);
                    hessian[j * k + i] += (up[i] - down[i]) / (4.0 * h);
                }
            }
            // Units of each unknown by its own curvature, or by its column where there is next to none.
            let column = |j: usize| (0..m).map(|i| self.jacobian[i * k + j].powi(2)).sum::<f64>();
            let scale: Vec<f64> = (0..k).map(|j| hessian[j * k + j].abs().max(1e-8 * column(j)).sqrt()).collect();
            if scale.iter().any(|s| s.is_nan() || *s <= 0.0) {
                return None;
            }
            for (at, h) in hessian.iter_mut().enumerate() {
                *h /= scale[at / k] * scale[at % k];
            }
            let gradient: Vec<f64> = self.gradient().iter().zip(&scale).map(|(g, s)| g / s).collect();
            let (values, vectors) = eigen(&hessian, k);
            let largest = values.iter().fold(0.0_f64, |m, v| m.max(v.abs()));
            let along = |e: usize| (0..k).map(|r| vectors[r * k + e] * gradient[r]).sum::<f64>();
            let mut step = vec![0.0; k];
            for (e, value) in values.iter().enumerate() {
                let by = -along(e) / value.abs().max(1e-12 * largest).max(f64::MIN_POSITIVE);
                for r in 0..k {
                    step[r] += by * vectors[r * k + e] / scale[r];
                }
            }
            let curved = values.iter().all(|v| *v > -1e-8 * largest);
            let small = (0..k).all(|r| step[r].abs() <= 1e-9 * self.theta[r].abs().max(1.0));
            if small && curved {
                return Some(self.solution(problem, false));
            }
            let mut length = 1.0;
            let next = loop {
                let trial: Vec<f64> = self.theta.iter().zip(&step).map(|(t, s)| t + length * s).collect();
                if let Some(next) = Self::at(problem, &trial).filter(|n| n.criterion < self.criterion) {
                    break Some(next);
                }
                length /= 2.0;
                if length < 1e-9 {
                    break None;
                }
            };
            match next {
                Some(next) if next.theta.iter().all(|t| t.abs() <= options.far) => self = next,
                Some(_) => return None,
                // Nothing lower along the way of descent: the criterion is flat to rounding.
                None => {
                    let flat = gradient.iter().all(|g| g.abs() <= 1e-6 * size) && curved;
                    return flat.then(|| self.solution(problem, false));
                }
            }
        }
        None
    }

    fn solution(self, problem: &impl Moments, exact: bool) -> Solution {
        let singular = singular_values(&self.jacobian, problem.moments(), problem.unknowns());
        Solution { at: self.theta, criterion: self.criterion, exact, starts: 1, singular }
    }
}

fn add(a: &[f64], b: &[f64]) -> Vec<f64> {
    a.iter().zip(b).map(|(x, y)| x + y).collect()
}

#[cfg(test)]
#[path = "roots_tests.rs"]
mod tests;
