//! Cases of inequality between groups and of spatial association.

use std::collections::BTreeMap;

use regions::{
    inequality::{self, Inequality, InequalityOptions},
    moran::{self, Denominator, MoranOptions},
    weights::{Style, Weights},
};
use serde::Deserialize;
use serde_json::Value;

use super::{Differences, Folder, Outcome};

#[derive(Deserialize)]
struct Grouped {
    values: Vec<f64>,
    groups: Vec<String>,
}

#[derive(Deserialize)]
struct DagumCase {
    data: Grouped,
    expected: DagumNumbers,
}

#[derive(Deserialize)]
struct DagumNumbers {
    gini: f64,
    within: f64,
    net_between: f64,
    transvariation: f64,
    groups: BTreeMap<String, f64>,
}

#[derive(Deserialize)]
struct TheilCase {
    data: Grouped,
    expected: TheilNumbers,
}

#[derive(Deserialize)]
struct TheilNumbers {
    theil: f64,
    between: f64,
    within: f64,
    groups: BTreeMap<String, f64>,
}

fn measure(data: &Grouped) -> Result<Inequality, String> {
    let groups: Vec<&str> = data.groups.iter().map(String::as_str).collect();
    let options = InequalityOptions { bootstrap: 0, ..InequalityOptions::default() };
    inequality::inequality(&data.values, None, Some(&groups), &options, 0).map_err(|e| e.to_string())
}

/// Gini coefficient and Dagum's decomposition.
pub fn dagum(case: &Value) -> Outcome {
    const METHOD: &str = "Dagum decomposition";
    let case = match DagumCase::deserialize(case) {
        Ok(case) => case,
        Err(e) => return Outcome::fail(METHOD, e.to_string()),
    };
    match measure(&case.data) {
        Ok(result) => {
            let mut differences = Differences::default();
            differences.value("gini", result.dagum.total, case.expected.gini);
            differences.value("within", result.dagum.within, case.expected.within);
            differences.value("net_between", result.dagum.net_between, case.expected.net_between);
            differences.value("transvariation", result.dagum.transvariation, case.expected.transvariation);
            let found = result.groups.into_iter().map(|g| (g.name, g.gini)).collect();
            by_group(&mut differences, &found, &case.expected.groups);
            differences.outcome(METHOD)
        }
        Err(e) => Outcome::fail(METHOD, e),
    }
}

/// Theil index between and within groups.
pub fn theil(case: &Value) -> Outcome {
    const METHOD: &str = "Theil decomposition";
    let case = match TheilCase::deserialize(case) {
        Ok(case) => case,
        Err(e) => return Outcome::fail(METHOD, e.to_string()),
    };
    match measure(&case.data) {
        Ok(result) => {
            let mut differences = Differences::default();
            differences.value("theil", result.theil_t.total, case.expected.theil);
            differences.value("between", result.theil_t.between, case.expected.between);
            differences.value("within", result.theil_t.within, case.expected.within);
            let found = result.groups.into_iter().map(|g| (g.name, g.theil_t)).collect();
            by_group(&mut differences, &found, &case.expected.groups);
            differences.outcome(METHOD)
        }
        Err(e) => Outcome::fail(METHOD, e),
    }
}

fn by_group(differences: &mut Differences, found: &BTreeMap<String, f64>, expected: &BTreeMap<String, f64>) {
    for (name, value) in expected {
        differences.value(name, found.get(name).copied().unwrap_or(f64::NAN), *value);
    }
}

#[derive(Deserialize)]
struct MoranCase {
    model: MoranModel,
    data: MoranData,
    expected: MoranNumbers,
}

#[derive(Deserialize)]
struct MoranModel {
    weights: Style,
    #[serde(default)]
    local_moment: Moment,
}

#[derive(Clone, Copy, Default, Deserialize)]
enum Moment {
    #[default]
    #[serde(rename = "n")]
    N,
    #[serde(rename = "n-1")]
    NMinusOne,
}

#[derive(Deserialize)]
struct MoranData {
    file: String,
    unit: String,
    value: String,
    neighbours: String,
}

#[derive(Deserialize)]
struct MoranNumbers {
    moran: Option<f64>,
    expectation: Option<f64>,
    variance_randomisation: Option<f64>,
    #[serde(default)]
    local: Vec<f64>,
}

/// Global and local Moran statistics.
pub fn moran(case: &Value, folder: Folder<'_>) -> Outcome {
    const METHOD: &str = "Moran's I";
    let case = match MoranCase::deserialize(case) {
        Ok(case) => case,
        Err(e) => return Outcome::fail(METHOD, e.to_string()),
    };
    let (values, weights) = match inputs(&case, folder) {
        Ok(found) => found,
        Err(e) => return Outcome::fail(METHOD, e),
    };
    let denominator = match case.model.local_moment {
        Moment::N => Denominator::N,
        Moment::NMinusOne => Denominator::NMinusOne,
    };
    let options = MoranOptions { permutations: 0, denominator, ..MoranOptions::default() };
    match moran::moran(&values, &weights, &options, 0) {
        Ok(result) => {
            let mut differences = Differences::default();
            if let Some(expected) = case.expected.moran {
                differences.value("moran", result.i, expected);
            }
            if let Some(expected) = case.expected.expectation {
                differences.value("expectation", result.expected, expected);
            }
            if let Some(expected) = case.expected.variance_randomisation {
                let found = result.randomisation.map_or(f64::NAN, |r| r.variance);
                differences.value("variance_randomisation", found, expected);
            }
            if !case.expected.local.is_empty() {
                let local: Vec<f64> = result.local.iter().map(|l| l.i).collect();
                differences.series("local", &local, &case.expected.local);
            }
            differences.outcome(METHOD)
        }
        Err(e) => Outcome::fail(METHOD, e.to_string()),
    }
}

fn inputs(case: &MoranCase, folder: Folder<'_>) -> Result<(Vec<f64>, Weights), String> {
    let units = column(&folder.read(&case.data.file)?, &case.data.unit)?;
    let values: Vec<f64> = column(&folder.read(&case.data.file)?, &case.data.value)?
        .iter()
        .map(|cell| cell.parse().map_err(|_| format!("`{cell}` is not a number")))
        .collect::<Result<_, _>>()?;
    let place: BTreeMap<&str, usize> = units.iter().enumerate().map(|(i, u)| (u.as_str(), i)).collect();
    let pairs = folder.read(&case.data.neighbours)?;
    let at = |unit: &String| place.get(unit.as_str()).copied().ok_or_else(|| format!("neighbour `{unit}` is no unit"));
    let pairs: Vec<(usize, usize)> = column(&pairs, "a")?
        .iter()
        .zip(&column(&pairs, "b")?)
        .map(|(a, b)| Ok((at(a)?, at(b)?)))
        .collect::<Result<_, String>>()?;
    let weights = Weights::from_pairs(units.len(), &pairs, case.model.weights)
        .map_err(|e| e.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))?;
    Ok((values, weights))
}

/// One column of a plain comma-separated table, as the tables of a case folder are.
fn column(table: &str, name: &str) -> Result<Vec<String>, String> {
    let mut lines = table.lines();
    let at =
        lines.next().and_then(|head| head.split(',').position(|c| c == name)).ok_or_else(|| format!("no column `{name}`"))?;
    lines
        .filter(|line| !line.is_empty())
        .map(|line| line.split(',').nth(at).map(str::to_owned).ok_or_else(|| format!("a row without `{name}`")))
        .collect()
}
