use regions::{
    moran::{Denominator, Moran, MoranOptions, moran},
    weights::{Style, Weights},
};
use serde_json::Value;

use crate::{case, close, numbers};

fn neighbours(list: &Value, base: usize) -> Weights {
    let rows = list.as_array().unwrap();
    let pairs: Vec<(usize, usize)> =
        rows.iter().enumerate().flat_map(|(i, row)| numbers(row).into_iter().map(move |j| (i, j as usize - base))).collect();
    Weights::from_pairs(rows.len(), &pairs, Style::RowStandardised).unwrap()
}

fn run(values: &Value, w: &Weights, permutations: u32) -> Moran {
    moran(&numbers(values), w, &MoranOptions { permutations, ..MoranOptions::default() }, 1).unwrap()
}

/// Columbus with the queen contiguity of spData 2.2.1: spdep 1.2-7.
#[test]
fn columbus_queen() {
    let Some(case) = case("spatial/s01_columbus.json") else { return };
    let m = run(&case["input"]["CRIME"], &neighbours(&case["input"]["neighbours"], 1), 0);
    let want = &case["expected"]["moran_W"];
    let number = |name: &str| want[name].as_f64().unwrap();
    let r = m.randomisation.unwrap();
    close("I", m.i, number("I"), 1e-13);
    close("V_rand", r.variance, number("V_rand"), 1e-13);
    close("z_rand", r.z, number("z_rand"), 1e-12);
    close("V_norm", m.normality.variance, number("V_norm"), 1e-13);
    close("z_norm", m.normality.z, number("z_norm"), 1e-12);
    close("p", r.p_two_sided / 2.0, number("p_greater"), 1e-15);
    let local = &case["expected"]["local_moran_W"];
    for (name, got) in [
        ("Ii", m.local.iter().map(|l| l.i).collect::<Vec<f64>>()),
        ("Ei", m.local.iter().map(|l| l.expected).collect()),
        ("Vi", m.local.iter().map(|l| l.variance).collect()),
    ] {
        for (got, want) in got.into_iter().zip(numbers(&local[name])) {
            close(name, got, want, 1e-12);
        }
    }
}

/// St. Louis homicides and North Carolina sudden infant deaths: esda 2.8.2.
#[test]
fn saint_louis_and_north_carolina() {
    for (file, values, name) in [("s04_stl", "HR8893", "moran"), ("s05_sids2", "SIDR74", "moran_SIDR74")] {
        let Some(case) = case(&format!("spatial/{file}.json")) else { return };
        let m = run(&case["input"][values], &neighbours(&case["input"]["neighbours0"], 0), 0);
        let want = |n: &str| case["expected"][name][n].as_f64().unwrap();
        close("I", m.i, want("I"), 1e-13);
        close("VI_norm", m.normality.variance, want("VI_norm"), 1e-13);
        close("z_norm", m.normality.z, want("z_norm"), 1e-12);
        close("VI_rand", m.randomisation.unwrap().variance, want("VI_rand"), 1e-13);
        close("z_rand", m.randomisation.unwrap().z, want("z_rand"), 1e-12);
        close("p_norm", m.normality.p_two_sided, want("p_norm"), 1e-14);
    }
}

/// A 5 x 5 rook lattice with p-values by full enumeration, and esda's values on the n − 1 scale.
#[test]
fn lattice_by_enumeration() {
    let Some(case) = case("spatial/s09_joincount_exact_lisa.json") else { return };
    let pairs: Vec<(usize, usize)> =
        (0..25).flat_map(|i| [(i % 5 < 4).then_some((i, i + 1)), (i < 20).then_some((i, i + 5))].into_iter().flatten()).collect();
    let w = Weights::from_pairs(25, &pairs, Style::RowStandardised).unwrap();
    let m = run(&case["input"]["z"], &w, 99_999);
    for (l, row) in m.local.iter().zip(case["expected"]["lisa"]["rows"].as_array().unwrap()) {
        close("Ii", l.i, row["Ii"].as_f64().unwrap(), 1e-13);
        close("mean", l.expected, row["cond_mean"].as_f64().unwrap(), 1e-13);
        close("variance", l.variance, row["cond_var"].as_f64().unwrap(), 1e-13);
    }
    // The file holds upper tails with their ties; where the unit lies in the lower half its own tail is
    // not given. Four standard errors of 99,999 permutations.
    for (l, row) in m.local.iter().zip(case["expected"]["lisa"]["rows"].as_array().unwrap()) {
        let p = row["exact_p_greater"].as_f64().unwrap();
        if p < 0.4 {
            assert!((l.p_one_sided - p).abs() <= 4.0 * (p * (1.0 - p) / 99_999.0).sqrt() + 1e-5, "{} {p}", l.p_one_sided);
        }
    }
    let q = regions::moran::false_discovery(&numbers(&case["expected"]["two_sided_p"]));
    for (got, want) in q.into_iter().zip(numbers(&case["expected"]["bh_q"])) {
        close("q", got, want, 1e-14);
    }
    let other = MoranOptions { permutations: 0, denominator: Denominator::NMinusOne, ..MoranOptions::default() };
    let m = moran(&numbers(&case["input"]["z"]), &w, &other, 1).unwrap();
    for (l, want) in m.local.iter().zip(numbers(&case["expected"]["esda_Is"])) {
        close("esda", l.i, want, 1e-13);
    }
    assert!(m.identity < 1e-14);
}
