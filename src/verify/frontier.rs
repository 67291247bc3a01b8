//! Cases of efficiency and productivity change: tables of units by variables, CSV or inline.

use std::collections::BTreeMap;

use frontier::{
    Missing, Observations, Orientation, Technology,
    dea::{self, Dea, DeaOptions, Returns, ScaleClass},
    malmquist_luenberger::{self, MalmquistLuenbergerOptions},
};
use serde_json::Value;

use super::{Differences, Folder, Outcome};

/// Runs a case of a family of this room; `None` for families that are not of it.
pub fn run(family: &str, case: &Value, folder: Folder<'_>) -> Option<Outcome> {
    let known: fn(&Value, Folder<'_>) -> Result<Outcome, Outcome> = match family {
        "radial" => radial,
        "scale-efficiency" => scale,
        "malmquist-luenberger-global" => global,
        _ => return None,
    };
    Some(known(case, folder).unwrap_or_else(|o| o))
}

/// A table of the reference folder: rows in file order.
#[derive(Clone)]
pub(super) struct Data {
    pub(super) inputs: Vec<Vec<f64>>,
    pub(super) outputs: Vec<Vec<f64>>,
    pub(super) bad_outputs: Vec<Vec<f64>>,
    pub(super) names: Vec<String>,
    pub(super) periods: Vec<i32>,
}

impl Data {
    pub(super) fn technology(&self) -> Technology<'_> {
        fn slices(columns: &[Vec<f64>]) -> Vec<&[f64]> {
            columns.iter().map(Vec::as_slice).collect()
        }
        Technology { inputs: slices(&self.inputs), outputs: slices(&self.outputs), bad_outputs: slices(&self.bad_outputs) }
    }

    /// Units as numbers in order of first appearance.
    pub(super) fn units(&self) -> (Vec<usize>, Vec<&str>) {
        let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
        let mut names = Vec::new();
        let numbers = self
            .names
            .iter()
            .map(|n| {
                *seen.entry(n).or_insert_with(|| {
                    names.push(n.as_str());
                    names.len() - 1
                })
            })
            .collect();
        (numbers, names)
    }
}

const READING: &str = "reading";

pub(super) fn text<'a>(v: &'a Value, key: &str) -> Option<&'a str> {
    v.get(key).and_then(Value::as_str)
}

pub(super) fn strings(v: Option<&Value>) -> Vec<String> {
    match v {
        Some(Value::Array(a)) => a.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        Some(Value::String(s)) => vec![s.clone()],
        _ => Vec::new(),
    }
}

/// A number, or a list of them; `null` is `NaN`.
pub(super) fn numbers(v: &Value) -> Vec<f64> {
    match v {
        Value::Array(a) => a.iter().flat_map(numbers).collect(),
        other => vec![other.as_f64().unwrap_or(f64::NAN)],
    }
}

/// Cells of one line of CSV; quotes hold commas together.
pub(super) fn cells(line: &str) -> Vec<String> {
    let (mut out, mut cell, mut quoted) = (Vec::new(), String::new(), false);
    for c in line.trim_end_matches('\r').chars() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => out.push(std::mem::take(&mut cell)),
            c => cell.push(c),
        }
    }
    out.push(cell);
    out
}

pub(super) fn data(case: &Value, folder: Folder<'_>) -> Result<Data, Outcome> {
    let spec = case.get("data").ok_or_else(|| Outcome::fail(READING, "no data"))?;
    if let Some(inline) = spec.get("inline") {
        return inline_data(inline, spec);
    }
    let file = text(spec, "file").ok_or_else(|| Outcome::fail(READING, "no data file"))?;
    if !file.ends_with(".csv") {
        return Err(Outcome::unsupported(format!("{file} is not a plain CSV file")));
    }
    let content = folder.read(file).map_err(|e| Outcome::fail(READING, e))?;
    let mut lines = content.lines().filter(|l| !l.trim().is_empty()).map(cells);
    let header = lines.next().unwrap_or_default();
    let mut rows: Vec<Vec<String>> = lines.collect();
    let position = |name: &str| {
        header.iter().position(|h| h == name).ok_or_else(|| Outcome::fail(READING, format!("{file} has no column `{name}`")))
    };
    if let Some(filter) = spec.get("rows_filter").and_then(Value::as_object) {
        for (name, wanted) in filter {
            let (at, wanted) = (position(name)?, numbers(wanted));
            rows.retain(|r| r.get(at).and_then(|c| c.parse::<f64>().ok()).is_some_and(|c| wanted.contains(&c)));
        }
    }
    if let Some([from, to]) = spec.get("rows").map(numbers).as_deref() {
        rows = rows.into_iter().skip((*from as usize).saturating_sub(1)).take((to - from) as usize + 1).collect();
    }
    let column = |name: &str| -> Result<Vec<f64>, Outcome> {
        let at = position(name)?;
        Ok(rows.iter().map(|r| r.get(at).and_then(|c| c.trim().parse().ok()).unwrap_or(f64::NAN)).collect())
    };
    let columns = |key: &str| strings(spec.get(key)).iter().map(|n| column(n)).collect::<Result<Vec<_>, _>>();
    let names = match text(spec, "dmu") {
        Some(name) => {
            let at = position(name)?;
            rows.iter().map(|r| r.get(at).cloned().unwrap_or_default()).collect()
        }
        None => (1..=rows.len()).map(|i| i.to_string()).collect(),
    };
    let periods = match text(spec, "period") {
        Some(name) => column(name)?.into_iter().map(|p| p as i32).collect(),
        None => vec![0; rows.len()],
    };
    Ok(Data { inputs: columns("inputs")?, outputs: columns("outputs")?, bad_outputs: columns("bad_outputs")?, names, periods })
}

