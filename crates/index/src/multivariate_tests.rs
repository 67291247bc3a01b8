//! Published and recomputed statistics: TAI (OECD/JRC Handbook), ASEM (COINr), NUTS1 (Compind), and laws.

use proptest::prelude::*;

use super::*;
use crate::weights::{
    components::{ComponentOptions, Keep, Loading, factor_index, principal_components},
    test_data::{agree, lines},
};

/// Named columns of a reference file.
fn read(file: &str, names: &[&str]) -> Option<Vec<Vec<f64>>> {
    let table = lines(file)?;
    let column = |n: &&str| {
        let at = table[0].iter().position(|c| c == n).unwrap();
        table[1..].iter().map(|r| r[at].parse().unwrap_or(f64::NAN)).collect()
    };
    Some(names.iter().map(column).collect())
}

fn all(columns: &[Vec<f64>]) -> Vec<usize> {
    (0..columns[0].len()).collect()
}

const TAI: [&str; 8] = [
    "patents_per_million_1998",
    "royalties_usd_per_1000_1999",
    "internet_hosts_per_1000_2000",
    "hightech_exports_pct_1999",
    "telephones_log10_1999",
    "electricity_log10_1998",
    "mean_schooling_years_2000",
    "tertiary_science_gross_pct",
];

/// OECD/JRC (2008): shares of variance 41.9, 21.8, 12.3, 11.2, 5.9, 3.7, 2.2, 0.9 %, alpha 0.70.
#[test]
fn technology_achievement_index() {
    let Some(columns) = read("tai/tai_23.csv", &TAI) else { return };
    let rows = all(&columns);
    let c = correlations(&columns, &rows).unwrap();
    let components = c.components();
    agree(&components.shares, &[0.419, 0.218, 0.123, 0.112, 0.059, 0.037, 0.022, 0.009], 5.1e-4);
    let eigen = read("tai/expect_pca_eigen_23.csv", &["eigenvalue"]).unwrap();
    agree(&components.eigenvalues, &eigen[0], 1e-12);
    let alphas = read("tai/expect_cronbach_23.csv", &["alpha_standardised"]).unwrap();
    assert!((alphas[0][0] - 0.70).abs() < 0.005);
    for (dropped, alpha) in alphas[0].iter().enumerate() {
        let kept: Vec<Vec<f64>> = (0..8).filter(|j| j + 1 != dropped).map(|j| columns[j].clone()).collect();
        assert!((standardised_alpha(&kept, &rows).unwrap() - alpha).abs() < 1e-12, "without {dropped}");
    }
    // By an independent program (numpy: inverse of the correlation matrix).
    let kmo = c.sampling_adequacy().unwrap();
    assert!((kmo.overall - KMO).abs() < 1e-9, "{}", kmo.overall);
    let bartlett = c.sphericity().unwrap();
    assert!((bartlett.statistic - BARTLETT.0).abs() < 1e-8 && bartlett.degrees == 28, "{bartlett:?}");
    assert!((bartlett.p / BARTLETT.1 - 1.0).abs() < 1e-6, "{bartlett:?}");
    let vif = c.variance_inflation().unwrap();
    assert!((vif[0] - VIF).abs() < 1e-9, "{vif:?}");
}

const KMO: f64 = 0.500_567_225_270_931;
const BARTLETT: (f64, f64) = (85.930_762_975_232, 8.460_601_185e-8);
const VIF: f64 = 2.156_980_411_645;

const GROUPS: [(&str, &[&str]); 2] =
    [("Conn", &["Physical", "ConEcFin", "Political", "Instit", "P2P"]), ("Sust", &["Environ", "Social", "SusEcFin"])];

/// COINr's weights are the first component's entries; `Social` is negative there, and stays so.
#[test]
fn components_of_asem_pillars() {
    let (Some(importance), Some(weights)) =
        (lines("coinr_asem/expect_pca_importance_level2.csv"), lines("coinr_asem/expect_pca_weights_level2.csv"))
    else {
        return;
    };
    let first = ComponentOptions { keep: Keep::First, ..ComponentOptions::default() };
    for (group, pillars) in GROUPS {
        let columns = read("coinr_asem/expect_default_aggregated.csv", pillars).unwrap();
        let rows = all(&columns);
        let taken = principal_components(&columns, &rows, &first).unwrap();
        let deviation = importance.iter().find(|r| r[0] == group && r[1] == "Standard deviation").unwrap();
        for (k, cell) in deviation[2..].iter().enumerate() {
            let ours = taken.components.eigenvalues[k].sqrt();
            assert!((ours - cell.parse::<f64>().unwrap()).abs() < 1e-9, "{group} {ours} {cell}");
        }
        let expected: Vec<f64> =
            pillars.iter().map(|p| weights.iter().find(|r| r[0] == *p).unwrap()[2].parse().unwrap()).collect();
        agree(&taken.coefficients, &expected, 1e-9);
        assert_eq!(taken.negative, if group == "Sust" { vec![1] } else { vec![] });
        assert!((taken.weights.iter().sum::<f64>() - 1.0).abs() < 1e-12);
    }
}

