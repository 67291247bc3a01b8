use super::*;
use crate::production::compression::{Compression, Frame};
use numerics::random::stream;
use proptest::prelude::*;
use rand::RngExt;

struct Drawn {
    columns: Innovation,
    phi: Vec<f64>,
    phi_before: Vec<f64>,
}

fn drawn(seed: u64, rows: usize, inputs: usize, process: usize, degree: usize) -> Drawn {
    let mut rng = stream(seed, "test", 0);
    let mut column =
        |scale: f64, shift: f64| -> Vec<f64> { (0..rows).map(|_| shift + scale * (rng.random::<f64>() - 0.5)).collect() };
    let before: Vec<Vec<f64>> = (0..inputs).map(|j| column(3.0, 8.0 + j as f64)).collect();
    let now: Vec<Vec<f64>> = before.iter().map(|b| b.iter().zip(column(2.0, 0.3)).map(|(b, e)| 0.7 * b + e).collect()).collect();
    let instruments: Vec<Vec<f64>> =
        before.iter().map(|b| b.iter().zip(column(1.0, 0.0)).map(|(b, e)| b + e).collect()).collect();
    let process = (0..process).map(|_| column(1.0, 2.0)).collect();
    let sum = |x: &[Vec<f64>], e: Vec<f64>| -> Vec<f64> {
        e.into_iter().enumerate().map(|(i, e)| e + x.iter().map(|x| 0.4 * x[i]).sum::<f64>()).collect()
    };
    let phi_before = sum(&before, column(1.5, 1.0));
    let phi = sum(&now, column(1.5, 1.0));
    Drawn { columns: Innovation::new(now, before, instruments, process, degree).unwrap(), phi, phi_before }
}

fn evaluate(problem: &mut impl Moments, theta: &[f64]) -> (Vec<f64>, Vec<f64>) {
    let (m, k) = (problem.moments(), problem.unknowns());
    let (mut moments, mut jacobian) = (vec![0.0; m], vec![0.0; m * k]);
    assert!(problem.evaluate(theta, &mut moments, &mut jacobian));
    (moments, jacobian)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Compression is exact, and the Jacobian is the derivative.
    #[test]
    fn compressed_moments_are_those_of_the_rows(
        seed in 0..1000_u64, inputs in 1..4_usize, process in 0..3_usize, degree in 1..4_usize, theta in prop::collection::vec(-0.5..1.5_f64, 3),
    ) {
        let d = drawn(seed, 100, inputs, process, degree);
        let theta = &theta[..inputs];
        let mut direct = Direct { columns: &d.columns, phi: &d.phi, phi_before: &d.phi_before };
        let frame = Frame::new(&d.columns, &d.phi, &d.phi_before).unwrap();
        let mut compressed = Compression::new(&frame, &d.columns, (&d.phi, &d.phi_before), None, |_| 1.0).unwrap();
        let (m, j) = evaluate(&mut direct, theta);
        let (c, q) = evaluate(&mut compressed, theta);
        for (a, b) in m.iter().chain(&j).zip(c.iter().chain(&q)) {
            prop_assert!((a - b).abs() < 1e-10, "{} {}", a, b);
        }
        for at in 0..inputs {
            let h = 1e-5;
            let moved = |by: f64| {
                let mut t = theta.to_vec();
                t[at] += by;
                t
            };
            let (up, _) = evaluate(&mut compressed, &moved(h));
            let (down, _) = evaluate(&mut compressed, &moved(-h));
            for i in 0..inputs {
                let slope = (up[i] - down[i]) / (2.0 * h);
                prop_assert!((slope - q[i * inputs + at]).abs() < 1e-6 * slope.abs().max(1.0));
            }
        }
    }

    /// A row of weight two is the row twice; a row of weight zero is no row.
    #[test]
    fn weights_count_rows(seed in 0..1000_u64) {
        let d = drawn(seed, 90, 2, 1, 3);
        let weight = |i: usize| (i % 3) as f64;
        let rows: Vec<usize> = (0..90).flat_map(|i| std::iter::repeat_n(i, i % 3)).collect();
        let take = |c: &[f64]| -> Vec<f64> { rows.iter().map(|&i| c[i]).collect() };
        let all = |c: &[Vec<f64>]| -> Vec<Vec<f64>> { c.iter().map(|c| take(c)).collect() };
        let c = &d.columns;
        let copied = Innovation { now: all(&c.now), before: all(&c.before), instruments: all(&c.instruments), process: all(&c.process), degree: 3 };
        let (phi, phi_before) = (take(&d.phi), take(&d.phi_before));
        let frame = Frame::new(c, &d.phi, &d.phi_before).unwrap();
        let mut weighted = Compression::new(&frame, c, (&d.phi, &d.phi_before), None, weight).unwrap();
        let mut direct = Direct { columns: &copied, phi: &phi, phi_before: &phi_before };
        let (a, _) = evaluate(&mut weighted, &[0.5, 0.3]);
        let (b, _) = evaluate(&mut direct, &[0.5, 0.3]);
        prop_assert!(a.iter().zip(&b).all(|(a, b)| (a - b).abs() < 1e-10));
    }
}

#[test]
fn what_is_not_identified_is_said() {
    let c = |f: fn(f64) -> f64| -> Vec<f64> { (0..30).map(|i| f(f64::from(i))).collect() };
    let (a, b) = (c(f64::sin), c(|i| (i * 1.7).cos()));
    let twice: Vec<f64> = a.iter().map(|v| 2.0 * v).collect();
    let new = |z: Vec<Vec<f64>>| Innovation::new(vec![a.clone(), b.clone()], vec![b.clone(), a.clone()], z, vec![], 3);
    assert_eq!(new(vec![a.clone(), twice]).unwrap_err(), Unidentified::Instrument(1));
    let good = new(vec![a.clone(), b.clone()]).unwrap();
    let phi: Vec<f64> = a.iter().zip(&b).map(|(a, b)| a + b).collect();
    assert_eq!(Frame::new(&good, &phi, &phi).unwrap_err(), Unidentified::Collinear);
    let short = Innovation::new(vec![vec![1.0; 4]; 2], vec![vec![1.0; 4]; 2], vec![vec![1.0; 4]; 2], vec![], 3);
    assert_eq!(short.unwrap_err(), Unidentified::Short { rows: 4, needed: 7 });
}