fn inline_data(inline: &Value, spec: &Value) -> Result<Data, Outcome> {
    let table = |key: &str| -> Option<Vec<Vec<f64>>> { inline.get(key)?.as_array().map(|a| a.iter().map(numbers).collect()) };
    match (text(spec, "layout"), table("X"), table("Y")) {
        (Some("[period][dmu]"), Some(x), Some(y)) => {
            let units = x.first().map_or(0, Vec::len);
            Ok(Data {
                inputs: vec![x.concat()],
                outputs: vec![y.concat()],
                bad_outputs: table("B").map(|b| b.concat()).into_iter().collect(),
                names: (0..x.len()).flat_map(|_| (1..=units).map(|u| u.to_string())).collect(),
                periods: (1..).take(x.len()).flat_map(|p| std::iter::repeat_n(p, units)).collect(),
            })
        }
        _ => Err(Outcome::unsupported("inline data in another layout")),
    }
}

pub(super) fn orientation(case: &Value) -> Result<Orientation, Outcome> {
    match text(&case["model"], "orientation") {
        Some("input" | "in" | "io") => Ok(Orientation::Input),
        Some("output" | "out" | "oo") => Ok(Orientation::Output),
        other => Err(Outcome::unsupported(format!("orientation {other:?}"))),
    }
}

pub(super) fn returns(case: &Value) -> Result<Returns, Outcome> {
    match text(&case["model"], "rts") {
        Some("crs" | "constant") => Ok(Returns::Crs),
        Some("vrs" | "variable") => Ok(Returns::Vrs),
        Some("nirs" | "drs" | "non-increasing") => Ok(Returns::Nirs),
        Some("ndrs" | "irs" | "non-decreasing") => Ok(Returns::Ndrs),
        other => Err(Outcome::unsupported(format!("returns to scale {other:?}"))),
    }
}

fn solve(case: &Value, folder: Folder<'_>, returns: Returns) -> Result<(Data, Dea), Outcome> {
    let data = data(case, folder)?;
    let options = DeaOptions { orientation: orientation(case)?, returns, missing: Missing::Exclude, ..DeaOptions::default() };
    let result = dea::dea(&data.technology(), &options).map_err(|e| Outcome::fail("dea", format!("{e} {e:?}")))?;
    Ok((data, result))
}

/// Scores, slacks, targets and classes of the radial model. Slacks and targets carry units of measure,
/// the tolerance of a case does not: they are compared as shares of the variable's largest value.
fn radial(case: &Value, folder: Folder<'_>) -> Result<Outcome, Outcome> {
    if let Some(key) = unknown_key(case, &["orientation", "rts", "second_stage"]) {
        return Err(Outcome::unsupported(format!("option `{key}`")));
    }
    let (data, result) = solve(case, folder, returns(case)?)?;
    let expected = &case["expected"];
    let mut d = Differences::default();
    let scores = numbers(&expected["score"]);
    // Programs print the output score as phi or as 1 / phi.
    let printed_as_phi = scores.iter().any(|s| *s > 1.0 + 1e-6);
    d.series("score", if printed_as_phi { &result.reciprocal } else { &result.score }, &scores);
    let tables = [
        ("slacks", "slack_input", &result.input_slacks, &data.inputs),
        ("slacks", "slack_output", &result.output_slacks, &data.outputs),
        ("targets", "target_input", &result.input_targets, &data.inputs),
        ("targets", "target_output", &result.output_targets, &data.outputs),
    ];
    for (outer, inner, found, observed) in tables {
        let Some(values) = expected.get(outer).and_then(|t| t.get(inner)).and_then(|t| t.get("values")) else { continue };
        let rows: Vec<Vec<f64>> = values.as_array().into_iter().flatten().map(numbers).collect();
        d.length(inner, result.score.len(), rows.len());
        for (unit, row) in rows.iter().enumerate() {
            for (v, x) in row.iter().enumerate() {
                let at = found.get(v).and_then(|c| c.get(unit)).copied().unwrap_or(f64::NAN);
                let largest = observed.get(v).map_or(f64::NAN, |c| c.iter().copied().fold(0.0, f64::max));
                d.value(&format!("share of {inner} {} of unit {}", v + 1, unit + 1), at / largest, x / largest);
            }
        }
    }
    // Two printed R vectors: sums of weights, then names of the classes.
    if let Some(classes) = strings(expected.get("rts_class")).get(1) {
        let names: Vec<&str> = classes.split('"').skip(1).step_by(2).collect();
        let found = result.scale.map(|s| s.class).unwrap_or_default();
        compare_classes(&mut d, &found, &names, ["Constant", "Increasing", "Decreasing"]);
    }
    Ok(d.outcome("dea"))
}

