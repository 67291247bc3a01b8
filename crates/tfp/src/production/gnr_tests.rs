use super::*;
use crate::production::acf::tests::case;

fn colombian(options: &GnrOptions, rows_are_years: bool, unit: f64) -> Option<Gnr> {
    let c = case("C02_gnr_colombian", &["RGO", "L", "K", "RI", "share", "id", "year"])?;
    let units: Vec<usize> = c[5].iter().map(|v| *v as usize).collect();
    let periods: Vec<i32> = (0..units.len()).map(|i| if rows_are_years { i as i32 } else { c[6][i] as i32 }).collect();
    let materials: Vec<f64> = c[3].iter().map(|v| v + unit.ln()).collect();
    let firms = Firms {
        units: &units,
        periods: &periods,
        step: 1,
        output: &c[0],
        free: vec![&c[1]],
        state: vec![&c[2]],
        proxy: Some(&materials),
        controls: vec![],
        process: vec![],
        exit: None,
    };
    Some(gnr(&firms, &c[4], options).unwrap())
}

fn with(degree: usize) -> GnrOptions {
    GnrOptions { degree, integration: degree, starts: 64, ..GnrOptions::default() }
}

/// Case C02: share regression of the package's README (SSR 315.1547, materials .6793) and of its rerun; labour and capital
/// at the root found by another code, six decimals. The README's second stage (.2332, .1124) stopped early at a criterion
/// of 2.2e-3 and is no root.
#[test]
fn colombian_food_products() {
    let known = [
        (2, false, 362.717_494_694_036, 1.047_251_078, 0.672_085_234, [0.211_293, 0.123_012], 5244),
        (3, false, 315.154_725_777_578, 1.039_145_376, 0.679_258_987, [0.226_104, 0.110_729], 5244),
        (2, true, 362.717_494_694_036, 1.047_251_078, 0.672_085_234, [0.211_908, 0.122_336], 5275),
        (3, true, 315.154_725_777_578, 1.039_145_376, 0.679_258_987, [0.225_381, 0.111_278], 5275),
    ];
    for (degree, rows_are_years, ssr, scale, materials, others, rows) in known {
        let Some(g) = colombian(&with(degree), rows_are_years, 1.0) else { return };
        assert!((g.share_ssr / ssr - 1.0).abs() < 1e-10 && (g.scale - scale).abs() < 1e-8);
        let fitted = g.fitted.as_ref().unwrap();
        assert_eq!((&g.choice, fitted.rows), (&Choice::Root(0), [6187, rows]));
        let e = &fitted.elasticities;
        assert!((e[0] - others[0]).abs() < 1e-6 && (e[1] - others[1]).abs() < 1e-6, "{e:?}");
        assert!((e[2] - materials).abs() < 1e-8);
        assert!((g.ols[0] - 0.137_562_203_384).abs() < 1e-9 && (g.ols[2] - 0.830_155_726_069).abs() < 1e-9);
        let readme = |r: &&Root| (r.elasticities[0] - 0.2332).abs() < 2e-3 && (r.elasticities[1] - 0.1124).abs() < 2e-3;
        assert!(g.roots.iter().filter(|r| r.solution.exact).all(|r| !readme(&r)));
        // ω + ε less ω is the share's noise, mean zero after the constant of the share regression.
        let noise: f64 = fitted.tfp.iter().zip(&fitted.omega).map(|(a, b)| (a - b).exp()).sum::<f64>() / 6187.0;
        assert!((noise - scale).abs() < 1e-8);
        assert!(g.flexible.iter().all(|d| *d > 0.0));
        for (column, mean) in g.by_row.iter().zip(e) {
            assert!((column.iter().sum::<f64>() / 6187.0 - mean).abs() < 1e-10);
        }
    }
}

#[test]
fn the_unit_of_materials_does_not_matter_while_the_constant_can_absorb_it() {
    let Some(g) = colombian(&with(2), false, 1.0) else { return };
    for unit in [1e9, 1e-9] {
        let other = colombian(&with(2), false, unit).unwrap();
        let (a, b) = (g.fitted.as_ref().unwrap(), other.fitted.as_ref().unwrap());
        assert!(a.elasticities.iter().zip(&b.elasticities).all(|(a, b)| (a - b).abs() < 1e-7), "{:?}", b.elasticities);
    }
    let firms = GnrOptions { replicates: Replicates { count: 10, ..Replicates::default() }, ..with(2) };
    let one = colombian(&firms, false, 1.0).unwrap();
    let b = one.bootstrap.as_ref().unwrap();
    assert!(b.draws.len() >= 8 && b.draws.len() + b.failed.len() == 10);
    assert!(one.fitted.unwrap().errors().unwrap().iter().all(|e| *e > 1e-4 && *e < 0.1));
}

/// Case C03: simulated firms with one fixed input; capital's mean elasticity is .278824 at the only root (another code,
/// 12 starts), not the .28670 of the source's README.
#[test]
fn simulated_firms_with_capital_and_materials() {
    let Some(c) = case("C03_gnr_sim500", &["id", "time", "yg", "k", "i", "si"]) else { return };
    let units: Vec<usize> = c[0].iter().map(|v| *v as usize).collect();
    let periods: Vec<i32> = c[1].iter().map(|v| *v as i32).collect();
    let firms = Firms {
        units: &units,
        periods: &periods,
        step: 1,
        output: &c[2],
        free: vec![],
        state: vec![&c[3]],
        proxy: Some(&c[4]),
        controls: vec![],
        process: vec![],
        exit: None,
    };
    let g = gnr(&firms, &c[5], &with(3)).unwrap();
    assert_eq!(g.roots.iter().filter(|r| r.solution.exact).count(), 1);
    let e = g.fitted.unwrap().elasticities;
    assert!((e[0] - 0.278_824).abs() < 1e-6 && (e[1] - 0.626_261).abs() < 1e-6, "{e:?}");
    // A polynomial of degree 2 for degree 3 moves capital's elasticity by less than .005.
    let g = gnr(&firms, &c[5], &with(2)).unwrap();
    assert!((g.fitted.unwrap().elasticities[0] - e[0]).abs() < 0.005);
}

#[test]
fn what_cannot_be_estimated_is_said() {
    let units: Vec<usize> = (0..40).map(|i| i / 4).collect();
    let periods: Vec<i32> = (0..40).map(|i| i % 4).collect();
    let c = |f: fn(f64) -> f64| -> Vec<f64> { (0..40).map(|i| f(f64::from(i))).collect() };
    let (y, k, m, s) = (c(f64::sin), c(|i| (i * 1.3).cos()), c(|i| (i * 0.7).sin()), c(|i| -0.5 - 0.1 * (i * 3.1).sin()));
    let firms = Firms {
        units: &units,
        periods: &periods,
        step: 1,
        output: &y,
        free: vec![],
        state: vec![&k],
        proxy: Some(&m),
        controls: vec![],
        process: vec![],
        exit: None,
    };
    let none = Firms { proxy: None, ..firms.clone() };
    assert_eq!(gnr(&none, &s, &with(2)), Err(GnrError::from(FirmsError::Needs("a flexible input as proxy"))));
    assert_eq!(gnr(&firms, &s, &with(0)), Err(GnrError::Stages(AcfError::Degree)));
    assert_eq!(gnr(&firms, &s, &with(9)), Err(GnrError::Share));
    assert!(matches!(gnr(&firms, &s[..5], &with(2)), Err(GnrError::Stages(AcfError::Firms(FirmsError::Ragged { .. })))));
}
