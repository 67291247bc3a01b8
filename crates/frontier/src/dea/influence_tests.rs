use proptest::prelude::*;

use super::*;
use crate::{
    dea::{Dea, dea_against},
    technology::{Missing, Orientation},
};

fn tech(inputs: &[Vec<f64>], outputs: &[Vec<f64>]) -> Technology<'static> {
    let leak = |columns: &[Vec<f64>]| columns.iter().map(|c| &*Box::leak(c.clone().into_boxed_slice())).collect();
    Technology { inputs: leak(inputs), outputs: leak(outputs), bad_outputs: Vec::new() }
}

fn options(orientation: Orientation, returns: Returns) -> ScoreOptions {
    ScoreOptions { orientation, returns, ..ScoreOptions::default() }
}

/// Every score against all units but one, each solved from nothing.
fn without(t: &Technology<'_>, o: &ScoreOptions, left: usize) -> Dea {
    let keep = |c: &&[f64]| c.iter().enumerate().filter(|(u, _)| *u != left).map(|(_, x)| *x).collect::<Vec<f64>>();
    let (x, y): (Vec<Vec<f64>>, Vec<Vec<f64>>) = (t.inputs.iter().map(keep).collect(), t.outputs.iter().map(keep).collect());
    let options = DeaOptions {
        orientation: o.orientation,
        returns: o.returns,
        scale: false,
        slacks: Slacks::None,
        missing: Missing::Exclude,
        ..DeaOptions::default()
    };
    dea_against(t, &tech(&x, &y), &options).unwrap()
}

/// The claim of the method: what is not solved again has not changed, and what is has this score.
fn agrees_with_solving_everything(t: &Technology<'_>, o: &ScoreOptions) {
    let found = influence(t, o).unwrap();
    for left in (0..t.len()).filter(|&u| found.state[u] == State::Optimal) {
        let all = without(t, o, left);
        let effect = |unit: usize| found.effects.iter().find(|e| (e.left, e.unit) == (left, unit));
        let (mut moved, mut sum, mut others) = (0, 0.0, 0);
        for unit in 0..t.len() {
            let (score, state) = if unit == left {
                (found.super_efficiency[unit], found.super_state[unit])
            } else {
                effect(unit).map_or((found.score[unit], found.state[unit]), |e| (e.score, e.state))
            };
            assert_eq!(state, all.state[unit], "{unit} without {left}");
            if state == State::Optimal {
                assert!((score - all.score[unit]).abs() <= 1e-9 * score.max(1.0), "{unit} without {left}: {score} {all:?}");
                if unit != left {
                    let rise = all.score[unit] - found.score[unit];
                    moved += usize::from(rise > Influence::CHANGE);
                    (sum, others) = (sum + rise, others + 1);
                }
            }
        }
        assert_eq!(moved, found.moved[left]);
        if others > 0 {
            assert!((sum / f64::from(others) - found.mean_rise[left]).abs() < 1e-9);
        }
    }
}

/// One input, one output, constant returns, by hand: productivities 1, 1/2, 1/4. Without the first unit the others are
/// measured by the second.
#[test]
fn a_ray_by_hand() {
    let t = tech(&[vec![1.0, 2.0, 4.0]], &[vec![1.0, 1.0, 1.0]]);
    let i = influence(&t, &options(Orientation::Input, Returns::Crs)).unwrap();
    assert_eq!(i.score, [1.0, 0.5, 0.25]);
    assert_eq!(i.super_efficiency, [2.0, 0.5, 0.25]);
    assert_eq!((&i.followers[..], &i.moved[..]), (&[2, 0, 0][..], &[2, 0, 0][..]));
    assert!((i.mean_rise[0] - (0.5 + 0.25) / 2.0).abs() < 1e-12);
    assert!((i.largest_rise[0] - 0.5).abs() < 1e-12);
    assert_eq!(i.most_moved, [Some(1), None, None]);
    assert_eq!(i.mean_rise[1..], [0.0, 0.0]);
}

/// Twins stand in for one another: neither moves a score when it leaves, and neither is super-efficient.
#[test]
fn twins_hide_one_another() {
    let t = tech(&[vec![1.0, 1.0, 4.0]], &[vec![1.0, 1.0, 1.0]]);
    for returns in [Returns::Crs, Returns::Vrs, Returns::Fdh] {
        let i = influence(&t, &options(Orientation::Input, returns)).unwrap();
        assert_eq!(i.twins, [1, 1, 0]);
        assert_eq!(i.super_efficiency, [1.0, 1.0, 0.25], "{returns:?}");
        assert_eq!((&i.moved[..], &i.followers[..]), (&[0, 0, 0][..], &[1, 1, 0][..]));
        assert!(i.effects.is_empty());
    }
}

