use proptest::prelude::*;

use super::*;
use crate::{Role, Technology};

/// Coelli (1996), DEAP 2.1, EG4: five firms, three years, output orientation.
#[test]
fn deap_eg4() {
    let x = [2.0, 4.0, 3.0, 5.0, 6.0, 2.0, 4.0, 3.0, 5.0, 5.0, 2.0, 4.0, 3.0, 5.0, 5.0];
    let y = [1.0, 2.0, 3.0, 4.0, 5.0, 1.0, 3.0, 4.0, 3.0, 5.0, 1.0, 3.0, 4.0, 3.0, 5.0];
    let units = [0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 1, 2, 3, 4];
    let periods = [1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3];
    let technology = Technology { inputs: vec![&x], outputs: vec![&y], bad_outputs: vec![] };
    let data = Observations { technology, units: &units, periods: &periods };
    let options = MalmquistOptions { orientation: Orientation::Output, ..MalmquistOptions::default() };
    let m = malmquist(&data, &options).unwrap();
    let year = |c: &[f64], t: i32| -> Vec<f64> { (0..c.len()).filter(|&i| m.to[i] == t).map(|i| c[i]).collect() };
    let printed = [
        (&m.efficiency, [0.75, 1.125, 1.0, 0.562, 0.9]),
        (&m.technical, [1.333; 5]),
        (&m.pure, [1.0, 1.222, 1.0, 0.65, 1.0]),
        (&m.scale, [0.75, 0.92, 1.0, 0.865, 0.9]),
        (&m.index, [1.0, 1.5, 1.333, 0.75, 1.2]),
    ];
    for (found, expected) in printed {
        for (f, e) in year(found, 2).iter().zip(expected) {
            // Printed by cutting or rounding to three decimals: 0.5625 stands as 0.562.
            assert!((f - e).abs() <= 0.0006, "{f} is not {e}");
        }
        for f in year(found, 3) {
            assert!((f - 1.0).abs() < 1e-12);
        }
    }
    let all = m.mean(|_| true);
    for (f, e) in [all.efficiency, all.technical, all.pure, all.scale, all.index].iter().zip([0.918, 1.155, 0.977, 0.94, 1.061]) {
        assert!((f - e).abs() <= 0.0006, "{f} is not {e}");
    }
}

