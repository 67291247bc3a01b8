//! Aggregate decomposition: exact fractions on rows whose first unit is an entrant.

use serde_json::Value;
use tfp::decomposition::{Data, Decomposition, DecompositionOptions, Parts, Variant, decomposition};

use super::{Case, Row};

/// How far sums of a dozen doubles may lie from the fraction.
const TOLERANCE: f64 = 1e-14;

pub(super) fn rows(case: &Case) -> Vec<Row> {
    let variants = [
        ("BHC", Variant::Bhc),
        ("GR", Variant::Gr),
        ("FHK", Variant::Fhk),
        ("BG", Variant::Bg),
        ("MP", Variant::Mp),
        ("DF", Variant::Df),
    ];
    let mut rows: Vec<Row> = variants
        .iter()
        .map(|(name, variant)| {
            case.part(name, "decomposition", TOLERANCE, |d| {
                let expected = case.json("expected.json")?;
                let value = |of: &Value, term: &str| of.get(term).and_then(|t| t.get("value")).and_then(Value::as_f64);
                // Rows of the file, then the same rows with the entrant in front and with it behind.
                for turn in [0, 3, 5] {
                    let found = run(case, turn)?;
                    let change = &found.changes[0];
                    let p = change.parts.iter().find(|p| p.variant == *variant).ok_or("the variant is missing")?;
                    for (term, number) in terms(p) {
                        if let Some(want) = value(&expected[*name], term) {
                            d.value(term, number, want);
                        }
                    }
                    let total: f64 = [p.within, p.between, p.cross, p.entry, p.exit].iter().sum();
                    d.value("total", total, value(&expected, "total").ok_or("no total")?);
                }
                Ok(())
            })
        })
        .collect();
    rows.push(case.part("static OP", "decomposition", TOLERANCE, |d| {
        let expected = case.json("expected.json")?;
        for level in run(case, 0)?.levels {
            let want = &expected["OP_static"][level.period.to_string()];
            let number = |name: &str| want[name]["value"].as_f64().ok_or_else(|| format!("no {name} of {}", level.period));
            d.value("aggregate", level.aggregate, number("aggregate")?);
            d.value("mean", level.mean, number("unweighted_mean")?);
            d.value("covariance", level.covariance, number("covariance")?);
        }
        Ok(())
    }));
    rows
}

fn terms(p: &Parts) -> [(&'static str, f64); 7] {
    [
        ("within", p.within),
        ("within_mean", p.within),
        ("between", p.between),
        ("covariance", p.between),
        ("cross", p.cross),
        ("entry", p.entry),
        ("exit", p.exit),
    ]
}

fn run(case: &Case, turn: usize) -> Result<Decomposition, String> {
    let table = case.table("data.csv")?;
    let (mut units, mut periods) = (table.units("id")?, table.periods("t")?);
    let (mut productivity, mut weight) = (table.numbers("phi")?, table.numbers("share")?);
    let turn = turn.min(table.len());
    units.rotate_left(turn);
    periods.rotate_left(turn);
    productivity.rotate_left(turn);
    weight.rotate_left(turn);
    let data = Data { units: &units, periods: &periods, productivity: &productivity, weight: &weight };
    decomposition(&data, &DecompositionOptions::default()).map_err(|e| e.to_string())
}
