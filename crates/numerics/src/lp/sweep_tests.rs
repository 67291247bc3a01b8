use super::*;

/// The generator of `tests.rs`.
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

/// Inputs, then outputs, of `n` units.
fn technology(seed: u64, n: usize, m: usize, s: usize, kind: usize) -> Vec<Vec<f64>> {
    let mut r = draws(seed);
    let mut rows = vec![Vec::new(); m + s];
    for _ in 0..n {
        let size = match kind {
            2 => 10.0_f64.powf(12.0 * r() - 6.0),
            _ => 1.0,
        };
        let mut product = 1.0;
        for row in rows.iter_mut().take(m) {
            let x = match kind {
                1 => 1.0 + (4.0 * r()).floor(),
                _ => 1.0 + 9.0 * r(),
            };
            product *= x.powf(0.9 / m as f64);
            row.push(x * size);
        }
        let fall = (-0.5 * r()).exp();
        for row in rows.iter_mut().skip(m) {
            let y = match kind {
                1 => 1.0 + (4.0 * r()).floor(),
                3 => (4.0 * r() - 2.0).max(0.0) + 0.1 * r().round(),
                _ => (0.2 + r()) * product * fall,
            };
            row.push(y * size);
        }
        if kind == 3 {
            let j = (r() * s as f64) as usize;
            *rows[m + j].last_mut().unwrap() = product * fall;
        }
    }
    rows
}

/// Input-oriented radial programs; `sum` is the sense of the row of ones.
fn radial(
    rows: &[Vec<f64>],
    m: usize,
    sum: Option<Sense>,
    slacks: bool,
) -> (Cloud, Vec<Sense>, impl Fn(usize, &mut Instance) + Sync + use<>) {
    let n = rows[0].len();
    let s = rows.len() - m;
    let mut points = rows.to_vec();
    let mut senses = vec![Sense::AtMost; m];
    senses.extend(vec![Sense::AtLeast; s]);
    if let Some(sense) = sum {
        points.push(vec![1.0; n]);
        senses.push(sense);
    }
    let data = rows.to_vec();
    let fill = move |u: usize, p: &mut Instance| {
        for (e, row) in p.extras.iter_mut().zip(&data[..m]) {
            *e = -row[u];
        }
        for (b, row) in p.rhs[m..].iter_mut().zip(&data[m..]) {
            *b = row[u];
        }
        if sum.is_some() {
            p.rhs[m + s] = 1.0;
        }
        p.costs[0].extras[0] = 1.0;
        if slacks {
            p.costs[1].slacks[..m + s].fill(-1.0);
        }
    };
    (Cloud::new(points).unwrap(), senses, fill)
}

fn compare(rows: &[Vec<f64>], m: usize, sum: Option<Sense>, exclude: bool, label: &str) {
    let n = rows[0].len();
    let (cloud, senses, fill) = radial(rows, m, sum, true);
    let family = Family::new(&cloud, senses, vec![false], 2).unwrap();
    let fill = |u: usize, p: &mut Instance| {
        fill(u, p);
        p.excluded.clear();
        if exclude {
            p.excluded.push(u);
        }
    };
    let order: Vec<usize> = (0..n).collect();
    let swept = family.sweep(&order, fill, |_, s| s.clone());
    for u in 0..n {
        let mut instance = family.instance();
        fill(u, &mut instance);
        let slow = family.one(&instance);
        let fast = &swept[u];
        assert_eq!(fast.status, slow.status, "{label}: unit {u}");
        if slow.status != Status::Optimal {
            continue;
        }
        let (f, s) = (fast.values[0], slow.values[0]);
        assert!((f - s).abs() <= 1e-9 * (1.0 + s.abs()), "{label}: unit {u}: {f} is not {s}");
        assert!(
            fast.interval.0 <= s + 1e-12 && s - 1e-12 <= fast.interval.1,
            "{label}: unit {u}: {s} outside {:?}",
            fast.interval
        );
        let (f, s) = (fast.values[1], slow.values[1]);
        let size: f64 = rows.iter().map(|r| r[u].abs()).sum();
        assert!((f - s).abs() <= 1e-8 * (s.abs() + size), "{label}: slacks of unit {u}: {f} is not {s}");
    }
}

#[test]
fn sweeping_equals_solving_one_by_one() {
    for (n, kinds) in [(40, 0..4), (700, 0..2)] {
        for kind in kinds {
            for (m, s) in [(3, 1), (2, 2), (1, 1)] {
                let rows = technology(7 + kind as u64, n, m, s, kind);
                for sum in [None, Some(Sense::Equal), Some(Sense::AtMost), Some(Sense::AtLeast)] {
                    compare(&rows, m, sum, false, &format!("kind {kind}, {n} units, {m}x{s}, {sum:?}"));
                }
            }
        }
    }
}

