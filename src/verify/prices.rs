//! Cases of models that are about prices: cross-efficiency, weight restrictions.

use frontier::{
    cross_efficiency::{self, CrossEfficiency, CrossOptions, Goal, Negative, Surrogate},
    multiplier::{self, Floor, MultiplierOptions, Restriction, Variable},
};
use serde_json::Value;

use super::{
    Differences, Folder, Outcome,
    frontier::{data, numbers, orientation, returns, text, unknown_key},
};

/// Runs a case of these families.
pub fn run(family: &str, case: &Value, folder: Folder<'_>) -> Outcome {
    let runner = if family == "cross-efficiency" { cross } else { restricted };
    runner(case, folder).unwrap_or_else(|o| o)
}

const CROSS: &str = "cross-efficiency";

/// Means and matrices. The prices of `arbitrary` are one of several optima: what is printed must lie within the range
/// of all optima.
fn cross(case: &Value, folder: Folder<'_>) -> Result<Outcome, Outcome> {
    if let Some(key) = unknown_key(case, &["orientation", "rts", "selfapp"]) {
        return Err(Outcome::unsupported(format!("option `{key}`")));
    }
    let data = data(case, folder)?;
    let base = CrossOptions {
        orientation: orientation(case)?,
        returns: returns(case)?,
        negative: Negative::Keep,
        self_appraisal: case["model"]["selfapp"].as_bool().unwrap_or(true),
        ..CrossOptions::default()
    };
    let solve = |options: &CrossOptions| -> Result<CrossEfficiency, Outcome> {
        cross_efficiency::cross_efficiency(&data.technology(), options).map_err(|e| Outcome::fail(CROSS, format!("{e} {e:?}")))
    };
    let expected = &case["expected"];
    let mut d = Differences::default();
    let first = if expected.get("e").is_some() { Some(expected) } else { expected.get("arbitrary") };
    if let Some(printed) = first {
        let result = solve(&CrossOptions { goal: Goal::Arbitrary, range: true, ..base.clone() })?;
        let ranges = result.ranges.unwrap_or_default();
        within(&mut d, "arbitrary e", &numbers(&printed["e"]), &ranges.least, &ranges.largest);
        if let Some(rows) = printed.get("matrix").and_then(Value::as_array) {
            d.length("arbitrary matrix", ranges.low.len(), rows.len());
            for (k, row) in rows.iter().map(numbers).enumerate().take(ranges.low.len()) {
                within(&mut d, &format!("arbitrary row {}", k + 1), &row, &ranges.low[k], &ranges.high[k]);
                d.value(&format!("own score of unit {}", k + 1), result.efficiency[k], row[k]);
            }
        }
    }
    for (key, goal, surrogate) in [
        ("M2_agg", Goal::Aggressive, Surrogate::Difference),
        ("M2_ben", Goal::Benevolent, Surrogate::Difference),
        ("M3_agg", Goal::Aggressive, Surrogate::Composite),
        ("M3_ben", Goal::Benevolent, Surrogate::Composite),
    ] {
        let Some(printed) = expected.get(key) else { continue };
        let result = solve(&CrossOptions { goal, surrogate, ..base.clone() })?;
        d.series(&format!("{key} e"), &result.score, &numbers(&printed["e"]));
        let rows: Vec<Vec<f64>> = printed["matrix"].as_array().into_iter().flatten().map(numbers).collect();
        d.length(&format!("{key} matrix"), result.matrix.len(), rows.len());
        for (k, (found, row)) in result.matrix.iter().zip(&rows).enumerate() {
            d.series(&format!("{key} row {}", k + 1), found, row);
        }
    }
    Ok(d.outcome(CROSS))
}

/// How far printed values lie outside their ranges.
fn within(d: &mut Differences, name: &str, printed: &[f64], low: &[f64], high: &[f64]) {
    d.length(name, low.len(), printed.len());
    for (i, ((x, l), h)) in printed.iter().zip(low).zip(high).enumerate() {
        let nearest = if l.is_nan() || h.is_nan() { f64::NAN } else { x.max(*l).min(*h) };
        d.value(&format!("{name} {}, nearest value of the range", i + 1), nearest, *x);
    }
}

