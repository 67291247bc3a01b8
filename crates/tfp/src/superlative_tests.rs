use proptest::prelude::*;

use super::*;

/// Outputs, inputs and their prices of four farms over three years, made up.
struct Farms {
    units: Vec<usize>,
    periods: Vec<i32>,
    /// Columns y1, y2, x1, x2, x3 and their prices.
    quantities: [Vec<f64>; 5],
    prices: [Vec<f64>; 5],
}

impl Farms {
    fn new() -> Self {
        let rows = 12;
        let wave = |a: f64, b: f64| (0..rows).map(|i| (a + (f64::from(i) * b).sin() * 0.4).exp()).collect::<Vec<f64>>();
        Self {
            units: (0..12).map(|i| i / 3).collect(),
            periods: (0..12).map(|i| 2001 + i % 3).collect(),
            quantities: [wave(1.0, 1.3), wave(0.5, 2.1), wave(0.2, 0.7), wave(0.9, 3.1), wave(1.4, 1.9)],
            prices: [wave(0.1, 2.9), wave(0.3, 0.9), wave(1.0, 1.1), wave(0.4, 2.3), wave(0.6, 0.6)],
        }
    }

    fn run(&self, options: &SuperlativeOptions) -> Result<Superlative, SuperlativeError> {
        let q: Vec<&[f64]> = self.quantities.iter().map(Vec::as_slice).collect();
        let p: Vec<&[f64]> = self.prices.iter().map(Vec::as_slice).collect();
        let data = Accounts {
            units: &self.units,
            periods: &self.periods,
            outputs: Side { quantities: &q[..2], prices: &p[..2] },
            inputs: Side { quantities: &q[2..], prices: &p[2..] },
        };
        superlative(&data, options)
    }

    fn levels(&self, model: Model, scope: Scope, formula: Formula) -> Superlative {
        self.run(&SuperlativeOptions { model, scope, formula, ..SuperlativeOptions::default() }).unwrap()
    }
}

const CCD: Model = Model::CavesChristensenDiewert;

#[track_caller]
fn close(found: &[f64], expected: &[f64]) {
    for (f, e) in found.iter().zip(expected) {
        assert!((f / e - 1.0).abs() < 1e-13, "{found:?} for {expected:?}");
    }
}

/// The multilateral Törnqvist index is GEKS over Törnqvist (Caves, Christensen and Diewert 1982, eq. 15).
#[test]
fn ccd_is_geks_over_tornqvist() {
    let farms = Farms::new();
    for scope in [Scope::Panel, Scope::Period] {
        let (a, b) = (farms.levels(CCD, scope, Formula::Tornqvist), farms.levels(Model::Geks, scope, Formula::Tornqvist));
        close(&a.tfp, &b.tfp);
        close(&a.output, &b.output);
    }
}

/// One output, growth accounting's multilateral level with cost shares is the same index.
#[test]
fn one_output_is_the_level_of_growth_accounting() {
    let farms = Farms::new();
    let q: Vec<&[f64]> = farms.quantities.iter().map(Vec::as_slice).collect();
    let p: Vec<&[f64]> = farms.prices.iter().map(Vec::as_slice).collect();
    let data = Accounts {
        units: &farms.units,
        periods: &farms.periods,
        outputs: Side { quantities: &q[..1], prices: &[] },
        inputs: Side { quantities: &q[2..], prices: &p[2..] },
    };
    let options = SuperlativeOptions { formula: Formula::Tornqvist, ..SuperlativeOptions::default() };
    let found = superlative(&data, &options).unwrap();
    let cost = |i: usize| (2..5).map(|k| q[k][i] * p[k][i]).sum::<f64>();
    let shares = (2..5).map(|k| (0..12).map(|i| q[k][i] * p[k][i] / cost(i)).collect()).collect();
    let accounts = crate::growth::Data { units: &farms.units, periods: &farms.periods, output: q[0], inputs: &q[2..] };
    let g = crate::growth::growth(&accounts, &crate::growth::Shares::Varying(shares), &crate::growth::GrowthOptions::default())
        .unwrap();
    close(&found.tfp, &g.level);
    for i in (0..12).filter(|&i| found.before[i].is_some()) {
        assert!((found.tfp_change[i].ln() - g.tfp[i]).abs() < 1e-13);
    }
    assert!(found.profitability.iter().all(|x| x.is_nan()));
}

