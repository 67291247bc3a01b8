use super::*;
use crate::technology::{Cell, Role};

pub(super) type Columns = Vec<Vec<f64>>;

/// Quantities with prices: inputs, outputs, input prices, output prices.
#[derive(Clone, Debug)]
pub(super) struct Market {
    pub(super) quantities: Columns,
    pub(super) prices: Columns,
    pub(super) inputs: usize,
}

impl Market {
    fn new(inputs: &[&[f64]], outputs: &[&[f64]], w: &[f64], p: &[f64]) -> Self {
        let n = inputs[0].len();
        let quantities = inputs.iter().chain(outputs).map(|c| c.to_vec()).collect();
        Self { quantities, prices: w.iter().chain(p).map(|&x| vec![x; n]).collect(), inputs: inputs.len() }
    }

    pub(super) fn technology(&self) -> Technology<'_> {
        let all: Vec<&[f64]> = self.quantities.iter().map(Vec::as_slice).collect();
        let (inputs, outputs) = all.split_at(self.inputs);
        Technology { inputs: inputs.to_vec(), outputs: outputs.to_vec(), bad_outputs: Vec::new() }
    }

    pub(super) fn prices(&self) -> Prices<'_> {
        let all: Vec<&[f64]> = self.prices.iter().map(Vec::as_slice).collect();
        let (inputs, outputs) = all.split_at(self.inputs.min(all.len()));
        Prices { inputs: inputs.to_vec(), outputs: outputs.to_vec() }
    }

    pub(super) fn run(&self, options: &EconomicOptions) -> Economic {
        economic(&self.technology(), &self.prices(), options).unwrap()
    }

    pub(super) fn with(&self, measure: Measure, decomposition: Decomposition, returns: Returns) -> Economic {
        self.run(&EconomicOptions { measure, decomposition: Some(decomposition), returns, ..EconomicOptions::default() })
    }

    pub(super) fn classical(&self, measure: Measure, returns: Returns) -> Economic {
        self.run(&EconomicOptions { measure, returns, ..EconomicOptions::default() })
    }
}

pub(super) fn close(found: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len());
    for (u, (f, e)) in found.iter().zip(expected).enumerate() {
        assert!((f - e).abs() <= tolerance, "unit {u}: {f} for {e}\n{found:?}");
    }
}

fn parts(e: &Economic, economic: &[f64], technical: &[f64], allocative: &[f64], tolerance: f64) {
    assert!(e.state.iter().all(|s| *s == State::Optimal), "{:?}", e.state);
    close(&e.economic, economic, tolerance);
    close(&e.technical, technical, tolerance);
    close(&e.allocative, allocative, tolerance);
}

/// Coelli (1996), A guide to DEAP 2.1, example 3, CRS: printed to three decimals.
#[test]
fn deap_example_3() {
    let x: [&[f64]; 2] = [&[2.0, 2.0, 6.0, 3.0, 6.0], &[5.0, 4.0, 6.0, 2.0, 2.0]];
    let market = Market::new(&x, &[&[1.0, 2.0, 3.0, 1.0, 2.0]], &[1.0, 3.0], &[]);
    let e = market.classical(Measure::Cost, Returns::Crs);
    let (cost, technical) = ([0.353, 0.857, 0.75, 0.667, 1.0], [0.5, 1.0, 0.833, 0.714, 1.0]);
    parts(&e, &cost, &technical, &[0.706, 0.857, 0.9, 0.933, 1.0], 0.0005 + 1e-9);
    // The least cost of a unit of output is 6 of unit 5.
    close(&e.optimum, &[6.0, 12.0, 18.0, 6.0, 12.0], 1e-12);
    close(&e.projection.input_targets[0], &[3.0, 6.0, 9.0, 3.0, 6.0], 1e-12);
    close(&e.projection.output_prices[0], &[6.0; 5], 1e-12);
    close(&e.loss(Measure::Cost), &[11.0, 2.0, 6.0, 3.0, 0.0], 1e-12);
    // At output prices of their own the only output leaves nothing to allocate: R deaR 1.5.3, example 2.
    let market = Market { prices: vec![vec![], vec![], vec![2.0, 3.0, 2.0, 3.0, 3.0]], ..market };
    let e = market.classical(Measure::Revenue, Returns::Crs);
    parts(&e, &[0.5, 1.0, 5.0 / 6.0, 5.0 / 7.0, 1.0], &[0.5, 1.0, 5.0 / 6.0, 5.0 / 7.0, 1.0], &[1.0; 5], 1e-12);
}