/// Tone (2002), p. 38: the super-efficiency of Andersen and Petersen for six power plants, as printed.
#[test]
fn six_power_plants() {
    let t = tech(
        &[
            vec![80.0, 65.0, 83.0, 40.0, 52.0, 94.0],
            vec![600.0, 200.0, 400.0, 1000.0, 600.0, 700.0],
            vec![54.0, 97.0, 72.0, 75.0, 20.0, 36.0],
            vec![8.0, 1.0, 4.0, 7.0, 3.0, 5.0],
        ],
        &[vec![90.0, 58.0, 60.0, 80.0, 72.0, 96.0], vec![5.0, 1.0, 7.0, 10.0, 8.0, 6.0]],
    );
    let i = influence(&t, &options(Orientation::Input, Returns::Crs)).unwrap();
    let printed = [1.0283, 2.4167, 1.3125, 1.6250, 2.4026, 1.0628];
    i.super_efficiency.iter().zip(printed).for_each(|(f, e)| assert!((f - e).abs() <= 0.00005 + 1e-12, "{f} {e}"));
    // All six are efficient on their own: nobody follows anybody.
    assert_eq!(i.moved, [0; 6]);
    let vrs = influence(&t, &options(Orientation::Input, Returns::Vrs)).unwrap();
    assert_eq!((vrs.super_state[3], vrs.super_state[5]), (State::Infeasible, State::Infeasible));
}

/// Charnes, Cooper and Rhodes (1981), 70 school sites, from the folder `shared` beside the repository: every score without
/// every site, against all of them solved from nothing.
#[test]
#[expect(clippy::print_stderr, reason = "says that it looked at nothing")]
fn seventy_school_sites() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/reference/frontier/data/charnes1981_bench.csv");
    let Ok(text) = std::fs::read_to_string(file) else {
        eprintln!("skipped: {file} is not there");
        return;
    };
    let rows: Vec<Vec<f64>> =
        text.lines().skip(1).map(|l| l.split(',').skip(1).take(8).map(|c| c.parse().unwrap()).collect()).collect();
    let column = |v: usize| rows.iter().map(|r| r[v]).collect::<Vec<f64>>();
    let t = tech(&(0..5).map(column).collect::<Vec<_>>(), &(5..8).map(column).collect::<Vec<_>>());
    assert_eq!(t.len(), 70);
    for orientation in [Orientation::Input, Orientation::Output] {
        for returns in [Returns::Crs, Returns::Vrs, Returns::Fdh] {
            agrees_with_solving_everything(&t, &options(orientation, returns));
        }
    }
}

/// A unit alone, and data that the radial model refuses.
#[test]
fn thin_and_refused_data() {
    let one = influence(&tech(&[vec![2.0]], &[vec![3.0]]), &ScoreOptions::default()).unwrap();
    assert_eq!((one.score[0], one.super_state[0]), (1.0, State::Infeasible));
    assert!(one.mean_rise[0].is_nan() && one.super_efficiency[0].is_nan());
    let negative = influence(&tech(&[vec![2.0, -1.0]], &[vec![3.0, 1.0]]), &ScoreOptions::default());
    assert!(matches!(negative, Err(FrontierError::Data(_))));
    let holes = tech(&[vec![1.0, f64::NAN, 2.0]], &[vec![1.0, 1.0, 1.0]]);
    let o = ScoreOptions { missing: Missing::Exclude, ..options(Orientation::Input, Returns::Crs) };
    let i = influence(&holes, &o).unwrap();
    assert_eq!((i.state[1], i.moved[0], i.mean_rise[0]), (State::Missing, 1, 0.5));
    assert!(i.mean_rise[1].is_nan());
}

fn sets() -> impl Strategy<Value = (Vec<Vec<f64>>, Vec<Vec<f64>>)> {
    let cell = prop_oneof![4 => (1_u32..9).prop_map(f64::from), 1 => 0.5..20.0_f64];
    (1_usize..3, 1_usize..3, 3_usize..11).prop_flat_map(move |(m, s, n)| {
        let side = |k| prop::collection::vec(prop::collection::vec(cell.clone(), n), k);
        (side(m), side(s))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Ties, twins and integers: no score changes but those that are solved again.
    #[test]
    fn nothing_else_changes((x, y) in sets(), output in any::<bool>(), r in 0_usize..5) {
        let returns = [Returns::Crs, Returns::Vrs, Returns::Nirs, Returns::Ndrs, Returns::Fdh][r];
        let orientation = if output { Orientation::Output } else { Orientation::Input };
        agrees_with_solving_everything(&tech(&x, &y), &options(orientation, returns));
    }

    /// Units of measure and the order of rows change nothing.
    #[test]
    fn free_of_units_and_order((x, y) in sets()) {
        let o = options(Orientation::Input, Returns::Vrs);
        let plain = influence(&tech(&x, &y), &o).unwrap();
        let by = |columns: &[Vec<f64>], f: f64| -> Vec<Vec<f64>> {
            columns.iter().map(|c| c.iter().rev().map(|v| v * f).collect()).collect()
        };
        let turned = influence(&tech(&by(&x, 1e9), &by(&y, 1e-9)), &o).unwrap();
        let n = x[0].len();
        for u in 0..n {
            let v = n - 1 - u;
            prop_assert_eq!(plain.super_state[u], turned.super_state[v]);
            prop_assert_eq!((plain.twins[u], plain.moved[u]), (turned.twins[v], turned.moved[v]));
            prop_assert!((plain.mean_rise[u] - turned.mean_rise[v]).abs() < 1e-9);
        }
    }
}
