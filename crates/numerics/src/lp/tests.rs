use proptest::prelude::*;

use super::*;

fn cloud(rows: &[&[f64]]) -> Cloud {
    Cloud::new(rows.iter().map(|r| r.to_vec()).collect()).unwrap()
}

fn cost(c: &[f64]) -> Objective {
    Objective { cloud: c.to_vec(), ..Objective::default() }
}

fn row(sense: Sense, rhs: f64) -> Row {
    Row { sense, rhs }
}

fn solve(cloud: &Cloud, rows: &[Row], objectives: &[Objective]) -> Solution {
    Program { cloud, extras: &[], rows, objectives, start: None }.solve().unwrap()
}

/// The generator of `crates/frontier/tests/oracle/oracle.py`.
fn draws(seed: u64) -> impl FnMut() -> f64 {
    let mut state = seed;
    move || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }
}

type General = (Cloud, Vec<Row>, Vec<f64>);

fn general(seed: u64) -> General {
    let mut r = draws(seed);
    let k = 3 + (r() * 4.0) as usize;
    let n = 6 + (r() * 10.0) as usize;
    let mut a: Vec<Vec<f64>> = (0..k).map(|_| (0..n).map(|_| (r() * 6.0).floor() - 2.0).collect()).collect();
    let mut senses: Vec<Sense> = (0..k).map(|_| [Sense::AtMost, Sense::Equal, Sense::AtLeast][(r() * 3.0) as usize]).collect();
    let mut rhs: Vec<f64> = (0..k).map(|_| (r() * 9.0).floor() - 2.0).collect();
    let c = (0..n).map(|_| (r() * 11.0).floor() - 5.0).collect();
    a.push(vec![1.0; n]);
    senses.push(Sense::AtMost);
    rhs.push(10.0);
    let rows = senses.into_iter().zip(rhs).map(|(sense, rhs)| Row { sense, rhs }).collect();
    (Cloud::new(a).unwrap(), rows, c)
}

#[test]
fn general_programs_agree_with_highs() {
    let cases: serde_json::Value = serde_json::from_str(include_str!("../../../frontier/tests/oracle/general.json")).unwrap();
    for case in cases.as_array().unwrap() {
        let seed = case["seed"].as_u64().unwrap();
        let (a, rows, c) = general(seed);
        let s = solve(&a, &rows, &[cost(&c)]);
        match case["value"].as_f64() {
            Some(v) => {
                assert_eq!(s.status, Status::Optimal, "seed {seed}");
                assert!((s.values[0] - v).abs() <= 1e-9 * (1.0 + v.abs()), "seed {seed}: {} is not {v}", s.values[0]);
                assert!(s.interval.0 <= v + 1e-9 && v <= s.interval.1 + 1e-9, "seed {seed}: {:?}", s.interval);
            }
            None => {
                assert_eq!(s.status, Status::Infeasible, "seed {seed}");
                // Farkas: the multipliers prove it without trusting the solver.
                for (y, row) in s.duals.iter().zip(&rows) {
                    match row.sense {
                        Sense::AtMost => assert!(*y <= 1e-9),
                        Sense::AtLeast => assert!(*y >= -1e-9),
                        Sense::Equal => {}
                    }
                }
                for j in 0..a.columns() {
                    let ya: f64 = (0..a.rows()).map(|i| s.duals[i] * a.row(i)[j]).sum();
                    assert!(ya <= 1e-9, "seed {seed}, column {j}: {ya}");
                }
                assert!(s.duals.iter().zip(&rows).map(|(y, r)| y * r.rhs).sum::<f64>() > 1e-9);
            }
        }
    }
}

#[test]
fn the_last_resort_agrees_with_the_simplex() {
    for seed in 0..200 {
        let (a, rows, c) = general(seed);
        let objectives = [cost(&c), cost(&c.iter().map(|x| x * x).collect::<Vec<_>>())];
        let program = Program { cloud: &a, extras: &[], rows: &rows, objectives: &objectives, start: None };
        let usual = program.solve().unwrap();
        let patient = patient::solve(&scaled::Scaled::new(&program));
        assert_eq!(usual.status, patient.status, "seed {seed}");
        for (u, p) in usual.values.iter().zip(&patient.values) {
            assert!((u - p).abs() < 1e-9 * (1.0 + u.abs()), "seed {seed}: {u} {p}");
        }
        let at = |s: &Solution, j| s.weights.iter().find(|w| w.0 == j).map_or(0.0, |w| w.1);
        for j in 0..a.columns() {
            assert!((at(&usual, j) - at(&patient, j)).abs() < 1e-9, "seed {seed}, weight {j}");
        }
    }
}