/// Bogetoft and Otto (2011), cost efficiency of six firms, VRS; values of R Benchmarking 0.33.
#[test]
fn bogetoft_otto_six_firms() {
    let x: [&[f64]; 2] = [&[2.0, 2.0, 5.0, 10.0, 10.0, 3.0], &[12.0, 8.0, 5.0, 4.0, 6.0, 13.0]];
    let e = Market::new(&x, &[&[1.0; 6]], &[1.5, 1.0], &[]).classical(Measure::Cost, Returns::Vrs);
    let cost = [11.0 / 15.0, 1.0, 0.88, 11.0 / 19.0, 11.0 / 21.0, 11.0 / 17.5];
    let technical = [1.0, 1.0, 1.0, 1.0, 0.75, 2.0 / 3.0];
    let allocative: Vec<f64> = cost.iter().zip(technical).map(|(c, t)| c / t).collect();
    parts(&e, &cost, &technical, &allocative, 1e-12);
    close(&e.projection.input_targets[0], &[2.0; 6], 1e-12);
    close(&e.projection.input_targets[1], &[8.0; 6], 1e-12);
    assert!(e.projection.unique.iter().all(|u| *u));
}

/// Cooper, Seiford and Tone (2007), p. 261; all four models in Álvarez, Barbero and Zofío (2020), Journal of Statistical
/// Software 95(3), section 5, printed to four decimals.
fn three_shops() -> Market {
    Market::new(&[&[3.0, 1.0, 4.0], &[2.0, 3.0, 6.0]], &[&[3.0, 5.0, 6.0]], &[4.0, 2.0], &[6.0])
}

#[test]
fn cooper_seiford_tone_2007_p261() {
    let market = three_shops();
    let tolerance = 0.00005 + 1e-9;
    let e = market.classical(Measure::Cost, Returns::Crs);
    parts(&e, &[0.375, 1.0, 0.4286], &[0.9, 1.0, 0.6], &[0.4167, 1.0, 0.7143], tolerance);
    let e = market.classical(Measure::Revenue, Returns::Crs);
    parts(&e, &[0.9, 1.0, 0.6], &[0.9, 1.0, 0.6], &[1.0; 3], tolerance);
    let e = market.classical(Measure::Profit, Returns::Vrs);
    parts(&e, &[0.5294, 0.0, 0.1875], &[0.0; 3], &[0.5294, 0.0, 0.1875], tolerance);
    // Printed are 4.5, 0 and 3: all units are divided by the least value of the table, 4 of unit 1, where the definition
    // takes the unit's own, 12 for unit 3 (`docs/known-differences.md`).
    let e = market.with(Measure::Profit, Decomposition::Additive(Weights::Mip), Returns::Vrs);
    parts(&e, &[4.5, 0.0, 1.0], &[0.0; 3], &[4.5, 0.0, 1.0], tolerance);
    let printed: Vec<f64> = e.loss(Measure::Profit).iter().map(|l| l / 4.0).collect();
    close(&printed, &[4.5, 0.0, 3.0], tolerance);
}

/// Eight units with two inputs, one output and prices of 1 of Pastor, Aparicio and Zofío (2022), Benchmarking Economic
/// Efficiency, as in the test suite of BenchmarkingEconomicEfficiency.jl.
fn eight_costs() -> Market {
    let x: [&[f64]; 2] = [&[2.0, 1.0, 4.0, 4.0, 5.0, 6.0, 2.0, 1.6], &[2.0, 4.0, 1.0, 3.0, 5.0, 1.0, 5.0, 8.0]];
    Market::new(&x, &[&[1.0; 8]], &[1.0, 1.0], &[1.0])
}