/// Fisher by hand on two rows, and the levels that multiply it up.
#[test]
fn fisher_by_hand() {
    let side = |q: [[f64; 2]; 2], p: [[f64; 2]; 2]| (q.map(|c| c.to_vec()), p.map(|c| c.to_vec()));
    let (y, py) = side([[10.0, 12.0], [0.0, 5.0]], [[2.0, 1.0], [1.0, 4.0]]);
    let (x, px) = side([[4.0, 4.0], [6.0, 9.0]], [[1.0, 2.0], [3.0, 3.0]]);
    let slices = |c: &[Vec<f64>; 2]| [c[0].clone(), c[1].clone()];
    let (y, py, x, px) = (slices(&y), slices(&py), slices(&x), slices(&px));
    let r = |c: &'static [Vec<f64>; 2]| [c[0].as_slice(), c[1].as_slice()];
    let [y, py, x, px] = [y, py, x, px].map(|c| r(Box::leak(Box::new(c))));
    let data = Accounts {
        units: &[0, 0],
        periods: &[1, 2],
        outputs: Side { quantities: &y, prices: &py },
        inputs: Side { quantities: &x, prices: &px },
    };
    let found = superlative(&data, &SuperlativeOptions { model: Model::Chained, ..SuperlativeOptions::default() }).unwrap();
    // Laspeyres (24 + 5) / 20, Paasche (12 + 20) / 10; inputs (4 + 27) / 22 and (8 + 27) / (8 + 18).
    let (q, z) = ((29.0_f64 / 20.0 * 3.2).sqrt(), (31.0_f64 / 22.0 * 35.0 / 26.0).sqrt());
    close(&[found.output_change[1], found.input_change[1], found.tfp_change[1]], &[q, z, q / z]);
    close(&[found.tfp[0], found.tfp[1], found.profitability[1]], &[1.0, q / z, 32.0 / 35.0]);
    // CCD takes logarithms: the zero is named.
    let refused = superlative(&data, &SuperlativeOptions::default());
    assert_eq!(refused, Err(SuperlativeError::NotPositive(vec![Cell { input: false, price: false, item: 1, row: 0 }])));
}

/// Lowe weighs all rows by the same prices: changes and levels agree exactly, GEKS changes nothing.
#[test]
fn lowe_is_transitive() {
    let farms = Farms::new();
    let found = farms.levels(Model::Geks, Scope::Panel, Formula::Lowe);
    assert!(found.departure < 1e-13, "{}", found.departure);
    let price = |k: usize| mean(&farms.prices[k]);
    let level = |i: usize, items: std::ops::Range<usize>| items.map(|k| price(k) * farms.quantities[k][i]).sum::<f64>();
    let direct: Vec<f64> = (0..12).map(|i| level(i, 0..2) / level(i, 2..5)).collect();
    for i in 0..12 {
        assert!((found.tfp[i] / found.tfp[0] / (direct[i] / direct[0]) - 1.0).abs() < 1e-13);
    }
}

/// Chained means: an added period leaves earlier levels as they are; with the whole panel it revises them.
#[test]
fn new_periods_and_old_levels() {
    let farms = Farms::new();
    let mut short = Farms::new();
    for i in (0..12).filter(|&i| farms.periods[i] == 2003) {
        short.quantities[0][i] = f64::NAN;
    }
    let early = |f: &Farms, scope| -> Vec<f64> {
        let found = f.levels(CCD, scope, Formula::Tornqvist);
        (0..12).filter(|&i| farms.periods[i] < 2003).map(|i| found.tfp[i]).collect()
    };
    close(&early(&farms, Scope::ChainedPeriods), &early(&short, Scope::ChainedPeriods));
    let (a, b) = (early(&farms, Scope::Panel), early(&short, Scope::Panel));
    assert!(a.iter().zip(&b).any(|(a, b)| (a / b - 1.0).abs() > 1e-3));
    // Within a period, chained means and the period by itself compare units alike.
    let (c, p) = (early(&farms, Scope::ChainedPeriods), early(&farms, Scope::Period));
    assert!((c[0] / c[2] / (p[0] / p[2]) - 1.0).abs() < 1e-13);
}

#[test]
fn gaps_are_not_bridged() {
    let mut farms = Farms::new();
    farms.prices[3][4] = f64::NAN; // unit 1, the middle year
    let found = farms.levels(Model::Chained, Scope::Panel, Formula::Fisher);
    assert_eq!(found.status[3..6], [Status::First, Status::Missing, Status::Gap]);
    assert!(found.tfp[5].is_nan() && found.tfp[3] == 1.0);
    let found = farms.levels(CCD, Scope::Panel, Formula::Fisher);
    assert!(found.tfp[5].is_finite() && found.tfp_change[5].is_nan());
    farms.periods[5] = 2005;
    farms.periods[4] = 2004;
    farms.prices[3][4] = 1.0;
    let found = farms.levels(Model::Chained, Scope::Panel, Formula::Fisher);
    assert_eq!(found.status[3..6], [Status::First, Status::Gap, Status::Unlinked]);
    assert!(found.tfp[5].is_nan() && found.tfp_change[5].is_finite());
}