const MULTIPLIER: &str = "multiplier";

/// Scores and prices of the multiplier model with restrictions.
fn restricted(case: &Value, folder: Folder<'_>) -> Result<Outcome, Outcome> {
    if let Some(key) = unknown_key(case, &["orientation", "rts", "constraint", "A", "B", "epsilon"]) {
        return Err(Outcome::unsupported(format!("option `{key}`")));
    }
    let model = &case["model"];
    let data = data(case, folder)?;
    let restrictions = match text(model, "constraint") {
        None => Vec::new(),
        Some(said) => vec![ratio(said).ok_or_else(|| Outcome::unsupported(format!("constraint {said}")))?],
    };
    let cone = |key: &str| -> Vec<Vec<f64>> { model[key].as_array().into_iter().flatten().map(numbers).collect() };
    let options = MultiplierOptions {
        orientation: orientation(case)?,
        returns: returns(case)?,
        floor: model["epsilon"].as_f64().map_or(Floor::None, Floor::Given),
        restrictions,
        input_cone: cone("A"),
        output_cone: cone("B"),
        ..MultiplierOptions::default()
    };
    let result =
        multiplier::multiplier(&data.technology(), &options).map_err(|e| Outcome::fail(MULTIPLIER, format!("{e} {e:?}")))?;
    let expected = &case["expected"];
    let mut d = Differences::default();
    if let Some(values) = expected.get("score") {
        d.series("score", &result.score, &numbers(values));
    }
    for (name, value) in expected["score_published"].as_object().into_iter().flatten() {
        let unit = name.trim_start_matches("DMU").parse::<usize>().unwrap_or_default();
        let found = unit.checked_sub(1).and_then(|u| result.score.get(u)).copied().unwrap_or(f64::NAN);
        d.value(&format!("printed score of {name}"), found, numbers(value)[0]);
    }
    if let Some(table) = expected.get("table") {
        d.series("objval", &result.score, &numbers(&table["objval"]));
        for (v, prices) in result.output_prices.iter().enumerate() {
            d.series(&format!("u{}", v + 1), prices, &numbers(&table[&format!("u{}", v + 1)]));
        }
        for (v, prices) in result.input_prices.iter().enumerate() {
            d.series(&format!("v{}", v + 1), prices, &numbers(&table[&format!("v{}", v + 1)]));
        }
    }
    Ok(d.outcome(MULTIPLIER))
}

/// A restriction written `0.25 <= v2/v1 <= 1`.
fn ratio(said: &str) -> Option<Restriction> {
    let mut parts = said.split("<=").map(str::trim);
    let (lower, middle, upper) = (parts.next()?, parts.next()?, parts.next()?);
    let variable = |name: &str| -> Option<Variable> {
        let place = name.get(1..)?.parse::<usize>().ok()?.checked_sub(1)?;
        match name.get(..1)? {
            "v" => Some(Variable::Input(place)),
            "u" => Some(Variable::Output(place)),
            _ => None,
        }
    };
    let (over, under) = middle.split_once('/')?;
    Some(Restriction::Ratio {
        over: variable(over)?,
        under: variable(under)?,
        lower: Some(lower.parse().ok()?),
        upper: Some(upper.parse().ok()?),
    })
}

#[cfg(test)]
mod tests {
    use super::super::{Verdict, shared};

    #[test]
    fn every_case_about_prices_passes() {
        let Some(mine) = shared::methods(|m| [super::CROSS, super::MULTIPLIER].contains(&m)) else { return };
        let failed: Vec<_> = mine.iter().filter(|r| r.verdict != Verdict::Pass).collect();
        assert!(failed.is_empty(), "{failed:#?}");
        assert_eq!(mine.len(), 6);
    }
}