/// The same with one input and two outputs.
fn eight_revenues() -> Market {
    let y: [&[f64]; 2] = [&[7.0, 4.0, 8.0, 3.0, 3.0, 8.0, 6.0, 1.5], &[7.0, 8.0, 4.0, 5.0, 3.0, 2.0, 4.0, 5.0]];
    Market::new(&[&[1.0; 8]], &y, &[1.0], &[1.0, 1.0])
}

/// The same with one of each and output prices of 2.
fn eight_profits() -> Market {
    let x = [2.0, 4.0, 8.0, 12.0, 6.0, 14.0, 14.0, 9.412];
    Market::new(&[&x], &[&[1.0, 5.0, 8.0, 9.0, 3.0, 7.0, 9.0, 2.353]], &[1.0], &[2.0])
}

#[test]
fn costs_by_the_additive_model() {
    let market = eight_costs();
    for returns in [Returns::Vrs, Returns::Crs] {
        let e = market.with(Measure::Cost, Decomposition::Additive(Weights::Sum), returns);
        let technical = [0.0, 0.0, 0.0, 3.0, 6.0, 2.0, 3.0, 5.2];
        parts(&e, &[0.0, 1.0, 1.0, 3.0, 6.0, 3.0, 3.0, 5.6], &technical, &[0.0, 1.0, 1.0, 0.0, 0.0, 1.0, 0.0, 0.4], 1e-9);
        close(e.normalisation.as_ref().unwrap(), &[1.0; 8], 1e-12);
    }
    let e = market.with(Measure::Cost, Decomposition::Additive(Weights::Mip), Returns::Vrs);
    let technical = [0.0, 0.0, 0.0, 5.0 / 6.0, 1.2, 1.0 / 3.0, 0.7, 0.875];
    let allocative = [0.0, 1.0, 1.0, 1.0 / 6.0, 0.0, 8.0 / 3.0, 0.8, 2.625];
    parts(&e, &[0.0, 1.0, 1.0, 1.0, 1.2, 3.0, 1.5, 3.5], &technical, &allocative, 1e-9);
    close(e.normalisation.as_ref().unwrap(), &[2.0, 1.0, 1.0, 3.0, 5.0, 1.0, 2.0, 1.6], 1e-12);
}

#[test]
fn costs_by_the_directional_distance() {
    let market = eight_costs();
    let run = |d: EconomicDirection| market.with(Measure::Cost, Decomposition::Directional(d), Returns::Vrs);
    let e = run(EconomicDirection::Ones);
    let technical = [0.0, 0.0, 0.0, 4.0 / 3.0, 3.0, 0.0, 1.0, 0.6];
    parts(&e, &[0.0, 0.5, 0.5, 1.5, 3.0, 1.5, 1.5, 2.8], &technical, &[0.0, 0.5, 0.5, 1.0 / 6.0, 0.0, 1.5, 0.5, 2.2], 1e-9);
    close(e.normalisation.as_ref().unwrap(), &[2.0; 8], 1e-12);
    let e = run(EconomicDirection::Observed);
    close(&e.technical, &[0.0, 0.0, 0.0, 0.4, 0.6, 0.0, 1.0 / 3.0, 0.375], 1e-9);
    close(&e.economic, &[0.0, 0.2, 0.2, 0.428_571, 0.6, 0.428_571, 0.428_571, 0.583_333], 0.000_001);
    let e = run(EconomicDirection::Mean);
    close(&e.economic, &[0.0, 0.14652, 0.14652, 0.43956, 0.879_121, 0.43956, 0.43956, 0.820_513], 0.000_001);
    close(&e.technical, &[0.0, 0.0, 0.0, 0.382_775, 0.861_244, 0.0, 0.299_252, 0.1875], 0.000_001);
    // In money the parts add up to the loss itself.
    let e = run(EconomicDirection::Monetary);
    close(&e.economic, &e.loss(Measure::Cost), 1e-12);
    close(&e.technical, &[0.0, 0.0, 0.0, 8.0 / 3.0, 6.0, 0.0, 2.0, 1.2], 1e-9);
}

