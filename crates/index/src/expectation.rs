//! Missing cells from what else is known of a row: a multivariate normal fitted by the EM algorithm
//! (Dempster, Laird and Rubin 1977; Little and Rubin 2019, section 11.2).

use numerics::{moments, random};
use rand::Rng;

/// Share of each indicator's variance added to its own when rows are fewer than what the covariance asks for.
/// It pulls conditional means a little to the mean of the indicator and keeps every system solvable.
pub const RIDGE: f64 = 0.01;
const ROUNDS: usize = 500;
const STILL: f64 = 1e-9;

/// A fitted normal, of indicators in units of their own mean and spread.
#[derive(Clone, Debug)]
pub struct Normal {
    centre: Vec<f64>,
    spread: Vec<f64>,
    mean: Vec<f64>,
    covariance: Vec<f64>,
    /// Rounds until the largest change of a mean or covariance fell below 1e-9.
    pub rounds: usize,
    /// Whether that happened.
    pub converged: bool,
}

/// What is known of a row's missing cells: their means given the others, and the root of their covariance.
struct Conditional {
    gaps: Vec<usize>,
    mean: Vec<f64>,
    covariance: Vec<f64>,
}

/// Fits the normal to columns with gaps (`NaN`).
pub fn fit(columns: &[Vec<f64>]) -> Normal {
    let k = columns.len();
    let n = columns.first().map_or(0, Vec::len);
    let known = |c: &[f64]| c.iter().copied().filter(|x| !x.is_nan()).collect::<Vec<f64>>();
    let centre: Vec<f64> = columns.iter().map(|c| moments::mean(&known(c))).collect();
    let spread: Vec<f64> = columns
        .iter()
        .zip(&centre)
        .map(|(c, m)| moments::deviation(&known(c), 0).max(1e-12 * m.abs()).max(f64::MIN_POSITIVE))
        .collect();
    let z: Vec<Vec<f64>> = (0..n).map(|i| (0..k).map(|j| (columns[j][i] - centre[j]) / spread[j]).collect()).collect();
    let mut normal = Normal { centre, spread, mean: vec![0.0; k], covariance: identity(k), rounds: 0, converged: false };
    while normal.rounds < ROUNDS && !normal.converged {
        let (mut first, mut second) = (vec![0.0; k], vec![0.0; k * k]);
        for row in &z {
            let given = normal.given(row);
            let mut full = row.clone();
            given.gaps.iter().zip(&given.mean).for_each(|(&j, m)| full[j] = *m);
            for a in 0..k {
                first[a] += full[a];
                for b in 0..k {
                    second[a * k + b] += full[a] * full[b];
                }
            }
            let g = given.gaps.len();
            for (a, &ja) in given.gaps.iter().enumerate() {
                for (b, &jb) in given.gaps.iter().enumerate() {
                    second[ja * k + jb] += given.covariance[a * g + b];
                }
            }
        }
        let rows = n.max(1) as f64;
        first.iter_mut().for_each(|x| *x /= rows);
        let mut change = 0.0f64;
        for a in 0..k {
            for b in 0..k {
                let own = if a == b { RIDGE } else { 0.0 };
                let s = second[a * k + b] / rows - first[a] * first[b] + own;
                change = change.max((s - normal.covariance[a * k + b]).abs());
                normal.covariance[a * k + b] = s;
            }
            change = change.max((first[a] - normal.mean[a]).abs());
        }
        normal.mean = first;
        normal.rounds += 1;
        normal.converged = change < STILL;
    }
    normal
}

fn identity(k: usize) -> Vec<f64> {
    (0..k * k).map(|c| if c / k == c % k { 1.0 } else { 0.0 }).collect()
}

impl Normal {
    /// Conditional means of the missing cells of a row, in its own units; `row[j]` is `NaN` where missing.
    pub fn means(&self, row: &[f64]) -> Vec<(usize, f64)> {
        let given = self.given(&self.standard(row));
        given.gaps.iter().zip(&given.mean).map(|(&j, m)| (j, self.centre[j] + self.spread[j] * m)).collect()
    }

    /// One draw of the missing cells of a row from their conditional distribution.
    pub fn draw(&self, row: &[f64], rng: &mut impl Rng) -> Vec<(usize, f64)> {
        let mut given = self.given(&self.standard(row));
        let g = given.gaps.len();
        factor(&mut given.covariance, g);
        let noise: Vec<f64> = (0..g).map(|_| random::normal(rng)).collect();
        (0..g)
            .map(|a| {
                let step: f64 = (0..=a).map(|b| given.covariance[a * g + b] * noise[b]).sum();
                let j = given.gaps[a];
                (j, self.centre[j] + self.spread[j] * (given.mean[a] + step))
            })
            .collect()
    }