#[test]
fn excluded_points_are_not_used() {
    for (n, kind) in [(60, 0), (60, 1), (400, 0)] {
        let rows = technology(3, n, 2, 2, kind);
        for sum in [None, Some(Sense::Equal)] {
            compare(&rows, 2, sum, true, &format!("super-efficiency, kind {kind}, {n} units, {sum:?}"));
        }
    }
}

#[test]
fn the_order_of_programs_does_not_matter() {
    let rows = technology(5, 600, 3, 2, 0);
    let (cloud, senses, fill) = radial(&rows, 3, Some(Sense::Equal), true);
    let family = Family::new(&cloud, senses, vec![false], 2).unwrap();
    let order: Vec<usize> = (0..600).collect();
    let back: Vec<usize> = (0..600).rev().collect();
    let one = family.sweep(&order, &fill, |_, s| (s.values.clone(), s.weights.clone()));
    let two = family.sweep(&back, &fill, |_, s| (s.values.clone(), s.weights.clone()));
    for (a, b) in one.iter().zip(two.iter().rev()) {
        assert!((a.0[0] - b.0[0]).abs() < 1e-13);
        let ids = |w: &[(usize, f64)]| w.iter().filter(|w| w.1 > 1e-9).map(|w| w.0).collect::<Vec<_>>();
        assert_eq!(ids(&a.1), ids(&b.1));
    }
}

#[test]
fn values_alone_are_the_same_and_proven() {
    for kind in 0..4 {
        let rows = technology(20 + kind as u64, 900, 3, 1, kind);
        for sum in [None, Some(Sense::Equal), Some(Sense::AtMost), Some(Sense::AtLeast)] {
            let (cloud, senses, fill) = radial(&rows, 3, sum, false);
            let order: Vec<usize> = (0..900).collect();
            let whole = Family::new(&cloud, senses.clone(), vec![false], 1).unwrap();
            let values = whole.clone().values().sweep(&order, &fill, |_, s| s.clone());
            let full = whole.sweep(&order, &fill, |_, s| s.clone());
            for u in 0..900 {
                let (v, f) = (&values[u], &full[u]);
                assert_eq!(v.status, f.status, "kind {kind} {sum:?} {u}");
                if v.status != Status::Optimal {
                    // Sizes over twelve orders of magnitude leave a few open.
                    assert!(kind == 2);
                    continue;
                }
                let size = 1.0 + f.values[0].abs();
                assert!((v.values[0] - f.values[0]).abs() <= 1e-10 * size, "kind {kind} {sum:?} {u}: {v:?} {f:?}");
                assert!(v.interval.0 <= f.interval.1 && f.interval.0 <= v.interval.1, "kind {kind} {sum:?} {u}");
                assert!(v.interval.1 - v.interval.0 <= 5e-10 * size);
                // The duals bear the value, and no point lies below them.
                let mut p = whole.instance();
                fill(u, &mut p);
                let worth: f64 = v.duals.iter().zip(&p.rhs).map(|(p, b)| p * b).sum();
                assert!((worth - v.values[0]).abs() <= 1e-9 * size, "kind {kind} {sum:?} {u}: {worth}");
                assert!((0..900).all(|j| screen::price(&cloud, &v.duals, j).relative > -1e-9));
            }
        }
    }
}

#[test]
fn directions_under_constant_returns() {
    // Points near a sphere, five inputs and five outputs.
    let mut r = draws(5);
    let mut rows = vec![Vec::new(); 10];
    for _ in 0..60 {
        let z: Vec<f64> = (0..10).map(|_| r()).collect();
        let norm = z.iter().map(|z| z * z).sum::<f64>().sqrt() / if r() < 0.5 { 1.0 } else { 0.8 };
        for (i, row) in rows.iter_mut().enumerate() {
            row.push(if i < 5 { 1.1 - z[i] / norm } else { z[i] / norm });
        }
    }
    let cloud = Cloud::new(rows.clone()).unwrap();
    let mut senses = vec![Sense::AtMost; 5];
    senses.resize(10, Sense::AtLeast);
    let family = Family::new(&cloud, senses, vec![true], 1).unwrap();
    let fill = |u: usize, p: &mut Instance| {
        for (i, row) in rows.iter().enumerate() {
            p.rhs[i] = row[u];
            p.extras[i] = if i < 5 { row[u] } else { -row[u] };
        }
        p.costs[0].extras[0] = -1.0;
    };
    let order: Vec<usize> = (0..60).collect();
    let swept = family.sweep(&order, fill, |_, s| s.clone());
    for (u, fast) in swept.iter().enumerate() {
        let mut instance = family.instance();
        fill(u, &mut instance);
        let slow = family.one(&instance);
        assert!((fast.values[0] - slow.values[0]).abs() < 1e-9, "unit {u}: {:?} is not {:?}", fast.values, slow.values);
        // Alone, from the logicals: weights of zero are feasible, but far from the end.
        let alone = &family.sweep(&[u], fill, |_, s| s.values[0])[0];
        assert!((alone - slow.values[0]).abs() < 1e-9, "unit {u} alone: {alone} is not {:?}", slow.values);
    }
}