#[test]
fn any_start_gives_the_same_vertex() {
    for seed in 0..200 {
        let (a, rows, c) = general(seed);
        let objectives = [cost(&c)];
        let cold = solve(&a, &rows, &objectives);
        if cold.status != Status::Optimal {
            continue;
        }
        // Start from the optimal basis of another objective.
        let other = solve(&a, &rows, &[cost(&c.iter().map(|x| 1.0 - x).collect::<Vec<_>>())]);
        let program = Program { cloud: &a, extras: &[], rows: &rows, objectives: &objectives, start: Some(&other.basis) };
        let warm = program.solve().unwrap();
        assert!((warm.values[0] - cold.values[0]).abs() < 1e-10);
        let at = |s: &Solution, j| s.weights.iter().find(|w| w.0 == j).map_or(0.0, |w| w.1);
        for j in 0..a.columns() {
            assert!((at(&warm, j) - at(&cold, j)).abs() < 1e-9, "seed {seed}, weight {j}");
        }
    }
}

#[test]
fn a_cycling_classic_ends() {
    // Beale (1955): Dantzig's rule with the first-row tie rule cycles for ever; the optimum is -1/20.
    let a = cloud(&[&[0.25, -60.0, -0.04, 9.0], &[0.5, -90.0, -0.02, 3.0], &[0.0, 0.0, 1.0, 0.0]]);
    let rows = [row(Sense::AtMost, 0.0), row(Sense::AtMost, 0.0), row(Sense::AtMost, 1.0)];
    let s = solve(&a, &rows, &[cost(&[-0.75, 150.0, -0.02, 6.0])]);
    assert_eq!(s.status, Status::Optimal);
    assert!((s.values[0] + 0.05).abs() < 1e-12, "{}", s.values[0]);
}

#[test]
fn unbounded_is_said() {
    let a = cloud(&[&[1.0, -1.0]]);
    assert_eq!(solve(&a, &[row(Sense::Equal, 0.0)], &[cost(&[-1.0, 0.0])]).status, Status::Unbounded);
}

#[test]
fn a_free_column_may_be_negative() {
    // max t with x + t = 1, x >= 3: t = -2.
    let a = cloud(&[&[1.0], &[1.0]]);
    let extras = [Column { entries: vec![1.0, 0.0], free: true }];
    let objectives = [Objective { extras: vec![-1.0], ..Objective::default() }];
    let rows = [row(Sense::Equal, 1.0), row(Sense::AtLeast, 3.0)];
    let s = Program { cloud: &a, extras: &extras, rows: &rows, objectives: &objectives, start: None }.solve().unwrap();
    assert_eq!((s.status, s.extras[0], s.values[0]), (Status::Optimal, -2.0, 2.0));
}

#[test]
fn later_objectives_keep_the_earlier_optimum() {
    // min x+y with x+y >= 2, then max x.
    let a = cloud(&[&[1.0, 1.0]]);
    let objectives = [cost(&[1.0, 1.0]), cost(&[-1.0, 0.0])];
    let s = solve(&a, &[row(Sense::AtLeast, 2.0)], &objectives);
    assert_eq!((s.values.as_slice(), s.weights.as_slice(), s.unique), ([2.0, -2.0].as_slice(), [(0, 2.0)].as_slice(), true));
}

#[test]
fn malformed_programs_are_refused() {
    assert!(matches!(Cloud::new(vec![vec![1.0], vec![1.0, 2.0]]), Err(LpError::Shape { found: 2, expected: 1, .. })));
    assert!(matches!(Cloud::new(vec![vec![1.0, f64::NAN]]), Err(LpError::NotFinite { place: 1, .. })));
    let a = cloud(&[&[1.0]]);
    let rows = [row(Sense::Equal, 1.0)];
    assert_eq!(Program { cloud: &a, extras: &[], rows: &rows, objectives: &[], start: None }.solve(), Err(LpError::NoObjective));
}