#[test]
fn costs_by_russell_and_by_the_money_value_of_its_slacks() {
    let market = eight_costs();
    let technical = [0.0, 0.0, 0.0, 5.0 / 12.0, 0.6, 1.0 / 6.0, 0.35, 0.4375];
    for returns in [Returns::Vrs, Returns::Crs] {
        let e = market.with(Measure::Cost, Decomposition::Russell, returns);
        let allocative = [0.0, 0.5, 0.5, 1.0 / 12.0, 0.0, 4.0 / 3.0, 0.4, 1.3125];
        parts(&e, &[0.0, 0.5, 0.5, 0.5, 0.6, 1.5, 0.75, 1.75], &technical, &allocative, 1e-9);
        close(e.normalisation.as_ref().unwrap(), &[4.0, 2.0, 2.0, 6.0, 10.0, 2.0, 4.0, 3.2], 1e-12);
        for direct in [Decomposition::GeneralDirect, Decomposition::ReverseDirectional] {
            let e = market.with(Measure::Cost, direct, returns);
            let normalisation = [4.0, 2.0, 2.0, 7.2, 10.0, 12.0, 40.0 / 7.0, 10.514_285_714];
            close(e.normalisation.as_ref().unwrap(), &normalisation, 1e-8);
            close(&e.economic, &[0.0, 0.5, 0.5, 5.0 / 12.0, 0.6, 0.25, 0.525, 0.532_609], 0.000_001);
            close(&e.technical, &technical, 1e-9);
        }
    }
}

#[test]
fn costs_and_revenues_by_hoelder_distances() {
    let holder = |norm, weighted| Decomposition::Holder { norm, weighted };
    let market = eight_costs();
    for returns in [Returns::Vrs, Returns::Crs] {
        let e = market.with(Measure::Cost, holder(Norm::One, false), returns);
        let technical = [0.0, 0.0, 0.0, 2.0, 4.0, 0.0, 1.0, 0.6];
        parts(&e, &[0.0, 1.0, 1.0, 3.0, 6.0, 3.0, 3.0, 5.6], &technical, &[0.0, 1.0, 1.0, 1.0, 2.0, 3.0, 2.0, 5.0], 1e-9);
    }
    let e = market.with(Measure::Cost, holder(Norm::Infinity, true), Returns::Vrs);
    close(e.normalisation.as_ref().unwrap(), &[4.0, 5.0, 5.0, 7.0, 10.0, 7.0, 7.0, 9.6], 1e-12);
    close(&e.technical, &[0.0, 0.0, 0.0, 0.4, 0.6, 0.0, 1.0 / 3.0, 0.375], 1e-9);
    let market = eight_revenues();
    let e = market.with(Measure::Revenue, holder(Norm::One, true), Returns::Vrs);
    let technical = [0.0, 0.0, 0.0, 0.6, 5.0 / 3.0, 0.0, 1.0 / 3.0, 0.6];
    parts(
        &e,
        &[0.0, 0.25, 0.25, 1.2, 8.0 / 3.0, 0.5, 2.0 / 3.0, 1.5],
        &technical,
        &[0.0, 0.25, 0.25, 0.6, 1.0, 0.5, 1.0 / 3.0, 0.9],
        1e-9,
    );
}

#[test]
fn revenues_by_russell_and_by_the_money_value_of_its_slacks() {
    let market = eight_revenues();
    let technical = [0.0, 0.0, 0.0, 13.0 / 15.0, 4.0 / 3.0, 0.5, 11.0 / 24.0, 37.0 / 18.0];
    let e = market.with(Measure::Revenue, Decomposition::Russell, Returns::Crs);
    close(&e.economic, &[0.0, 0.25, 0.25, 1.0, 4.0 / 3.0, 1.0, 0.5, 2.5], 1e-9);
    close(&e.technical, &technical, 1e-9);
    let e = market.with(Measure::Revenue, Decomposition::GeneralDirect, Returns::Vrs);
    let allocative = [0.0, 0.25, 0.25, 0.0, 0.0, 0.5, 0.0, 4.0 / 9.0];
    parts(&e, &[0.0, 0.25, 0.25, 13.0 / 15.0, 4.0 / 3.0, 1.0, 11.0 / 24.0, 2.5], &technical, &allocative, 1e-9);
    let e = market.with(Measure::Revenue, Decomposition::ReverseDirectional, Returns::Vrs);
    let technical = [0.0, 0.0, 0.0, 13.0 / 28.0, 4.0 / 7.0, 1.0 / 3.0, 11.0 / 35.0, 37.0 / 55.0];
    close(&e.technical, &technical, 1e-9);
    close(&e.normalisation.unwrap(), &[14.0, 8.0, 8.0, 12.923_077, 14.0, 6.0, 12.727_273, 9.166_667], 0.000_001);
}