/// COINr 1.1.14: alpha of the normalised pillars, pairwise covariances.
#[test]
fn alpha_of_asem_pillars() {
    let (Some(meta), Some(expected)) = (lines("coinr_asem/asem_imeta.csv"), lines("coinr_asem/expect_cronbach_normalised.csv"))
    else {
        return;
    };
    let at = |name: &str| meta[0].iter().position(|c| c == name).unwrap();
    let (code, parent) = (at("iCode"), at("Parent"));
    for r in &expected[1..] {
        let level = at("Level");
        let within = |m: &&Vec<String>| if r[0] == "all" { m[level] == "1" } else { m[parent] == r[0] };
        let names: Vec<&str> = meta[1..].iter().filter(within).map(|m| m[code].as_str()).collect();
        let columns = read("coinr_asem/expect_default_normalised.csv", &names).unwrap();
        let alpha = cronbach_alpha(&columns, &all(&columns)).unwrap();
        assert!((alpha - r[1].parse::<f64>().unwrap()).abs() < 1e-9, "{} {alpha} {}", r[0], r[1]);
    }
}

/// Compind 3.4, `ci_factor` with all factors. Its second factor has the other sign: a factor's sign is free.
#[test]
fn factors_of_nuts1() {
    let (Some(columns), Some(expected)) =
        (read("compind/eu_nuts1.csv", &["roads", "trains"]), read("compind/expect_factor_all_nuts1.csv", &["factor"]))
    else {
        return;
    };
    let f = factor_index(&columns, &all(&columns), 2).unwrap();
    let turned = |s: [f64; 2]| -> f64 {
        (0..f.index.len())
            .map(|i| (0..2).map(|k| s[k] * f.scores[k][i] * f.components.shares[k]).sum::<f64>() - expected[0][i])
            .fold(0.0, |m: f64, d| m.max(d.abs()))
    };
    let best = [[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]].map(turned).into_iter().fold(f64::MAX, f64::min);
    assert!(best < 1e-9, "{best}");
}

#[test]
fn what_cannot_be_told_is_none() {
    let dependent = [vec![1.0, 2.0, 4.0, 3.0], vec![0.0, 1.0, 0.0, 2.0], vec![1.0, 3.0, 4.0, 5.0]];
    let c = correlations(&dependent, &[0, 1, 2, 3]).unwrap();
    assert_eq!((c.inverse(), c.sampling_adequacy(), c.sphericity()), (None, None, None));
    let flat = [vec![1.0, 2.0, 4.0], vec![3.0; 3]];
    assert_eq!(correlations(&flat, &[0, 1, 2]), None);
    // A gap leaves its row out, and says so.
    let gap = [vec![1.0, 2.0, 4.0, f64::NAN], vec![2.0, 1.0, 5.0, 3.0], vec![9.0; 4]];
    let c = correlations(&gap, &[0, 1, 2, 3]).unwrap();
    assert_eq!((c.columns, c.constant, c.left_out), (vec![0, 1], vec![2], 1));
}

proptest! {
    #[test]
    fn components_share_out_the_variance(c in prop::collection::vec(prop::collection::vec(0.0..1.0_f64, 9), 4)) {
        let rows = all(&c);
        let r = correlations(&c, &rows).unwrap();
        prop_assert!((r.components().shares.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        for loading in [Loading::Absolute, Loading::Squared] {
            for keep in [Keep::Kaiser, Keep::Share, Keep::First, Keep::All] {
                let w = principal_components(&c, &rows, &ComponentOptions { keep, loading, share: 0.8 }).unwrap();
                prop_assert!(w.weights.iter().all(|w| *w >= 0.0) && w.negative.is_empty());
                prop_assert!((w.weights.iter().sum::<f64>() - 1.0).abs() < 1e-12);
            }
        }
        // All components, squared: every column carries the same, since all have variance 1.
        let even = principal_components(&c, &rows, &ComponentOptions { keep: Keep::All, loading: Loading::Squared, share: 1.0 });
        for w in even.unwrap().weights {
            prop_assert!((w - 0.25).abs() < 1e-9);
        }
        if let (Some(a), Some(b)) = (r.inverse(), r.variance_inflation()) {
            prop_assert!(b.iter().all(|v| *v >= 1.0 - 1e-9));
            let unit: f64 = (0..4).map(|k| r.matrix[k] * a[k * 4]).sum();
            prop_assert!((unit - 1.0).abs() < 1e-6);
        }
    }
}