proptest! {
    /// Rows and columns in other units: the value follows exactly as it must.
    #[test]
    fn units_do_not_matter(seed in 0_u64..500, by_row in -30_i32..30, by_column in -30_i32..30) {
        let (a, rows, c) = general(seed);
        let s = solve(&a, &rows, &[cost(&c)]);
        let (f, g) = (10.0_f64.powi(by_row / 3), 10.0_f64.powi(by_column / 3));
        let scaled: Vec<Vec<f64>> = (0..a.rows())
            .map(|i| a.row(i).iter().enumerate().map(|(j, x)| x * if i == 0 { f } else { 1.0 } * if j == 0 { g } else { 1.0 }).collect())
            .collect();
        let mut moved = rows.clone();
        moved[0].rhs *= f;
        let mut costs = c;
        costs[0] *= g;
        let t = solve(&Cloud::new(scaled).unwrap(), &moved, &[cost(&costs)]);
        prop_assert_eq!(s.status, t.status);
        if s.status == Status::Optimal {
            prop_assert!((s.values[0] - t.values[0]).abs() <= 1e-8 * (1.0 + s.values[0].abs()), "{} {}", s.values[0], t.values[0]);
        }
    }

    /// Strong duality and complementary signs.
    #[test]
    fn primal_equals_dual(seed in 0_u64..2000) {
        let (a, rows, c) = general(seed);
        let s = solve(&a, &rows, &[cost(&c)]);
        if s.status == Status::Optimal {
            let dual: f64 = s.duals.iter().zip(&rows).map(|(y, r)| y * r.rhs).sum();
            prop_assert!((dual - s.values[0]).abs() < 1e-9);
            for (j, cost) in c.iter().enumerate() {
                let d: f64 = cost - (0..a.rows()).map(|i| s.duals[i] * a.row(i)[j]).sum::<f64>();
                prop_assert!(d > -1e-9);
            }
        }
    }
}

/// The second output lies beyond the largest by its last digits, as a target does that was summed from weights. The phase
/// that looks for a feasible point left it to the row of the first, where the exchange made 1e-10 of it: proof enough,
/// once, that nothing was feasible.
#[test]
fn what_rounding_puts_outside_is_not_infeasible() {
    let points = vec![
        vec![
            4.527432108088138,
            19.902179444645846,
            0.5,
            42.91749922660121,
            0.5,
            10.365591660404762,
            0.5,
            41.079784929408255,
            49.99528314546882,
            29.999386202779903,
        ],
        vec![
            42.61245008627739,
            0.5,
            46.032575338935395,
            28.345028313244878,
            16.106939404000197,
            25.748722443242418,
            28.106822630720433,
            34.38487437951412,
            46.960061079376175,
            32.817256684630316,
        ],
        vec![
            0.5,
            0.5,
            0.5,
            2.874227687711322,
            47.75049889324715,
            49.683810187487424,
            0.5,
            1.0774403001384938,
            40.850657334109236,
            48.61459120557581,
        ],
        vec![
            0.5,
            14.779718282454715,
            0.5,
            25.817958450212128,
            0.5,
            29.429963868271326,
            42.413860448240804,
            43.731830567725794,
            41.60523281738215,
            43.58730213789315,
        ],
        vec![1.0; 10],
    ];
    let cloud = Cloud::new(points).unwrap();
    let senses = [Sense::AtLeast, Sense::AtLeast, Sense::AtLeast, Sense::AtLeast, Sense::Equal];
    let slacks = vec![14.456457766394982, 36.74828949439224, 0.0, 0.0, 0.0];
    let least = 14.456457766394982 * 41.079784929408255 + 36.74828949439224 * 34.38487437951412;
    for (share, status) in [(0.0, Status::Optimal), (9e-15, Status::Optimal), (1e-7, Status::Infeasible)] {
        let rhs = [0.0, 0.0, 1.0774403001384938 * (1.0 + share), 43.731830567725794 * (1.0 + share), 1.0];
        let rows: Vec<Row> = senses.iter().zip(rhs).map(|(&sense, rhs)| Row { sense, rhs }).collect();
        let objectives = [Objective { slacks: slacks.clone(), ..Objective::default() }];
        let one = Program { cloud: &cloud, extras: &[], rows: &rows, objectives: &objectives, start: None }.solve().unwrap();
        let fill = |_: usize, instance: &mut Instance| {
            instance.rhs.copy_from_slice(&rhs);
            instance.costs[0].slacks.copy_from_slice(&slacks);
        };
        let family = Family::new(&cloud, senses.to_vec(), Vec::new(), 1).unwrap();
        let swept = family.sweep(&[0], fill, |_, s| s.clone()).remove(0);
        for s in [one, swept] {
            assert_eq!(s.status, status, "{share}");
            assert!(status == Status::Infeasible || (s.values[0] / least - 1.0).abs() < 1e-11, "{share}: {}", s.values[0]);
        }
    }
}