#[test]
fn profits_by_every_measure() {
    let market = eight_profits();
    let run = |d| market.with(Measure::Profit, d, Returns::Vrs);
    let e = run(Decomposition::Additive(Weights::Sum));
    close(&e.economic, &[8.0, 2.0, 0.0, 2.0, 8.0, 8.0, 4.0, 12.706], 1e-9);
    close(&e.technical, &[0.0, 0.0, 0.0, 0.0, 4.0, 22.0 / 3.0, 2.0, 8.059], 1e-9);
    let e = run(Decomposition::Additive(Weights::Mip));
    close(&e.normalisation.unwrap(), &[2.0, 4.0, 8.0, 12.0, 6.0, 14.0, 14.0, 4.706], 1e-12);
    close(&e.technical, &[0.0, 0.0, 0.0, 0.0, 7.0 / 6.0, 4.0 / 7.0, 1.0 / 7.0, 2.549_936], 0.000_001);
    let e = run(Decomposition::GeneralDirect);
    close(&e.normalisation.unwrap(), &[2.0, 4.0, 8.0, 12.0, 10.0, 14.0, 14.0, 13.3825], 1e-9);
    close(&e.technical, &[0.0, 0.0, 0.0, 0.0, 0.6, 11.0 / 21.0, 1.0 / 7.0, 0.8], 1e-9);
    let e = run(Decomposition::Holder { norm: Norm::One, weighted: false });
    close(&e.technical, &[0.0, 0.0, 0.0, 0.0, 3.0, 2.0, 0.0, 6.0], 1e-9);
    close(&e.economic, &[4.0, 1.0, 0.0, 1.0, 4.0, 4.0, 2.0, 6.353], 1e-9);
    let e = run(Decomposition::ModifiedDirectional(EconomicDirection::Observed));
    close(&e.normalisation.unwrap(), &[2.0, 4.0, 8.0, 12.0, 6.0, 14.0, 14.0, 4.706], 1e-12);
    close(&e.technical, &[0.0, 0.0, 0.0, 0.0, 7.0 / 6.0, 4.0 / 7.0, 1.0 / 7.0, 2.549_936], 0.000_001);
}

/// Zofío and Prieto (2006), Return to dollar, generalized distance function and the Fisher productivity index, as
/// printed with DataEnvelopmentAnalysis.jl: five units, α = 1/2, three decimals.
#[test]
fn profitability_of_five_units() {
    let x: [&[f64]; 2] = [&[5.0, 2.0, 4.0, 4.0, 7.0], &[3.0, 4.0, 2.0, 8.0, 9.0]];
    let y: [&[f64]; 2] = [&[7.0, 10.0, 8.0, 5.0, 3.0], &[4.0, 8.0, 10.0, 4.0, 6.0]];
    let e = Market::new(&x, &y, &[2.0, 1.0], &[3.0, 2.0]).classical(Measure::Profitability, Returns::Vrs);
    let tolerance = 0.0005 + 1e-9;
    close(&e.economic, &[0.388, 1.0, 0.765, 0.25, 0.159], tolerance);
    close(&e.technical, &[0.682, 1.0, 1.0, 0.25, 0.36], tolerance);
    close(e.scale.as_ref().unwrap(), &[0.933, 1.0, 1.0, 1.0, 0.725], tolerance);
    close(&e.allocative, &[0.61, 1.0, 0.765, 1.0, 0.609], tolerance);
    close(&e.optimum, &[46.0 / 8.0; 5], 1e-12);
}

