//! Index numbers of prices and quantities.

use serde_json::Value;
use tfp::index_numbers::{
    IndexOptions, Measure, Model, Series, basket::Basket, basket::Transactions, bilateral::Formula, index_numbers, splice::Splice,
};

use super::{Case, Differences, Row};

/// Cases give 1e-9 for every index.
const TOLERANCE: f64 = 1e-9;

/// Names of formulas in the case.
const FORMULAS: [(&str, Formula); 20] = [
    ("dutot", Formula::Dutot),
    ("carli", Formula::Carli),
    ("jevons", Formula::Jevons),
    ("harmonic", Formula::Harmonic),
    ("cswd", Formula::Cswd),
    ("laspeyres", Formula::Laspeyres),
    ("paasche", Formula::Paasche),
    ("fisher", Formula::Fisher),
    ("tornqvist", Formula::Tornqvist),
    ("satovartia", Formula::SatoVartia),
    ("walsh", Formula::Walsh),
    ("geomlaspeyres", Formula::GeometricLaspeyres),
    ("geompaasche", Formula::GeometricPaasche),
    ("tpd", Formula::TimeProductDummyAdjusted),
    ("gk", Formula::GearyKhamis),
    ("drobish", Formula::Drobisch),
    ("stuvel", Formula::Stuvel),
    ("marshalledgeworth", Formula::MarshallEdgeworth),
    ("palgrave", Formula::Palgrave),
    ("ces", Formula::LloydMoulton),
];

const OUTPUTS: [(&str, Model); 3] =
    [("pop", Model::PeriodOnPeriod), ("chained", Model::Chained), ("fixedbase", Model::FixedBase)];

const SPLICES: [(&str, Splice); 7] = [
    ("mean", Splice::Mean),
    ("window", Splice::Window),
    ("movement", Splice::Movement),
    ("half", Splice::Half),
    ("wisp", Splice::Wisp),
    ("hasp", Splice::Hasp),
    ("mean_pub", Splice::MeanPublished),
];

/// C05: bilateral and multilateral indices of the artificial data of Diewert and Fox.
pub(super) fn rows(case: &Case) -> Vec<Row> {
    type Each = fn(&Basket, &mut Expected<'_>) -> Result<(), String>;
    let parts: [(&str, Each); 4] = [
        ("20 price formulas x 3 outputs", |b, e| bilateral(b, e, Measure::Price)),
        ("6 quantity formulas x 3 outputs", |b, e| bilateral(b, e, Measure::Quantity)),
        ("GEKS over 5 formulas, windows of 11 and 12, 7 splices", geks),
        ("Geary-Khamis and time product dummy", world),
    ];
    let part = |(name, run): (&str, Each)| {
        case.part(name, "index-numbers", TOLERANCE, |d| {
            let table = case.table("data.csv")?;
            let (periods, products) = (table.periods("time")?, table.units("prodID")?);
            let (prices, quantities) = (table.numbers("prices")?, table.numbers("quantities")?);
            let data = Transactions { periods: &periods, products: &products, prices: &prices, quantities: &quantities };
            let basket = Basket::new(&data).map_err(|e| e.to_string())?;
            run(&basket, &mut Expected { values: case.json("expected.json")?, differences: d })
        })
    };
    parts.into_iter().map(part).collect()
}

struct Expected<'a> {
    values: Value,
    differences: &'a mut Differences,
}

impl Expected<'_> {
    fn compare(&mut self, name: &str, basket: &Basket, options: &IndexOptions) -> Result<(), String> {
        let Series { mut index, .. } = index_numbers(basket, options).map_err(|e| format!("{name}: {e:?}"))?;
        if options.model == Model::PeriodOnPeriod {
            // The program prints 1 where there is no period before.
            index[0] = 1.0;
        }
        let expected = self.values[name].as_array().ok_or_else(|| format!("no numbers `{name}`"))?;
        let expected: Vec<f64> = expected.iter().filter_map(Value::as_f64).collect();
        self.differences.series(name, &index, &expected);
        Ok(())
    }
}

fn bilateral(basket: &Basket, expected: &mut Expected<'_>, measure: Measure) -> Result<(), String> {
    let prefix = if measure == Measure::Price { "price" } else { "quantity" };
    let six = ["laspeyres", "paasche", "fisher", "tornqvist", "satovartia", "walsh"];
    for (name, formula) in FORMULAS.iter().filter(|f| measure == Measure::Price || six.contains(&f.0)) {
        for (output, model) in OUTPUTS {
            // The program's default elasticity.
            let options = IndexOptions { measure, model, formula: *formula, elasticity: Some(1.0001), ..IndexOptions::default() };
            expected.compare(&format!("{prefix}_{name}_{output}"), basket, &options)?;
        }
    }
    Ok(())
}

fn geks(basket: &Basket, expected: &mut Expected<'_>) -> Result<(), String> {
    let formulas = [
        ("fisher", Formula::Fisher),
        ("tornqvist", Formula::Tornqvist),
        ("walsh", Formula::Walsh),
        ("jevons", Formula::Jevons),
        ("tpd", Formula::TimeProductDummyMean),
    ];
    for (name, formula) in formulas {
        for window in [12, 11] {
            for (word, splice) in SPLICES {
                let options =
                    IndexOptions { model: Model::Geks, formula, window: Some(window), splice, ..IndexOptions::default() };
                expected.compare(&format!("geks_{name}_w_{window}_{word}"), basket, &options)?;
            }
        }
    }
    Ok(())
}

fn world(basket: &Basket, expected: &mut Expected<'_>) -> Result<(), String> {
    for (name, model) in [("gk_multilateral", Model::GearyKhamis), ("wtpd", Model::TimeProductDummy)] {
        for window in [12, 11] {
            let options = IndexOptions { model, window: Some(window), ..IndexOptions::default() };
            expected.compare(&format!("{name}_w{window}"), basket, &options)?;
        }
    }
    Ok(())
}
