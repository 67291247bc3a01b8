use tfp::{
    index_numbers::bilateral::Formula,
    superlative::{Accounts, Model, Side, SuperlativeOptions, superlative},
};

/// Farms of 48 states, 1995 to 2004 (USDA). The R package productivity 1.1.0 divides quantities by their means and leaves
/// prices as they are: its default Fisher index has the wrong sign in 113 of 432 changes, Alabama 1996 among them.
#[test]
#[expect(clippy::print_stderr, reason = "says what was skipped")]
fn fisher_without_the_scaling_defect() {
    let Some(rows) = crate::table("C07_usagri_productivity/data.csv") else {
        eprintln!("skipped: no reference folder");
        return;
    };
    let wrong = crate::table("C07_usagri_productivity/fisher_changes_DEFAULT_SCALED_WRONG.csv").unwrap();
    let (units, states) = crate::numbered(&rows, "States");
    let periods = crate::years(&rows, "Years");
    let get = |names: &[&str]| names.iter().map(|n| crate::numbers(&rows, n)).collect::<Vec<_>>();
    let (y, p) = (get(&["q.livestock", "q.crop", "q.other"]), get(&["p.livestock", "p.crop", "p.other"]));
    let x = get(&["q.capital", "q.land", "q.labor", "q.materials"]);
    let w = get(&["p.capital", "p.land", "p.labor", "p.materials"]);
    fn slices(c: &[Vec<f64>]) -> Vec<&[f64]> {
        c.iter().map(Vec::as_slice).collect()
    }
    let run = |y: &[Vec<f64>], p: &[Vec<f64>]| {
        let (y, p, x, w) = (slices(y), slices(p), slices(&x), slices(&w));
        let data = Accounts {
            units: &units,
            periods: &periods,
            outputs: Side { quantities: &y, prices: &p },
            inputs: Side { quantities: &x, prices: &w },
        };
        let options = SuperlativeOptions { model: Model::Chained, formula: Formula::Fisher, ..SuperlativeOptions::default() };
        superlative(&data, &options).unwrap()
    };
    let found = run(&y, &p);
    let at = |state: &str, year: i32| (0..rows.len()).find(|&i| states[units[i]] == state && periods[i] == year).unwrap();
    let alabama = at("AL", 1996);
    assert!((found.output_change[alabama] - 1.0090945575).abs() < 1e-10);
    assert!((found.input_change[alabama] - 0.9846768427).abs() < 1e-10);
    assert!((found.tfp_change[alabama] - 1.0247976937).abs() < 1e-10);
    let printed = crate::numbers(&wrong, "dTFP");
    let (wrong_states, wrong_years) = (wrong.iter().map(|r| r["States"].clone()), crate::years(&wrong, "Years"));
    let (mut changes, mut flips) = (0, 0);
    for ((state, year), value) in wrong_states.zip(wrong_years).zip(printed).filter(|x| !x.1.is_nan()) {
        let right = found.tfp_change[at(&state, year)];
        changes += 1;
        flips += i32::from((right - 1.0) * (value - 1.0) < 0.0);
    }
    assert_eq!((changes, flips), (432, 113));
    // Other units of measure, as long as price times quantity stays a value, change nothing.
    let mean = |c: &[f64]| c.iter().sum::<f64>() / c.len() as f64;
    let means: Vec<f64> = y.iter().map(|c| mean(c)).collect();
    let scale = |c: &[Vec<f64>], up: bool| -> Vec<Vec<f64>> {
        c.iter().zip(&means).map(|(c, m)| c.iter().map(|v| if up { v * m } else { v / m }).collect()).collect()
    };
    let scaled = run(&scale(&y, false), &scale(&p, true));
    for (a, b) in found.tfp_change.iter().zip(&scaled.tfp_change) {
        assert!(a.is_nan() && b.is_nan() || (a / b - 1.0).abs() < 1e-13);
    }
}