/// Every decomposition of a difference.
pub(super) fn differences() -> Vec<Decomposition> {
    use Decomposition as D;
    use EconomicDirection as E;
    vec![
        D::Directional(E::Observed),
        D::Directional(E::Mean),
        D::Directional(E::Ones),
        D::Directional(E::Monetary),
        D::Additive(Weights::Sum),
        D::Additive(Weights::Mip),
        D::Additive(Weights::Ram),
        D::Additive(Weights::Bam),
        D::Additive(Weights::Normalised),
        D::ModifiedDirectional(E::Observed),
        D::Russell,
        D::GeneralDirect,
        D::ReverseDirectional,
        D::Holder { norm: Norm::One, weighted: false },
        D::Holder { norm: Norm::One, weighted: true },
        D::Holder { norm: Norm::Infinity, weighted: false },
        D::Holder { norm: Norm::Infinity, weighted: true },
        D::Holder { norm: Norm::Two, weighted: true },
    ]
}

/// Those of profit alone.
pub(super) fn of_both_sides() -> Vec<Decomposition> {
    vec![Decomposition::ReverseModified(EconomicDirection::Observed), Decomposition::RussellGraph]
}

/// Values of BenchmarkingEconomicEfficiency.jl 0.1 (`deaprofitrussell`, `deaprofitrddf` of MDDF).
#[test]
fn profits_by_measures_of_both_sides() {
    let market = eight_profits();
    let run = |d| market.with(Measure::Profit, d, Returns::Vrs);
    let e = run(Decomposition::RussellGraph);
    close(e.normalisation.as_ref().unwrap(), &[4.0, 8.0, 16.0, 24.0, 12.0, 28.0, 28.0, 9.412], 1e-12);
    close(&e.economic, &[2.0, 0.25, 0.0, 0.083_333, 0.666_667, 0.285_714, 0.142_857, 1.349_979], 0.000_000_6);
    close(&e.technical, &[0.0, 0.0, 0.0, 0.0, 0.366_667, 0.276_786, 0.071_429, 0.552_205], 0.000_000_6);
    close(&e.allocative, &[2.0, 0.25, 0.0, 0.083_333, 0.3, 0.008_929, 0.071_429, 0.797_773], 0.000_001_1);
    let e = run(Decomposition::ReverseModified(EconomicDirection::Observed));
    close(e.normalisation.as_ref().unwrap(), &[2.0, 4.0, 8.0, 12.0, 6.0, 14.0, 14.0, 4.706], 1e-9);
    close(&e.economic, &[4.0, 0.5, 0.0, 0.166_667, 1.333_333, 0.571_429, 0.285_714, 2.699_958], 0.000_000_6);
    close(&e.technical, &[0.0, 0.0, 0.0, 0.0, 1.166_667, 0.571_429, 0.142_857, 2.549_936], 0.000_000_6);
    for d in of_both_sides() {
        for measure in [Measure::Cost, Measure::Revenue, Measure::Profitability] {
            let options = EconomicOptions { measure, decomposition: Some(d.clone()), ..EconomicOptions::default() };
            let refused = economic(&market.technology(), &market.prices(), &options);
            assert!(matches!(refused, Err(EconomicError::Frontier(FrontierError::Options(_)))), "{refused:?}");
        }
    }
}

#[test]
fn prices_are_checked_all_at_once() {
    let t = three_shops();
    let bad = Market { prices: vec![vec![1.0, 0.0, f64::INFINITY], vec![f64::NAN, -2.0, 1.0], vec![1.0; 2]], ..t.clone() };
    let options = EconomicOptions { measure: Measure::Profit, ..EconomicOptions::default() };
    let Err(EconomicError::Prices(defects)) = economic(&bad.technology(), &bad.prices(), &options) else { panic!() };
    let cell = |variable, unit| Cell { role: Role::Input, variable, unit };
    let expected = [
        PriceDefect::NotPositive(cell(0, 1), 0.0),
        PriceDefect::NotPositive(cell(0, 2), f64::INFINITY),
        PriceDefect::Missing(cell(1, 0)),
        PriceDefect::NotPositive(cell(1, 1), -2.0),
        PriceDefect::Rows { role: Role::Output, variable: 0, found: 2, expected: 3 },
    ];
    assert_eq!(defects, expected);
    let none = Market { prices: Vec::new(), ..t.clone() };
    let Err(EconomicError::Prices(defects)) = economic(&none.technology(), &none.prices(), &options) else { panic!() };
    assert_eq!(defects.len(), 2);
    // Cost asks for input prices alone.
    let options = EconomicOptions::default();
    let some = Market { prices: t.prices[..2].to_vec(), ..t.clone() };
    assert!(economic(&some.technology(), &some.prices(), &options).is_ok());
}

