use super::*;
use crate::sobol::points;
use proptest::prelude::*;

/// Moments given by a function of `theta` that writes them and their derivatives.
struct Given<F> {
    unknowns: usize,
    moments: usize,
    function: F,
}

impl<F: FnMut(&[f64], &mut [f64], &mut [f64])> Moments for Given<F> {
    fn unknowns(&self) -> usize {
        self.unknowns
    }
    fn moments(&self) -> usize {
        self.moments
    }
    fn evaluate(&mut self, theta: &[f64], moments: &mut [f64], jacobian: &mut [f64]) -> bool {
        (self.function)(theta, moments, jacobian);
        true
    }
}

fn starts(dimensions: usize, count: usize, from: f64, to: f64) -> Vec<Vec<f64>> {
    let unit = points(dimensions, count).unwrap();
    unit.into_iter().map(|p| p.into_iter().map(|u| from + (to - from) * u).collect()).collect()
}

/// Himmelblau (1972): four exact roots, `(3, 2)` among them; the other three to six digits in print.
#[test]
fn all_four_roots_of_himmelblau() {
    let mut problem = Given {
        unknowns: 2,
        moments: 2,
        function: |t: &[f64], m: &mut [f64], j: &mut [f64]| {
            m[0] = t[0] * t[0] + t[1] - 11.0;
            m[1] = t[0] + t[1] * t[1] - 7.0;
            j.copy_from_slice(&[2.0 * t[0], 1.0, 1.0, 2.0 * t[1]]);
        },
    };
    let found = scan(&mut problem, &starts(2, 200, -6.0, 6.0), &Scan::default());
    let roots: Vec<&Solution> = found.solutions.iter().filter(|s| s.exact).collect();
    let known = [[-3.779_310, -3.283_186], [-2.805_118, 3.131_312], [3.0, 2.0], [3.584_428, -1.848_126]];
    assert_eq!(roots.len(), 4);
    for (root, known) in roots.iter().zip(known) {
        assert!(root.at.iter().zip(known).all(|(a, b)| (a - b).abs() < 1e-6), "{root:?}");
        assert!(root.starts > 10 && root.singular[1] > 1.0);
    }
    assert_eq!(found.solutions.iter().map(|s| s.starts).sum::<usize>() + found.lost, 200);
    // The criterion has no minimum but its roots: its other stationary points are saddles and a maximum.
    assert_eq!(found.solutions.len(), 4);
}

/// Freudenstein and Roth (1963): a root at (5, 4) and a minimum with |m|² = 48.98425 at (11.4128, -0.89681).
#[test]
fn the_root_and_the_minimum_of_freudenstein_and_roth() {
    let mut problem = Given {
        unknowns: 2,
        moments: 2,
        function: |t: &[f64], m: &mut [f64], j: &mut [f64]| {
            let (x, y) = (t[0], t[1]);
            m[0] = -13.0 + x + ((5.0 - y) * y - 2.0) * y;
            m[1] = -29.0 + x + ((y + 1.0) * y - 14.0) * y;
            j.copy_from_slice(&[1.0, 10.0 * y - 3.0 * y * y - 2.0, 1.0, 3.0 * y * y + 2.0 * y - 14.0]);
        },
    };
    let found = scan(&mut problem, &starts(2, 200, -10.0, 15.0), &Scan::default());
    let [root, minimum] = &found.solutions[..] else { panic!("{found:?}") };
    assert!(root.exact && (root.at[0] - 5.0).abs() < 1e-9 && (root.at[1] - 4.0).abs() < 1e-9);
    assert!(!minimum.exact && (minimum.criterion - 48.984_25).abs() < 1e-5);
    assert!((minimum.at[0] - 11.412_8).abs() < 1e-4 && (minimum.at[1] + 0.896_81).abs() < 1e-4);
    assert_eq!(found.lost, 0);
}

#[test]
fn a_saddle_is_no_minimum_and_no_moments_are_lost_starts() {
    // |m|² = (x² - 1)² + (2 + y²)²/4: minima at (±1, 0) with criterion 1, a saddle at the origin.
    let mut problem = Given {
        unknowns: 2,
        moments: 2,
        function: |t: &[f64], m: &mut [f64], j: &mut [f64]| {
            m[0] = t[0] * t[0] - 1.0;
            m[1] = 1.0 + t[1] * t[1] / 2.0;
            j.copy_from_slice(&[2.0 * t[0], 0.0, 0.0, t[1]]);
        },
    };
    let found = scan(&mut problem, &starts(2, 64, -2.0, 2.0), &Scan::default());
    assert!(found.solutions.iter().all(|s| (s.at[0].abs() - 1.0).abs() < 1e-4 && !s.exact), "{found:?}");
    let mut none = Given { unknowns: 1, moments: 1, function: |_: &[f64], m: &mut [f64], _: &mut [f64]| m[0] = f64::NAN };
    assert_eq!(scan(&mut none, &starts(1, 5, 0.0, 1.0), &Scan::default()), Found { solutions: vec![], lost: 5 });
}

proptest! {
    /// Roots of a product of distances are found whatever the units of the unknown.
    #[test]
    fn every_root_of_a_cubic(a in -2.0..-1.0_f64, b in -0.5..0.5_f64, c in 1.0..2.0_f64, units in prop::sample::select(vec![1e-3, 1.0, 1e3])) {
        let mut problem = Given {
            unknowns: 1,
            moments: 1,
            function: |t: &[f64], m: &mut [f64], j: &mut [f64]| {
                let x = t[0] / units;
                m[0] = (x - a) * (x - b) * (x - c);
                j[0] = ((x - b) * (x - c) + (x - a) * (x - c) + (x - a) * (x - b)) / units;
            },
        };
        let options = Scan { far: 1e6, same: 1e-4 * units.min(1.0), ..Scan::default() };
        let found = scan(&mut problem, &starts(1, 64, -3.0 * units, 3.0 * units), &options);
        let roots: Vec<f64> = found.solutions.iter().filter(|s| s.exact).map(|s| s.at[0] / units).collect();
        prop_assert_eq!(roots.len(), 3);
        for (r, e) in roots.iter().zip([a, b, c]) {
            prop_assert!((r - e).abs() < 1e-8);
        }
    }
}