#[test]
fn what_cannot_be_computed_is_refused() {
    let farms = Farms::new();
    let with = |o: SuperlativeOptions| farms.run(&o).unwrap_err();
    let o = SuperlativeOptions::default();
    assert_eq!(with(SuperlativeOptions { step: 0, ..o }), SuperlativeError::Step);
    assert_eq!(with(SuperlativeOptions { formula: Formula::Carli, ..o }), SuperlativeError::Formula(Formula::Carli));
    let geks = SuperlativeOptions { model: Model::Geks, ..o };
    let laspeyres = SuperlativeOptions { formula: Formula::Laspeyres, ..geks };
    assert_eq!(with(laspeyres), SuperlativeError::Formula(Formula::Laspeyres));
    assert_eq!(with(SuperlativeOptions { scope: Scope::ChainedPeriods, ..geks }), SuperlativeError::Scope);
    let mut twice = Farms::new();
    twice.periods[1] = 2001;
    assert_eq!(twice.run(&o), Err(SuperlativeError::Duplicate(crate::rows::Twice(0, 1))));
    let mut empty = Farms::new();
    empty.quantities[2].fill(f64::NAN);
    assert_eq!(empty.run(&o), Err(SuperlativeError::Empty));
    let mut bad = Farms::new();
    bad.quantities[0][3] = -1.0;
    bad.prices[4][7] = 0.0;
    let cells = vec![Cell { input: false, price: false, item: 0, row: 3 }, Cell { input: true, price: true, item: 2, row: 7 }];
    assert_eq!(bad.run(&o), Err(SuperlativeError::NotPositive(cells)));
    // Farms that make nothing in common compare through prices.
    let mut apart = Farms::new();
    for i in 0..12 {
        apart.quantities[usize::from(i < 6)][i] = 0.0;
    }
    assert!(apart.run(&geks).unwrap().tfp.iter().all(|x| x.is_finite()));
    let mut vast = Farms::new();
    vast.quantities[0][4] = 1e308;
    vast.quantities[0][3] = 1e-308;
    vast.quantities[1][3] = 1e-308;
    assert_eq!(vast.run(&o), Err(SuperlativeError::OutOfRange(vec![(3, 4), (4, 5)])));
    // A row that makes nothing at all.
    apart.quantities[0][0] = 0.0;
    let Err(SuperlativeError::NotPositive(cells)) = apart.run(&geks) else { panic!("compared") };
    assert_eq!(cells.len(), 2);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Row order does not matter, nor units of measure; one factor on all inputs of a row divides its productivity.
    #[test]
    fn order_units_and_proportionality(shift in 0_usize..12, scale in prop::sample::select(vec![1e9, 1e-9]), row in 0_usize..12) {
        let farms = Farms::new();
        let mut turned = Farms::new();
        turned.units.rotate_left(shift);
        turned.periods.rotate_left(shift);
        let mut scaled = Farms::new();
        for c in turned.quantities.iter_mut().chain(&mut turned.prices) {
            c.rotate_left(shift);
        }
        scaled.quantities[3].iter_mut().for_each(|x| *x *= scale);
        scaled.prices[3].iter_mut().for_each(|x| *x /= scale);
        for (model, scope) in [
            (CCD, Scope::Panel), (CCD, Scope::Period), (CCD, Scope::ChainedPeriods), (Model::Geks, Scope::Panel), (Model::Chained, Scope::Panel),
        ] {
            for formula in [Formula::Fisher, Formula::Tornqvist, Formula::Walsh, Formula::SatoVartia] {
                let found = farms.levels(model, scope, formula);
                let mut order = turned.levels(model, scope, formula).tfp;
                order.rotate_right(shift);
                prop_assert_eq!(&order, &found.tfp);
                let units = scaled.levels(model, scope, formula);
                for i in 0..12 {
                    prop_assert!((units.tfp[i] / found.tfp[i] - 1.0).abs() < 1e-11);
                    prop_assert!((found.output[i] / found.input[i] / found.tfp[i] - 1.0).abs() < 1e-13);
                }
            }
        }
        let mut more = Farms::new();
        more.quantities[2..].iter_mut().for_each(|c| c[row] *= 2.0);
        let (a, b) = (farms.levels(Model::Chained, Scope::Panel, Formula::Fisher), more.levels(Model::Chained, Scope::Panel, Formula::Fisher));
        if a.before[row].is_some() {
            prop_assert!((a.tfp_change[row] / b.tfp_change[row] - 2.0).abs() < 1e-12);
        }
    }
}