#[test]
fn a_unit_without_prices_stays_in_the_reference() {
    let mut market = three_shops();
    let whole = market.classical(Measure::Cost, Returns::Crs);
    market.prices[0][1] = f64::NAN;
    let e = market.run(&EconomicOptions { missing: Missing::Exclude, returns: Returns::Crs, ..EconomicOptions::default() });
    assert_eq!(e.state, [State::Optimal, State::Missing, State::Optimal]);
    assert_eq!((e.economic[0], e.economic[2]), (whole.economic[0], whole.economic[2]));
    assert!(e.economic[1].is_nan() && e.optimum[1].is_nan() && e.observed[1].is_nan());
    // The same with a direction, whose lengths a missing quantity does not have.
    market.quantities[0][0] = f64::NAN;
    for decomposition in differences() {
        let options = EconomicOptions {
            measure: Measure::Profit,
            decomposition: Some(decomposition),
            missing: Missing::Exclude,
            ..EconomicOptions::default()
        };
        let e = market.run(&options);
        assert_eq!((e.state[0], e.state[1]), (State::Missing, State::Missing), "{options:?}");
        assert!(e.technical[0].is_nan() && e.allocative[1].is_nan());
    }
}

#[test]
fn options_that_do_not_go_together_are_named() {
    let market = three_shops();
    let refused = |measure, decomposition, returns| {
        let options = EconomicOptions { measure, decomposition, returns, ..EconomicOptions::default() };
        match economic(&market.technology(), &market.prices(), &options) {
            Err(EconomicError::Frontier(FrontierError::Options(list))) => list.into_iter().map(|l| l.0).collect::<Vec<_>>(),
            other => panic!("{other:?}"),
        }
    };
    use Decomposition as D;
    assert_eq!(refused(Measure::Profit, Some(D::Farrell), Returns::Crs), ["decomposition", "returns"]);
    assert_eq!(refused(Measure::Profit, None, Returns::Ndrs), ["returns"]);
    assert_eq!(refused(Measure::Cost, Some(D::Generalised { alpha: 0.5 }), Returns::Vrs), ["decomposition"]);
    assert_eq!(refused(Measure::Cost, Some(D::Russell), Returns::Fdh), ["returns"]);
    assert_eq!(refused(Measure::Cost, None, Returns::Generalised), ["returns"]);
    assert_eq!(refused(Measure::Profitability, Some(D::Generalised { alpha: 1.5 }), Returns::Vrs), ["alpha"]);
    let options = EconomicOptions {
        measure: Measure::Profit,
        decomposition: Some(D::Directional(EconomicDirection::Custom(vec![1.0, -1.0, 0.0]))),
        ..EconomicOptions::default()
    };
    let run = economic(&market.technology(), &market.prices(), &options);
    assert!(matches!(run, Err(EconomicError::Direction(list)) if list.len() == 3));
}

/// Profits of the free disposal hull: eight units of Pastor, Aparicio and Zofío (2022) with steps of one unit of money.
#[test]
fn profits_of_the_free_disposal_hull() {
    let x: [&[f64]; 2] = [&[1.0, 1.0, 0.75, 0.5, 0.5, 2.0, 2.75, 1.375], &[1.0, 1.0, 1.5, 2.0, 2.0, 2.0, 3.5, 1.75]];
    let y: [&[f64]; 2] = [&[1.0, 5.0, 5.0, 2.0, 4.0, 4.0, 3.0, 4.5], &[11.0, 3.0, 5.0, 9.0, 5.0, 2.0, 3.0, 3.5]];
    let market = Market::new(&x, &y, &[2.0, 1.0], &[2.0, 1.0]);
    let d = || Decomposition::Directional(EconomicDirection::Monetary);
    let economic = [2.0, 2.0, 0.0, 2.0, 2.0, 8.0, 12.0, 4.0];
    let e = market.with(Measure::Profit, d(), Returns::Fdh);
    parts(&e, &economic, &[0.0, 0.0, 0.0, 0.0, 0.0, 6.0, 12.0, 1.5], &[2.0, 2.0, 0.0, 2.0, 2.0, 2.0, 0.0, 2.5], 1e-9);
    let e = market.with(Measure::Profit, d(), Returns::Vrs);
    parts(&e, &economic, &[0.0, 0.0, 0.0, 0.0, 0.0, 6.0, 12.0, 3.0], &[2.0, 2.0, 0.0, 2.0, 2.0, 2.0, 0.0, 1.0], 1e-9);
    close(e.normalisation.as_ref().unwrap(), &[1.0; 8], 1e-12);
    assert_eq!(e.projection.peers.of(6).map(|p| p.units[0]).collect::<Vec<_>>(), [2]);
}

