//! Probit by Fisher scoring: `P(y = 1) = Φ(x b)`.

use libm::exp;

use crate::{distributions::normal_cdf, least_squares};

/// Fitted probabilities of a weighted probit of `y` on the columns `x` (no constant is added). `None` where the columns
/// are collinear or the likelihood has no maximum: the outcome is the same for all rows, or separated by the columns.
pub fn probit(x: &[Vec<f64>], y: &[bool], weights: &[f64]) -> Option<Vec<f64>> {
    let n = y.len();
    let mut index = vec![0.0; n];
    for _ in 0..100 {
        let mut root = vec![0.0; n];
        let mut target = vec![0.0; n];
        for i in 0..n {
            let (up, down) = (normal_cdf(index[i]), normal_cdf(-index[i]));
            let density = exp(-0.5 * index[i] * index[i]) / (2.0 * std::f64::consts::PI).sqrt();
            root[i] = (weights[i] * density * density / (up * down)).sqrt();
            let gap = if y[i] { down } else { -up };
            target[i] = root[i] * (index[i] + gap / density);
            if !(root[i].is_finite() && target[i].is_finite()) {
                return None;
            }
        }
        let columns: Vec<Vec<f64>> = x.iter().map(|c| c.iter().zip(&root).map(|(v, r)| v * r).collect()).collect();
        let b = least_squares::fit(&columns, &target).ok()?.coefficients;
        let next: Vec<f64> = (0..n).map(|i| x.iter().zip(&b).map(|(c, b)| c[i] * b).sum()).collect();
        let moved = next.iter().zip(&index).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        index = next;
        if moved < 1e-10 {
            return Some(index.into_iter().map(normal_cdf).collect());
        }
        // Probabilities of 1e-15 and less: the data are separated.
        if index.iter().zip(weights).any(|(v, w)| *w > 0.0 && v.abs() > 30.0) {
            return None;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_constant_gives_the_share_and_groups_their_shares() {
        let y: Vec<bool> = (0..40).map(|i| i % 4 == 0 || i >= 30).collect();
        let share = y.iter().filter(|v| **v).count() as f64 / 40.0;
        let p = probit(&[vec![1.0; 40]], &y, &[1.0; 40]).unwrap();
        assert!(p.iter().all(|v| (v - share).abs() < 1e-12));
        let group: Vec<f64> = (0..40).map(|i| f64::from(u8::from(i < 20))).collect();
        let p = probit(&[vec![1.0; 40], group], &y, &[1.0; 40]).unwrap();
        assert!((p[0] - 0.25).abs() < 1e-12);
    }

    #[test]
    fn separated_outcomes_have_no_maximum() {
        let x: Vec<f64> = (0..20).map(f64::from).collect();
        let y: Vec<bool> = (0..20).map(|i| i >= 10).collect();
        assert_eq!(probit(&[vec![1.0; 20], x], &y, &[1.0; 20]), None);
        assert_eq!(probit(&[vec![1.0; 20]], &[true; 20], &[1.0; 20]), None);
    }

    /// Weights count rows.
    #[test]
    fn a_weight_of_two_is_a_row_twice() {
        let x: Vec<f64> = (0..30).map(|i| f64::from(i * 7 % 11)).collect();
        let y: Vec<bool> = (0..30).map(|i| i * 5 % 7 > 3).collect();
        let twice: Vec<f64> = x.iter().chain(&x[..5]).copied().collect();
        let yy: Vec<bool> = y.iter().chain(&y[..5]).copied().collect();
        let weights: Vec<f64> = (0..30).map(|i| if i < 5 { 2.0 } else { 1.0 }).collect();
        let a = probit(&[vec![1.0; 30], x], &y, &weights).unwrap();
        let b = probit(&[vec![1.0; 35], twice], &yy, &[1.0; 35]).unwrap();
        assert!(a.iter().zip(&b).all(|(p, q)| (p - q).abs() < 1e-10));
    }
}