fn compare_classes(d: &mut Differences, found: &[ScaleClass], names: &[&str], words: [&str; 3]) {
    d.length("class of returns to scale", found.len(), names.len());
    for (unit, (class, name)) in found.iter().zip(names).enumerate() {
        let word = match class {
            ScaleClass::Constant => words[0],
            ScaleClass::Increasing => words[1],
            ScaleClass::Decreasing => words[2],
            ScaleClass::Unknown => "",
        };
        let off = if word == *name { 0.0 } else { f64::INFINITY };
        d.value(&format!("class of unit {}, {word} for {name}", unit + 1), off, 0.0);
    }
}

pub(super) fn unknown_key<'a>(case: &'a Value, known: &[&str]) -> Option<&'a str> {
    case["model"].as_object()?.keys().map(String::as_str).find(|k| !known.contains(k))
}

/// Scale efficiency and classes of returns to scale.
fn scale(case: &Value, folder: Folder<'_>) -> Result<Outcome, Outcome> {
    let (_, result) = solve(case, folder, Returns::Vrs)?;
    let scale = result.scale.unwrap_or_default();
    let mut d = Differences::default();
    for (name, found) in [("crs", &scale.crs), ("vrs", &scale.vrs), ("nirs", &scale.nirs), ("scale", &scale.efficiency)] {
        if let Some(expected) = case["expected"].get(name) {
            d.series(name, found, &numbers(expected));
        }
    }
    let classes = strings(case["expected"].get("rts"));
    if !classes.is_empty() {
        let names: Vec<&str> = classes.iter().map(String::as_str).collect();
        compare_classes(&mut d, &scale.class, &names, ["-", "irs", "drs"]);
    }
    Ok(d.outcome("dea"))
}

/// Global Malmquist-Luenberger index with undesirable outputs as equalities.
fn global(case: &Value, folder: Folder<'_>) -> Result<Outcome, Outcome> {
    let model = &case["model"];
    if text(model, "direction") != Some("(0,0,Y,-CO2)") || text(model, "technology") != Some("global") {
        return Err(Outcome::unsupported("another direction or technology"));
    }
    if returns(case)? != Returns::Crs {
        return Err(Outcome::unsupported("variable returns"));
    }
    let data = data(case, folder)?;
    let (units, names) = data.units();
    let observations = Observations { technology: data.technology(), units: &units, periods: &data.periods };
    let result = malmquist_luenberger::malmquist_luenberger(&observations, &MalmquistLuenbergerOptions::default())
        .map_err(|e| Outcome::fail("malmquist-luenberger", format!("{e} {e:?}")))?;
    let expected = &case["expected"];
    let rows: Vec<Option<usize>> = strings(expected.get("Province"))
        .iter()
        .zip(strings(expected.get("Pdwise")))
        .map(|(unit, years)| {
            let to: i32 = years.split('~').nth(1)?.parse().ok()?;
            (0..result.unit.len()).find(|&i| names[result.unit[i]] == unit && result.to[i] == to)
        })
        .collect();
    let mut d = Differences::default();
    // There TECH is efficiency change and TECCH best-practice change.
    for (name, found) in [("TFPCH", &result.index), ("TECH", &result.efficiency), ("TECCH", &result.best_practice)] {
        if let Some(values) = expected.get(name) {
            let found: Vec<f64> = rows.iter().map(|r| r.map_or(f64::NAN, |r| found[r])).collect();
            d.series(name, &found, &numbers(values));
        }
    }
    Ok(d.outcome("malmquist-luenberger"))
}

#[cfg(test)]
mod tests {
    use super::super::{Verdict, shared};

    #[test]
    fn every_case_and_call_of_the_shared_folder_that_has_a_model_passes() {
        let Some(rows) = shared::rows() else { return };
        let failed: Vec<_> = rows.iter().filter(|r| r.verdict == Verdict::Fail).collect();
        assert!(failed.is_empty(), "{failed:#?}");
        let passed = |name: &str| rows.iter().filter(|r| r.verdict == Verdict::Pass && r.method.starts_with(name)).count();
        for (name, least) in [("dea", 55), ("malmquist", 20), ("sbm", 9), ("additive", 9), ("directional", 4)] {
            assert!(passed(name) >= least, "{name}: {}", passed(name));
        }
        let suites = rows.iter().filter(|r| r.verdict == Verdict::Pass && r.case.starts_with("julia_"));
        assert!(suites.count() >= 10);
    }
}