#[test]
fn under_non_increasing_returns_nothing_need_be_made() {
    let market = Market::new(&[&[2.0, 4.0]], &[&[1.0, 3.0]], &[3.0], &[1.0]);
    let e = market.classical(Measure::Profit, Returns::Nirs);
    assert_eq!((e.optimum[0], e.optimum[1]), (0.0, 0.0));
    assert_eq!(e.projection.input_targets[0], [0.0, 0.0]);
    assert_eq!(e.projection.peers.of(0).len(), 0);
    close(&e.loss(Measure::Profit), &[5.0, 9.0], 1e-12);
}

/// Five units over two periods of the test suite of BenchmarkingEconomicEfficiency.jl.
#[test]
fn changes_between_two_periods() {
    let x: [&[f64]; 2] = [&[5.0, 2.0, 4.0, 4.0, 7.0], &[3.0, 4.0, 2.0, 8.0, 9.0]];
    let y: [&[f64]; 2] = [&[7.0, 10.0, 8.0, 5.0, 3.0], &[4.0, 8.0, 10.0, 4.0, 6.0]];
    let later_x: [&[f64]; 2] = [&[14.0, 8.0, 10.0, 16.0, 14.0], &[12.0, 10.0, 8.0, 20.0, 17.0]];
    let later_y: [&[f64]; 2] = [&[18.0, 36.0, 28.0, 18.0, 12.0], &[10.0, 28.0, 36.0, 14.0, 20.0]];
    let (base, later) =
        (Market::new(&x, &y, &[2.0, 1.0], &[3.0, 2.0]), Market::new(&later_x, &later_y, &[3.0, 4.0], &[3.0, 5.0]));
    let change = |measure, d: Option<Decomposition>, money| {
        let options = EconomicOptions { measure, decomposition: d, ..EconomicOptions::default() };
        base.run(&options).change(&later.run(&options), money)
    };
    let c = change(Measure::Cost, None, false);
    close(&c.economic, &[1.119_444_444_4, 1.0, 1.0, 0.96875, 1.620_454_545_5], 1e-9);
    close(&c.technical, &[0.923_076_923_1, 1.0, 1.0, 1.0, 1.548_387_096_8], 1e-9);
    let c = change(Measure::Cost, Some(Decomposition::Russell), true);
    close(&c.economic, &[-23.0, 0.0, 0.0, -58.0, -33.0], 1e-9);
    close(&c.technical, &[-24.4, 0.0, 0.0, -40.0, -23.865_546_218_5], 1e-9);
    let c = change(Measure::Profit, Some(Decomposition::Russell), true);
    close(&c.economic, &[-166.0, -18.0, 4.0, -175.0, -136.0], 1e-9);
    close(&c.technical, &[-152.004_761_904_8, 0.0, 0.0, -124.895_238_095_2, -81.223_529_411_8], 1e-9);
    let c = change(Measure::Profitability, None, false);
    close(&c.economic, &[0.699_507, 0.910_038, 1.306_818, 0.910_038, 1.828_565], 1e-5);
    close(&c.technical, &[0.702_926, 1.0, 1.0, 1.0, 1.117_935], 1e-5);
    close(&c.scale.unwrap(), &[0.931_480, 1.0, 1.0, 1.0, 1.360_690], 1e-5);
}