    fn standard(&self, row: &[f64]) -> Vec<f64> {
        row.iter().enumerate().map(|(j, x)| (x - self.centre[j]) / self.spread[j]).collect()
    }

    fn given(&self, z: &[f64]) -> Conditional {
        let k = z.len();
        let (gaps, known): (Vec<usize>, Vec<usize>) = (0..k).partition(|&j| z[j].is_nan());
        let (g, m) = (gaps.len(), known.len());
        let s = |a: usize, b: usize| self.covariance[a * k + b];
        if g == 0 {
            return Conditional { gaps, mean: Vec::new(), covariance: Vec::new() };
        }
        let mut root: Vec<f64> = known.iter().flat_map(|&a| known.iter().map(move |&b| s(a, b))).collect();
        factor(&mut root, m);
        // Columns of L^-1 S_known,gap: their products are what the known cells explain.
        let explained: Vec<Vec<f64>> =
            gaps.iter().map(|&j| forward(&root, m, known.iter().map(|&a| s(a, j)).collect())).collect();
        let surprise = forward(&root, m, known.iter().map(|&a| z[a] - self.mean[a]).collect());
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(x, y)| x * y).sum::<f64>();
        let mean = gaps.iter().zip(&explained).map(|(&j, e)| self.mean[j] + dot(e, &surprise)).collect();
        let mut covariance = vec![0.0; g * g];
        for a in 0..g {
            for b in 0..g {
                covariance[a * g + b] = s(gaps[a], gaps[b]) - dot(&explained[a], &explained[b]);
            }
        }
        Conditional { gaps, mean, covariance }
    }
}

/// Lower Cholesky factor in place; pivots that rounding made negative are 0, and so is their column.
fn factor(a: &mut [f64], n: usize) {
    for j in 0..n {
        for i in j..n {
            let below: f64 = (0..j).map(|k| a[i * n + k] * a[j * n + k]).sum();
            let x = a[i * n + j] - below;
            a[i * n + j] = if i == j {
                x.max(0.0).sqrt()
            } else if a[j * n + j] > 0.0 {
                x / a[j * n + j]
            } else {
                0.0
            };
        }
    }
}

/// `L^-1 v`.
fn forward(l: &[f64], n: usize, mut v: Vec<f64>) -> Vec<f64> {
    for i in 0..n {
        let below: f64 = (0..i).map(|k| l[i * n + k] * v[k]).sum();
        v[i] = if l[i * n + i] > 0.0 { (v[i] - below) / l[i * n + i] } else { 0.0 };
    }
    v
}

#[cfg(test)]
mod tests {
    use super::*;

    const N: f64 = f64::NAN;

    /// Two indicators, the second missing for some rows: EM is the regression on the first (Anderson 1957).
    #[test]
    fn a_monotone_pattern_has_the_regression_as_its_answer() {
        let x: Vec<f64> = (0..60).map(|i| f64::from(i) * 3.0 + 7.0).collect();
        let y: Vec<f64> = x.iter().enumerate().map(|(i, x)| if i % 3 == 0 { N } else { 100.0 - 2.0 * x }).collect();
        let normal = fit(&[x.clone(), y]);
        assert!(normal.converged);
        let (j, value) = normal.means(&[70.0, N])[0];
        // Exact but for the ridge, which shrinks the slope by 1 part in 101.
        assert_eq!(j, 1);
        assert!((value + 40.0).abs() < 1.5, "{value}");
    }

    #[test]
    fn draws_scatter_about_the_mean_and_repeat() {
        let x: Vec<f64> = (0..40).map(f64::from).collect();
        let y: Vec<f64> = (0..40).map(|i| if i == 5 { N } else { f64::from((i * 7919) % 41) }).collect();
        let normal = fit(&[x, y]);
        let mean = normal.means(&[5.0, N])[0].1;
        let draw = |k: u64| normal.draw(&[5.0, N], &mut numerics::random::stream(1, "test", k))[0].1;
        let draws: Vec<f64> = (0..2000).map(draw).collect();
        let got = moments::mean(&draws);
        let spread = moments::deviation(&draws, 1);
        assert!((got - mean).abs() < 4.0 * spread / 2000f64.sqrt() && spread > 5.0, "{got} {mean} {spread}");
        assert_eq!(draw(3), draw(3));
    }

    #[test]
    fn nothing_missing_asks_for_nothing() {
        let normal = fit(&[vec![1.0, 2.0, 4.0], vec![3.0, 1.0, 2.0]]);
        assert!(normal.means(&[1.0, 3.0]).is_empty());
    }
}