#[test]
fn gaps_are_named_and_break_the_cumulative_index() {
    let (x, y) = ([1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0], [1.0, 2.0, 3.0, 4.0, 1.0, 2.0, 4.0]);
    let (units, periods) = ([0, 0, 0, 0, 1, 1, 1], [1, 2, 3, 4, 1, 2, 4]);
    let technology = Technology { inputs: vec![&x], outputs: vec![&y], bad_outputs: vec![] };
    let m = malmquist(&Observations { technology, units: &units, periods: &periods }, &MalmquistOptions::default()).unwrap();
    let gap = |from, to, from_missing, to_missing| Gap { unit: 1, from, to, from_missing, to_missing };
    assert_eq!(m.gaps, [gap(2, 3, false, true), gap(3, 4, true, false)]);
    assert_eq!(m.cumulative, [2.0, 3.0, 4.0, 2.0]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn products_hold(cells in proptest::collection::vec(0.1_f64..10.0, 90), output in any::<bool>(), mean in 0_usize..3) {
        let (x, rest) = cells.split_at(30);
        let (z, y) = rest.split_at(30);
        let units: Vec<usize> = (0..30).map(|i| i % 10).collect();
        let periods: Vec<i32> = (0..30).map(|i| i / 10).collect();
        let options = MalmquistOptions {
            orientation: if output { Orientation::Output } else { Orientation::Input },
            mean: [Mean::Geometric, Mean::Base, Mean::Comparison][mean],
            ..MalmquistOptions::default()
        };
        let run = |x: &[f64]| {
            let technology = Technology { inputs: vec![x, z], outputs: vec![y], bad_outputs: vec![] };
            malmquist(&Observations { technology, units: &units, periods: &periods }, &options).unwrap()
        };
        let m = run(x);
        prop_assert!(m.residual < 1e-13, "{}", m.residual);
        prop_assert!(m.gaps.is_empty() && m.index.len() == 20);
        for i in 0..20 {
            prop_assert!((m.index[i] - m.efficiency[i] * m.technical[i]).abs() < 1e-12 * m.index[i]);
            prop_assert!((m.efficiency[i] - m.pure[i] * m.scale[i]).abs() < 1e-12 * m.efficiency[i]);
        }
        let scaled = run(&x.iter().map(|v| v * 1e9).collect::<Vec<_>>());
        for i in 0..20 {
            prop_assert!((m.index[i] - scaled.index[i]).abs() < 1e-9 * m.index[i]);
        }
    }

    /// Under CRS the index is the same in both orientations.
    #[test]
    fn orientations_agree_under_constant_returns(cells in proptest::collection::vec(0.1_f64..10.0, 40)) {
        let (x, y) = cells.split_at(20);
        let units: Vec<usize> = (0..20).map(|i| i % 10).collect();
        let periods: Vec<i32> = (0..20).map(|i| i / 10).collect();
        let run = |orientation| {
            let technology = Technology { inputs: vec![x], outputs: vec![y], bad_outputs: vec![] };
            let options = MalmquistOptions { orientation, ..MalmquistOptions::default() };
            malmquist(&Observations { technology, units: &units, periods: &periods }, &options).unwrap()
        };
        let (i, o) = (run(Orientation::Input), run(Orientation::Output));
        for k in 0..10 {
            prop_assert!((i.index[k] - o.index[k]).abs() < 1e-10 * i.index[k]);
        }
    }
}

#[test]
fn a_period_without_a_complete_row_is_a_gap_for_everyone() {
    let n = f64::NAN;
    let (x, y) = ([1.0, n, 1.0, 1.0, 1.0, n, 1.0, 1.0], [1.0, 2.0, 3.0, 4.0, 2.0, 2.0, 4.0, 4.0]);
    let (units, periods) = ([0, 0, 0, 0, 1, 1, 1, 1], [1, 2, 3, 4, 1, 2, 3, 4]);
    let technology = Technology { inputs: vec![&x], outputs: vec![&y], bad_outputs: vec![] };
    let data = Observations { technology, units: &units, periods: &periods };
    let options = MalmquistOptions { missing: Missing::Exclude, ..MalmquistOptions::default() };
    let m = malmquist(&data, &options).unwrap();
    assert_eq!((m.gaps.len(), m.from.as_slice()), (4, [3, 3].as_slice()));
    assert!(m.cumulative.iter().chain(&m.index).all(|v| v.is_finite()));
}

/// With a zero input the other period may make nothing at all: 1/phi is infinite and must not pass as solved.
#[test]
fn a_distance_without_bound_says_so() {
    let (a, b) = ([1.0, 1.0, 1.0, 1.0], [0.0, 1.0, 1.0, 1.0]);
    let y = [1.0, 1.0, 1.0, 2.0];
    let technology = Technology { inputs: vec![&a, &b], outputs: vec![&y], bad_outputs: vec![] };
    let data = Observations { technology, units: &[0, 1, 0, 1], periods: &[1, 1, 2, 2] };
    let options = MalmquistOptions { orientation: Orientation::Output, ..MalmquistOptions::default() };
    let m = malmquist(&data, &options).unwrap();
    assert_eq!(m.crs.base_other[0].state, State::Unbounded);
    assert!(m.crs.base_other[0].value.is_nan() && m.index[0].is_nan() && m.index[1].is_finite());
    // The means leave the unsolved change out of every part, so that they still multiply.
    let mean = m.mean(|_| true);
    assert_eq!(mean.count, 1);
    assert!((mean.index - mean.efficiency * mean.technical).abs() < 1e-12);
}

const KINDS: [Kind; 6] = [Kind::Adjacent, Kind::FixedBase, Kind::Sequential, Kind::Window, Kind::Biennial, Kind::Global];

/// A balanced panel: units by periods, inputs and outputs as (unit, period) -> value.
struct Panel {
    columns: Vec<Vec<f64>>,
    inputs: usize,
    units: Vec<usize>,
    periods: Vec<i32>,
}

impl Panel {
    /// Cells in order of period, then unit; the last `outputs` columns are outputs.
    fn new(columns: &[&[f64]], inputs: usize, units: usize) -> Self {
        let n = columns[0].len();
        Self {
            columns: columns.iter().map(|c| c.to_vec()).collect(),
            inputs,
            units: (0..n).map(|i| i % units).collect(),
            periods: (0..n).map(|i| (i / units) as i32 + 1).collect(),
        }
    }

    fn run(&self, options: &MalmquistOptions) -> Result<Malmquist, FrontierError> {
        let slices: Vec<&[f64]> = self.columns.iter().map(Vec::as_slice).collect();
        let (inputs, outputs) = slices.split_at(self.inputs);
        let technology = Technology { inputs: inputs.to_vec(), outputs: outputs.to_vec(), bad_outputs: vec![] };
        malmquist(&Observations { technology, units: &self.units, periods: &self.periods }, options)
    }
}

fn options(kind: Kind, decomposition: Decomposition) -> MalmquistOptions {
    MalmquistOptions { kind, decomposition, ..MalmquistOptions::default() }
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * a.abs().max(b.abs())
}

/// Grifell-Tatje and Lovell (1999), A generalized Malmquist productivity index, Top 7(1), p. 100: eight units of
/// one input and one output, earlier period's technology, output orientation.
#[test]
fn grifell_tatje_and_lovell_page_100() {
    let x = [40.0, 150.0, 300.0, 380.0, 380.0, 430.0, 480.0, 380.0, 40.0, 150.0, 300.0, 380.0, 480.0, 515.0, 550.0, 300.0];
    let y = [37.0, 170.0, 330.0, 370.0, 370.0, 360.0, 380.0, 333.0, 100.0, 250.0, 330.0, 370.0, 410.0, 410.0, 420.0, 297.0];
    let p = Panel::new(&[&x, &y], 1, 8);
    let run = |decomposition| {
        let base =
            MalmquistOptions { orientation: Orientation::Output, mean: Mean::Base, ..options(Kind::Adjacent, decomposition) };
        p.run(&base).unwrap()
    };
    let index = [2.702703, 1.470588, 1.0, 1.0, 0.877252, 0.950917, 0.964593, 1.129730];
    let technical = [2.702703, 1.470588, 1.0, 1.0, 1.078947, 1.092105, 1.105263, 1.0];
    let scale = [1.0, 1.0, 1.0, 1.0, 0.813063, 0.846084, 0.872727, 1.129730];
    let agree = |found: &[f64], printed: &[f64]| found.iter().zip(printed).all(|(f, e)| (f - e).abs() < 1e-6);
    // With one input and one output the two decompositions agree.
    for decomposition in [Decomposition::RayDesli, Decomposition::GrifellLovell] {
        let m = run(decomposition);
        assert!(agree(&m.index, &index) && agree(&m.technical, &technical) && agree(&m.scale, &scale), "{m:?}");
        assert!(m.efficiency.is_empty() && m.failures.is_empty());
    }
    let fgnz = run(Decomposition::Fgnz);
    assert!(agree(&fgnz.index, &index) && agree(&fgnz.technical, &[2.205882; 8]));
}

#[test]
fn pooled_technologies_reach_everyone_under_variable_returns() {
    // In the later period unit 1 makes more than anyone did before.
    let p = Panel::new(&[&[1.0, 2.0, 1.0, 3.0], &[1.0, 2.0, 2.0, 5.0]], 1, 2);
    let vrs = |kind| MalmquistOptions { kind, returns: IndexReturns::Vrs, ..MalmquistOptions::default() };
    let m = p.run(&vrs(Kind::Adjacent)).unwrap();
    assert!(m.index[1].is_nan());
    let f = &m.failures[0];
    assert_eq!((f.change, f.distance, f.returns, f.state), (1, Measured::ComparisonOther, IndexReturns::Vrs, State::Infeasible));
    assert_eq!((f.observed, f.technology, f.joint), ((2, 2), (1, 1), false));
    assert_eq!(f.barriers, [Barrier { role: Role::Output, variable: 0, value: 5.0, limit: 2.0 }]);
    let kinds: Vec<Kind> = m.alternatives.iter().map(|a| a.kind).collect();
    assert_eq!(kinds, [Kind::Biennial, Kind::Global]);
    for a in &m.alternatives {
        let direct = p.run(&vrs(a.kind)).unwrap();
        assert!(a.state == State::Optimal && close(a.index, direct.index[a.change]));
        assert!(close(a.index, a.efficiency * a.technical));
    }
}

/// Each output alone is in reach, both together are not.
#[test]
fn a_joint_barrier_names_all_its_variables() {
    let p = Panel::new(&[&[1.0, 1.0, 1.0, 1.0], &[4.0, 1.0, 4.0, 3.5], &[1.0, 4.0, 1.0, 3.5]], 1, 2);
    let m = p.run(&MalmquistOptions { returns: IndexReturns::Vrs, ..MalmquistOptions::default() }).unwrap();
    let f = m.failures.iter().find(|f| f.change == 1 && f.distance == Measured::ComparisonOther).unwrap();
    assert!(f.joint);
    let named: Vec<(Role, usize)> = f.barriers.iter().map(|b| (b.role, b.variable)).collect();
    assert_eq!(named, [(Role::Output, 0), (Role::Output, 1)]);
}

/// Alvarez, Barbero and Zofio (2020), Journal of Statistical Software 95(3), section 4: changes against the first
/// period, printed to four decimals.
#[test]
fn fixed_base_chains_to_the_printed_changes() {
    let x = [2.0, 3.0, 5.0, 4.0, 4.0, 1.0, 2.0, 4.0, 3.0, 4.0, 0.5, 1.5, 3.0, 2.0, 4.0];
    let y = [1.0, 4.0, 6.0, 3.0, 5.0, 1.0, 4.0, 6.0, 3.0, 3.0, 2.0, 4.0, 6.0, 3.0, 1.0];
    let m = Panel::new(&[&x, &y], 1, 5).run(&options(Kind::FixedBase, Decomposition::Fgnz)).unwrap();
    let at = |c: &[f64], to: i32| -> Vec<f64> { (0..c.len()).filter(|&i| m.to[i] == to).map(|i| c[i]).collect() };
    let printed = [
        (m.cumulative.clone(), 3, [8.0, 2.0, 1.6667, 2.0, 0.2]),
        (m.cumulate(&m.efficiency), 3, [2.6667, 0.6667, 0.5556, 0.6667, 0.0667]),
        (m.cumulate(&m.technical), 3, [3.0; 5]),
        (m.cumulative.clone(), 2, [2.0, 1.5, 1.25, 1.3333, 0.6]),
    ];
    for (column, to, expected) in printed {
        for (f, e) in at(&column, to).iter().zip(expected) {
            assert!((f - e).abs() < 6e-5, "{f} is not {e}");
        }
    }
}

#[test]
fn options_that_do_not_fit_are_all_named() {
    let p = Panel::new(&[&[1.0, 2.0, 1.0, 2.0], &[1.0, 2.0, 2.0, 3.0]], 1, 2);
    let names = |o: &MalmquistOptions| match p.run(o) {
        Err(FrontierError::Options(list)) => list.into_iter().map(|(name, _)| name).collect::<Vec<_>>(),
        other => panic!("{other:?}"),
    };
    let window = NonZeroU32::new(2);
    let wrong = MalmquistOptions { base: Some(1), window, mean: Mean::Base, ..options(Kind::Global, Decomposition::Bias) };
    assert_eq!(names(&wrong), ["base", "window", "mean", "decomposition"]);
    assert_eq!(names(&MalmquistOptions { window, ..options(Kind::Window, Decomposition::Fgnz) }), ["window"]);
    assert_eq!(names(&MalmquistOptions { base: Some(7), ..options(Kind::FixedBase, Decomposition::Fgnz) }), ["base"]);
    let vrs = MalmquistOptions { returns: IndexReturns::Vrs, ..options(Kind::Adjacent, Decomposition::RayDesli) };
    assert_eq!(names(&vrs), ["decomposition"]);
    let base = MalmquistOptions { mean: Mean::Base, ..options(Kind::Adjacent, Decomposition::Bias) };
    assert_eq!(names(&base), ["mean"]);
}

#[test]
fn one_unit_and_one_period() {
    for kind in KINDS {
        let one = Panel::new(&[&[1.0, 2.0], &[1.0, 3.0]], 1, 1).run(&options(kind, Decomposition::Fgnz)).unwrap();
        assert!(close(one.index[0], 1.5) && close(one.efficiency[0], 1.0) == (kind != Kind::Window), "{kind:?} {one:?}");
        let none = Panel::new(&[&[1.0, 2.0], &[1.0, 3.0]], 1, 2).run(&options(kind, Decomposition::Fgnz)).unwrap();
        assert!(none.index.is_empty() && none.gaps.is_empty() && none.failures.is_empty());
    }
}

#[test]
fn an_empty_base_period_is_refused() {
    let n = f64::NAN;
    let p = Panel::new(&[&[1.0, 2.0, n, n, 1.0, 1.0], &[1.0; 6]], 1, 2);
    let fixed =
        |base| MalmquistOptions { base: Some(base), missing: Missing::Exclude, ..options(Kind::FixedBase, Decomposition::Fgnz) };
    assert!(matches!(p.run(&fixed(2)), Err(FrontierError::Options(_))));
    assert_eq!(p.run(&fixed(3)).unwrap().gaps.len(), 4);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// The index is the product of its parts, for every kind, decomposition and mean.
    #[test]
    fn identities_of_every_kind(cells in proptest::collection::vec(0.1_f64..10.0, 96), output in any::<bool>(), mean in 0_usize..3) {
        let p = Panel::new(&[&cells[..32], &cells[32..64], &cells[64..]], 2, 8);
        let all = [Decomposition::Fgnz, Decomposition::RayDesli, Decomposition::GrifellLovell, Decomposition::Bias];
        for (kind, decomposition) in KINDS.into_iter().flat_map(|k| all.map(|d| (k, d))) {
            let mean = [Mean::Geometric, Mean::Base, Mean::Comparison][if kind.two() { mean } else { 0 }];
            if !kind.two() && matches!(decomposition, Decomposition::GrifellLovell | Decomposition::Bias)
                || decomposition == Decomposition::Bias && mean != Mean::Geometric {
                continue;
            }
            let orientation = if output { Orientation::Output } else { Orientation::Input };
            let m = p.run(&MalmquistOptions { orientation, mean, ..options(kind, decomposition) }).unwrap();
            prop_assert!(m.residual < 1e-12, "{kind:?} {decomposition:?} {}", m.residual);
            prop_assert_eq!(m.index.len(), 24);
            let named: std::collections::BTreeSet<usize> = m.failures.iter().map(|f| f.change).collect();
            for i in 0..24 {
                let product: f64 = match decomposition {
                    Decomposition::Fgnz | Decomposition::Bias => m.efficiency[i] * m.technical[i],
                    _ => m.technical[i] * m.pure[i] * m.scale[i],
                };
                // A failure is named exactly where the parts do not make the index.
                prop_assert_eq!(product.is_nan(), named.contains(&i), "{:?} {:?} {}", kind, decomposition, i);
                prop_assert!(product.is_nan() || close(product, m.index[i]));
                if decomposition == Decomposition::Bias {
                    prop_assert!(close(m.technical[i], m.output_bias[i] * m.input_bias[i] * m.magnitude[i]));
                    // One output cannot be biased.
                    prop_assert!(close(m.output_bias[i], 1.0));
                }
            }
        }
    }

    /// Pooled technologies never fail under variable returns; constant returns never fail on positive data.
    #[test]
    fn what_theory_calls_feasible_is(cells in proptest::collection::vec(0.1_f64..10.0, 80), output in any::<bool>()) {
        let p = Panel::new(&[&cells[..20], &cells[20..40], &cells[40..60], &cells[60..]], 2, 5);
        let orientation = if output { Orientation::Output } else { Orientation::Input };
        for kind in KINDS {
            for returns in [IndexReturns::Crs, IndexReturns::Vrs] {
                let m = p.run(&MalmquistOptions { orientation, returns, ..options(kind, Decomposition::Fgnz) }).unwrap();
                let never = returns == IndexReturns::Crs || matches!(kind, Kind::Biennial | Kind::Global);
                prop_assert!(!never || m.failures.is_empty(), "{kind:?} {returns:?}");
                // The later sequential technology contains the earlier observation.
                let later = |f: &Failure| f.distance == Measured::BaseOther;
                prop_assert!(kind != Kind::Sequential || !m.failures.iter().any(later));
                for f in &m.failures {
                    prop_assert!(!f.barriers.is_empty() && f.state == State::Infeasible);
                    let beyond = |b: &Barrier| if b.role == Role::Input { b.value < b.limit } else { b.value > b.limit };
                    prop_assert!(f.joint || f.barriers.iter().all(beyond));
                }
                for a in &m.alternatives {
                    prop_assert!(a.state == State::Optimal && a.index > 0.0);
                }
            }
        }
    }

    /// Global and fixed-base indices chain to the change between first and last period, and the sequential
    /// technology never regresses.
    #[test]
    fn circularity_and_no_regress(cells in proptest::collection::vec(0.1_f64..10.0, 60)) {
        let long = Panel::new(&[&cells[..30], &cells[30..]], 1, 6);
        for kind in [Kind::Global, Kind::FixedBase] {
            let m = long.run(&options(kind, Decomposition::Fgnz)).unwrap();
            for unit in 0..6 {
                let rows: Vec<usize> = (0..m.unit.len()).filter(|&i| m.unit[i] == unit).collect();
                let chained: f64 = rows.iter().map(|&i| m.index[i]).product();
                let (first, last) = (rows[0], rows[3]);
                let direct = m.crs.comparison_other[last].value / m.crs.base_other[first].value;
                prop_assert!(close(chained, direct) && close(chained, m.cumulative[last]));
                let technical: f64 = rows.iter().map(|&i| m.technical[i]).product();
                let own = m.crs.comparison_own[last].value / m.crs.base_own[first].value;
                prop_assert!(close(technical, direct / own));
            }
        }
        let m = long.run(&options(Kind::Sequential, Decomposition::Fgnz)).unwrap();
        prop_assert!(m.technical.iter().all(|t| *t >= 1.0 - 1e-9));
    }

    /// A window of one period is the adjacent index; one over all periods, like the global technology, has no technical change.
    #[test]
    fn windows_lie_between_adjacent_and_global(cells in proptest::collection::vec(0.1_f64..10.0, 48)) {
        let p = Panel::new(&[&cells[..24], &cells[24..]], 1, 6);
        let window = |width: u32, align| {
            p.run(&MalmquistOptions { window: NonZeroU32::new(width), align, ..options(Kind::Window, Decomposition::Fgnz) }).unwrap()
        };
        let adjacent = p.run(&options(Kind::Adjacent, Decomposition::Fgnz)).unwrap();
        prop_assert_eq!(&window(1, Align::Centred).index, &adjacent.index);
        let all = window(7, Align::Centred);
        let global = p.run(&options(Kind::Global, Decomposition::Fgnz)).unwrap();
        prop_assert_eq!(&all.index, &global.index);
        prop_assert!(all.technical.iter().all(|t| *t == 1.0));
        let sequential = p.run(&options(Kind::Sequential, Decomposition::Fgnz)).unwrap();
        prop_assert_eq!(&window(4, Align::Trailing).index, &sequential.index);
    }

    /// Identical periods give 1 in every part.
    #[test]
    fn nothing_changes_where_nothing_changes(cells in proptest::collection::vec(0.1_f64..10.0, 24)) {
        let twice = |c: &[f64]| [c, c].concat();
        let p = Panel::new(&[&twice(&cells[..8]), &twice(&cells[8..16]), &twice(&cells[16..])], 2, 8);
        for kind in KINDS {
            for decomposition in [Decomposition::Fgnz, Decomposition::RayDesli] {
                let m = p.run(&options(kind, decomposition)).unwrap();
                for part in decomposition.parts(IndexReturns::Crs) {
                    prop_assert!(m.part(*part).iter().chain(&m.index).all(|v| close(*v, 1.0)), "{kind:?} {part:?}");
                }
            }
        }
    }

    /// Results do not depend on units of measure, nor on the order of rows, in unbalanced panels either.
    #[test]
    fn units_of_measure_and_order_do_not_matter(
        cells in proptest::collection::vec(0.1_f64..10.0, 72),
        drop in proptest::collection::vec(0_usize..24, 0..8),
        by in 0_usize..3,
    ) {
        let mut p = Panel::new(&[&cells[..24], &cells[24..48], &cells[48..]], 2, 6);
        for row in drop {
            p.columns[0][row] = f64::NAN;
        }
        for (kind, decomposition) in KINDS.into_iter().flat_map(|k| [(k, Decomposition::Fgnz), (k, Decomposition::RayDesli)]) {
            let options = MalmquistOptions { missing: Missing::Exclude, ..options(kind, decomposition) };
            let Ok(m) = p.run(&options) else { continue };
            let (mut scaled, mut turned) = (Panel { columns: p.columns.clone(), ..Panel::new(&[&cells[..24]], 1, 6) }, Panel::new(&[&cells[..24]], 1, 6));
            scaled.inputs = 2;
            scaled.columns[by].iter_mut().for_each(|v| *v *= 1e9);
            scaled.columns[(by + 1) % 3].iter_mut().for_each(|v| *v *= 1e-9);
            turned.inputs = 2;
            turned.columns = p.columns.iter().map(|c| c.iter().rev().copied().collect()).collect();
            turned.units.reverse();
            turned.periods.reverse();
            let (s, t) = (scaled.run(&options).unwrap(), turned.run(&options).unwrap());
            prop_assert_eq!(&m.gaps, &s.gaps);
            prop_assert_eq!(&m.gaps, &t.gaps);
            for i in 0..m.index.len() {
                prop_assert!(m.index[i].is_nan() && s.index[i].is_nan() || close(m.index[i], s.index[i]));
                prop_assert_eq!(m.index[i].to_bits(), t.index[i].to_bits());
            }
            prop_assert_eq!(m.failures.len(), t.failures.len());
        }
    }

    /// Zeros, ties and duplicates: every empty index has a failure with its variables, and no number is without a state.
    #[test]
    fn zeros_leave_nothing_unexplained(cells in proptest::collection::vec(0_u8..4, 80), output in any::<bool>(), vrs in any::<bool>()) {
        let mut cells: Vec<f64> = cells.into_iter().map(f64::from).collect();
        for (i, j) in (0..20).map(|i| (i, i + 20)).chain((40..60).map(|i| (i, i + 20))) {
            if cells[i] == 0.0 && cells[j] == 0.0 {
                cells[i] = 1.0;
            }
        }
        let p = Panel::new(&[&cells[..20], &cells[20..40], &cells[40..60], &cells[60..]], 2, 5);
        let orientation = if output { Orientation::Output } else { Orientation::Input };
        let returns = if vrs { IndexReturns::Vrs } else { IndexReturns::Crs };
        for kind in KINDS {
            let m = match p.run(&MalmquistOptions { orientation, returns, ..options(kind, Decomposition::Fgnz) }) {
                Ok(m) => m,
                Err(FrontierError::Data(defects)) => {
                    prop_assert!(!defects.is_empty());
                    continue;
                }
                Err(other) => panic!("{other}"),
            };
            for i in 0..m.index.len() {
                let named: Vec<&Failure> = m.failures.iter().filter(|f| f.change == i).collect();
                prop_assert_eq!(m.index[i].is_finite() && m.technical[i].is_finite(), named.is_empty(), "{:?} {:?}", kind, named);
                prop_assert!(named.iter().all(|f| !f.barriers.is_empty() && f.state != State::Numerical), "{kind:?} {named:?}");
                prop_assert!(m.index[i].is_nan() || m.index[i] > 0.0);
            }
        }
    }
}
